"""Who gets in, and what is asked of them: an evaluator that imports nothing of the package.

People are concrete: each matches a condition or does not, before a login and after it, and there is
one of every sort. A set of people is an integer, one bit for each.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Policy = dict[str, Any]
Outcome = tuple[Any, ...]

EVERYONE = "everyone"
CONDITIONS = ("a", "b", "c", "d", "e")
DENIED: Outcome = ("deny",)
BEFORE_LOGIN = ("bypass", "non_identity")


def _people() -> tuple[int, dict[tuple[bool, str], int]]:
    facts = [(early, condition) for early in (True, False) for condition in CONDITIONS]
    everybody = (1 << (1 << len(facts))) - 1
    matching = {}
    for number, fact in enumerate(facts):
        # The people whose number has this bit.
        run = 1 << number
        block = ((1 << run) - 1) << run
        mask = 0
        for start in range(0, 1 << len(facts), 2 * run):
            mask |= block << start
        matching[fact] = mask
    return everybody, matching


EVERYBODY, MATCHING = _people()


def matched(policy: Policy, *, early: bool) -> int:
    """Return who matches: `who` is any of its conditions."""
    if EVERYONE in policy["who"]:
        return EVERYBODY
    mask = 0
    for condition in policy["who"]:
        mask |= MATCHING[early, condition]
    return mask


def outcome(policy: Policy) -> Outcome:
    """Return what a policy comes to for those whom it decides."""
    if policy["decision"] in {"deny", "bypass"}:
        return (policy["decision"],)
    return (
        policy["decision"],
        policy.get("approval"),
        bool(policy.get("isolation")),
        bool(policy.get("justification")),
        policy.get("session"),
        policy.get("mfa"),
    )


def outcomes(policies: Sequence[Policy]) -> dict[Outcome, int]:
    """Decide for everybody: two passes, the first match decides, else nobody gets in."""
    left = EVERYBODY
    found: dict[Outcome, int] = {}
    for early in (True, False):
        for policy in policies:
            if (policy["decision"] in BEFORE_LOGIN) is early:
                here = matched(policy, early=early) & left
                if here:
                    found[outcome(policy)] = found.get(outcome(policy), 0) | here
                    left &= ~here
    if left:
        found[DENIED] = found.get(DENIED, 0) | left
    return found


RANK = {"bypass": 0, "non_identity": 1, "allow": 2, "deny": 3}


def no_weaker(one: Outcome, other: Outcome) -> bool:
    """Tell whether nobody gets more by the one outcome than by the other."""
    if one[0] != other[0]:
        return RANK[one[0]] > RANK[other[0]]
    if len(one) == 1:
        return True
    approval, isolation, justification, session, mfa = zip(one[1:], other[1:], strict=True)
    return (
        (approval[0] == approval[1] or approval[1] is None)
        and isolation[0] >= isolation[1]
        and justification[0] >= justification[1]
        and (session[0] == session[1] or session == ("30m", "24h"))
        and (mfa[0] == mfa[1] or mfa[1] == "disabled" or mfa == ("key", "key or code"))
    )


def weaker(moment: Sequence[Policy], old: Mapping[Outcome, int], new: Mapping[Outcome, int]) -> int:
    """Return for whom a moment is weaker than what was, and than what will be."""
    found = 0
    for now, people in outcomes(moment).items():
        if now == DENIED:
            continue
        before = [mask for one, mask in old.items() if not no_weaker(now, one)]
        after = [mask for one, mask in new.items() if not no_weaker(now, one)]
        for one, other in itertools.product(before, after):
            found |= people & one & other
    return found


# ------------------------------------------------------------------------------- random changes

NAMES = [f"policy {number}" for number in range(16)]
DECISIONS = ["allow", "allow", "allow", "deny", "deny", "bypass", "non_identity"]


def some_policy(draw: random.Random, name: str) -> Policy:
    """Make up a policy."""
    pool = [*CONDITIONS, EVERYONE]
    who = frozenset(draw.sample(pool, draw.choice((1, 1, 1, 2))))
    policy: Policy = {"name": name, "decision": draw.choice(DECISIONS), "who": who}
    return policy | demands(draw, policy["decision"])


def demands(draw: random.Random, decision: str) -> Policy:
    """Make up what is asked of people."""
    if decision != "allow" or draw.random() < 0.3:
        return {}
    return {
        "approval": draw.choice((None, None, "any", "owners")),
        "isolation": draw.random() < 0.3,
        "justification": draw.random() < 0.3,
        "session": draw.choice((None, None, "30m", "24h")),
        "mfa": draw.choice((None, None, "key", "key or code", "disabled")),
    }


def some_list(draw: random.Random, least: int = 0, most: int = 7) -> list[Policy]:
    """Make up a list."""
    names = draw.sample(NAMES, draw.randint(least, most))
    return [some_policy(draw, name) for name in names]


def insert(draw: random.Random, policies: list[Policy], _: int, free: str) -> None:
    policies.insert(draw.randint(0, len(policies)), some_policy(draw, free))


def delete(_: random.Random, policies: list[Policy], index: int, __: str) -> None:
    del policies[index]


def move(draw: random.Random, policies: list[Policy], index: int, _: str) -> None:
    policies.insert(draw.randint(0, len(policies)), policies.pop(index))


def reverse(draw: random.Random, policies: list[Policy], _: int, __: str) -> None:
    if draw.random() < 0.3:
        policies.reverse()


def decide(draw: random.Random, policies: list[Policy], index: int, _: str) -> None:
    policies[index]["decision"] = draw.choice(DECISIONS)


def rename(_: random.Random, policies: list[Policy], index: int, free: str) -> None:
    policies[index]["name"] = free


def people(draw: random.Random, policies: list[Policy], index: int, _: str) -> None:
    policies[index]["who"] = some_policy(draw, "")["who"]


def ask(draw: random.Random, policies: list[Policy], index: int, _: str) -> None:
    policy = policies[index]
    if policy["decision"] == "allow":
        kept = {name: policy[name] for name in ("name", "decision", "who")}
        policies[index] = kept | demands(draw, "allow")


def other(draw: random.Random, policies: list[Policy], _: int, __: str) -> None:
    if draw.random() < 0.2:
        policies[:] = some_list(draw)


EDITS = (insert, delete, move, reverse, decide, rename, people, ask, other)


def edited(draw: random.Random, policies: Sequence[Policy]) -> list[Policy]:
    """Make of a list what a person may make of it."""
    new = [dict(policy) for policy in policies]
    for _ in range(draw.choice((1, 1, 2, 3, 4))):
        edit = draw.choice(EDITS)
        taken = {policy["name"] for policy in new}
        free = draw.choice([name for name in NAMES if name not in taken])
        if new or edit is insert:
            edit(draw, new, draw.randrange(len(new) or 1), free)
    return new


def changes(seed: int, number: int) -> Iterator[tuple[list[Policy], list[Policy]]]:
    """Make up so many changes of lists."""
    for turn in range(number):
        draw = random.Random(f"{seed} {turn}")  # noqa: S311 - no secret
        old = some_list(draw)
        yield old, edited(draw, old)
