"""Fingerprints: one number for everything that decides who gets in at a place.

Equal numbers mean equal answers. Names, keys and the order of rules do not count; the contents of
groups do. In most previews most applications do not change, and this finds them quickly.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

from .atoms import GROUP, LISTS
from .semantics import Answering
from .world import Application, Policy, Rules, Step, World

_PUBLIC: Final = -1
"""Stands for an application at a place where an override lets everyone in."""


class Interner:
    """Gives every structure a number; equal structures get the same one."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def number(self, structure: Hashable) -> int:
        """Return the number of a structure."""
        return self._numbers.setdefault(structure, len(self._numbers))


class Fingerprints:
    """The fingerprints of one world. Those with the same interner can be compared."""

    def __init__(self, world: World, interner: Interner) -> None:
        self._world: Final = world
        self._number = interner.number
        self._groups: dict[str, int] = {}
        self._policies: dict[str, int] = {}
        self._applications: dict[str, int] = {}

    def answering(self, answering: Answering) -> int:
        """Return the fingerprint of what answers at a place."""
        applications = tuple(
            _PUBLIC if answering.is_public(number) else self.application(key)
            for number, key in enumerate(answering.keys)
        )
        rivals = answering.patterns if len(applications) > 1 else ()
        protection = self._world.access_protection if not applications else None
        return self._number((applications, rivals, answering.unguarded, protection))

    def application(self, key: str) -> int:
        """Return the fingerprint of an application."""
        found = self._applications.get(key)
        if found is None:
            application = self._world.applications[key]
            found = self._applications[key] = self._number(self._application(application))
        return found

    def _application(self, application: Application) -> Hashable:
        providers = application.identity_providers
        return (
            "application",
            application.type == "infrastructure",
            tuple(self._step(step) for step in application.policies),
            providers if providers is None else frozenset(providers),
            application.terms,
            application.device_login if providers or providers is None else None,
            (application.key, application.unread) if providers is None else None,
        )

    def _step(self, step: Step) -> Hashable:
        if isinstance(step, str):
            return self.policy(step)
        return tuple(tuple(map(self.policy, keys)) for keys in step.lists)

    def policy(self, key: str) -> int:
        """Return the fingerprint of a policy."""
        found = self._policies.get(key)
        if found is None:
            policy = self._world.policies.get(key)
            structure = ("no policy", key) if policy is None else self._policy(policy)
            found = self._policies[key] = self._number(structure)
        return found

    def _policy(self, policy: Policy) -> Hashable:
        digest = self._world.undecidable.get(policy.key)
        asked = self.rules(policy.rules, policy.scope) if digest is None else (policy.key, digest)
        unknown = policy.key if policy.decision is None else None
        return "policy", policy.decision, asked, policy.terms, unknown

    def rules(self, rules: Rules, scope: str) -> Hashable:
        """Return the structure of the rules of a group or a policy."""
        sections = (rules.include, rules.require, rules.exclude)
        return tuple(
            frozenset(
                self.group(rule.atom[1], scope) if rule.atom[0] == GROUP else self._atom(rule.atom)
                for rule in section
            )
            for section in sections
        )

    def _atom(self, atom: tuple[str, ...]) -> Hashable:
        if atom[0] in LISTS:
            contents = self._world.lists.get(atom[1])
            return atom if contents is None else (*atom, frozenset(contents))
        return atom

    def group(self, key: str, scope: str) -> int:
        """Return the fingerprint of a rule about a group."""
        group = self._world.groups.get(key)
        if group is None:
            return self._number(("no group", key, key in self._world.deleted))
        if scope and group.scope and group.scope != scope:
            return self._number(("group of another scope", key))
        found = self._groups.get(key)
        if found is None:
            digest = self._world.undecidable.get(key)
            structure: Hashable = ("circle", key, digest)
            if digest is None:
                structure = ("group", self.rules(group.rules, group.scope))
            found = self._groups[key] = self._number(structure)
        return found
