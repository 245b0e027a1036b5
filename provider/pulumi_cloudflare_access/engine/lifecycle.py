"""Check, diff, create, read, update, delete, adopt and warn: written once, for every resource.

A kind is a table of facts; a hook is overridden only where the API itself is odd. `hooks.py` lists
both. What each call gets, and what the engine makes of its answer, is Pulumi's business
(`pulumi.dynamic.ResourceProvider`); what happens to people's objects is decided here:

- check and diff send nothing. A preview needs no credentials.
- An update reads the object first, and refuses to undo what no preview has shown.
- Only a 404 for the object's own id means that it is gone.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Container, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, final
from urllib.parse import quote

from pulumi import dynamic
from pulumi.output import Unknown

from .. import kinds
from ..api.journal import Journal, NoJournal
from ..api.pages import Page, Snapshot
from ..errors import (
    AdoptionError,
    ApiError,
    CloudflareError,
    ConflictError,
    DeclarationError,
    DriftError,
    NotFoundError,
    SettingsError,
    UnusableAnswerError,
)
from ..fields.keyed import UNKNOWN, Mistake
from ..fields.model import check, whole_of
from ..fields.shapes import EXTRA, MISSING, NestedShape
from ..process import engine_watch, plugin, state_backend
from ..settings import NO_ACCOUNT, Settings
from ..text.nearest import quoted_value, without_values
from ..text.outlet import BESIDE, CHANGED, GONE, clean
from ..text.secret_words import SECRET, known
from ..text.spelling import carried
from . import adoption, ownership, undeclared
from .adoption import ADOPT, ADOPT_CHANGES
from .collection import Collection, Scope, path_of
from .creation import LOOK_AGAIN, Creation, elsewhere_in_words, holders_in_words
from .deletion import User, in_words
from .hooks import Answer
from .run import current
from .schema import (
    ACCOUNT,
    FILLED_IN,
    FIRST,
    MADE,
    PROVIDER,
    UNKNOWN_FIELDS,
    VERSION,
    ResourceSchema,
    first_extra,
    secret_in,
)

if TYPE_CHECKING:
    from ..api.client import Client

# Inputs and outputs that are ours and no field of the API's. The engine's display hides "__" names.
MISTAKES = "__mistakes"  # what the program found wrong between its resources, handed to check
SECRET_WORDS = "__secret_words"  # noqa: S105 - what no message of the plugin repeats
CLAIMED = "__claimed"  # the ids that other resources of the program adopt, in this very run
PREVIEW = "__preview"  # it is one: what people are told of it need not be told again in the update
ORGANIZATION = "__organization"  # whose stack it is, where Pulumi Cloud holds the state
DELETES_FIRST = "__deletes_first"  # an option of the resource: delete_before_replace
EXTERNAL = "__external"  # an output of `.get` alone: the stack does not own this object


P = ParamSpec("P")
R = TypeVar("R")


def _engine_call(call: Callable[P, R]) -> Callable[P, R]:
    """Let a call have states of earlier versions in today's form, and let clean errors out."""

    @functools.wraps(call)
    def served(*args: P.args, **kwargs: P.kwargs) -> R:
        provider: Any = args[0]
        given: Any = [provider.with_keys_spelled(a) if isinstance(a, dict) else a for a in args]
        known.remember(
            *(s for a in given if isinstance(a, dict) for s in provider.secrets_inside(a))
        )
        return call(*given, **kwargs)

    return plugin.clean_errors(served)


class ResourceLifecycle(ResourceSchema, dynamic.ResourceProvider):
    """The lifecycle of one kind of object. Subclasses are tables: `hooks.py` has their columns."""

    serialize_as_secret_always = False

    def __init__(self) -> None:
        super().__init__()
        self._settings: Settings | None = None

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        # What users' states hold: a reference and a name, whatever this class becomes.
        return (kinds.load, (self.kind,))

    # ------------------------------------------------------------------------------ settings

    @final
    def configure(self, req: dynamic.ConfigureRequest) -> None:
        """Read the stack's config; the engine calls it once per process."""
        self._read_config = req.config.get
        plugin.widen()
        engine_watch.end_with_engine()

    @property
    def settings(self) -> Settings:
        """The settings, read when a step first needs them."""
        if self._settings is None:
            self._settings = Settings.read(self._read_config)
        return self._settings

    def use(self, settings: Settings) -> None:
        """Go by these settings, and not by a stack's config: for commands outside of the engine."""
        self._settings = settings
        self._read_config = _no_config

    @property
    def client(self) -> Client:
        """This process's client. With a key for credentials, it raises if `token_only`."""
        # Checking and comparing need no HTTP library, and programs send nothing.
        from ..api.client import client_for  # noqa: PLC0415

        if self.token_only:
            self.settings.require_token(self.token_only)
        return client_for(self.settings)

    @property
    def permission(self) -> str:
        """The token permission, without its Read or Write."""
        return self.collection.permission

    @property
    def per_page(self) -> int | None:
        """How many objects a page of the list may hold. None: the list has no pages."""
        return self.collection.per_page

    # --------------------------------------------------------------------------- the engine's calls

    @final
    @_engine_call
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> dynamic.CheckResult:
        """Put a declaration into the form of the state, or say everything that is wrong with it."""
        declared = _plain({k: v for k, v in news.items() if k != PROVIDER and v is not None})
        mistakes = [Mistake("", str(text)) for text in declared.pop(MISTAKES, None) or ()]
        reserved = {k: declared.pop(k) for k in (SECRET, *self.reserved_inputs) if k in declared}
        handed = {DELETES_FIRST: declared.pop(DELETES_FIRST, None) is True}
        known.remember(declared.pop(SECRET_WORDS, None))
        ownership.claim(self.kind, declared.pop(CLAIMED, None) or ())
        state_backend.belongs_to(str(declared.pop(ORGANIZATION, "")))
        is_preview = bool(declared.pop(PREVIEW, False))
        adopting = adoption.taken_out_of(declared)
        is_new = not (_olds or ownership.is_replacement())
        mistakes += adoption.mistakes_in(adopting, is_new=is_new)
        declared, spelled_twice = carried_fields(declared, is_known=False)
        mistakes += spelled_twice + self.complete_scope(declared, _olds)
        made = {*self.state.model_fields, *MADE}
        checked, wrong = check(self.inputs, self.facts(), self.spread_extra(declared), made)
        for name in self.empty_is_undeclared:
            if not checked.get(name):
                checked.pop(name, None)
        was = self._declared(_olds)
        told = {mistake.path or mistake.reason.partition(":")[0] for mistake in mistakes}
        # It is there, and cannot be read.
        wrong = [m for m in wrong if m.path not in told or m.reason != "is required"]
        mistakes += wrong or [
            *self._credential_mistakes(),
            *self.validate(checked),
            *self.validate_change(was, checked),
            *self.validate_run(_olds, checked | reserved | adopting),
        ]
        filled = {} if wrong else self.derive_fields(checked | reserved, declared, _olds)
        if is_new and not wrong:
            mistakes += self._unfound(adopting, {**filled, **checked})
        if mistakes:
            secret = {*(reserved.get(SECRET) or ()), *self.always_secret}
            reasons = [clean(without_values(str(m).removeprefix(": "), secret)) for m in mistakes]
            failures = [dynamic.CheckFailure("", reason) for reason in reasons]
            return dynamic.CheckResult(dict(news), failures)
        if _olds:
            ownership.known()
            self._keep_keys(checked, _olds)
        else:
            adoption.note(adopting)
        plugin.keep_secret(checked | reserved)
        new_words = NestedShape(self.facts()).concerns(checked, "")
        secret = {*(reserved.get(SECRET) or ()), *self.always_secret}
        concerns = [without_values(told, secret) for told in new_words]
        concerns += self.warnings(checked, was)
        concerns += self.run_warnings(_olds, checked | reserved | handed)
        reserved |= self.inputs_for_update(_olds, checked | reserved)
        for concern in concerns:
            plugin.warn(concern)
        if not _olds:
            self._announce(adopting.get(ADOPT), {**filled, **checked})
        if filled:
            filled[FILLED_IN] = sorted(filled)
        inputs = checked | filled | reserved | adoption.in_state(_olds)
        if is_preview:
            current().preview.checked(_olds, inputs, is_new=is_new)
        return dynamic.CheckResult(inputs, [])

    def _credential_mistakes(self) -> list[Mistake]:
        """Refuse credentials that the routes of the kind do not take."""
        try:
            if self.token_only:
                self.settings.require_token(self.token_only)
        except SettingsError as error:
            return [Mistake("", str(error))]
        return []

    @final
    @_engine_call
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> dynamic.DiffResult:
        """Tell form from change, and change from replacement. The engine writes out the rest."""
        self.record_ownership(_id, _olds)
        old = self._declared(_olds)
        new = written = self.resolve_ids(self._declared(_plain(_news)), old)
        # No check comes before the diff of a refresh, whose news are what was.
        if ownership.is_known(plugin.current_urn()):
            new, lost = self._in_place(new, old, plugin.ignored_entries())
            _raise(lost)
        decisive = (*(f"{scope}_id" for scope in self.collection.scopes), *self.replaced_by)
        replaces = [name for name in decisive if self._is_other(name, old, new)]
        ownership.replaces(replacement=bool(replaces))
        if not replaces:
            self.record_kept(_id, new)
            if taken := [*self.adoption_conflicts(_id, _olds, new)]:
                raise DeclarationError("; ".join(taken))
        if ownership.is_known(plugin.current_urn()):
            current().preview.compared(_id, _plain(_news))
            self._foresee(old, new)
            if not replaces:
                secret, there = secret_in(_olds) | secret_in(_news), undeclared.noted(_olds)
                told = self._first_declared(old, new, there, {}, secret)
                told += first_extra(old, new)
                for warning in [*told, *self.expiry_warnings(_olds, new)]:
                    plugin.warn(warning)
        if (
            replaces
            or self._differences(old, new)
            or self._declared_fields(old) != self._declared_fields(new)
        ):
            return dynamic.DiffResult(changes=None, replaces=replaces)
        # What is secret from now on, or no longer: the update sends nothing, and keeps it as it is.
        changes = secret_in(_olds) != secret_in(_news)
        if ownership.is_known(plugin.current_urn()):
            changes = changes or self.has_new_note(old, written)
        return dynamic.DiffResult(changes=changes)

    def _foresee(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Say what an update leads to; with `ignore_changes` it may be what nobody has checked."""
        sent = plugin.with_ignored(old, new)
        if sent != new:
            _raise(self.validate(sent))
        for consequence in self.update_warnings(old, sent):
            plugin.warn(consequence)

    @final
    @_engine_call
    def create(self, props: dict[str, Any]) -> dynamic.CreateResult:
        """Make the object, or take over the one that the program names."""
        scope = self._scope(props)
        declared, lost = self._in_place(self.resolve_ids(self._declared(props), {}, scope), {})
        _raise(lost)
        props = {**props, **declared, **adoption.noted()}
        plugin.keep_secret(props)
        adopts = props.get(ADOPT) and not self.create_adopts
        answer = self._adopt(scope, props) if adopts else None
        kept: dict[str, Any] = {}
        first_hand = False
        if answer is not None:
            self._warn_of_external(answer, self._declared(props))
            # What an earlier run has noted of it, or another stack's, is accounted for.
            journal_for(self.settings).refused(plugin.current_urn())
            journal_for(self.settings).gone(self.kind, _id_of(answer))
            self._warn_of_lost_outputs(props, answer)
        else:
            with self._explaining(scope, props):
                made = self.create_remote(scope, props)
            answer, first_hand = made.fields, made.first_hand
            self.record_written(scope, answer)
            # What only the answer to a creation tells, one that was found later does not.
            kept = self._made_outputs(answer) if first_hand else {}
        id_ = _id_of(answer)
        ownership.seen(self.kind, id_)
        ownership.declared(self.kind, id_)
        ownership.replaces(replacement=False)
        if not first_hand:
            self._tell_of_unknown(answer, self._declared(props))
        return dynamic.CreateResult(id_, self._outputs(props, answer, written=True) | kept)

    @final
    @_engine_call
    def read(self, id_: str, props: dict[str, Any]) -> dynamic.ReadResult:
        """Say what is there, in the form of the state, so that a refresh shows what changed."""
        refreshing = VERSION in props
        external = not refreshing or EXTERNAL in props
        if not refreshing:
            _raise(self.complete_scope(props, {}))
        scope = self._scope(props)
        if not external:
            self.record_ownership(id_, props)
        current().writes.known(id_, props)
        try:
            listed = None if external else self.find_in_list(scope, id_)
            answer = listed or self.read_remote(scope, id_)
        except NotFoundError as error:
            if not refreshing:
                raise
            plugin.warn(error.remedy or GONE)
            return dynamic.ReadResult("", {})
        if not external:
            props = {**props, **self._declared_empty(props)}
        outputs = self._kept(props) | self._outputs(props, answer, everything=external)
        for warning in self.expiry_warnings(outputs, self._declared(outputs)):
            plugin.warn(warning)
        if external:
            # Somebody else's object may change. The program's inputs are an id, and stay that.
            return dynamic.ReadResult(id_, outputs | {EXTERNAL: True})
        declared = self._declared(props)
        drift = self._differences(declared, self._declared(outputs), secret_in(props))
        if drift:
            plugin.warn(f"{CHANGED}{'; '.join(drift)}")
        asked = plugin.inputs_in_state({FILLED_IN, *self.reserved_inputs, *adoption.NAMES})
        reserved = {name: asked[name] for name in self.reserved_inputs if name in asked}
        self._warn_of_external(answer, declared | reserved)
        self._tell_of_unknown(answer, props)
        self._tell_of_undeclared(answer, props)
        # Inputs have of what nobody declares only what check has put there.
        filled = [name for name in outputs.get(FILLED_IN, ()) if name in asked.get(FILLED_IN, ())]
        unasked = {*outputs.get(FILLED_IN, ())} - {*filled}
        ours = {name for name in outputs if name.startswith("__")} - {SECRET}
        computed = {*self.state.model_fields, *ours, *unasked}
        inputs = {name: value for name, value in outputs.items() if name not in computed}
        if filled:
            inputs[FILLED_IN] = filled
        inputs = self.without_resolved_ids(inputs) | reserved | adoption.in_state(asked)
        return dynamic.ReadResult(id_, outputs, inputs)

    @final
    @_engine_call
    def update(
        self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]
    ) -> dynamic.UpdateResult:
        """Lay the declaration over what is there now, if that is what the preview showed."""
        scope = self._scope(_olds)
        self.record_ownership(_id, _olds)
        current().writes.known(_id, _olds)
        old = self._declared(_olds)
        # Looking up may take long. What somebody changes meanwhile is seen only after it.
        new, lost = self._in_place(self.resolve_ids(self._declared(_news), old, scope), old)
        _raise(lost)
        plugin.keep_secret({**_news, **new})
        try:
            there = self.read_remote(scope, _id)
        except NotFoundError as error:
            told = error.remedy or "gone: run pulumi refresh, and the next up makes it again"
            raise DriftError(f"{self.full_name(_olds, _id)} is {told}") from None
        if self.settings.on_drift == "refuse":
            called = self.full_name(_olds, _id)
            secret = secret_in(_olds) | secret_in(_news)
            self.refuse_unpreviewed(called, _olds, there, new, secret)
        self._warn_of_external(there, old | {k: new[k] for k in self.reserved_inputs if k in new})
        kept = self._kept(_olds)
        if self.update_compares or not self._is_up_to_date(there, old, new):
            known = {*self.create_only_outputs_in(there), *kept}
            with self._explaining(scope, new, _id):
                there = self.update_remote(scope, there, new, old)
            self.record_written(scope, there)
            # The change may have had Cloudflare make a secret, as a creation has: a first or a new
            # one.
            kept |= self._made_outputs(there)
            self._warn_of_lost_outputs(new, there, {*known, *kept})
        self._tell_of_unknown(there, {**new, UNKNOWN_FIELDS: _olds.get(UNKNOWN_FIELDS) or ()})
        outputs = self._outputs({**_news, **new}, there, written=True)
        return dynamic.UpdateResult(kept | outputs)

    @final
    @_engine_call
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Delete the object. One that is gone already is deleted."""
        scope, what = self._scope(_props), self.full_name(_props, _id)
        self._saved(_id)
        heir = ownership.heir(self.kind, _id, self.adoption_key(_id))
        if heir:
            plugin.warn(f"{what} stays: {self.explain_kept(_id, _props, plugin.name_of(heir))}")
            for part in self._remaining_parts_warnings(scope, _id):
                plugin.warn(part)
            return
        users = self._referrers(scope, _id)
        under_way = current().deletions.under_way(self.deleted_ids(_id, _props))
        with under_way, self._explaining(scope, _props), suppress(NotFoundError):
            self.delete_remote(scope, _id, _props)
        self._snapshot(scope).deleted(_id)
        current().writes.deleted(_id)
        journal_for(self.settings).gone(self.kind, _id)
        if users:
            plugin.warn(f"{what} is deleted, and was still used by {in_words(users)}")
        for consequence in self.deletion_warnings(self._declared(_props)):
            plugin.warn(consequence)

    def _warn_of_external(self, answer: Mapping[str, Any], declared: Mapping[str, Any]) -> None:
        for concern in self.external_warnings(answer, declared):
            plugin.warn(f"{BESIDE}{concern}")
        for consequence in self.removal_warnings(answer, declared):
            plugin.warn(f"{CHANGED}{consequence}")

    def _tell_of_unknown(self, answer: Mapping[str, Any], known: Mapping[str, Any]) -> None:
        """Name what an object holds that this package does not know, once."""
        told = known.get(UNKNOWN_FIELDS, ())
        new = [name for name in self.unknown(answer, known) if name not in told]
        if new:
            plugin.warn(
                f"holds fields that this package does not know: {', '.join(new)}; they are kept"
            )

    def _tell_of_undeclared(self, answer: Mapping[str, Any], props: Mapping[str, Any]) -> None:
        """Say what nobody declares and somebody has changed since this stack last looked."""
        declared, now = self._declared(props), self._rest(answer, props)
        before = undeclared.beside(self._sent(declared), undeclared.noted(props), declared, now)
        secret = secret_in(props) | self.always_secret
        if changes := self._differences(before, now, secret):
            plugin.say(f"not declared by the program, and not seen before: {'; '.join(changes)}")

    def _declared_empty(self, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return what the program declares empty, and older outputs do not hold.

        They lacked it where an answer did.
        """
        inputs = _plain(plugin.inputs_in_state(self.facts().keys()))
        return {
            name: inputs[name]
            for name, field in self.facts().items()
            if name not in props
            and inputs.get(name) is not None
            and field.shape.is_nothing(inputs[name])
            and not (field.always_managed or field.not_sent)
        }

    def _declared_fields(self, declared: Mapping[str, Any]) -> Any:
        """Return which fields a declaration has, down to the last."""
        return undeclared.declared_fields(self._sent(declared), declared)

    # ------------------------------------------------------------------------------------ oddities

    def collection_for(self, props: Mapping[str, Any]) -> str:  # noqa: ARG002 - likewise
        """Say where an object lives below the account or the zone, if that depends on it."""
        return self.collection.path

    def _all(self, scope: Scope, of: Collection, *, anew: bool) -> list[dict[str, Any]]:
        """Return all objects of a kind, as this process knows them or as they are listed now."""
        if not anew:
            return self._snapshot(scope, of).objects("deletion")
        path = of.path_in(scope)
        return self.client.list(
            path, per_page=of.per_page, permission=of.permission, id_field=of.id_field
        )

    def find_listed_to_adopt(
        self,
        scope: Scope,
        id_: str,
        props: Mapping[str, Any],  # noqa: ARG002 - for kinds of parts
    ) -> dict[str, Any] | None:
        """Return an object to adopt from a list that serves many; None: ask for it by itself."""
        return self.find_in_list(scope, id_, LOOK_AGAIN)

    def list_to_adopt(
        self,
        scope: Scope,
        props: Mapping[str, Any],  # noqa: ARG002 - for kinds of parts
    ) -> list[dict[str, Any]]:
        """Return the objects among which `adopt=True` finds one, as they are listed now."""
        return self._snapshot(scope).listed()

    # ------------------------------------------------------------------------------- scope and path

    def complete_scope(self, declared: dict[str, Any], olds: Mapping[str, Any]) -> list[Mistake]:
        """Take what the program says, else the account of the settings."""
        given = [
            f"{scope}_id"
            for scope in self.collection.scopes
            if declared.get(f"{scope}_id") is not None
        ]
        if len(given) > 1:
            return [Mistake(given[-1], f"pass one of {' and '.join(given)}, not both")]
        if given:
            return scope_mistakes(given[0], declared[given[0]])
        account = self.settings.account_id
        if not account:
            zone = " (or zone_id=)" if "zone" in self.collection.scopes else ""
            return [Mistake("account_id", NO_ACCOUNT.replace("account_id=", f"account_id={zone}"))]
        before = olds.get("account_id")
        if before and before != account:
            reason = (
                f"the settings say {account}, and this {self.display_name} lives in {before}: "
                "pass account_id= if it is to move there, else mend the settings"
            )
            return [Mistake("account_id", reason)]
        declared["account_id"] = account
        return scope_mistakes("account_id", account)

    def _scope(self, props: Mapping[str, Any]) -> Scope:
        for kind in self.collection.scopes:
            if props.get(f"{kind}_id"):
                return Scope(kind, str(props[f"{kind}_id"]), self.collection_for(props))
        raise DeclarationError(
            f"this {self.display_name} names no {' or '.join(self.collection.scopes)}"
        )

    def object_path(self, scope: Scope, id_: str | None = None) -> str:
        """Write a path below the scope."""
        path = path_of(scope, scope.collection or self.collection.path)
        if id_ is None:
            return path
        _raise(segment_mistakes("id", id_))
        return f"{path}/{quote(id_, safe='')}"

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """GET an object, and see that it is the one."""
        answer = self._fetch(scope, id_)
        if _id_of(answer) != id_:
            raise UnusableAnswerError(f"asked for {self.display_name} {id_}, got {_id_of(answer)}")
        return answer

    def _fetch(self, scope: Scope, id_: str) -> dict[str, Any]:
        """GET an object, waiting for what was written a moment ago."""
        path = self.object_path(scope, id_)

        def get() -> dict[str, Any]:
            found: dict[str, Any] = self.client.get(
                path, permission=self.permission, id_field=self.collection.id_field
            )
            return found

        return current().writes.patiently(id_, get, self.client.clock.sleep)

    def find_in_list(
        self, scope: Scope, id_: str, seconds: float = float("inf")
    ) -> dict[str, Any] | None:
        """Return an object as one list for all of its kind has it; None: ask for it by itself.

        The list is no older than so many seconds for each of its pages.
        """
        if not self.list_is_complete:
            return None
        found = self._snapshot(scope).find(id_, seconds)
        if found is None or not self.is_of_kind(found) or current().writes.is_old(id_, found):
            return None
        return self.complete(scope, found)

    def record_ownership(self, id_: str, props: Mapping[str, Any]) -> None:
        """Note that the state has the object, and which resource owns it."""
        if props.get(ACCOUNT):
            self._remember_account(str(props.get("zone_id")), str(props[ACCOUNT]))
        ownership.seen(self.kind, id_)
        self._saved(id_)

    def record_kept(self, id_: str, declared: Mapping[str, Any]) -> None:  # noqa: ARG002 - likewise
        """Note that the resource keeps its object."""
        ownership.kept(self.kind, id_)

    def _saved(self, id_: str) -> None:
        """Note that the state has the object: its creation is over."""
        if journal_for(self.settings).saved(self.kind, id_):
            current().writes.wrote(id_, {})

    def record_written(self, scope: Scope, answer: Mapping[str, Any]) -> None:
        """Record it in the list of its kind."""
        id_ = _id_of(answer)
        self._snapshot(scope).wrote(id_, dict(answer))
        current().writes.wrote(id_, answer)

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Return the kind, the name if there is one, and the id."""
        name = props.get(self.natural_key)
        return (
            f'{self.display_name} "{name}" ({id_})'
            if isinstance(name, str)
            else f"{self.display_name} {id_}"
        )

    # ------------------------------------------------------------------------------------- writing

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """POST it, once; what an earlier run has made is taken over."""
        declared, name = self._declared(props), props.get(self.natural_key)
        creation = Creation(
            kind=self.kind,
            called=f'{self.display_name} "{name}"'
            if isinstance(name, str)
            else f"this {self.display_name}",
            path=self.object_path(scope),
            body=self.request_body(declared),
            permission=self.permission,
            id_field=self.collection.id_field,
            client=self.client,
            journal=journal_for(self.settings),
            listed=self._snapshot(scope),
            get=lambda id_: self.read_remote(scope, id_),
            is_namesake=self.namesake_filter(declared),
            is_equal=lambda found: self._is_equal(self.complete(scope, found), declared),
            is_dated=self.tells_creation_time(),
        )
        made = creation.make(deliberately=props.get(ADOPT) is False)
        answer = self.complete(scope, made.answer)
        if made.first_hand:
            return Answer(answer)
        differences = self._differences(
            self.managed_fields(answer, declared), declared, secret_in(props)
        )
        if differences:
            answer = self.update_remote(scope, answer, declared, {})
        changed = f", and changed: {'; '.join(differences)}" if differences else ""
        plugin.warn(f"{self.full_name(props, _id_of(answer))}: {made.why}{changed}")
        self._warn_of_lost_outputs(props, answer)
        return Answer(answer, first_hand=False)

    def _made_outputs(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return what no later answer tells, and this one does: in clear, and not masked."""
        told = self._kept(self._computed(answer))
        told = {n: v for n, v in told.items() if not (isinstance(v, str) and {*v} == {"*"})}
        plugin.keep_secret({**told, SECRET: [*told]})
        return told

    def _warn_of_lost_outputs(
        self, props: Mapping[str, Any], answer: Mapping[str, Any], known: Container[str] = ()
    ) -> None:
        """Say what only the answer to the creation told, which this run has not got."""
        for name in self.create_only_outputs_in(answer):
            if name in known:
                continue
            plugin.warn(
                f"{self.full_name(props, _id_of(answer))}: {name} is not known, and the output is "
                "empty: Cloudflare tells it once, in the answer to the request that makes the "
                "object, and this run has not got that answer. If you do not have it from "
                f"elsewhere, {self.regain_output(props)}"
            )

    def regain_output(self, declared: Mapping[str, Any]) -> str:  # noqa: ARG002 - likewise
        """Name the command that replaces the object."""
        return (
            f"have a new object made, with a new one: pulumi up --replace '{plugin.current_urn()}'"
        )

    def namesake_filter(self, declared: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
        """Return what tells whether an object has the declared name, or what stands for a name.

        Each create asks it of every object there is.
        """
        by = self.natural_key if declared.get(self.natural_key) else "name"
        key, name = self.facts().get(by), declared.get(by, MISSING)
        if key is None:
            return self.is_of_kind
        same, found_in = key.same, key.found_in
        return lambda found: same(found_in(found), name) and self.is_of_kind(found)

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Make an object what is declared; return it as a GET would."""
        body = self.request_body(declared, there=there, was=was)
        where = self.object_path(scope, _id_of(there))
        changed: dict[str, Any] = self.client.put(
            where, body, permission=self.permission, id_field=self.collection.id_field
        )
        return changed

    # ------------------------------------------------------------------------ adopt, refuse, delete

    def _announce(self, adopt: Any, declared: Mapping[str, Any]) -> None:
        """Say that what the engine calls a creation is an adoption, and what follows from it."""
        if adopt:
            plugin.say(self._adoption_in_words(adopt, declared))
            for concern in self.adoption_warnings(declared):
                plugin.warn(concern)

    def _adoption_in_words(self, adopt: Any, declared: Mapping[str, Any]) -> str:
        if isinstance(adopt, str):
            return (
                f"adopt: takes over {self.display_name} {'' if adopt == UNKNOWN else adopt}".strip()
            )
        found_by = self.adoption_filter(declared)
        # What is a part of something goes by that thing's id, which tells nobody anything.
        is_part = self.natural_key in self.replaced_by and self.natural_key != self.unique_field
        is_named = found_by is not None and UNKNOWN not in found_by[0] and not is_part
        phrase = f" {found_by[0]}" if found_by and is_named else ""
        found = f"{self.display_name}{phrase}"
        return f"adopt: takes over the existing {found}, or makes what does not exist"

    def _unfound(self, adopting: Mapping[str, Any], declared: Mapping[str, Any]) -> list[Mistake]:
        """Say that `adopt=True` has nothing to find an object by."""
        if adopting.get(ADOPT) is not True or self.adoption_filter(declared):
            return []
        told = f'finds an object by its {self.natural_key_label}, and there is none: adopt="<id>"'
        return [Mistake(ADOPT, told)]

    def _adopt(self, scope: Scope, props: Mapping[str, Any]) -> dict[str, Any] | None:
        """Take over what is there if it equals the declaration; None: there is nothing."""
        declared, secret = self._declared(props), secret_in(props)

        def differs(found: Mapping[str, Any]) -> list[str]:
            return self._differences(self.managed_fields(found, declared), declared, secret)

        candidate = self.find_to_adopt(scope, props, differs)
        if candidate is None:
            return None
        found = candidate.fields
        id_, differences = _id_of(found), differs(found)
        if differences and not props.get(ADOPT_CHANGES):
            raise AdoptionError(
                f"{self.full_name(props, id_)} exists and is not what the program declares, which "
                f"would change: {'; '.join(differences)}. Declare what is there, or accept these "
                "changes with adopt_changes=True"
            )
        ownership.take(self.adoption_key(id_))
        if candidate.elsewhere:
            found = self.convert(scope, candidate)
            self.record_written(scope, found)
        if differences:
            with self._explaining(scope, props, id_):
                found = self.update_remote(scope, found, declared, {})
            self.record_written(scope, found)
        return found

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Yield the objects of the list."""
        for found in self._snapshot(scope).objects():
            if self.is_of_kind(found) and self.is_declarable(found):
                yield self.complete(scope, found)

    def declarable_fields(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Leave out what goes without saying, and what no program needs to say."""
        found = self.managed_fields(answer, {}, everything=True)
        required = {n for n, info in self.inputs.model_fields.items() if info.is_required()}
        return {
            name: found[name]
            for name, field in self.fields_for(answer).items()
            if name in found
            and name not in {EXTRA, *self.path_fields()}
            and (name in required or not field.goes_without_saying(found[name]))
        }

    def find_candidates(self, inputs: Mapping[str, Any]) -> list[str]:
        """Go by the natural key, or by the id of the whole."""
        if self.natural_key == whole_of(self.inputs):
            return [str(inputs[self.natural_key])]
        scope, found_by = self._scope(inputs), self.adoption_filter(inputs)
        if found_by is None:
            return []
        return sorted(
            _id_of(found)
            for found in self.list_to_adopt(scope, inputs)
            if found_by[1](found) and self.is_of_kind(found) and self._may_become(found, inputs)
        )

    def adoption_differences(self, inputs: Mapping[str, Any], id_: str) -> list[str] | None:
        """Say what an adoption of a live object by checked inputs would change; None: none exists.

        Sends GETs only. Raises as `create` does.
        """
        scope = self._scope(inputs)
        declared, lost = self._in_place(self.resolve_ids(self._declared(inputs), {}, scope), {})
        _raise(lost)
        try:
            found = self.find_listed_to_adopt(scope, id_, inputs) or self.read_remote(scope, id_)
        except NotFoundError:
            return None
        there = self.managed_fields(found, declared)
        differences = self._differences(there, declared, secret_in(inputs))
        return differences if self.has_content(found) or not differences else None

    def find_to_adopt(
        self,
        scope: Scope,
        props: Mapping[str, Any],
        differs: Callable[[Mapping[str, Any]], list[str]],
    ) -> Answer | None:
        """Find it by the id that the program names, or by the kind's filter."""
        wanted = props[ADOPT]
        if isinstance(wanted, str):
            if ownership.is_own(self.kind, self.display_name, wanted):
                return None
            listed = self.find_listed_to_adopt(scope, wanted, props)
            if listed is not None and not differs(listed):
                return Answer(listed)
            # As it is now, not as a list had it that was read for others.
            return self._wanted(scope, wanted)
        found_by = self.adoption_filter(props)
        if found_by is None:
            return None
        phrase, is_it = found_by
        same = [
            found
            for found in self.list_to_adopt(scope, props)
            if is_it(found)
            and self.is_of_kind(found)
            and self._may_become(found, props)
            and not ownership.is_own(self.kind, self.display_name, _id_of(found))
        ]
        if len(same) > 1:
            ids = ", ".join(sorted(map(_id_of, same)))
            raise AdoptionError(
                f"{len(same)} {_plural(self.display_name)} are {phrase} in {scope}: choose one "
                f'with adopt="<id>" ({ids})'
            )
        return Answer(self.complete(scope, same[0])) if same else None

    def _wanted(self, scope: Scope, wanted: str) -> Answer | None:
        """Return the object that `adopt` names. None: it is not there, and need not be."""
        try:
            return Answer(self.read_remote(scope, wanted))
        except NotFoundError as error:
            found = self.find_convertible(scope, wanted)
            if found is None and not ownership.is_replacement():
                told = "adopt names it, and it is not there: without adopt, a new one is made"
                raise error.with_remedy(told) from None
            # What a resource adopted long ago is no word on what replaces it.
            return found

    def _may_become(self, found: Mapping[str, Any], props: Mapping[str, Any]) -> bool:
        """Tell whether an object is like the declared one in all that no update can change."""
        decisive = [name for name in self.replaced_by if name in found and name in props]
        return all(self.facts()[name].same(found[name], props[name]) for name in decisive)

    def refuse_unpreviewed(
        self,
        called: str,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> None:
        """Raise if somebody changed the object since, unless it already is what is wished for."""
        unseen = self.unpreviewed_drift(olds, answer, wish, secret)
        self._refuse(called, unseen + self._unseen_first(olds, answer, wish, secret))

    @staticmethod
    def _refuse(called: str, unseen: list[str]) -> None:
        """Raise for what no preview has shown."""
        if unseen:
            is_new = all(FIRST in change for change in unseen)
            what = "has something else" if is_new else "was changed"
            raise DriftError(
                f"{called} {what} at Cloudflare, and no preview has shown it: "
                f"{'; '.join(unseen)}. Nothing was sent. Run pulumi refresh, look at the preview, "
                "and run again (or set cloudflare-access:onDrift to overwrite)"
            )

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """DELETE it, while users of it are being deleted too."""
        del props  # for kinds that go by what they kept
        current().deletions.delete(
            id_,
            lambda: self._delete_there(self.object_path(scope, id_), id_),
            lambda: self.referrers(id_, scope, anew=True),
            self.client.clock,
        )

    def _delete_there(self, path: str, id_: str) -> None:
        """Delete what is there, even if Cloudflare does not see yet that it is."""

        def delete() -> dict[str, Any]:
            self.client.delete(path, permission=self.permission)
            return {}

        current().writes.patiently(id_, delete, self.client.clock.sleep)

    def _referrers(self, scope: Scope, id_: str) -> list[User]:
        """Return who uses an object that is about to be deleted, as far as it can be known."""
        run, of = current(), (self.settings, self.kind, scope)
        try:
            users = [] if of in run.unlistable else run.deletions.left(self.referrers(id_, scope))
            # The lists may have been read a while ago.
            return run.deletions.left(self.referrers(id_, scope, anew=True)) if users else []
        except CloudflareError:
            # Naming them is a courtesy; the delete itself says whether the token may do this.
            run.unlistable.add(of)
            return []

    def _remaining_parts_warnings(self, scope: Scope, id_: str) -> list[str]:
        try:
            return [*self.remaining_parts_warnings(id_, scope)]
        except CloudflareError:
            # Telling it is a courtesy; nothing depends on it.
            return []

    def _snapshot(self, scope: Scope, of: Collection | None = None) -> Snapshot:
        """Return all objects of the kind, or of another, as this process knows them."""
        kind = of or self.collection
        path = kind.path_in(scope) if of else self.object_path(scope)

        def read() -> Iterator[Page]:
            return self.client.pages(
                path,
                per_page=kind.per_page,
                permission=kind.permission,
                id_field=kind.id_field,
            )

        made, run = Snapshot(read, self.client.clock.ticks), current()
        with run.lock:
            return run.lists.setdefault((self.settings, kind, path), made)

    def _refusal_in_words(
        self, error: ApiError, scope: Scope, props: Mapping[str, Any], own: str
    ) -> str | None:
        declared = self._declared(props)
        try:
            told = self.explain_refusal(error, scope, declared)
            if told is None and isinstance(error, ConflictError) and not error.remedy:
                told = self._in_the_way(scope, declared, own)
        except CloudflareError:
            # Looking for what helps is a courtesy; what was refused is the news.
            return None
        return told

    def _in_the_way(self, scope: Scope, declared: Mapping[str, Any], own: str) -> str | None:
        """Say which other object has what this one wants for its own, or where it may be."""
        is_namesake = self.namesake_filter(declared)
        listed = self._snapshot(scope).anew()
        others = [found for found in listed if is_namesake(found) and found["id"] != own]
        if others:
            return f"in the way is {holders_in_words(self.kind, others)}"
        if told := elsewhere_in_words(
            self.kind, is_namesake, self._listed_in_other_scopes(scope, declared)
        ):
            return told
        if len(self.collection.scopes) == 1:
            return None
        other = "a zone of the account" if scope.kind == "account" else "the zone's account"
        return (
            f"what is in the way is not among the {_plural(self.display_name)} of {scope}: look "
            f"for it in {other}"
        )

    def _listed_in_other_scopes(
        self, scope: Scope, declared: Mapping[str, Any]
    ) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Return what is listed in the other accounts and zones of this run, by where it is.

        Nothing where Cloudflare refuses nothing for what they have.
        """
        if not any(
            self.is_unique_everywhere(value) for _, value, _ in self.unique_values(declared)
        ):
            return
        own, end = self.object_path(scope), f"/{self.collection.path}"
        run = current()
        with run.lock:
            known = {path for of, _, path in run.lists if of == self.settings}
        if self.settings.account_id:
            known.add(self.collection.path_in(Scope("account", self.settings.account_id)))
        for path in sorted(path for path in known if path.endswith(end) and path != own):
            kind, id_ = path.strip("/").split("/")[:2]
            objects = self.client.list(
                path,
                per_page=self.per_page,
                permission=self.permission,
                id_field=self.collection.id_field,
            )
            yield f"{kind.removesuffix('s')} {id_}", objects

    @contextmanager
    def _explaining(self, scope: Scope, props: Mapping[str, Any], own: str = "") -> Iterator[None]:
        """Have a refusal say what it means. `own` is the id of the object that changes."""
        try:
            yield
        except ApiError as error:
            remedy = self._refusal_in_words(error, scope, props, own)
            if remedy is None:
                raise
            raise error.with_remedy(remedy) from None


def journal_for(settings: Settings) -> Journal:
    """Return this process's journal of creates at the settings' address."""
    if settings.reads_only:
        return NoJournal()
    run = current()
    with run.lock:
        if settings.base_url not in run.journals:
            run.journals[settings.base_url] = Journal(settings.base_url, plugin.warn)
        return run.journals[settings.base_url]


def _no_config(key: str) -> Any:
    del key


def _plain(value: Any) -> Any:
    """Write what is not known yet in one way; the SDK has two."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return UNKNOWN if isinstance(value, Unknown) else value


def carried_fields(
    declared: Mapping[str, Any], *, is_known: bool
) -> tuple[dict[str, Any], list[Mistake]]:
    """Spell what the engine could neither carry nor show, in the fields of a declaration."""
    found, mistakes = {}, []
    for name, value in declared.items():
        try:
            found[name] = carried(value, is_known=is_known)
        except ValueError as error:
            found[name] = value
            mistakes.append(Mistake(name, str(error)))
    return found, mistakes


def _id_of(answer: Mapping[str, Any]) -> str:
    id_ = answer.get("id")
    if not isinstance(id_, str) or not id_:
        raise UnusableAnswerError("an answer without an id")
    return id_


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("y") else f"{what}s"


_ID = re.compile(r"[0-9A-Fa-f]{32}|[0-9A-Fa-f-]{36}")


def scope_mistakes(path: str, value: Any) -> list[Mistake]:
    """Refuse what is no id of an account or a zone, which the API answers as a wrong route."""
    if value == UNKNOWN or (isinstance(value, str) and re.fullmatch(r"[0-9A-Fa-f]{32}", value)):
        return []
    what = path.removesuffix("_id")
    told = f"{quoted_value(value)} is no id of an {what}" if what == "account" else ""
    told = told or f"{quoted_value(value)} is no id of a {what}"
    return [Mistake(path, f"{told}: that is 32 hexadecimal digits, in the dashboard's address")]


def id_mistakes(path: str, value: Any, what: str, look_up: str) -> list[Mistake]:
    """Refuse what is no id of an object that a resource is a part of: its name, say."""
    if value == UNKNOWN or (isinstance(value, str) and _ID.fullmatch(value)):
        return []
    return [
        Mistake(
            path,
            f"{quoted_value(value)} is no id of {what}; pass the resource itself, its id, or what "
            f"{look_up} finds",
        )
    ]


def segment_mistakes(path: str, value: Any) -> list[Mistake]:
    """Refuse what cannot stand in a URL's path as one segment."""
    if value == UNKNOWN or (isinstance(value, str) and re.fullmatch(r"[\w-]{1,64}", value)):
        return []
    told = f"{quoted_value(value)} is no id of Cloudflare's (letters, digits and dashes)"
    return [Mistake(path, told)]


def _raise(mistakes: list[Mistake]) -> None:
    if mistakes:
        raise DeclarationError("; ".join(map(str, mistakes)))
