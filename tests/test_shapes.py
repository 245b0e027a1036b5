"""What holds for every shape of a field, tried on all of them in one object."""

from __future__ import annotations

import json
import random
from typing import Annotated, Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from pulumi_cloudflare_access.engine.undeclared import declared_fields
from pulumi_cloudflare_access.fields.keyed import NOTHING_KNOWN
from pulumi_cloudflare_access.fields.model import (
    Decides,
    Default,
    Inputs,
    Unanswered,
    fields_of,
    objects,
    one_or_many,
)
from pulumi_cloudflare_access.fields.shapes import NestedShape, TextShape, Values, both, write
from pulumi_cloudflare_access.program.references import ID, LABEL, InOrder, References, in_order

IDS = ["1" * 32, "2" * 32, "3" * 32]


class Item(Inputs):
    """An entry of an unordered list."""

    name: str | None = None
    hosts: Annotated[Any, Values(canonical=str.lower)] = None


class Inner(Inputs):
    """An object in the object; another kind of it has other fields."""

    kind: Annotated[str | None, Decides()] = None
    size: int | None = None
    secret: Annotated[str | None, Unanswered()] = None


class Whole(Inputs):
    """One field of every shape."""

    plain: str | None = None
    text: Annotated[str | None, TextShape(str.lower)] = None
    words: Annotated[Any, Values(canonical=str.lower)] = None
    items: Annotated[Any, objects(Item, lambda item: str(item.get("name")))] = None
    free: dict[str, Annotated[Any, Values()]] | None = None
    steps: list[Inner] | None = None
    inner: Inner | None = None
    logins: Annotated[Any, one_or_many(Inner)] = None
    links: Annotated[Any, InOrder(References())] = None
    flag: Annotated[bool | None, Default(value=False)] = None


FIELDS = fields_of(Whole)
SHAPE = NestedShape(FIELDS)

WORD = st.sampled_from(["a", "A", "b", "c"])
KIND, SIZE = st.sampled_from(["x", "y"]), st.integers(0, 3)


def values(least: int) -> dict[str, st.SearchStrategy[Any]]:
    """Return what each field may hold, with so much at least in everything that holds things."""
    words = st.lists(WORD, min_size=least, max_size=4)
    item = st.fixed_dictionaries({"name": WORD}, optional={"hosts": words})
    more = {"size": SIZE, "secret": WORD}
    inner = (
        st.fixed_dictionaries({"kind": KIND}, optional=more)
        if least
        else st.fixed_dictionaries({}, optional={"kind": KIND, **more})
    )
    return {
        "plain": WORD,
        "text": WORD,
        "words": words,
        "items": st.lists(item, min_size=least, max_size=3),
        "free": st.dictionaries(WORD, words, min_size=least, max_size=3),
        "steps": st.lists(inner, min_size=least, max_size=3),
        "inner": inner,
        "logins": inner | st.lists(inner, min_size=1, max_size=2),
        "links": st.lists(st.sampled_from(IDS), min_size=least, max_size=4),
        "flag": st.booleans(),
    }


VALUES, SOMETHING = values(0), values(1)
INNER = VALUES["inner"]
DECLARED = st.fixed_dictionaries({}, optional=VALUES)
ORDER = st.randoms(use_true_random=False)
ORDERED = {"logins", "steps", "links"}
NO_ORDER = random.Random(0)  # noqa: S311 - nothing here is a secret


def checked(declared: dict[str, Any]) -> dict[str, Any]:
    found, mistakes = SHAPE.check(declared, "")
    assert mistakes == []
    assert isinstance(found, dict)
    return found


def told(value: Any, order: random.Random, name: str = "") -> Any:
    """Answer as an API does that shuffles, canonicalises, keeps secrets and adds."""
    if isinstance(value, dict):
        answer = {key: told(inner, order, key) for key, inner in value.items() if key != "secret"}
        return answer if name == "free" else answer | {"new": True}
    if isinstance(value, list):
        items = [told(item, order) for item in value]
        if name not in ORDERED:
            order.shuffle(items)
        return items
    return value.lower() if name == "text" else value


def shuffled(value: Any, order: random.Random, name: str = "") -> Any:
    if isinstance(value, dict):
        keys = list(value)
        order.shuffle(keys)
        return {key: shuffled(value[key], order, key) for key in keys}
    if isinstance(value, list):
        items = [shuffled(item, order) for item in value]
        if name not in ORDERED:
            order.shuffle(items)
        return items
    return value


@given(DECLARED, ORDER)
def test_an_answer_to_a_request_is_what_was_declared(
    declared: dict[str, Any], order: random.Random
) -> None:
    state = checked(declared)
    answer = told(SHAPE.request(state), order)
    found = SHAPE.answer(answer, state, NOTHING_KNOWN)
    assert SHAPE.same(found, state)
    assert SHAPE.changes("", found, state) == []


@given(DECLARED, DECLARED, ORDER)
def test_an_answer_is_read_alike_in_any_order(
    declared: dict[str, Any], there: dict[str, Any], order: random.Random
) -> None:
    form = checked(declared)
    request = SHAPE.request(checked(there))
    once = SHAPE.answer(told(request, order), form, NOTHING_KNOWN)
    assert SHAPE.same(SHAPE.answer(told(request, order), form, NOTHING_KNOWN), once)


@given(DECLARED, ORDER)
def test_the_order_in_a_program_says_nothing_where_none_is_meant(
    declared: dict[str, Any], order: random.Random
) -> None:
    assert SHAPE.same(checked(declared), checked(shuffled(declared, order)))


@given(DECLARED, DECLARED, DECLARED)
def test_being_the_same_is_an_equivalence_that_meaning_and_changes_agree_with(
    one: dict[str, Any], two: dict[str, Any], three: dict[str, Any]
) -> None:
    a, b, c = checked(one), checked(two), checked(three)
    assert SHAPE.same(a, a)
    assert SHAPE.same(a, b) == SHAPE.same(b, a)
    assert SHAPE.same(a, c) or not (SHAPE.same(a, b) and SHAPE.same(b, c))
    assert SHAPE.same(a, b) == (SHAPE.meaning(a) == SHAPE.meaning(b))
    assert SHAPE.same(a, b) == (SHAPE.changes("", a, b) == [])


@given(DECLARED, DECLARED)
def test_keeping_keys_changes_nothing_that_is_meant(
    new: dict[str, Any], old: dict[str, Any]
) -> None:
    after, before = checked(new), checked(old)
    kept = SHAPE.keep_keys(after, before)
    assert SHAPE.same(kept, after)
    assert kept.keys() == after.keys()
    assert SHAPE.keep_keys(after, after) == after
    for name in after.keys() & before.keys() - {"steps"}:
        said = (declared_fields(FIELDS[name].shape, value[name]) for value in (after, before))
        if FIELDS[name].same(after[name], before[name]) and len({*map(str, said)}) == 1:
            # A value that did not change looks as it did.
            assert json.dumps(kept[name], sort_keys=True) == json.dumps(
                before[name], sort_keys=True
            )


@given(DECLARED, DECLARED, DECLARED)
def test_a_request_has_what_is_declared_drops_what_was_and_keeps_the_rest(
    new: dict[str, Any], old: dict[str, Any], foreign: dict[str, Any]
) -> None:
    after, before, others = checked(new), checked(old), checked(foreign)
    there = {**SHAPE.request(others), **SHAPE.request(before)}
    body = write(SHAPE, after, there, before)
    found = SHAPE.answer(body, None, NOTHING_KNOWN)
    for name, field in FIELDS.items():
        if name in after and name not in {"inner", "items", "logins", "steps"}:
            assert body[name] == field.shape.request(after[name])
        elif name not in after and name in before:
            assert body.get(name) == (False if name == "flag" else None)
        elif name not in after and name in others and others[name] and name not in SECRETIVE:
            assert field.same(found.get(name), others[name])


# What no answer tells cannot be carried over.
SECRETIVE = {"inner", "logins", "steps"}


LISTS = [VALUES["items"], VALUES["steps"], st.lists(INNER, max_size=3)]
TWO_LISTS = st.one_of(
    [
        st.tuples(st.just(name), values, values)
        for name, values in zip(("items", "steps", "logins"), LISTS, strict=True)
    ]
)


# The secret makes the second entry the longer one, and no answer shows it.
STEPS = [{"kind": "x", "size": 0}, {"kind": "x", "secret": "a"}]


@given(TWO_LISTS, ORDER)
@example(("steps", [{}], STEPS), NO_ORDER)
@example(("logins", [{}], STEPS), NO_ORDER)
def test_where_nobody_added_anything_a_list_of_objects_is_sent_as_it_is_declared(
    lists: tuple[str, list[Any], list[Any]], order: random.Random
) -> None:
    name, new, old = lists
    shape = FIELDS[name].shape
    after, before = checked({name: new})[name], checked({name: old})[name]
    there = {name: shape.request(before)}
    body = shape.request(after, told(there, order)[name], before)
    assert without_new(body) == shape.request(after)


def without_new(value: Any) -> Any:
    """Take out what nobody knows of an object that is there: it stays."""
    if isinstance(value, dict):
        return {key: without_new(inner) for key, inner in value.items() if key != "new"}
    return [without_new(inner) for inner in value] if isinstance(value, list) else value


def test_an_unordered_list_has_no_entries_with_secrets() -> None:
    # Nothing but the secret would tell two of them apart, and no answer shows it.
    with pytest.raises(TypeError, match="secret"):
        objects(Inner, lambda inner: str(inner.get("kind")))


@given(TWO_LISTS, ORDER)
def test_what_is_there_of_an_object_in_a_list_never_changes_what_is_declared_of_it(
    lists: tuple[str, list[Any], list[Any]], order: random.Random
) -> None:
    name, new, foreign = lists
    shape = FIELDS[name].shape
    after = checked({name: new})[name]
    there = told({name: shape.request(checked({name: foreign})[name])}, order)[name]
    body = shape.request(after, there)
    assert len(body) == len(after)
    answer = told({name: body}, order)[name]
    assert shape.same(shape.answer(answer, after, NOTHING_KNOWN), after)


@given(INNER, INNER, INNER)
def test_inside_an_object_it_is_likewise_unless_it_is_of_another_kind_now(
    new: dict[str, Any], old: dict[str, Any], foreign: dict[str, Any]
) -> None:
    shape = FIELDS["inner"].shape
    there = {**foreign, **old}
    body = shape.request(new, there, old)
    another = "kind" in new and there.get("kind", new["kind"]) != new["kind"]
    for name in ("kind", "size", "secret"):
        if name in new:
            assert body[name] == new[name]
        elif name in old or another or name == "secret":
            assert name not in body
        else:
            assert body.get(name) == foreign.get(name)


@given(DECLARED, st.fixed_dictionaries({}, optional=SOMETHING), ORDER)
def test_a_change_is_seen_between_any_two_declarations(
    old: dict[str, Any], new: dict[str, Any], order: random.Random
) -> None:
    assert_seen(checked(old), checked(new), order)


# Where everything else differs too, a change that is overlooked does not show.
@pytest.mark.parametrize("name", VALUES)
@given(data=st.data(), order=ORDER)
def test_a_change_of_one_field_is_seen(
    name: str, data: st.DataObject, order: random.Random
) -> None:
    before, after = (checked({name: data.draw(some[name])}) for some in (VALUES, SOMETHING))
    assert_seen(before, after, order)


def assert_seen(before: dict[str, Any], after: dict[str, Any], order: random.Random) -> None:
    # The default where nothing was: that is so already. So is nothing, which no `after` holds.
    assume("flag" in before or after.get("flag") is not False)
    answer = told(SHAPE.request(before), order)
    found = SHAPE.answer(answer, both(FIELDS, before, after), NOTHING_KNOWN)
    assert SHAPE.same(found, after) == SHAPE.same(before, after)


@given(st.lists(st.sampled_from([*IDS, "4" * 32]), max_size=6))
def test_a_list_in_order_keeps_its_order_and_says_a_thing_once(ids: list[str]) -> None:
    called = {"4" * 32: "order"}
    links = [{ID: id_, LABEL: called.get(id_, id_)} for id_ in ids]
    keyed, mistakes = InOrder(References()).check(links, "links")
    assert mistakes == []
    assert [entry["id"] for _, entry in in_order(keyed)] == list(dict.fromkeys(ids))
    assert InOrder(References()).check(keyed, "links") == (keyed, [])
