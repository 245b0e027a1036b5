"""No moment between two lists is weaker than both, in who gets in and in what is asked of them."""

from __future__ import annotations

import functools
import random
from itertools import permutations
from typing import Any

import pytest

from access import evaluator
from access.evaluator import Policy as Said
from pulumi_cloudflare_access.access import transition as transition_
from pulumi_cloudflare_access.access.outcomes import Ruling, as_declared
from pulumi_cloudflare_access.access.transition import (
    NoRoomError,
    Placed,
    Policy,
    Step,
    Wanted,
    is_on_the_way,
    transition,
)

CHANGES = 40_000
MFA: dict[str, Any] = {
    "key": {"allowed_authenticators": ["security_key"]},
    "key or code": {"allowed_authenticators": ["security_key", "totp"]},
    "disabled": {"mfa_disabled": True},
}


def said(name: str, decision: str = "allow", who: str = evaluator.EVERYONE, **demands: Any) -> Said:
    people = [who] if who == evaluator.EVERYONE else [*who]
    return {"name": name, "decision": decision, "who": frozenset(people), **demands}


@functools.cache
def ruling(decision: str, who: frozenset[str], demands: tuple[Any, ...]) -> Ruling:
    """Write a policy as Cloudflare answers it, and read it as the package does."""
    approval, isolation, justification, session, mfa = demands
    rules: list[Any] = [
        {"everyone": {}} if one == "everyone" else {"email": {"email": f"{one}@example.com"}}
        for one in who
    ]
    answer: Said = {"name": "", "decision": decision, "include": rules}
    if approval:
        answer["approval_required"] = True
        group = {"approvals_needed": 1, "email_addresses": [f"{approval}@example.com"]}
        answer["approval_groups"] = [] if approval == "any" else [group]
    if session:
        answer["session_duration"] = session
    if mfa:
        answer["mfa_config"] = MFA[mfa]
    answer |= {"isolation_required": isolation, "purpose_justification_required": justification}
    return Ruling.of(as_declared(answer))


def policy(of: Said) -> Policy:
    names = ("approval", "isolation", "justification", "session", "mfa")
    demands = tuple(of.get(name) or None for name in names)
    return Policy(of["name"], ruling(of["decision"], of["who"], demands), of)


def made_of(old: list[Said], new: list[Said]) -> list[list[int]]:
    """Say which policies of the old list are which of the new one: by name, or but for the name."""
    names = {one["name"] for one in new}
    gone = [n for n, one in enumerate(old) if one["name"] not in names]

    def of(one: Said) -> list[int]:
        same = [n for n, was in enumerate(old) if was["name"] == one["name"]]
        return same or [n for n in gone if {**old[n], "name": one["name"]} == one]

    return [*map(of, new)]


class Application:
    """The policies of one application; refuses what Cloudflare refuses."""

    def __init__(self, policies: list[Said], gap: int = 10) -> None:
        self.policies = {
            f"id {n}": Placed(f"id {n}", gap * (n + 1), policy(one))
            for n, one in enumerate(policies)
        }
        self.made = 0

    def current(self) -> list[Placed]:
        return sorted(self.policies.values(), key=lambda placed: placed.precedence)

    def said(self) -> list[Said]:
        return [dict(placed.policy.body) for placed in self.current()]

    def steps_to(self, new: list[Said]) -> list[Step]:
        current = self.current()
        pairs = zip(new, made_of(self.said(), new), strict=True)
        return transition(
            current, [Wanted(policy(one), [current[n].key for n in old]) for one, old in pairs]
        )

    def do(self, step: Step) -> None:
        others = {key: placed for key, placed in self.policies.items() if key != step.key}
        assert (step.key in self.policies) == (step.verb != "create")
        if step.to is not None:
            assert step.to.precedence not in {placed.precedence for placed in others.values()}
            assert step.to.precedence >= 1
            self.made += 1
            key = step.key if step.verb == "update" else f"made {self.made}"
            others[key] = Placed(key, step.to.precedence, step.to.policy, step.to.is_fixed)
        self.policies = others

    def run(self, steps: list[Step]) -> None:
        """Do all of them; keys of new policies are those of this run."""
        keys: dict[str, str] = {}
        for step in steps:
            self.do(Step(step.verb, keys.get(step.key, step.key), step.to))
            if step.verb == "create":
                keys[step.key] = f"made {self.made}"


def follow(old: list[Said], new: list[Said], gap: int = 10) -> list[list[Said]]:
    """Go from one list to the other, hold every moment against both, and return the moments."""
    application = Application(old, gap)
    before, after = evaluator.outcomes(old), evaluator.outcomes(new)
    moments = []
    for step in application.steps_to(new):
        application.run([step])
        moments.append(application.said())
        assert not evaluator.weaker(moments[-1], before, after), (old, new, step)
    assert application.said() == new
    assert application.steps_to(new) == []
    return moments


@pytest.mark.parametrize("seed", range(4))
def test_no_moment_of_40000_changes_is_weaker_than_both_lists(seed: int) -> None:
    for old, new in evaluator.changes(seed, CHANGES // 4):
        follow(old, new)


def test_a_run_that_is_cut_short_at_any_moment_is_gone_on_with() -> None:
    for old, new in evaluator.changes(seed=2, number=1_500):
        before, after = evaluator.outcomes(old), evaluator.outcomes(new)
        pairs = made_of(old, new)
        for moment in follow(old, new):
            assert is_on_the_way(old, new, moment, pairs, lambda one, here: one == here)
            for later in follow(moment, new):
                assert not evaluator.weaker(later, before, after), (old, new, moment)
                assert is_on_the_way(old, new, later, pairs, lambda one, here: one == here)


def test_lists_without_room_between_their_policies_change_as_safely() -> None:
    for old, new in evaluator.changes(seed=3, number=3_000):
        follow(old, new, gap=1)


@pytest.mark.parametrize("most", [0, 3])
def test_the_steps_that_are_always_safe_are(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list too long to compare, as if every list were."""
    monkeypatch.setattr(transition_, "MOST_COMPARED", most)
    for old, new in evaluator.changes(seed=4, number=3_000):
        moments = follow(old, new)
        before, after = evaluator.outcomes(old), evaluator.outcomes(new)
        if most == 0:
            let_in = ~before.get(evaluator.DENIED, 0) & ~after.get(evaluator.DENIED, 0)
            for moment in moments:
                assert not evaluator.outcomes(moment).get(evaluator.DENIED, 0) & let_in


def test_the_evaluator_can_tell() -> None:
    """Each of these ways lets somebody in for a moment, or with less asked than by either list."""
    strict = said("Contractors", "allow", "c", approval="any")
    wide = said("Staff", "allow", "cd")
    old, new = [strict, wide], [{**strict, "name": "Externals"}, wide]
    for moment, people in [([wide], True), ([strict, new[0], wide], False), ([strict], False)]:
        found = evaluator.weaker(moment, evaluator.outcomes(old), evaluator.outcomes(new))
        assert bool(found) is people
    no, yes = said("no", "deny", "c"), said("yes", "allow", "abc")
    lists = [[no, yes], [{**yes, "who": frozenset("ab")}, no]]
    assert evaluator.weaker([yes, no], *map(evaluator.outcomes, lists))


STRICT = said("Contractors", "allow", "c", approval="any", isolation=True, session="30m")


@pytest.mark.parametrize(
    "demand",
    [
        {"approval": "any"},
        {"isolation": True},
        {"justification": True},
        {"session": "30m"},
        {"mfa": "key"},
    ],
)
def test_a_policy_that_asks_something_is_renamed_by_one_request(demand: dict[str, Any]) -> None:
    strict, wide = said("Contractors", "allow", "c", **demand), said("Staff", "allow", "cd")
    assert len(follow([strict, wide], [{**strict, "name": "Externals"}, wide])) == 1


def test_a_policy_that_asks_something_is_there_until_what_replaces_it_is() -> None:
    wide = said("Staff", "allow", "cde")
    new = [said("Externals", "allow", "d", approval="any"), wide]
    moments = follow([STRICT, wide], new)
    assert [[one["name"] for one in moment] for moment in moments] == [
        ["Contractors", "Externals", "Staff"],
        ["Externals", "Staff"],
    ]


def test_people_move_from_one_strict_policy_to_another() -> None:
    wide = said("Staff", "allow", "abcde")
    one, two = said("One", "allow", "a", approval="any"), said("Two", "allow", "b", mfa="key")
    other = [{**one, "who": frozenset("b")}, {**two, "who": frozenset("a")}, wide]
    follow([one, two, wide], other)


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_four(order: tuple[int, ...]) -> None:
    old = [
        said("a", "allow", "abc", approval="any"),
        said("b", "deny", "bcd"),
        said("c", "allow", "cde"),
        said("d", "deny", "de"),
    ]
    follow(old, [old[n] for n in order])
    follow(old, [old[n] for n in order], gap=1)


TWO = [said("one", "allow", "ab"), said("two", "deny", "c"), said("three", "allow", "cd")]


@pytest.mark.parametrize(
    ("new", "requests"),
    [
        (TWO, 0),
        ([{**TWO[0], "who": frozenset("abc")}, *TWO[1:]], 1),
        ([TWO[0], {**TWO[1], "who": frozenset("d")}, TWO[2]], 1),
        ([{**TWO[0], "name": "uno"}, *TWO[1:]], 1),
        ([{**TWO[0], "decision": "deny"}, *TWO[1:]], 1),
        (TWO[:2], 1),
        (TWO[1:], 1),
        ([*TWO, said("four", "allow", "e")], 1),
        ([said("four", "deny", "e"), *TWO], 1),
        ([TWO[1], TWO[0], TWO[2]], 1),
        ([TWO[2], TWO[1], TWO[0]], 2),
        # Somebody joins those who are kept out, and somebody those who are let in.
        (
            [
                TWO[0],
                {**TWO[1], "who": frozenset("ce")},
                {**TWO[2], "who": frozenset("cda")},
            ],
            2,
        ),
        ([TWO[0], *TWO[2:], said("four", "bypass", "e")], 2),
    ],
)
def test_a_usual_change_is_few_requests(new: list[Said], requests: int) -> None:
    assert len(follow(TWO, new)) == requests


def test_room_is_left_for_insertions() -> None:
    made = Application([])
    made.run(made.steps_to(TWO))
    more = [TWO[0], said("new", "allow", "e"), *TWO[1:]]
    assert [step.verb for step in made.steps_to(more)] == ["create"]


def test_those_that_make_room_change_on_the_way() -> None:
    old = Application(TWO, gap=1)
    new = [said("four", "deny", "e"), {**TWO[0], "who": frozenset("abc")}, *TWO[1:]]
    assert len(old.steps_to(new)) == 4
    follow(TWO, new, gap=1)


def test_a_fixed_policy_never_moves_and_one_without_room_beside_it_is_told() -> None:
    draw = random.Random(5)  # noqa: S311 - no secret
    told = 0
    for old, new in evaluator.changes(seed=5, number=3_000):
        application = Application(old, gap=draw.choice((1, 10)))
        fixed = {
            key
            for key, placed in application.policies.items()
            if placed.policy.name not in {one["name"] for one in new} and draw.random() < 0.5
        }
        for key in fixed:
            placed = application.policies[key]
            application.policies[key] = Placed(key, placed.precedence, placed.policy, is_fixed=True)
        before = [application.policies[key] for key in sorted(fixed)]
        try:
            steps = application.steps_to(new)
        except NoRoomError:
            told += 1
            continue
        assert not {step.key for step in steps} & fixed
        moments = []
        for step in steps:
            application.run([step])
            moments.append(application.said())
        last = application.said()
        for moment in moments:
            old_, new_ = evaluator.outcomes(old), evaluator.outcomes(last)
            assert not evaluator.weaker(moment, old_, new_)
        assert [one for one in last if one in new] == new
        assert [application.policies[key] for key in sorted(fixed)] == before
    assert 0 < told < 100


@pytest.mark.parametrize(
    ("there", "is_so"),
    [
        (TWO, True),
        ([*TWO, said("four")], True),
        # Somebody has changed their order, or taken one out that stays, or put one in.
        ([TWO[1], TWO[0], TWO[2]], False),
        (TWO[:2], False),
        ([*TWO, said("five")], False),
        ([{**TWO[0], "who": frozenset("c")}, *TWO[1:]], False),
    ],
)
def test_what_somebody_has_made_is_no_run_that_was_cut_short(
    there: list[Said],
    is_so: bool,  # noqa: FBT001 - a row of the table
) -> None:
    new = [*TWO, said("four")]
    pairs = made_of(TWO, new)
    assert is_on_the_way(TWO, new, there, pairs, lambda one, here: one == here) is is_so


def test_a_new_list_is_made_from_the_top() -> None:
    def begun(there: list[Said]) -> bool:
        return is_on_the_way([], TWO, there, [[]] * 3, lambda one, here: one == here)

    assert [begun(TWO[:n]) for n in range(4)] == [True] * 4
    assert not begun(TWO[1:])
    assert [[*map(dict, moment)] for moment in follow([], TWO)] == [TWO[:1], TWO[:2], TWO]
