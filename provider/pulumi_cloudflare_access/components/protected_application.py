"""ProtectedApplication: an application and its policies, in one declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Unpack

import pulumi

from ..access.application import AccessApplication
from ..access.application_policies import AccessApplicationPolicies
from ..access.policy_fields import SAME_AS_APPLICATION
from ..program.references import Found, Reference, Unchecked, is_reference
from ..types import ApplicationArguments, OwnedPolicy
from .component import Component, no_lists, refuse, unknown


class ProtectedApplication(Component):
    """An application with its policies, in order: the first policy that matches decides.

    Either all policies are the application's own (dictionaries, as `AccessApplicationPolicies`
    takes them), or all are reusable (`AccessPolicy` resources, ids, or results of a look-up). All
    other arguments are those of `AccessApplication`. `adopt` and `adopt_changes` apply to the
    application and to the list of its own policies. The parts are `application` and, for own
    policies, `policies`.

    `session_duration` also applies to own policies that do not set one: they get
    `same_as_application`. A reusable policy has its own session duration, which wins over the
    application's and may be 24h if it is not set. To follow the application, declare
    `AccessPolicy(session_duration="same_as_application")`.

    A change from reusable to own policies takes two runs, the first without any policies
    (`policies=[], allow_no_policies=True`). With both kinds at once, nothing would declare their
    order.
    """

    kind = "cloudflare:components:ProtectedApplication"

    def __init__(
        self,
        resource_name: str,
        *,
        policies: Sequence[OwnedPolicy | Unchecked | Reference]
        | pulumi.Output[Sequence[str | Found]],
        opts: pulumi.ResourceOptions | None = None,
        **application: Unpack[ApplicationArguments],
    ) -> None:
        """Declare an application and its policies.

        :param resource_name: The name of the component in the program and in the state.
        :param policies: The policies, in order: the first that matches decides. Either all are the
            application's own, as dictionaries with the fields of `AccessPolicy`, or all are
            reusable. Required.
        :param opts: Pulumi's options for the component; they apply to each of its parts.
        :param application: All other arguments are those of `AccessApplication`.
        """
        refuse("ProtectedApplication", resource_name, _mistakes(policies, application))
        own, reusable = _by_kind(policies)
        super().__init__(resource_name, opts)
        part = self._child("application")
        self.policies: AccessApplicationPolicies | None = None
        if not own:
            self.application = AccessApplication(**part, policies=reusable, **application)
        else:
            # Without policies, it lets nobody in until they are created.
            self.application = AccessApplication(**part, **application)
            self.policies = AccessApplicationPolicies(
                **self._child("policies"),
                application=self.application,
                policies=[with_session(policy, [application]) for policy in own],
                adopt=True if application.get("adopt") else None,
                adopt_changes=application.get("adopt_changes"),
            )
        self.register_outputs({"application_id": self.application.id})


def _mistakes(policies: Any, application: Mapping[str, Any]) -> Iterator[str]:
    """Yield unknown arguments, and policies of both kinds."""
    yield from unknown(application, ApplicationArguments.__annotations__, what="an argument")
    wrong = [*no_lists(policies=policies)]
    if wrong:
        yield from wrong
    elif all(_by_kind(policies)):
        yield _mixed(policies)


def _by_kind(policies: Any) -> tuple[list[OwnedPolicy], Any]:
    """Return the application's own policies, and the reusable ones."""
    if isinstance(policies, pulumi.Output):
        return [], policies
    own = [policy for policy in policies if not is_reference(policy)]
    return own, [policy for policy in policies if is_reference(policy)]


def with_session(policy: OwnedPolicy, applications: Iterable[ApplicationArguments]) -> OwnedPolicy:
    """Return a policy; without a session duration, it follows an application that has one."""
    is_said = policy.get("session_duration") is not None
    if is_said or all(one.get("session_duration") is None for one in applications):
        return policy
    return {**policy, "session_duration": SAME_AS_APPLICATION}


def _mixed(policies: Any) -> str:
    own = [n for n, policy in enumerate(policies) if not is_reference(policy)]
    reusable = [n for n in range(len(policies)) if n not in own]
    return (
        f"policies: {_listed(own)} would be the application's own, {_listed(reusable)} reusable, "
        "and nothing would declare in which order both kinds decide: make an AccessPolicy of each, "
        "or of none"
    )


def _listed(indices: Sequence[int]) -> str:
    return ", ".join(f"[{index}]" for index in indices)
