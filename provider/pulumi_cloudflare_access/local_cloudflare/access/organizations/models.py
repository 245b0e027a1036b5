"""The Zero Trust organization, and how it behaves."""

from __future__ import annotations

from typing import Any, ClassVar

from ...world.world import Backend
from ..checks import Checker, now
from ..shapes import Choice, Flag, ListOf, Number, Object, Text, duration

_MINUTES = duration(units="m|h")
_DESIGN = ("background_color", "footer_text", "header_text", "logo_path", "text_color")
_FACTORS = ("totp", "biometrics", "security_key", "piv_key", "ssh_fido2_key")
_SENT = Object(
    {
        "name?": Text(),
        "auth_domain?": Text(),
        "session_duration?": Text(canonical=duration()),
        "auto_redirect_to_identity?": Flag(),
        "allow_authenticate_via_warp?": Flag(),
        "warp_auth_session_duration?": Text(canonical=_MINUTES),
        "warp_auth_non_browser_401?": Flag(),
        "login_design?": Object({f"{name}?": Text() for name in _DESIGN}),
        "custom_pages?": Object({"forbidden?": Text(), "identity_denied?": Text()}),
        "deny_unmatched_requests?": Flag(),
        "deny_unmatched_requests_exempted_zone_names?": ListOf(Text()),
        "mfa_config?": Object(
            {
                "allowed_authenticators?": ListOf(Choice(_FACTORS)),
                "amr_matching_session_duration?": Text(canonical=_MINUTES),
                "required_aaguids?": Text(),
                "session_duration?": Text(canonical=_MINUTES),
            }
        ),
        "mfa_required_for_all_apps?": Flag(),
        "mfa_piv_key_requirements?": Object(
            {
                "pin_policy?": Choice(("never", "once", "always")),
                "require_fips_device?": Flag(),
                "ssh_key_size?": ListOf(Number(), ordered=True),
                "ssh_key_type?": ListOf(Choice(("ecdsa", "ed25519", "rsa"))),
                "touch_policy?": Choice(("never", "always", "cached")),
            }
        ),
        "strict_service_token_auth?": Flag(),
        "service_token_inactivity?": Object(
            {
                "action": Choice(("disable", "delete")),
                "enabled": Flag(),
                "inactivity_threshold_days": Number(),
            }
        ),
        "user_seat_expiration_inactive_time?": Text(canonical=duration()),
        "is_ui_read_only?": Flag(),
        "ui_read_only_toggle_reason?": Text(),
    }
)
FIELDS = Object({**_SENT.fields, "created_at": Text(), "updated_at": Text()})


class OrganizationBackend(Backend):
    """The organization of one account or zone."""

    collection: ClassVar[str] = "access/organizations"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        time = now()
        self.organization: dict[str, Any] = {
            "name": "Example",
            "auth_domain": "authdomain.cloudflareaccess.com",
            "auto_redirect_to_identity": False,
            "is_ui_read_only": False,
            "session_duration": "24h",
            "created_at": time,
            "updated_at": time,
        }

    def update_organization(self, body: Any) -> dict[str, Any]:
        """Change the fields that are sent. What happens to the others is not documented."""
        check = Checker(body, self.world.switches)
        for name in ("created_at", "updated_at"):
            check.take(name)
        sent = _SENT.take(check)
        sent |= check.rest()
        check.done()
        self.organization = {**self.organization, **sent, "updated_at": now()}
        return self.organization

    def plant(self, item: dict[str, Any]) -> dict[str, Any]:
        """Change the organization, which is always there."""
        return self.update_organization(item)

    def has(self, object_id: str) -> bool:
        """Return False: nothing refers to the organization."""
        del object_id
        return False
