"""Single policies of one application, in the order in which the engine asks for them."""

from __future__ import annotations

import asyncio
import functools
import json
import os
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pulumi
import pytest
from pulumi import Output, ResourceOptions

import pulumi_cloudflare_access as cf
from access import evaluator
from access.evaluator import Policy as Said
from access.test_transition import MFA
from access.test_transition import policy as ruled
from harness.engine import CheckFailed, Engine, RunFailed
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.access import succession
from pulumi_cloudflare_access.access.succession import Single, trouble
from pulumi_cloudflare_access.access.succession import singles as singles_of
from pulumi_cloudflare_access.access.widened import Told
from pulumi_cloudflare_access.local_cloudflare import faults
from pulumi_cloudflare_access.program import turns

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from harness.stack import Stack


WHOLE = os.environ.get("CLOUDFLARE_ACCESS_TESTS") == "all"
CHANGES = 40_000 if WHOLE else 8_000
RUNS = 1_000 if WHOLE else 60
ADA, BOB, EVE = (rules.email(f"{name}@example.com") for name in ("ada", "bob", "eve"))

Fields = dict[str, Any]
NOT_EVE: Fields = {"name": "Not Eve", "decision": "deny", "include": [EVE]}
STAFF: Fields = {
    "name": "Staff",
    "decision": "allow",
    "include": [rules.email_domain("example.com")],
}
GUESTS: Fields = {"name": "Guests", "decision": "allow", "include": [rules.everyone()]}
APPROVED: Fields = {**GUESTS, "name": "Approved", "approval_required": True}


@pytest.fixture(autouse=True)
def _own_notes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Note creates where no other test does."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def chance(seed: object) -> random.Random:
    return random.Random(str(seed))  # noqa: S311 - no secret


# --------------------------------------------------------------- every change, without an engine


def placed(draw: random.Random, policies: Sequence[Said], was: Mapping[str, int]) -> dict[str, int]:
    """Give policies precedences, as people do: close together, with gaps, or as few new as can."""
    gap = draw.choice((1, 1, 2, 10))
    names = [one["by"] for one in policies]
    if was and draw.random() < 0.5:
        places: dict[str, int] = {}
        least = 0
        for name in names:
            place = was.get(name, least + draw.choice((1, 5)))
            places[name] = least = place if place > least else least + draw.choice((1, 1, 3))
        return places
    start = draw.choice((1, 1, gap, 20))
    return {name: start + gap * n for n, name in enumerate(names)}


def program(policies: Sequence[Said], places: Mapping[str, int]) -> dict[str, Single]:
    return {
        one["by"]: Single(one["by"], places[one["by"]], Told(one["name"], ruled(one).ruling))
        for one in policies
    }


def some_changes(
    seed: int, number: int
) -> Iterator[tuple[list[Said], dict[str, int], list[Said], dict[str, int]]]:
    for turn, (old, new) in enumerate(evaluator.changes(seed, number)):
        draw = chance(f"{seed} {turn} places")
        for one in old:
            one["by"] = one["name"]
        for one in new:
            # Of most that are renamed, the resource is the same one.
            one.setdefault("by", one["name"])
        if len({one["by"] for one in new}) < len(new):
            continue
        before = placed(draw, old, {})
        yield old, before, new, placed(draw, new, before)


def test_no_request_of_a_run_that_is_let_through_lets_anybody_in() -> None:
    weaker, refused, total = 0, 0, 0
    for old, before, new, after in some_changes(11, CHANGES):
        was, now = program(old, before), program(new, after)
        total += 1
        if trouble(was, now) is not None:
            refused += 1
            continue
        says = {(one["by"], ruled(one).ruling): one for one in (*old, *new)}
        outcomes = evaluator.outcomes(old), evaluator.outcomes(new)
        last: list[Said] = old
        for here, _ in succession._requests(was, now, ()):  # noqa: SLF001 - the requests themselves
            in_order = sorted(here.values(), key=lambda one: one.place)
            assert len({one.place for one in in_order}) == len(in_order)
            last = [says[one.by, one.ruling] for one in in_order]
            weaker += bool(evaluator.weaker(last, *outcomes))
        assert [ruled(one).ruling for one in last] == [ruled(one).ruling for one in new]
    assert weaker == 0
    # Most of what people do goes through in one up.
    assert refused < total / 2
    print(f"{total} changes, {refused} refused")


def test_a_policy_is_the_same_one_by_another_resource_name() -> None:
    texts = {}
    for by in ("not-eve", "eve"):
        said = [
            {"by": by, "is_named": True, "name": "Not Eve", "decision": "deny", "precedence": 1},
            {"by": "all", "is_named": True, "name": "All", "decision": "allow", "precedence": 2},
        ]
        texts[by] = singles_of(json.dumps(said))
    was, now = texts["not-eve"], texts["eve"]
    assert was and now  # noqa: PT018 - both are texts of single policies
    assert trouble(was, now) is None
    # Both may go further, and one that leaves its place to another is in the way.
    further = {by: replace(one, place=one.place + 10) for by, one in now.items()}
    assert "which leaves the program" in str(trouble(was, {"all": replace(now["all"], place=1)}))
    assert trouble(now, further) is None


@pytest.mark.parametrize(
    ("here", "finally_", "mover", "target", "listed"),
    [
        # Two that change places: the one in the way waits behind the other.
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}, "b", 1, [("a", 3), ("b", 1)]),
        # A new one before all others, each of which goes one further, the last one first.
        ({"a": 1, "b": 2}, {"a": 2, "b": 3, "n": 1}, "n", 1, [("b", 3), ("a", 2), ("n", 1)]),
        # One that would pass another, which goes further too.
        ({"a": 1, "b": 2}, {"a": 11, "b": 12}, "a", 11, [("b", 12), ("a", 11)]),
        # What stays where it is may be passed.
        ({"a": 1, "b": 2}, {"a": 3, "b": 2}, "a", 3, [("a", 3)]),
    ],
)
def test_what_is_in_the_way_is_taken_along(
    here: dict[str, int],
    finally_: dict[str, int],
    mover: str,
    target: int,
    listed: list[tuple[str, int]],
) -> None:
    assert succession.moves(here, finally_, mover, target) == listed


def test_what_does_not_go_away_is_told() -> None:
    with pytest.raises(succession.TakenError) as taken:
        succession.moves({"a": 1}, {}, "n", 1)
    assert taken.value.holder == "a"


# ------------------------------------------------------------------------------- by the providers


class Wiki:
    """One application, and who gets in to it, looked at after every write."""

    def __init__(self, cloudflare: LocalCloudflare, seed: object = 1) -> None:
        self.cloudflare = cloudflare
        self.moments: list[list[Fields]] = []
        self.engine = Engine(cloudflare, chance(seed), watch=lambda _: self._look())
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )
        self._apps = f"accounts/{cloudflare.account_id}/access/apps"

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        answer = self._http.request(verb, f"{self._apps}{path}", json=body)
        assert answer.is_success, answer.text
        return answer.json()["result"]

    @property
    def id(self) -> str:
        return str(self.ask("GET", "")[0]["id"])

    def policies(self) -> list[Fields]:
        plain, self.cloudflare.switches.plain = self.cloudflare.switches.plain, True
        found: list[Fields] = self.ask("GET", f"/{self.id}/policies") if self.ask("GET", "") else []
        self.cloudflare.switches.plain = plain
        return found

    def names(self) -> list[str]:
        return [one["name"] for one in self.policies()]

    def places(self) -> list[tuple[str, int]]:
        return [(one["name"], one["precedence"]) for one in self.policies()]

    def _look(self) -> None:
        self.moments.append(self.policies())

    def seen(self) -> list[list[str]]:
        """Return the names of the policies after each write since the last time."""
        seen = [[one["name"] for one in moment] for moment in self.moments]
        self.moments.clear()
        return [names for n, names in enumerate(seen) if n == 0 or names != seen[n - 1]]


@pytest.fixture
def wiki(cloudflare: LocalCloudflare) -> Wiki:
    return Wiki(cloudflare)


def one(
    app: cf.AccessApplication, fields: Fields, precedence: Any, name: str = "", **more: Any
) -> cf.AccessApplicationPolicy:
    return cf.AccessApplicationPolicy(
        name or fields["name"].lower().replace(" ", "-"),
        application=app,
        precedence=precedence,
        **{**fields, **more},
    )


def the_application() -> cf.AccessApplication:
    return cf.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")


def singles(*policies: tuple[Fields, Any], **more: Any) -> Callable[[], None]:
    def run() -> None:
        app = the_application()
        for fields, precedence in policies:
            one(app, fields, precedence, **more)

    return run


FIELDS = {"approval": "approval_required", "isolation": "isolation_required"}


def written(of: Said) -> Fields:
    """Write a policy of the evaluator's as a program does."""
    include = [
        rules.everyone() if who == evaluator.EVERYONE else rules.email(f"{who}@example.com")
        for who in sorted(of["who"])
    ]
    fields: Fields = {"name": of["name"], "decision": of["decision"], "include": include}
    if of["decision"] != "allow":
        return fields
    fields |= {"session_duration": of.get("session") or "24h"}
    if of.get("approval"):
        group = {"approvals_needed": 1, "email_addresses": [f"{of['approval']}@example.com"]}
        fields |= {"approval_required": True}
        fields |= {"approval_groups": [] if of["approval"] == "any" else [group]}
    if of.get("isolation"):
        fields["isolation_required"] = True
    if of.get("justification"):
        fields["purpose_justification_required"] = True
    if of.get("mfa"):
        fields["mfa_config"] = MFA[of["mfa"]]
    return fields


def answered(policy: Fields) -> Said:
    """Read an answer in the evaluator's words."""
    who = frozenset(
        evaluator.EVERYONE if "everyone" in rule else rule["email"]["email"].partition("@")[0]
        for rule in policy["include"]
    )
    found: Said = {"name": policy["name"], "decision": policy["decision"], "who": who}
    if policy["decision"] != "allow":
        return found
    groups = policy.get("approval_groups")
    approval = "any" if policy.get("approval_required") else None
    if groups:
        approval = groups[0]["email_addresses"][0].partition("@")[0]
    mfa = [name for name, config in MFA.items() if _same_mfa(config, policy.get("mfa_config"))]
    return found | {
        "approval": approval,
        "isolation": bool(policy.get("isolation_required")),
        "justification": bool(policy.get("purpose_justification_required")),
        "session": policy.get("session_duration") or "24h",
        "mfa": mfa[0] if mfa else None,
    }


def _same_mfa(one: Fields, other: Any) -> bool:
    def plain(config: Fields) -> tuple[bool, list[str]]:
        return bool(config.get("mfa_disabled")), sorted(config.get("allowed_authenticators") or [])

    return bool(other) and plain(one) == plain(other)


def whole(of: Said) -> Said:
    """Say what nobody says, as the program above does."""
    return answered({**written(of), "approval_groups": written(of).get("approval_groups")})


@pytest.mark.parametrize("seed", range(4))
def test_nobody_gets_in_meanwhile_whatever_a_program_makes_of_its_policies(
    seed: int, cloudflare: LocalCloudflare
) -> None:
    refused = 0
    for turn, (old, before, new, after) in enumerate(some_changes(seed, RUNS // 4)):
        cloudflare.reset()
        wiki = Wiki(cloudflare, f"{seed} {turn}")
        draw = chance(f"{seed} {turn} order")

        def stack(policies: list[Said], places: Mapping[str, int], draw: Any = draw) -> Any:
            shuffled = draw.sample(policies, len(policies))

            def run() -> None:
                app = the_application()
                for policy in shuffled:
                    one(app, written(policy), places[policy["by"]], name=policy["by"])

            return run

        nobody: list[Said] = []
        was, now = [*map(whole, old)], [*map(whole, new)]
        wiki.engine.up(stack(old, before))
        held(wiki, nobody, was)
        program = stack(new, after)
        if not goes_through(wiki.engine, program):
            refused += 1
            # Whatever is done by a run without a preview is safe, too.
            with pytest.raises(Exception, match=r"Change them in two ups|is taken by"):
                wiki.engine.up(program)
            held(wiki, was, now, is_end=False)
            continue
        wiki.engine.up(program)
        held(wiki, was, now)
        wiki.engine.refresh()
        assert wiki.engine.warnings == []
        wiki.engine.preview(program)
        assert {*wiki.engine.did.values()} <= {"same"}
        wiki.engine.destroy()
        held(wiki, now, nobody)
    assert refused < RUNS / 8


def goes_through(engine: Engine, program: Callable[[], object]) -> bool:
    """Return whether a preview refuses nothing."""
    try:
        engine.preview(program)
    except CheckFailed as refused:
        told = str(refused)
        if "Change them in two ups" in told or "is taken by" in told:
            return False
        raise
    return True


def held(wiki: Wiki, old: list[Said], new: list[Said], *, is_end: bool = True) -> None:
    """Hold every moment since the last time against the old policies and the new ones."""
    outcomes = evaluator.outcomes(old), evaluator.outcomes(new)
    moments = [[answered(policy) for policy in moment] for moment in wiki.moments]
    wiki.moments.clear()
    for moment in moments:
        assert not evaluator.weaker(moment, *outcomes), (old, moment, new)
    if is_end and moments:
        assert evaluator.outcomes(moments[-1]) == outcomes[1]


# ----------------------------------------------------------------------------------- made, deleted


ORDERS = [
    ((NOT_EVE, 1), (GUESTS, 2)),
    ((GUESTS, 2), (NOT_EVE, 1)),
    ((GUESTS, 3), (APPROVED, 2), (NOT_EVE, 1)),
    ((APPROVED, 2), (GUESTS, 3), (NOT_EVE, 1)),
]


@pytest.mark.parametrize("policies", ORDERS)
@pytest.mark.parametrize("seed", range(3))
def test_they_are_made_from_the_top_and_deleted_from_the_end(
    seed: int, policies: Any, cloudflare: LocalCloudflare
) -> None:
    wiki = Wiki(cloudflare, seed)
    names = [fields["name"] for fields, _ in sorted(policies, key=lambda one: one[1])]
    wiki.engine.up(singles(*policies))
    tops = [names[: n + 1] for n in range(len(names))]
    assert wiki.seen() == [[], *tops]
    # With the application, without it.
    if seed % 2:
        wiki.engine.up(singles())
    else:
        wiki.engine.destroy()
    assert wiki.seen() == [*tops[::-1][1:], []]


def test_what_could_not_be_made_lets_nobody_in_after_it(wiki: Wiki) -> None:
    program = singles((GUESTS, 2), (NOT_EVE, 1))
    wiki.cloudflare.fault("POST /accounts/*/access/apps/*/policies", faults.Status(403), nth=1)
    with pytest.raises(Exception, match="403"):
        wiki.engine.up(program)
    assert wiki.names() == []
    wiki.engine.up(program)
    assert wiki.names() == ["Not Eve", "Guests"]


def test_a_deny_stays_where_what_comes_after_it_could_not_be_deleted(wiki: Wiki) -> None:
    wiki.engine.up(singles((NOT_EVE, 1), (GUESTS, 2)))
    wiki.cloudflare.fault("DELETE /accounts/*/access/apps/*/policies/*", faults.Status(403), nth=1)
    with pytest.raises(RunFailed, match="403"):
        wiki.engine.destroy()
    assert wiki.names() == ["Not Eve", "Guests"]
    wiki.engine.destroy()
    assert wiki.engine.state == {}


@pytest.mark.parametrize("parallel", [3, 8])
def test_policies_of_a_state_without_their_order_are_deleted_in_it(
    parallel: int, cloudflare: LocalCloudflare
) -> None:
    for seed in range(5):
        cloudflare.reset()
        wiki = Wiki(cloudflare, seed)
        wiki.engine.up(singles((NOT_EVE, 1), (APPROVED, 2), (GUESTS, 3)))
        wiki.seen()
        wiki.engine.parallel = parallel
        # So that each delete has begun by the time that another one has waited for it.
        wiki.engine.faster = 4
        app = wiki.engine.kept("wiki").urn
        for name in ("not-eve", "approved", "guests"):
            kept = wiki.engine.kept(name)
            wiki.engine.enter(replace(kept, depends_on=frozenset({app})))
        wiki.engine.destroy()
        assert wiki.seen() == [["Not Eve", "Approved"], ["Not Eve"], []]


# ---------------------------------------------------------------------------- changed, in one up


@pytest.mark.parametrize(
    ("before", "after", "moments"),
    [
        # They change places.
        (
            [(NOT_EVE, 1), (STAFF, 2)],
            [(STAFF, 1), (NOT_EVE, 2)],
            [["Staff", "Not Eve"]],
        ),
        (
            [(STAFF, 5), (GUESTS, 9)],
            [(GUESTS, 5), (STAFF, 9)],
            [["Guests", "Staff"]],
        ),
        # All go further down, by one or by many.
        (
            [(STAFF, 1), (GUESTS, 2)],
            [(NOT_EVE, 1), (STAFF, 2), (GUESTS, 3)],
            [["Staff", "Guests"], ["Not Eve", "Staff", "Guests"]],
        ),
        (
            [(NOT_EVE, 1), (STAFF, 2), (GUESTS, 3)],
            [(NOT_EVE, 11), (STAFF, 12), (GUESTS, 13)],
            [["Not Eve", "Staff", "Guests"]],
        ),
        # And back.
        (
            [(NOT_EVE, 11), (STAFF, 12), (GUESTS, 13)],
            [(NOT_EVE, 1), (STAFF, 2), (GUESTS, 3)],
            [["Not Eve", "Staff", "Guests"]],
        ),
        # A new deny with a wider allow; a deny that goes with what came after it.
        (
            [(STAFF, 2)],
            [(NOT_EVE, 1), ({**STAFF, "include": [rules.everyone()]}, 2)],
            [["Not Eve", "Staff"]],
        ),
        (
            [(NOT_EVE, 1), (GUESTS, 2)],
            [(STAFF, 3)],
            [["Not Eve", "Guests", "Staff"], ["Not Eve", "Staff"], ["Staff"]],
        ),
    ],
)
def test_what_can_be_done_in_one_up_is(before: Any, after: Any, moments: Any, wiki: Wiki) -> None:
    wiki.engine.up(singles(*before))
    wiki.seen()
    wiki.engine.up(singles(*after))
    seen = wiki.seen()
    assert seen == moments or [names for names in seen if names != seen[-1]] + [seen[-1]] == moments
    assert wiki.places() == sorted(
        ((fields["name"], place) for fields, place in after), key=lambda one: one[1]
    )
    wiki.engine.refresh()
    assert wiki.engine.warnings == []
    wiki.engine.preview(singles(*after))
    assert {*wiki.engine.did.values()} == {"same"}


NARROW: Fields = {**GUESTS, "include": [ADA]}
NOT_MALLORY: Fields = {**NOT_EVE, "include": [rules.email("mallory@example.com")]}


@pytest.mark.parametrize(
    ("before", "after", "named"),
    [
        # A deny that lets somebody go, before an allow that gets narrower.
        (
            [(NOT_EVE, 1), (GUESTS, 2)],
            [(NOT_MALLORY, 1), (NARROW, 2)],
            ['"Not Eve" (deny, precedence 1) changes', '"Guests" (allow, precedence 2) changes'],
        ),
        # The policy that is asked first asks for less, the next one for more.
        (
            [(APPROVED, 1), (GUESTS, 2)],
            [({**APPROVED, "include": [ADA], "approval_required": False}, 1),
             ({**GUESTS, "isolation_required": True}, 2)],
            ['"Approved" (allow, precedence 1) changes', '"Guests" (allow, precedence 2) changes'],
        ),
        # Into the place of one that leaves the program.
        (
            [(NOT_EVE, 1), (GUESTS, 2)],
            [(GUESTS, 1)],
            ['precedence 1 is taken by "Not Eve" (deny, precedence 1), which leaves the program'],
        ),
        # The one in the way gets another name, too.
        (
            [(STAFF, 1), (GUESTS, 2)],
            [(NOT_EVE, 1), ({**STAFF, "name": "All staff"}, 3), (GUESTS, 2)],
            ['precedence 1 is taken by "Staff" (allow, precedence 1), which goes to precedence 3'],
        ),
    ],
)  # fmt: skip
def test_what_would_let_somebody_in_meanwhile_is_refused_in_the_preview(
    before: Any, after: Any, named: list[str], wiki: Wiki
) -> None:
    wiki.engine.up(by_place(before))
    was = wiki.policies()
    wiki.seen()
    with pytest.raises(CheckFailed) as refused:
        wiki.engine.preview(by_place(after))
    told = str(refused.value)
    assert all(name in told for name in named), told
    assert "two ups" in told or "in an up of its own" in told
    assert wiki.policies() == was


def by_place(policies: Any) -> Callable[[], None]:
    """Declare each by a resource that is called after the policy, whatever its name becomes."""

    def run() -> None:
        app = the_application()
        for fields, place in policies:
            name = {"All staff": "staff"}.get(fields["name"], fields["name"].lower())
            one(app, fields, place, name=name.replace(" ", "-"))

    return run


def test_a_run_that_ends_half_way_is_gone_on_with(wiki: Wiki) -> None:
    wiki.engine.up(singles((NOT_EVE, 1), (STAFF, 2), (GUESTS, 3)))
    after = singles((NOT_EVE, 11), (STAFF, 12), (GUESTS, 13))
    wiki.seen()
    for nth in (1, 2, 3):
        wiki.cloudflare.fault(
            "PUT /accounts/*/access/apps/*/policies/*", faults.Status(403), nth=nth
        )
        with pytest.raises(Exception, match="403"):
            wiki.engine.up(after)
        wiki.cloudflare.lift_faults()
        assert {tuple(names) for names in wiki.seen()} <= {("Not Eve", "Staff", "Guests")}
        wiki.engine.up(after)
        assert [place for _, place in wiki.places()] == [11, 12, 13]
        wiki.engine.up(singles((NOT_EVE, 1), (STAFF, 2), (GUESTS, 3)))


# ----------------------------------------------------------------- lists and single policies


def as_a_list(*policies: Fields, **more: Any) -> Callable[[], None]:
    def run() -> None:
        app = the_application()
        cf.AccessApplicationPolicies("who", application=app, policies=list(policies), **more)

    return run


def test_a_list_becomes_single_policies_in_one_up(wiki: Wiki) -> None:
    wiki.engine.up(as_a_list(NOT_EVE, STAFF))
    wiki.seen()
    wiki.engine.up(singles((GUESTS, 103), (NOT_EVE, 101), (APPROVED, 102)))
    assert wiki.seen() == [
        ["Not Eve", "Staff", "Not Eve"],
        ["Not Eve", "Staff", "Not Eve", "Approved"],
        ["Not Eve", "Staff", "Not Eve", "Approved", "Guests"],
        ["Not Eve", "Not Eve", "Approved", "Guests"],
        ["Not Eve", "Approved", "Guests"],
    ]


def test_a_list_becomes_single_policies_that_take_its_policies_over(wiki: Wiki) -> None:
    wiki.engine.up(as_a_list(NOT_EVE, STAFF))
    ids = [policy["id"] for policy in wiki.policies()]
    places = dict(wiki.places())
    wiki.seen()
    wiki.engine.up(singles((STAFF, places["Staff"]), (NOT_EVE, places["Not Eve"]), adopt=True))
    assert [policy["id"] for policy in wiki.policies()] == ids
    assert wiki.seen() in ([], [["Not Eve", "Staff"]])


def test_single_policies_become_the_same_list(wiki: Wiki) -> None:
    wiki.engine.up(singles((STAFF, 2), (NOT_EVE, 1)))
    wiki.engine.up(as_a_list(NOT_EVE, STAFF))
    assert wiki.names() == ["Not Eve", "Staff"]
    wiki.engine.refresh()
    assert wiki.engine.warnings == []


def test_single_policies_become_a_list_that_takes_them_over(wiki: Wiki) -> None:
    wiki.engine.up(singles((STAFF, 2), (NOT_EVE, 1)))
    ids = [policy["id"] for policy in wiki.policies()]
    wiki.seen()
    other = [{**NOT_EVE, "exclude": [ADA]}, STAFF, GUESTS]
    with pytest.raises(Exception, match="the application has policies already"):
        wiki.engine.up(as_a_list(*other))
    assert wiki.seen() == []
    wiki.engine.up(as_a_list(*other, adopt=True, adopt_changes=True))
    assert wiki.names() == ["Not Eve", "Staff", "Guests"]
    assert [policy["id"] for policy in wiki.policies()][:2] == ids
    wiki.engine.destroy()
    assert wiki.engine.state == {}


# ------------------------------------------------------------------- nobody waits for ever


class Part(pulumi.ComponentResource):
    """A component of somebody's own."""

    def __init__(self, name: str, opts: ResourceOptions | None = None) -> None:
        super().__init__("test:index:Part", name, None, opts)


def by_depends_on(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 2)
    one(app, NOT_EVE, 1, opts=ResourceOptions(depends_on=[allow]))


def by_an_output(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 2)
    one(app, {**NOT_EVE, "name": allow.id.apply(lambda id_: f"Not Eve {id_}")}, 1, name="not-eve")


def by_a_depends_on_that_is_an_output(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 2)
    one(app, NOT_EVE, 1, opts=ResourceOptions(depends_on=allow.id.apply(lambda _: [allow])))


def through_a_group(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 2)
    group = cf.AccessGroup("g", name=Output.concat("G ", allow.id), include=[EVE])
    one(app, {**NOT_EVE, "include": [rules.group(group)]}, 1)


def through_the_parent(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 2)
    parent = Part("part", ResourceOptions(depends_on=[allow]))
    one(app, NOT_EVE, 1, opts=ResourceOptions(parent=parent))


def through_what_is_awaited(app: cf.AccessApplication) -> None:
    found: list[cf.AccessApplicationPolicy] = []

    async def name() -> str:
        id_ = await found[0].id.future()
        return f"Not Eve {id_}"

    one(app, {**NOT_EVE, "name": asyncio.ensure_future(name())}, 1, name="not-eve")
    found.append(one(app, GUESTS, 2))


def through_what_comes_later(app: cf.AccessApplication) -> None:
    found: list[cf.AccessApplicationPolicy] = []
    later: Output[str] = app.id.apply(lambda _: found[0].id)
    name = later.apply(lambda id_: f"Not Eve {id_}")
    one(app, {**NOT_EVE, "name": name}, 1, name="not-eve")
    found.append(one(app, GUESTS, 2))


def through_another_policy(app: cf.AccessApplication) -> None:
    allow = one(app, GUESTS, 4)
    between = one(app, STAFF, 6, opts=ResourceOptions(depends_on=[allow]))
    one(app, NOT_EVE, 2, opts=ResourceOptions(depends_on=[between]))


CIRCLES = [
    by_depends_on,
    by_an_output,
    by_a_depends_on_that_is_an_output,
    through_a_group,
    through_the_parent,
    through_what_is_awaited,
    through_what_comes_later,
    through_another_policy,
]


@pytest.mark.parametrize("circle", CIRCLES)
def test_a_deny_that_waits_for_what_should_wait_for_it_ends_the_run(
    circle: Callable[[cf.AccessApplication], None],
    wiki: Wiki,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "AT_MOST", 0.3)

    def run() -> None:
        circle(the_application())

    # It says so in the preview, and lets nobody in.
    wiki.engine.preview(run)
    told = [text for name, text in wiki.engine.warnings if name == "guests"]
    # A preview runs no function of what is not known yet: then there is no circle.
    if circle is not through_what_comes_later:
        assert any("decides before this policy and may wait for it" in text for text in told)
    with pytest.raises(Exception, match="must be there before this policy"):
        wiki.engine.up(run)
    assert "Guests" not in wiki.names()


def whole_of(program: Callable[[cf.AccessApplication], None]) -> None:
    program(the_application())


def a_secret(app: cf.AccessApplication) -> None:
    one(app, GUESTS, 2)
    address = Output.secret("eve@example.com").apply(str.lower)
    one(app, {**NOT_EVE, "include": [rules.email(address)]}, 1)


def a_group_that_comes_later(app: cf.AccessApplication) -> None:
    one(app, GUESTS, 2)
    base = cf.AccessGroup("base", name="Base", include=[EVE])
    group = cf.AccessGroup("g", name="G", include=[rules.group(base)])
    one(app, {**NOT_EVE, "include": [rules.group(group)]}, 1)


def what_the_application_says(app: cf.AccessApplication) -> None:
    one(app, GUESTS, 2)
    one(app, {**NOT_EVE, "include": [rules.common_name(app.aud.apply(lambda aud: f"x{aud}"))]}, 1)


def a_component(app: cf.AccessApplication) -> None:
    parent = Part("part")
    one(app, GUESTS, 2)
    one(app, NOT_EVE, 1, opts=ResourceOptions(parent=parent))


def what_waits_the_same_way(app: cf.AccessApplication) -> None:
    deny = one(app, NOT_EVE, 1)
    one(app, GUESTS, 2, opts=ResourceOptions(depends_on=[deny]))


@pytest.mark.parametrize(
    "program",
    [
        a_secret,
        a_group_that_comes_later,
        what_the_application_says,
        a_component,
        what_waits_the_same_way,
    ],
)
def test_a_deny_that_waits_for_something_else_is_made_first(
    program: Callable[[cf.AccessApplication], None], cloudflare: LocalCloudflare
) -> None:
    for seed in range(3):
        cloudflare.reset()
        wiki = Wiki(cloudflare, seed)
        wiki.engine.up(functools.partial(whole_of, program))
        assert wiki.names() == ["Not Eve", "Guests"]
        assert ["Guests"] not in wiki.seen()
        assert [text for _, text in wiki.engine.warnings if "decides before" in text] == []


def test_a_deny_that_comes_too_late_is_told(wiki: Wiki) -> None:
    def run() -> None:
        app = the_application()

        def late(_: str) -> None:
            one(app, NOT_EVE, 1)

        one(app, GUESTS, 2).id.apply(late)

    wiki.engine.up(run)
    [told] = [text for name, text in wiki.engine.warnings if name == "not-eve"]
    assert '"guests" is on its way already, and this policy decides before it' in told


def test_a_precedence_that_is_not_known_yet_has_no_turn(wiki: Wiki) -> None:
    def run() -> None:
        app = the_application()
        one(app, NOT_EVE, app.id.apply(lambda _: 1))
        one(app, GUESTS, 2)

    wiki.engine.up(run)
    assert wiki.names() == ["Not Eve", "Guests"]


@pytest.mark.engine
def test_pulumi_itself_makes_and_deletes_them_in_order_and_never_waits_for_ever(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    wiki = Wiki(cloudflare)

    def sent() -> list[str]:
        found = [
            f"{r['method']} {(r['body'] or {}).get('name', '')}".strip()
            for r in cloudflare.requests
            if r["method"] != "GET" and "/policies" in r["path"]
        ]
        cloudflare.app.requests.clear()
        return found

    head = """
from pulumi_cloudflare_access.program import turns
turns.AT_MOST = 3.0
app = cloudflare.AccessApplication("wiki", domain="wiki.example.com")
def one(name, decision, precedence, include, **more):
    return cloudflare.AccessApplicationPolicy(name, application=app, name=name,
        decision=decision, precedence=precedence, include=include, **more)
everyone, eve = [rules.everyone()], [rules.email("eve@example.com")]
"""
    allow, deny = 'one("guests", "allow", {}, everyone)\n', 'one("not-eve", "deny", {}, eve)\n'
    middle = 'one("staff", "allow", {}, [rules.email_domain("example.com")])\n'
    stack.program(head + allow.format(3) + middle.format(2) + deny.format(1))
    stack.up()
    assert sent() == ["POST not-eve", "POST staff", "POST guests"]
    # They go further, and a new one comes before all.
    new = 'one("not-mallory", "deny", 1, [rules.email("mallory@example.com")])\n'
    stack.program(head + allow.format(4) + middle.format(3) + deny.format(2) + new)
    stack.up()
    # Its place is taken at first.
    refused_one, *done = sent()
    assert done == ["PUT guests", "PUT staff", "PUT not-eve", refused_one]
    assert stack.settled()
    # One whose resource has another name, and an alias, stays as it is.
    renamed = deny.format(2).replace("(", '("eve", ', 1).replace("one(", "renamed(")
    alias = """
def renamed(resource, name, decision, precedence, include):
    return cloudflare.AccessApplicationPolicy(resource, application=app, name=name,
        decision=decision, precedence=precedence, include=include,
        opts=ResourceOptions(aliases=[pulumi.Alias(name=name)]))
"""
    stack.program(head + alias + allow.format(4) + middle.format(3) + renamed + new)
    stack.preview("--expect-no-changes")
    # What no one up can do is refused in the preview.
    narrower = allow.format(4).replace("everyone", '[rules.email("ada@example.com")]')
    looser = deny.format(2).replace("eve)", '[rules.email("bob@example.com")])')
    stack.program(head + narrower + middle.format(3) + looser + new)
    refused = stack.preview(ok=False)
    assert '"not-eve" (deny, precedence 2) changes' in refused.text
    assert '"guests" (allow, precedence 4) changes' in refused.text
    stack.destroy()
    assert sent() == ["DELETE"] * 4

    # Where the deny cannot be made, the allow is not.
    for flags in ([], ["--continue-on-error"]):
        stack.program(head + allow.format(3) + deny.format(1))
        cloudflare.fault("POST /accounts/*/access/apps/*/policies", faults.Status(403), nth=1)
        assert stack.up(*flags, ok=False).status
        assert wiki.names() == []
        cloudflare.lift_faults()
        stack.destroy()

    # Two that wait for each other, in the open and through another resource.
    waits = deny.format(1).replace(")\n", ", opts=ResourceOptions(depends_on=[guests]))\n")
    group = 'group = cloudflare.AccessGroup("g", name=guests.id.apply(lambda i: i), include=eve)\n'
    hidden = group + deny.format(1).replace("eve)", "[rules.group(group)])")
    for way in (waits, hidden):
        stack.program(head + "guests = " + allow.format(3) + way)
        told = stack.up(ok=False).text
        assert "must be there before this policy, and this policy could not wait for it" in told
        assert "guests" not in wiki.names()
        stack.destroy()
