"""A program that is written, run and rewritten, while somebody else edits behind its back.

Every step of a `Story` is one promise of this package; a test draws their order, and all that is in
them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from access.programs import (
    ACCOUNT,
    APP,
    FACTS,
    GROUP,
    LIST,
    POLICY,
    SECTIONS,
    STAMPS,
    ZONE,
    Book,
    Declared,
    Fields,
    Program,
    Run,
    Wrong,
    long_after,
    meant,
)
from harness.local import reset
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare import faults

IDPS = ["ea85612a-29c8-46c2-bacb-669d65136971", "12312312-29c8-46c2-bacb-669d65136971"]
TAGS = ["engineers", "__staff", "gu\u200bests"]
NOBODYS = "f" * 32
MOST = 11  # resources in one program

ID = "aa0a4aab-672b-4bdb-bc33-a59f1130a11f"
THROUGH = {"identity_provider_id": IDPS[0]}
# Every selector but `group`, which takes a group, and `linked_app_token`, which only some policies
# may have. Some say the same in other words.
RULES: list[Fields] = [
    *({"email": {"email": e}} for e in ("ada@example.com", "Ada@Example.com", "bob@example.com")),
    *({"email_domain": {"domain": domain}} for domain in ("example.com", "Example.COM")),
    *({"ip": {"ip": ip}} for ip in ("203.0.113.7", "203.0.113.7/32", "2001:DB8::1", "10.1.2.3/8")),
    *({"geo": {"country_code": code}} for code in ("de", "DE", "nl")),
    {"everyone": {}},
    {"certificate": {}},
    {"common_name": {"common_name": "laptop"}},
    {"auth_method": {"auth_method": "mfa"}},
    {"email_list": {"id": ID}},
    {"ip_list": {"id": ID}},
    {"login_method": {"id": IDPS[0]}},
    {"azureAD": {"id": "devs", **THROUGH}},
    {"auth_context": {"id": "devs", "ac_id": "c1", **THROUGH}},
    *({"github-organization": {"name": "acme", **team, **THROUGH}} for team in ({}, {"team": "a"})),
    {"gsuite": {"email": "Devs@Example.com", **THROUGH}},
    *({"okta": {"name": "devs", "identity_provider_id": idp}} for idp in IDPS),
    {"oidc": {"claim_name": "team", "claim_value": "core", **THROUGH}},
    {"saml": {"attribute_name": "role", "attribute_value": "dev", **THROUGH}},
    {"service_token": {"token_id": ID}},
    {"any_valid_service_token": {}},
    {"external_evaluation": {"evaluate_url": "https://e.io", "keys_url": "https://e.io/keys"}},
    {"device_posture": {"integration_uid": ID, "account_id": NOBODYS}},
    {"cloudflare_account_member": {}},
    {"user_risk_score": {"user_risk_score": ["low", "high", "unscored"]}},
    {"user_risk_score": {"user_risk_score": ["medium"]}},
]
NAMES = ["Staff", "__Block", "staff", "Ops > all", "G\u00e4ste\x1b[31m\n\u202e"]
DECISIONS = ["allow", "deny", "bypass", "non_identity"]
DURATIONS = ["30m", "24h", "2h45m"]
FLAGS = st.booleans()

Draw = Callable[[st.SearchStrategy[Any]], Any]


def sections(groups: list[str], least: int = 0) -> st.SearchStrategy[list[Fields]]:
    pool = RULES + [{"group": {"id": group}} for group in groups]
    return st.lists(st.sampled_from(pool), min_size=least, max_size=4)


def cors() -> st.SearchStrategy[Fields]:
    methods = st.lists(st.sampled_from(["GET", "POST", "PUT"]), min_size=1, unique=True)
    # Origins and methods come together, or neither does.
    both = st.fixed_dictionaries(
        {"allow_all_origins": st.just(value=True), "allowed_methods": methods}
    )
    none = st.fixed_dictionaries({}, optional={"allow_all_origins": st.just(value=False)})
    age = st.fixed_dictionaries({"max_age": st.integers(0, 3)})
    return st.builds(lambda one, more: {**one, **more}, age, both | none)


def oauth() -> st.SearchStrategy[Fields]:
    lifetime = st.sampled_from(["5m", "1h"])
    grant = st.fixed_dictionaries(
        {"session_duration": st.sampled_from(DURATIONS)},
        optional={"access_token_lifetime": lifetime},
    )
    # Enabled, it would need an application without a path.
    return st.fixed_dictionaries({"enabled": st.just(value=False), "grant": grant})


def values(kind: str, groups: list[str]) -> dict[str, st.SearchStrategy[Any]]:
    """Return what can be written in each field; `groups` can be referred to."""
    rules = {name: sections(groups, least=name == "include") for name in SECTIONS}
    name = {"name": st.sampled_from(NAMES)}
    if kind == GROUP:
        return {**name, **rules, "is_default": FLAGS}
    if kind == POLICY:
        return {
            **name,
            **rules,
            "decision": st.sampled_from(DECISIONS),
            "session_duration": st.sampled_from(DURATIONS),
            "approval_required": FLAGS,
            "purpose_justification_prompt": st.sampled_from(["Why?", "What for?"]),
            "isolation_required": FLAGS,
        }
    return {
        **name,
        "session_duration": st.sampled_from(DURATIONS),
        "app_launcher_visible": FLAGS,
        "allow_iframe": FLAGS,
        "custom_deny_message": st.sampled_from(["No.", "Sorry."]),
        "tags": st.lists(st.sampled_from(TAGS), min_size=1, unique=True),
        "allowed_idps": st.lists(st.sampled_from(IDPS), min_size=1, unique=True),
        "cors_headers": cors(),
        "oauth_configuration": oauth(),
    }


REQUIRED = {GROUP: {"name", "include"}, POLICY: {"name", "include", "decision"}, APP: {"name"}}


def declared(kind: str, groups: list[str]) -> st.SearchStrategy[Fields]:
    fields = values(kind, groups)
    required = {name: fields.pop(name) for name in REQUIRED[kind]}
    return st.fixed_dictionaries(required, optional=fields)


class Story:
    """One stack from its first run to its end, in an account that is somebody's already."""

    def __init__(self, cloudflare: LocalCloudflare, plugin: Plugin, draw: Draw) -> None:
        reset(cloudflare)
        cloudflare.seed({"access/tags": [{"name": tag} for tag in TAGS]})
        switches = cloudflare.switches
        switches.collect_dropped_policies = draw(st.sampled_from([True, False]))
        switches.identity_provider_field = draw(
            st.sampled_from(["identity_provider_id", "connection_id"])
        )
        switches.largest_page = draw(st.sampled_from([None, 2]))
        switches.is_default = draw(st.sampled_from(["bool", "rules"]))
        switches.empty_values = draw(st.sampled_from(["as_seen", "answered", "omitted"]))
        switches.account_of_rules = draw(st.sampled_from(["as_sent", "filled_in"]))
        switches.unknown_fields = draw(st.sampled_from(["refuse", "ignore", "keep"]))
        self.cloudflare = cloudflare
        self.plugin = plugin
        self.draw = draw
        self.book = Book(cloudflare)
        self.run = Run(self.book)
        self.program: Program = {}
        self.number = 0
        self.is_unseen = False
        """Somebody has set what nobody declares, and no refresh has shown it."""

    def begin(self) -> None:
        """Write a program of some size, and run it."""
        for kind in (GROUP, POLICY, APP):
            for number in range(3):
                self.book.make(kind, ACCOUNT, self._of_others(kind, number))
        for kind in (GROUP, GROUP, POLICY, POLICY, APP, APP, APP):
            self._add(kind, ACCOUNT)
        first, second = self._names(POLICY)
        attaching = self._names(APP)[0]
        self.program[attaching] = self.program[attaching].but(policies=[f"@{second}", f"@{first}"])
        self._add(LIST, ACCOUNT)
        self.up()

    def end(self) -> None:
        """Destroy everything: what others have made is all that is left."""
        self.program = {}
        self.up()

    def _of_others(self, kind: str, number: int) -> Fields:
        if kind == APP:
            domain = f"others{number}.example.com"
            return {"type": "self_hosted", "domain": domain, "name": "Others"}
        more = {"decision": "allow"} if kind == POLICY else {}
        return {"name": f"Others {number}", "include": [{"everyone": {}}], **more}

    # ---------------------------------------------------------------------- what programs say

    def _names(self, kind: str, scope: str | None = None) -> list[str]:
        return [
            name
            for name, one in self.program.items()
            if one.kind == kind and scope in (None, one.scope)
        ]

    def _groups(self, scope: str, before: str | None = None) -> list[str]:
        """Return the groups that can be referred to; a group, to those that come before it."""
        names = [*self.program]
        until = names.index(before) if before in self.program else len(names)
        return [f"@{name}" for name in self._names(GROUP, scope) if names.index(name) < until]

    def _new_name(self, kind: str) -> str:
        self.number += 1
        return f"{kind.rpartition('_')[2]}-{self.number}"

    def _domain(self) -> str:
        self.number += 1
        return f"App{self.number}.Example.com/Path"

    def _add_any(self) -> None:
        kind = self.draw(st.sampled_from([GROUP, POLICY, APP, LIST]))
        scope = self.draw(st.sampled_from([ACCOUNT, ZONE])) if kind != POLICY else ACCOUNT
        if len(self.program) < MOST:
            self._add(kind, scope)

    def _add(self, kind: str, scope: str) -> None:
        if kind == LIST:
            self._add_list()
            return
        fields = self.draw(declared(kind, self._groups(scope)))
        if kind == APP:
            fields |= {"type": "self_hosted", "domain": self._domain()}
        self.program[self._new_name(kind)] = Declared(kind, fields, scope)

    def _add_list(self) -> None:
        taken = {name for one in self.program.values() for name in one.references()}
        free = [
            name
            for name in self._names(APP)
            if name not in taken and "policies" not in self.program[name].fields
            if not self._has_policies(name)
        ]
        if not free:
            return
        app = self.draw(st.sampled_from(free))
        scope = self.program[app].scope
        numbers = self.draw(st.permutations(range(4)))[: self.draw(st.integers(0, 4))]
        policies = [self._policy(self._groups(scope), f"Policy {n}") for n in numbers]
        fields = {"application": f"@{app}", "policies": policies}
        self.program[self._new_name(LIST)] = Declared(LIST, fields, scope)

    def _has_policies(self, app: str) -> bool:
        kept = self.run.kept.get(app)
        if kept is None:
            return False
        attached = self.book.objects[APP, kept.id].get("policies")
        return bool(attached or self.book.objects.get((LIST, kept.id)))

    def _policy(self, groups: list[str], name: str) -> Fields:
        fields: Fields = self.draw(declared(POLICY, groups))
        return fields | {"name": name}

    def _remove(self) -> None:
        if not self.program:
            return
        name = self.draw(st.sampled_from([*self.program]))
        for other in [o for o, one in self.program.items() if name in one.references()]:
            if self.program[other].kind == LIST and self.program[name].kind == APP:
                del self.program[other]
            else:
                self.program[other] = _without(self.program[other], name)
        del self.program[name]

    def _set_field(self, name: str | None = None) -> None:
        if choices := [name for name, one in self.program.items() if one.kind != LIST]:
            name = name or self.draw(st.sampled_from(choices))
            one = self.program[name]
            possible = values(one.kind, self._groups(one.scope, name))
            field = self.draw(st.sampled_from(sorted(possible)))
            self.program[name] = one.but(**{field: self.draw(possible[field])})

    def _unset_field(self) -> None:
        choices = [
            (name, field)
            for name, one in self.program.items()
            if one.kind != LIST
            for field in one.fields.keys() & values(one.kind, []).keys() - REQUIRED[one.kind]
        ]
        if choices:
            name, field = self.draw(st.sampled_from(sorted(choices)))
            self.program[name] = self.program[name].but(**{field: None})

    def _set_rule(self) -> None:
        choices = [*self._names(GROUP), *self._names(POLICY)]
        if not choices:
            return
        name = self.draw(st.sampled_from(choices))
        one, section = self.program[name], self.draw(st.sampled_from(SECTIONS))
        rules = list(one.fields.get(section, ()))
        if rules and (len(rules) > 1 or section != "include") and self.draw(FLAGS):
            rules.pop(self.draw(st.integers(0, len(rules) - 1)))
        else:
            rules += self.draw(sections(self._groups(one.scope, name), 1))[:1]
        self.program[name] = one.but(**{section: rules})

    def _attach(self) -> None:
        lists = {
            name for one in self.program.values() if one.kind == LIST for name in one.references()
        }
        apps = [name for name in self._names(APP) if name not in lists]
        apps = [name for name in apps if not self._owns(name)]
        if not apps:
            return
        name = self.draw(st.sampled_from(apps))
        names = [*self.program]
        before = [p for p in self._names(POLICY) if names.index(p) < names.index(name)]
        chosen = self.draw(st.permutations(before))[: self.draw(st.integers(0, 3))]
        one = self.program[name]
        if self.draw(st.sampled_from([False, False, False, True])):
            # What was attached stays then, and our own could not be deleted.
            if not self._attached(name):
                self.program[name] = replace(one.but(policies=None), more={})
            return
        more = {} if chosen else {"allow_no_policies": True}
        policies = [f"@{policy}" for policy in chosen]
        self.program[name] = replace(one.but(policies=policies), more=more)

    def _attached(self, name: str) -> list[str]:
        """Name the program's own policies that an application has."""
        kept = self.run.kept.get(name)
        attached = self.book.objects[APP, kept.id].get("policies", ()) if kept else ()
        return [n for n, other in self.run.kept.items() if other.id in attached]

    def _owns(self, name: str) -> bool:
        kept = self.run.kept.get(name)
        return bool(kept and self.book.objects.get((LIST, kept.id)))

    def _set_list(self) -> None:
        lists = self._names(LIST)
        if not lists:
            return
        name = self.draw(st.sampled_from(lists))
        one = self.program[name]
        groups = self._groups(one.scope, name)
        policies = [dict(policy) for policy in one.fields["policies"]]
        what = self.draw(st.sampled_from(["insert", "drop", "change"]))
        if what == "insert" or not policies:
            known = {policy["name"] for policy in policies}
            new = next(f"Policy {n}" for n in range(99) if f"Policy {n}" not in known)
            policies.insert(self.draw(st.integers(0, len(policies))), self._policy(groups, new))
        else:
            index = self.draw(st.integers(0, len(policies) - 1))
            policy = policies.pop(index)
            if what == "change":
                policies.insert(index, self._policy(groups, policy["name"]))
        self.program[name] = one.but(policies=policies)

    def _move(self) -> None:
        """Declare something in another account or zone: it is replaced."""
        referred = {name for one in self.program.values() for name in one.references()}
        movable = [
            name
            for name in [*self._names(GROUP), *self._names(APP)]
            if name not in referred and not self.program[name].references()
        ]
        if not movable:
            return
        name = self.draw(st.sampled_from(movable))
        one = self.program[name]
        moved = replace(_here(one), scope=ZONE if one.scope == ACCOUNT else ACCOUNT)
        self.program[name] = moved.but(domain=self._domain()) if one.kind == APP else moved

    # -------------------------------------------------------------------------------- runs

    def up(self) -> None:
        if self.is_unseen:
            # It may be just what the program declares now.
            self.run.may_fail(self.plugin, self.program, "declared for the first time")
            self._refresh()
        try:
            self.run.up(self.plugin, self.program)
        except (CallFailed, CheckFailed) as error:
            raise Wrong(f"a run failed: {error}") from None
        self.run.preview(self.plugin, self.program)

    def edit(self) -> None:
        """Write something else, and run it."""
        self._edit()
        self.up()

    def _edit(self) -> None:
        edits = [
            self._add_any,
            self._remove,
            self._set_field,
            self._unset_field,
            self._set_rule,
            self._attach,
            self._set_list,
            self._move,
        ]
        for _ in range(self.draw(st.integers(1, 3))):
            self.draw(st.sampled_from(edits))()
        self._tell_apart()

    def _tell_apart(self) -> None:
        """Name what is to be made as nothing is named: else it may be just what is there already.

        Of what leaves the program in the same run, a new process does not know whose it is, and so
        it refuses to make the same once more.
        """
        for name, one in self.program.items():
            was = self.run.kept.get(name)
            if one.kind in {GROUP, POLICY} and (was is None or one.scope not in was.inputs):
                self.program[name] = one.but(name=self._new_name(one.kind))

    def rename_a_group(self) -> None:
        """Rename a group: who refers to it has no change, and no key of theirs is another."""
        users = [
            (name, section, rule["group"]["id"][1:])
            for name, one in self.program.items()
            for section in SECTIONS
            for rule in one.fields.get(section, ())
            if "group" in rule
        ]
        if not users:
            return
        user, section, group = self.draw(st.sampled_from(users))
        self.number += 1
        self.program[group] = self.program[group].but(name=f"Group {self.number}")
        if self.draw(FLAGS):
            one = self.program[user]
            more = self.draw(sections([], 1))
            self.program[user] = one.but(**{section: one.fields[section] + more})
        self.up()

    def reorder(self) -> None:
        """Put policies into another order, attached ones or an application's own."""
        names = [name for name, one in self.program.items() if one.fields.get("policies")]
        for name in names:
            one = self.program[name]
            order = list(self.draw(st.permutations(one.fields["policies"])))
            self.program[name] = one.but(policies=order)
        self.up()

    def look(self) -> None:
        """Refresh where nobody has changed anything: nothing is to be seen."""
        before = {name: kept.outputs for name, kept in self.run.kept.items()}
        did = self.run.refresh(self.plugin)
        if set(did.values()) - {"same"}:
            raise Wrong(f"nothing changed, and a refresh finds {did}")
        for name, kept in self.run.kept.items():
            if _declared(kept.outputs) != _declared(before[name]):
                raise Wrong(f"{name}: a refresh makes {kept.outputs} of {before[name]}")
        self.run.preview(self.plugin, self.program)

    # ------------------------------------------------------------------------ somebody else

    def _pick(self) -> tuple[str, Declared, Kept] | None:
        names = [name for name, one in self.program.items() if one.kind != LIST]
        if not names:
            return None
        name = self.draw(st.sampled_from(names))
        return name, self.program[name], self.run.kept[name]

    def _somebody_edits(self) -> tuple[str, str, Any] | None:
        """Let somebody edit a managed field: which object, which field, what it is now."""
        if not (picked := self._pick()):
            return None
        name, one, kept = picked
        possible = values(one.kind, [])
        fields = (one.fields.keys() | {*SECTIONS}) & possible.keys()
        if self.cloudflare.switches.is_default != "bool":
            fields -= {"is_default"}  # no answer tells
        field = self.draw(st.sampled_from(sorted(fields - {"oauth_configuration"})))
        value = self.draw(possible[field])
        if meant(FACTS[one.kind], {field: value}).get(field) == self.run.seen[name].get(field):
            return None
        self.book.edit(one.kind, kept.id, **{field: value})
        return name, field, value

    def somebody_changes_what_is_declared(self) -> None:
        """Let somebody edit a managed field: a refresh shows it, and a run takes it back."""
        edited = self._somebody_edits()
        did = self.run.refresh(self.plugin)
        if edited and did[edited[0]] != "drift":
            raise Wrong(f"{edited} was changed, and a refresh finds {did[edited[0]]}")
        self.up()

    def somebody_changes_what_no_preview_has_shown(self) -> None:
        """Let somebody edit a managed field, and run another change without having seen it."""
        if edited := self._somebody_edits():
            name, field, _ = edited
            one = self.program[name]
            possible = values(one.kind, [])
            others = sorted(possible.keys() - {field, "cors_headers", "oauth_configuration"})
            other = self.draw(st.sampled_from(others))
            changed = one.but(**{other: self.draw(possible[other])})
            if meant(FACTS[one.kind], changed.fields) != meant(FACTS[one.kind], one.fields):
                self.run.fails(self.plugin, {**self.program, name: changed}, "DriftError")
            self.run.refresh(self.plugin)
        self.up()

    def somebody_does_what_the_program_says_next(self) -> None:
        """Let somebody do by hand what the program says next: nothing is left to send."""
        if edited := self._somebody_edits():
            name, field, value = edited
            self.program[name] = self.program[name].but(**{field: value})
        self.up()

    def somebody_changes_what_nobody_declares(self) -> None:
        """Let somebody edit a field of theirs: it stays, whatever the program changes."""
        if not (picked := self._pick()):
            return
        name, one, kept = picked
        possible = values(one.kind, [])
        fields = sorted(possible.keys() - one.fields.keys() - {*SECTIONS})
        if self.cloudflare.switches.is_default != "bool":
            fields = [field for field in fields if field != "is_default"]  # no answer tells
        if fields:
            field = self.draw(st.sampled_from(fields))
            self.book.edit(one.kind, kept.id, **{field: self.draw(possible[field])})
            self.is_unseen = True
            if self.draw(FLAGS):
                self._declare_it_then(name, field)
                return
        self._look_and_change(name)

    def _declare_it_then(self, name: str, field: str) -> None:
        """Declare what somebody has set: nothing is replaced before a refresh has shown it."""
        one, facts = self.program[name], FACTS[self.program[name].kind]
        there = self.book.objects[one.kind, self.run.kept[name].id].get(field)
        wish = self.draw(values(one.kind, [])[field])
        changed = one.but(**{field: wish})
        meant_ = meant(facts, {field: wish}).get(field)
        if facts[field].inner is None and meant_ != there and not facts[field].is_idle(there):
            self.run.fails(self.plugin, {**self.program, name: changed}, "declared for the first")
        self._refresh()
        self.program[name] = changed
        self.up()

    def somebody_adds_a_part(self) -> None:
        """Let somebody add a part to an object of which the program declares others: it stays."""
        part = "oauth_configuration"
        names = [n for n in self._names(APP) if part in self.program[n].fields]
        if not names:
            return
        name = self.draw(st.sampled_from(names))
        id_, declared_parts = self.run.kept[name].id, self.program[name].fields[part]
        drawn = self.draw(oauth())["grant"]
        others = {k: v for k, v in drawn.items() if k not in declared_parts["grant"]}
        there = self.book.objects[APP, id_][part]
        grown = {**there, "grant": {**there["grant"], **others}}
        self.book.edit(APP, id_, oauth_configuration=grown)
        self.is_unseen = True
        self._look_and_change(name)

    def somebody_adds_to_what_decides(self) -> None:
        """Let somebody add to an object that decides who gets in: a refresh shows it."""
        names = self._names(APP)
        if not names:
            return
        name = self.draw(st.sampled_from(names))
        declared = {"max_age": self.draw(st.integers(0, 3))}
        self.program[name] = self.program[name].but(cors_headers=declared)
        self.up()
        grown = {**declared, "allow_all_origins": True, "allowed_methods": ["GET"]}
        self.book.edit(APP, self.run.kept[name].id, cors_headers=grown)
        did = self.run.refresh(self.plugin)
        if did[name] != "drift":
            raise Wrong(f"{name} lets all origins in now, and a refresh finds {did[name]}")
        self.up()

    def somebody_attaches_policies(self) -> None:
        """Let somebody attach policies where the program says nothing of policies: they stay."""
        taken = {n for o in self.program.values() if o.kind == LIST for n in o.references()}
        names = [
            name
            for name in self._names(APP)
            if not ("policies" in self.program[name].fields or self._owns(name) or name in taken)
        ]
        if not names:
            return
        name = self.draw(st.sampled_from(names))
        ours = {kept.id for kept in self.run.kept.values()}
        free = [id_ for (kind, id_) in self.book.objects if kind == POLICY and id_ not in ours]
        chosen = list(self.draw(st.permutations(free)))[: self.draw(st.integers(1, 3))]
        self.book.edit(APP, self.run.kept[name].id, policies=chosen)
        self.is_unseen = True
        self._look_and_change(name)

    def _look_and_change(self, name: str) -> None:
        if self.draw(FLAGS):
            self._refresh()
        self._set_field(name)
        self.up()

    def _refresh(self) -> None:
        self.run.refresh(self.plugin)
        self.is_unseen = False

    def somebody_changes_a_list(self) -> None:
        """Let somebody edit an application's own policies behind a list's back."""
        what = self.draw(st.sampled_from(["change", "foreign", "order"]))
        lists = self._names(LIST)
        if not lists:
            return
        name = self.draw(st.sampled_from(lists))
        one, kept = self.program[name], self.run.kept[name]
        owned = self.book.objects[LIST, kept.id]
        path = self.book.path(APP, one.scope, kept.id, "policies")
        there = self.book.ask("GET", path)
        if what == "foreign":
            policy = {"name": "Foreign", "decision": "deny", "include": [{"everyone": {}}]}
            self.book.ask("POST", path, policy)
            owned.extend(self.book.listed("", [], [meant(FACTS[POLICY], policy)]))
        elif what == "order" and len(there) > 1:
            last = there[-1]["precedence"] + 1
            self._write_policy(path, there[0], precedence=last)
            owned.append(owned.pop(0))
        elif there:
            index = self.draw(st.integers(0, len(there) - 1))
            exclude: list[Fields] = [] if there[index]["exclude"] else [{"certificate": {}}]
            self._write_policy(path, there[index], exclude=exclude)
            rules = meant(FACTS[POLICY], {"exclude": exclude})
            owned[index] = {k: v for k, v in owned[index].items() if k != "exclude"} | rules
        else:
            return
        policies = [dict(policy) for policy in one.fields["policies"]]
        policies.append(self._policy([], "Another"))
        if "Another" not in {policy["name"] for policy in one.fields["policies"]}:
            changed = {**self.program, name: one.but(policies=policies)}
            self.run.fails(self.plugin, changed, "DriftError")
        did = self.run.refresh(self.plugin)
        if did[name] != "drift":
            raise Wrong(f"{name} was changed, and a refresh finds {did[name]}")
        self.up()

    def _write_policy(self, path: str, policy: Fields, **fields: Any) -> None:
        body = {name: policy[name] for name in (*FACTS[POLICY], "precedence") if name in policy}
        self.book.ask("PUT", f"{path}/{policy['id']}", body | fields)

    def _unused(self) -> list[str]:
        used = {name for one in self.program.values() for name in one.references()}
        return [name for name, one in self.program.items() if one.kind != LIST and name not in used]

    def somebody_deletes(self) -> None:
        """Let somebody delete an object: it leaves the state, or is made again."""
        then = self.draw(st.sampled_from(["refresh", "remove", "change"]))
        unused = self._unused()
        if not unused:
            return
        name = self.draw(st.sampled_from(unused))
        one, kept = self.program[name], self.run.kept[name]
        self.book.remove(one.kind, kept.id)
        if then == "remove":
            del self.program[name]
        else:
            self.program[name] = one = _here(one)
            if then == "change":
                changed = one.but(name="Something else")
                self.run.fails(self.plugin, {**self.program, name: changed}, "is gone")
            did = self.run.refresh(self.plugin)
            if did[name] != "gone":
                raise Wrong(f"{name} is gone, and a refresh finds {did[name]}")
        self.up()

    # ----------------------------------------------------------------------------- failures

    def the_account_is_a_wrong_one(self) -> None:
        """Ask for an object in an account that is not there: an error, and nothing is gone."""
        if not self.program:
            return
        name = self.draw(st.sampled_from([*self.program]))
        kept, scope = long_after(self.run.kept[name]), self.program[name].scope
        self.plugin.restart()
        lost = replace(kept, outputs={**kept.outputs, scope: NOBODYS})
        for call in (self.plugin.refresh, self.plugin.destroy):
            try:
                found = call(lost)
            except CallFailed:
                continue
            raise Wrong(f"{name} in an account that is not there: {found or 'gone'}")
        self.book.hold()

    def cloudflare_refuses(self) -> None:
        """Declare what Cloudflare does not take: nothing of it is there then."""
        what = self.draw(st.sampled_from(["group", "policy", "tag"]))
        switches = self.cloudflare.switches
        if what == "tag":
            fields = {"type": "self_hosted", "domain": self._domain(), "tags": ["nobody's"]}
            refused, told = Declared(APP, fields), "a tag that does not exist"
        else:
            kind = GROUP if what == "group" else POLICY
            refused, told = Declared(kind, self.draw(declared(kind, []))), "are allowed"
            switches.max_groups = switches.max_policies = 0
        self.run.fails(self.plugin, {**self.program, "refused": refused}, told)
        switches.max_groups = switches.max_policies = None
        apps = self._names(APP)
        if what == "tag" and apps:
            name = self.draw(st.sampled_from(apps))
            changed = self.program[name].but(tags=["nobody's"])
            self.run.fails(self.plugin, {**self.program, name: changed}, told)

    def a_run_is_cut_short(self) -> None:
        """Let Cloudflare refuse one request of a run: the next run goes on from there."""
        self._edit()
        verb = self.draw(st.sampled_from(["POST", "PUT", "DELETE"]))
        nth = self.draw(st.integers(1, 3))
        self.cloudflare.fault(f"{verb} **", faults.Status(403), nth=nth)
        self.run.may_fail(self.plugin, self.program, "DeniedError")
        self.cloudflare.lift_faults()
        self.up()

    # ----------------------------------------------------------------------------- adoption

    def adopt(self) -> None:
        """Take over what somebody has made: as it is, or with changes that are accepted."""
        if len(self.program) >= MOST:
            return
        kind = self.draw(st.sampled_from([GROUP, POLICY, APP]))
        fields = self.draw(declared(kind, []))
        name = self._new_name(kind)
        # No other object has this name.
        fields["name"] = name
        if kind == APP:
            fields |= {"type": "self_hosted", "domain": self._domain()}
        if self.cloudflare.switches.is_default != "bool":
            fields.pop("is_default", None)
        id_ = self.book.make(kind, ACCOUNT, fields)
        more: Fields = {"adopt": self.draw(st.sampled_from([True, id_]))}
        if self.draw(FLAGS):
            session = {"session_duration": "7m"} if kind != GROUP else {}
            other = {"exclude": [{"common_name": {"common_name": "another"}}]}
            fields |= session or other
            refused = {**self.program, name: Declared(kind, fields, more=more)}
            self.run.fails(self.plugin, refused, "AdoptionError")
            more["adopt_changes"] = True
        self.program[name] = Declared(kind, fields, more=more)
        self.up()
        self.book.is_edited = True
        if self.run.kept[name].id != id_:
            raise Wrong(f"{name}: made again instead of adopted")


STEPS: list[Callable[[Story], None]] = [
    Story.edit,
    Story.rename_a_group,
    Story.reorder,
    Story.look,
    Story.somebody_changes_what_is_declared,
    Story.somebody_changes_what_no_preview_has_shown,
    Story.somebody_does_what_the_program_says_next,
    Story.somebody_changes_what_nobody_declares,
    Story.somebody_adds_a_part,
    Story.somebody_adds_to_what_decides,
    Story.somebody_attaches_policies,
    Story.somebody_changes_a_list,
    Story.somebody_deletes,
    Story.the_account_is_a_wrong_one,
    Story.cloudflare_refuses,
    Story.a_run_is_cut_short,
    Story.adopt,
]


def _without(one: Declared, name: str) -> Declared:
    """Take the references to a resource out of a declaration."""

    def swept(value: Any) -> Any:
        if isinstance(value, list):
            return [swept(inner) for inner in value if inner not in (f"@{name}", _rule(name))]
        if isinstance(value, dict):
            swept_ = {key: swept(inner) for key, inner in value.items()}
            if swept_.get("include") == []:
                swept_["include"] = [{"everyone": {}}]
            return swept_
        return value

    fields = swept(one.fields)
    more = {"allow_no_policies": True} if fields.get("policies") == [] else {}
    return replace(one, fields=fields, more=more if one.kind == APP else {})


def _here(one: Declared) -> Declared:
    """Take out how an object came here: what is there no more cannot be adopted again."""
    return replace(one, more={k: v for k, v in one.more.items() if not k.startswith("adopt")})


def _rule(name: str) -> Fields:
    return {"group": {"id": f"@{name}"}}


def _declared(outputs: Fields) -> Fields:
    # In how many applications a policy is, and when somebody last wrote something, is no change.
    counted = {"app_count", *STAMPS}
    return {k: v for k, v in outputs.items() if k not in counted and not k.startswith("__")}
