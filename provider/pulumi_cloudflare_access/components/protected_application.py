"""An application and who may use it, in one declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, TypedDict, Unpack

import pulumi

from ..access.application import AccessApplication
from ..access.application_policies import AccessApplicationPolicies
from ..access.policy import SAME_AS_APPLICATION
from ..program.references import Found, Reference, is_reference
from .component import Component, no_lists, refuse, unknown

OwnedPolicy: TypeAlias = Mapping[str, Any]
"""`{"name": …, "decision": …, "include": [rules…], …}`, with the fields of `AccessPolicy`."""


class ApplicationArguments(TypedDict, total=False):
    """What `AccessApplication` takes, its policies left out."""

    type: pulumi.Input[str]
    name: pulumi.Input[str] | None
    domain: pulumi.Input[str] | None
    destinations: pulumi.Input[Sequence[Mapping[str, Any]]] | None
    self_hosted_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    allow_no_policies: bool | None
    allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None
    auto_redirect_to_identity: pulumi.Input[bool] | None
    session_duration: pulumi.Input[str] | None
    app_launcher_visible: pulumi.Input[bool] | None
    allow_authenticate_via_warp: pulumi.Input[bool] | None
    allow_iframe: pulumi.Input[bool] | None
    cors_headers: pulumi.Input[Mapping[str, Any]] | None
    custom_deny_message: pulumi.Input[str] | None
    custom_deny_url: pulumi.Input[str] | None
    custom_non_identity_deny_url: pulumi.Input[str] | None
    custom_pages: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    eager_redirect_cookie_setting: pulumi.Input[bool] | None
    enable_binding_cookie: pulumi.Input[bool] | None
    http_only_cookie_attribute: pulumi.Input[bool] | None
    logo_url: pulumi.Input[str] | None
    mfa_config: pulumi.Input[Mapping[str, Any]] | None
    oauth_configuration: pulumi.Input[Mapping[str, Any]] | None
    options_preflight_bypass: pulumi.Input[bool] | None
    path_cookie_attribute: pulumi.Input[bool] | None
    read_service_tokens_from_header: pulumi.Input[str] | None
    same_site_cookie_attribute: pulumi.Input[str] | None
    scim_config: pulumi.Input[Mapping[str, Any]] | None
    service_auth_401_redirect: pulumi.Input[bool] | None
    skip_interstitial: pulumi.Input[bool] | None
    tags: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    use_clientless_isolation_app_launcher_url: pulumi.Input[bool] | None
    saas_app: pulumi.Input[Mapping[str, Any]] | None
    app_launcher_logo_url: pulumi.Input[str] | None
    bg_color: pulumi.Input[str] | None
    footer_links: pulumi.Input[Sequence[Mapping[str, Any]]] | None
    header_bg_color: pulumi.Input[str] | None
    landing_page_design: pulumi.Input[Mapping[str, Any]] | None
    skip_app_launcher_login_page: pulumi.Input[bool] | None
    target_criteria: pulumi.Input[Sequence[Mapping[str, Any]]] | None
    account_id: pulumi.Input[str] | None
    zone_id: pulumi.Input[str] | None
    adopt: bool | str | None
    adopt_changes: bool | None


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
        policies: Sequence[OwnedPolicy | Reference] | pulumi.Output[Sequence[str | Found]],
        opts: pulumi.ResourceOptions | None = None,
        **application: Unpack[ApplicationArguments],
    ) -> None:
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
