"""What a preview knows before anything exists, and what it refuses, through the real engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

URN = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:AccessGroup::"
UNKNOWN = """
staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
cloudflare.AccessGroup(
    "engineers",
    name=Output.concat("Made by ", staff.created_at),
    include=[rules.group(staff), rules.email(staff.id.apply(lambda id: f"{id}@example.com"))],
    exclude=staff.id.apply(lambda id: [rules.email(f"not-{id}@example.com")]),
)
"""


def test_what_is_not_known_yet_fails_nothing_and_is_called_by_what_is_known(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(UNKNOWN)
    inputs = stack.plan().steps()["engineers"]["newState"]["inputs"]
    assert set(inputs["include"]) == {"group Staff", "email (not known yet)"}
    assert inputs["include"]["group Staff"]["of"] == f"{URN}staff"

    stack.up()
    staff = colleague.group("Staff")
    made = f"Made by {staff['created_at']}"
    assert colleague.members(made) == {staff["id"], f"{staff['id']}@example.com"}
    assert colleague.members(made, "exclude") == {f"not-{staff['id']}@example.com"}
    assert stack.settled()


WRONG = """
cloudflare.AccessGroup(
    "wrong",
    name="Wrong",
    include=[
        rules.email("ada@example.com"),
        {"emial": {"email": "bob@example.com"}},
        rules.ip("10.0.0.0/33"),
        {"email": {"email": "a@example.com"}, "geo": {"country_code": "DE"}},
        rules.email("no address"),
    ],
    require=[rules.geo(Output.secret("TOPSECRET"))],
    account_id="a" * 32,
    zone_id="b" * 32,
    adopt=7,
)
"""


def test_all_mistakes_of_a_resource_are_shown_together_in_the_preview(stack: Stack) -> None:
    stack.program(WRONG)
    refused = stack.preview(ok=False)
    assert refused.status != 0
    for mistake in (
        'include[1]: "emial" is not a selector; "email"?',
        'include[2].ip.ip: "10.0.0.0/33" is no IP address and no CIDR range such as 203.0.113.0/24',
        "include[3]: has 2 selectors (",
        'include[4].email.email: "no address" is no e-mail address',
        "require[0].geo.country_code: [secret] is no two-letter country code",
        "zone_id: pass one of account_id and zone_id, not both",
        "adopt: must be True or the id of an existing object",
    ):
        assert mistake in refused.text
    assert "TOPSECRET" not in refused.text
    assert "Traceback" not in refused.text

    stack.program('cloudflare.AccessGroup("wrong", name="Wrong", include=[])')
    assert "include: must hold at least one rule" in stack.preview(ok=False).text

    stack.program(
        'cloudflare.AccessGroup("a", name="A", include=[rules.everyone()],'
        ' opts=ResourceOptions(import_="00000000-0000-4000-8000-000000000000"))'
    )
    refused = stack.preview(ok=False)
    assert refused.status != 0
    assert "import_: Pulumi cannot import dynamic resources" in refused.text
    assert 'adopt="<id>"' in refused.text


def test_a_preview_needs_no_credentials_and_an_up_says_where_they_belong(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program('cloudflare.AccessGroup("a", name="A", include=[rules.everyone()])')
    without = {k: v for k, v in stack.config.items() if k != "cloudflare:apiToken"}
    stack.configure(without)
    assert stack.plan().changed() == {"test-dev": "create", "a": "create"}
    refused = stack.up(ok=False)
    assert (
        "error: SettingsError: no Cloudflare credentials: set the stack config cloudflare:apiToken"
        in refused.text
    )
    assert "or the environment's CLOUDFLARE_API_TOKEN" in refused.text

    stack.configure({k: v for k, v in without.items() if k != "cloudflare-access:accountId"})
    refused = stack.preview(ok=False)
    assert (
        "no account: pass account_id= (or zone_id=), or set the stack config "
        "cloudflare-access:accountId or the environment's CLOUDFLARE_ACCOUNT_ID" in refused.text
    )
    assert colleague.groups() == {}


def test_settings_of_another_account_are_a_mistake_and_no_replacement_of_everything(
    stack: Stack,
) -> None:
    stack.program('cloudflare.AccessGroup("a", name="A", include=[rules.everyone()])')
    stack.up()
    stack.configure({**stack.config, "cloudflare-access:accountId": "c" * 32})
    refused = stack.preview(ok=False)
    assert refused.status != 0
    assert (
        f"account_id: the settings say {'c' * 32}, and this Access group lives in" in refused.text
    )
    # Refresh and destroy go by the account that the state names.
    assert "2 unchanged" in stack.refresh().text
    stack.destroy()


def test_the_local_override_beats_a_config_that_points_elsewhere(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    elsewhere = {
        "cloudflare:apiToken": "another-token-of-another-account",
        "cloudflare:baseUrl": "https://api.cloudflare.com/client/v4",
        "cloudflare-access:accountId": "d" * 32,
    }
    stack.configure(elsewhere)
    stack.environment["CLOUDFLARE_ACCESS_LOCAL"] = (
        f'{{"base_url": "{cloudflare.base_url}", "account_id": "{cloudflare.account_id}", '
        f'"token": "{cloudflare.token}"}}'
    )
    # An explicit provider does not get past it either.
    stack.program("""
    other = cloudflare.Cloudflare("other", account_id="e" * 32, api_token="a-third-token-here")
    cloudflare.AccessGroup("a", name="A", include=[rules.everyone()])
    cloudflare.AccessGroup(
        "b", name="B", include=[rules.everyone()], opts=ResourceOptions(provider=other)
    )
    """)
    stack.up()
    assert set(colleague.groups()) == {"A", "B"}
    stack.destroy()
    assert colleague.groups() == {}
