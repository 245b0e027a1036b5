"""Random stacks: everything that can be declared, and that refers to each other in every way."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pulumi_cloudflare_access as cloudflare
from harness.team import email
from pulumi_cloudflare_access import grants, rules, scopes

ACCOUNT, ZONE = "account", "zone"
PEOPLE = ("ada", "bob", "eve", "grace")
SECTIONS = ("include", "exclude", "require")
# What is more than one policy or group deep is what goes wrong.
DEEPEST = 4


@dataclass(frozen=True)
class Part:
    """One resource of a program. `refers` are the names of others, which come before it."""

    name: str
    kind: str
    refers: tuple[str, ...] = ()
    scope: str = ACCOUNT
    data: Mapping[str, Any] = field(default_factory=dict)
    whole: str = ""
    """What it is a part of: it is not there without it."""


Made = dict[str, Any]


class Declarations:
    """A program that is data: it can be run, and parts of it can be taken out."""

    def __init__(self, parts: Sequence[Part], zone_id: str) -> None:
        self.parts = list(parts)
        self.zone_id = zone_id

    def __call__(self) -> None:
        """Be the program."""
        made: Made = {}
        for part in self.parts:
            made[part.name] = getattr(self, f"_{part.kind}")(part, made)

    def without(self, names: set[str]) -> Declarations:
        """Take some parts out, and what is nothing without them. All else refers to the rest."""
        left: list[Part] = []
        for part in self.parts:
            if part.name not in names and (not part.whole or part.whole in {p.name for p in left}):
                left.append(part)
        return Declarations(left, self.zone_id)

    def __repr__(self) -> str:
        return "\n".join(map(str, self.parts))

    # --------------------------------------------------------------------------------- kinds

    def _scope(self, part: Part) -> dict[str, Any]:
        return {"zone_id": self.zone_id} if part.scope == ZONE else {}

    def _policy_of(self, made: Made, data: Mapping[str, Any]) -> dict[str, Any]:
        fields: dict[str, Any] = {"name": data["name"], "decision": data["decision"]}
        for section in SECTIONS:
            fields[section] = self._rules(data.get(section, ()), made)
        fields["include"] = fields["include"] or [rules.everyone()]
        return fields

    @staticmethod
    def _rules(held: Sequence[str], made: Made) -> list[Any]:
        found = []
        for one in held:
            if "@" in one:
                found.append(rules.email(one))
            elif one in made:
                group = made[one]
                team = isinstance(group, cloudflare.Team)
                found.append(rules.group(group.access_group if team else group))
        return found

    def _group(self, part: Part, made: Made) -> Any:
        sections: dict[str, Any] = {
            section: self._rules(part.data.get(section, ()), made) for section in SECTIONS
        }
        sections["include"] = sections["include"] or [rules.everyone()]
        return cloudflare.AccessGroup(part.name, name=part.name, **sections, **self._scope(part))

    def _policy(self, part: Part, made: Made) -> Any:
        return cloudflare.AccessPolicy(part.name, **self._policy_of(made, part.data))

    def _application(self, part: Part, made: Made) -> Any:
        policies = [made[name] for name in part.refers if name in made]
        none = {"policies": [], "allow_no_policies": True} if part.refers else {}
        return cloudflare.AccessApplication(
            part.name,
            domain=f"{part.name}.example.com",
            **({"policies": policies} if policies else none),
            **self._scope(part),
        )

    def _list(self, part: Part, made: Made) -> Any:
        return cloudflare.AccessApplicationPolicies(
            part.name,
            application=made[part.whole],
            policies=[self._policy_of(made, data) for data in part.data["policies"]],
        )

    def _single(self, part: Part, made: Made) -> Any:
        return cloudflare.AccessApplicationPolicy(
            part.name,
            application=made[part.whole],
            precedence=part.data["precedence"],
            **self._policy_of(made, part.data),
        )

    def _protected(self, part: Part, made: Made) -> Any:
        if part.refers and "policies" not in part.data:
            policies: Any = [made[name] for name in part.refers if name in made]
        else:
            policies = [self._policy_of(made, data) for data in part.data["policies"]]
        more: dict[str, Any] = {} if policies else {"allow_no_policies": True}
        return cloudflare.ProtectedApplication(
            part.name,
            domain=f"{part.name}.example.com",
            policies=policies,
            **more,
            **self._scope(part),
        )

    def _set(self, part: Part, made: Made) -> Any:
        return cloudflare.PolicySet(
            part.name,
            policies=[self._policy_of(made, data) for data in part.data["policies"]],
            applications={
                "one": {"domain": f"{part.name}-1.example.com"},
                "two": {"domain": f"{part.name}-2.example.com"},
            },
        )

    def _team(self, part: Part, made: Made) -> Any:
        granted = []
        if part.data["rights"]:
            on: Any = [made[name] for name in part.refers if name in made] or scopes.zones(
                {"shop": self.zone_id}
            )
            granted = [grants.allow("Zone Read", on=on)]
        return cloudflare.Team(
            part.name,
            name=part.name,
            people=[email(name) for name in part.data["people"]],
            guests=["guest@example.org"],
            require=self._rules(part.data["require"], made) or None,
            grants=granted,
        )

    def _resource_group(self, part: Part, made: Made) -> Any:
        del made
        return cloudflare.ResourceGroup(
            part.name, name=part.name, scope=scopes.zones({"shop": self.zone_id})
        )

    def _user_group(self, part: Part, made: Made) -> Any:
        on = [made[name] for name in part.refers if name in made]
        policies = [grants.allow("Zone Read", on=on)] if on else None
        return cloudflare.UserGroup(part.name, name=part.name, policies=policies)

    def _members(self, part: Part, made: Made) -> Any:
        people = [email(name) for name in part.data["people"]]
        return cloudflare.UserGroupMembers(part.name, group=made[part.whole], members=people)

    def _member(self, part: Part, made: Made) -> Any:
        person = email(part.data["person"])
        return cloudflare.UserGroupMember(part.name, group=made[part.whole], member=person)


class Drawing:
    """Draws declarations. `choose` is chance."""

    def __init__(self, choose: random.Random, zone_id: str) -> None:
        self.choose = choose
        self.zone_id = zone_id
        self.parts: list[Part] = []
        self._free: list[Part] = []  # applications that have no policies yet
        self._wholes: list[Part] = []  # user groups without members

    def declarations(self, size: int) -> Declarations:
        """Draw a program."""
        # Never without what the issue is about: groups in groups, used by parts of applications.
        for _ in range(2):
            self._add_group()
        kinds: list[tuple[int, Callable[[], None]]] = [
            (5, self._add_group),
            (2, self._add_policy),
            (3, self._add_application),
            (3, self._add_list),
            (3, self._add_singles),
            (2, self._add_protected),
            (1, self._add_set),
            (1, self._add_team),
            (1, self._add_resource_group),
            (2, self._add_user_group),
            (2, self._add_members),
        ]
        while len(self.parts) < size:
            self.choose.choices([add for _, add in kinds], [n for n, _ in kinds])[0]()
        return Declarations(self.parts, self.zone_id)

    def _new(self, kind: str, **more: Any) -> Part:
        part = Part(f"{kind.replace('_', '-')}-{len(self.parts)}", kind, **more)
        self.parts.append(part)
        return part

    def _some(self, kinds: tuple[str, ...], scope: str = ACCOUNT, most: int = 2) -> tuple[str, ...]:
        """Choose some of what is there, the newest more often: they are nested the deepest."""
        names = [part.name for part in self.parts if part.kind in kinds and part.scope == scope]
        names = names[-DEEPEST:]
        return tuple(self.choose.sample(names, min(len(names), self.choose.randint(0, most))))

    def _sections(self, scope: str) -> dict[str, Any]:
        kinds = ("group", "team") if scope == ACCOUNT else ("group",)
        return {
            "include": (*self._some(kinds, scope), "ada@example.com"),
            "require": self._some(kinds, scope, most=1),
            "exclude": self._some(kinds, scope, most=1),
        }

    def _data(self, scope: str) -> dict[str, Any]:
        decision = self.choose.choice(["allow", "allow", "deny", "bypass", "non_identity"])
        name = f"Policy {self.choose.randint(0, 10**6)}"
        return {"name": name, "decision": decision, **self._sections(scope)}

    def _any_scope(self) -> str:
        return self.choose.choice([ACCOUNT, ACCOUNT, ACCOUNT, ZONE])

    def _add_group(self) -> None:
        scope = self._any_scope()
        self._new("group", scope=scope, data=self._sections(scope))

    def _add_policy(self) -> None:
        self._new("policy", data=self._data(ACCOUNT))

    def _add_application(self) -> None:
        policies = self._some(("policy",))
        scope = self._any_scope()
        part = self._new("application", scope=scope, refers=policies)
        if not policies:
            self._free.append(part)

    def _add_list(self) -> None:
        if self._free:
            app = self._free.pop(self.choose.randrange(len(self._free)))
            policies = [self._data(app.scope) for _ in range(self.choose.randint(0, 3))]
            self._new("list", whole=app.name, scope=app.scope, data={"policies": policies})

    def _add_singles(self) -> None:
        if self._free:
            app = self._free.pop(self.choose.randrange(len(self._free)))
            for precedence in self.choose.sample(range(1, 9), self.choose.randint(1, 3)):
                data = {**self._data(app.scope), "precedence": precedence}
                self._new("single", whole=app.name, scope=app.scope, data=data)

    def _add_protected(self) -> None:
        policies = self._some(("policy",))
        if policies:
            self._new("protected", refers=policies, scope=self._any_scope())
        else:
            scope = self._any_scope()
            data = {"policies": [self._data(scope) for _ in range(self.choose.randint(1, 3))]}
            self._new("protected", scope=scope, data=data)

    def _add_set(self) -> None:
        self._new("set", data={"policies": [self._data(ACCOUNT) for _ in range(2)]})

    def _add_team(self) -> None:
        data = {
            "people": self._people(),
            "require": self._some(("group", "team"), most=1),
            "rights": self.choose.random() < 0.5,
        }
        self._new("team", refers=self._some(("resource_group",)), data=data)

    def _add_resource_group(self) -> None:
        self._new("resource_group")

    def _add_user_group(self) -> None:
        self._wholes.append(self._new("user_group", refers=self._some(("resource_group",))))

    def _add_members(self) -> None:
        if self._wholes:
            group = self._wholes.pop(self.choose.randrange(len(self._wholes)))
            if self.choose.random() < 0.5:
                self._new("members", whole=group.name, data={"people": self._people()})
            else:
                for person in self._people():
                    self._new("member", whole=group.name, data={"person": person})

    def _people(self) -> list[str]:
        return self.choose.sample(PEOPLE, self.choose.randint(1, 3))
