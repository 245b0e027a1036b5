"""Where an application is: `domain`, `self_hosted_domains` and `destinations` say one thing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.clock import VirtualTime
from harness.fields import Person, told, written
from harness.fresh import Run, served
from harness.local import config_for, reset, strict
from harness.nursery import Nursery
from harness.plugin import UNKNOWN, CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.stack import Stack

KIND = "access_application"
ONE, TWO, THREE = "one.example.com", "two.example.com/path", "three.example.com"
FOUR, FIVE = "four.example.com", "five.example.com"
PLACELESS: dict[str, Any] = {"type": "self_hosted", "name": "Wiki"}


def public(*uris: str) -> list[dict[str, Any]]:
    return [{"type": "public", "uri": uri} for uri in uris]


def by_domain(*uris: str) -> dict[str, Any]:
    return {**PLACELESS, "domain": uris[0]}


def by_list(*uris: str) -> dict[str, Any]:
    return {**PLACELESS, "self_hosted_domains": list(uris)}


def by_destinations(*uris: str) -> dict[str, Any]:
    return {**PLACELESS, "destinations": public(*uris)}


BY = {"domain": by_domain, "self_hosted_domains": by_list, "destinations": by_destinations}
SEVERAL = ["self_hosted_domains", "destinations"]


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    with strict() as cloudflare:
        config = config_for(cloudflare)
        # Most of these tests begin another run: forked, it costs nothing.
        with Nursery(os.environ) as nursery, Plugin(config, os.environ, nursery=nursery) as plugin:
            yield cloudflare, plugin


@pytest.fixture
def cloudflare(shared: tuple[LocalCloudflare, Plugin]) -> LocalCloudflare:
    cloudflare, _ = shared
    reset(cloudflare)
    return cloudflare


@pytest.fixture
def plugin(shared: tuple[LocalCloudflare, Plugin], cloudflare: LocalCloudflare) -> Plugin:
    del cloudflare
    _, plugin = shared
    told(plugin)
    return plugin


@pytest.fixture
def person(cloudflare: LocalCloudflare) -> Person:
    return Person(cloudflare, "apps")


def key(place: dict[str, Any]) -> str:
    """Write a place with all that an answer says of it."""
    said = {name: value for name, value in place.items() if name != "local_cloudflare"}
    paths = sorted(over["path_pattern"] for over in said.pop("overrides", ()))
    return " ".join([*map(str, said.values()), *paths])


def places(person: Person, app: Kept | str) -> set[str]:
    answer = person.look(app if isinstance(app, str) else app.id)
    return {key(place) for place in answer["destinations"]}


def body(cloudflare: LocalCloudflare) -> dict[str, Any]:
    found: dict[str, Any] = written(cloudflare)[-1]["body"]
    return found


def refreshed(plugin: Plugin, kept: Kept) -> Kept:
    """Refresh in a run that knows nothing of earlier ones."""
    plugin.restart()
    found = plugin.refresh(kept)
    assert found
    return found


def quiet(plugin: Plugin, kept: Kept, declared: dict[str, Any]) -> None:
    """Look again, twice: nothing is to do, and nothing is said."""
    told(plugin)
    again = plugin.up(KIND, declared, was=refreshed(plugin, kept))
    assert (again.did, told(plugin)) == ("same", [])


# ------------------------------------------------------------------------------ what is derived


@pytest.mark.parametrize("scope", ["account_id", "zone_id"])
@pytest.mark.parametrize("way", SEVERAL)
def test_an_application_by_places_alone_moves(
    way: str, scope: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    said = {scope: getattr(cloudflare, scope)}
    person = Person(cloudflare, "apps", f"{scope[:-3]}s/{said[scope]}")
    app = plugin.up(KIND, BY[way](ONE, TWO) | said)
    assert (app.outputs["domain"], body(cloudflare).get("domain")) == (ONE, None)
    moved = plugin.up(KIND, BY[way](FOUR, THREE) | said, was=app)
    assert (moved.did, body(cloudflare).get("domain")) == ("update", None)
    # One way to say it: none of the other two is in the body.
    assert {*body(cloudflare)} & {*BY} == {way}
    assert places(person, moved) == {f"public {FOUR}", f"public {THREE}"}
    # The preview has said so, to what depends on it too.
    assert (moved.inputs["domain"], moved.outputs["domain"]) == (FOUR, FOUR)
    assert told(plugin) == [f"{place} becomes reachable without Access" for place in (ONE, TWO)]
    quiet(plugin, moved, BY[way](FOUR, THREE) | said)


@pytest.mark.parametrize("way", SEVERAL)
def test_the_domain_is_the_first_place_of_the_program_and_stays_it(
    way: str, plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, BY[way](TWO, ONE))
    assert (app.inputs["domain"], person.look(app.id)["domain"]) == (TWO, TWO)
    # One that comes before it in the alphabet is not the domain because of that.
    more = plugin.up(KIND, BY[way](FOUR, TWO, ONE), was=app)
    assert (more.inputs["domain"], person.look(app.id)["domain"]) == (TWO, TWO)
    # Nor where somebody has chosen another of the places since, by hand.
    person.write(app.id, {**BY[way](FOUR, TWO, ONE), "domain": ONE})
    chosen = plugin.up(KIND, {**BY[way](FOUR, TWO, ONE), "name": "Docs"}, was=more)
    assert (chosen.outputs["domain"], person.look(app.id)["domain"]) == (ONE, ONE)
    seen = refreshed(plugin, chosen)
    assert (seen.inputs["domain"], seen.did, told(plugin)) == (ONE, "same", [])
    # What goes out of the places cannot stay.
    left = plugin.up(KIND, BY[way](FOUR, TWO), was=seen)
    assert (left.inputs["domain"], left.outputs["domain"]) == (FOUR, FOUR)


@pytest.mark.parametrize("way", SEVERAL)
def test_a_domain_that_no_longer_is_declared_stays_where_it_is(
    way: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = plugin.up(KIND, {**BY[way](ONE, TWO), "domain": TWO})
    assert body(cloudflare)["domain"] == TWO
    silent = plugin.up(KIND, BY[way](ONE, TWO), was=app)
    assert silent.outputs["domain"] == TWO
    renamed = plugin.up(KIND, {**BY[way](ONE, TWO), "name": "Docs"}, was=silent)
    assert (renamed.outputs["domain"], "domain" in body(cloudflare)) == (TWO, False)
    # And back: that it is declared is no difference.
    before = len(written(cloudflare))
    plugin.up(KIND, {**BY[way](ONE, TWO), "domain": TWO, "name": "Docs"}, was=renamed)
    assert (len(written(cloudflare)), told(plugin)) == (before, [])


def test_a_domain_that_is_not_known_yet_is_said_to_be_that(plugin: Plugin) -> None:
    for said in (
        {"destinations": UNKNOWN},
        {"self_hosted_domains": UNKNOWN},
        {"self_hosted_domains": [UNKNOWN, ONE]},
        {"destinations": [{"type": "public", "uri": UNKNOWN}, *public(ONE)]},
    ):
        assert plugin.check(KIND, PLACELESS | said)["domain"] == UNKNOWN
    known = {"destinations": [*public(ONE), {"type": "public", "uri": UNKNOWN}]}
    assert plugin.check(KIND, PLACELESS | known)["domain"] == ONE


def test_there_is_no_domain_where_no_place_is_public(plugin: Plugin) -> None:
    private = {"type": "private", "cidr": "10.1.0.0/16"}
    said = {**PLACELESS, "destinations": [*public(ONE), private]}
    app = plugin.up(KIND, said)
    alone = plugin.up(KIND, {**said, "destinations": [private]}, was=app)
    assert ("domain" in alone.inputs, "domain" in alone.outputs) == (False, False)
    assert told(plugin) == [f"{ONE} becomes reachable without Access"]
    quiet(plugin, alone, {**said, "destinations": [private]})


def test_places_that_are_secret_make_a_secret_domain(plugin: Plugin) -> None:
    secret = {**by_destinations("Skunkworks.example.com"), "__secret": ["destinations"]}
    app = plugin.up(KIND, secret)
    assert "domain" not in app.inputs
    # As the engine is told of a secret.
    assert app.outputs["domain"]["value"] == "skunkworks.example.com"
    with pytest.raises(CheckFailed) as caught:
        plugin.check(KIND, {**secret, "domain": ONE})
    assert "skunkworks" not in str(caught.value).lower()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (
            {"domain": ONE, "destinations": public(TWO, THREE)},
            (
                f"domain: {ONE} is not among the public places in destinations ({THREE}, {TWO}), "
                "which Cloudflare refuses (12130): add it to destinations, or leave domain out"
            ),
        ),
        (
            {"domain": ONE, "self_hosted_domains": [TWO]},
            (
                f"domain: {ONE} is not among the public places in self_hosted_domains ({TWO}), "
                "which Cloudflare refuses (12130): add it to self_hosted_domains, or leave domain "
                "out"
            ),
        ),
        (
            {"domain": ONE, "destinations": [{"type": "private", "cidr": "10.1.0.0/16"}]},
            (
                f"domain: {ONE} is not among the public places in destinations (none), which "
                "Cloudflare refuses (12130): add it to destinations, or leave domain out"
            ),
        ),
        (
            {"domain": f"{ONE}/Path", "self_hosted_domains": [f"{ONE}/path"]},
            (
                f"domain: {ONE}/Path is not among the public places in self_hosted_domains "
                f"({ONE}/path), which Cloudflare refuses (12130): add it to self_hosted_domains, "
                "or leave domain out"
            ),
        ),
        (
            {"self_hosted_domains": [ONE], "destinations": public(ONE, TWO)},
            (
                f"self_hosted_domains: says {ONE}, and destinations {ONE}, {TWO}: Cloudflare "
                "ignores it where there are destinations: leave it out"
            ),
        ),
        (
            {"destinations": [], "self_hosted_domains": []},
            "domain: is required for type self_hosted (or destinations, or self_hosted_domains)",
        ),
    ],
)
def test_what_contradicts_itself_is_told_in_the_preview(
    said: dict[str, Any], reason: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    for was in (None, plugin.check(KIND, by_domain(ONE))):
        with pytest.raises(CheckFailed) as caught:
            plugin.check(KIND, PLACELESS | said, was)
        assert caught.value.reasons == [reason]
    assert cloudflare.requests == []


@pytest.mark.parametrize(
    "said",
    [
        {"domain": "One.Example.com/Path", "self_hosted_domains": ["ONE.example.com/Path"]},
        {"domain": ONE, "destinations": [{"type": "public", "uri": UNKNOWN}]},
        {"domain": UNKNOWN, "destinations": public(ONE)},
        {"domain": ONE, "destinations": [], "self_hosted_domains": []},
        {"self_hosted_domains": [TWO, ONE.upper()], "destinations": public(ONE, TWO)},
        {"domain": f"{ONE}/", "self_hosted_domains": [ONE]},
        {"self_hosted_domains": [TWO, ONE], "destinations": public(f"{ONE}/", TWO)},
    ],
)
def test_what_does_not_contradict_itself_is_not_refused(
    said: dict[str, Any], plugin: Plugin
) -> None:
    plugin.check(KIND, PLACELESS | said)


# --------------------------------------------------------------------- what nobody has declared

RANGE = {"type": "private", "cidr": "10.1.0.0/16", "l4_protocol": "tcp", "port_range": "443"}
OPEN = {"type": "public", "uri": ONE, "overrides": [{"behavior": "public", "path_pattern": "/*"}]}
FOREIGN: dict[str, tuple[dict[str, Any], str]] = {
    "range": (RANGE, "10.1.0.0/16 tcp 443"),
    "host": ({"type": "private", "hostname": "db.internal"}, "db.internal"),
    "worker": ({"type": "worker", "worker_id": "w1"}, "Worker w1"),
    "previews": ({"type": "preview_worker", "worker_id": "w1"}, "every preview of Worker w1"),
    "workers": ({"type": "all_workers"}, "every Worker"),
    "all previews": ({"type": "all_preview_workers"}, "every preview of a Worker"),
    "mcp": ({"type": "via_mcp_server_portal", "mcp_server_id": "tools"}, "MCP server tools"),
}
NAMED = {
    name: " ".join([place["type"], *(v for k, v in place.items() if k != "type")])
    for name, (place, _) in FOREIGN.items()
}


def staying(*keys: str) -> str:
    """Return the warning of places that no declared field can say."""
    return f"drift: destinations: {', '.join(f'+ {k}' for k in keys)}"


def add(person: Person, app: Kept, *more: dict[str, Any], **fields: Any) -> None:
    """Add places by hand, as the dashboard does: it sends everything."""
    there = person.look(app.id)
    kept = [
        {name: value for name, value in place.items() if name != "local_cloudflare"}
        for place in there["destinations"]
        if place.get("uri") not in [one.get("uri", "") for one in more]
    ]
    sent = {"type": there["type"], "name": there["name"], "domain": there.get("domain")}
    person.write(app.id, {**sent, "destinations": [*kept, *more], **fields})


@pytest.mark.parametrize("which", FOREIGN)
@pytest.mark.parametrize("way", ["domain", "self_hosted_domains"])
def test_a_place_that_no_field_can_say_is_told_once_and_stays(
    way: str, which: str, plugin: Plugin, person: Person
) -> None:
    place, words = FOREIGN[which]
    app = plugin.up(KIND, BY[way](ONE))
    add(person, app, place)
    seen = refreshed(plugin, app)
    assert (seen.did, told(plugin)) == ("same", [staying(NAMED[which])])
    quiet(plugin, seen, BY[way](ONE))
    renamed = plugin.up(KIND, {**BY[way](ONE), "name": "Docs"}, was=seen)
    moved = plugin.up(KIND, {**BY[way](TWO), "name": "Docs"}, was=renamed)
    assert places(person, moved) == {f"public {TWO}", key(place)}
    assert told(plugin) == [f"{ONE} becomes reachable without Access"]

    # Somebody takes it out again: that is told, in words, once.
    person.write(app.id, {**by_domain(TWO), "name": "Docs"})
    seen = refreshed(plugin, moved)
    gone = f"{words} was taken out of the application, and is reachable without Access"
    assert told(plugin) == [f"changed at Cloudflare: {gone}"]
    quiet(plugin, seen, {**BY[way](TWO), "name": "Docs"})


@pytest.mark.parametrize("which", FOREIGN)
def test_a_place_beside_declared_destinations_is_drift_and_goes_as_the_preview_says(
    which: str, plugin: Plugin, person: Person
) -> None:
    place, words = FOREIGN[which]
    app = plugin.up(KIND, by_destinations(ONE, TWO))
    add(person, app, place)
    with pytest.raises(CallFailed, match=r"no preview has shown it: destinations: \+"):
        plugin.up(KIND, {**by_destinations(ONE, TWO), "name": "Docs"}, was=app)
    told(plugin)
    seen = refreshed(plugin, app)
    assert seen.did == "drift"
    assert told(plugin) == [f"changed at Cloudflare: destinations: + {NAMED[which]}"]
    back = plugin.up(KIND, by_destinations(ONE, TWO), was=seen)
    assert told(plugin) == [f"{words} becomes reachable without Access"]
    assert places(person, back) == {f"public {ONE}", f"public {TWO}"}


@pytest.mark.parametrize("way", ["domain", "self_hosted_domains"])
def test_a_place_that_no_refresh_has_shown_is_kept_and_told_by_the_update(
    way: str, plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, BY[way](ONE))
    add(person, app, RANGE)
    plugin.up(KIND, {**BY[way](ONE), "name": "Docs"}, was=app)
    assert places(person, app) == {f"public {ONE}", key(RANGE)}
    assert told(plugin) == [staying(NAMED["range"])]


def test_a_public_place_beside_a_domain_is_told_and_stays(plugin: Plugin, person: Person) -> None:
    app = plugin.up(KIND, by_domain(ONE))
    add(person, app, *public(TWO))
    seen = refreshed(plugin, app)
    assert told(plugin) == [staying(f"public {TWO}")]
    moved = plugin.up(KIND, by_domain(THREE), was=seen)
    assert places(person, moved) == {f"public {THREE}", f"public {TWO}"}
    # Onto the very place: there is nothing else then.
    onto = plugin.up(KIND, by_domain(TWO), was=moved)
    assert places(person, onto) == {f"public {TWO}"}
    quiet(plugin, onto, by_domain(TWO))


def test_a_public_place_beside_a_declared_list_is_drift(plugin: Plugin, person: Person) -> None:
    app = plugin.up(KIND, by_list(ONE))
    add(person, app, *public(TWO), RANGE)
    seen = refreshed(plugin, app)
    assert seen.did == "drift"
    assert told(plugin) == [
        f"changed at Cloudflare: self_hosted_domains: + {TWO}",
        staying(NAMED["range"]),
    ]
    back = plugin.up(KIND, by_list(ONE), was=seen)
    assert told(plugin) == [f"{TWO} becomes reachable without Access"]
    assert places(person, back) == {f"public {ONE}", key(RANGE)}


@pytest.mark.parametrize("way", ["domain", "self_hosted_domains"])
def test_a_path_of_a_place_that_somebody_opened_is_told_and_goes_where_the_place_goes(
    way: str, plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, BY[way](ONE))
    add(person, app, OPEN)
    seen = refreshed(plugin, app)
    assert told(plugin) == [staying(f"public {ONE} (overrides: public /*)")]
    renamed = plugin.up(KIND, {**BY[way](ONE), "name": "Docs"}, was=seen)
    assert places(person, renamed) == {f"public {ONE} /*"}
    moved = plugin.up(KIND, BY[way](TWO), was=renamed)
    goes_along = {"domain": {f"public {TWO} /*"}, "self_hosted_domains": {f"public {TWO}"}}
    assert places(person, moved) == goes_along[way]


# --------------------------------------------------------------- from one way to say it to another

PRIVATE = {"type": "private", "hostname": "db.internal"}
# What is declared, what somebody adds, what is declared then; where it is then; what is lost.
TURNS: dict[str, tuple[Any, Any, Any, set[str], list[str]]] = {
    "the list is given up": (
        {**by_list(ONE, TWO), "domain": ONE},
        [RANGE],
        by_domain(ONE),
        {f"public {ONE}", key(RANGE)},
        [TWO],
    ),
    "the list is given up, and the domain moves": (
        by_list(ONE, TWO),
        [RANGE],
        by_domain(THREE),
        {f"public {THREE}", key(RANGE)},
        [ONE, TWO],
    ),
    "the list becomes destinations": (
        by_list(ONE, TWO),
        [RANGE, PRIVATE],
        {**PLACELESS, "destinations": [*public(ONE, TWO), PRIVATE]},
        {f"public {ONE}", f"public {TWO}", "private db.internal"},
        ["10.1.0.0/16 tcp 443"],
    ),
    "the domain becomes destinations": (
        by_domain(ONE),
        [RANGE, *public(TWO, THREE)],
        by_destinations(ONE, THREE),
        {f"public {ONE}", f"public {THREE}"},
        ["10.1.0.0/16 tcp 443", TWO],
    ),
    "the domain becomes a list": (
        by_domain(ONE),
        [RANGE, *public(TWO, THREE)],
        by_list(ONE, THREE),
        {f"public {ONE}", f"public {THREE}", key(RANGE)},
        [TWO],
    ),
    "a list comes beside the domain": (
        by_domain(ONE),
        [RANGE],
        {**by_list(ONE, TWO), "domain": ONE},
        {f"public {ONE}", f"public {TWO}", key(RANGE)},
        [],
    ),
    "destinations become a list": (
        {**PLACELESS, "destinations": [*public(ONE, TWO), PRIVATE]},
        [],
        by_list(ONE),
        {f"public {ONE}"},
        ["db.internal", TWO],
    ),
    "destinations are given up": (
        {**PLACELESS, "destinations": [*public(ONE, TWO), PRIVATE], "domain": ONE},
        [],
        by_domain(ONE),
        {f"public {ONE}"},
        ["db.internal", TWO],
    ),
    "destinations are emptied beside the domain": (
        {**PLACELESS, "destinations": public(ONE, TWO), "domain": ONE},
        [],
        {**by_domain(ONE), "destinations": []},
        {f"public {ONE}"},
        [TWO],
    ),
}


@pytest.mark.parametrize("turn", TURNS)
def test_a_turn_from_one_way_to_another_loses_what_the_preview_says(
    turn: str, plugin: Plugin, person: Person
) -> None:
    before, added, after, is_at, lost = TURNS[turn]
    app = plugin.up(KIND, before)
    if added:
        add(person, app, *added)
        app = refreshed(plugin, app)
    told(plugin)
    # The preview, which only looks at the state.
    shown = plugin.check(KIND, after, app.inputs, app.urn)
    plugin.diff(app, shown)
    assert told(plugin) == [f"{place} becomes reachable without Access" for place in sorted(lost)]
    turned = plugin.up(KIND, after, was=app)
    assert (turned.did, places(person, turned)) == ("update", is_at)
    quiet(plugin, turned, after)


@pytest.mark.parametrize(
    "turn", ["the list becomes destinations", "the domain becomes destinations"]
)
def test_a_turn_that_loses_what_no_refresh_has_shown_is_refused(
    turn: str, plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    before, added, after, _, _ = TURNS[turn]
    app = plugin.up(KIND, before)
    add(person, app, *added)
    plugin.restart()
    count = len(written(cloudflare))
    with pytest.raises(CallFailed, match=r"destinations: \+ private 10.1.0.0/16 tcp 443"):
        plugin.up(KIND, after, was=app)
    assert len(written(cloudflare)) == count


# ------------------------------------------------------------------------------- ignored changes


def test_places_whose_changes_are_ignored_stay_and_nothing_is_said_to_go(
    plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, by_destinations(ONE, TWO))
    add(person, app, RANGE)
    seen = refreshed(plugin, app)
    told(plugin)
    kept = plugin.up(
        KIND,
        {**by_destinations(ONE), "name": "Docs"},
        was=seen,
        ignore_changes=["destinations"],
    )
    assert (kept.did, told(plugin)) == ("update", [])
    assert places(person, kept) == {f"public {ONE}", f"public {TWO}", key(RANGE)}
    entry = plugin.up(
        KIND,
        {**by_destinations(ONE), "name": "Wiki"},
        was=kept,
        ignore_changes=[("destinations", NAMED["range"])],
    )
    assert told(plugin) == [f"{TWO} becomes reachable without Access"]
    assert places(person, entry) == {f"public {ONE}", key(RANGE)}


def test_a_domain_whose_changes_are_ignored_stays(plugin: Plugin, person: Person) -> None:
    app = plugin.up(KIND, by_domain(ONE))
    kept = plugin.up(KIND, {**by_domain(TWO), "name": "Docs"}, was=app, ignore_changes=["domain"])
    assert (told(plugin), places(person, kept)) == ([], {f"public {ONE}"})


@pytest.mark.parametrize("ignored", ["domain", "destinations"])
def test_what_is_ignored_and_what_is_not_may_contradict_each_other(
    ignored: str, plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    app = plugin.up(KIND, {**by_destinations(ONE), "domain": ONE})
    plugin.restart()
    count = len(written(cloudflare))
    with pytest.raises(CallFailed, match=r"domain: .* is not among the public places"):
        plugin.up(KIND, {**by_destinations(TWO), "domain": TWO}, was=app, ignore_changes=[ignored])
    assert len(written(cloudflare)) == count


# -------------------------------------------------------------------- adopted, read, and deleted


@pytest.mark.parametrize("way", ["domain", "self_hosted_domains"])
def test_an_adoption_keeps_and_tells_what_it_does_not_declare(
    way: str, plugin: Plugin, person: Person
) -> None:
    there = person.make({**PLACELESS, "destinations": [*public(ONE), RANGE]})["id"]
    adopted = plugin.up(KIND, {**BY[way](ONE), "adopt": there})
    assert told(plugin) == [staying(NAMED["range"])]
    quiet(plugin, adopted, {**BY[way](ONE), "adopt": there})
    assert places(person, there) == {f"public {ONE}", key(RANGE)}


@pytest.mark.parametrize("way", BY)
def test_an_adoption_that_moves_keeps_it_too(way: str, plugin: Plugin, person: Person) -> None:
    there = person.make({**PLACELESS, "destinations": [*public(ONE), RANGE]})["id"]
    wish = {**BY[way](TWO), "adopt": there}
    with pytest.raises(CallFailed, match=f"would change: {way}: "):
        plugin.up(KIND, wish)
    plugin.up(KIND, {**wish, "adopt_changes": True})
    kept = set() if way == "destinations" else {key(RANGE)}
    assert places(person, there) == {f"public {TWO}", *kept}


def test_an_application_by_places_is_adopted_by_the_first(plugin: Plugin, person: Person) -> None:
    there = person.make({**by_destinations(ONE, TWO)})["id"]
    assert plugin.up(KIND, {**by_list(ONE, TWO), "adopt": True}).id == there


def test_what_is_read_only_has_every_way_to_say_it(
    plugin: Plugin, cloudflare: LocalCloudflare, person: Person
) -> None:
    there = person.make({**PLACELESS, "destinations": [*public(ONE, TWO), RANGE]})["id"]
    found = plugin.get(KIND, there, {"account_id": cloudflare.account_id}).outputs
    assert found["domain"] == ONE
    assert sorted(found["self_hosted_domains"]) == [ONE, TWO]
    assert sorted(found["destinations"]) == [NAMED["range"], f"public {ONE}", f"public {TWO}"]
    assert told(plugin) == []


def test_a_deletion_says_what_is_reachable_what_nobody_declared_too(
    plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, by_list(ONE, TWO))
    add(person, app, RANGE, {"type": "all_workers"})
    seen = refreshed(plugin, app)
    told(plugin)
    plugin.destroy(seen)
    assert told(plugin) == [
        f"{place} is now reachable without Access"
        for place in ("every Worker", "10.1.0.0/16 tcp 443", ONE, TWO)
    ]


@pytest.mark.parametrize("way", SEVERAL)
def test_a_path_below_a_place_that_stays_is_not_said_to_be_reachable(
    way: str, plugin: Plugin
) -> None:
    below = [f"{ONE}/a", f"{ONE}/a/b", f"{ONE}/ab"]
    app = plugin.up(KIND, BY[way](ONE, *below))
    app = plugin.up(KIND, BY[way](ONE), was=app)
    assert told(plugin) == []
    app = plugin.up(KIND, BY[way](*below), was=app)
    assert told(plugin) == [f"{ONE} becomes reachable without Access"]
    plugin.up(KIND, BY[way](f"{ONE}/a"), was=app)
    assert told(plugin) == [f"{ONE}/ab becomes reachable without Access"]


@pytest.mark.parametrize("way", BY)
@pytest.mark.parametrize("number", [2, 3])
def test_applications_that_take_each_others_places_are_told_in_the_preview(
    way: str, number: int, cloudflare: LocalCloudflare, plugin: Plugin
) -> None:
    plugin.restart()
    hosts = [ONE, THREE, FOUR][:number]
    made = [plugin.up(KIND, BY[way](host), name=host) for host in hosts]
    plugin.restart()
    cloudflare.requests.clear()
    *first, last = zip(made, [*hosts[1:], hosts[0]], strict=True)
    for was, host in first:
        plugin.check(KIND, BY[way](host), was.inputs, was.urn)
    with pytest.raises(CheckFailed, match=f"takes {ONE} in one up with .*{ONE}.*, which takes a"):
        plugin.check(KIND, BY[way](last[1]), last[0].inputs, last[0].urn)
    # One of them to another place first.
    plugin.restart()
    told(plugin)
    for was, host in [(made[0], FIVE), *zip(made[1:], hosts, strict=False)]:
        plugin.up(KIND, BY[way](host), was)
    plugin.restart()
    for was in made:
        plugin.destroy(was)
    told(plugin)


def test_an_application_waits_for_the_one_that_leaves_its_place(
    cloudflare: LocalCloudflare,
) -> None:
    time = VirtualTime(threads=2, follow=cloudflare.clock.advance)
    run = Run(cloudflare, clock=time.clock)
    provider = run.provider(KIND)
    updates = []
    for host, to in ((ONE, TWO), (TWO, THREE)):
        was = run.up(KIND, by_domain(host), name=host)
        urn = f"urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:{KIND}::{host}"
        updates.append((urn, was, by_domain(host), by_domain(to)))
    checked = [
        (urn, was, served(urn, provider, "check", before, after).inputs)
        for urn, was, before, after in updates
    ]

    def update(one: Any) -> None:
        urn, was, inputs = one
        served(urn, provider, "update", was.id, was.outs, inputs)

    time.run(update, checked)
    assert 1.0 in time.slept
    person = Person(cloudflare, "apps")
    assert [person.look(was.id)["domain"] for _, was, _ in checked] == [TWO, THREE]
    run.close()


@pytest.mark.parametrize("way", BY)
def test_the_root_of_a_host_is_the_host(way: str, plugin: Plugin, person: Person) -> None:
    plugin.restart()
    app = plugin.up(KIND, BY[way](f"{ONE}/"))
    assert told(plugin) == []
    with pytest.raises(CallFailed, match=f'409.*"Wiki" .{app.id}., which thing has'):
        plugin.up(KIND, BY[way](ONE), name="other")
    app = plugin.up(KIND, BY[way](ONE), was=app)
    assert told(plugin) == []
    assert places(person, app) <= {key(one) for one in public(ONE, f"{ONE}/")}
    plugin.destroy(app)
    plugin.restart()
    told(plugin)


@pytest.mark.parametrize("way", SEVERAL)
def test_who_is_in_the_way_is_told_wherever_it_is(way: str, plugin: Plugin, person: Person) -> None:
    there = person.make({**by_destinations(THREE, TWO)})["id"]
    with pytest.raises(CallFailed, match=f'409.*take it over with adopt="{there}"'):
        plugin.up(KIND, BY[way](ONE, TWO))


def test_what_is_in_the_way_where_nobody_looked_is_said_to_be_there(
    cloudflare: LocalCloudflare, plugin: Plugin, person: Person
) -> None:
    zone = f"zones/{cloudflare.zone_id}"
    Person(cloudflare, "apps", zone).make({**by_domain(ONE)})
    account = f"account {cloudflare.account_id}"
    not_there = f"not among the Access applications of {account}: look for it in a zone of the"
    with pytest.raises(CallFailed, match=f"409.*{not_there}"):
        plugin.up(KIND, by_domain(ONE))
    made = plugin.up(KIND, by_domain(TWO))
    with pytest.raises(CallFailed, match=f"409.*{not_there}"):
        plugin.up(KIND, by_domain(ONE), was=made)
    there = person.make({**by_domain(THREE)})["id"]
    # The settings name the account.
    with pytest.raises(CallFailed, match=rf"409.*{there}\), in {account}"):
        plugin.up(KIND, {**by_domain(THREE), "zone_id": cloudflare.zone_id}, name="other")


def test_a_state_from_before_places_were_noted_is_read_changed_and_deleted(
    plugin: Plugin, person: Person
) -> None:
    app = plugin.up(KIND, by_list(ONE, TWO))
    ours = {"__places", "__filled_in", "domain"}
    inputs = {name: value for name, value in app.inputs.items() if name not in ours}
    outputs = {name: value for name, value in app.outputs.items() if name not in ours}
    old = Kept(app.urn, KIND, app.id, inputs, outputs)
    assert plugin.up(KIND, by_list(ONE, TWO), was=old).did == "same"
    assert told(plugin) == []
    seen = refreshed(plugin, old)
    assert (seen.did, told(plugin)) == ("same", [])
    assert (seen.outputs["domain"], "domain" in seen.inputs) == (ONE, False)
    moved = plugin.up(KIND, by_list(THREE), was=old)
    assert places(person, moved) == {f"public {THREE}"}
    plugin.destroy(moved)


# ------------------------------------------------------------------------------- through the engine

PROGRAM = """
app = cloudflare.AccessApplication(
    "app", name="{name}", self_hosted_domains={places})
cloudflare.AccessGroup(
    "users", name=Output.concat("Users of ", app.domain), include=[rules.everyone()])
warp = cloudflare.AccessApplication("warp", type="warp", session_duration="{session}")
cloudflare.AccessGroup("enrolled", name=warp.name, include=[rules.everyone()])
"""


@pytest.mark.engine
def test_what_depends_on_a_domain_that_nobody_declares_is_right_in_previews(stack: Stack) -> None:
    stack.program(PROGRAM.format(name="Wiki", places=[ONE, TWO], session="1h"))
    stack.up()
    groups = Person(stack.cloudflare, "groups")
    assert sorted(group["name"] for group in groups.look()) == [f"Users of {ONE}", "Warp Login App"]
    assert stack.settled()
    stack.refresh()
    assert stack.settled()
    # A change of something else is none of the domain.
    stack.program(PROGRAM.format(name="Docs", places=[THREE, ONE], session="2h"))
    plan = stack.plan()
    assert plan.changed()["app"] == "update"
    assert "users" not in plan.changed()
    # A move is: the preview says where to, and what follows from it.
    stack.program(PROGRAM.format(name="Docs", places=[THREE, FOUR], session="2h"))
    plan = stack.plan()
    assert "domain" in plan.paths("app")
    assert plan.steps()["users"]["newState"]["inputs"]["name"] == f"Users of {THREE}"
    assert f"{ONE} becomes reachable without Access" in plan.warnings("app")
    stack.up()
    assert min(group["name"] for group in groups.look()) == f"Users of {THREE}"
    # Somebody adds a range: it is told and stays, though everything else goes on.
    app = stack.state()["app"]["id"]
    apps = Person(stack.cloudflare, "apps")
    body = {**PLACELESS, "name": "Docs", "destinations": [*public(THREE, FOUR), RANGE]}
    apps.write(app, body)
    assert NAMED["range"] in stack.refresh().text
    assert stack.settled()
    stack.program(PROGRAM.format(name="Wiki", places=[THREE], session="2h"))
    assert NAMED["range"] not in stack.up().text
    assert places(apps, app) == {f"public {THREE}", key(RANGE)}
