"""PolicySet: reusable policies, and the applications that they are attached to."""

from __future__ import annotations

import collections
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import pulumi

from ..access.application import AccessApplication
from ..access.policy import AccessPolicy
from ..access.policy_fields import PolicyInputs
from ..program.references import Attached, Reference, Unchecked, is_reference
from ..types import ApplicationArguments, OwnedPolicy
from .component import Component, no_lists, refuse, unknown
from .protected_application import with_session


class PolicySet(Component):
    """Reusable policies, in order, and the applications that have exactly these policies.

    A policy is a dictionary with the fields of `AccessPolicy`, or a reference to a policy that is
    declared elsewhere. The set declares an `AccessPolicy` for each dictionary; `name` identifies it
    in the set. `applications` are the arguments of `AccessApplication`, without `policies`, under a
    name for each. Applications that are declared elsewhere take `policies=the_set.policies`.

    If one of the set's applications has a `session_duration`, policies without one get
    `same_as_application`. Otherwise their own default, which may be 24h, would win.

    A policy is one resource. A change to it takes effect in all applications at once, before the
    list of any application changes in the same run. So add a new `deny` in one run, and let more
    people in by the next: the preview refuses both in one run.
    """

    kind = "cloudflare:components:PolicySet"

    def __init__(
        self,
        resource_name: str,
        *,
        policies: Sequence[OwnedPolicy | Unchecked | Reference],
        applications: Mapping[str, ApplicationArguments | Unchecked] | None = None,
        account_id: pulumi.Input[str] | None = None,
        adopt: bool | None = None,
        adopt_changes: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Declare reusable policies, and the applications that have them.

        :param resource_name: The name of the component in the program and in the state.
        :param policies: The policies, in order: dictionaries with the fields of `AccessPolicy`, or
            references to policies that are declared elsewhere. Required.
        :param applications: The arguments of `AccessApplication`, without `policies`, under a name
            for each. Default: none.
        :param account_id: The id of the account that the parts are in. Default: the one in the
            settings. In the API, it is in the path.
        :param adopt: `True` takes over policies that exist under their names. Default: they are
            created.
        :param adopt_changes: Let an adoption change what differs. Default: that is an error.
        :param opts: Pulumi's options for the component; they apply to each of its parts.
        """
        refuse("PolicySet", resource_name, _mistakes(policies, applications or {}))
        super().__init__(resource_name, opts)
        declared = cast("Mapping[str, ApplicationArguments]", applications or {})
        self.policies: list[Attached] = []
        """All policies in order, for the argument `policies` of other applications."""
        self.by_name: dict[str, AccessPolicy] = {}
        """The policies that the set declares, by name."""
        for policy in policies:
            if is_reference(policy):
                self.policies.append(cast("Attached", policy))
                continue
            said = with_session(cast("OwnedPolicy", policy), declared.values())
            made = self._made(said, account_id, adopt=adopt, adopt_changes=adopt_changes)
            self.by_name[_name(said)] = made
            self.policies.append(made)
        self.applications: dict[str, AccessApplication] = {}
        for called, arguments in declared.items():
            given: ApplicationArguments = {**arguments}
            if "zone_id" not in given:
                given.setdefault("account_id", account_id)
            self.applications[called] = AccessApplication(
                **self._child(called), policies=self.policies, **given
            )
        self.register_outputs({"policy_ids": {k: made.id for k, made in self.by_name.items()}})

    def _made(
        self,
        policy: OwnedPolicy,
        account_id: pulumi.Input[str] | None,
        *,
        adopt: bool | None,
        adopt_changes: bool | None,
    ) -> AccessPolicy:
        return AccessPolicy(
            **self._child(_name(policy)),
            **policy,
            account_id=account_id,
            adopt=adopt,
            adopt_changes=adopt_changes,
        )


def _name(policy: OwnedPolicy) -> str:
    """Return the name of a policy. `_mistakes` has checked that it is a plain text."""
    return cast("str", policy["name"])


def _mistakes(policies: Sequence[Any], applications: Mapping[str, Any]) -> Iterator[str]:
    """Yield unknown and missing fields, and names that are used twice."""
    names: collections.Counter[str] = collections.Counter()
    wrong = [*no_lists(policies=policies)]
    yield from wrong
    for index, policy in enumerate(() if wrong else policies):
        if is_reference(policy):
            continue
        path = f"policies[{index}]"
        yield from unknown(policy, PolicyInputs.model_fields, path)
        for field in ("decision", "include"):
            if policy.get(field) is None:
                yield f"{path}.{field}: is required"
        if isinstance(policy.get("name"), str):
            names[policy["name"]] += 1
        else:
            yield f"{path}.name: must be a string: it identifies the policy in the set"
    yield from (
        f'policies: {times} are called "{name}": a name identifies'
        for name, times in names.items()
        if times > 1
    )
    yield from _wrong_applications(applications)


def _wrong_applications(applications: Any) -> Iterator[str]:
    if not isinstance(applications, Mapping):
        yield "applications: must be a dictionary, a name for each"
        return
    for called, arguments in applications.items():
        path = f'applications["{called}"]'
        if isinstance(arguments, Mapping):
            yield from unknown(arguments, ApplicationArguments.__annotations__, path)
        else:
            yield f"{path}: must be a dictionary"
