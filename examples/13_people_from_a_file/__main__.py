"""Teams from a file of people, and what one of them may do."""

from pathlib import Path

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

teams = cloudflare.teams_from_file(
    Path(__file__).with_name("people.csv"),
    columns={"Work e-mail": "email", "Department": "team", "External": "guest", "Desk": None},
)
cloudflare.ProtectedApplication(
    "console",
    name="Console",
    domain="console.example.com",
    policies=[
        {
            "name": "Engineering",
            "decision": "allow",
            "include": [rules.group(teams["Engineering"].access_group)],
        }
    ],
)
pulumi.export("teams", sorted(teams))
