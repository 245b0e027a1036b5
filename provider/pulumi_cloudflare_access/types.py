"""The types of what declarations, outputs and look-ups hold, for editors and checkers.

    from pulumi_cloudflare_access import types

    staff: types.OwnedPolicy = {"name": "Staff", "decision": "allow", "include": [rules.everyone()]}

They are dictionaries: a type named as here (`Destination`) is what a program writes, one that ends
in `Output` what the outputs of resources hold, one that ends in `Found` what look-ups find. In
outputs, lists whose order means nothing are maps, keyed by what a person would call an entry.

A dictionary whose values no checker knows (`dict[str, Any]`) is accepted wherever one of these is.

Written by `make generate` from the models; edit those.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Required, TypeAlias, TypedDict

import pulumi

from .program.references import Attached, AttachedPolicy, Found, Reference, Unchecked

__all__ = [
    "AnyValidServiceTokenSelector",
    "AnyValidServiceTokenSelectorOutput",
    "ApplicationArguments",
    "ApplicationPolicyFound",
    "ApplicationType",
    "ApprovalGroup",
    "ApprovalGroupFound",
    "ApprovalGroupOutput",
    "Attached",
    "AttachedPolicy",
    "AttributeSource",
    "AttributeSourceFound",
    "AttributeSourceOutput",
    "AuthContextSelector",
    "AuthContextSelectorOutput",
    "AuthMethodSelector",
    "AuthMethodSelectorOutput",
    "AzureAdSelector",
    "AzureAdSelectorOutput",
    "CertificateSelector",
    "CertificateSelectorOutput",
    "ClaimSource",
    "ClaimSourceOutput",
    "ClientRegistration",
    "ClientRegistrationFound",
    "ClientRegistrationOutput",
    "CloudflareAccountMemberSelector",
    "CloudflareAccountMemberSelectorOutput",
    "CommonNameSelector",
    "CommonNameSelectorOutput",
    "ConnectionRules",
    "ConnectionRulesFound",
    "ConnectionRulesOutput",
    "CorsHeaders",
    "CorsHeadersFound",
    "CorsHeadersOutput",
    "CustomAttribute",
    "CustomAttributeFound",
    "CustomAttributeOutput",
    "CustomClaim",
    "CustomClaimOutput",
    "Decision",
    "Destination",
    "DestinationFound",
    "DestinationOutput",
    "DevicePostureSelector",
    "DevicePostureSelectorOutput",
    "EmailDomainSelector",
    "EmailDomainSelectorOutput",
    "EmailListSelector",
    "EmailListSelectorOutput",
    "EmailSelector",
    "EmailSelectorOutput",
    "EveryoneSelector",
    "EveryoneSelectorOutput",
    "ExternalEvaluationSelector",
    "ExternalEvaluationSelectorOutput",
    "FooterLink",
    "FooterLinkOutput",
    "Found",
    "GeoSelector",
    "GeoSelectorOutput",
    "GithubOrganizationSelector",
    "GithubOrganizationSelectorOutput",
    "Grant",
    "GrantFound",
    "GrantOutput",
    "GroupSelector",
    "GroupSelectorOutput",
    "GsuiteSelector",
    "GsuiteSelectorOutput",
    "HeaderAttribute",
    "HeaderAttributeOutput",
    "IdentityProviderConfig",
    "IdentityProviderConfigFound",
    "IdentityProviderConfigOutput",
    "IdentityProviderScim",
    "IdentityProviderScimFound",
    "IdentityProviderScimOutput",
    "IdentityProviderType",
    "ImplicitOptions",
    "ImplicitOptionsOutput",
    "IpListSelector",
    "IpListSelectorOutput",
    "IpSelector",
    "IpSelectorOutput",
    "LandingPageDesign",
    "LandingPageDesignOutput",
    "LinkedAppTokenSelector",
    "LinkedAppTokenSelectorOutput",
    "ListItem",
    "ListItemOutput",
    "ListType",
    "LoginDesign",
    "LoginDesignOutput",
    "LoginMethodSelector",
    "LoginMethodSelectorOutput",
    "MfaConfig",
    "MfaConfigFound",
    "MfaConfigOutput",
    "OauthConfiguration",
    "OauthConfigurationFound",
    "OauthConfigurationOutput",
    "OauthGrant",
    "OauthGrantOutput",
    "OidcSelector",
    "OidcSelectorOutput",
    "OktaSelector",
    "OktaSelectorOutput",
    "OrganizationMfaConfig",
    "OrganizationMfaConfigFound",
    "OrganizationMfaConfigOutput",
    "OrganizationPages",
    "OrganizationPagesOutput",
    "Override",
    "OverrideOutput",
    "OwnedPolicy",
    "OwnedPolicyFound",
    "OwnedPolicyOutput",
    "PermissionGroupFound",
    "PermissionGroupOutput",
    "PersonOutput",
    "PivKeyRequirements",
    "PivKeyRequirementsFound",
    "PivKeyRequirementsOutput",
    "RdpRules",
    "RdpRulesFound",
    "RdpRulesOutput",
    "Reference",
    "ReferenceOutput",
    "RefreshTokenOptions",
    "RefreshTokenOptionsOutput",
    "ResourceGroupFound",
    "RiskLevel",
    "RoleFound",
    "RoleOutput",
    "Rule",
    "RuleFound",
    "RuleOutput",
    "SaasApp",
    "SaasAppFound",
    "SaasAppOutput",
    "SamlSelector",
    "SamlSelectorOutput",
    "ScimAuthentication",
    "ScimAuthenticationFound",
    "ScimAuthenticationOutput",
    "ScimConfig",
    "ScimConfigFound",
    "ScimConfigOutput",
    "ScimMapping",
    "ScimMappingOutput",
    "ScimOperations",
    "ScimOperationsOutput",
    "Scope",
    "ScopeFound",
    "ScopeObject",
    "ScopeObjectOutput",
    "ScopeOutput",
    "ServiceTokenInactivity",
    "ServiceTokenInactivityFound",
    "ServiceTokenInactivityOutput",
    "ServiceTokenSelector",
    "ServiceTokenSelectorOutput",
    "SourceByProvider",
    "SourceByProviderOutput",
    "SshRules",
    "SshRulesFound",
    "SshRulesOutput",
    "TargetCriterion",
    "TargetCriterionFound",
    "TargetCriterionOutput",
    "TargetHosts",
    "TargetHostsFound",
    "TargetHostsOutput",
    "TargetRule",
    "TargetRuleFound",
    "TargetRuleOutput",
    "Unchecked",
    "UserRiskScoreSelector",
    "UserRiskScoreSelectorOutput",
]

ApplicationType: TypeAlias = Literal[
    "self_hosted",
    "saas",
    "ssh",
    "vnc",
    "app_launcher",
    "warp",
    "biso",
    "bookmark",
    "dash_sso",
    "infrastructure",
    "rdp",
    "mcp",
    "mcp_portal",
    "proxy_endpoint",
]

IdentityProviderType: TypeAlias = Literal[
    "onetimepin",
    "azureAD",
    "google",
    "google-apps",
    "okta",
    "github",
    "saml",
    "oidc",
    "onelogin",
    "centrify",
    "facebook",
    "linkedin",
    "yandex",
    "pingone",
    "cloudflare",
]

Decision: TypeAlias = Literal["allow", "deny", "non_identity", "bypass"]

RiskLevel: TypeAlias = Literal["low", "medium", "high", "unscored"]

ListType: TypeAlias = Literal[
    "SERIAL", "URL", "DOMAIN", "EMAIL", "IP", "CATEGORY", "LOCATION", "DEVICE", "AAGUID"
]


class EmailSelector(TypedDict, total=False):
    """Match the person with this e-mail address."""

    email: Required[pulumi.Input[str]]
    """The e-mail address."""


class EmailSelectorOutput(TypedDict, total=False):
    """Match the person with this e-mail address."""

    email: Required[str]
    """The e-mail address."""


class EmailListSelector(TypedDict, total=False):
    """Match everyone whose e-mail address is in this Zero Trust list."""

    id: Required[pulumi.Input[str]]
    """The id of the Zero Trust list of addresses."""


class EmailListSelectorOutput(TypedDict, total=False):
    """Match everyone whose e-mail address is in this Zero Trust list."""

    id: Required[str]
    """The id of the Zero Trust list of addresses."""


class EmailDomainSelector(TypedDict, total=False):
    """Match everyone whose address ends in @ and this domain, subdomains not included."""

    domain: Required[pulumi.Input[str]]
    """The domain, without the @, such as `example.com`."""


class EmailDomainSelectorOutput(TypedDict, total=False):
    """Match everyone whose address ends in @ and this domain, subdomains not included."""

    domain: Required[str]
    """The domain, without the @, such as `example.com`."""


class EveryoneSelector(TypedDict, total=False):
    """Match everyone; under `allow`, everyone who can log in."""


class EveryoneSelectorOutput(TypedDict, total=False):
    """Match everyone; under `allow`, everyone who can log in."""


class IpSelector(TypedDict, total=False):
    """Match requests from this address or CIDR range, IPv4 or IPv6."""

    ip: Required[pulumi.Input[str]]
    """An address or a CIDR range, such as `203.0.113.0/24`."""


class IpSelectorOutput(TypedDict, total=False):
    """Match requests from this address or CIDR range, IPv4 or IPv6."""

    ip: Required[str]
    """An address or a CIDR range, such as `203.0.113.0/24`."""


class IpListSelector(TypedDict, total=False):
    """Match requests from the addresses in this Zero Trust list."""

    id: Required[pulumi.Input[str]]
    """The id of the Zero Trust list of addresses."""


class IpListSelectorOutput(TypedDict, total=False):
    """Match requests from the addresses in this Zero Trust list."""

    id: Required[str]
    """The id of the Zero Trust list of addresses."""


class CertificateSelector(TypedDict, total=False):
    """Match requests with any valid client certificate."""


class CertificateSelectorOutput(TypedDict, total=False):
    """Match requests with any valid client certificate."""


class GroupSelector(TypedDict, total=False):
    """Match whomever this Access group matches: the group itself, or its id."""

    id: Required[pulumi.Input[str]]
    """The id of the Access group."""


class GroupSelectorOutput(TypedDict, total=False):
    """Match whomever this Access group matches: the group itself, or its id."""

    id: Required[str]
    """The id of the Access group."""


class AzureAdSelector(TypedDict, total=False):
    """Match members of this Microsoft Entra (Azure AD) group, by its object id."""

    id: Required[pulumi.Input[str]]
    """The object id of the Entra group."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class AzureAdSelectorOutput(TypedDict, total=False):
    """Match members of this Microsoft Entra (Azure AD) group, by its object id."""

    id: Required[str]
    """The object id of the Entra group."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class GithubOrganizationSelector(TypedDict, total=False):
    """Match members of this GitHub organization, or of one team in it."""

    name: Required[pulumi.Input[str]]
    """The organization's name."""
    team: pulumi.Input[str]
    """The team's name. Left out, any."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class GithubOrganizationSelectorOutput(TypedDict, total=False):
    """Match members of this GitHub organization, or of one team in it."""

    name: Required[str]
    """The organization's name."""
    team: str
    """The team's name. Left out, any."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class GsuiteSelector(TypedDict, total=False):
    """Match members of this Google Workspace group, by the group's e-mail address."""

    email: Required[pulumi.Input[str]]
    """The group's e-mail address."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class GsuiteSelectorOutput(TypedDict, total=False):
    """Match members of this Google Workspace group, by the group's e-mail address."""

    email: Required[str]
    """The group's e-mail address."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class OktaSelector(TypedDict, total=False):
    """Match members of this Okta group."""

    name: pulumi.Input[str]
    """The Okta group's name."""
    email: pulumi.Input[str]
    """An older name of `name`."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class OktaSelectorOutput(TypedDict, total=False):
    """Match members of this Okta group."""

    name: str
    """The Okta group's name."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class SamlSelector(TypedDict, total=False):
    """Match people whose SAML assertion has this attribute with this value."""

    attribute_name: Required[pulumi.Input[str]]
    """The attribute's name."""
    attribute_value: Required[pulumi.Input[str]]
    """The value that matches."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class SamlSelectorOutput(TypedDict, total=False):
    """Match people whose SAML assertion has this attribute with this value."""

    attribute_name: Required[str]
    """The attribute's name."""
    attribute_value: Required[str]
    """The value that matches."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class ServiceTokenSelector(TypedDict, total=False):
    """Match requests with this service token; works in Service Auth policies alone."""

    token_id: Required[pulumi.Input[str]]
    """The id of the service token."""


class ServiceTokenSelectorOutput(TypedDict, total=False):
    """Match requests with this service token; works in Service Auth policies alone."""

    token_id: Required[str]
    """The id of the service token."""


class AnyValidServiceTokenSelector(TypedDict, total=False):
    """Match requests with any valid service token; works in Service Auth policies alone."""


class AnyValidServiceTokenSelectorOutput(TypedDict, total=False):
    """Match requests with any valid service token; works in Service Auth policies alone."""


class ExternalEvaluationSelector(TypedDict, total=False):
    """Ask an API of your own; `keys_url` serves the keys that its answers are signed with."""

    evaluate_url: Required[pulumi.Input[str]]
    """The URL of the API that is asked."""
    keys_url: Required[pulumi.Input[str]]
    """The URL of the keys that its answers are signed with."""


class ExternalEvaluationSelectorOutput(TypedDict, total=False):
    """Ask an API of your own; `keys_url` serves the keys that its answers are signed with."""

    evaluate_url: Required[str]
    """The URL of the API that is asked."""
    keys_url: Required[str]
    """The URL of the keys that its answers are signed with."""


class GeoSelector(TypedDict, total=False):
    """Match requests from this country, a two-letter code such as DE."""

    country_code: Required[pulumi.Input[str]]
    """The country, a two-letter code such as `DE` (ISO 3166-1)."""


class GeoSelectorOutput(TypedDict, total=False):
    """Match requests from this country, a two-letter code such as DE."""

    country_code: Required[str]
    """The country, a two-letter code such as `DE` (ISO 3166-1)."""


class AuthMethodSelector(TypedDict, total=False):
    """Match logins with this authentication method, a value of RFC 8176 such as mfa."""

    auth_method: Required[pulumi.Input[str]]
    """The method, a value of RFC 8176 such as `mfa`."""


class AuthMethodSelectorOutput(TypedDict, total=False):
    """Match logins with this authentication method, a value of RFC 8176 such as mfa."""

    auth_method: Required[str]
    """The method, a value of RFC 8176 such as `mfa`."""


class DevicePostureSelector(TypedDict, total=False):
    """Match devices that pass this posture check (also WARP and Gateway)."""

    integration_uid: Required[pulumi.Input[str]]
    """The id of the posture check."""
    account_id: pulumi.Input[str]
    """The id of the account. Left out, it is the account of the object with the rule."""


class DevicePostureSelectorOutput(TypedDict, total=False):
    """Match devices that pass this posture check (also WARP and Gateway)."""

    integration_uid: Required[str]
    """The id of the posture check."""
    account_id: str
    """The id of the account. Left out, it is the account of the object with the rule."""


class AuthContextSelector(TypedDict, total=False):
    """Match logins with this Microsoft Entra authentication context."""

    id: Required[pulumi.Input[str]]
    """The id of the authentication context in Entra."""
    ac_id: Required[pulumi.Input[str]]
    """The authentication context's number, such as `c1`."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class AuthContextSelectorOutput(TypedDict, total=False):
    """Match logins with this Microsoft Entra authentication context."""

    id: Required[str]
    """The id of the authentication context in Entra."""
    ac_id: Required[str]
    """The authentication context's number, such as `c1`."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class CommonNameSelector(TypedDict, total=False):
    """Match requests with a client certificate of this common name."""

    common_name: Required[pulumi.Input[str]]
    """The common name of the client certificate."""


class CommonNameSelectorOutput(TypedDict, total=False):
    """Match requests with a client certificate of this common name."""

    common_name: Required[str]
    """The common name of the client certificate."""


class LoginMethodSelector(TypedDict, total=False):
    """Match people who logged in through this identity provider."""

    id: Required[pulumi.Input[str]]
    """The id of the identity provider."""


class LoginMethodSelectorOutput(TypedDict, total=False):
    """Match people who logged in through this identity provider."""

    id: Required[str]
    """The id of the identity provider."""


class OidcSelector(TypedDict, total=False):
    """Match people whose OIDC token has this claim with this value."""

    claim_name: Required[pulumi.Input[str]]
    """The claim's name."""
    claim_value: Required[pulumi.Input[str]]
    """The value that matches."""
    identity_provider_id: pulumi.Input[str]
    """The id of the identity provider that says so."""
    connection_id: pulumi.Input[str]
    """An older name of `identity_provider_id`."""


class OidcSelectorOutput(TypedDict, total=False):
    """Match people whose OIDC token has this claim with this value."""

    claim_name: Required[str]
    """The claim's name."""
    claim_value: Required[str]
    """The value that matches."""
    identity_provider_id: str
    """The id of the identity provider that says so."""


class LinkedAppTokenSelector(TypedDict, total=False):
    """Match OAuth tokens of this application; works in Service Auth and Bypass policies alone."""

    app_uid: Required[pulumi.Input[str]]
    """The id of the application that the token is for."""


class LinkedAppTokenSelectorOutput(TypedDict, total=False):
    """Match OAuth tokens of this application; works in Service Auth and Bypass policies alone."""

    app_uid: Required[str]
    """The id of the application that the token is for."""


class UserRiskScoreSelector(TypedDict, total=False):
    """Match people whose risk score is one of these: low, medium, high, unscored."""

    user_risk_score: Required[pulumi.Input[Sequence[pulumi.Input[RiskLevel]]]]
    """The risk scores that match, in any order."""


class UserRiskScoreSelectorOutput(TypedDict, total=False):
    """Match people whose risk score is one of these: low, medium, high, unscored."""

    user_risk_score: Required[Sequence[str]]
    """The risk scores that match, in any order."""


class CloudflareAccountMemberSelector(TypedDict, total=False):
    """Match members of a Cloudflare account, the group's own unless another is named."""

    account_id: pulumi.Input[str]
    """The id of the account. Left out, it is the account of the object with the rule."""


class CloudflareAccountMemberSelectorOutput(TypedDict, total=False):
    """Match members of a Cloudflare account, the group's own unless another is named."""

    account_id: str
    """The id of the account. Left out, it is the account of the object with the rule."""


_Rule = TypedDict(
    "_Rule", {"github-organization": pulumi.Input[GithubOrganizationSelector]}, total=False
)


class Rule(_Rule, total=False):
    """A rule: exactly one selector. `rules` has functions that make them."""

    email: pulumi.Input[EmailSelector]
    """Match the person with this e-mail address."""
    email_list: pulumi.Input[EmailListSelector]
    """Match everyone whose e-mail address is in this Zero Trust list."""
    email_domain: pulumi.Input[EmailDomainSelector]
    """Match everyone whose address ends in @ and this domain, subdomains not included."""
    everyone: pulumi.Input[EveryoneSelector]
    """Match everyone; under `allow`, everyone who can log in."""
    ip: pulumi.Input[IpSelector]
    """Match requests from this address or CIDR range, IPv4 or IPv6."""
    ip_list: pulumi.Input[IpListSelector]
    """Match requests from the addresses in this Zero Trust list."""
    certificate: pulumi.Input[CertificateSelector]
    """Match requests with any valid client certificate."""
    group: pulumi.Input[GroupSelector]
    """Match whomever this Access group matches: the group itself, or its id."""
    azureAD: pulumi.Input[AzureAdSelector]  # noqa: N815 - Cloudflare's name for it
    """Match members of this Microsoft Entra (Azure AD) group, by its object id."""
    gsuite: pulumi.Input[GsuiteSelector]
    """Match members of this Google Workspace group, by the group's e-mail address."""
    okta: pulumi.Input[OktaSelector]
    """Match members of this Okta group."""
    saml: pulumi.Input[SamlSelector]
    """Match people whose SAML assertion has this attribute with this value."""
    service_token: pulumi.Input[ServiceTokenSelector]
    """Match requests with this service token; works in Service Auth policies alone."""
    any_valid_service_token: pulumi.Input[AnyValidServiceTokenSelector]
    """Match requests with any valid service token; works in Service Auth policies alone."""
    external_evaluation: pulumi.Input[ExternalEvaluationSelector]
    """Ask an API of your own; `keys_url` serves the keys that its answers are signed with."""
    geo: pulumi.Input[GeoSelector]
    """Match requests from this country, a two-letter code such as DE."""
    auth_method: pulumi.Input[AuthMethodSelector]
    """Match logins with this authentication method, a value of RFC 8176 such as mfa."""
    device_posture: pulumi.Input[DevicePostureSelector]
    """Match devices that pass this posture check (also WARP and Gateway)."""
    auth_context: pulumi.Input[AuthContextSelector]
    """Match logins with this Microsoft Entra authentication context."""
    common_name: pulumi.Input[CommonNameSelector]
    """Match requests with a client certificate of this common name."""
    login_method: pulumi.Input[LoginMethodSelector]
    """Match people who logged in through this identity provider."""
    oidc: pulumi.Input[OidcSelector]
    """Match people whose OIDC token has this claim with this value."""
    linked_app_token: pulumi.Input[LinkedAppTokenSelector]
    """Match OAuth tokens of this application; works in Service Auth and Bypass policies alone."""
    user_risk_score: pulumi.Input[UserRiskScoreSelector]
    """Match people whose risk score is one of these: low, medium, high, unscored."""
    cloudflare_account_member: pulumi.Input[CloudflareAccountMemberSelector]
    """Match members of a Cloudflare account, the group's own unless another is named."""


_RuleFound = TypedDict(
    "_RuleFound", {"github-organization": GithubOrganizationSelectorOutput}, total=False
)


class RuleFound(_RuleFound, total=False):
    """A rule: exactly one selector. `rules` has functions that make them."""

    email: EmailSelectorOutput
    """Match the person with this e-mail address."""
    email_list: EmailListSelectorOutput
    """Match everyone whose e-mail address is in this Zero Trust list."""
    email_domain: EmailDomainSelectorOutput
    """Match everyone whose address ends in @ and this domain, subdomains not included."""
    everyone: EveryoneSelectorOutput
    """Match everyone; under `allow`, everyone who can log in."""
    ip: IpSelectorOutput
    """Match requests from this address or CIDR range, IPv4 or IPv6."""
    ip_list: IpListSelectorOutput
    """Match requests from the addresses in this Zero Trust list."""
    certificate: CertificateSelectorOutput
    """Match requests with any valid client certificate."""
    group: GroupSelectorOutput
    """Match whomever this Access group matches: the group itself, or its id."""
    azureAD: AzureAdSelectorOutput  # noqa: N815 - Cloudflare's name for it
    """Match members of this Microsoft Entra (Azure AD) group, by its object id."""
    gsuite: GsuiteSelectorOutput
    """Match members of this Google Workspace group, by the group's e-mail address."""
    okta: OktaSelectorOutput
    """Match members of this Okta group."""
    saml: SamlSelectorOutput
    """Match people whose SAML assertion has this attribute with this value."""
    service_token: ServiceTokenSelectorOutput
    """Match requests with this service token; works in Service Auth policies alone."""
    any_valid_service_token: AnyValidServiceTokenSelectorOutput
    """Match requests with any valid service token; works in Service Auth policies alone."""
    external_evaluation: ExternalEvaluationSelectorOutput
    """Ask an API of your own; `keys_url` serves the keys that its answers are signed with."""
    geo: GeoSelectorOutput
    """Match requests from this country, a two-letter code such as DE."""
    auth_method: AuthMethodSelectorOutput
    """Match logins with this authentication method, a value of RFC 8176 such as mfa."""
    device_posture: DevicePostureSelectorOutput
    """Match devices that pass this posture check (also WARP and Gateway)."""
    auth_context: AuthContextSelectorOutput
    """Match logins with this Microsoft Entra authentication context."""
    common_name: CommonNameSelectorOutput
    """Match requests with a client certificate of this common name."""
    login_method: LoginMethodSelectorOutput
    """Match people who logged in through this identity provider."""
    oidc: OidcSelectorOutput
    """Match people whose OIDC token has this claim with this value."""
    linked_app_token: LinkedAppTokenSelectorOutput
    """Match OAuth tokens of this application; works in Service Auth and Bypass policies alone."""
    user_risk_score: UserRiskScoreSelectorOutput
    """Match people whose risk score is one of these: low, medium, high, unscored."""
    cloudflare_account_member: CloudflareAccountMemberSelectorOutput
    """Match members of a Cloudflare account, the group's own unless another is named."""


class RuleOutput(RuleFound, total=False):
    """A rule, as outputs hold it."""

    of: str
    """The URN of the resource that it refers to."""
    raw: bool
    """Whether it was made by `rules.raw`."""


class Override(TypedDict, total=False):
    """A path of a destination that is treated in another way."""

    behavior: pulumi.Input[Literal["public"]] | None
    """What happens on the path: `public` lets everybody reach it without a login. Default: none.
    API: `behavior`.
    """
    path_pattern: pulumi.Input[str] | None
    """The paths that this is for, such as `/health` or `/assets/*`. Default: none. API:
    `path_pattern`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OverrideOutput(TypedDict, total=False):
    """A path of a destination that is treated in another way."""

    behavior: str
    """What happens on the path: `public` lets everybody reach it without a login."""
    path_pattern: str
    """The paths that this is for, such as `/health` or `/assets/*`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class Destination(TypedDict, total=False):
    """One place that the application protects."""

    type: (
        pulumi.Input[
            Literal[
                "public",
                "private",
                "via_mcp_server_portal",
                "worker",
                "preview_worker",
                "all_workers",
                "all_preview_workers",
            ]
        ]
        | None
    )
    """What kind of place it is: a public host name, a private address, an MCP server behind a
    portal, or Workers. Default: `public`. API: `type`.
    """
    uri: pulumi.Input[str] | None
    """Of a public destination: the host name, with or without a path, `*` for any part of it.
    Default: none. API: `uri`.
    """
    cidr: pulumi.Input[str] | None
    """Of a private destination: its addresses, such as `10.0.0.0/24`. One address is a /32.
    Default: none. API: `cidr`.
    """
    hostname: pulumi.Input[str] | None
    """Of a private destination: the host name (SNI) of its HTTPS server. Default: none. API:
    `hostname`.
    """
    l4_protocol: pulumi.Input[Literal["tcp", "udp"]] | None
    """Of a private destination: `tcp` or `udp`. Left out, both match. API: `l4_protocol`."""
    port_range: pulumi.Input[str] | None
    """Of a private destination: one port or a range, such as `443` or `8000-8999`. Left out, all.
    API: `port_range`.
    """
    vnet_id: pulumi.Input[str] | None
    """Of a private destination: the id of its virtual network. Left out, all match. API: `vnet_id`.
    """
    mcp_server_id: pulumi.Input[str] | None
    """Of type `via_mcp_server_portal`: the id of the MCP server. Default: none. API:
    `mcp_server_id`.
    """
    worker_id: pulumi.Input[str] | None
    """Of type `worker` or `preview_worker`: the id of the Worker. Default: none. API: `worker_id`.
    """
    overrides: pulumi.Input[Sequence[pulumi.Input[Override | Unchecked]]] | None
    """Paths of the destination that are treated in another way, in any order. Default: none. API:
    `overrides`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class DestinationOutput(TypedDict, total=False):
    """One place that the application protects."""

    type: str
    """What kind of place it is: a public host name, a private address, an MCP server behind a
    portal, or Workers.
    """
    uri: str
    """Of a public destination: the host name, with or without a path, `*` for any part of it."""
    cidr: str
    """Of a private destination: its addresses, such as `10.0.0.0/24`. One address is a /32."""
    hostname: str
    """Of a private destination: the host name (SNI) of its HTTPS server."""
    l4_protocol: str
    """Of a private destination: `tcp` or `udp`. Left out, both match."""
    port_range: str
    """Of a private destination: one port or a range, such as `443` or `8000-8999`. Left out, all.
    """
    vnet_id: str
    """Of a private destination: the id of its virtual network. Left out, all match."""
    mcp_server_id: str
    """Of type `via_mcp_server_portal`: the id of the MCP server."""
    worker_id: str
    """Of type `worker` or `preview_worker`: the id of the Worker."""
    overrides: Mapping[str, OverrideOutput]
    """Paths of the destination that are treated in another way, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class DestinationFound(TypedDict, total=False):
    """One place that the application protects."""

    type: str
    """What kind of place it is: a public host name, a private address, an MCP server behind a
    portal, or Workers.
    """
    uri: str
    """Of a public destination: the host name, with or without a path, `*` for any part of it."""
    cidr: str
    """Of a private destination: its addresses, such as `10.0.0.0/24`. One address is a /32."""
    hostname: str
    """Of a private destination: the host name (SNI) of its HTTPS server."""
    l4_protocol: str
    """Of a private destination: `tcp` or `udp`. Left out, both match."""
    port_range: str
    """Of a private destination: one port or a range, such as `443` or `8000-8999`. Left out, all.
    """
    vnet_id: str
    """Of a private destination: the id of its virtual network. Left out, all match."""
    mcp_server_id: str
    """Of type `via_mcp_server_portal`: the id of the MCP server."""
    worker_id: str
    """Of type `worker` or `preview_worker`: the id of the Worker."""
    overrides: Sequence[OverrideOutput]
    """Paths of the destination that are treated in another way, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class CorsHeaders(TypedDict, total=False):
    """Cross-origin requests that are let through to the application."""

    allow_all_headers: pulumi.Input[bool] | None
    """Allow every request header. Default: none. API: `allow_all_headers`."""
    allow_all_methods: pulumi.Input[bool] | None
    """Allow every method. Default: none. API: `allow_all_methods`."""
    allow_all_origins: pulumi.Input[bool] | None
    """Allow every origin. Default: none. API: `allow_all_origins`."""
    allow_credentials: pulumi.Input[bool] | None
    """Allow requests that carry cookies, authorization headers or client certificates. Default:
    none. API: `allow_credentials`.
    """
    allowed_headers: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The request headers that are allowed. Default: none. API: `allowed_headers`."""
    allowed_methods: (
        pulumi.Input[
            Sequence[
                pulumi.Input[
                    Literal[
                        "GET",
                        "POST",
                        "HEAD",
                        "PUT",
                        "DELETE",
                        "CONNECT",
                        "OPTIONS",
                        "TRACE",
                        "PATCH",
                    ]
                ]
            ]
        ]
        | None
    )
    """The methods that are allowed. Default: none. API: `allowed_methods`."""
    allowed_origins: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The origins that are allowed, such as `https://example.com`. Default: none. API:
    `allowed_origins`.
    """
    max_age: pulumi.Input[int] | None
    """How many seconds a browser may keep the answer to a preflight request: -1 to 86400. Default:
    none. API: `max_age`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class CorsHeadersOutput(TypedDict, total=False):
    """Cross-origin requests that are let through to the application."""

    allow_all_headers: bool
    """Allow every request header."""
    allow_all_methods: bool
    """Allow every method."""
    allow_all_origins: bool
    """Allow every origin."""
    allow_credentials: bool
    """Allow requests that carry cookies, authorization headers or client certificates."""
    allowed_headers: Mapping[str, str]
    """The request headers that are allowed."""
    allowed_methods: Mapping[str, str]
    """The methods that are allowed."""
    allowed_origins: Mapping[str, str]
    """The origins that are allowed, such as `https://example.com`."""
    max_age: float
    """How many seconds a browser may keep the answer to a preflight request: -1 to 86400."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class CorsHeadersFound(TypedDict, total=False):
    """Cross-origin requests that are let through to the application."""

    allow_all_headers: bool
    """Allow every request header."""
    allow_all_methods: bool
    """Allow every method."""
    allow_all_origins: bool
    """Allow every origin."""
    allow_credentials: bool
    """Allow requests that carry cookies, authorization headers or client certificates."""
    allowed_headers: Sequence[str]
    """The request headers that are allowed."""
    allowed_methods: Sequence[str]
    """The methods that are allowed."""
    allowed_origins: Sequence[str]
    """The origins that are allowed, such as `https://example.com`."""
    max_age: int
    """How many seconds a browser may keep the answer to a preflight request: -1 to 86400."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class MfaConfig(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself."""

    allowed_authenticators: (
        pulumi.Input[
            Sequence[
                pulumi.Input[
                    Literal["totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key"]
                ]
            ]
        ]
        | None
    )
    """The second factors that count, in any order. Default: none. API: `allowed_authenticators`."""
    mfa_disabled: pulumi.Input[bool] | None
    """Ask for no second factor here. Default: none. API: `mfa_disabled`."""
    session_duration: pulumi.Input[str] | None
    """How long a second factor lasts, in m or h, such as `12h`. Default: none. API:
    `session_duration`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class MfaConfigOutput(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself."""

    allowed_authenticators: Mapping[str, str]
    """The second factors that count, in any order."""
    mfa_disabled: bool
    """Ask for no second factor here."""
    session_duration: str
    """How long a second factor lasts, in m or h, such as `12h`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class MfaConfigFound(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself."""

    allowed_authenticators: Sequence[str]
    """The second factors that count, in any order."""
    mfa_disabled: bool
    """Ask for no second factor here."""
    session_duration: str
    """How long a second factor lasts, in m or h, such as `12h`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ClientRegistration(TypedDict, total=False):
    """Which OAuth clients may register themselves."""

    allow_any_on_localhost: pulumi.Input[bool] | None
    """Let any client register whose redirect URIs are on `localhost`. Default: none. API:
    `allow_any_on_localhost`.
    """
    allow_any_on_loopback: pulumi.Input[bool] | None
    """Let any client register whose redirect URIs are on `127.0.0.1`. Default: none. API:
    `allow_any_on_loopback`.
    """
    allowed_uris: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The redirect URIs that clients may register: `https`, `/*` at the end for all paths below.
    Default: none. API: `allowed_uris`.
    """
    enabled: pulumi.Input[bool] | None
    """Whether clients may register themselves. Default: none. API: `enabled`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ClientRegistrationOutput(TypedDict, total=False):
    """Which OAuth clients may register themselves."""

    allow_any_on_localhost: bool
    """Let any client register whose redirect URIs are on `localhost`."""
    allow_any_on_loopback: bool
    """Let any client register whose redirect URIs are on `127.0.0.1`."""
    allowed_uris: Mapping[str, str]
    """The redirect URIs that clients may register: `https`, `/*` at the end for all paths below."""
    enabled: bool
    """Whether clients may register themselves."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ClientRegistrationFound(TypedDict, total=False):
    """Which OAuth clients may register themselves."""

    allow_any_on_localhost: bool
    """Let any client register whose redirect URIs are on `localhost`."""
    allow_any_on_loopback: bool
    """Let any client register whose redirect URIs are on `127.0.0.1`."""
    allowed_uris: Sequence[str]
    """The redirect URIs that clients may register: `https`, `/*` at the end for all paths below."""
    enabled: bool
    """Whether clients may register themselves."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OauthGrant(TypedDict, total=False):
    """How long OAuth tokens live."""

    access_token_lifetime: pulumi.Input[str] | None
    """How long an access token is valid, such as `15m`. Left out, it is not managed. API:
    `access_token_lifetime`.
    """
    session_duration: pulumi.Input[str] | None
    """How long a client stays logged in, such as `24h`. Left out, it is not managed. API:
    `session_duration`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OauthGrantOutput(TypedDict, total=False):
    """How long OAuth tokens live."""

    access_token_lifetime: str
    """How long an access token is valid, such as `15m`."""
    session_duration: str
    """How long a client stays logged in, such as `24h`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OauthConfiguration(TypedDict, total=False):
    """OAuth for clients of the application."""

    dynamic_client_registration: pulumi.Input[ClientRegistration | Unchecked] | None
    """Which OAuth clients may register themselves. Left out, it is not managed. API:
    `dynamic_client_registration`.
    """
    enabled: pulumi.Input[bool] | None
    """Whether Access handles OAuth for the application. Default: `True`. API: `enabled`."""
    grant: pulumi.Input[OauthGrant | Unchecked] | None
    """How long OAuth tokens live. Left out, it is not managed. API: `grant`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OauthConfigurationOutput(TypedDict, total=False):
    """OAuth for clients of the application."""

    dynamic_client_registration: ClientRegistrationOutput
    """Which OAuth clients may register themselves."""
    enabled: bool
    """Whether Access handles OAuth for the application."""
    grant: OauthGrantOutput
    """How long OAuth tokens live."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OauthConfigurationFound(TypedDict, total=False):
    """OAuth for clients of the application."""

    dynamic_client_registration: ClientRegistrationFound
    """Which OAuth clients may register themselves."""
    enabled: bool
    """Whether Access handles OAuth for the application."""
    grant: OauthGrantOutput
    """How long OAuth tokens live."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimAuthentication(TypedDict, total=False):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Required[
        pulumi.Input[Literal["httpbasic", "oauthbearertoken", "oauth2", "access_service_token"]]
    ]
    """How Cloudflare logs in at the application's SCIM service. Required. API: `scheme`."""
    user: pulumi.Input[str] | None
    """Of scheme `httpbasic`: the user's name. Left out, it is not managed. API: `user`."""
    password: pulumi.Input[str] | None
    """Of scheme `httpbasic`: the password, a secret. Cloudflare never tells it. Left out, it is not
    managed. API: `password`.
    """
    token: pulumi.Input[str] | None
    """Of scheme `oauthbearertoken`: the token, a secret. Cloudflare never tells it. Left out, it is
    not managed. API: `token`.
    """
    authorization_url: pulumi.Input[str] | None
    """Of scheme `oauth2`: the URL that gives the authorization code. Left out, it is not managed.
    API: `authorization_url`.
    """
    token_url: pulumi.Input[str] | None
    """Of scheme `oauth2`: the URL that gives the token. Left out, it is not managed. API:
    `token_url`.
    """
    client_id: pulumi.Input[str] | None
    """Of schemes `oauth2` and `access_service_token`: the client's id. Left out, it is not managed.
    API: `client_id`.
    """
    client_secret: pulumi.Input[str] | None
    """Of schemes `oauth2` and `access_service_token`: the client's secret. Cloudflare never tells
    it. Left out, it is not managed. API: `client_secret`.
    """
    scopes: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Of scheme `oauth2`: the scopes to ask for, in any order. Left out, it is not managed. API:
    `scopes`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ScimAuthenticationOutput(TypedDict, total=False):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Required[str]
    """How Cloudflare logs in at the application's SCIM service."""
    user: str
    """Of scheme `httpbasic`: the user's name."""
    password: str
    """Of scheme `httpbasic`: the password, a secret."""
    token: str
    """Of scheme `oauthbearertoken`: the token, a secret."""
    authorization_url: str
    """Of scheme `oauth2`: the URL that gives the authorization code."""
    token_url: str
    """Of scheme `oauth2`: the URL that gives the token."""
    client_id: str
    """Of schemes `oauth2` and `access_service_token`: the client's id."""
    client_secret: str
    """Of schemes `oauth2` and `access_service_token`: the client's secret."""
    scopes: Mapping[str, str]
    """Of scheme `oauth2`: the scopes to ask for, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimAuthenticationFound(TypedDict, total=False):
    """How Cloudflare logs in where it provisions users. Never answered in clear."""

    scheme: Required[str]
    """How Cloudflare logs in at the application's SCIM service."""
    user: str
    """Of scheme `httpbasic`: the user's name."""
    password: str
    """Of scheme `httpbasic`: the password, a secret."""
    token: str
    """Of scheme `oauthbearertoken`: the token, a secret."""
    authorization_url: str
    """Of scheme `oauth2`: the URL that gives the authorization code."""
    token_url: str
    """Of scheme `oauth2`: the URL that gives the token."""
    client_id: str
    """Of schemes `oauth2` and `access_service_token`: the client's id."""
    client_secret: str
    """Of schemes `oauth2` and `access_service_token`: the client's secret."""
    scopes: Sequence[str]
    """Of scheme `oauth2`: the scopes to ask for, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimOperations(TypedDict, total=False):
    """Which changes of users a mapping is for."""

    create: pulumi.Input[bool] | None
    """Whether the mapping is for users that are created. Left out, it is not managed. API:
    `create`.
    """
    delete: pulumi.Input[bool] | None
    """Whether the mapping is for users that are deleted. Left out, it is not managed. API:
    `delete`.
    """
    update: pulumi.Input[bool] | None
    """Whether the mapping is for users that are changed. Left out, it is not managed. API:
    `update`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ScimOperationsOutput(TypedDict, total=False):
    """Which changes of users a mapping is for."""

    create: bool
    """Whether the mapping is for users that are created."""
    delete: bool
    """Whether the mapping is for users that are deleted."""
    update: bool
    """Whether the mapping is for users that are changed."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimMapping(TypedDict, total=False):
    """How one kind of object is provisioned."""

    schema: Required[pulumi.Input[str]]
    """The SCIM schema of the objects, such as `urn:ietf:params:scim:schemas:core:2.0:User`.
    Required. API: `schema`.
    """
    enabled: pulumi.Input[bool] | None
    """Whether the mapping is in force. Left out, it is not managed. API: `enabled`."""
    filter: pulumi.Input[str] | None
    """A SCIM filter (RFC 7644, 3.4.2.2): only objects that match are provisioned. Left out, it is
    not managed. API: `filter`.
    """
    operations: pulumi.Input[ScimOperations | Unchecked] | None
    """Which changes the mapping is for. Left out, it is not managed. API: `operations`."""
    strictness: pulumi.Input[Literal["strict", "passthrough"]] | None
    """`strict` removes values that the schema does not know, `passthrough` sends them. Left out, it
    is not managed. API: `strictness`.
    """
    transform_jsonata: pulumi.Input[str] | None
    """A JSONata expression that changes the object before it is sent. Left out, it is not managed.
    API: `transform_jsonata`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ScimMappingOutput(TypedDict, total=False):
    """How one kind of object is provisioned."""

    schema: Required[str]
    """The SCIM schema of the objects, such as `urn:ietf:params:scim:schemas:core:2.0:User`."""
    enabled: bool
    """Whether the mapping is in force."""
    filter: str
    """A SCIM filter (RFC 7644, 3.4.2.2): only objects that match are provisioned."""
    operations: ScimOperationsOutput
    """Which changes the mapping is for."""
    strictness: str
    """`strict` removes values that the schema does not know, `passthrough` sends them."""
    transform_jsonata: str
    """A JSONata expression that changes the object before it is sent."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimConfig(TypedDict, total=False):
    """Provisioning of users into the application."""

    remote_uri: Required[pulumi.Input[str]]
    """The base URL of the application's SCIM service. Required. API: `remote_uri`."""
    idp_uid: Required[pulumi.Input[str]]
    """The id of the identity provider whose users are provisioned. Required. API: `idp_uid`."""
    authentication: (
        pulumi.Input[
            ScimAuthentication | Unchecked | Sequence[pulumi.Input[ScimAuthentication | Unchecked]]
        ]
        | None
    )
    """How Cloudflare logs in there: one way, or a list of them whose order counts. Left out, it is
    not managed. API: `authentication`.
    """
    deactivate_on_delete: pulumi.Input[bool] | None
    """Set a deleted user's `active` to false instead of deleting it at the application. Left out,
    it is not managed. API: `deactivate_on_delete`.
    """
    enabled: pulumi.Input[bool] | None
    """Whether users are provisioned. Left out, it is not managed. API: `enabled`."""
    mappings: pulumi.Input[Sequence[pulumi.Input[ScimMapping | Unchecked]]] | None
    """How each kind of object is provisioned, in order. Left out, it is not managed. API:
    `mappings`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ScimConfigOutput(TypedDict, total=False):
    """Provisioning of users into the application."""

    remote_uri: Required[str]
    """The base URL of the application's SCIM service."""
    idp_uid: Required[str]
    """The id of the identity provider whose users are provisioned."""
    authentication: ScimAuthenticationOutput | Sequence[ScimAuthenticationOutput]
    """How Cloudflare logs in there: one way, or a list of them whose order counts."""
    deactivate_on_delete: bool
    """Set a deleted user's `active` to false instead of deleting it at the application."""
    enabled: bool
    """Whether users are provisioned."""
    mappings: Sequence[ScimMappingOutput]
    """How each kind of object is provisioned, in order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScimConfigFound(TypedDict, total=False):
    """Provisioning of users into the application."""

    remote_uri: Required[str]
    """The base URL of the application's SCIM service."""
    idp_uid: Required[str]
    """The id of the identity provider whose users are provisioned."""
    authentication: ScimAuthenticationFound | Sequence[ScimAuthenticationFound]
    """How Cloudflare logs in there: one way, or a list of them whose order counts."""
    deactivate_on_delete: bool
    """Set a deleted user's `active` to false instead of deleting it at the application."""
    enabled: bool
    """Whether users are provisioned."""
    mappings: Sequence[ScimMappingOutput]
    """How each kind of object is provisioned, in order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class SourceByProvider(TypedDict, total=False):
    """The name of an attribute at one identity provider."""

    idp_id: pulumi.Input[str] | None
    """The id of the identity provider. Left out, it is not managed. API: `idp_id`."""
    source_name: pulumi.Input[str] | None
    """What that provider calls the attribute. Left out, it is not managed. API: `source_name`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class SourceByProviderOutput(TypedDict, total=False):
    """The name of an attribute at one identity provider."""

    idp_id: str
    """The id of the identity provider."""
    source_name: str
    """What that provider calls the attribute."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class AttributeSource(TypedDict, total=False):
    """Where the value of a SAML attribute comes from."""

    name: pulumi.Input[str] | None
    """What identity providers call the attribute. Left out, it is not managed. API: `name`."""
    name_by_idp: pulumi.Input[Sequence[pulumi.Input[SourceByProvider | Unchecked]]] | None
    """What single identity providers call it, in any order. Left out, it is not managed. API:
    `name_by_idp`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class AttributeSourceOutput(TypedDict, total=False):
    """Where the value of a SAML attribute comes from."""

    name: str
    """What identity providers call the attribute."""
    name_by_idp: Mapping[str, SourceByProviderOutput]
    """What single identity providers call it, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class AttributeSourceFound(TypedDict, total=False):
    """Where the value of a SAML attribute comes from."""

    name: str
    """What identity providers call the attribute."""
    name_by_idp: Sequence[SourceByProviderOutput]
    """What single identity providers call it, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class CustomAttribute(TypedDict, total=False):
    """An attribute of SAML assertions."""

    friendly_name: pulumi.Input[str] | None
    """The SAML FriendlyName of the attribute. Left out, it is not managed. API: `friendly_name`."""
    name: pulumi.Input[str] | None
    """The name of the attribute in the assertion. Left out, it is not managed. API: `name`."""
    name_format: pulumi.Input[str] | None
    """The SAML NameFormat, such as `urn:oasis:names:tc:SAML:2.0:attrname-format:basic`. Left out,
    it is not managed. API: `name_format`.
    """
    required: pulumi.Input[bool] | None
    """Refuse the login of a person who has no value of it. Left out, it is not managed. API:
    `required`.
    """
    source: pulumi.Input[AttributeSource | Unchecked] | None
    """Where the value comes from. Left out, it is not managed. API: `source`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class CustomAttributeOutput(TypedDict, total=False):
    """An attribute of SAML assertions."""

    friendly_name: str
    """The SAML FriendlyName of the attribute."""
    name: str
    """The name of the attribute in the assertion."""
    name_format: str
    """The SAML NameFormat, such as `urn:oasis:names:tc:SAML:2.0:attrname-format:basic`."""
    required: bool
    """Refuse the login of a person who has no value of it."""
    source: AttributeSourceOutput
    """Where the value comes from."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class CustomAttributeFound(TypedDict, total=False):
    """An attribute of SAML assertions."""

    friendly_name: str
    """The SAML FriendlyName of the attribute."""
    name: str
    """The name of the attribute in the assertion."""
    name_format: str
    """The SAML NameFormat, such as `urn:oasis:names:tc:SAML:2.0:attrname-format:basic`."""
    required: bool
    """Refuse the login of a person who has no value of it."""
    source: AttributeSourceFound
    """Where the value comes from."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ClaimSource(TypedDict, total=False):
    """Where the value of an OIDC claim comes from."""

    name: pulumi.Input[str] | None
    """What identity providers call the claim. Left out, it is not managed. API: `name`."""
    name_by_idp: pulumi.Input[Mapping[str, pulumi.Input[str]]] | None
    """What single identity providers call it, by the provider's id. Left out, it is not managed.
    API: `name_by_idp`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ClaimSourceOutput(TypedDict, total=False):
    """Where the value of an OIDC claim comes from."""

    name: str
    """What identity providers call the claim."""
    name_by_idp: Mapping[str, str]
    """What single identity providers call it, by the provider's id."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class CustomClaim(TypedDict, total=False):
    """A claim of OIDC tokens."""

    name: pulumi.Input[str] | None
    """The name of the claim in the token. Left out, it is not managed. API: `name`."""
    required: pulumi.Input[bool] | None
    """Refuse the login of a person who has no value of it. Left out, it is not managed. API:
    `required`.
    """
    scope: pulumi.Input[Literal["groups", "profile", "email", "openid"]] | None
    """The scope that the claim comes with. Left out, it is not managed. API: `scope`."""
    source: pulumi.Input[ClaimSource | Unchecked] | None
    """Where the value comes from. Left out, it is not managed. API: `source`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class CustomClaimOutput(TypedDict, total=False):
    """A claim of OIDC tokens."""

    name: str
    """The name of the claim in the token."""
    required: bool
    """Refuse the login of a person who has no value of it."""
    scope: str
    """The scope that the claim comes with."""
    source: ClaimSourceOutput
    """Where the value comes from."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ImplicitOptions(TypedDict, total=False):
    """Which tokens the authorization endpoint gives."""

    return_access_token_from_authorization_endpoint: pulumi.Input[bool] | None
    """Return an access token from the authorization endpoint. Left out, it is not managed. API:
    `return_access_token_from_authorization_endpoint`.
    """
    return_id_token_from_authorization_endpoint: pulumi.Input[bool] | None
    """Return an id token from the authorization endpoint. Left out, it is not managed. API:
    `return_id_token_from_authorization_endpoint`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ImplicitOptionsOutput(TypedDict, total=False):
    """Which tokens the authorization endpoint gives."""

    return_access_token_from_authorization_endpoint: bool
    """Return an access token from the authorization endpoint."""
    return_id_token_from_authorization_endpoint: bool
    """Return an id token from the authorization endpoint."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class RefreshTokenOptions(TypedDict, total=False):
    """How long refresh tokens live."""

    lifetime: pulumi.Input[str] | None
    """How long a refresh token is valid, in m, h or d, such as `90d`; more than 1m. Left out, it is
    not managed. API: `lifetime`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class RefreshTokenOptionsOutput(TypedDict, total=False):
    """How long refresh tokens live."""

    lifetime: str
    """How long a refresh token is valid, in m, h or d, such as `90d`; more than 1m."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class SaasApp(TypedDict, total=False):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    auth_type: pulumi.Input[Literal["saml", "oidc"]] | None
    """Whether people log in by SAML or by OIDC. A change makes another kind of application of it.
    Left out, it is not managed. API: `auth_type`.
    """
    consumer_service_url: pulumi.Input[str] | None
    """SAML: the URL at which the application takes assertions. Left out, it is not managed. API:
    `consumer_service_url`.
    """
    custom_attributes: pulumi.Input[Sequence[pulumi.Input[CustomAttribute | Unchecked]]] | None
    """SAML: further attributes of the assertion, in any order. Left out, it is not managed. API:
    `custom_attributes`.
    """
    default_relay_state: pulumi.Input[str] | None
    """SAML: where a person lands who starts from the App Launcher. Left out, it is not managed.
    API: `default_relay_state`.
    """
    idp_entity_id: pulumi.Input[str] | None
    """SAML: the entity id of Access. Cloudflare makes one. Left out, it is not managed. API:
    `idp_entity_id`.
    """
    name_id_format: pulumi.Input[Literal["id", "email"]] | None
    """SAML: what the NameID is, the person's id or e-mail address. Left out, it is not managed.
    API: `name_id_format`.
    """
    name_id_transform_jsonata: pulumi.Input[str] | None
    """SAML: a JSONata expression that makes the NameID; it wins over `name_id_format`. Left out, it
    is not managed. API: `name_id_transform_jsonata`.
    """
    saml_attribute_transform_jsonata: pulumi.Input[str] | None
    """SAML: a JSONata expression that makes the attributes of the assertion. Left out, it is not
    managed. API: `saml_attribute_transform_jsonata`.
    """
    sp_entity_id: pulumi.Input[str] | None
    """SAML: the entity id of the application. Left out, it is not managed. API: `sp_entity_id`."""
    sso_endpoint: pulumi.Input[str] | None
    """SAML: where the application sends people to log in. Cloudflare makes one. Left out, it is not
    managed. API: `sso_endpoint`.
    """
    access_token_lifetime: pulumi.Input[str] | None
    """OIDC: how long an access token is valid, in m or h, 1m to 24h. Left out, it is not managed.
    API: `access_token_lifetime`.
    """
    allow_pkce_without_client_secret: pulumi.Input[bool] | None
    """OIDC: take PKCE (`authorization_code_with_pkce`) without the client secret. Left out, it is
    not managed. API: `allow_pkce_without_client_secret`.
    """
    app_launcher_url: pulumi.Input[str] | None
    """OIDC: where the application's tile in the App Launcher leads. Left out, it is not managed.
    API: `app_launcher_url`.
    """
    custom_claims: pulumi.Input[Sequence[pulumi.Input[CustomClaim | Unchecked]]] | None
    """OIDC: further claims of the tokens, in any order. Left out, it is not managed. API:
    `custom_claims`.
    """
    grant_types: (
        pulumi.Input[
            Sequence[
                pulumi.Input[
                    Literal[
                        "authorization_code",
                        "authorization_code_with_pkce",
                        "refresh_tokens",
                        "hybrid",
                        "implicit",
                    ]
                ]
            ]
        ]
        | None
    )
    """OIDC: the flows that the application may use, in any order. Left out, it is not managed. API:
    `grant_types`.
    """
    group_filter_regex: pulumi.Input[str] | None
    """OIDC: a regular expression; only groups that match are told to the application. Left out, it
    is not managed. API: `group_filter_regex`.
    """
    hybrid_and_implicit_options: pulumi.Input[ImplicitOptions | Unchecked] | None
    """OIDC: which tokens the authorization endpoint returns. Left out, it is not managed. API:
    `hybrid_and_implicit_options`.
    """
    redirect_uris: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """OIDC: the URLs that codes and tokens may be sent to, in any order. Left out, it is not
    managed. API: `redirect_uris`.
    """
    refresh_token_options: pulumi.Input[RefreshTokenOptions | Unchecked] | None
    """OIDC: how long refresh tokens live. Left out, it is not managed. API:
    `refresh_token_options`.
    """
    scopes: (
        pulumi.Input[Sequence[pulumi.Input[Literal["openid", "groups", "email", "profile"]]]] | None
    )
    """OIDC: what the application may ask about a person, in any order. Left out, it is not managed.
    API: `scopes`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class SaasAppOutput(TypedDict, total=False):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    auth_type: str
    """Whether people log in by SAML or by OIDC. A change makes another kind of application of it.
    """
    consumer_service_url: str
    """SAML: the URL at which the application takes assertions."""
    custom_attributes: Mapping[str, CustomAttributeOutput]
    """SAML: further attributes of the assertion, in any order."""
    default_relay_state: str
    """SAML: where a person lands who starts from the App Launcher."""
    idp_entity_id: str
    """SAML: the entity id of Access. Cloudflare makes one."""
    name_id_format: str
    """SAML: what the NameID is, the person's id or e-mail address."""
    name_id_transform_jsonata: str
    """SAML: a JSONata expression that makes the NameID; it wins over `name_id_format`."""
    saml_attribute_transform_jsonata: str
    """SAML: a JSONata expression that makes the attributes of the assertion."""
    sp_entity_id: str
    """SAML: the entity id of the application."""
    sso_endpoint: str
    """SAML: where the application sends people to log in. Cloudflare makes one."""
    access_token_lifetime: str
    """OIDC: how long an access token is valid, in m or h, 1m to 24h."""
    allow_pkce_without_client_secret: bool
    """OIDC: take PKCE (`authorization_code_with_pkce`) without the client secret."""
    app_launcher_url: str
    """OIDC: where the application's tile in the App Launcher leads."""
    custom_claims: Mapping[str, CustomClaimOutput]
    """OIDC: further claims of the tokens, in any order."""
    grant_types: Mapping[str, str]
    """OIDC: the flows that the application may use, in any order."""
    group_filter_regex: str
    """OIDC: a regular expression; only groups that match are told to the application."""
    hybrid_and_implicit_options: ImplicitOptionsOutput
    """OIDC: which tokens the authorization endpoint returns."""
    redirect_uris: Mapping[str, str]
    """OIDC: the URLs that codes and tokens may be sent to, in any order."""
    refresh_token_options: RefreshTokenOptionsOutput
    """OIDC: how long refresh tokens live."""
    scopes: Mapping[str, str]
    """OIDC: what the application may ask about a person, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class SaasAppFound(TypedDict, total=False):
    """A SaaS application that logs in through Access, by SAML or OIDC."""

    auth_type: str
    """Whether people log in by SAML or by OIDC. A change makes another kind of application of it.
    """
    consumer_service_url: str
    """SAML: the URL at which the application takes assertions."""
    custom_attributes: Sequence[CustomAttributeFound]
    """SAML: further attributes of the assertion, in any order."""
    default_relay_state: str
    """SAML: where a person lands who starts from the App Launcher."""
    idp_entity_id: str
    """SAML: the entity id of Access. Cloudflare makes one."""
    name_id_format: str
    """SAML: what the NameID is, the person's id or e-mail address."""
    name_id_transform_jsonata: str
    """SAML: a JSONata expression that makes the NameID; it wins over `name_id_format`."""
    saml_attribute_transform_jsonata: str
    """SAML: a JSONata expression that makes the attributes of the assertion."""
    sp_entity_id: str
    """SAML: the entity id of the application."""
    sso_endpoint: str
    """SAML: where the application sends people to log in. Cloudflare makes one."""
    access_token_lifetime: str
    """OIDC: how long an access token is valid, in m or h, 1m to 24h."""
    allow_pkce_without_client_secret: bool
    """OIDC: take PKCE (`authorization_code_with_pkce`) without the client secret."""
    app_launcher_url: str
    """OIDC: where the application's tile in the App Launcher leads."""
    custom_claims: Sequence[CustomClaimOutput]
    """OIDC: further claims of the tokens, in any order."""
    grant_types: Sequence[str]
    """OIDC: the flows that the application may use, in any order."""
    group_filter_regex: str
    """OIDC: a regular expression; only groups that match are told to the application."""
    hybrid_and_implicit_options: ImplicitOptionsOutput
    """OIDC: which tokens the authorization endpoint returns."""
    redirect_uris: Sequence[str]
    """OIDC: the URLs that codes and tokens may be sent to, in any order."""
    refresh_token_options: RefreshTokenOptionsOutput
    """OIDC: how long refresh tokens live."""
    scopes: Sequence[str]
    """OIDC: what the application may ask about a person, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """
    client_id: str
    """Cloudflare makes it."""
    created_at: str
    """Cloudflare makes it."""
    public_key: str
    """Cloudflare makes it."""
    updated_at: str
    """Cloudflare makes it."""


class FooterLink(TypedDict, total=False):
    """A link at the foot of the launcher's login page."""

    name: Required[pulumi.Input[str]]
    """The text of the link. Required. API: `name`."""
    url: Required[pulumi.Input[str]]
    """Where the link leads. Required. API: `url`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class FooterLinkOutput(TypedDict, total=False):
    """A link at the foot of the launcher's login page."""

    name: Required[str]
    """The text of the link."""
    url: Required[str]
    """Where the link leads."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class LandingPageDesign(TypedDict, total=False):
    """How the launcher's login page looks."""

    button_color: pulumi.Input[str] | None
    """The colour of the log-in button, such as `#f38020`. Left out, it is not managed. API:
    `button_color`.
    """
    button_text_color: pulumi.Input[str] | None
    """The colour of the text on the button, such as `#ffffff`. Left out, it is not managed. API:
    `button_text_color`.
    """
    image_url: pulumi.Input[str] | None
    """The URL of the picture. Left out, it is not managed. API: `image_url`."""
    message: pulumi.Input[str] | None
    """The text below the title. Left out, it is not managed. API: `message`."""
    title: pulumi.Input[str] | None
    """The title of the page. Left out, it is not managed. API: `title`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class LandingPageDesignOutput(TypedDict, total=False):
    """How the launcher's login page looks."""

    button_color: str
    """The colour of the log-in button, such as `#f38020`."""
    button_text_color: str
    """The colour of the text on the button, such as `#ffffff`."""
    image_url: str
    """The URL of the picture."""
    message: str
    """The text below the title."""
    title: str
    """The title of the page."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetHosts(TypedDict, total=False):
    """Targets by their names."""

    hostname: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The host names of the targets, in any order. Default: none. API: `hostname`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class TargetHostsOutput(TypedDict, total=False):
    """Targets by their names."""

    hostname: Mapping[str, str]
    """The host names of the targets, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetHostsFound(TypedDict, total=False):
    """Targets by their names."""

    hostname: Sequence[str]
    """The host names of the targets, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetRule(TypedDict, total=False):
    """Targets by their tags and attributes."""

    tags: pulumi.Input[Mapping[str, pulumi.Input[Sequence[pulumi.Input[str]]]]] | None
    """Tags of the targets: a name, and the values that match. Default: none. API: `tags`."""
    target_attributes: pulumi.Input[TargetHosts | Unchecked] | None
    """Attributes of the targets. Default: none. API: `target_attributes`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class TargetRuleOutput(TypedDict, total=False):
    """Targets by their tags and attributes."""

    tags: Mapping[str, Mapping[str, str]]
    """Tags of the targets: a name, and the values that match."""
    target_attributes: TargetHostsOutput
    """Attributes of the targets."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetRuleFound(TypedDict, total=False):
    """Targets by their tags and attributes."""

    tags: Mapping[str, Sequence[str]]
    """Tags of the targets: a name, and the values that match."""
    target_attributes: TargetHostsFound
    """Attributes of the targets."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetCriterion(TypedDict, total=False):
    """Which infrastructure targets, by which protocol and port."""

    port: Required[pulumi.Input[int]]
    """The port at which the targets are reached. Required. API: `port`."""
    protocol: Required[pulumi.Input[str]]
    """The protocol by which they are reached: `SSH` or `RDP`. Required. API: `protocol`."""
    target_attributes: pulumi.Input[Mapping[str, pulumi.Input[Sequence[pulumi.Input[str]]]]] | None
    """Attributes of the targets, such as `hostname`, and the values that match. Default: none. API:
    `target_attributes`.
    """
    include: pulumi.Input[TargetRule | Unchecked] | None
    """Targets match that one of these describes. Default: none. API: `include`."""
    require: pulumi.Input[TargetRule | Unchecked] | None
    """Targets match only if all of these describe them. Default: none. API: `require`."""
    exclude: pulumi.Input[TargetRule | Unchecked] | None
    """Targets do not match that one of these describes. Default: none. API: `exclude`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class TargetCriterionOutput(TypedDict, total=False):
    """Which infrastructure targets, by which protocol and port."""

    port: Required[float]
    """The port at which the targets are reached."""
    protocol: Required[str]
    """The protocol by which they are reached: `SSH` or `RDP`."""
    target_attributes: Mapping[str, Mapping[str, str]]
    """Attributes of the targets, such as `hostname`, and the values that match."""
    include: TargetRuleOutput
    """Targets match that one of these describes."""
    require: TargetRuleOutput
    """Targets match only if all of these describe them."""
    exclude: TargetRuleOutput
    """Targets do not match that one of these describes."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class TargetCriterionFound(TypedDict, total=False):
    """Which infrastructure targets, by which protocol and port."""

    port: Required[int]
    """The port at which the targets are reached."""
    protocol: Required[str]
    """The protocol by which they are reached: `SSH` or `RDP`."""
    target_attributes: Mapping[str, Sequence[str]]
    """Attributes of the targets, such as `hostname`, and the values that match."""
    include: TargetRuleFound
    """Targets match that one of these describes."""
    require: TargetRuleFound
    """Targets match only if all of these describe them."""
    exclude: TargetRuleFound
    """Targets do not match that one of these describes."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ApprovalGroup(TypedDict, total=False):
    """How many people of these have to approve."""

    approvals_needed: Required[pulumi.Input[int]]
    """How many of them have to approve. Required. API: `approvals_needed`."""
    email_addresses: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The e-mail addresses of those who may approve, in any order. Default: none. API:
    `email_addresses`.
    """
    email_list_uuid: pulumi.Input[str] | None
    """The id of a Zero Trust list of those who may approve. Default: none. API: `email_list_uuid`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ApprovalGroupOutput(TypedDict, total=False):
    """How many people of these have to approve."""

    approvals_needed: Required[float]
    """How many of them have to approve."""
    email_addresses: Mapping[str, str]
    """The e-mail addresses of those who may approve, in any order."""
    email_list_uuid: str
    """The id of a Zero Trust list of those who may approve."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ApprovalGroupFound(TypedDict, total=False):
    """How many people of these have to approve."""

    approvals_needed: Required[int]
    """How many of them have to approve."""
    email_addresses: Sequence[str]
    """The e-mail addresses of those who may approve, in any order."""
    email_list_uuid: str
    """The id of a Zero Trust list of those who may approve."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class RdpRules(TypedDict, total=False):
    """What may be copied over an RDP connection."""

    allowed_clipboard_local_to_remote_formats: (
        pulumi.Input[Sequence[pulumi.Input[Literal["text", "file"]]]] | None
    )
    """What may be copied from the person's computer to the remote one. Default: none. API:
    `allowed_clipboard_local_to_remote_formats`.
    """
    allowed_clipboard_remote_to_local_formats: (
        pulumi.Input[Sequence[pulumi.Input[Literal["text", "file"]]]] | None
    )
    """What may be copied from the remote computer to the person's. Default: none. API:
    `allowed_clipboard_remote_to_local_formats`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class RdpRulesOutput(TypedDict, total=False):
    """What may be copied over an RDP connection."""

    allowed_clipboard_local_to_remote_formats: Mapping[str, str]
    """What may be copied from the person's computer to the remote one."""
    allowed_clipboard_remote_to_local_formats: Mapping[str, str]
    """What may be copied from the remote computer to the person's."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class RdpRulesFound(TypedDict, total=False):
    """What may be copied over an RDP connection."""

    allowed_clipboard_local_to_remote_formats: Sequence[str]
    """What may be copied from the person's computer to the remote one."""
    allowed_clipboard_remote_to_local_formats: Sequence[str]
    """What may be copied from the remote computer to the person's."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class SshRules(TypedDict, total=False):
    """As whom people may connect to infrastructure targets."""

    usernames: Required[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """The user names that people may log in with, in any order. Required. API: `usernames`."""
    allow_email_alias: pulumi.Input[bool] | None
    """Let people log in with the part of their e-mail address before the @, too. Default: none.
    API: `allow_email_alias`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class SshRulesOutput(TypedDict, total=False):
    """As whom people may connect to infrastructure targets."""

    usernames: Required[Mapping[str, str]]
    """The user names that people may log in with, in any order."""
    allow_email_alias: bool
    """Let people log in with the part of their e-mail address before the @, too."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class SshRulesFound(TypedDict, total=False):
    """As whom people may connect to infrastructure targets."""

    usernames: Required[Sequence[str]]
    """The user names that people may log in with, in any order."""
    allow_email_alias: bool
    """Let people log in with the part of their e-mail address before the @, too."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ConnectionRules(TypedDict, total=False):
    """What a connection may do."""

    rdp: pulumi.Input[RdpRules | Unchecked] | None
    """What may be copied over an RDP connection. Default: none. API: `rdp`."""
    ssh: pulumi.Input[SshRules | Unchecked] | None
    """As whom people may connect by SSH. Default: none. API: `ssh`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ConnectionRulesOutput(TypedDict, total=False):
    """What a connection may do."""

    rdp: RdpRulesOutput
    """What may be copied over an RDP connection."""
    ssh: SshRulesOutput
    """As whom people may connect by SSH."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ConnectionRulesFound(TypedDict, total=False):
    """What a connection may do."""

    rdp: RdpRulesFound
    """What may be copied over an RDP connection."""
    ssh: SshRulesFound
    """As whom people may connect by SSH."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OwnedPolicy(TypedDict, total=False):
    """A policy: one decision, and whom it is for."""

    name: Required[pulumi.Input[str]]
    """What the policy is called. In a list, the name identifies it; among those of one name, the
    order does. Required. API: `name`.
    """
    decision: Required[pulumi.Input[Decision]]
    """What happens to whom the rules match: `allow` after a login, `deny`, `non_identity` (Service
    Auth: without a login), or `bypass` (no check and no log). Required. API: `decision`.
    """
    include: Required[pulumi.Input[Sequence[pulumi.Input[Rule | Unchecked]]]]
    """The policy is for whom at least one of these rules matches, such as `rules.email(…)`, in any
    order. Required. API: `include`.
    """
    exclude: pulumi.Input[Sequence[pulumi.Input[Rule | Unchecked]]] | None
    """It is not for whom any of these rules matches, in any order. Default: none. API: `exclude`.
    """
    require: pulumi.Input[Sequence[pulumi.Input[Rule | Unchecked]]] | None
    """It is only for whom all of these rules match, in any order. Default: none. API: `require`."""
    session_duration: pulumi.Input[str] | None
    """How long a login lasts, such as `30m` or `24h`, or `same_as_application`. Of a new policy
    that leaves it out it is Cloudflare's: 24h, or as the application's. Default: none. API:
    `session_duration`.
    """
    approval_required: pulumi.Input[bool] | None
    """Have somebody of `approval_groups` approve each session. Default: `False`. API:
    `approval_required`.
    """
    approval_groups: pulumi.Input[Sequence[pulumi.Input[ApprovalGroup | Unchecked]]] | None
    """Who approves, in any order: each of these groups has to. Default: none. API:
    `approval_groups`.
    """
    purpose_justification_required: pulumi.Input[bool] | None
    """Have people say why they want in. Default: `False`. API: `purpose_justification_required`."""
    purpose_justification_prompt: pulumi.Input[str] | None
    """The question that people are asked then. Default: none. API: `purpose_justification_prompt`.
    """
    isolation_required: pulumi.Input[bool] | None
    """Show the application in an isolated browser. The account needs Clientless Web Isolation.
    Default: `False`. API: `isolation_required`.
    """
    mfa_config: pulumi.Input[MfaConfig | Unchecked] | None
    """Which second factor Cloudflare itself asks for. Default: none. API: `mfa_config`."""
    connection_rules: pulumi.Input[ConnectionRules | Unchecked] | None
    """What a connection to an infrastructure or RDP application may do. Default: none. API:
    `connection_rules`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OwnedPolicyOutput(TypedDict, total=False):
    """A policy: one decision, and whom it is for."""

    name: Required[str]
    """What the policy is called. In a list, the name identifies it; among those of one name, the
    order does.
    """
    decision: Required[str]
    """What happens to whom the rules match: `allow` after a login, `deny`, `non_identity` (Service
    Auth: without a login), or `bypass` (no check and no log).
    """
    include: Required[Mapping[str, RuleOutput]]
    """The policy is for whom at least one of these rules matches, such as `rules.email(…)`, in any
    order.
    """
    exclude: Mapping[str, RuleOutput]
    """It is not for whom any of these rules matches, in any order."""
    require: Mapping[str, RuleOutput]
    """It is only for whom all of these rules match, in any order."""
    session_duration: str
    """How long a login lasts, such as `30m` or `24h`, or `same_as_application`. Of a new policy
    that leaves it out it is Cloudflare's: 24h, or as the application's.
    """
    approval_required: bool
    """Have somebody of `approval_groups` approve each session."""
    approval_groups: Mapping[str, ApprovalGroupOutput]
    """Who approves, in any order: each of these groups has to."""
    purpose_justification_required: bool
    """Have people say why they want in."""
    purpose_justification_prompt: str
    """The question that people are asked then."""
    isolation_required: bool
    """Show the application in an isolated browser. The account needs Clientless Web Isolation."""
    mfa_config: MfaConfigOutput
    """Which second factor Cloudflare itself asks for."""
    connection_rules: ConnectionRulesOutput
    """What a connection to an infrastructure or RDP application may do."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OwnedPolicyFound(TypedDict, total=False):
    """A policy: one decision, and whom it is for."""

    name: Required[str]
    """What the policy is called. In a list, the name identifies it; among those of one name, the
    order does.
    """
    decision: Required[str]
    """What happens to whom the rules match: `allow` after a login, `deny`, `non_identity` (Service
    Auth: without a login), or `bypass` (no check and no log).
    """
    include: Required[Sequence[RuleFound]]
    """The policy is for whom at least one of these rules matches, such as `rules.email(…)`, in any
    order.
    """
    exclude: Sequence[RuleFound]
    """It is not for whom any of these rules matches, in any order."""
    require: Sequence[RuleFound]
    """It is only for whom all of these rules match, in any order."""
    session_duration: str
    """How long a login lasts, such as `30m` or `24h`, or `same_as_application`. Of a new policy
    that leaves it out it is Cloudflare's: 24h, or as the application's.
    """
    approval_required: bool
    """Have somebody of `approval_groups` approve each session."""
    approval_groups: Sequence[ApprovalGroupFound]
    """Who approves, in any order: each of these groups has to."""
    purpose_justification_required: bool
    """Have people say why they want in."""
    purpose_justification_prompt: str
    """The question that people are asked then."""
    isolation_required: bool
    """Show the application in an isolated browser. The account needs Clientless Web Isolation."""
    mfa_config: MfaConfigFound
    """Which second factor Cloudflare itself asks for."""
    connection_rules: ConnectionRulesFound
    """What a connection to an infrastructure or RDP application may do."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class LoginDesign(TypedDict, total=False):
    """How the login page looks."""

    background_color: pulumi.Input[str] | None
    """The colour of the background, such as `#f6f6f6`. Left out, it is not managed. API:
    `background_color`.
    """
    footer_text: pulumi.Input[str] | None
    """The text at the bottom. Left out, it is not managed. API: `footer_text`."""
    header_text: pulumi.Input[str] | None
    """The text at the top. Left out, it is not managed. API: `header_text`."""
    logo_path: pulumi.Input[str] | None
    """The URL of the logo. Left out, it is not managed. API: `logo_path`."""
    text_color: pulumi.Input[str] | None
    """The colour of the text, such as `#222222`. Left out, it is not managed. API: `text_color`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class LoginDesignOutput(TypedDict, total=False):
    """How the login page looks."""

    background_color: str
    """The colour of the background, such as `#f6f6f6`."""
    footer_text: str
    """The text at the bottom."""
    header_text: str
    """The text at the top."""
    logo_path: str
    """The URL of the logo."""
    text_color: str
    """The colour of the text, such as `#222222`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OrganizationPages(TypedDict, total=False):
    """Which custom pages people see whom Access does not let in."""

    forbidden: pulumi.Input[str] | None
    """The id of the page after a rule that asks for no identity has failed. Left out, it is not
    managed. API: `forbidden`.
    """
    identity_denied: pulumi.Input[str] | None
    """The id of the page for people who may not get in. Left out, it is not managed. API:
    `identity_denied`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OrganizationPagesOutput(TypedDict, total=False):
    """Which custom pages people see whom Access does not let in."""

    forbidden: str
    """The id of the page after a rule that asks for no identity has failed."""
    identity_denied: str
    """The id of the page for people who may not get in."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OrganizationMfaConfig(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself, in all of the account."""

    allowed_authenticators: (
        pulumi.Input[
            Sequence[
                pulumi.Input[
                    Literal["totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key"]
                ]
            ]
        ]
        | None
    )
    """The second factors that count, in any order. Left out, it is not managed. API:
    `allowed_authenticators`.
    """
    amr_matching_session_duration: pulumi.Input[str] | None
    """How long a second factor at the identity provider counts, in m or h, such as `12h`. Left out,
    it is not managed. API: `amr_matching_session_duration`.
    """
    required_aaguids: pulumi.Input[str] | None
    """The id of a Zero Trust list of the authenticators that are required. Left out, it is not
    managed. API: `required_aaguids`.
    """
    session_duration: pulumi.Input[str] | None
    """How long a second factor lasts, in m or h, such as `12h`. Left out, it is not managed. API:
    `session_duration`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class OrganizationMfaConfigOutput(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself, in all of the account."""

    allowed_authenticators: Mapping[str, str]
    """The second factors that count, in any order."""
    amr_matching_session_duration: str
    """How long a second factor at the identity provider counts, in m or h, such as `12h`."""
    required_aaguids: str
    """The id of a Zero Trust list of the authenticators that are required."""
    session_duration: str
    """How long a second factor lasts, in m or h, such as `12h`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class OrganizationMfaConfigFound(TypedDict, total=False):
    """Multi-factor authentication at Cloudflare itself, in all of the account."""

    allowed_authenticators: Sequence[str]
    """The second factors that count, in any order."""
    amr_matching_session_duration: str
    """How long a second factor at the identity provider counts, in m or h, such as `12h`."""
    required_aaguids: str
    """The id of a Zero Trust list of the authenticators that are required."""
    session_duration: str
    """How long a second factor lasts, in m or h, such as `12h`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class PivKeyRequirements(TypedDict, total=False):
    """What the hardware keys of people have to do."""

    pin_policy: pulumi.Input[Literal["never", "once", "always"]] | None
    """When a PIN is asked for. Left out, it is not managed. API: `pin_policy`."""
    require_fips_device: pulumi.Input[bool] | None
    """Whether the device has to be validated by FIPS 140-2. Left out, it is not managed. API:
    `require_fips_device`.
    """
    ssh_key_size: pulumi.Input[Sequence[pulumi.Input[int]]] | None
    """The sizes of SSH keys that are accepted, in bits. Left out, it is not managed. API:
    `ssh_key_size`.
    """
    ssh_key_type: pulumi.Input[Sequence[pulumi.Input[Literal["ecdsa", "ed25519", "rsa"]]]] | None
    """The types of SSH keys that are accepted, in any order. Left out, it is not managed. API:
    `ssh_key_type`.
    """
    touch_policy: pulumi.Input[Literal["never", "always", "cached"]] | None
    """When the key has to be touched. Left out, it is not managed. API: `touch_policy`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class PivKeyRequirementsOutput(TypedDict, total=False):
    """What the hardware keys of people have to do."""

    pin_policy: str
    """When a PIN is asked for."""
    require_fips_device: bool
    """Whether the device has to be validated by FIPS 140-2."""
    ssh_key_size: Sequence[float]
    """The sizes of SSH keys that are accepted, in bits."""
    ssh_key_type: Mapping[str, str]
    """The types of SSH keys that are accepted, in any order."""
    touch_policy: str
    """When the key has to be touched."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class PivKeyRequirementsFound(TypedDict, total=False):
    """What the hardware keys of people have to do."""

    pin_policy: str
    """When a PIN is asked for."""
    require_fips_device: bool
    """Whether the device has to be validated by FIPS 140-2."""
    ssh_key_size: Sequence[int]
    """The sizes of SSH keys that are accepted, in bits."""
    ssh_key_type: Sequence[str]
    """The types of SSH keys that are accepted, in any order."""
    touch_policy: str
    """When the key has to be touched."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ServiceTokenInactivity(TypedDict, total=False):
    """What becomes of service tokens that nobody uses."""

    action: Required[pulumi.Input[Literal["disable", "delete"]]]
    """What happens to them. Required. API: `action`."""
    enabled: Required[pulumi.Input[bool]]
    """Whether it happens. Required. API: `enabled`."""
    inactivity_threshold_days: Required[pulumi.Input[int]]
    """After how many days. Required. API: `inactivity_threshold_days`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ServiceTokenInactivityOutput(TypedDict, total=False):
    """What becomes of service tokens that nobody uses."""

    action: Required[str]
    """What happens to them."""
    enabled: Required[bool]
    """Whether it happens."""
    inactivity_threshold_days: Required[float]
    """After how many days."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ServiceTokenInactivityFound(TypedDict, total=False):
    """What becomes of service tokens that nobody uses."""

    action: Required[str]
    """What happens to them."""
    enabled: Required[bool]
    """Whether it happens."""
    inactivity_threshold_days: Required[int]
    """After how many days."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class Grant(TypedDict, total=False):
    """What one policy says."""

    access: Required[pulumi.Input[Literal["allow", "deny"]]]
    """Whether the rights are given or taken. Required. API: `access`."""
    permission_groups: Required[Sequence[Reference] | pulumi.Output[Sequence[str | Found]]]
    """The rights: permission groups by name, label or id, or as a look-up found them, in any order.
    Required. API: `permission_groups`.
    """
    resource_groups: Required[
        Sequence[Reference | Scope | Unchecked] | pulumi.Output[Sequence[str | Found]]
    ]
    """What the rights are on: resource groups, their ids, or what a look-up found, in any order. In
    the `grants` of a `Team`, scopes, too. Required. API: `resource_groups`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class GrantOutput(TypedDict, total=False):
    """What one policy says."""

    access: Required[str]
    """Whether the rights are given or taken."""
    permission_groups: Required[Mapping[str, PermissionGroupOutput]]
    """The rights: permission groups by name, label or id, or as a look-up found them, in any order.
    """
    resource_groups: Required[Mapping[str, ReferenceOutput]]
    """What the rights are on: resource groups, their ids, or what a look-up found, in any order. In
    the `grants` of a `Team`, scopes, too.
    """
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class GrantFound(TypedDict, total=False):
    """What one policy says."""

    access: Required[str]
    """Whether the rights are given or taken."""
    permission_groups: Required[Sequence[PermissionGroupFound]]
    """The rights: permission groups by name, label or id, or as a look-up found them, in any order.
    """
    resource_groups: Required[Sequence[ResourceGroupFound]]
    """What the rights are on: resource groups, their ids, or what a look-up found, in any order. In
    the `grants` of a `Team`, scopes, too.
    """
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """
    id: str
    """Cloudflare makes it."""


class HeaderAttribute(TypedDict, total=False):
    """An attribute that the callback of Access answers as a header."""

    attribute_name: pulumi.Input[str] | None
    """What the provider calls the attribute. Left out, it is not managed. API: `attribute_name`."""
    header_name: pulumi.Input[str] | None
    """The header that has it. Left out, it is not managed. API: `header_name`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class HeaderAttributeOutput(TypedDict, total=False):
    """An attribute that the callback of Access answers as a header."""

    attribute_name: str
    """What the provider calls the attribute."""
    header_name: str
    """The header that has it."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class IdentityProviderConfig(TypedDict, total=False):
    """How Access talks to a provider. Which fields there are depends on the type."""

    client_id: pulumi.Input[str] | None
    """The id of the OAuth client. Left out, it is not managed. API: `client_id`."""
    client_secret: pulumi.Input[str] | None
    """The secret of the OAuth client. Secret. Cloudflare never tells it. Left out, it stays as it
    is. API: `client_secret`.
    """
    claims: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Further claims of the provider's, for rules and tokens, in any order. Left out, it is not
    managed. API: `claims`.
    """
    email_claim_name: pulumi.Input[str] | None
    """The claim that has the e-mail address. Left out, it is not managed. API: `email_claim_name`.
    """
    directory_id: pulumi.Input[str] | None
    """Of type `azureAD`: the id of the directory (tenant). Left out, it is not managed. API:
    `directory_id`.
    """
    conditional_access_enabled: pulumi.Input[bool] | None
    """Of type `azureAD`: load authentication contexts. Left out, it is not managed. API:
    `conditional_access_enabled`.
    """
    support_groups: pulumi.Input[bool] | None
    """Of type `azureAD`: load groups. Left out, it is not managed. API: `support_groups`."""
    prompt: pulumi.Input[Literal["login", "select_account", "none", "consent"]] | None
    """What people are asked when they log in: `login`, `select_account` or `none` of type
    `azureAD`; `consent`, `select_account` or `none` of type `google-apps`. Left out, it is not
    managed. API: `prompt`.
    """
    apps_domain: pulumi.Input[str] | None
    """Of type `google-apps`: the domain of the workspace. Left out, it is not managed. API:
    `apps_domain`.
    """
    use_login_hint: pulumi.Input[bool] | None
    """Of type `google-apps`: tell Google the e-mail address of an earlier login. Left out, it is
    not managed. API: `use_login_hint`.
    """
    okta_account: pulumi.Input[str] | None
    """Of type `okta`: the URL of the account. Left out, it is not managed. API: `okta_account`."""
    authorization_server_id: pulumi.Input[str] | None
    """Of type `okta`: the id of the authorization server. Left out, it is not managed. API:
    `authorization_server_id`.
    """
    onelogin_account: pulumi.Input[str] | None
    """Of type `onelogin`: the URL of the account. Left out, it is not managed. API:
    `onelogin_account`.
    """
    ping_env_id: pulumi.Input[str] | None
    """Of type `pingone`: the id of the environment. Left out, it is not managed. API:
    `ping_env_id`.
    """
    centrify_account: pulumi.Input[str] | None
    """Of type `centrify`: the URL of the account. Left out, it is not managed. API:
    `centrify_account`.
    """
    centrify_app_id: pulumi.Input[str] | None
    """Of type `centrify`: the id of the application. Left out, it is not managed. API:
    `centrify_app_id`.
    """
    auth_url: pulumi.Input[str] | None
    """Of type `oidc`: the authorization endpoint. Left out, it is not managed. API: `auth_url`."""
    token_url: pulumi.Input[str] | None
    """Of type `oidc`: the token endpoint. Left out, it is not managed. API: `token_url`."""
    certs_url: pulumi.Input[str] | None
    """Of type `oidc`: where the keys are (`jwks_uri`). Left out, it is not managed. API:
    `certs_url`.
    """
    scopes: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Of type `oidc`: the OAuth scopes to ask for, in any order. Left out, it is not managed. API:
    `scopes`.
    """
    pkce_enabled: pulumi.Input[bool] | None
    """Of type `oidc`: use PKCE. Left out, it is not managed. API: `pkce_enabled`."""
    issuer_url: pulumi.Input[str] | None
    """Of type `saml`: the issuer, the provider's entity id. Left out, it is not managed. API:
    `issuer_url`.
    """
    sso_target_url: pulumi.Input[str] | None
    """Of type `saml`: where authentication requests go. Left out, it is not managed. API:
    `sso_target_url`.
    """
    idp_public_certs: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Of type `saml`: the certificates that verify signatures. Left out, it is not managed. API:
    `idp_public_certs`.
    """
    attributes: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """Of type `saml`: attributes for tokens and rules, in any order. Left out, it is not managed.
    API: `attributes`.
    """
    email_attribute_name: pulumi.Input[str] | None
    """Of type `saml`: the attribute that has the e-mail address. Left out, it is not managed. API:
    `email_attribute_name`.
    """
    header_attributes: pulumi.Input[Sequence[pulumi.Input[HeaderAttribute | Unchecked]]] | None
    """Of type `saml`: attributes that the callback answers as headers, in any order. Left out, it
    is not managed. API: `header_attributes`.
    """
    sign_request: pulumi.Input[bool] | None
    """Of type `saml`: sign authentication requests. Left out, it is not managed. API:
    `sign_request`.
    """
    force_authn: pulumi.Input[bool] | None
    """Of type `saml`: have people log in again each time. Left out, it is not managed. API:
    `force_authn`.
    """
    enable_encryption: pulumi.Input[bool] | None
    """Of type `saml`: assertions are encrypted, for which `saml_certificate_set_id` is needed. Left
    out, it is not managed. API: `enable_encryption`.
    """
    max_sso_url_length: pulumi.Input[int] | None
    """Of type `saml`: the longest URL of a login that the provider takes. Left out, it is not
    managed. API: `max_sso_url_length`.
    """
    restrict_to_account_members: pulumi.Input[bool] | None
    """Of type `cloudflare`: only members of the account may log in. Left out, it is not managed.
    API: `restrict_to_account_members`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class IdentityProviderConfigOutput(TypedDict, total=False):
    """How Access talks to a provider. Which fields there are depends on the type."""

    client_id: str
    """The id of the OAuth client."""
    client_secret: str
    """The secret of the OAuth client. Secret."""
    claims: Mapping[str, str]
    """Further claims of the provider's, for rules and tokens, in any order."""
    email_claim_name: str
    """The claim that has the e-mail address."""
    directory_id: str
    """Of type `azureAD`: the id of the directory (tenant)."""
    conditional_access_enabled: bool
    """Of type `azureAD`: load authentication contexts."""
    support_groups: bool
    """Of type `azureAD`: load groups."""
    prompt: str
    """What people are asked when they log in: `login`, `select_account` or `none` of type
    `azureAD`; `consent`, `select_account` or `none` of type `google-apps`.
    """
    apps_domain: str
    """Of type `google-apps`: the domain of the workspace."""
    use_login_hint: bool
    """Of type `google-apps`: tell Google the e-mail address of an earlier login."""
    okta_account: str
    """Of type `okta`: the URL of the account."""
    authorization_server_id: str
    """Of type `okta`: the id of the authorization server."""
    onelogin_account: str
    """Of type `onelogin`: the URL of the account."""
    ping_env_id: str
    """Of type `pingone`: the id of the environment."""
    centrify_account: str
    """Of type `centrify`: the URL of the account."""
    centrify_app_id: str
    """Of type `centrify`: the id of the application."""
    auth_url: str
    """Of type `oidc`: the authorization endpoint."""
    token_url: str
    """Of type `oidc`: the token endpoint."""
    certs_url: str
    """Of type `oidc`: where the keys are (`jwks_uri`)."""
    scopes: Mapping[str, str]
    """Of type `oidc`: the OAuth scopes to ask for, in any order."""
    pkce_enabled: bool
    """Of type `oidc`: use PKCE."""
    issuer_url: str
    """Of type `saml`: the issuer, the provider's entity id."""
    sso_target_url: str
    """Of type `saml`: where authentication requests go."""
    idp_public_certs: Sequence[str]
    """Of type `saml`: the certificates that verify signatures."""
    attributes: Mapping[str, str]
    """Of type `saml`: attributes for tokens and rules, in any order."""
    email_attribute_name: str
    """Of type `saml`: the attribute that has the e-mail address."""
    header_attributes: Mapping[str, HeaderAttributeOutput]
    """Of type `saml`: attributes that the callback answers as headers, in any order."""
    sign_request: bool
    """Of type `saml`: sign authentication requests."""
    force_authn: bool
    """Of type `saml`: have people log in again each time."""
    enable_encryption: bool
    """Of type `saml`: assertions are encrypted, for which `saml_certificate_set_id` is needed."""
    max_sso_url_length: float
    """Of type `saml`: the longest URL of a login that the provider takes."""
    restrict_to_account_members: bool
    """Of type `cloudflare`: only members of the account may log in."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class IdentityProviderConfigFound(TypedDict, total=False):
    """How Access talks to a provider. Which fields there are depends on the type."""

    client_id: str
    """The id of the OAuth client."""
    client_secret: str
    """The secret of the OAuth client. Secret."""
    claims: Sequence[str]
    """Further claims of the provider's, for rules and tokens, in any order."""
    email_claim_name: str
    """The claim that has the e-mail address."""
    directory_id: str
    """Of type `azureAD`: the id of the directory (tenant)."""
    conditional_access_enabled: bool
    """Of type `azureAD`: load authentication contexts."""
    support_groups: bool
    """Of type `azureAD`: load groups."""
    prompt: str
    """What people are asked when they log in: `login`, `select_account` or `none` of type
    `azureAD`; `consent`, `select_account` or `none` of type `google-apps`.
    """
    apps_domain: str
    """Of type `google-apps`: the domain of the workspace."""
    use_login_hint: bool
    """Of type `google-apps`: tell Google the e-mail address of an earlier login."""
    okta_account: str
    """Of type `okta`: the URL of the account."""
    authorization_server_id: str
    """Of type `okta`: the id of the authorization server."""
    onelogin_account: str
    """Of type `onelogin`: the URL of the account."""
    ping_env_id: str
    """Of type `pingone`: the id of the environment."""
    centrify_account: str
    """Of type `centrify`: the URL of the account."""
    centrify_app_id: str
    """Of type `centrify`: the id of the application."""
    auth_url: str
    """Of type `oidc`: the authorization endpoint."""
    token_url: str
    """Of type `oidc`: the token endpoint."""
    certs_url: str
    """Of type `oidc`: where the keys are (`jwks_uri`)."""
    scopes: Sequence[str]
    """Of type `oidc`: the OAuth scopes to ask for, in any order."""
    pkce_enabled: bool
    """Of type `oidc`: use PKCE."""
    issuer_url: str
    """Of type `saml`: the issuer, the provider's entity id."""
    sso_target_url: str
    """Of type `saml`: where authentication requests go."""
    idp_public_certs: Sequence[str]
    """Of type `saml`: the certificates that verify signatures."""
    attributes: Sequence[str]
    """Of type `saml`: attributes for tokens and rules, in any order."""
    email_attribute_name: str
    """Of type `saml`: the attribute that has the e-mail address."""
    header_attributes: Sequence[HeaderAttributeOutput]
    """Of type `saml`: attributes that the callback answers as headers, in any order."""
    sign_request: bool
    """Of type `saml`: sign authentication requests."""
    force_authn: bool
    """Of type `saml`: have people log in again each time."""
    enable_encryption: bool
    """Of type `saml`: assertions are encrypted, for which `saml_certificate_set_id` is needed."""
    max_sso_url_length: int
    """Of type `saml`: the longest URL of a login that the provider takes."""
    restrict_to_account_members: bool
    """Of type `cloudflare`: only members of the account may log in."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """
    redirect_url: str
    """Cloudflare makes it."""


class IdentityProviderScim(TypedDict, total=False):
    """Provisioning of people and groups by the provider."""

    enabled: pulumi.Input[bool] | None
    """Let the provider tell Access of its people and groups. Default: `False`. API: `enabled`."""
    identity_update_behavior: pulumi.Input[Literal["automatic", "reauth", "no_action"]] | None
    """What a change does to a person who is logged in: `automatic` changes the identity, `reauth`
    asks for a new login when groups change, `no_action` does nothing. Default: `no_action`. API:
    `identity_update_behavior`.
    """
    user_deprovision: pulumi.Input[bool] | None
    """End the sessions of a person who is taken out at the provider. Default: `False`. API:
    `user_deprovision`.
    """
    group_member_deprovision: pulumi.Input[bool] | None
    """End the sessions of a person who is put into a group at the provider, or taken out of one.
    Default: `False`. API: `group_member_deprovision`.
    """
    seat_deprovision: pulumi.Input[bool] | None
    """Take the seat of such a person, too. It needs `user_deprovision`. Default: `False`. API:
    `seat_deprovision`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class IdentityProviderScimOutput(TypedDict, total=False):
    """Provisioning of people and groups by the provider."""

    enabled: bool
    """Let the provider tell Access of its people and groups."""
    identity_update_behavior: str
    """What a change does to a person who is logged in: `automatic` changes the identity, `reauth`
    asks for a new login when groups change, `no_action` does nothing.
    """
    user_deprovision: bool
    """End the sessions of a person who is taken out at the provider."""
    group_member_deprovision: bool
    """End the sessions of a person who is put into a group at the provider, or taken out of one."""
    seat_deprovision: bool
    """Take the seat of such a person, too. It needs `user_deprovision`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class IdentityProviderScimFound(TypedDict, total=False):
    """Provisioning of people and groups by the provider."""

    enabled: bool
    """Let the provider tell Access of its people and groups."""
    identity_update_behavior: str
    """What a change does to a person who is logged in: `automatic` changes the identity, `reauth`
    asks for a new login when groups change, `no_action` does nothing.
    """
    user_deprovision: bool
    """End the sessions of a person who is taken out at the provider."""
    group_member_deprovision: bool
    """End the sessions of a person who is put into a group at the provider, or taken out of one."""
    seat_deprovision: bool
    """Take the seat of such a person, too. It needs `user_deprovision`."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """
    scim_base_url: str
    """Cloudflare makes it."""


class Scope(TypedDict, total=False):
    """What a resource group holds."""

    key: pulumi.Input[str] | None
    """The scope's own key. Left out, it is the account's. API: `key`."""
    objects: Required[Sequence[ScopeObject | Unchecked]]
    """What the group holds, in any order. Required. API: `objects`."""
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """


class ScopeOutput(TypedDict, total=False):
    """What a resource group holds."""

    key: str
    """The scope's own key. Left out, it is the account's."""
    objects: Required[Mapping[str, ScopeObjectOutput]]
    """What the group holds, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScopeFound(TypedDict, total=False):
    """What a resource group holds."""

    key: str
    """The scope's own key. Left out, it is the account's."""
    objects: Required[Sequence[ScopeObjectOutput]]
    """What the group holds, in any order."""
    extra: Mapping[str, Any]
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others.
    """


class ScopeObject(TypedDict, total=False):
    """One object that a scope holds; `scopes` has functions that make them."""

    key: Required[pulumi.Input[str]]
    """The object's key, such as `com.cloudflare.api.account.zone.<id>`, or `*` for everything."""
    label: str
    """What keys of the state call it. It is not sent to Cloudflare."""
    of: pulumi.Input[str]
    """The URN of the resource that it is. It is not sent to Cloudflare."""


class ScopeObjectOutput(TypedDict, total=False):
    """One object that a scope holds."""

    key: Required[str]
    """The object's key."""
    of: str
    """The URN of the resource that it is, where the program gave the resource."""


class ReferenceOutput(TypedDict, total=False):
    """An object that another one refers to."""

    id: Required[str]
    """The id of the object."""
    of: str
    """The URN of its resource, where the program gave the resource."""


class PersonOutput(TypedDict, total=False):
    """A member of a user group."""

    email: str
    """The e-mail address."""
    id: str
    """The id of the account member."""
    status: str
    """`accepted`, or `pending` until an invitation is accepted."""


class PermissionGroupOutput(TypedDict, total=False):
    """A permission group in a policy of IAM."""

    name: str
    """What the program calls it."""
    id: str
    """Its id."""


class RoleOutput(TypedDict, total=False):
    """A role of an account member."""

    name: str
    """What the program calls it."""
    id: str
    """Its id."""


class ListItem(TypedDict, total=False):
    """One value of a Zero Trust list."""

    value: Required[pulumi.Input[str]]
    """The value: an e-mail address, an IP address or range, whatever the list is of."""
    description: pulumi.Input[str] | None
    """What somebody should know about it."""


class ListItemOutput(TypedDict, total=False):
    """One value of a Zero Trust list."""

    value: Required[str]
    """The value."""
    description: str
    """What somebody should know about it."""


class PermissionGroupFound(TypedDict, total=False):
    """A permission group in a policy of IAM."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    meta: Mapping[str, Any]
    """What Cloudflare says about it."""


class ResourceGroupFound(TypedDict, total=False):
    """A resource group in a policy of IAM."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    scope: ScopeFound
    """What it holds."""
    meta: Mapping[str, Any]
    """What Cloudflare says about it."""
    editable: bool
    """Whether it can be changed: Cloudflare's own cannot."""


class RoleFound(TypedDict, total=False):
    """A role of an account member."""

    id: Required[str]
    """Its id."""
    name: str
    """Its name."""
    description: str
    """What it is for."""
    permissions: Mapping[str, Any]
    """What it allows."""


class ApplicationPolicyFound(OwnedPolicyFound, total=False):
    """A policy of an application, reusable or its own."""

    id: Required[str]
    """Its id."""
    uid: str
    """Its id, by an older name."""
    app_count: int
    """Of a reusable policy: how many applications have it."""
    precedence: int
    """Its place: the lowest is decided first."""
    reusable: bool
    """Whether it is a reusable policy."""
    created_at: str
    """When it was made, as RFC 3339."""
    updated_at: str
    """When it was changed last, as RFC 3339."""


class ApplicationArguments(TypedDict, total=False):
    """What `AccessApplication` takes, its policies left out."""

    type: pulumi.Input[ApplicationType]
    """What kind of application it is. Required. API: `type`."""
    name: pulumi.Input[str] | None
    """What people see in the App Launcher and in the dashboard. Left out, it is not managed. API:
    `name`.
    """
    domain: pulumi.Input[str] | None
    """The host name of the application, with or without a path, such as `wiki.example.com/docs`.
    Left out, it is not managed. API: `domain`.
    """
    destinations: pulumi.Input[Sequence[pulumi.Input[Destination | Unchecked]]] | None
    """The places that the application protects, in any order; the first public one is its domain.
    Left out, it is not managed. API: `destinations`.
    """
    self_hosted_domains: pulumi.Input[Sequence[pulumi.Input[str]]] | None
    """The public places of the application, an older way to say `destinations`. Left out, it is not
    managed. API: `self_hosted_domains`.
    """
    allow_no_policies: pulumi.Input[bool] | None
    """Accept `policies=[]`, which lets nobody in. It is not sent to Cloudflare."""
    allowed_idps: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None
    """The identity providers that people may log in with, in any order; none: all of the account.
    Default: none. API: `allowed_idps`.
    """
    auto_redirect_to_identity: pulumi.Input[bool] | None
    """Skip the choice of an identity provider. `allowed_idps` must then name exactly one. Default:
    `False`. API: `auto_redirect_to_identity`.
    """
    session_duration: pulumi.Input[str] | None
    """How long a login lasts, such as `30m`, `24h` or `2h45m`; `0s` asks at every request. Default:
    `24h`. API: `session_duration`.
    """
    app_launcher_visible: pulumi.Input[bool] | None
    """Show the application in the App Launcher. Default: `True`. API: `app_launcher_visible`."""
    allow_authenticate_via_warp: pulumi.Input[bool] | None
    """Let people in by the session of their WARP client. Left out, it is not managed. API:
    `allow_authenticate_via_warp`.
    """
    allow_iframe: pulumi.Input[bool] | None
    """Let other sites show the application in a frame. Left out, it is not managed. API:
    `allow_iframe`.
    """
    cors_headers: pulumi.Input[CorsHeaders | Unchecked] | None
    """How cross-origin requests are answered. Excludes `options_preflight_bypass`. Left out, it is
    not managed. API: `cors_headers`.
    """
    custom_deny_message: pulumi.Input[str] | None
    """What people read who are refused. Left out, it is not managed. API: `custom_deny_message`."""
    custom_deny_url: pulumi.Input[str] | None
    """Where people are sent whom an identity rule refuses. Left out, it is not managed. API:
    `custom_deny_url`.
    """
    custom_non_identity_deny_url: pulumi.Input[str] | None
    """Where people are sent whom another rule refuses (address, device, country). Left out, it is
    not managed. API: `custom_non_identity_deny_url`.
    """
    custom_pages: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None
    """The ids of custom pages to show, in any order. Left out, it is not managed. API:
    `custom_pages`.
    """
    eager_redirect_cookie_setting: pulumi.Input[bool] | None
    """Set the application's cookie already while the login redirects. Left out, it is not managed.
    API: `eager_redirect_cookie_setting`.
    """
    enable_binding_cookie: pulumi.Input[bool] | None
    """Bind the login to the browser by a second cookie. Default: `False`. API:
    `enable_binding_cookie`.
    """
    http_only_cookie_attribute: pulumi.Input[bool] | None
    """Keep the cookie from scripts of the page (HttpOnly). Default: `True`. API:
    `http_only_cookie_attribute`.
    """
    logo_url: pulumi.Input[str] | None
    """The URL of the picture in the App Launcher. Left out, it is not managed. API: `logo_url`."""
    mfa_config: pulumi.Input[MfaConfig | Unchecked] | None
    """Which second factor Cloudflare itself asks for. Left out, it is not managed. API:
    `mfa_config`.
    """
    oauth_configuration: pulumi.Input[OauthConfiguration | Unchecked] | None
    """OAuth for clients of the application, such as MCP clients. Left out, it is not managed. API:
    `oauth_configuration`.
    """
    options_preflight_bypass: pulumi.Input[bool] | None
    """Let OPTIONS requests through to the application without a login. Left out, it is not managed.
    API: `options_preflight_bypass`.
    """
    path_cookie_attribute: pulumi.Input[bool] | None
    """Limit the cookie to the application's path, instead of its host name. Default: `False`. API:
    `path_cookie_attribute`.
    """
    read_service_tokens_from_header: pulumi.Input[str] | None
    """The name of one header that carries a service token, instead of two. Left out, it is not
    managed. API: `read_service_tokens_from_header`.
    """
    same_site_cookie_attribute: pulumi.Input[str] | None
    """The cookie's SameSite attribute: `none`, `lax` or `strict`. Left out, it is not managed. API:
    `same_site_cookie_attribute`.
    """
    scim_config: pulumi.Input[ScimConfig | Unchecked] | None
    """Provisioning of users into the application. Secret as a whole. Left out, it is not managed.
    API: `scim_config`.
    """
    service_auth_401_redirect: pulumi.Input[bool] | None
    """Answer 401 instead of a login page where a Service Auth policy refuses. Left out, it is not
    managed. API: `service_auth_401_redirect`.
    """
    skip_interstitial: pulumi.Input[bool] | None
    """Log in through cloudflared without a click. Left out, it is not managed. API:
    `skip_interstitial`.
    """
    tags: Sequence[Reference] | pulumi.Output[Sequence[str | Found]] | None
    """The names of tags that the App Launcher filters by, in any order. The tags must exist.
    Default: none. API: `tags`.
    """
    use_clientless_isolation_app_launcher_url: pulumi.Input[bool] | None
    """Open the application in an isolated browser from the App Launcher. Default: `False`. API:
    `use_clientless_isolation_app_launcher_url`.
    """
    saas_app: pulumi.Input[SaasApp | Unchecked] | None
    """Of type `saas`: how people log in to the SaaS application, by SAML or OIDC. Left out, it is
    not managed. API: `saas_app`.
    """
    app_launcher_logo_url: pulumi.Input[str] | None
    """Of type `app_launcher`: the URL of the picture in the head of the page. Left out, it is not
    managed. API: `app_launcher_logo_url`.
    """
    bg_color: pulumi.Input[str] | None
    """Of type `app_launcher`: the page's background colour, such as `#f5f5f5`. Left out, it is not
    managed. API: `bg_color`.
    """
    footer_links: pulumi.Input[Sequence[pulumi.Input[FooterLink | Unchecked]]] | None
    """Of type `app_launcher`: the links at the foot of the login page, in order. Left out, it is
    not managed. API: `footer_links`.
    """
    header_bg_color: pulumi.Input[str] | None
    """Of type `app_launcher`: the background colour of the page's head. Left out, it is not
    managed. API: `header_bg_color`.
    """
    landing_page_design: pulumi.Input[LandingPageDesign | Unchecked] | None
    """Of type `app_launcher`: how the login page looks. Left out, it is not managed. API:
    `landing_page_design`.
    """
    skip_app_launcher_login_page: pulumi.Input[bool] | None
    """Of type `app_launcher`: go on to the identity provider without the login page. Default:
    `False`. API: `skip_app_launcher_login_page`.
    """
    target_criteria: pulumi.Input[Sequence[pulumi.Input[TargetCriterion | Unchecked]]] | None
    """Of types `infrastructure` and `rdp`, which need it: the targets, in any order. Left out, it
    is not managed. API: `target_criteria`.
    """
    extra: pulumi.Input[Mapping[str, Any]] | None
    """Fields, and values of closed lists, that this package does not know. They are sent, compared
    and shown like all others. Default: none. API: each by its own name.
    """
    account_id: pulumi.Input[str] | None
    """The id of the account that it is in. Default: the one in the settings. A change replaces the
    object. In the API, it is in the path.
    """
    zone_id: pulumi.Input[str] | None
    """The id of the zone that it is in, instead of an account. A change replaces the object. In the
    API, it is in the path.
    """
    adopt: bool | str | None
    """`True` takes over an object that exists, found by its type, of which there is one, its places
    or its name; an id takes over the one with that id; `False` makes another one, whatever
    exists. Default: one is made.
    """
    adopt_changes: bool | None
    """Let an adoption change what differs. Default: what differs is an error."""
