"""What a program writes in a list of references, and nothing of it is dropped unseen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pulumi.runtime import mocks

from harness.program import Mocks
from pulumi_cloudflare_access import AccessGroup, AccessPolicy, kinds, rules
from pulumi_cloudflare_access.access.application_fields import AttachedPolicies
from pulumi_cloudflare_access.fields.keyed import UNKNOWN, Keyed
from pulumi_cloudflare_access.fields.model import fields_of
from pulumi_cloudflare_access.fields.shapes import (
    Field,
    MapShape,
    NestedShape,
    Objects,
    OneOrManyShape,
    OrderedShape,
    Shape,
    Values,
)
from pulumi_cloudflare_access.iam.user_group_member import UserGroupMemberInputs
from pulumi_cloudflare_access.program.references import POLICIES as REUSABLE
from pulumi_cloudflare_access.program.references import in_order, refer_all

ONE, TWO, THREE = (f"{n}0b0a4aab-672b-4bdb-bc33-a59f1130a11"[:36] for n in range(3))
POLICIES = AttachedPolicies()
# An entry of every kind of list, as a program may write it.
ENTRIES: dict[str, Any] = {
    "AttachedPolicies": {"id": ONE},
    "References": {"id": ONE},
    "_ResourceGroups": {"id": "6d7f2f5f5b1d4a0e9081fdc98d432fd1"},
    "Roles": {"name": "Analytics"},
    "ListItems": {"value": "ada@example.com"},
    "_PermissionGroups": {"name": "Zone Read"},
    "People": {"email": "ada@example.com"},
    "_Rules": {"email": {"email": "ada@example.com"}},
}


def lists_of(fields: Mapping[str, Field], path: str) -> Iterator[tuple[str, Keyed]]:
    for name, field in fields.items():
        yield from lists_in(field.shape, f"{path}.{name}")


def lists_in(shape: Shape, path: str) -> Iterator[tuple[str, Keyed]]:
    keyed = getattr(shape, "keyed", None)
    if isinstance(keyed, Keyed):
        yield path, keyed
        entries = getattr(keyed, "_entries", keyed)
        if isinstance(entries, Objects):
            yield from lists_of(entries.shape.fields, path)
    elif isinstance(shape, NestedShape):
        yield from lists_of(shape.fields, path)
    elif isinstance(shape, OrderedShape | MapShape):
        yield from lists_in(shape.item, path)
    elif isinstance(shape, OneOrManyShape):
        yield from lists_in(shape.one, path)


LISTS = [
    (path, keyed)
    for kind in sorted(kinds.KINDS)
    for path, keyed in lists_of(kinds.load(kind).facts(), kind)
    if not isinstance(keyed, Values)
]


@pytest.mark.parametrize(("path", "keyed"), LISTS, ids=[path for path, _ in LISTS])
def test_no_list_of_any_kind_drops_a_key_that_it_does_not_know(path: str, keyed: Keyed) -> None:
    name = type(keyed).__name__
    is_scope = type(keyed).__module__.endswith("scopes")
    entry = {"key": "*"} if is_scope else ENTRIES.get(name, {})
    if entry:
        assert keyed.check([entry], path)[1] == []
    _, mistakes = keyed.check([{**entry, "surprise": 1}], path)
    assert any("surprise" in str(mistake) for mistake in mistakes)


def test_every_reader_of_an_entry_is_among_them() -> None:
    assert len(LISTS) > 25
    assert {type(keyed).__name__ for _, keyed in LISTS} >= ENTRIES.keys() - {"References"}


def test_a_single_person_drops_no_key_either() -> None:
    shape = fields_of(UserGroupMemberInputs)["member"].shape
    _, mistakes = shape.check({"email": "ada@example.com", "role": "admin"}, "member")
    assert [str(mistake) for mistake in mistakes] == [
        'member: "role" is not a key of a person; it may have email, id, status'
    ]


def test_a_key_that_is_not_known_is_named_with_the_nearest_and_what_to_do() -> None:
    _, mistakes = POLICIES.check([ONE, {"id": TWO, "decision": "deny", "lable": "x"}], "policies")
    told = (
        "it may have id, label, of, and a precedence if all of the list have one. What the policy "
        "says is declared by an AccessPolicy"
    )
    assert [str(mistake) for mistake in mistakes] == [
        f'policies[1]: "decision" is not a key of a reference; {told}',
        f'policies[1]: "lable" is not a key of a reference; "label"?; {told}',
    ]


def test_a_value_in_the_place_of_a_key_is_not_shown() -> None:
    _, mistakes = POLICIES.check([{"id": ONE, "s3cret value!": 1}], "policies")
    assert "s3cret" not in str(mistakes[0])


# ---------------------------------------------------------------------------------- precedences


def order_of(*entries: Any) -> list[str]:
    found, mistakes = POLICIES.check(list(entries), "policies")
    assert mistakes == []
    assert all(entry.keys() == {"id"} for _, entry in in_order(found))
    return [entry["id"] for _, entry in in_order(found)]


def test_precedences_decide_where_all_entries_have_one() -> None:
    first, second = {"id": ONE, "precedence": 20}, {"id": TWO, "precedence": 3}
    assert order_of(first, second) == [TWO, ONE]
    assert order_of(second, first) == [TWO, ONE]
    assert order_of(first, second, {"id": THREE, "precedence": 4}) == [TWO, THREE, ONE]
    assert order_of(ONE, TWO) == [ONE, TWO]
    assert order_of({"id": ONE, "precedence": None}, TWO) == [ONE, TWO]


def test_a_precedence_that_is_not_known_yet_leaves_the_order_open() -> None:
    entries = [{"id": ONE, "precedence": UNKNOWN}, {"id": TWO, "precedence": 3}]
    assert POLICIES.check(entries, "policies") == (UNKNOWN, [])


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        (
            [{"id": ONE, "precedence": 1}, TWO, {"id": THREE}],
            [
                (
                    "policies: some have a precedence and some have none ([1], [2]): give all of "
                    "them one, or none, and the order of the list decides"
                )
            ],
        ),
        (
            [{"id": ONE, "precedence": 5}, {"id": TWO, "precedence": 5}],
            ["policies[1].precedence: 5 is the precedence of [0] too"],
        ),
        (
            [{"id": ONE, "precedence": 0}, {"id": TWO, "precedence": "1"}],
            [f"policies[{n}].precedence: must be a whole number, at least 1" for n in range(2)],
        ),
        (
            [{"id": ONE, "precedence": True}, {"id": TWO, "precedence": 1.5}],
            [f"policies[{n}].precedence: must be a whole number, at least 1" for n in range(2)],
        ),
        # The places are those of the program's list, whatever the order is.
        (
            [{"id": ONE, "precedence": 9}, {"id": "Staff", "precedence": 1}],
            [f'policies[1]: "Staff" {POLICIES._entries.no_id}'],  # type: ignore[attr-defined]  # noqa: SLF001
        ),
    ],
)
def test_precedences_that_decide_nothing_are_told(entries: list[Any], told: list[str]) -> None:
    assert [str(mistake) for mistake in POLICIES.check(entries, "policies")[1]] == told


def test_a_program_may_put_a_resource_where_the_id_is() -> None:
    mocks.set_mocks(Mocks(ONE), preview=False)
    policy: Any = AccessPolicy(
        "staff", name="Staff", decision="allow", include=[rules.everyone()], account_id="a"
    )
    group: Any = AccessGroup("staff", name="Staff", include=[rules.everyone()], account_id="a")
    referred = refer_all([{"id": policy, "precedence": 2}, {"id": group}], REUSABLE)
    assert referred[0] == {
        "id": policy.id,
        "of": policy.urn,
        "label": "Staff",
        "precedence": 2,
    }
    assert referred[1]["_mistake"].startswith("AccessGroup is not a reusable Access policy; pass")
