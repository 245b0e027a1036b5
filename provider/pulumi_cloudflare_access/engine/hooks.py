"""Everything that a kind of object may define: its facts, and the hooks that the lifecycle calls.

A kind states facts. It overrides a hook only where Cloudflare's API is odd. A test goes through
all kinds and refuses a name that is neither here nor a helper of the kind's own (`_like_this`).

The words below mean the same everywhere:

- **declared**: what the program declares, in the form of the state, after check. Unordered lists
  are maps by key. Fields that the program leaves out are absent: no default is filled in. Names
  that begin with `__` are ours: the kind's `reserved_inputs`, and FILLED_IN with the values of
  derived fields.
- **answer**: an object as the API's GET returns it. Lists are lists.
- **props**, **olds**, **news**: all inputs or outputs of the resource, as the engine has them.
- **UNKNOWN** (`fields.keyed`): a value that a preview does not know yet. It may stand for a field,
  an entry of a list, or a field inside an entry. Each class says whether its hooks get it.

A hook whose body raises NotImplementedError has its default in `schema.py` or `lifecycle.py`: an
override may call it by `super()`. Warnings are sentences without a full stop. A hook that warns
yields nothing by default, and a hook that validates refuses nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from ..errors import ApiError
from ..fields.keyed import Mistake
from ..fields.model import Inputs, State
from ..fields.shapes import Field
from .collection import Collection, Scope
from .deletion import User

# A phrase such as `called "Staff"`, and what tells whether an answer is that object.
AdoptionFilter = tuple[str, Callable[[Mapping[str, Any]], bool]]


@dataclass(frozen=True)
class Answer:
    """An object of the API, and where it comes from."""

    fields: dict[str, Any]
    """The object as a GET returns it."""
    first_hand: bool = True
    """Of a creation: this is the answer to it. If not, `create_only_outputs` are lost."""
    elsewhere: str = ""
    """The path of an object that another collection has so far."""


class Facts:
    """The facts about a kind, as a table."""

    kind: ClassVar[str]
    """The name in `kinds.py`, which states hold."""
    display_name: ClassVar[str]
    """What messages call an object of the kind."""
    collection: ClassVar[Collection]
    """Where objects of the kind are listed: path, permission, page size, account or zone."""
    token_only: ClassVar[str] = ""
    """What messages call the routes, if they take API tokens alone, no API keys."""
    list_is_complete: ClassVar[bool] = True
    """The list holds all that a GET of one object returns: one list serves a whole refresh."""
    stray: ClassVar[Literal["always", "with_others", "never"]] = "always"
    """When a live object that nothing declares is reported: `with_others`, if an object of the
    kind is declared in its account or zone; `never`, if the account has it in any case.
    """
    quota: ClassVar[int | None] = None
    """How many objects an account may have, unless Cloudflare has agreed to more."""

    inputs: ClassVar[type[Inputs]]
    """What a program may declare."""
    state: ClassVar[type[State]]
    """The computed outputs: what is kept of an answer besides what was declared."""
    natural_key: ClassVar[str] = "name"
    """The field that names an object, and by which `adopt=True` finds it."""
    natural_key_label: ClassVar[str] = "name"
    """What messages call that field."""
    unique_field: ClassVar[str | None] = None
    """The field whose value no other object of the same account or zone may have."""
    replaced_by: ClassVar[frozenset[str]] = frozenset()
    """Fields whose change needs a new object, besides the scope."""
    always_secret: ClassVar[frozenset[str]] = frozenset()
    """Fields that are secret whatever the program says of them; `config.client_secret` is one that
    an object has.
    """
    create_only_outputs: ClassVar[frozenset[str]] = frozenset()
    """Outputs that only the answer to a creation has: later answers lack or mask them."""
    echoed_inputs: ClassVar[Mapping[str, str]] = {}
    """Outputs that repeat an input under another name: they are as secret as that input."""
    derived_outputs: ClassVar[Mapping[str, Iterable[str]]] = {}
    """Outputs that hold a value even if no program declares it, and the fields it derives from."""
    empty_is_undeclared: ClassVar[frozenset[str]] = frozenset()
    """Lists of which an empty one declares nothing: Cloudflare fills it in."""
    separately_noted: ClassVar[frozenset[str]] = frozenset()
    """Fields whose undeclared values `noted_outputs` keeps, instead of the general note."""
    reserved_inputs: ClassVar[frozenset[str]] = frozenset()
    """Inputs of ours that the state keeps: what the program says beside the resource."""
    update_inputs: ClassVar[frozenset[str]] = frozenset()
    """Inputs of ours that `inputs_for_update` returns."""
    needs_adopted_ids: ClassVar[bool] = False
    """Check is told which ids other resources of the program adopt: a delete must spare them."""
    create_adopts: ClassVar[bool] = False
    """`create_remote` takes over what exists, with or without `adopt`; nothing else adopts."""
    update_compares: ClassVar[bool] = False
    """`update_remote` compares piece by piece and sends what differs: it is always called."""

    # Of a part of another object (`part.py`).
    part_of: ClassVar[str] = ""
    """The input that holds the id of that object."""
    whole_name: ClassVar[str] = ""
    """What messages call that object, with its article."""
    whole_look_up: ClassVar[str] = ""
    """The look-up that finds that object, as messages write it."""
    part_name: ClassVar[str] = ""
    """What messages call the part, if the object has one: "the <part_name> of <id>"."""
    part_title: ClassVar[str] = ""
    """The same in full: "the <part_title> <id>"."""


class ProgramHooks(Facts):
    """Hooks that run in the user's program, as class methods: there are no settings and no client.

    `declared` are the constructor's arguments, as the program wrote them: lists are lists, values
    may be Outputs. What is not plain is not known yet.
    """

    @classmethod
    def unique_values(cls, declared: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Yield what no other object of the same account or zone may have.

        Each is the field, its canonical value, and what a message calls it. It is also called with
        a declaration after check. Default: `unique_field`.
        """
        raise NotImplementedError

    @classmethod
    def is_unique_everywhere(cls, value: str) -> bool:
        """Return whether a value of `unique_values` is taken over all accounts and zones together.

        Default: it is taken in its own account or zone.
        """
        return False

    @classmethod
    def adoption_filter(cls, declared: Mapping[str, Any]) -> AdoptionFilter | None:
        """Return how `adopt=True` finds an object. None: there is nothing to find it by.

        It is also called with a declaration after check, whose values may be unknown. Default: by
        `natural_key`.
        """
        raise NotImplementedError


class CheckHooks(Facts):
    """Hooks that run in check. Nothing is sent: a hook must not use the client.

    Values may be UNKNOWN. `was` and `olds` are empty for a new object. What check returns as a
    mistake fails the preview.
    """

    def complete_scope(self, declared: dict[str, Any], olds: Mapping[str, Any]) -> list[Mistake]:
        """Fill the account or the zone into a declaration, in place. Return what is wrong with it.

        It runs first: `declared` is as the program wrote it, with lists. Default: what the program
        says, else the account of the settings; exactly one.
        """
        raise NotImplementedError

    def spread_extra(self, declared: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the declaration with `extra` put where it belongs.

        It runs before the fields are checked: lists are lists, and anything may be wrong with them.
        Default: `extra` is about the object itself.
        """
        return declared

    def validate(self, declared: Mapping[str, Any]) -> list[Mistake]:
        """Return what the API refuses of fields that are right each by itself.

        It runs again in a diff, with what `ignore_changes` leaves as it was.
        """
        return []

    def validate_change(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> list[Mistake]:
        """Return what the declaration itself forbids of a change from `was` to `declared`."""
        return []

    def validate_run(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> list[Mistake]:
        """Return what cannot be done in one run. Both hold their `reserved_inputs`, too.

        `news` has `adopt` and `adopt_changes`, as the program says them.
        """
        return []

    def derive_fields(
        self,
        checked: Mapping[str, Any],
        written: Mapping[str, Any],
        olds: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Return what Cloudflare will certainly say of fields that the program does not declare.

        `checked` is the declaration after check; `written` is the same as the program wrote it, its
        lists in their order.
        """
        return {}

    def inputs_for_update(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> dict[str, Any]:
        """Return `update_inputs` for the update, which does not get the inputs of the state."""
        return {}

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Yield what the API accepts and hardly anyone means."""
        return iter(())

    def run_warnings(self, olds: Mapping[str, Any], news: Mapping[str, Any]) -> Iterator[str]:
        """Yield what happens in a run besides what the diff shows. As for `validate_run`."""
        return iter(())

    def adoption_warnings(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Yield what hardly anyone means by taking over an existing object."""
        return iter(())

    def fields_for(self, declared: Mapping[str, Any]) -> Mapping[str, Field]:
        """Return the facts about the fields of the very object that is declared.

        `declared` may be a part of a declaration, with unknown values. The same object is returned
        for the same facts. Default: `facts()`.
        """
        raise NotImplementedError


class DiffHooks(Facts):
    """Hooks that run in diff. Nothing is sent. Old values are known, new ones may be UNKNOWN."""

    def resolve_ids(
        self,
        declared: Mapping[str, Any],
        known: Mapping[str, Any],
        scope: Scope | None = None,
    ) -> dict[str, Any]:
        """Return the declaration with ids beside the names that a program wrote.

        Outputs hold both, inputs the names. `known` is an earlier declaration of the object. It
        also runs in create and update, before the GET: only then there is a `scope`, all values are
        known, and ids may be looked up. Raises LookUpError for a name that does not exist.
        """
        return dict(declared)

    def without_resolved_ids(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Return the declaration without what `resolve_ids` has put in. All values are known."""
        return dict(declared)

    def record_kept(self, id_: str, declared: Mapping[str, Any]) -> None:
        """Record that the resource keeps its object in this run.

        Default: that object. An override adds objects that are parts of it.
        """
        raise NotImplementedError

    def adoption_conflicts(
        self, id_: str, olds: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Yield errors: what of the object another resource adopts, though it is declared here."""
        return iter(())

    def has_new_note(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
        """Return whether outputs have to change, though nothing has to be sent."""
        return False

    def update_warnings(self, was: Mapping[str, Any], declared: Mapping[str, Any]) -> Iterator[str]:
        """Yield what an update leads to. `declared` has what `ignore_changes` leaves as it was.

        `was` is what the outputs hold, with noted outputs.
        """
        return iter(())

    def expiry_warnings(
        self, outputs: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Yield when an object soon ends by itself. It runs in a refresh, too.

        `outputs` are those of the state, `declared` is what an update is about to make of it, or
        what the state has.
        """
        return iter(())


class RemoteHooks(Facts):
    """Hooks that run in read, create, update and delete. Fields are never UNKNOWN.

    Reserved inputs may hold it: what the program could not tell beside the resource.
    Those that get a scope may use the client, and may raise any CloudflareError.
    """

    # ------------------------------------------------------------------------------------- reading

    def collection_for(self, props: Mapping[str, Any]) -> str:
        """Return the path of an object's collection, if it depends on the object.

        Default: that of `collection`.
        """
        raise NotImplementedError

    def object_path(self, scope: Scope, id_: str | None = None) -> str:
        """Return the API's path of an object, or of the collection. Raises for an unusable id."""
        raise NotImplementedError

    def path_fields(self) -> frozenset[str]:
        """Return the inputs that the path says: they are not sent, and no answer has them."""
        raise NotImplementedError

    def record_ownership(self, id_: str, props: Mapping[str, Any]) -> None:
        """Record that the state has the object, and which resource owns it. Runs in a diff, too."""
        raise NotImplementedError

    def find_in_list(
        self, scope: Scope, id_: str, seconds: float = float("inf")
    ) -> dict[str, Any] | None:
        """Return an object as the list of all its kind has it. None: GET it.

        The list may be `seconds` old, for each of its pages.
        """
        raise NotImplementedError

    def complete(self, scope: Scope, found: Mapping[str, Any]) -> dict[str, Any]:
        """Return an object with what the list, or a write's answer, leaves out, as a GET would.

        Default: they leave out nothing.
        """
        return dict(found)

    def read_remote(self, scope: Scope, id_: str) -> dict[str, Any]:
        """Return an object. Raises NotFoundError if, and only if, it does not exist."""
        raise NotImplementedError

    def is_of_kind(self, found: Mapping[str, Any]) -> bool:
        """Return whether what the collection holds is an object of this kind."""
        return True

    def managed_fields(
        self,
        answer: Mapping[str, Any],
        declared: Mapping[str, Any],
        *,
        form: Mapping[str, Any] | None = None,
        everything: bool = False,
    ) -> dict[str, Any]:
        """Return the fields of an answer that a declaration manages, in the form of the state.

        Unordered lists get the keys of `form` (or of the declaration). A field that the answer does
        not have is as declared. `everything`: for `.get`, undeclared fields too.
        """
        raise NotImplementedError

    def account_in_answer(
        self, declared: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> str | None:
        """Return the account that the API has filled in where a request named none."""
        return None

    def noted_outputs(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return reserved outputs: what later answers are compared with."""
        return {}

    def create_only_outputs_in(self, answer: Mapping[str, Any]) -> Iterator[str]:
        """Yield the outputs of such an object that only the answer to its creation has.

        Default: `create_only_outputs`.
        """
        raise NotImplementedError

    def regain_output(self, declared: Mapping[str, Any]) -> str:
        """Return what to do about a lost create-only output: it ends a sentence of a message.

        Default: replace the object.
        """
        raise NotImplementedError

    def external_warnings(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Yield live objects that affect this one and that the program does not declare.

        `declared` is of the state, or of the program that adopts an object.
        """
        return iter(())

    def removal_warnings(
        self, answer: Mapping[str, Any], declared: Mapping[str, Any]
    ) -> Iterator[str]:
        """Yield what follows from something that the live object no longer has. As above."""
        return iter(())

    # ------------------------------------------------------------------------------------- writing

    def request_body(
        self,
        declared: Mapping[str, Any],
        *,
        there: Mapping[str, Any] | None = None,
        was: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the request body: declared fields over the undeclared fields of the live object.

        `there` is the live object, `was` the earlier declaration: a field that was declared and no
        longer is goes back to its default. Both are None for a creation.
        """
        raise NotImplementedError

    def create_remote(self, scope: Scope, props: Mapping[str, Any]) -> Answer:
        """Create an object, exactly one.

        `props` are all inputs, with `adopt` and `adopt_changes`. An object that an earlier run has
        made is not `first_hand`.
        """
        raise NotImplementedError

    def namesake_filter(self, declared: Mapping[str, Any]) -> Callable[[Mapping[str, Any]], bool]:
        """Return a test whether an answer has the declared name, or what stands for a name.

        A create applies it to every object that is listed.
        """
        raise NotImplementedError

    def unpreviewed_drift(
        self,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> list[str]:
        """Return what an update would undo that no preview has shown.

        `olds` are the outputs, `wish` is the new declaration, `secret` are fields whose values no
        message may have.
        """
        raise NotImplementedError

    def refuse_unpreviewed(
        self,
        called: str,
        olds: Mapping[str, Any],
        answer: Mapping[str, Any],
        wish: Mapping[str, Any],
        secret: Container[str],
    ) -> None:
        """Raise DriftError if an update would undo or replace what no preview has shown."""
        raise NotImplementedError

    def update_remote(
        self,
        scope: Scope,
        there: Mapping[str, Any],
        declared: Mapping[str, Any],
        was: Mapping[str, Any],
    ) -> dict[str, Any]:
        """Make the live object `there` what is declared. Return it as a GET would.

        `was` is the earlier declaration; it is empty for an adoption.
        """
        raise NotImplementedError

    def record_written(self, scope: Scope, answer: Mapping[str, Any]) -> None:
        """Record what a write has answered: lists and reads of this process show it from now on."""
        raise NotImplementedError

    def explain_refusal(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Return what the refusal of a write means and what helps. None: its own words do."""
        return None

    # ------------------------------------------------------------------------------------- adoption

    def find_to_adopt(
        self,
        scope: Scope,
        props: Mapping[str, Any],
        differs: Callable[[Mapping[str, Any]], list[str]],
    ) -> Answer | None:
        """Return the object that `adopt` means. None: there is none.

        `differs` says how an answer differs from the declaration. Raises AdoptionError if there are
        several.
        """
        raise NotImplementedError

    def find_listed_to_adopt(
        self, scope: Scope, id_: str, props: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Return the object with that id from a list that serves many adoptions. None: GET it."""
        raise NotImplementedError

    def list_to_adopt(self, scope: Scope, props: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the objects among which `adopt=True` finds one, as they are listed now."""
        raise NotImplementedError

    def find_convertible(self, scope: Scope, id_: str) -> Answer | None:
        """Return an object that `adopt` names and another collection has, with `elsewhere`.

        None: there is none.
        """
        return None

    def convert(self, scope: Scope, found: Answer) -> dict[str, Any]:
        """Bring what `find_convertible` has found here. There may be no way back."""
        raise NotImplementedError

    def adoption_key(self, id_: str) -> str:
        """Return what an adoption takes over, in words. Objects of several kinds may have one id.

        Default: the id.
        """
        return id_

    # ------------------------------------------------------------- commands about a whole account

    def list_live(self, scope: Scope) -> Iterator[dict[str, Any]]:
        """Yield the live objects of the kind that a program can declare, each as an answer.

        Of a part of another object: the parts, each with the id that a state would hold and the
        field that names the object which it is a part of.
        """
        raise NotImplementedError

    def is_declarable(self, found: Mapping[str, Any]) -> bool:
        """Tell whether a program can declare an object that exists. Default: it can."""
        return True

    def has_content(self, found: Mapping[str, Any]) -> bool:
        """Tell whether an answer holds anything of this kind. Default: it does.

        A part of another object may be empty: then an adoption has nothing to take over.
        """
        return True

    def declarable_fields(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that a program declares to say all of a live object, in state form."""
        raise NotImplementedError

    def find_candidates(self, inputs: Mapping[str, Any]) -> list[str]:
        """Return the ids of the live objects that `adopt=True` would find for checked inputs.

        `inputs` may hold UNKNOWN: that equals nothing. A part that goes by the id of its whole has
        that one, whether or not it has any content.
        """
        raise NotImplementedError

    # ------------------------------------------------------------------------------------- deletion

    def referrers(self, id_: str, scope: Scope, *, anew: bool = False) -> Iterator[User]:
        """Yield the objects that refer to this one; `anew`: as Cloudflare lists them now."""
        return iter(())

    def deleted_ids(self, id_: str, props: Mapping[str, Any]) -> Iterator[str]:
        """Yield the ids of all objects that a delete deletes. Default: `adoption_key`."""
        yield self.adoption_key(id_)

    def delete_remote(self, scope: Scope, id_: str, props: Mapping[str, Any]) -> None:
        """Delete an object. `props` are its outputs. NotFoundError means that it is deleted.

        Default: a refusal because the object is in use is retried while its users are deleted, and
        else names them.
        """
        raise NotImplementedError

    def deletion_warnings(self, declared: Mapping[str, Any]) -> Iterator[str]:
        """Yield what follows from the deletion."""
        return iter(())

    def explain_kept(self, id_: str, props: Mapping[str, Any], heir: str) -> str:
        """Return why an object is kept that its resource would delete: `heir` has it by now."""
        return f"{heir} has adopted it"

    def remaining_parts_warnings(self, id_: str, scope: Scope) -> Iterator[str]:
        """Yield which parts of a kept object are in force, and in no resource of the program.

        The state may have had them: the engine says then that they are deleted, and asks nobody.
        """
        return iter(())

    # ------------------------------------------------------------------------------ in any message

    def full_name(self, props: Mapping[str, Any], id_: str) -> str:
        """Return what a message calls the very object. `props` are inputs, outputs or an answer."""
        raise NotImplementedError


class Hooks(ProgramHooks, CheckHooks, DiffHooks, RemoteHooks):
    """All hooks of a kind."""
