"""What the local Cloudflare can be told to do differently, also while it runs."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """Ways to answer between which the documents leave a choice, and figures to test against."""

    latency: float = 0.0
    """Seconds that each request takes to arrive."""

    strict: bool = False
    """Enforce the rate limit: one request too many, and every one is refused for five minutes."""

    max_requests: int = 1200
    """Requests that one user can make in any five minutes."""

    largest_page: int | None = None
    """Objects that a page of a list has at most, whatever is asked for; None: as documented."""

    plain: bool = False
    """Answer in the order things were sent, and with documented fields only."""

    accept_unknown_selectors: bool = False
    """Take rules, and fields of rules, that nobody has documented yet."""

    is_default: Literal["bool", "rules", "absent"] = "bool"
    """How a group's `is_default` comes back: the reference pages say a list of rules."""

    identity_provider_field: Literal["identity_provider_id", "connection_id"] = (
        "identity_provider_id"
    )
    """What answers call the identity provider of a rule; `connection_id` until about 2024."""

    delete_in_use: Literal["refuse", "allow"] = "refuse"
    """What happens to the deletion of a group that another object still uses."""

    check_references: bool = False
    """Refuse identity providers, service tokens and applications that are not there."""

    require_domain: bool = True
    """Self-hosted applications need a `domain`; the OpenAPI text of 2026 has it optional."""

    put_without_policies: Literal["keep", "detach"] = "keep"
    """What an application's PUT without `policies` does to the reusable ones it has."""

    client_secret: Literal["absent", "masked"] = "absent"  # noqa: S105  (how, not what)
    """How the secret of an OIDC application comes back after its creation."""

    scim_secrets: Literal["masked", "absent"] = "masked"
    """How an application's SCIM credentials come back."""

    max_applications: int | None = 500
    """Applications that one account or zone can hold; None for any number."""

    max_policies: int | None = 500
    """Reusable policies that one account can hold; None for any number."""

    max_groups: int | None = 300
    """Groups that one account or zone can hold; None for any number."""

    max_rules: int = 1000
    """Rules that one group can hold."""

    iam_meta: Literal["named", "key_value"] = "named"
    """What is in `meta` of permission and resource groups: the reference pages say key, value."""

    iam_result_info: bool = True
    """Whether the lists of IAM say how long they are."""

    resource_group_scope: Literal["array", "object"] = "array"
    """How the `scope` of a resource group comes back: the newest documents say one object."""

    accept_policy_ids: bool = False
    """Take policies that come with an `id`, as the documents want; it is replaced all the same."""

    added_members: Literal["array", "object"] = "array"
    """What adding members to a user group answers: the reference page says one of them."""

    member_email: bool = True
    """Whether an account member has an `email` besides that of its `user`."""

    new_user_group_misses: int = 0
    """Requests for the members of a new user group that do not find it yet."""

    member_writes_pause: float = 0.0
    """Seconds between what a write of a group's members reads and what it writes."""

    scim_policies: Literal["refuse", "allow"] = "refuse"
    """What happens to a change of nothing but the policies of a group that SCIM manages."""

    sso_verified_after: float | None = None
    """Seconds after which a pending SSO verification has succeeded; None for never."""

    sso_failed_after: float | None = None
    """Seconds after which a pending SSO verification has failed; None for never."""
