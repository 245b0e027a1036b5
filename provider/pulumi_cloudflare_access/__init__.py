"""Cloudflare Access and IAM as code, for Pulumi.

    import pulumi_cloudflare_access as cloudflare
    from pulumi_cloudflare_access import rules

The public names and nothing else, each loaded on first use: importing must stay cheap.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from . import types
    from .access import rules
    from .access.application import (
        AccessApplication,
        GetAccessApplicationResult,
        get_access_application,
        get_access_application_output,
        get_access_applications,
        get_access_applications_output,
    )
    from .access.application_policies import AccessApplicationPolicies
    from .access.application_policy import AccessApplicationPolicy
    from .access.custom_page import (
        CustomPage,
        GetCustomPageResult,
        get_custom_page,
        get_custom_page_output,
        get_custom_pages,
        get_custom_pages_output,
    )
    from .access.group import (
        AccessGroup,
        GetAccessGroupResult,
        get_access_group,
        get_access_group_output,
        get_access_groups,
        get_access_groups_output,
    )
    from .access.identity_provider import (
        GetIdentityProviderResult,
        IdentityProvider,
        get_identity_provider,
        get_identity_provider_output,
        get_identity_providers,
        get_identity_providers_output,
    )
    from .access.organization import (
        AccessOrganization,
        GetAccessOrganizationResult,
        get_access_organization,
        get_access_organization_output,
    )
    from .access.policy import (
        AccessPolicy,
        GetAccessPolicyResult,
        get_access_policies,
        get_access_policies_output,
        get_access_policy,
        get_access_policy_output,
    )
    from .access.service_token import (
        GetServiceTokenResult,
        ServiceToken,
        get_service_token,
        get_service_token_output,
        get_service_tokens,
        get_service_tokens_output,
    )
    from .access.tag import (
        AccessTag,
        GetAccessTagResult,
        get_access_tag,
        get_access_tag_output,
        get_access_tags,
        get_access_tags_output,
    )
    from .components.people_file import TeamList, read_teams, teams_from_file
    from .components.policy_set import PolicySet
    from .components.protected_application import ProtectedApplication
    from .components.team import Team
    from .errors import CloudflareError, LookUpError
    from .gateway.zero_trust_list import (
        GetZeroTrustListResult,
        ZeroTrustList,
        get_zero_trust_list,
        get_zero_trust_list_output,
        get_zero_trust_lists,
        get_zero_trust_lists_output,
    )
    from .iam import grants, scopes
    from .iam.account_member import (
        AccountMember,
        GetAccountMemberResult,
        get_account_member,
        get_account_member_output,
        get_account_members,
        get_account_members_output,
    )
    from .iam.account_role import (
        GetAccountRoleResult,
        get_account_role,
        get_account_role_output,
        get_account_roles,
        get_account_roles_output,
    )
    from .iam.permission_group import (
        GetPermissionGroupResult,
        get_permission_group,
        get_permission_group_output,
        get_permission_groups,
        get_permission_groups_output,
    )
    from .iam.resource_group import (
        GetResourceGroupResult,
        ResourceGroup,
        get_resource_group,
        get_resource_group_output,
        get_resource_groups,
        get_resource_groups_output,
    )
    from .iam.sso_connector import (
        GetSsoConnectorResult,
        SsoConnector,
        get_sso_connector,
        get_sso_connector_output,
        get_sso_connectors,
        get_sso_connectors_output,
    )
    from .iam.sso_connector_activation import SsoConnectorActivation
    from .iam.user_group import (
        GetUserGroupResult,
        UserGroup,
        get_user_group,
        get_user_group_output,
        get_user_groups,
        get_user_groups_output,
    )
    from .iam.user_group_member import UserGroupMember
    from .iam.user_group_members import (
        GetUserGroupMemberResult,
        UserGroupMembers,
        get_user_group_members,
        get_user_group_members_output,
    )
    from .iam.zone import (
        GetZoneResult,
        get_zone,
        get_zone_output,
        get_zones,
        get_zones_output,
    )
    from .local_cloudflare import LocalCloudflare
    from .program.explicit_provider import Cloudflare

__all__ = [
    "AccessApplication",
    "AccessApplicationPolicies",
    "AccessApplicationPolicy",
    "AccessGroup",
    "AccessOrganization",
    "AccessPolicy",
    "AccessTag",
    "AccountMember",
    "Cloudflare",
    "CloudflareError",
    "CustomPage",
    "GetAccessApplicationResult",
    "GetAccessGroupResult",
    "GetAccessOrganizationResult",
    "GetAccessPolicyResult",
    "GetAccessTagResult",
    "GetAccountMemberResult",
    "GetAccountRoleResult",
    "GetCustomPageResult",
    "GetIdentityProviderResult",
    "GetPermissionGroupResult",
    "GetResourceGroupResult",
    "GetServiceTokenResult",
    "GetSsoConnectorResult",
    "GetUserGroupMemberResult",
    "GetUserGroupResult",
    "GetZeroTrustListResult",
    "GetZoneResult",
    "IdentityProvider",
    "LocalCloudflare",
    "LookUpError",
    "PolicySet",
    "ProtectedApplication",
    "ResourceGroup",
    "ServiceToken",
    "SsoConnector",
    "SsoConnectorActivation",
    "Team",
    "TeamList",
    "UserGroup",
    "UserGroupMember",
    "UserGroupMembers",
    "ZeroTrustList",
    "get_access_application",
    "get_access_application_output",
    "get_access_applications",
    "get_access_applications_output",
    "get_access_group",
    "get_access_group_output",
    "get_access_groups",
    "get_access_groups_output",
    "get_access_organization",
    "get_access_organization_output",
    "get_access_policies",
    "get_access_policies_output",
    "get_access_policy",
    "get_access_policy_output",
    "get_access_tag",
    "get_access_tag_output",
    "get_access_tags",
    "get_access_tags_output",
    "get_account_member",
    "get_account_member_output",
    "get_account_members",
    "get_account_members_output",
    "get_account_role",
    "get_account_role_output",
    "get_account_roles",
    "get_account_roles_output",
    "get_custom_page",
    "get_custom_page_output",
    "get_custom_pages",
    "get_custom_pages_output",
    "get_identity_provider",
    "get_identity_provider_output",
    "get_identity_providers",
    "get_identity_providers_output",
    "get_permission_group",
    "get_permission_group_output",
    "get_permission_groups",
    "get_permission_groups_output",
    "get_resource_group",
    "get_resource_group_output",
    "get_resource_groups",
    "get_resource_groups_output",
    "get_service_token",
    "get_service_token_output",
    "get_service_tokens",
    "get_service_tokens_output",
    "get_sso_connector",
    "get_sso_connector_output",
    "get_sso_connectors",
    "get_sso_connectors_output",
    "get_user_group",
    "get_user_group_members",
    "get_user_group_members_output",
    "get_user_group_output",
    "get_user_groups",
    "get_user_groups_output",
    "get_zero_trust_list",
    "get_zero_trust_list_output",
    "get_zero_trust_lists",
    "get_zero_trust_lists_output",
    "get_zone",
    "get_zone_output",
    "get_zones",
    "get_zones_output",
    "grants",
    "read_teams",
    "rules",
    "scopes",
    "teams_from_file",
    "types",
]

_HOME = {
    "AccessApplication": ".access.application",
    "AccessApplicationPolicies": ".access.application_policies",
    "AccessApplicationPolicy": ".access.application_policy",
    "AccessGroup": ".access.group",
    "AccessOrganization": ".access.organization",
    "AccessPolicy": ".access.policy",
    "AccessTag": ".access.tag",
    "AccountMember": ".iam.account_member",
    "Cloudflare": ".program.explicit_provider",
    "CloudflareError": ".errors",
    "CustomPage": ".access.custom_page",
    "GetAccessApplicationResult": ".access.application",
    "GetAccessGroupResult": ".access.group",
    "GetAccessOrganizationResult": ".access.organization",
    "GetAccessPolicyResult": ".access.policy",
    "GetAccessTagResult": ".access.tag",
    "GetAccountMemberResult": ".iam.account_member",
    "GetAccountRoleResult": ".iam.account_role",
    "GetCustomPageResult": ".access.custom_page",
    "GetIdentityProviderResult": ".access.identity_provider",
    "GetPermissionGroupResult": ".iam.permission_group",
    "GetResourceGroupResult": ".iam.resource_group",
    "GetServiceTokenResult": ".access.service_token",
    "GetSsoConnectorResult": ".iam.sso_connector",
    "GetUserGroupMemberResult": ".iam.user_group_members",
    "GetUserGroupResult": ".iam.user_group",
    "GetZeroTrustListResult": ".gateway.zero_trust_list",
    "GetZoneResult": ".iam.zone",
    "IdentityProvider": ".access.identity_provider",
    "LocalCloudflare": ".local_cloudflare",
    "LookUpError": ".errors",
    "PolicySet": ".components.policy_set",
    "ProtectedApplication": ".components.protected_application",
    "ResourceGroup": ".iam.resource_group",
    "ServiceToken": ".access.service_token",
    "SsoConnector": ".iam.sso_connector",
    "SsoConnectorActivation": ".iam.sso_connector_activation",
    "Team": ".components.team",
    "TeamList": ".components.people_file",
    "UserGroup": ".iam.user_group",
    "UserGroupMember": ".iam.user_group_member",
    "UserGroupMembers": ".iam.user_group_members",
    "ZeroTrustList": ".gateway.zero_trust_list",
    "get_access_application": ".access.application",
    "get_access_application_output": ".access.application",
    "get_access_applications": ".access.application",
    "get_access_applications_output": ".access.application",
    "get_access_group": ".access.group",
    "get_access_group_output": ".access.group",
    "get_access_groups": ".access.group",
    "get_access_groups_output": ".access.group",
    "get_access_organization": ".access.organization",
    "get_access_organization_output": ".access.organization",
    "get_access_policies": ".access.policy",
    "get_access_policies_output": ".access.policy",
    "get_access_policy": ".access.policy",
    "get_access_policy_output": ".access.policy",
    "get_access_tag": ".access.tag",
    "get_access_tag_output": ".access.tag",
    "get_access_tags": ".access.tag",
    "get_access_tags_output": ".access.tag",
    "get_account_member": ".iam.account_member",
    "get_account_member_output": ".iam.account_member",
    "get_account_members": ".iam.account_member",
    "get_account_members_output": ".iam.account_member",
    "get_account_role": ".iam.account_role",
    "get_account_role_output": ".iam.account_role",
    "get_account_roles": ".iam.account_role",
    "get_account_roles_output": ".iam.account_role",
    "get_custom_page": ".access.custom_page",
    "get_custom_page_output": ".access.custom_page",
    "get_custom_pages": ".access.custom_page",
    "get_custom_pages_output": ".access.custom_page",
    "get_identity_provider": ".access.identity_provider",
    "get_identity_provider_output": ".access.identity_provider",
    "get_identity_providers": ".access.identity_provider",
    "get_identity_providers_output": ".access.identity_provider",
    "get_permission_group": ".iam.permission_group",
    "get_permission_group_output": ".iam.permission_group",
    "get_permission_groups": ".iam.permission_group",
    "get_permission_groups_output": ".iam.permission_group",
    "get_resource_group": ".iam.resource_group",
    "get_resource_group_output": ".iam.resource_group",
    "get_resource_groups": ".iam.resource_group",
    "get_resource_groups_output": ".iam.resource_group",
    "get_service_token": ".access.service_token",
    "get_service_token_output": ".access.service_token",
    "get_service_tokens": ".access.service_token",
    "get_service_tokens_output": ".access.service_token",
    "get_sso_connector": ".iam.sso_connector",
    "get_sso_connector_output": ".iam.sso_connector",
    "get_sso_connectors": ".iam.sso_connector",
    "get_sso_connectors_output": ".iam.sso_connector",
    "get_user_group": ".iam.user_group",
    "get_user_group_members": ".iam.user_group_members",
    "get_user_group_members_output": ".iam.user_group_members",
    "get_user_group_output": ".iam.user_group",
    "get_user_groups": ".iam.user_group",
    "get_user_groups_output": ".iam.user_group",
    "get_zero_trust_list": ".gateway.zero_trust_list",
    "get_zero_trust_list_output": ".gateway.zero_trust_list",
    "get_zero_trust_lists": ".gateway.zero_trust_list",
    "get_zero_trust_lists_output": ".gateway.zero_trust_list",
    "get_zone": ".iam.zone",
    "get_zone_output": ".iam.zone",
    "get_zones": ".iam.zone",
    "get_zones_output": ".iam.zone",
    "grants": ".iam.grants",
    "read_teams": ".components.people_file",
    "rules": ".access.rules",
    "scopes": ".iam.scopes",
    "teams_from_file": ".components.people_file",
    "types": ".types",
}


if not TYPE_CHECKING:
    # A checker that saw this would take every name for one that there is.
    def __getattr__(name: str) -> Any:
        if name not in _HOME:
            # What imports nothing that a program does not need anyway.
            from .text.nearest import nearest  # noqa: PLC0415

            told = f'module {__name__} has no attribute "{name}"{nearest(name, _HOME)}'
            raise AttributeError(told)
        home = import_module(_HOME[name], __name__)
        value = home if _HOME[name].endswith(f".{name}") else getattr(home, name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
