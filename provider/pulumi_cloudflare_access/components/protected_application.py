"""An application and who may use it, in one declaration."""

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
    """An application with its policies, in order: the first that matches decides.

    All policies are its own (dictionaries, as `AccessApplicationPolicies` takes them), or all are
    reusable (`AccessPolicy`, an id, what a look-up found). All else is as `AccessApplication` takes
    it. `adopt` and `adopt_changes` are for the application and for the list of its own
    policies. `session_duration` is for its own policies, too, unless they say theirs: they are
    `same_as_application`. Reusable ones have their own: unset, it may be 24h, and a policy's wins
    over the application's; `AccessPolicy(session_duration="same_as_application")` follows it. Its
    parts are `application` and, where the policies are its own, `policies`.

    From reusable policies to policies of its own takes two runs, the first with none
    (`policies=[], allow_no_policies=True`): of both kinds, the first that matches decides, and
    nothing would declare their order.
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
        """Declare an application and who may use it.

        :param resource_name: The name of the component in the program and in the state.
        :param policies: The policies, in order: the first that matches decides. All are
            dictionaries with the fields of `AccessPolicy`, the application's own, or all are
            reusable. Required.
        :param opts: Pulumi's options for the component; they hold for each of its parts.
        :param application: All else is as `AccessApplication` takes it: `ApplicationArguments`.
        """
        refuse("ProtectedApplication", resource_name, _mistakes(policies, application))
        own, reusable = _by_kind(policies)
        super().__init__(resource_name, opts)
        part = self._child("application")
        self.policies: AccessApplicationPolicies | None = None
        if not own:
            self.application = AccessApplication(**part, policies=reusable, **application)
        else:
            # Until its policies are there, it lets nobody in.
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
    """Say which arguments there are not, and which policies cannot be together."""
    yield from unknown(application, ApplicationArguments.__annotations__, what="an argument")
    wrong = [*no_lists(policies=policies)]
    if wrong:
        yield from wrong
    elif all(_by_kind(policies)):
        yield _mixed(policies)


def _by_kind(policies: Any) -> tuple[list[OwnedPolicy], Any]:
    """Return those that are the application's own, and the reusable ones."""
    if isinstance(policies, pulumi.Output):
        return [], policies
    own = [policy for policy in policies if not is_reference(policy)]
    return own, [policy for policy in policies if is_reference(policy)]


def with_session(policy: OwnedPolicy, applications: Iterable[ApplicationArguments]) -> OwnedPolicy:
    """Have a policy that says nothing of its session follow its applications, if they do."""
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
