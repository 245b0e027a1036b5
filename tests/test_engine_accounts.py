"""Several accounts in one stack, and a config shared with the bridged provider, for real."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.colleague import Colleague

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

PROGRAM = """
eu = cloudflare.Cloudflare("eu", account_id="{account}", {token})
cloudflare.AccessGroup("here", name="Here", include=[rules.everyone()])
cloudflare.AccessGroup(
    "there", name="There", include=[rules.everyone()], opts=ResourceOptions(provider=eu)
)
"""


@pytest.mark.parametrize("way", ["by the name of a variable", "by its value"])
def test_each_object_lands_in_its_own_account_with_its_own_token(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague, way: str
) -> None:
    eu = cloudflare.add_account()
    in_eu = Colleague(cloudflare, f"accounts/{eu.id}", eu.token)
    if way == "by its value":
        credentials = f'api_token="{eu.token}"'
    else:
        credentials = 'api_token_env="CF_EU_TOKEN"'
        stack.environment["CF_EU_TOKEN"] = eu.token
    # The local Cloudflare refuses every token that is not the account's own.
    stack.program(PROGRAM.format(account=eu.id, token=credentials))
    said = stack.up("--diff").text
    assert (set(colleague.groups()), set(in_eu.groups())) == ({"Here"}, {"There"})
    exported = stack.pulumi("stack", "export", "--stack", "dev").text
    assert eu.token not in exported
    assert eu.token not in said
    assert stack.settled()

    if way == "by the name of a variable":
        del stack.environment["CF_EU_TOKEN"]
        refused = stack.destroy(ok=False)
        assert (
            "error: SettingsError: the environment's CF_EU_TOKEN is not set: this provider takes "
            "its token from it" in refused.text
        )
        assert set(in_eu.groups()) == {"There"}
        stack.environment["CF_EU_TOKEN"] = eu.token
    stack.destroy()
    assert (colleague.groups(), in_eu.groups()) == ({}, {})


def test_a_token_that_reaches_another_account_only_is_refused_in_one_line(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.configure({**stack.config, "cloudflare:apiToken": cloudflare.add_account().token})
    stack.program('cloudflare.AccessGroup("a", name="A", include=[rules.everyone()])')
    refused = stack.up(ok=False)
    assert "error: DeniedError: GET /accounts/" in refused.text
    assert (
        'or it lacks the permission "Access: Organizations, Identity Providers, and Groups Read"'
        in refused.text
    )
    assert colleague.groups() == {}


# https://www.pulumi.com/registry/packages/cloudflare/installation-configuration/
BRIDGED = frozenset(
    {
        "apiKey",
        "apiToken",
        "apiUserServiceKey",
        "baseUrl",
        "email",
        "userAgentOperatorSuffix",
    }
)


def test_a_config_that_the_bridged_provider_shares_works_with_key_and_email(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    config = {
        "cloudflare:baseUrl": cloudflare.base_url,
        "cloudflare:email": cloudflare.email,
        "cloudflare:userAgentOperatorSuffix": "somebody",
        "cloudflare-access:accountId": cloudflare.account_id,
        "cloudflare-access:allowLoopback": "true",
        "cloudflare-access:deadline": "60",
    }
    # That provider refuses every key in its namespace that it does not know.
    assert {key.partition(":")[2] for key in config if key.startswith("cloudflare:")} <= BRIDGED
    stack.configure(config)
    stack.pulumi("config", "set", "--secret", "cloudflare:apiKey", cloudflare.api_key)
    # An explicit provider for the same account takes what it is not given from the config.
    stack.program("""
    same = cloudflare.Cloudflare("same")
    cloudflare.AccessGroup("a", name="A", include=[rules.everyone()])
    cloudflare.AccessGroup(
        "b", name="B", include=[rules.everyone()], opts=ResourceOptions(provider=same)
    )
    """)
    stack.up()
    assert set(colleague.groups()) == {"A", "B"}
    assert cloudflare.api_key not in stack.pulumi("stack", "export", "--stack", "dev").text
    stack.destroy()
