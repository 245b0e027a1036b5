"""What the tests run for every account. A module of its own: it is imported for each of them."""

import pulumi

import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules


def program() -> None:
    """Make a group, another that refers to it, and outputs, one of them secret."""
    config = pulumi.Config("test")
    if config.get_bool("broken"):
        raise ValueError("this account's program is broken")
    staff = cloudflare.AccessGroup(
        "staff", name="Staff", include=[rules.email_domain(config.require("domain"))]
    )
    cloudflare.AccessGroup(
        "engineers",
        name="Engineers",
        include=[rules.email("ada@example.com")],
        require=[rules.group(staff)],
    )
    pulumi.export("domain", config.require("domain"))
    pulumi.export("secret", {"key": pulumi.Output.secret("told to nobody")})
