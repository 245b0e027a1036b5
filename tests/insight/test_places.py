"""Places: what the documents say of hostnames and paths, and what is true of all of them."""

from __future__ import annotations

import itertools
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from insight.accounts import allow, domain, email, world
from insight.test_semantics import EACH_TIME
from pulumi_cloudflare_access.insight import (
    Outcome,
    Service,
    UnknownPlaceError,
    Verdict,
    assert_cannot,
    can,
    compare,
    explain,
    findings,
)
from pulumi_cloudflare_access.insight.patterns import Pattern, Url, regions
from pulumi_cloudflare_access.insight.places import directory, places
from pulumi_cloudflare_access.insight.world import World

# https://developers.cloudflare.com/cloudflare-one/access-controls/policies/app-paths/, every row.
DOCUMENTED = (
    (
        "*.example.com",
        ("alpha.example.com", "beta.example.com"),
        ("example.com", "foo.bar.example.com"),
    ),
    (
        "example.com",
        ("example.com", "example.com/alpha", "example.com/beta"),
        ("alpha.example.com",),
    ),
    (
        "example.com/*",
        ("example.com", "example.com/alpha", "example.com/beta"),
        ("alpha.example.com",),
    ),
    (
        "*.test.example.com",
        ("alpha.test.example.com", "beta.test.example.com"),
        ("test.example.com", "example.com"),
    ),
    (
        "*test.example.com",
        ("test.example.com", "alphatest.example.com"),
        ("beta.test.example.com",),
    ),
    (
        "example.com/alpha/*",
        ("example.com/alpha/one", "example.com/alpha/two"),
        ("example.com/alpha", "example.com"),
    ),
    (
        "example.com/foo*/bar",
        ("example.com/foo/bar", "example.com/food/bar", "example.com/food/stuff/bar"),
        (),
    ),
    # "If no separate, specific rule is set for dashboard.com/eng/exec, it will inherit …"
    ("dashboard.com/eng", ("dashboard.com/eng", "dashboard.com/eng/exec"), ("dashboard.com",)),
)


@pytest.mark.parametrize(("pattern", "covered", "others"), DOCUMENTED)
def test_every_documented_example(
    pattern: str, covered: tuple[str, ...], others: tuple[str, ...]
) -> None:
    for url in covered:
        assert Pattern.of(pattern).matches(Url.of(url)), url
    for url in others:
        assert not Pattern.of(pattern).matches(Url.of(url)), url


@pytest.mark.parametrize(
    "url",
    [
        "https://wiki.example.com/admin/x",
        "https://WIKI.example.com:8443/admin/x?next=/#top",
        "wiki.example.com./admin/x",
    ],
)
def test_scheme_port_query_and_fragment_play_no_part(url: str) -> None:
    assert Url.of(url) == Url("wiki.example.com", "/admin/x")


def two(path: str = "wiki.example.com/admin") -> World:
    return world(
        {"wiki.example.com": [allow(domain("a.example"))], path: [allow(email("x@b.example"))]}
    )


def test_the_more_specific_place_answers_alone_and_inherits_nothing() -> None:
    account = two()
    assert can(account, "ada@a.example", "wiki.example.com")
    assert can(account, "ada@a.example", "wiki.example.com/admin").outcome is Outcome.NO
    assert can(account, "x@b.example", "https://wiki.example.com/admin/users?page=2")
    assert can(account, "x@b.example", "wiki.example.com").outcome is Outcome.NO


def test_a_path_ends_at_a_slash() -> None:
    """PATH_SEGMENTS: no document says whether /adm covers /admin."""
    account = two("wiki.example.com/adm")
    assert can(account, "ada@a.example", "wiki.example.com/admin")
    account = world({"w.example.com/eng": [], "w.example.com/engineering": []})
    assert "path-segments" in {finding.code for finding in findings(account)}


def test_a_path_in_upper_case_or_percent_encoded_is_another_path() -> None:
    """PATH_SPELLING."""
    account = two("wiki.example.com/Admin")
    assert can(account, "ada@a.example", "wiki.example.com/admin")
    assert can(account, "ada@a.example", "wiki.example.com/Admin").outcome is Outcome.NO
    assert [f.where for f in findings(account) if f.code == "path-spelling"] == [
        "wiki.example.com/Admin"
    ]
    encoded = two("wiki.example.com/%61dmin")
    assert "path-spelling" in {finding.code for finding in findings(encoded)}


def test_which_of_two_places_wins_that_overlap_is_not_documented() -> None:
    """OVERLAP: *.example.com/admin and wiki.example.com: neither is part of the other."""
    account = world(
        {
            "wiki.example.com": [allow(domain("a.example"))],
            "*.example.com/admin": [allow(domain("b.example"), domain("both.example"))],
        }
    )
    for who in ("ada@a.example", "eve@b.example"):
        answer = can(account, who, "wiki.example.com/admin/x")
        assert answer.outcome is Outcome.DEPENDS
        assert "which application answers" in answer.on[0]
    assert can(account, "ada@c.example", "wiki.example.com/admin").outcome is Outcome.NO
    assert can(account, "eve@b.example", "git.example.com/admin")
    assert can(account, "ada@a.example", "wiki.example.com")
    assert [f.code for f in findings(account)] == ["overlap"]


def test_whoever_both_let_in_gets_in_whichever_answers() -> None:
    account = world(
        {
            "wiki.example.com": [allow(domain("a.example"))],
            "*.example.com/admin": [allow(domain("a.example"))],
        }
    )
    assert can(account, "ada@a.example", "wiki.example.com/admin")


def test_an_unknown_place_is_refused_with_the_nearest() -> None:
    account = two()
    with pytest.raises(UnknownPlaceError, match=r'nearest is "wiki\.example\.com"'):
        can(account, "ada@a.example", "wik.example.com")
    with pytest.raises(UnknownPlaceError, match="There are no applications"):
        can(world({}), "ada@a.example", "wiki.example.com")


def test_a_place_is_found_by_the_name_of_its_application_too() -> None:
    account = world(
        {"wiki.example.com": {"name": "The Wiki", "policies": [allow(domain("a.example"))]}}
    )
    assert can(account, "ada@a.example", "the wiki")
    twice = world({"a.b.c": {"name": "Same"}, "d.e.f": {"name": "Same"}})
    with pytest.raises(UnknownPlaceError, match="2 applications are called"):
        can(twice, "ada@a.example", "Same")


# ----------------------------------------------------------------------- other kinds of places


def test_destinations_come_before_the_older_fields() -> None:
    places_ = [{"type": "public", "uri": "new.example.com"}]
    fields = {"destinations": places_, "self_hosted_domains": ["old.example.com"]}
    account = world({"new.example.com": {**fields, "policies": [allow(domain("a.example"))]}})
    assert can(account, "ada@a.example", "new.example.com")
    with pytest.raises(UnknownPlaceError):
        can(account, "ada@a.example", "old.example.com")


def test_older_fields_come_one_after_the_other() -> None:
    fields = {
        "self_hosted_domains": ["one.example.com", "two.example.com"],
        "domain": "one.example.com",
    }
    account = world({"x": {**fields, "policies": [allow(domain("a.example"))]}})
    assert can(account, "ada@a.example", "two.example.com")
    assert [place.name for place in places(account)] == ["one.example.com", "two.example.com"]


@pytest.mark.parametrize("type_", ["self_hosted", "ssh", "vnc", "rdp"])
def test_these_types_guard_hostnames(type_: str) -> None:
    account = world({"x.example.com": {"type": type_}})
    assert [place.kind for place in places(account)] == ["public"]


@pytest.mark.parametrize(
    "type_", ["saas", "app_launcher", "warp", "infrastructure", "biso", "mcp", "mcp_portal"]
)
def test_the_others_stand_for_themselves(type_: str) -> None:
    account = world({"x.example.com": {"type": type_, "policies": [allow(domain("a.example"))]}})
    assert [place.kind for place in places(account)] == ["application"]
    assert can(account, "ada@a.example", "x.example.com")


def test_a_bookmark_guards_nothing() -> None:
    bookmark = world({"x.example.com": {"type": "bookmark"}})
    assert places(bookmark) == []
    (change,) = compare(world({"x.example.com": []}), bookmark).places
    assert change.verdict is Verdict.OPENED


def test_a_worker_is_found_before_all_workers() -> None:
    def worker(kind: str, id_: str = "") -> dict[str, object]:
        return {"domain": None, "destinations": [{"type": kind, "worker_id": id_}]}

    account = world(
        {
            "all": worker("all_workers"),
            "one": worker("worker", "w1"),
            "previews": worker("preview_worker", "w1"),
            "all previews": worker("all_preview_workers"),
        }
    )
    answering = {place.name: place.answering[0].keys for place in places(account)}
    assert answering == {
        "Worker w1": ("app one",),
        "previews of Worker w1": ("app previews",),
        "every other Worker": ("app all",),
        "previews of every other Worker": ("app all previews",),
    }


def test_a_private_range_inside_another_may_be_answered_by_either() -> None:
    def private(cidr: str, **more: str) -> dict[str, object]:
        return {"domain": None, "destinations": [{"type": "private", "cidr": cidr, **more}]}

    account = world(
        {
            "wide": {**private("10.0.0.0/8"), "policies": [allow(domain("a.example"))]},
            "narrow": {
                **private("10.1.0.0/16", port_range="22", l4_protocol="tcp"),
                "policies": [allow(domain("b.example"))],
            },
        }
    )
    names = {place.name: place.answering[0].keys for place in places(account)}
    assert names == {
        "10.0.0.0/8": ("app wide",),
        "10.1.0.0/16 port 22 tcp": ("app wide", "app narrow"),
    }
    where = "10.1.0.0/16 port 22 tcp"
    assert can(account, "ada@a.example", where).outcome is Outcome.DEPENDS
    assert "overlap" in {finding.code for finding in findings(account)}


# -------------------------------------------------------------- paths that are open to everyone


def public(uri: str, *paths: str, **more: object) -> dict[str, object]:
    overrides = [{"behavior": "public", "path_pattern": path} for path in paths]
    there = [{"type": "public", "uri": uri, "overrides": overrides}]
    return {"destinations": there, "policies": [allow(domain("a.example"))], **more}


def test_an_override_opens_its_path_and_nothing_below_it() -> None:
    """Unlike addresses, path patterns do not cover what is below them, unless by a wildcard."""
    account = world({"shop": public("shop.example.com", "/health", "/static/*")})
    for url, is_open in (
        ("shop.example.com/health", True),
        ("https://shop.example.com/health?probe=1", True),
        ("shop.example.com/health/deep", False),
        ("shop.example.com/static/a/b.css", True),
        ("shop.example.com/static", False),
        ("shop.example.com", False),
    ):
        for who in ("eve@b.example", Service("anything")):
            assert can(account, who, url).outcome is (Outcome.YES if is_open else Outcome.NO), url
        assert can(account, "ada@a.example", url)
    assert [place.name for place in places(account)] == [
        "shop.example.com",
        "shop.example.com/health (this path alone)",
        "shop.example.com/static/*",
    ]
    found = explain(account, "eve@b.example", "shop.example.com/health (this path alone)")
    assert found.text.endswith('"shop" is open to everyone here, by an override')
    assert [f.where for f in findings(account) if f.code == "public-path"] == [
        "shop.example.com/health (this path alone)",
        "shop.example.com/static/*",
    ]


def test_a_new_override_lets_everyone_in_without_a_login() -> None:
    account = world({"shop": public("shop.example.com")})
    changed = world({"shop": public("shop.example.com", "/health")})
    change, same = sorted(compare(account, changed).places, key=lambda one: -len(one.name))
    assert (change.name, change.verdict, change.certain) == (
        "shop.example.com/health (this path alone)", Verdict.WIDER, True,
    )  # fmt: skip
    assert (same.name, same.verdict) == ("shop.example.com", Verdict.SAME)
    (how,) = [one for one in change.how if one.facet == "login"]
    assert (how.before, how.after, how.less) == (
        "with a login", "without a login or any check", True,
    )  # fmt: skip
    assert change.gains.witness is not None
    assert can(changed, change.gains.witness.subject, change.place.url or "")
    back, _ = sorted(compare(changed, account).places, key=lambda one: -len(one.name))
    assert back.verdict is Verdict.NARROWER


def test_an_override_counts_where_its_own_application_answers() -> None:
    """A more specific application inherits nothing, overrides neither."""
    account = world(
        {
            "wide": public("*.example.com", "/health"),
            "wiki": public("wiki.example.com"),
            "path": public("*.example.com/health/deep"),
        }
    )
    assert can(account, "eve@b.example", "shop.example.com/health")
    assert can(account, "eve@b.example", "wiki.example.com/health").outcome is Outcome.NO
    assert can(account, "eve@b.example", "shop.example.com/health/deep").outcome is Outcome.NO
    names = {place.name for place in places(account)}
    assert "*.example.com/health (this path alone)" in names
    assert not any("wiki" in name and "alone" in name for name in names)


def test_an_override_of_one_of_two_that_overlap_may_count() -> None:
    account = world(
        {"wide": public("*.example.com/admin", "/admin"), "wiki": public("wiki.example.com")}
    )
    assert can(account, "eve@b.example", "wiki.example.com/admin").outcome is Outcome.DEPENDS
    assert can(account, "ada@a.example", "wiki.example.com/admin")
    (where,) = [one.name for one in places(account) if " and " in one.name and "alone" in one.name]
    assert can(account, "eve@b.example", where).outcome is Outcome.DEPENDS


def test_an_override_of_a_destination_with_a_path_begins_at_the_hostname() -> None:
    """OVERRIDE_PATH: no document says where it begins."""
    account = world({"api": public("example.com/api", "/api/health", "/health")})
    assert can(account, "eve@b.example", "example.com/api/health")
    told = [f.text for f in findings(account) if f.code == "override-path"]
    assert told == [
        "the override /api/health is taken to begin at the hostname",
        (
            "the override /health is taken to begin at the hostname, and is no path of "
            "example.com/api: it opens nothing"
        ),
    ]


@pytest.mark.parametrize(
    ("kind", "open_", "closed"),
    [
        ("worker", ["Worker w1 /health (this path alone)"] * 2, ["every other Worker"]),
        ("preview_worker", ["previews of Worker w1 /health (this path alone)"], ["Worker w1"]),
    ],
)
def test_an_override_of_a_worker_opens_its_path(
    kind: str, open_: list[str], closed: list[str]
) -> None:
    def worker(type_: str, *paths: str) -> dict[str, object]:
        overrides = [{"behavior": "public", "path_pattern": path} for path in paths]
        there = [{"type": type_, "worker_id": "w1", "overrides": overrides}]
        return {"domain": None, "destinations": there, "policies": [allow(domain("a.example"))]}

    account = world({"one": worker(kind, "/health"), "all": worker("all_workers")})
    for where in open_:
        assert can(account, "eve@b.example", where)
        with pytest.raises(AssertionError, match="by an override"):
            assert_cannot(account, "eve@b.example", where.partition(" /")[0])
    assert can(account, "eve@b.example", "previews of worker w1").outcome is Outcome.NO
    for where in closed:
        assert can(account, "eve@b.example", where).outcome is Outcome.NO


def test_an_mcp_server_behind_a_portal_is_a_place_of_its_own() -> None:
    server = [{"type": "via_mcp_server_portal", "mcp_server_id": "files"}]
    fields = {"destinations": server, "domain": None}
    account = world({"files": {**fields, "policies": [allow(domain("a.example"))]}})
    assert can(account, "ada@a.example", "MCP server files")
    (change,) = compare(account, world({})).places
    assert (change.verdict, change.certain) == (Verdict.UNDECIDED, False)


# ------------------------------------------------------------------- what is true of all places

LABELS = st.sampled_from(["a", "ab", "b", "*", "a*", "*b", "a*b", "ab*", "*ab", "b*"])
SEGMENTS = st.sampled_from(["x", "y", "*", "x*", "*y", "x*y"])
PATTERNS = st.builds(
    lambda labels, path: ".".join(labels) + "".join(f"/{one}" for one in path),
    st.lists(LABELS, min_size=1, max_size=2),
    st.lists(SEGMENTS, max_size=2),
)


def plainly_matches(pattern: str, host: str, path: str) -> bool:
    """Match as the documents say it, by their words alone."""
    told, _, rest = pattern.partition("/")
    labels, given_ = told.split("."), host.split(".")
    if len(labels) != len(given_):
        return False
    for label, one in zip(labels, given_, strict=True):
        if not re.fullmatch(label.replace("*", "[^.]+" if label == "*" else "[^.]*"), one):
            return False
    if rest in {"", "*"}:
        return True
    if rest.endswith("$"):
        return re.fullmatch(f"/{rest[:-1]}".replace("*", ".*"), path) is not None
    itself = f"/{rest}".replace("*", ".*")
    below = "" if rest.endswith("*") else "(/.*)?"
    return re.fullmatch(itself + below, path) is not None


HOSTS = [
    ".".join(labels)
    for n in (1, 2)
    for labels in itertools.product(["a", "b", "ab", "aab", "abb", "axb", "x", "bab"], repeat=n)
]
PATHS = [
    "/",
    *(
        "/" + "/".join(p)
        for n in (1, 2, 3)
        for p in itertools.product(["x", "y", "xy", "z"], repeat=n)
    ),
]


@EACH_TIME
@given(
    st.lists(PATTERNS, min_size=1, max_size=4, unique=True),
    st.lists(PATTERNS, max_size=2, unique=True),
)
def test_regions_are_all_the_ways_in_which_urls_are_covered(
    texts: list[str], alone: list[str]
) -> None:
    patterns = {Pattern.of(text): text for text in texts}
    # Of what is below these, nothing is meant.
    for text in alone:
        host, _, path = text.partition("/")
        patterns.setdefault(Pattern.only(tuple(host.split(".")), path), f"{host}/{path}$")

    def covered_by(host: str, path: str) -> frozenset[Pattern]:
        return frozenset(p for p, text in patterns.items() if plainly_matches(text, host, path))

    found = regions(list(patterns))
    by_matching = {region.matching for region in found}
    assert len(by_matching) == len(found)
    for region in found:
        assert region.matching == covered_by(region.url.host, region.url.path)
    for host, path in itertools.product(HOSTS, PATHS):
        told = covered_by(host, path)
        assert not told or told in by_matching, (host, path)


OVERRIDES = st.lists(SEGMENTS, max_size=2).map(lambda path: "/" + "/".join(path))
APPLICATIONS = st.dictionaries(PATTERNS, st.lists(OVERRIDES, max_size=2), max_size=3)


def answering(apps: dict[str, list[str]], host: str, path: str) -> dict[str, bool]:
    """Return which applications may answer, plainly, and whether each is open there."""
    there = [one for one in apps if plainly_matches(one, host, path)]
    return {
        f"app {one}": any(
            plainly_matches(f"{one.partition('/')[0]}{override}$", host, path)
            for override in apps[one]
        )
        for one in there
        if not any(
            Pattern.of(one).covers(Pattern.of(other))
            and not Pattern.of(other).covers(Pattern.of(one))
            for other in there
        )
    }


@EACH_TIME
@given(APPLICATIONS, APPLICATIONS)
def test_every_url_is_in_one_place_and_answered_as_that_place_is(
    before: dict[str, list[str]], after: dict[str, list[str]]
) -> None:
    worlds = [
        world({one: public(one, *overrides) for one, overrides in apps.items()})
        for apps in (before, after)
    ]

    def found(host: str, path: str) -> list[dict[str, bool]]:
        return [answering(apps, host, path) for apps in (before, after)]

    told = []
    for place in places(*worlds):
        by_key = [
            {key: one.is_public(n) for n, key in enumerate(one.keys)} for one in place.answering
        ]
        url = Url.of(place.url or "")
        assert by_key == found(url.host, url.path), place
        told.append(by_key)
    for host, path in itertools.product(HOSTS, PATHS):
        here = found(host, path)
        assert here in told or not any(here), (host, path)
        for account, expected in zip(worlds, here, strict=True):
            if expected:
                one = directory(account).find(f"{host}{path}")
                assert {key: one.is_public(n) for n, key in enumerate(one.keys)} == expected


@EACH_TIME
@given(PATTERNS, PATTERNS)
def test_a_pattern_covers_another_if_it_covers_all_urls_of_it(one: str, other: str) -> None:
    covered = [
        plainly_matches(one, host, path)
        for host, path in itertools.product(HOSTS, PATHS)
        if plainly_matches(other, host, path)
    ]
    if Pattern.of(one).covers(Pattern.of(other)):
        assert all(covered)
    elif covered and all(covered):
        # What is covered of a few URLs alone is told apart by another one.
        fresh = [
            r
            for r in regions([Pattern.of(one), Pattern.of(other)])
            if Pattern.of(other) in r.matching
        ]
        assert any(Pattern.of(one) not in region.matching for region in fresh)
