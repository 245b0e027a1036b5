"""Invitations to the account: one for each person, however many teams invite that person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from ..iam.account_member import AccountMember
from ..program.explicit_provider import DYNAMIC
from ..program.references import Reference
from ..program.resource import Deployment

LEAST = "Minimal Account Access"
"""The role that allows nothing by itself."""

_INVITED = "__invited"


def mistakes(people: Any, account_id: Any) -> Iterator[str]:
    """Yield mistakes: each person is a resource, so that the addresses must be plain values."""
    if isinstance(account_id, pulumi.Output):
        yield "account_id: must be a plain id with invite=True"
    if not isinstance(people, (list, tuple)):
        yield "people: must be a plain list with invite=True"
        return
    for index, person in enumerate(people):
        if not isinstance(person, str):
            yield f"people[{index}]: must be a plain e-mail address with invite=True"


class Invitations:
    """The invitations of one team.

    An invited person is not a part of the team, but one resource for all teams of the program.
    """

    def __init__(
        self, team: pulumi.ComponentResource, roles: Sequence[Reference], account_id: Any
    ) -> None:
        self._roles = [*roles]
        self._account_id = account_id
        self._by = team.get_provider(DYNAMIC)

    def conflicts(self, people: Sequence[str]) -> Iterator[str]:
        """Yield a mistake for each person whom another team invites with other roles."""
        for index, person in enumerate(people):
            if any(roles != self._roles for _, roles in self._sent(person)):
                yield (
                    f"people[{index}]: another team invites {person} with other roles; give both "
                    "teams the same roles, or this person an AccountMember without invite=True"
                )

    def send(
        self, person: str, adoption: Mapping[str, Any], opts: pulumi.ResourceOptions
    ) -> AccountMember:
        """Return the account member of a person, declared when the first team invites them."""
        sent = self._sent(person)
        if not sent:
            by = pulumi.ResourceOptions(provider=self._by)
            member = AccountMember(
                self._name(person),
                email=person,
                roles=self._roles,
                **adoption,
                opts=pulumi.ResourceOptions.merge(opts, by),
            )
            sent.append((member, self._roles))
        found: AccountMember = sent[0][0]
        return found

    def _sent(self, person: str) -> list[Any]:
        return Deployment.current().told(_INVITED, self._name(person))

    def _name(self, person: str) -> str:
        parts = [f"member {person.lower()}"]
        parts += [f"in {self._account_id}"] if self._account_id else []
        parts += [f"by {self._by.pulumi_resource_name}"] if self._by else []
        return " ".join(parts)
