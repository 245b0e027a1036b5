"""Programs of Access objects, run as the engine runs them, and a book of what must come of them.

The book is kept by Cloudflare's documents alone and shares no code with the package: after each run
the account holds exactly what the program says, what nobody declares is as it was, and a run that
fails has changed nothing beyond the objects that it finished. References are written "@name".
"""

from __future__ import annotations

import ipaddress
import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx

from harness.plugin import CallFailed, Kept, Plugin
from pulumi_cloudflare_access.local_cloudflare.world.switches import Switches

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

GROUP, POLICY = "access_group", "access_policy"
APP, LIST = "access_application", "access_application_policies"
ACCOUNT, ZONE = "account_id", "zone_id"
PATHS = {GROUP: "access/groups", POLICY: "access/policies", APP: "access/apps"}
STAMPS = ("created_at", "updated_at")
SECTIONS = ("include", "exclude", "require")
# A mistake of the package's own, whatever it was about to do.
OUR_MISTAKE = "a mistake in pulumi-cloudflare-access"

Fields = dict[str, Any]


class Wrong(AssertionError):  # noqa: N818 - it is no error, it is a verdict
    """Something came of a program that the program does not say."""


# ---------------------------------------------------------------- what Cloudflare makes of values


def _same(value: Any) -> Any:
    return value


def meaning_of_rule(rule: Mapping[str, Any]) -> str:
    """Write a rule in the one form that Cloudflare keeps of it."""
    (selector,) = rule.keys() - {"label", "of", "via", "raw"}
    value = dict(rule[selector])
    match selector:
        case "email" | "gsuite":
            value["email"] = value["email"].lower()
        case "email_domain":
            value["domain"] = value["domain"].lower()
        case "geo":
            value["country_code"] = value["country_code"].upper()
        case "ip":
            value["ip"] = str(ipaddress.ip_network(value["ip"], strict=False))
        case "user_risk_score":
            value["user_risk_score"] = sorted(value["user_risk_score"])
    return json.dumps({selector: value}, sort_keys=True)


def without_account(value: Any, account: str) -> Any:
    """Leave out the account that Cloudflare fills in where a rule has none: its own."""
    if isinstance(value, dict):
        inner = {key: without_account(one, account) for key, one in value.items()}
        return {key: one for key, one in inner.items() if (key, one) != ("account_id", account)}
    return [without_account(one, account) for one in value] if isinstance(value, list) else value


def _rules(value: Any) -> list[str]:
    return sorted({meaning_of_rule(rule) for rule in value})


def _domain(value: str) -> str:
    return value.lower()


@dataclass(frozen=True)
class Fact:
    """What the documents say of one field."""

    meaning: Callable[[Any], Any] = _same
    default: Any = None
    managed: bool = False
    """Not declared means empty, not "whatever is there"."""
    stays: bool = False
    """Declared no longer means "as it is"."""
    inner: Mapping[str, Fact] | None = None
    whole: bool = False
    """Of the object in it, nothing stays that is not declared."""

    def is_idle(self, value: Any) -> bool:
        """Tell whether a value is what Cloudflare makes of none."""
        return value == self.default or (_nothing(value) and _nothing(self.default))


def _nothing(value: Any) -> bool:
    return value is None or value is False or value in ([], {})


def _flag(value: Any) -> Any:
    """Write a flag: Cloudflare may leave it out of answers where it is off."""
    return value or None


SECTION = Fact(_rules, managed=True)
POLICY_FACTS = {
    "name": Fact(),
    "decision": Fact(),
    **dict.fromkeys(SECTIONS, SECTION),
    "session_duration": Fact(default="24h"),
    "approval_required": Fact(_flag),
    "purpose_justification_prompt": Fact(),
    "isolation_required": Fact(_flag),
}
FACTS: dict[str, dict[str, Fact]] = {
    GROUP: {
        "name": Fact(),
        **dict.fromkeys(SECTIONS, SECTION),
        "is_default": Fact(default=False),
    },
    POLICY: POLICY_FACTS,
    APP: {
        "type": Fact(),
        "domain": Fact(_domain),
        "name": Fact(),
        "session_duration": Fact(default="24h"),
        "app_launcher_visible": Fact(default=True),
        "allow_iframe": Fact(_flag),
        "custom_deny_message": Fact(),
        "tags": Fact(sorted),
        "allowed_idps": Fact(sorted),
        "cors_headers": Fact(
            inner={
                "allow_all_origins": Fact(_flag),
                "allowed_methods": Fact(sorted),
                "max_age": Fact(),
            },
            whole=True,
        ),
        "oauth_configuration": Fact(
            inner={
                "enabled": Fact(),
                "grant": Fact(inner={"session_duration": Fact(), "access_token_lifetime": Fact()}),
            }
        ),
        "policies": Fact(list, stays=True),
    },
}


def meant(facts: Mapping[str, Fact], fields: Mapping[str, Any]) -> Fields:
    """Write fields in the one form that Cloudflare keeps of them."""
    found: Fields = {}
    for name, fact in facts.items():
        value = fields.get(name)
        if value is not None:
            found[name] = meant(fact.inner, value) if fact.inner else fact.meaning(value)
        if fact.managed and not found.get(name):
            found.pop(name, None)
    return found


def filled(fields: Mapping[str, Any]) -> Fields:
    """Leave out what is empty: an answer without a list and one with an empty one are the same."""
    inner = {k: filled(v) if isinstance(v, dict) else v for k, v in fields.items()}
    return {k: v for k, v in inner.items() if v not in (None, [], {})}


def defaults(facts: Mapping[str, Fact]) -> Fields:
    """Say what an object is of which nothing has been said."""
    return {name: fact.default for name, fact in facts.items()}


def following(
    facts: Mapping[str, Fact],
    was: Mapping[str, Any],
    now: Mapping[str, Any],
    there: Mapping[str, Any],
) -> Fields:
    """Say what an object is once a program says `now` of it that said `was` before."""
    found = dict(there)
    for name, fact in facts.items():
        if name in now:
            found[name] = now[name]
            if fact.inner:
                before = was.get(name) or {}
                below = {} if fact.whole else there.get(name) or {}
                found[name] = following(fact.inner, before, now[name], below)
        elif fact.managed or (name in was and not fact.stays):
            found[name] = fact.default
    return filled(found)


def declared_of(
    facts: Mapping[str, Fact], seen: Mapping[str, Any], there: Mapping[str, Any]
) -> Fields:
    """Say what a refresh shows of an object: the fields that the state holds, as they are."""
    found: Fields = {}
    for name, fact in facts.items():
        if name not in seen and not fact.managed:
            continue
        value = there.get(name, fact.default)
        if fact.inner and isinstance(value, Mapping) and not fact.whole:
            value = declared_of(fact.inner, seen[name], value)
        if name in seen and _nothing(seen[name]) and _nothing(value):
            value = seen[name]
            found[name] = value
        if value is None and isinstance(seen.get(name), list) and not fact.managed:
            value = []
        if value is not None and (value != [] or not fact.managed):
            found[name] = value
    return found


# ----------------------------------------------------------------------------------------- programs


@dataclass(frozen=True)
class Declared:
    """One resource of a program. `more` are words to the package that are no field."""

    kind: str
    fields: Fields
    scope: str = ACCOUNT
    more: Fields = field(default_factory=dict)

    def but(self, **fields: Any) -> Declared:
        """Return it with some fields changed; None is no longer declared."""
        return replace(self, fields={k: v for k, v in {**self.fields, **fields}.items()
                                     if v is not None})  # fmt: skip

    def references(self) -> set[str]:
        """Return the names of the resources that it refers to."""
        return set(_references(self.fields))


Program = dict[str, Declared]


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.startswith("@"):
        yield value[1:]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for one in inner:
        yield from _references(one)


def resolved(value: Any, ids: Mapping[str, str]) -> Any:
    """Put ids in the place of references."""
    if isinstance(value, dict):
        return {key: resolved(inner, ids) for key, inner in value.items()}
    if isinstance(value, list):
        return [resolved(inner, ids) for inner in value]
    return ids[value[1:]] if isinstance(value, str) and value.startswith("@") else value


UNORDERED = frozenset({*SECTIONS, "tags", "allowed_idps", "allowed_methods", "user_risk_score"})


class Book:
    """What the account and its zone must hold, and what they do hold."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        # By kind and id; under LIST and an application's id, the policies that it owns.
        self.objects: dict[tuple[str, str], Any] = {}
        self.scopes: dict[str, str] = {}
        self.is_edited = True
        """Somebody else has done something, or a run has failed, since the last run began."""
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=cloudflare.app),
            base_url=cloudflare.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

    # ------------------------------------------------------------------------------- by hand

    def path(self, kind: str, scope: str, *below: str) -> str:
        return "/".join([f"{scope[:-3]}s", getattr(self.cloudflare, scope), PATHS[kind], *below])

    def ask(self, verb: str, path: str, body: Any = None) -> Any:
        """Do something by hand."""
        were = dict(vars(self.cloudflare.switches))
        vars(self.cloudflare.switches).update(vars(Switches(plain=True)))
        answer = self._http.request(verb, path, json=body, params={"per_page": 1000})
        vars(self.cloudflare.switches).update(were)
        self.is_edited |= verb != "GET"
        if not answer.is_success:
            raise AssertionError(f"{verb} {path} -> {answer.text}")
        return answer.json()["result"]

    def make(self, kind: str, scope: str, fields: Fields) -> str:
        """Make an object by hand, and note it."""
        id_ = str(self.ask("POST", self.path(kind, scope), fields)["id"])
        self.made(kind, scope, id_, meant(FACTS[kind], fields))
        return id_

    def edit(self, kind: str, id_: str, **fields: Any) -> None:
        """Change some fields of an object by hand, and note it."""
        path = self.path(kind, self.scopes[id_], id_)
        answer = self.ask("GET", path)
        body = {name: answer[name] for name in FACTS[kind] if answer.get(name) is not None}
        # Without it, no policy changes.
        body.pop("policies", None)
        self.ask("PUT", path, body | fields)
        kept = {k: v for k, v in self.objects[kind, id_].items() if k not in fields}
        self.objects[kind, id_] = filled(kept | meant(FACTS[kind], fields))

    def remove(self, kind: str, id_: str) -> None:
        """Delete an object by hand, and note it."""
        self.ask("DELETE", self.path(kind, self.scopes[id_], id_))
        self.deleted(kind, id_)

    # ------------------------------------------------------------------------------- the book

    def made(self, kind: str, scope: str, id_: str, fields: Fields) -> None:
        self.objects[kind, id_] = following(FACTS[kind], {}, fields, defaults(FACTS[kind]))
        self.scopes[id_] = scope
        if kind == APP:
            self.objects[LIST, id_] = []

    def deleted(self, kind: str, id_: str) -> None:
        self.objects.pop((kind, id_), None)
        if kind == APP:
            self.objects.pop((LIST, id_), None)

    def listed(self, app_id: str, was: list[Fields], policies: list[Fields]) -> list[Fields]:
        """Say what an application's own policies are, once a program says these."""
        before = {policy["name"]: policy for policy in was}
        there = {policy["name"]: policy for policy in self.objects.get((LIST, app_id), ())}
        return [
            following(
                POLICY_FACTS,
                before.get(policy["name"], {}),
                policy,
                there.get(policy["name"], defaults(POLICY_FACTS)),
            )
            for policy in policies
        ]

    def look(self) -> dict[tuple[str, str], Any]:
        """Return what is there."""
        objects: dict[tuple[str, str], Any] = {}
        for kind in PATHS:
            for scope in (ACCOUNT, ZONE) if kind != POLICY else (ACCOUNT,):
                for found in self.ask("GET", self.path(kind, scope)):
                    answer = without_account(found, self.cloudflare.account_id)
                    if kind == APP:
                        policies = answer["policies"]
                        answer["policies"] = [p["id"] for p in policies if p["reusable"]]
                        objects[LIST, answer["id"]] = [
                            filled(meant(POLICY_FACTS, p)) for p in policies if not p["reusable"]
                        ]
                    objects[kind, answer["id"]] = filled(meant(FACTS[kind], answer))
        return objects

    def hold(self) -> None:
        """Raise Wrong unless the account holds what the book says, and nothing else."""
        objects, due = self.look(), self.objects
        different = [
            f"{key}\n  is  {objects.get(key)}\n  due {due.get(key)}"
            for key in sorted({*objects, *due})
            if objects.get(key) != due.get(key)
        ]
        if different:
            raise Wrong("\n".join(["the account is not what the program says:", *different]))


# ------------------------------------------------------------------------------------------- runs


class Run:
    """A stack, run again and again. Every step is held against the book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.kept: dict[str, Kept] = {}
        # What the state says of each resource, in the one form that Cloudflare keeps of it.
        self.seen: dict[str, Fields] = {}
        self._order: list[str] = []
        self._replaced: list[Kept] = []
        self._unfinished = ""
        self.random = random.Random(0)  # noqa: S311 - no secret

    def _begin(self, plugin: Plugin) -> None:
        """Begin an operation, in a process that knows nothing of what others did meanwhile."""
        if self.book.is_edited:
            plugin.restart()
            self.kept = {name: long_after(kept) for name, kept in self.kept.items()}
        self.book.is_edited = False
        plugin.warnings.clear()

    # -------------------------------------------------------------------------------- up

    def up(self, plugin: Plugin, program: Program) -> None:
        """Run a program: what it declares in its order, then the deletions. Raises CallFailed."""
        self._begin(plugin)
        for name, declared in program.items():
            self._step(plugin, program, name, declared)
        surprises = [w for w in plugin.warnings if "made something else" in w]
        if surprises:
            raise Wrong(f"what was declared is not what is there: {surprises}")
        self._delete_all(plugin, program)
        self._order = [*program]
        self.book.hold()

    def _step(self, plugin: Plugin, program: Program, name: str, declared: Declared) -> None:
        was, was_seen = self.kept.get(name), self.seen.get(name, {})
        inputs, seen = self._inputs(program, declared), self._meant(declared)
        due = self._due(was, declared, inputs, seen, was_seen)
        mark = len(self.book.cloudflare.requests)
        if was and was.kind == LIST:
            self._unfinished = was.id
        kept = plugin.up(declared.kind, inputs, was=was, name=name, replaced=self._replaced)
        self._unfinished = ""
        adopted = "adopt" in declared.more and due == "create" and self._is_known(kept)
        if kept.did != due:
            raise Wrong(f"{name}: {kept.did} instead of {due}")
        before = self._state(kept) if due == "update" or adopted else None
        self._enter(declared, kept, seen, was_seen, adopted=adopted)
        changed = before != self._state(kept)
        # What says nothing may be written when it is declared, and when it no longer is.
        facts = POLICY_FACTS if declared.kind == LIST else FACTS[declared.kind]
        due_write: bool | None = changed or self._is_untold(declared, was_seen)
        if not due_write and _is_idle_change(facts, seen, was_seen):
            due_write = None
        self._hold_requests(name, mark, kept, is_due=due_write, adopted=adopted)
        if was and due == "update":
            _hold_keys(name, was.inputs, kept.inputs)
        self.kept[name], self.seen[name] = kept, seen

    def _inputs(self, program: Program, declared: Declared) -> Fields:
        """Write a declaration as the constructors do, its lists in any order."""
        scope = declared.scope
        fields: Fields = self._written(declared.fields, program)
        if declared.kind == APP and "policies" in fields:
            fields["policies"] = [
                self._reference(one, program) for one in declared.fields["policies"]
            ]
        return fields | {scope: getattr(self.book.cloudflare, scope)} | declared.more

    def _written(self, value: Any, program: Program) -> Any:
        if isinstance(value, list):
            return [self._written(inner, program) for inner in value]
        if not isinstance(value, dict):
            return resolved(value, self._ids())
        if "group" in value:
            reference = self._reference(value["group"]["id"], program)
            return {"group": {"id": reference.pop("id")}, **reference}
        written = {key: self._written(inner, program) for key, inner in value.items()}
        for name in sorted(UNORDERED & written.keys()):
            if isinstance(written[name], list):
                self.random.shuffle(written[name])
        return written

    def _reference(self, written: str, program: Program) -> Fields:
        if not written.startswith("@"):
            return {"id": written}
        name = written[1:]
        label = program[name].fields.get("name", name)
        return {"id": self.kept[name].id, "of": self.kept[name].urn, "label": label}

    def _ids(self) -> dict[str, str]:
        return {name: kept.id for name, kept in self.kept.items()}

    def _meant(self, declared: Declared) -> Fields:
        fields = resolved(declared.fields, self._ids())
        if declared.kind == LIST:
            policies = [meant(POLICY_FACTS, policy) for policy in fields["policies"]]
            return {"application": fields["application"], "policies": policies}
        return meant(FACTS[declared.kind], fields)

    @staticmethod
    def _due(
        was: Kept | None, declared: Declared, inputs: Fields, now: Fields, before: Fields
    ) -> str:
        if was is None:
            return "create"
        decisive = [ACCOUNT, ZONE] + (["application"] if declared.kind == LIST else [])
        if any(was.inputs.get(name) != inputs.get(name) for name in decisive):
            return "replace"
        return "same" if now == before else "update"

    def _state(self, kept: Kept) -> Any:
        return self.book.objects.get((kept.kind, kept.id))

    def _is_known(self, kept: Kept) -> bool:
        return (kept.kind, kept.id) in self.book.objects

    def _enter(
        self, declared: Declared, kept: Kept, seen: Fields, was: Fields, *, adopted: bool
    ) -> None:
        """Note in the book what a step must have done."""
        book, kind = self.book, declared.kind
        if kept.did == "same":
            return
        if kind == LIST:
            before = was.get("policies", []) if kept.did == "update" else []
            book.objects[LIST, kept.id] = book.listed(kept.id, before, seen["policies"])
        elif kept.did == "update" or adopted:
            there = book.objects[kind, kept.id]
            book.objects[kind, kept.id] = following(
                FACTS[kind], was if kept.did == "update" else {}, seen, there
            )
        else:
            book.made(kind, declared.scope, kept.id, seen)

    def _is_untold(self, declared: Declared, was: Fields) -> bool:
        """Tell whether a program now says what no answer tells: whatever it is, it is written."""
        told = self.book.cloudflare.switches.is_default == "bool"
        return not told and "is_default" in declared.fields.keys() - was.keys()

    def _hold_requests(
        self, name: str, mark: int, kept: Kept, *, is_due: bool | None, adopted: bool
    ) -> None:
        """Raise Wrong unless a step asked for what it needs, and for no more. None: either way."""
        asked = self.book.cloudflare.requests[mark:]
        writes = [request for request in asked if request["method"] != "GET"]
        verbs = [request["method"] for request in writes]
        reads = [r for r in asked if r["method"] == "GET" and not _is_later_page(r["path"])]
        told = f"{name} ({kept.kind}): {kept.did} by {[(r['method'], r['path']) for r in asked]}"
        if kept.did == "same" and asked:
            raise Wrong(f"nothing was to do: {told}")
        # An object and a list of all; a list of policies and its application, before and after.
        most = 4 if kept.kind == LIST else 2
        if len(reads) > most:
            raise Wrong(f"read more than it needs: {told}")
        if kept.kind == LIST:
            policies = len(self.seen.get(name, {}).get("policies", ())) + len(
                self.book.objects[LIST, kept.id]
            )
            # A policy may be brought to the front, changed there, and taken to its place.
            if len(writes) > 3 * policies:
                raise Wrong(f"wrote more than it needs: {told}")
        elif adopted or kept.did == "update":
            if verbs not in ([["PUT"], []] if is_due is None else [["PUT"] if is_due else []]):
                raise Wrong(f"{'one' if is_due else 'no'} PUT was due: {told}")
        elif kept.did in {"create", "replace"} and verbs != ["POST"]:
            raise Wrong(f"one POST was due: {told}")
        for request in writes:
            _hold_order(name, request["body"], kept)

    def _delete_all(self, plugin: Plugin, program: Program) -> None:
        """Delete what is no longer declared and what was replaced, what refers to others first."""
        gone = [name for name in reversed(self._order) if name in self.kept if name not in program]
        going = [*((name, self.kept[name]) for name in gone), *((None, k) for k in self._replaced)]
        apps = {kept.id: kept for _, kept in going if kept.kind == APP}
        for name, kept in going:
            # The engine skips what dies with its parent, which it deletes meanwhile.
            parent = apps.get(kept.id)
            if parent is None or (APP, parent.id) in self.book.objects:
                self._delete(plugin, parent or kept)
            if name is None:
                self._replaced.remove(kept)
            else:
                del self.kept[name], self.seen[name]

    def _delete(self, plugin: Plugin, kept: Kept) -> None:
        mark = len(self.book.cloudflare.requests)
        self._unfinished = kept.id if kept.kind == LIST else ""
        plugin.destroy(kept)
        self._unfinished = ""
        if kept.kind == LIST:
            if (LIST, kept.id) in self.book.objects:
                self.book.objects[LIST, kept.id] = []
            return
        self.book.deleted(kept.kind, kept.id)
        asked = self.book.cloudflare.requests[mark:]
        verbs = [request["method"] for request in asked if request["method"] != "GET"]
        if verbs != ["DELETE"]:
            raise Wrong(f"one DELETE was due: {kept.urn} by {verbs}")

    # -------------------------------------------------------------------------- the others

    def preview(self, plugin: Plugin, program: Program) -> None:
        """Look at the same program again: nothing is to do, and nothing is asked."""
        mark = len(self.book.cloudflare.requests)
        for name, declared in program.items():
            was = self.kept[name]
            inputs = plugin.check(was.kind, self._inputs(program, declared), was.inputs, was.urn)
            changes, replaces = plugin.diff(was, inputs)
            if (changes, replaces) != ("NONE", []):
                raise Wrong(f"{name}: a second preview finds {changes} {replaces}")
        if asked := self.book.cloudflare.requests[mark:]:
            raise Wrong(f"a preview asked {asked}")

    def refresh(self, plugin: Plugin) -> dict[str, str]:
        """Read everything: what somebody changed shows, and nothing else does."""
        did = {}
        self._begin(plugin)
        for name, kept in list(self.kept.items()):
            plugin.warnings.clear()
            found = plugin.refresh(kept)
            due = self._found(name, kept)
            did[name] = found.did if found else "gone"
            if due is None:
                if found is not None:
                    raise Wrong(f"{name} is gone, and a refresh does not say so")
                del self.kept[name], self.seen[name]
                self._order.remove(name)
                continue
            drift = filled(due) != filled(self.seen[name])
            if did[name] != ("drift" if drift else "same"):
                raise Wrong(f"{name}: {did[name]}; the state has {self.seen[name]}, there is {due}")
            if drift != any(w.startswith("changed at Cloudflare") for w in plugin.warnings):
                raise Wrong(f"{name}: {did[name]} and yet {plugin.warnings}")
            assert found is not None
            self._hold_inputs(name, found, due)
            self.kept[name] = replace(found, did="read")
            self.seen[name] = _marked(due, self.seen[name])
        self.book.hold()
        return did

    def _found(self, name: str, kept: Kept) -> Fields | None:
        """Say what a refresh must find, in the fields of the state."""
        seen = self.seen[name]
        if kept.kind == LIST:
            if (LIST, kept.id) not in self.book.objects:
                return None
            known = {policy["name"]: policy for policy in seen["policies"]}
            return {
                **seen,
                "policies": [
                    declared_of(POLICY_FACTS, known.get(policy["name"], policy), policy)
                    for policy in self.book.objects[LIST, kept.id]
                ],
            }
        there = self.book.objects.get((kept.kind, kept.id))
        return None if there is None else declared_of(FACTS[kept.kind], seen, there)

    @staticmethod
    def _hold_inputs(name: str, found: Kept, due: Fields) -> None:
        if found.kind == LIST:
            return
        for section in SECTIONS if found.kind != APP else ():
            shown = _rules((found.inputs.get(section) or {}).values())
            if shown != due.get(section, []):
                raise Wrong(f"{name}.{section}: a refresh shows {shown}, there is {due}")

    def fails(self, plugin: Plugin, program: Program, message: str) -> None:
        """Run a program that must fail, in these words."""
        if not self.may_fail(plugin, program, message):
            raise Wrong(f"{message} was due, and nothing came")

    def may_fail(self, plugin: Plugin, program: Program, message: str) -> bool:
        """Run a program that may fail: what it finished is done, all else is as it was."""
        try:
            self.up(plugin, program)
        except CallFailed as error:
            self.book.is_edited = True
            if message not in str(error) or OUR_MISTAKE in str(error):
                raise Wrong(f"{message} was due, and this came: {error}") from None
        else:
            return False
        if self._unfinished:
            # A list is as many requests as it takes; the next run goes on from where it is.
            of = (LIST, self._unfinished)
            self.book.objects[of] = self.book.look()[of]
            self._unfinished = ""
        self.book.hold()
        return True


def long_after(kept: Kept) -> Kept:
    """Let time pass: what has just been written is not believed to be gone for a while."""
    return replace(kept, outputs=kept.outputs | dict.fromkeys(STAMPS, "2020-01-01"))


def _marked(now: Fields, was: Fields) -> Fields:
    """Keep in mind what is declared and says nothing: no answer need have it."""
    marks = {k: v for k, v in was.items() if v is None}
    inner = {
        k: _marked(v, was[k]) if isinstance(v, dict) and isinstance(was.get(k), dict) else v
        for k, v in now.items()
    }
    return {**marks, **inner}


def _is_idle_change(facts: Mapping[str, Fact], now: Any, was: Any) -> bool:
    """Tell whether all that a declaration gains and loses is what Cloudflare makes of nothing."""
    if not isinstance(now, dict) or not isinstance(was, dict):
        return False
    changed = now.keys() ^ was.keys()
    return any(
        name in facts and facts[name].is_idle({**was, **now}[name]) for name in changed
    ) or any(
        _is_idle_change(facts[name].inner or {}, now[name], was[name])
        for name in now.keys() & was.keys() & facts.keys()
    )


def _is_later_page(path: str) -> bool:
    return parse_qs(urlsplit(path).query).get("page", ["1"]) != ["1"]


def _hold_keys(name: str, was: Fields, now: Fields) -> None:
    """Raise Wrong where a rule that did not change goes by another key: that is noise."""
    for section in SECTIONS:
        before, after = was.get(section), now.get(section)
        if not isinstance(before, dict) or not isinstance(after, dict):
            continue
        keys = {meaning_of_rule(rule): key for key, rule in before.items()}
        meanings = {meaning_of_rule(rule): key for key, rule in after.items()}
        if keys.keys() == meanings.keys():
            continue
        for meaning, key in meanings.items():
            if keys.get(meaning, key) != key:
                raise Wrong(f"{name}.{section}: {keys[meaning]} is called {key} now")


def _hold_order(name: str, body: Any, kept: Kept) -> None:
    """Raise Wrong unless a request has each rule once, in the order of the keys."""
    if not isinstance(body, dict) or kept.kind not in {GROUP, POLICY}:
        return
    for section in SECTIONS:
        entries = kept.inputs.get(section) or {}
        due = [meaning_of_rule(entries[key]) for key in sorted(entries)]
        sent = [meaning_of_rule(rule) for rule in body.get(section, [])]
        if sent != due or len({*sent}) < len(sent):
            raise Wrong(f"{name}.{section}: sent {sent}, in the order of the keys it is {due}")
