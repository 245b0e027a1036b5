"""Who asks to get in: people, who log in, and services, which do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .atoms import Atom

ANY_PROVIDER = ""
"""In `Person.groups`: groups that the token of a login through any provider names."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in. What is left out is not known, and an answer may depend on it.

    `identity_providers`: the ids of those that the person can log in through.
    `groups`: by identity provider, everything that the token of a login there says: names of Okta
    groups, ids of Entra groups, addresses of Google groups, `organization` and `organization/team`
    of GitHub, `attribute=value` of SAML and OIDC. All of them: what is not named is not so.
    `countries`, `addresses`: where the person's requests may come from; addresses are IP addresses
    or CIDR ranges.
    `posture`: posture checks by id, and whether the person's device passes.
    `authentication_methods`: the methods of a login (RFC 8176), all of them.
    `certificate`: the common name of the client certificate, empty for none.
    `facts`: anything else that is known, by its atom.
    """

    email: str
    identity_providers: frozenset[str] | None = None
    groups: Mapping[str, frozenset[str]] | None = None
    countries: frozenset[str] | None = None
    addresses: tuple[str, ...] | None = None
    posture: Mapping[str, bool] = field(default_factory=dict)
    authentication_methods: frozenset[str] | None = None
    risk: str | None = None
    certificate: str | None = None
    facts: Mapping[Atom, bool] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the person is called."""
        return self.email


@dataclass(frozen=True, slots=True)
class Service:
    """Something that does not log in: it has a service token, an application's token, or nothing.

    `token`: the id of the service token that it presents, empty for none.
    `linked_application`: the SaaS application whose OAuth token it presents, empty for none.
    The rest is as for a `Person`.
    """

    name: str
    token: str = ""
    linked_application: str = ""
    countries: frozenset[str] | None = None
    addresses: tuple[str, ...] | None = None
    posture: Mapping[str, bool] = field(default_factory=dict)
    certificate: str | None = None
    facts: Mapping[Atom, bool] = field(default_factory=dict)


Subject: TypeAlias = Person | Service
