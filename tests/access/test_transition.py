"""No state between two lists of policies lets in anyone whom neither of them lets in."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pulumi_cloudflare_access.access.transition import Placed, Step, transition

PEOPLE = "abcdef"
Body = dict[str, Any]


def policy(name: str, decision: str, people: str) -> Body:
    return {"name": name, "decision": decision, "people": "".join(sorted(set(people)))}


def let_in(policies: list[Body]) -> set[str]:
    """Say who gets in, by the documents alone: the first match decides, in two passes."""
    inside = set()
    for person in PEOPLE:
        for decisions in ({"bypass", "non_identity"}, {"allow", "deny"}):
            matching = [p for p in policies if p["decision"] in decisions and person in p["people"]]
            if matching:
                if matching[0]["decision"] != "deny":
                    inside.add(person)
                break
    return inside


class Application:
    """The policies of one application; refuses what Cloudflare refuses."""

    def __init__(self, policies: list[Body]) -> None:
        self.policies = {p["name"]: Placed(n + 1, p) for n, p in enumerate(policies)}

    def current(self) -> list[Placed]:
        return sorted(self.policies.values(), key=lambda placed: placed.precedence)

    def bodies(self) -> list[Body]:
        return [dict(placed.body) for placed in self.current()]

    def do(self, step: Step) -> None:
        others = {name: placed for name, placed in self.policies.items() if name != step.name}
        assert (step.name in self.policies) == (step.verb != "create")
        if step.to is not None:
            assert step.to.precedence not in {placed.precedence for placed in others.values()}
            assert step.to.precedence >= 1
            others[step.to.name] = step.to
        self.policies = others


def follow(old: list[Body], new: list[Body]) -> int:
    """Go from one list to the other, and hold every state in between against both."""
    application = Application(old)
    allowed = let_in(old) | let_in(new)
    steps = transition(application.current(), new)
    for step in steps:
        application.do(step)
        assert let_in(application.bodies()) <= allowed, (old, new, step)
    assert application.bodies() == new
    assert transition(application.current(), new) == []
    return len(steps)


names = st.sampled_from(
    ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
)
decisions = st.sampled_from(["allow", "deny", "deny", "allow", "bypass", "non_identity"])
lists = st.lists(
    st.builds(policy, names, decisions, st.text(PEOPLE, min_size=1, max_size=4)),
    max_size=10,
    unique_by=lambda p: p["name"],
)


@given(lists, lists)
@settings(max_examples=1500, deadline=None)
def test_any_list_becomes_any_other(old: list[Body], new: list[Body]) -> None:
    follow(old, new)


@given(lists, st.randoms())
@settings(max_examples=500, deadline=None)
def test_any_reorder_works(old: list[Body], random: Any) -> None:
    new = list(old)
    random.shuffle(new)
    follow(old, new)
    follow(old, old[::-1])


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_every_order_of_four(order: tuple[int, ...]) -> None:
    old = [
        policy("a", "allow", "abc"),
        policy("b", "deny", "bcd"),
        policy("c", "allow", "cde"),
        policy("d", "deny", "def"),
    ]
    follow(old, [old[n] for n in order])


TWO = [policy("one", "allow", "ab"), policy("two", "deny", "c"), policy("three", "allow", "cd")]


@pytest.mark.parametrize(
    ("new", "requests"),
    [
        (TWO, 0),
        ([{**TWO[0], "people": "abc"}, *TWO[1:]], 1),
        (TWO[:2], 1),
        ([*TWO, policy("four", "allow", "e")], 1),
        ([TWO[0], *TWO[2:], policy("four", "bypass", "e")], 7),
    ],
)
def test_a_small_change_is_few_requests(new: list[Body], requests: int) -> None:
    assert follow(TWO, new) <= requests


def test_room_is_left_for_insertions() -> None:
    made = Application([])
    for step in transition([], TWO):
        made.do(step)
    more = [TWO[0], policy("new", "allow", "e"), *TWO[1:]]
    assert [step.verb for step in transition(made.current(), more)] == ["create"]


def test_a_naive_order_of_steps_would_let_somebody_in() -> None:
    """The reference can tell: lowering the deny first lets c in, whom neither list lets in."""
    old = [policy("no", "deny", "c"), policy("yes", "allow", "abc")]
    new = [policy("yes", "allow", "ab"), policy("no", "deny", "c")]
    naive = Application(old)
    naive.do(Step("update", "no", replace(naive.policies["no"], precedence=9)))
    assert not let_in(naive.bodies()) <= let_in(old) | let_in(new)
    follow(old, new)


def test_precedences_stay_in_order() -> None:
    for old, new in pairwise([TWO, TWO[::-1], TWO[1:], TWO]):
        follow(old, new)
