"""What holds for every unordered list, tried on rules."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_cloudflare_access.access import rules
from pulumi_cloudflare_access.access.rules import RULES
from pulumi_cloudflare_access.fields.keyed import NOTHING_KNOWN, UNKNOWN, Reading
from pulumi_cloudflare_access.types import RiskLevel

IDS = [f"{letter * 8}-672b-4bdb-bc33-a59f1130a11f" for letter in "abc"]
OWN = Reading(account="own")
RISKS: list[RiskLevel] = ["low", "high"]
LABELS = st.sampled_from([None, "Engineers", "Guests"])
RULE = st.one_of(
    st.sampled_from(["ada@b.io", "Ada@B.io", "eve@b.io"]).map(rules.email),
    st.sampled_from(["10.0.0.1", "10.0.0.1/32", "10.0.0.0/8", "::1"]).map(rules.ip),
    st.builds(lambda id_, label: rules.group(id_, label=label), st.sampled_from(IDS), LABELS),
    st.builds(
        lambda id_, account: rules.device_posture(id_, account_id=account),
        st.sampled_from(IDS[:2]),
        st.sampled_from([None, "own", "other"]),
    ),
    st.sampled_from(IDS[:2]).map(lambda idp: rules.okta("devs", idp)),
    st.sampled_from(IDS[:2]).map(lambda idp: {"okta": {"email": "devs", "connection_id": idp}}),
    st.lists(st.sampled_from(RISKS), min_size=1).map(rules.user_risk_score),
    st.just(rules.everyone()),
    st.integers(0, 2).map(lambda size: rules.raw({"shoe_size": {"size": size}})),
    st.just(rules.raw({"email": {"email": "ada@b.io", "until": "2030"}})),
)
LISTS = st.lists(RULE, max_size=8)
MAYBE_UNKNOWN = st.lists(RULE | st.just(rules.group(UNKNOWN, label="Engineers")), max_size=8)


def keyed(declared: list[Any]) -> dict[str, Any]:
    found, mistakes = RULES.check(declared, "include")
    assert mistakes == []
    assert isinstance(found, dict)
    return found


def meanings(entries: dict[str, Any]) -> list[str]:
    return sorted(map(RULES.canonical, entries.values()))


def answered(request: list[Any], order: random.Random) -> list[Any]:
    """Answer as an API does that shuffles, canonicalises, completes and adds."""
    answer = []
    for rule in request:
        [(wire, value)] = rule.items()
        value = dict(value) | {"new": True}
        if wire == "email":
            value["email"] = value["email"].lower()
        if wire == "device_posture":
            value.setdefault("account_id", "own")
        answer.append({wire: value})
    order.shuffle(answer)
    return answer


@given(MAYBE_UNKNOWN, st.randoms(use_true_random=False))
def test_the_order_in_a_program_says_nothing(declared: list[Any], order: random.Random) -> None:
    shuffled = declared.copy()
    order.shuffle(shuffled)
    assert keyed(shuffled) == keyed(declared)


@given(LISTS, LISTS, LISTS)
def test_being_the_same_is_an_equivalence(one: Any, two: Any, three: Any) -> None:
    a, b, c = keyed(one), keyed(two), keyed(three)
    assert RULES.same(a, a)
    assert RULES.same(a, b) == RULES.same(b, a) == (meanings(a) == meanings(b))
    assert RULES.same(a, c) or not (RULES.same(a, b) and RULES.same(b, c))


@given(LISTS, st.dictionaries(st.integers(0, 8), st.text(min_size=1)))
def test_keys_say_nothing_about_being_the_same(declared: list[Any], names: dict[int, str]) -> None:
    entries = keyed(declared)
    renamed = {
        f"{names.get(number, '')} {number}": entry for number, entry in enumerate(entries.values())
    }
    assert RULES.same(entries, renamed)
    assert RULES.changes(entries, renamed) == []


@given(LISTS, LISTS)
def test_changes_are_none_exactly_where_two_are_the_same(one: list[Any], two: list[Any]) -> None:
    a, b = keyed(one), keyed(two)
    assert (RULES.changes(a, b) == []) == RULES.same(a, b)
    assert len(RULES.changes(a, b)) == len(set(meanings(a)) ^ set(meanings(b)))


@given(LISTS, st.randoms(use_true_random=False))
def test_an_answer_to_a_request_is_known_again(declared: list[Any], order: random.Random) -> None:
    entries = keyed(declared)
    assert RULES.answer(answered(RULES.request(entries), order), entries, OWN) == entries


@given(LISTS, LISTS, st.randoms(use_true_random=False))
def test_an_answer_is_read_alike_in_any_order(
    declared: list[Any], there: list[Any], order: random.Random
) -> None:
    known = keyed(declared)
    answer = answered(RULES.request(keyed(there)), order)
    once = RULES.answer(answer, known, OWN)
    order.shuffle(answer)
    assert RULES.same(RULES.answer(answer, known, OWN), once)


@given(MAYBE_UNKNOWN, LISTS)
def test_keeping_keys_loses_nothing_and_invents_nothing(new: list[Any], old: list[Any]) -> None:
    after, before = keyed(new), keyed(old)
    kept = RULES.keep_keys(after, before)
    assert meanings(kept) == meanings(after)
    unchanged = set(meanings(after)) & set(meanings(before))
    assert {key: e for key, e in before.items() if RULES.canonical(e) in unchanged} == {
        key: e for key, e in kept.items() if RULES.canonical(e) in unchanged
    }


@given(MAYBE_UNKNOWN)
def test_a_map_that_is_handed_back_stays_what_it_is(declared: list[Any]) -> None:
    entries = keyed(declared)
    assert keyed(entries) == entries  # type: ignore[arg-type]
    assert RULES.keep_keys(entries, entries) == entries


def test_one_rule_without_the_brackets_is_no_list() -> None:
    """A map of rules is what check has made; nobody writes one."""
    for rule in (rules.everyone(), rules.email("ada@b.io"), rules.ip("10.0.0.1")):
        _, mistakes = RULES.check(rule, "include")
        assert [*map(str, mistakes)] == ["include: must be a list"]
    made = keyed([rules.everyone(), rules.email("ada@b.io")])
    assert RULES.check(made, "include") == (made, [])
    _, mistakes = RULES.check(made | {"email eve": {"email": {"email": "eve"}}}, "include")
    assert [*map(str, mistakes)] == ['include[2].email.email: "eve" is no e-mail address']


def test_a_long_list_that_changed_is_compared_in_linear_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each entry of an answer is held against those alone that it may be."""
    calls: list[None] = []
    matches = type(RULES).matches

    def counted(self: Any, *args: Any) -> bool:
        calls.append(None)
        return matches(self, *args)

    monkeypatch.setattr(type(RULES), "matches", counted)
    known, _ = RULES.check([rules.email(f"p{n}@b.io") for n in range(1_000)], "include")
    now = [dict(rules.email(f"q{n}@b.io")) for n in range(1_000)]
    assert len(RULES.answer(now, known, NOTHING_KNOWN)) == 1_000
    assert len(calls) <= 1_000
