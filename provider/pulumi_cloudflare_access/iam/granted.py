"""What has policies of IAM: a user group, an account member. Names get their ids from lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..engine.collection import Scope
from ..engine.lifecycle import ResourceLifecycle
from ..errors import ApiError, LookUpError
from ..process import plugin
from . import grants, listings
from .permission_group import Catalogue

POLICIES = "policies"


class WithPolicies(ResourceLifecycle):
    """What both kinds have in common."""

    def warnings(self, declared: Mapping[str, Any], was: Mapping[str, Any]) -> Iterator[str]:
        """Warn of what is allowed and denied at once."""
        del was
        return grants.contradictions(declared.get(POLICIES))

    def resolve_ids(
        self, declared: Mapping[str, Any], known: Mapping[str, Any], scope: Scope | None = None
    ) -> dict[str, Any]:
        """Put ids beside the names of permission groups, from the catalogue where need be."""
        policies = declared.get(POLICIES)
        policies = grants.identified(policies, grants.ids_in(known.get(POLICIES)))
        unknown = grants.unidentified(policies) if scope else {}
        if scope and unknown:
            policies = grants.identified(policies, self._permission_groups(scope, unknown))
        return {**declared, POLICIES: policies} if policies else dict(declared)

    def _permission_groups(self, scope: Scope, names: Mapping[str, str]) -> dict[str, str]:
        """Return the ids of permission groups by what the program calls them. Or a LookUpError."""
        answers = self._snapshot(scope, listings.PERMISSION_GROUPS).objects()
        catalogue = Catalogue(scope, answers)
        ids, wrong = {}, []
        for name, policy in sorted(names.items()):
            try:
                ids[name], concerns = catalogue.id_of(name)
            except LookUpError as error:
                wrong.append(f'{POLICIES}["{policy}"]: {error}')
            else:
                for concern in concerns:
                    plugin.warn(concern)
        if wrong:
            raise LookUpError("; ".join(wrong))
        return ids

    def without_resolved_ids(self, declared: Mapping[str, Any]) -> dict[str, Any]:
        """Leave the names of permission groups without their ids."""
        if POLICIES not in declared:
            return dict(declared)
        return {**declared, POLICIES: grants.as_written(declared[POLICIES])}

    def _missing_groups(
        self, error: ApiError, scope: Scope, declared: Mapping[str, Any]
    ) -> str | None:
        """Name the groups of the policies that do not exist, where a refusal is about policies."""
        if not any("policy validation" in reason.message.lower() for reason in error.reasons):
            return None
        missing = []
        for field_, kind in (
            (grants.PERMISSIONS, listings.PERMISSION_GROUPS),
            (grants.RESOURCES, listings.RESOURCE_GROUPS),
        ):
            there = {str(found["id"]) for found in self._snapshot(scope, kind).objects()}
            missing += [
                f'{POLICIES}["{policy}"].{field_}: there is no {id_} in {scope}'
                for policy, id_ in grants.referred(declared.get(POLICIES), field_)
                if id_ not in there
            ]
        return "; ".join(missing) or None
