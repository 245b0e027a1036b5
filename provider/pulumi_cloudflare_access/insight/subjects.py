"""Those who want to get in: people, who log in, and services, which do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .atoms import Atom

ANY_PROVIDER = ""
"""A key of `Person.groups`: groups in the token of a login through any provider."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who logs in. A field that is None is not known, and an answer may depend on it."""

    email: str
    """The address that the person logs in with. Case does not matter."""
    identity_providers: frozenset[str] | None = None
    """The ids of the providers that the person can log in through."""
    groups: Mapping[str, frozenset[str]] | None = None
    """By provider, everything that the token of a login contains: names of Okta groups, ids of
    Entra groups, addresses of Google groups, `organization` and `organization/team` of GitHub,
    `attribute=value` of SAML and OIDC. The set for a provider must be complete.
    """
    countries: frozenset[str] | None = None
    """The country codes that the person's requests may come from."""
    addresses: tuple[str, ...] | None = None
    """The IP addresses and CIDR ranges that the person's requests may come from."""
    posture: Mapping[str, bool] = field(default_factory=dict)
    """Posture checks by id, and whether the person's device passes. Others are not known."""
    authentication_methods: frozenset[str] | None = None
    """All methods of a login (RFC 8176), such as `mfa`."""
    risk: str | None = None
    """The risk score: low, medium, high or unscored."""
    certificate: str | None = None
    """The common name of the client certificate; empty for none."""
    facts: Mapping[Atom, bool] = field(default_factory=dict)
    """Anything else that is known: atoms, and whether they hold."""

    @property
    def name(self) -> str:
        """The person's name in texts: the e-mail address."""
        return self.email


@dataclass(frozen=True, slots=True)
class Service:
    """Something that does not log in. It presents a service token, an OAuth token, or nothing.

    `name` is its name in texts. `token` is the id of its service token; empty for none.
    `linked_application` is the id of the SaaS application whose OAuth token it presents; empty for
    none. The other fields are those of `Person`.
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
