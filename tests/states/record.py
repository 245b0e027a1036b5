"""Record what this version leaves in users' states: `python tests/states/record.py`, once a release.

Ids, accounts and zones are fixed and no token is in it, so a local Cloudflare can be given the same
objects in any later year. `tests/test_states.py` holds every later version to every recording.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from harness.stack import STACK, Stack
from pulumi_cloudflare_access import LocalCloudflare

HERE = Path(__file__).parent
ACCOUNT, ZONE = "a0" * 16, "b0" * 16
STAFF, ENGINEERS = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
GUESTS = "33333333-3333-4333-8333-333333333333"

# Adopted, all of them: how else could an id be known beforehand?
PROGRAM = f"""
staff = cloudflare.AccessGroup(
    "staff", name="Staff", include=[rules.email_domain("example.com")], adopt=True
)
cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[
        rules.group(staff),
        rules.email(Output.secret("Ada@example.com")),
        rules.ip("203.0.113.7"),
        rules.github_organization("acme", "{STAFF}", team="core"),
        rules.user_risk_score(["medium", "low"]),
        rules.any_valid_service_token(),
    ],
    exclude=[rules.geo("fr"), rules.raw({{"email": {{"email": "mallory@example.net"}}}})],
    require=[rules.geo("de")],
    is_default=True,
    adopt="{ENGINEERS}",
)
cloudflare.AccessGroup(
    "guests", name="Guests", include=[rules.everyone()], zone_id="{ZONE}", adopt=True
)
cloudflare.AccessGroup.get("found", "{STAFF}")
"""


def objects() -> dict[str, Any]:
    """Return what is there, as `LocalCloudflare.seed` takes it."""
    engineers = {
        "id": ENGINEERS,
        "name": "Engineers",
        "include": [
            {"group": {"id": STAFF}},
            {"email": {"email": "ada@example.com"}},
            {"ip": {"ip": "203.0.113.7/32"}},
            {
                "github-organization": {
                    "name": "acme",
                    "team": "core",
                    "identity_provider_id": STAFF,
                }
            },
            {"user_risk_score": {"user_risk_score": ["low", "medium"]}},
            {"any_valid_service_token": {}},
        ],
        "exclude": [
            {"geo": {"country_code": "FR"}},
            {"email": {"email": "mallory@example.net"}},
        ],
        "require": [{"geo": {"country_code": "DE"}}],
        "is_default": True,
    }
    staff = {
        "id": STAFF,
        "name": "Staff",
        "include": [{"email_domain": {"domain": "example.com"}}],
    }
    guests = {"id": GUESTS, "name": "Guests", "include": [{"everyone": {}}]}
    return {
        "accounts": {
            ACCOUNT: {
                "access/groups": [staff, engineers],
                "zones": {ZONE: {"access/groups": [guests]}},
            }
        }
    }


def main() -> None:
    """Record the states of this version."""
    from importlib import metadata  # noqa: PLC0415

    version = metadata.version("pulumi-cloudflare-access")
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCloudflare(account_id=ACCOUNT, zone_id=ZONE) as cloudflare,
    ):
        cloudflare.seed(objects())
        stack = Stack(Path(folder, "stack"), cloudflare)
        # The address and the token belong to this machine, and the provider of the state keeps both.
        local = {
            name: getattr(cloudflare, name) for name in ("base_url", "account_id", "token")
        }
        stack.environment["CLOUDFLARE_ACCESS_LOCAL"] = json.dumps(local)
        stack.configure({})
        stack.program(PROGRAM)
        stack.up()
        state = json.loads(stack.pulumi("stack", "export", "--stack", STACK).text)
    for resource in state["deployment"]["resources"]:
        for fact in ("created", "modified", "sourcePosition", "stackTrace"):
            resource.pop(fact, None)
    state["deployment"]["manifest"] = {"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""}
    path = HERE / version / "groups.json"
    path.parent.mkdir(exist_ok=True)
    # Together: what a recording needs must not change with this file.
    recording = {"program": PROGRAM.splitlines(), "objects": objects(), "state": state}
    path.write_text(json.dumps(recording, indent=1, sort_keys=True) + "\n")
    print(path)


if __name__ == "__main__":
    main()
