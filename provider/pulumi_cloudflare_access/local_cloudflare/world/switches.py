"""Switches: behaviours of the local Cloudflare that can be changed, also while it runs.

Every field of `Switches` can be set by its name: in Python, on the command line
(`--switch delete_in_use=allow`) and by `POST /_local/switches`.
"""

from __future__ import annotations

import difflib
import json
import types
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass
class Switches:
    """Behaviours for which the documentation leaves a choice, and limits to test against."""

    latency: float = 0.0
    """Real seconds that each request takes to arrive."""

    strict: bool = False
    """Whether to enforce the rate limit: after one request too many, all are refused for five
    minutes."""

    max_requests: int = 1200
    """The number of requests that one user can send in any five minutes."""

    largest_page: int | None = None
    """The most objects on a page of a list, whatever is requested; None: as documented."""

    plain: bool = False
    """Whether answers keep the order in which things were sent, and have documented fields only."""

    undocumented_fields: bool = False
    """Whether every object and every rule in answers has an undocumented field."""

    unknown_fields: Literal["refuse", "ignore", "keep"] = "refuse"
    """What happens to undocumented fields in bodies, at any depth."""

    accept_unknown_selectors: bool = False
    """Whether to accept undocumented selectors and fields, and several selectors in one rule."""

    empty_values: Literal["as_seen", "answered", "omitted"] = "as_seen"
    """Which false and empty values answers have: all except those that live answers were seen to
    leave out (`as_seen`), all (`answered`), or only those whose default is another value
    (`omitted`)."""

    policy_session: Literal["24h", "application"] = "24h"
    """The session of a policy without `session_duration`. Newer documents say that it is the
    application's. An empty `session_duration` means the application's and is not answered."""

    precedence_zero: Literal["first", "last"] = "first"
    """The place of a policy with precedence 0: before all others, or last as without one."""

    account_of_rules: Literal["as_sent", "filled_in"] = "as_sent"
    """Whether answers fill in the account in rules about an account that do not name one."""

    warp_sessions: bool = True
    """Whether the organization has WARP sessions. Without, applications must not mention them."""

    is_default: Literal["bool", "rules", "absent"] = "bool"
    """How a group's `is_default` comes back. The reference pages say that it is a list of rules."""

    identity_provider_field: Literal["identity_provider_id", "connection_id"] = (
        "identity_provider_id"
    )
    """The name of the identity provider's field in rules; `connection_id` until about 2024."""

    delete_in_use: Literal["refuse", "allow"] = "refuse"
    """What happens to the deletion of a group, a service token or an identity provider that another
    object uses."""

    check_references: bool = False
    """Whether to refuse ids of identity providers, service tokens and applications that do not
    exist."""

    foreign_domains: Literal["accept", "refuse"] = "accept"
    """What happens to an account's application at a host outside of the account's zones. Cloudflare
    refuses it. An application of a zone must always be in that zone."""

    auto_redirect: Literal["one_provider", "one_allowed"] = "one_provider"
    """What `auto_redirect_to_identity` requires: exactly one identity provider, of those allowed or
    of all that exist (`one_provider`), or exactly one in `allowed_idps`, as documented
    (`one_allowed`)."""

    zero_trust: bool = True
    """Whether Zero Trust is enabled in the account. If not, all routes of Access refuse."""

    require_domain: bool = False
    """Whether applications need a `domain` besides `destinations` or `self_hosted_domains`."""

    foreign_fields: Literal["ignore", "refuse"] = "ignore"
    """What happens to fields that only other types of the object have, in applications,
    destinations and credentials. Cloudflare was seen to ignore them."""

    collect_dropped_policies: bool = True
    """Whether an application's own policy is deleted when `policies` no longer has it, as
    Terraform's guide says."""

    mixed_policies: Literal["accept", "refuse"] = "accept"
    """What happens to `policies` of both kinds. Terraform's tests send them; the SDK forbids it."""

    client_secret: Literal["absent", "masked"] = "absent"  # noqa: S105  (how, not what)
    """How the secret of an OIDC application comes back after its creation."""

    scim_secrets: Literal["masked", "absent"] = "masked"
    """How an application's SCIM credentials come back."""

    identity_provider_secrets: Literal["mask_keeps", "absence_keeps"] = "mask_keeps"
    """What keeps the client's secret of an identity provider in an update that does not say it: the
    mask of the answers, as Terraform's provider sent it, and without it the secret is lost; or
    nothing at all, and a mask is refused."""

    max_applications: int | None = 500
    """The most applications in one account or zone; None for no limit."""

    max_policies: int | None = 500
    """The most reusable policies in one account; None for no limit."""

    max_groups: int | None = 300
    """The most groups in one account or zone; None for no limit."""

    max_rules: int = 1000
    """The most rules in one group."""

    iam_meta: Literal["named", "key_value"] = "named"
    """The form of `meta` in permission and resource groups. Reference pages have key and value."""

    iam_result_info: bool = True
    """Whether IAM's lists have `result_info`."""

    resource_group_scope: Literal["object", "array"] = "object"
    """How the `scope` of a resource group comes back: as an object, as seen live and in the newest
    documents, or as an array, as in the reference pages."""

    accept_policy_ids: bool = False
    """Whether to accept policies with an `id`, which the documentation requires. The id is replaced
    in any case."""

    added_members: Literal["array", "object"] = "array"
    """The answer to adding members to a user group: all members, or one, as documented."""

    member_email: bool = True
    """Whether an account member has an `email` besides that of its `user`."""

    member_role_policies: bool = True
    """Whether a member with roles also has a policy for each role, as at Cloudflare."""

    direct_members: Literal["accept", "refuse"] = "accept"
    """What happens to members that are added without an invitation. Most accounts refuse them."""

    user_tokens: bool = False
    """Whether an account's token belongs to its user. If not, it is an account token without a
    user."""

    list_items: Literal["flat", "nested"] = "flat"
    """How the items of a Zero Trust list come: as a list, as seen live, or as a list of lists, as
    older documents have it."""

    list_duplicates: Literal["ignore", "refuse"] = "ignore"
    """What happens to a value that is appended to a Zero Trust list which has it already."""

    new_user_group_misses: int = 0
    """The number of requests for the members of a new user group that do not find the group."""

    member_writes_pause: float = 0.0
    """Real seconds between reading and writing in a request that changes a group's members."""

    scim_policies: Literal["refuse", "allow"] = "refuse"
    """What happens to a change of only the policies of a group that SCIM manages."""

    sso_verified_after: float | None = None
    """Seconds after which a pending SSO verification has succeeded; None for never."""

    sso_failed_after: float | None = None
    """Seconds after which a pending SSO verification has failed; None for never."""

    def set(self, document: Mapping[str, Any]) -> None:
        """Set switches by name, all or none. Raises ValueError for a wrong name or value."""
        checked = {name: _checked(name, value) for name, value in document.items()}
        vars(self).update(checked)

    def told(self) -> dict[str, Any]:
        """Return all switches and their values, as JSON."""
        return asdict(self)


def parsed(text: str) -> tuple[str, Any]:
    """Parse `name=value`. Raises ValueError.

    The value is JSON, such as `true`, `5` or `null`. Anything else is a plain text.
    """
    name, equals, written = text.partition("=")
    if not equals:
        raise ValueError(f'"{text}" is not of the form name=value')
    try:
        value = json.loads(written)
    except ValueError:
        value = written
    return name, _checked(name, value)


def _checked(name: str, value: Any) -> Any:
    """Return the value in the type of its switch. Raises ValueError."""
    kinds = get_type_hints(Switches)
    if name not in kinds:
        raise ValueError(
            f'there is no switch "{name}"{_nearest(name, kinds)} (there are {", ".join(kinds)})'
        )
    for kind in _alternatives(kinds[name]):
        accepted, kept = _as(kind, value)
        if accepted:
            return kept
    words = [one for kind in _alternatives(kinds[name]) for one in get_args(kind)]
    near = _nearest(value, filter(_is_text, words)) if _is_text(value) else ""
    raise ValueError(f"{name} must be {_said(kinds[name])}, not {json.dumps(value)}{near}")


def _alternatives(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in (Union, types.UnionType) else (kind,)


def _as(kind: Any, value: Any) -> tuple[bool, Any]:
    """Return whether a value is of a type, and the value in that type."""
    origin = get_origin(kind) or kind
    if origin is Literal:
        return any(value == one and type(value) is type(one) for one in get_args(kind)), value
    if origin is float:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number, float(value) if is_number else value
    if origin in (tuple, set, frozenset):
        return isinstance(value, list), origin(value) if isinstance(value, list) else value
    if not isinstance(origin, type):
        return True, value
    return isinstance(value, origin) and isinstance(value, bool) is (origin is bool), value


_WORDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    type(None): "null",
}


def _said(kind: Any) -> str:
    """Return the allowed values, in words."""
    words: list[str] = []
    for one in _alternatives(kind):
        if get_origin(one) is Literal:
            words += map(json.dumps, get_args(one))
        else:
            words.append(_WORDS.get(one, "an object" if get_origin(one) is dict else "a list"))
    return " or ".join(words)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _nearest(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f'; "{close[0]}"?' if close else ""
