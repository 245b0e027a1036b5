"""Where the objects of IAM are listed, and what the kinds of group members are called in states.

A kind finds what refers to its objects in the lists of other kinds. It needs a path and a
permission for that, not the other kind's provider.
"""

from __future__ import annotations

from dataclasses import replace

from ..engine.collection import Collection

ACCOUNT = ("account",)
SETTINGS = "Account Settings"

# The API has no filter by e-mail address.
ACCOUNT_MEMBERS = Collection("account member", "members", SETTINGS, 50, ACCOUNT)
ACCOUNT_ROLES = Collection("account role", "roles", SETTINGS, 50, ACCOUNT)
PERMISSION_GROUPS = Collection("permission group", "iam/permission_groups", SETTINGS, 50, ACCOUNT)
RESOURCE_GROUPS = Collection("resource group", "iam/resource_groups", SETTINGS, None, ACCOUNT)
USER_GROUPS = Collection("user group", "iam/user_groups", SETTINGS, 500, ACCOUNT)
SSO_CONNECTORS = Collection("SSO connector", "sso_connectors", "SSO Connector", None, ACCOUNT)

# The kinds of who is in a group, as one set and one by one.
SET, ONE = "user_group_members", "user_group_member"
MEMBERS, MEMBER = "members", "member"
# The groups, of which these kinds change the members.
GROUPS_OF_MEMBERS = replace(USER_GROUPS, display_name="members of the user group")


def members_of(group: str) -> Collection:
    """Return where the members of one user group are listed."""
    return replace(GROUPS_OF_MEMBERS, path=f"{USER_GROUPS.path}/{group}/{MEMBERS}")
