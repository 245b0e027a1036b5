"""What the local Cloudflare can be told to do differently, also while it runs."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Switches:
    """Ways to answer between which the documents leave a choice, and figures to test against."""

    latency: float = 0.0
    """Seconds that each request takes to arrive."""

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

    max_groups: int | None = 300
    """Groups that one account or zone can hold; None for any number."""

    max_rules: int = 1000
    """Rules that one group can hold."""
