"""Where the objects of Access are listed.

A kind finds what refers to its objects in the lists of other kinds. It needs a path and a
permission for that, not the other kind's provider.
"""

from __future__ import annotations

from dataclasses import replace

from ..engine.collection import Collection

APPLICATIONS = Collection("Access application", "access/apps", "Access: Apps and Policies")
# The lists of policies below the applications.
OWN_POLICIES = replace(
    APPLICATIONS, display_name="policies of the Access application", per_page=200
)
POLICIES = Collection(
    "Access policy",
    "access/policies",
    "Access: Apps and Policies",
    per_page=100,
    scopes=("account",),
)
GROUPS = Collection(
    "Access group", "access/groups", "Access: Organizations, Identity Providers, and Groups"
)
IDENTITY_PROVIDERS = Collection(
    "identity provider",
    "access/identity_providers",
    "Access: Organizations, Identity Providers, and Groups",
)
SERVICE_TOKENS = Collection("service token", "access/service_tokens", "Access: Service Tokens")
TAGS = Collection(
    "tag",
    "access/tags",
    "Access: Apps and Policies",
    scopes=("account",),
    # A tag has nothing else.
    id_field="name",
)
CUSTOM_PAGES = Collection(
    "custom page",
    "access/custom_pages",
    "Access: Custom Page",
    scopes=("account",),
    id_field="uid",
)
# There is one in each account, and it has no id.
ORGANIZATION = Collection(
    "Zero Trust organization",
    "access/organizations",
    "Access: Organizations, Identity Providers, and Groups",
    per_page=None,
    id_field="auth_domain",
)
