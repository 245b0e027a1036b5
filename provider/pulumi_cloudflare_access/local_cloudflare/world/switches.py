"""What the local Cloudflare can be told to do differently, also while it runs.

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

    undocumented_fields: bool = False
    """Answer a field that nobody has documented, in every object and every rule."""

    unknown_fields: Literal["refuse", "ignore", "keep"] = "refuse"
    """What becomes of fields of a body that nobody has documented, wherever they are."""

    accept_unknown_selectors: bool = False
    """Take rules, and fields of rules, that nobody has documented yet, also several in one rule."""

    empty_values: Literal["as_seen", "answered", "omitted"] = "as_seen"
    """What of it that is false or empty is in answers: all of it but what live answers were seen
    to leave out, all of it, or only what has a default that is neither."""

    policy_session: Literal["24h", "application"] = "24h"
    """How long the session of a policy without `session_duration` is; newer documents say as long
    as the application's. An empty one is as long as the application's, and is not answered."""

    precedence_zero: Literal["first", "last"] = "first"
    """Where a policy with precedence 0 is: before all, or behind all as if it had none."""

    account_of_rules: Literal["as_sent", "filled_in"] = "as_sent"
    """Whether rules about an account that name none are answered with their object's own."""

    warp_sessions: bool = True
    """Whether the organization has WARP sessions; without, no application may speak of them."""

    is_default: Literal["bool", "rules", "absent"] = "bool"
    """How a group's `is_default` comes back: the reference pages say a list of rules."""

    identity_provider_field: Literal["identity_provider_id", "connection_id"] = (
        "identity_provider_id"
    )
    """What answers call the identity provider of a rule; `connection_id` until about 2024."""

    delete_in_use: Literal["refuse", "allow"] = "refuse"
    """What happens to the deletion of a group, a service token or an identity provider that another
    object still uses."""

    check_references: bool = False
    """Refuse identity providers, service tokens and applications that are not there."""

    foreign_domains: Literal["accept", "refuse"] = "accept"
    """What happens to an account's application at a host in none of the account's zones: live ones
    refuse it. An application of a zone is in that zone in any case."""

    auto_redirect: Literal["one_provider", "one_allowed"] = "one_provider"
    """What `auto_redirect_to_identity` needs: one identity provider to redirect to, of those
    allowed or of all there are; or exactly one in `allowed_idps`, as the documents say."""

    zero_trust: bool = True
    """Whether the account has Zero Trust; where nobody has switched it on, Access answers none."""

    require_domain: bool = False
    """Applications need a `domain` even where `destinations` or `self_hosted_domains` say it."""

    foreign_fields: Literal["ignore", "refuse"] = "ignore"
    """What happens to fields that other types of the object have, and this one has not: of
    applications, destinations, credentials. They were seen ignored, live."""

    collect_dropped_policies: bool = True
    """An application's `policies` without one of its own make that one go: Terraform's guide."""

    mixed_policies: Literal["accept", "refuse"] = "accept"
    """What happens to `policies` of both kinds: Terraform's tests send them, the SDK says no."""

    client_secret: Literal["absent", "masked"] = "absent"  # noqa: S105  (how, not what)
    """How the secret of an OIDC application comes back after its creation."""

    scim_secrets: Literal["masked", "absent"] = "masked"
    """How an application's SCIM credentials come back."""

    identity_provider_secrets: Literal["mask_keeps", "absence_keeps"] = "mask_keeps"
    """What keeps the client's secret of an identity provider in an update that does not say it: the
    mask of the answers, as Terraform's provider sent it, and without it the secret is lost; or
    nothing at all, and a mask is refused."""

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

    resource_group_scope: Literal["object", "array"] = "object"
    """How the `scope` of a resource group comes back: seen live as an object, as in the newest
    documents; the reference pages say an array."""

    accept_policy_ids: bool = False
    """Take policies that come with an `id`, as the documents want; it is replaced all the same."""

    added_members: Literal["array", "object"] = "array"
    """What adding members to a user group answers: the reference page says one of them."""

    member_email: bool = True
    """Whether an account member has an `email` besides that of its `user`."""

    member_role_policies: bool = True
    """Whether a member with roles is answered with a policy for each of them, as live ones are."""

    direct_members: Literal["accept", "refuse"] = "accept"
    """What happens to members who are to be added without an invitation: most accounts may not."""

    user_tokens: bool = False
    """Whether an account's token is its user's; if not, it is the account's own: no user's."""

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

    def set(self, document: Mapping[str, Any]) -> None:
        """Set switches by name, all or none; a `ValueError` says which name or value is wrong."""
        checked = {name: _checked(name, value) for name, value in document.items()}
        vars(self).update(checked)

    def told(self) -> dict[str, Any]:
        """Return every switch and its value, as JSON has them."""
        return asdict(self)


def parsed(text: str) -> tuple[str, Any]:
    """Read `name=value`; a `ValueError` says what is wrong with it.

    The value is JSON, such as `true`, `5` or `null`, or else a plain text.
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
    """Return the value as its switch keeps it; a `ValueError` where it has no such value."""
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
    """Tell whether a value is of a kind, and return it as Python has it there."""
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
    """Say what values there are."""
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
