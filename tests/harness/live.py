"""An account full of objects that somebody has made, and the program that adopts them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.team import Team, email
from pulumi_cloudflare_access import rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access import LocalCloudflare

INCLUDE = [rules.email("ada@example.com")]
POLICY = {"name": "Allow", "decision": "allow", "include": INCLUDE}
# What a program says to have one adopted: the kind and the declaration.
Adopted = tuple[str, dict[str, Any]]


@dataclass(frozen=True)
class Live:
    """So many of each kind. Each user group has a set of members, which is an object too.

    Of the applications, the first have a list of policies of their own, the next a single one.
    """

    groups: int
    policies: int
    applications: int
    lists: int
    singles: int
    user_groups: int

    def made_in(self, cloudflare: LocalCloudflare) -> list[Adopted]:
        """Have somebody make them; return the program, in the order that an engine asks in."""
        Team(cloudflare).invite("ada", "grace")
        groups = [{"name": f"G{n}", "include": INCLUDE} for n in range(self.groups)]
        policies = [{**POLICY, "name": f"P{n}"} for n in range(self.policies)]
        apps = [
            {"type": "self_hosted", "name": f"A{n}", "domain": f"a{n}.example.com"}
            for n in range(self.applications)
        ]
        own = self.lists + self.singles
        with_own = [{**app, "policies": [{**POLICY, "precedence": 1}]} for app in apps[:own]]
        teams = [{"name": f"T{n}"} for n in range(self.user_groups)]
        made = cloudflare.seed(
            {
                "access/groups": groups,
                "access/policies": policies,
                "access/apps": [*with_own, *apps[own:]],
                "iam/user_groups": [{**team, "members": [email("ada")]} for team in teams],
            }
        )

        def by_id(collection: str, kind: str, declared: list[dict[str, Any]]) -> Iterator[Adopted]:
            for wanted, found in zip(declared, made[collection], strict=True):
                yield kind, {**wanted, "adopt": found["id"]}

        return [
            *by_id("access/groups", "access_group", groups),
            *by_id("access/policies", "access_policy", policies),
            *by_id("access/apps", "access_application", apps),
            *by_id("iam/user_groups", "user_group", teams),
            *map(_list, made["access/apps"][: self.lists]),
            *map(_single, made["access/apps"][self.lists : own]),
            *map(_members, made["iam/user_groups"]),
        ]


def _list(app: dict[str, Any]) -> Adopted:
    declared = {"application": app["id"], "policies": [POLICY], "adopt": True}
    return "access_application_policies", declared


def _single(app: dict[str, Any]) -> Adopted:
    [policy] = app["policies"]
    where = {"application": app["id"], "precedence": 1}
    return "access_application_policy", {**where, **POLICY, "adopt": policy["id"]}


def _members(team: dict[str, Any]) -> Adopted:
    return "user_group_members", {"group": team["id"], "members": [email("ada")], "adopt": True}
