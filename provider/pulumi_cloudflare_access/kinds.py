"""Kind name -> provider: what the pickle in users' states points at.

The state of every resource holds `load` and a kind name, nothing else. Both are frozen: modules and
classes can move, the name of this module, of `load` and of a kind cannot.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

KINDS = {
    "access_application": "access.application:AccessApplicationProvider",
    "access_application_policies": "access.application_policies:AccessApplicationPoliciesProvider",
    "access_application_policy": "access.application_policy:AccessApplicationPolicyProvider",
    "access_group": "access.group:AccessGroupProvider",
    "access_organization": "access.organization:AccessOrganizationProvider",
    "access_policy": "access.policy:AccessPolicyProvider",
    "access_tag": "access.tag:AccessTagProvider",
    "account_member": "iam.account_member:AccountMemberProvider",
    "custom_page": "access.custom_page:CustomPageProvider",
    "identity_provider": "access.identity_provider:IdentityProviderProvider",
    "resource_group": "iam.resource_group:ResourceGroupProvider",
    "service_token": "access.service_token:ServiceTokenProvider",
    "sso_connector": "iam.sso_connector:SsoConnectorProvider",
    "sso_connector_activation": "iam.sso_connector_activation:SsoConnectorActivationProvider",
    "user_group": "iam.user_group:UserGroupProvider",
    "user_group_member": "iam.user_group_member:UserGroupMemberProvider",
    "user_group_members": "iam.user_group_members:UserGroupMembersProvider",
    "zero_trust_list": "gateway.zero_trust_list:ZeroTrustListProvider",
}


def load(kind: str) -> Any:
    """Make the provider of a kind."""
    module, _, name = KINDS[kind].partition(":")
    return getattr(import_module(f".{module}", __package__), name)()
