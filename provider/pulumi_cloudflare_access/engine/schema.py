"""What a kind of object is made of: declared, answered and compared. Nothing here asks anybody.

State holds the declared fields and the computed ones, nothing else: what was declared and no longer
is can be told from what never was.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from typing import Any, ClassVar

from ..fields.keyed import UNKNOWN, Mistake, Reading
from ..fields.loose import includes
from ..fields.model import Inputs, State, fields_of
from ..fields.shapes import (
    EXTRA,
    MISSING,
    SILENT,
    Field,
    NestedShape,
    both,
    is_nothing_at_all,
)
from ..process import plugin
from ..text.secret_words import SECRET, known
from . import undeclared

# Inputs and outputs that are ours and no field of the API's. The engine's display hides "__" names.
ACCOUNT = "__account"  # the account of the zone that an object is in, as far as it is known
UNANSWERED = "__unanswered"  # the fields in `extra` that the answer to their write did not have
UNKNOWN_FIELDS = "__unknown"  # the fields of the answer that this package does not know
VERSION = "__version"  # the shape of the outputs: tells a refresh from a `.get`
FILLED_IN = "__filled_in"  # the fields whose values nobody declares, and Cloudflare says
PROVIDER = "__provider"
STATE_VERSION = 1

# What every object has in the API's answers, and in no request.
MADE = frozenset({"id", "uid"})

FIRST = "declared for the first time, and replaces what is there"

# A phrase such as `called "Staff"`, and what tells whether an object is it.
FoundBy = tuple[str, Callable[[Mapping[str, Any]], bool]]

NO_PLACE = (
    'ignore_changes leaves "{}" without a place, which neither the order nor the state tells: '
    "declare it there (changes of what it says stay ignored), and do not ignore the order"
)


class Described:
    """The fields of one kind of object. Subclasses are tables."""

    kind: ClassVar[str]
    """The name in `kinds.py`."""
    what: ClassVar[str]
    """What messages call it."""
    scopes: ClassVar[tuple[str, ...]] = ("account", "zone")
    inputs: ClassVar[type[Inputs]]
    state: ClassVar[type[State]]
    natural_key: ClassVar[str] = "name"
    """The field that names an object, and that `adopt=True` finds it by."""
    found_by_what: ClassVar[str] = "name"
    """What messages call that."""
    unique: ClassVar[str | None] = None
    """The field that no other object in the same account or zone may have the same."""
    replaced_by: ClassVar[frozenset[str]] = frozenset()
    """Fields whose change needs a new object, besides the scope."""
    kept_from_create: ClassVar[frozenset[str]] = frozenset()
    """Outputs that no later answer has."""
    always_secret: ClassVar[frozenset[str]] = frozenset()
    """Fields that are kept secret whatever the program says of them."""
    repeated: ClassVar[Mapping[str, str]] = {}
    """Outputs that say what an input says, by another name: as secret as that."""
    empty_is_undeclared: ClassVar[frozenset[str]] = frozenset()
    """Lists of which an empty one says nothing: Cloudflare fills it in."""
    filled_in: ClassVar[Mapping[str, Collection[str]]] = {}
    """Fields that are outputs though no program declares them, and what they are derived from."""
    noted_apart: ClassVar[frozenset[str]] = frozenset()
    """Fields of which the kind itself notes what nobody declares: each says what others do."""
    reserved: ClassVar[frozenset[str]] = frozenset()
    """Inputs of ours that the state keeps: what the program says beside the resource."""
    handed: ClassVar[frozenset[str]] = frozenset()
    """Inputs of ours that `handed_on` returns."""

    @classmethod
    def once(cls, declared: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Say what no other object in the same account or zone may have the same.

        Yields the field, its canonical value, and what a message calls it. `declared` are the
        constructor's arguments: what is not plain is not known yet.
        """
        if cls.unique and isinstance(value := declared.get(cls.unique), str):
            meaning = cls.facts()[cls.unique].shape.meaning(value)
            yield cls.unique, meaning, meaning

    @classmethod
    def is_once_everywhere(cls, value: str) -> bool:  # noqa: ARG003 - for kinds with places
        """Tell whether what `once` yields is taken over all accounts and zones together."""
        return False

    @classmethod
    def found_by(cls, declared: Mapping[str, Any]) -> FoundBy | None:
        """Return what `adopt=True` finds an object by; None: there is nothing to find it by.

        `declared` is the declaration, or the constructor's arguments.
        """
        value, same = declared.get(cls.natural_key), cls.facts()[cls.natural_key].same
        if value is None:
            return None
        return f'called "{value}"', lambda found: same(found.get(cls.natural_key), value)

    def mistakes_in(self, declared: Mapping[str, Any]) -> list[Mistake]:  # noqa: ARG002 - likewise
        """Say what the API refuses of fields that are right each by itself."""
        return []

    def mistakes_from(
        self,
        was: Mapping[str, Any],  # noqa: ARG002 - likewise
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> list[Mistake]:
        """Say what a declaration itself forbids of a change. `was` is empty for a new object."""
        return []

    def mistakes_between(
        self,
        olds: Mapping[str, Any],  # noqa: ARG002 - likewise
        news: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> list[Mistake]:
        """Say what cannot be done in one run. Both have their reserved inputs, too.

        `olds` is empty for a new object.
        """
        return []

    def concerns_between(
        self,
        olds: Mapping[str, Any],  # noqa: ARG002 - likewise
        news: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> Iterator[str]:
        """Say what happens in a run beside what the diff shows, likewise."""
        return iter(())

    def handed_on(
        self,
        olds: Mapping[str, Any],  # noqa: ARG002 - likewise
        news: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> dict[str, Any]:
        """Return reserved inputs for the update, which does not get the inputs of the state."""
        return {}

    def concerns(
        self,
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
        was: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> Iterator[str]:
        """Say what the API accepts and hardly anyone means. `was` is empty for a new object."""
        return iter(())

    def fill_in(
        self,
        checked: Mapping[str, Any],  # noqa: ARG002 - likewise
        written: Mapping[str, Any],  # noqa: ARG002 - likewise
        olds: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> dict[str, Any]:
        """Return what Cloudflare will say of fields that nobody declares, if that is certain.

        `written` is the declaration as the program wrote it, its lists in their order.
        """
        return {}

    def consequences(
        self,
        was: Mapping[str, Any],  # noqa: ARG002 - likewise
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> Iterator[str]:
        """Say what an update leads to, for its preview. `was` is what the outputs hold.

        `declared` has what `ignore_changes` leaves as it was.
        """
        return iter(())

    def concerns_of_adoption(self, declared: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG002 - likewise
        """Say what hardly anyone means by taking over an object that is there."""
        return iter(())

    def beside(
        self,
        answer: Mapping[str, Any],  # noqa: ARG002 - likewise
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> Iterator[str]:
        """Say what is there that no declaration of the object has, and has a say beside it.

        `declared` is what the state, or the program that adopts an object, says of it.
        """
        return iter(())

    def missing(
        self,
        answer: Mapping[str, Any],  # noqa: ARG002 - likewise
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> Iterator[str]:
        """Say what it means that something is no longer there. `declared` is as for `beside`."""
        return iter(())

    def noted(
        self,
        answer: Mapping[str, Any],  # noqa: ARG002 - likewise
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> dict[str, Any]:
        """Return reserved outputs: what an answer says that later answers are compared with."""
        return {}

    def is_to_be_noted(
        self,
        old: Mapping[str, Any],  # noqa: ARG002 - likewise
        new: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> bool:
        """Tell whether outputs are to say something else, though nothing is to be sent."""
        return False

    def create_only(self, answer: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG002 - likewise
        """Name the outputs of such an object that only the answer to its creation tells."""
        yield from self.kept_from_create

    def own_account(
        self,
        declared: Mapping[str, Any],  # noqa: ARG002 - likewise
        answer: Mapping[str, Any],  # noqa: ARG002 - likewise
    ) -> str | None:
        """Return the account that the API has filled in where a request named none."""
        return None

    def as_written(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Take out again what `identified` has put in."""
        return dict(declared)

    def deleted(self, declared: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG002 - likewise
        """Say what follows from the object being gone."""
        return iter(())

    @classmethod
    @functools.cache
    def facts(cls) -> dict[str, Field]:
        """Return the facts about this kind's fields."""
        return fields_of(cls.inputs)

    def with_keys_spelled(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return inputs or outputs with today's keys: earlier versions spelled none."""
        shapes = {name: field.shape for name, field in self.facts().items() if name in props}
        return {
            **props,
            **{name: shape.with_keys_spelled(props[name]) for name, shape in shapes.items()},
        }

    def fields(self, declared: Mapping[str, Any]) -> Mapping[str, Field]:  # noqa: ARG002 - likewise
        """Return the facts about the fields of the very object that is declared.

        Of a part of a declaration they are the general ones.
        """
        return self.facts()

    def _declared(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return what inputs or outputs declare, and their reserved entries.

        FILLED_IN has the values that nobody declares, by field.
        """
        filled = {k: props.get(k) for k in props.get(FILLED_IN) or ()}
        declared = {
            k: props[k] for k in self.facts() if k not in filled and props.get(k) is not None
        }
        ours = {k: v for k, v in props.items() if k.startswith("__") and k != PROVIDER}
        return declared | ours | ({FILLED_IN: filled} if filled else {})

    def _differences(
        self, old: Mapping[str, Any], new: Mapping[str, Any], secret: Container[str] = ()
    ) -> list[str]:
        """Say what differs between two declarations; nothing where only their form does."""
        return [
            change
            for name, field in self.fields({**old, **new}).items()
            if not field.same(was := old.get(name, MISSING), now := new.get(name, MISSING))
            for change in (
                [f"{name}: changed (it is secret)"] if name in secret else field.changes(was, now)
            )
        ]

    def _is_other(self, name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        was, now = old.get(name, MISSING), new.get(name, MISSING)
        # A scope that is not known yet may be another: the preview says the worse of the two.
        return now == UNKNOWN or not self.facts()[name].same(was, now)

    def _keep_keys(self, checked: dict[str, Any], olds: Mapping[str, Any]) -> None:
        """Where anything changed, let everything else look as it did: labels are no noise."""
        if self._differences(self._declared(olds), self._declared(checked)):
            for name, field in self.facts().items():
                if name in checked and name in olds:
                    checked[name] = field.shape.keep_keys(checked[name], olds[name])

    def _in_place(
        self,
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
        ignored: Mapping[str, Collection[str]] | None = None,
    ) -> tuple[dict[str, Any], list[Mistake]]:
        """Give back their places to what `ignore_changes` keeps, and say what has none.

        `ignored` are the entries, by field, that the engine has not put back yet.
        """
        placed, mistakes = dict(declared), []
        for name, field in self.facts().items():
            if field.keyed and name in declared:
                keys = (ignored or {}).get(name, ())
                placed[name], left = field.keyed.in_place(declared[name], was.get(name), keys)
                mistakes += [Mistake(name, NO_PLACE.format(key)) for key in left]
        return placed, mistakes

    def _managed(
        self,
        answer: Mapping[str, Any],
        declared: Mapping[str, Any],
        *,
        form: Mapping[str, Any] | None = None,
        everything: bool = False,
    ) -> dict[str, Any]:
        """Read from an answer the fields that a declaration manages.

        Unordered lists come in the keys and the form that `form` (or the declaration) gives them. A
        field that the answer says nothing about is as declared.
        """
        form = declared if form is None else form
        reading = self._reading(declared)
        found = {}
        for name, field in self.fields(declared).items():
            if name in self._scope_fields():
                value = declared.get(name, MISSING)
            elif name in declared or name in form or field.always_managed or everything:
                value = field.answer(answer, form.get(name, MISSING), reading)
                value = declared.get(name, MISSING) if value is SILENT else value
            else:
                continue
            if value is not MISSING and (value or everything or not field.always_managed):
                found[name] = value
        if silent := self._unanswered(answer, declared, declared.get(UNANSWERED) or ()):
            found[EXTRA] = {**found.get(EXTRA, {}), **silent}
        return found

    def _unanswered(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any], names: Container[str] | None
    ) -> dict[str, Any]:
        """Return what of `extra` an answer says nothing about. None: of all its fields."""
        extra = declared.get(EXTRA)
        return {
            name: value
            for name, value in (extra if isinstance(extra, Mapping) else {}).items()
            if (names is None or name in names)
            and answer.get(name) is None
            and not (self.facts()[EXTRA].unanswered or is_nothing_at_all(value))
        }

    def _outputs(
        self,
        props: Mapping[str, Any],
        answer: Mapping[str, Any],
        *,
        written: bool = False,
        everything: bool = False,
    ) -> dict[str, Any]:
        declared = self._declared(props)
        if written and declared.get("zone_id"):
            self._remember_account(declared["zone_id"], self.own_account(declared, answer))
        if written and (silent := self._unanswered(answer, declared, None)):
            declared[UNANSWERED] = sorted(silent)
            plugin.warn(
                f"{EXTRA}: Cloudflare's answer does not have {', '.join(sorted(silent))}: it may "
                "not have taken it, or does not tell"
            )
        found = self._managed(answer, declared, everything=everything)
        surprises = self._differences(declared, found, secret_in(props)) if written else []
        if surprises:
            plugin.warn(
                f"Cloudflare made something else of this {self.what} than was declared: "
                f"{'; '.join(surprises)}"
            )
        secret = secret_in(props)
        if "name" not in secret:
            # Else it would stand in clear in the keys of what refers to the object.
            self._remember_name(answer)
        # What only the answer to a creation has may come masked in others.
        computed = {
            name: plugin.secret(value) if self.repeated.get(name) in secret else value
            for name, value in self._computed(answer).items()
            if name not in self.kept_from_create
        }
        kept = {name: props[name] for name in (SECRET,) if props.get(name)}
        if silent := self._unanswered(answer, declared, declared.get(UNANSWERED) or ()):
            kept[UNANSWERED] = sorted(silent)
        filled = {} if everything else self._filled_in(answer, declared, secret)
        return {
            **computed,
            **found,
            **filled,
            **self.noted(answer, declared),
            **({} if everything else self._noted(props, answer)),
            **kept,
            VERSION: STATE_VERSION,
        }

    def _filled_in(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any], secret: Container[str]
    ) -> dict[str, Any]:
        """Return the outputs that nobody declares, and which they are."""
        filled = {
            name: plugin.secret(answer[name]) if any(map(secret.__contains__, of)) else answer[name]
            for name, of in self.filled_in.items()
            if name not in declared and answer.get(name) is not None
        }
        return filled | ({FILLED_IN: sorted(filled)} if filled else {})

    def _noted(self, props: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        """Note what the answer has that nobody declares: it is told once, and stays."""
        names = self.unknown(answer, props)
        unknown = {UNKNOWN_FIELDS: names} if names else {}
        account = _accounts.get(str(props.get("zone_id")))
        noted = unknown | undeclared.written(self._rest(answer, props))
        return noted | ({ACCOUNT: account} if account else {})

    def _rest(self, answer: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
        """Read what an object has that nobody declares."""
        declared = self._declared(props)
        found = undeclared.rest(self._sent(declared), answer, declared, self._reading(props))
        rest = {} if found is MISSING else found
        return {name: left for name, left in rest.items() if name not in self.noted_apart}

    def unknown(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Name the fields of an answer that this package does not know, and nobody declares."""
        shape = self._sent(answer)
        return sorted({*shape.unknown(answer, "")} - {*shape.extras(declared, "")})

    def _computed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        return self.state.model_validate(answer).model_dump(exclude_none=True)

    def _kept(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: outputs[name] for name in self.kept_from_create if name in outputs}

    def _body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write a request: what is declared, over what is there and nobody declares."""
        return dict(self._sent(declared).request(declared, there, was))

    def _sent(self, declared: Mapping[str, Any]) -> NestedShape:
        """Return the shape of the object on the wire: the path says its scope."""
        fields = self.fields(declared)
        if (known := _sent.get((type(self), id(fields)))) is not None:
            return known
        scope = self._scope_fields()
        made = self.inputs.made | self.state.model_fields.keys() | scope | MADE
        inside = {name: field for name, field in fields.items() if name not in scope}
        shape = NestedShape(inside, self.inputs.whole, frozenset(made), top=True)
        return _sent.setdefault((type(self), id(fields)), shape)

    def _scope_fields(self) -> frozenset[str]:
        return frozenset(f"{scope}_id" for scope in self.scopes)

    def _is_equal(self, found: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
        return not self._differences(self._managed(found, declared), declared)

    def _is_settled(
        self, there: Mapping[str, Any], was: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> bool:
        """Tell whether what is there is what is declared, and holds nothing that no longer is."""
        found = self._managed(there, was, form=both(self.fields(declared), was, declared))
        if self._differences(found, declared):
            return False
        return not undeclared.is_unsaid(self._sent(declared), declared, was, there)

    def _unseen(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Say what an update would undo that no preview has shown."""
        old = self._declared(olds)
        there = self._managed(answer, old)
        settled = {
            name
            for name, field in self.fields(wish).items()
            if field.same(there.get(name, MISSING), wish.get(name, MISSING))
        }
        return self._differences(
            {name: value for name, value in old.items() if name not in settled},
            {name: value for name, value in there.items() if name not in settled},
            secret,
        )

    def _unseen_first(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Say what an update would replace by a first declaration that no preview has shown."""
        known, live = undeclared.noted(olds), self._rest(answer, olds)
        first = self._first_declared(self._declared(olds), wish, live, known, secret)
        told = olds.get(UNKNOWN_FIELDS) or ()
        return first + [
            f"{EXTRA}.{name}: {FIRST}"
            for name, value in _new_extra(olds, wish).items()
            if answer.get(name) is not None and not includes(answer[name], value)
            if name not in told
        ]

    def _first_declared(
        self,
        old: Mapping[str, Any],
        new: Mapping[str, Any],
        there: Mapping[str, Any],
        known: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Say what is replaced by fields that are declared for the first time.

        `there` is what is beside the old declaration, `known` what of it has been told already.
        """
        # What no answer shows, nobody can have seen.
        shape = self._sent(new)
        new = shape.answerable(new)
        before = undeclared.replaced(shape, old, new, there, known)
        changes: dict[str, list[str]] = {}
        for change in self._differences(before, new, secret):
            path, _, what = change.partition(": ")
            # What comes is in the preview anyhow.
            if not what.startswith("+ "):
                changes.setdefault(path, []).append(what)
        return [f"{path}: {FIRST}: {', '.join(whats)}" for path, whats in changes.items()]

    def _reading(self, props: Mapping[str, Any]) -> Reading:
        in_zone = _accounts.get(str(props.get("zone_id")))
        return Reading(self._name_of, props.get("account_id") or in_zone)

    def _remember_account(self, zone: str, account: str | None) -> None:
        if account:
            _accounts[zone] = account

    def _remember_name(self, answer: Mapping[str, Any]) -> None:
        if answer.get("id") and isinstance(answer.get("name"), str):
            _names[str(answer["id"])] = answer["name"]

    @staticmethod
    def _name_of(id_: str) -> str | None:
        """Return what an object is called, for a key; None: that is not known, or secret."""
        name = _names.get(id_)
        return None if name is None or known.has(name) else name


_sent: dict[tuple[type[Described], int], NestedShape] = {}
# The accounts of zones, as far as this process has learnt them.
_accounts: dict[str, str] = {}
# What objects of all kinds are called, as far as this process has seen.
_names: dict[str, str] = {}


def _new_extra(olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `extra` declares for the first time."""
    old, new = (of.get(EXTRA) for of in (olds, news))
    had = old if isinstance(old, Mapping) else {}
    declared = new if isinstance(new, Mapping) else {}
    return {name: value for name, value in declared.items() if name not in had}


def first_extra(olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[str]:
    """Say what `extra` declares for the first time of which a warning has told that it is there."""
    told = olds.get(UNKNOWN_FIELDS) or ()
    return [f"{EXTRA}.{name}: {FIRST}" for name in _new_extra(olds, news) if name in told]


def secret_in(props: Mapping[str, Any]) -> frozenset[str]:
    """Return the fields whose values the program keeps secret."""
    return frozenset(props.get(SECRET) or ())
