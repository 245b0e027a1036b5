"""What holds for every login of an account: how long it lasts, how its page looks."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

organization = cloudflare.AccessOrganization(
    "organization",
    session_duration="12h",
    login_design={"header_text": "Welcome to Example", "background_color": "#f6f6f6"},
    adopt_changes=True,
)
cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
pulumi.export("team_domain", cloudflare.get_access_organization().auth_domain)
