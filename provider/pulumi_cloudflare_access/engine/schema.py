"""What a kind of object is made of: declared, answered and compared. Nothing here asks anybody.

State holds the declared fields and the computed ones, nothing else: what was declared and no longer
is can be told from what never was.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Container, Iterator, Mapping
from typing import Any

from ..api.lag import CREATED
from ..fields.keyed import UNKNOWN, Mistake, Reading
from ..fields.loose import includes
from ..fields.model import fields_of
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
from .hooks import AdoptionFilter, Hooks
from .run import current

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

NO_PLACE = (
    'ignore_changes leaves "{}" without a place, which neither the order nor the state tells: '
    "declare it there (changes of what it says stay ignored), and do not ignore the order"
)


class ResourceSchema(Hooks):
    """The fields of one kind of object, and how a declaration and an answer compare."""

    @classmethod
    def unique_values(cls, declared: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield the value of `unique_field`, if it is known."""
        if cls.unique_field and isinstance(value := declared.get(cls.unique_field), str):
            meaning = cls.facts()[cls.unique_field].shape.meaning(value)
            yield cls.unique_field, meaning, meaning

    @classmethod
    def adoption_filter(cls, declared: Mapping[str, Any]) -> AdoptionFilter | None:
        """Find an object by its natural key."""
        value, field = declared.get(cls.natural_key), cls.facts()[cls.natural_key]
        if value is None:
            return None
        return f'called "{value}"', lambda found: field.same(field.found_in(found), value)

    def create_only_outputs_in(self, answer: Mapping[str, Any]) -> Iterator[str]:  # noqa: ARG002 - likewise
        """Yield `create_only_outputs`."""
        yield from self.create_only_outputs

    @classmethod
    def tells_creation_time(cls) -> bool:
        """Return whether Cloudflare's lists tell when an object was created.

        The state keeps the time then. Without it, an object is taken over after a killed run
        within ten minutes alone, and every create reads the list anew.
        """
        return not cls.state.model_fields.keys().isdisjoint(CREATED)

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

    def fields_for(self, declared: Mapping[str, Any]) -> Mapping[str, Field]:  # noqa: ARG002 - likewise
        """Return the same facts for all objects of the kind."""
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
            for name, field in self.fields_for({**old, **new}).items()
            if not field.same(was := old.get(name, MISSING), now := new.get(name, MISSING))
            for change in (
                [f"{name}: changed (it is secret)"]
                if name in secret
                else map(self._without_secret, field.changes(was, now))
            )
        ]

    def _without_secret(self, change: str) -> str:
        """Leave out the values of a field inside an object that is always secret."""
        path = change.partition(": ")[0]
        return f"{path}: changed (it is secret)" if path in self.always_secret else change

    def secrets_inside(self, props: Mapping[str, Any]) -> list[Any]:
        """Return the values of fields inside objects that are always secret."""
        return [
            above[name]
            for field, dot, name in (path.partition(".") for path in self.always_secret)
            if dot and isinstance(above := props.get(field), Mapping) and name in above
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

    def managed_fields(
        self,
        answer: Mapping[str, Any],
        declared: Mapping[str, Any],
        *,
        form: Mapping[str, Any] | None = None,
        everything: bool = False,
    ) -> dict[str, Any]:
        """Read the declared fields, and those that are always managed."""
        form = declared if form is None else form
        reading = self._reading(declared)
        found = {}
        for name, field in self.fields_for(declared).items():
            if name in self.path_fields():
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
            self._remember_account(declared["zone_id"], self.account_in_answer(declared, answer))
        if written and (silent := self._unanswered(answer, declared, None)):
            declared[UNANSWERED] = sorted(silent)
            plugin.warn(
                f"{EXTRA}: Cloudflare's answer does not have {', '.join(sorted(silent))}: it may "
                "not have taken it, or does not tell"
            )
        found = self.managed_fields(answer, declared, everything=everything)
        surprises = self._differences(declared, found, secret_in(props)) if written else []
        if surprises:
            plugin.warn(
                f"Cloudflare made something else of this {self.display_name} than was declared: "
                f"{'; '.join(surprises)}"
            )
        secret = secret_in(props)
        if "name" not in secret:
            # Else it would stand in clear in the keys of what refers to the object.
            self._remember_name(answer)
        # What only the answer to a creation has may come masked in others.
        computed = {
            name: plugin.secret(value) if self.echoed_inputs.get(name) in secret else value
            for name, value in self._computed(answer).items()
            if name not in self.create_only_outputs
        }
        kept = {name: props[name] for name in (SECRET,) if props.get(name)}
        if silent := self._unanswered(answer, declared, declared.get(UNANSWERED) or ()):
            kept[UNANSWERED] = sorted(silent)
        filled = {} if everything else self._derived_outputs(answer, declared, secret)
        return {
            **computed,
            **found,
            **filled,
            **self.noted_outputs(answer, declared),
            **({} if everything else self._noted(props, answer)),
            **kept,
            VERSION: STATE_VERSION,
        }

    def _derived_outputs(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any], secret: Container[str]
    ) -> dict[str, Any]:
        """Return the outputs that nobody declares, and which they are."""
        filled = {
            name: plugin.secret(answer[name]) if any(map(secret.__contains__, of)) else answer[name]
            for name, of in self.derived_outputs.items()
            if name not in declared and answer.get(name) is not None
        }
        return filled | ({FILLED_IN: sorted(filled)} if filled else {})

    def _noted(self, props: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
        """Note what the answer has that nobody declares: it is told once, and stays."""
        names = self.unknown(answer, props)
        unknown = {UNKNOWN_FIELDS: names} if names else {}
        account = current().zone_accounts.get(str(props.get("zone_id")))
        noted = unknown | undeclared.written(self._rest(answer, props))
        return noted | ({ACCOUNT: account} if account else {})

    def _rest(self, answer: Mapping[str, Any], props: Mapping[str, Any]) -> dict[str, Any]:
        """Read what an object has that nobody declares."""
        declared = self._declared(props)
        found = undeclared.rest(self._sent(declared), answer, declared, self._reading(props))
        rest = {} if found is MISSING else found
        return {name: left for name, left in rest.items() if name not in self.separately_noted}

    def unknown(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Name the fields of an answer that this package does not know, and nobody declares."""
        shape = self._sent(answer)
        return sorted({*shape.unknown(answer, "")} - {*shape.extras(declared, "")})

    def _computed(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        return self.state.model_validate(answer).model_dump(exclude_none=True)

    def _kept(self, outputs: Mapping[str, Any]) -> dict[str, Any]:
        return {name: outputs[name] for name in self.create_only_outputs if name in outputs}

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Write each field by its shape."""
        return dict(self._sent(declared).request(declared, there, was))

    def _sent(self, declared: Mapping[str, Any]) -> NestedShape:
        """Return the shape of the object on the wire: the path says its scope."""
        fields = self.fields_for(declared)
        if (known := _sent.get((type(self), id(fields)))) is not None:
            return known
        scope = self.path_fields()
        made = self.inputs.made | self.state.model_fields.keys() | scope | MADE
        inside = {name: field for name, field in fields.items() if name not in scope}
        shape = NestedShape(inside, self.inputs.whole, frozenset(made), top=True)
        return _sent.setdefault((type(self), id(fields)), shape)

    def path_fields(self) -> frozenset[str]:
        """Return the inputs that name the scope."""
        return frozenset(f"{scope}_id" for scope in self.collection.scopes)

    def _is_equal(self, found: Mapping[str, Any], declared: Mapping[str, Any]) -> bool:
        return not self._differences(self.managed_fields(found, declared), declared)

    def _is_up_to_date(
        self, there: Mapping[str, Any], was: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> bool:
        """Return whether the live object equals the declaration, removed fields included."""
        found = self.managed_fields(there, was, form=both(self.fields_for(declared), was, declared))
        if self._differences(found, declared):
            return False
        return not undeclared.is_unsaid(self._sent(declared), declared, was, there)

    def unpreviewed_drift(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Compare the live object with the state, but for what already is as wished."""
        old = self._declared(olds)
        there = self.managed_fields(answer, old)
        settled = {
            name
            for name, field in self.fields_for(wish).items()
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
        in_zone = current().zone_accounts.get(str(props.get("zone_id")))
        return Reading(self._name_of, props.get("account_id") or in_zone)

    def _remember_account(self, zone: str, account: str | None) -> None:
        if account:
            current().zone_accounts[zone] = account

    def _remember_name(self, answer: Mapping[str, Any]) -> None:
        if answer.get("id") and isinstance(answer.get("name"), str):
            current().names[str(answer["id"])] = answer["name"]

    @staticmethod
    def _name_of(id_: str) -> str | None:
        """Return what an object is called, for a key; None: that is not known, or secret."""
        name = current().names.get(id_)
        return None if name is None or known.has(name) else name


# The shapes of kinds, made once.
_sent: dict[tuple[type[ResourceSchema], int], NestedShape] = {}


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
