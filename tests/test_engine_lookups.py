"""Programs that look up what exists, with the real engine: used, previewed, in two accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

IDP = "00000000-0000-4000-8000-000000000004"
POLICY = "00000000-0000-4000-8000-000000000003"
SEED: dict[str, Any] = {
    "access/groups": [{"name": "Staff", "include": [{"everyone": {}}]}],
    "access/policies": [
        {"id": POLICY, "name": "Allow staff", "decision": "allow", "include": [{"everyone": {}}]}
    ],
    "access/identity_providers": [{"id": IDP, "name": "Entra", "type": "azureAD", "config": {}}],
    "access/service_tokens": [{"name": "Robot"}],
}
PROGRAM = """
staff = cloudflare.get_access_group(name="Staff")
entra = cloudflare.get_identity_provider(name="Entra")
robot = cloudflare.get_service_token(name="Robot")
cloudflare.AccessGroup(
    "engineers",
    name="Engineers",
    include=[rules.group(staff), rules.service_token(robot), rules.login_method(entra)],
)
cloudflare.AccessApplication(
    "wiki",
    name="Wiki",
    domain="wiki.example.com",
    allowed_idps=[entra],
    policies=[cloudflare.get_access_policy(name="Allow staff")],
)
pulumi.export("staff", staff.include)
"""


def lists(cloudflare: LocalCloudflare, collection: str) -> int:
    """Count how often a collection was listed."""
    return sum(
        request["method"] == "GET" and request["path"].partition("?")[0].endswith(collection)
        for request in cloudflare.requests
    )


def test_what_is_looked_up_is_used_under_its_name(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    stack.program(PROGRAM)
    inputs = stack.plan().steps()["engineers"]["newState"]["inputs"]
    assert sorted(inputs["include"]) == [
        "group Staff",
        "login_method Entra",
        "service_token Robot",
    ]
    assert lists(cloudflare, "access/groups") == 1
    stack.up()
    wiki = stack.state()["wiki"]["inputs"]
    assert wiki["allowed_idps"] == {"Entra": {"id": IDP}}
    assert wiki["policies"] == {"Allow staff": {"id": POLICY}, "order": "Allow staff"}
    assert stack.settled()
    stack.destroy()


def test_what_is_not_there_stops_the_preview_with_the_nearest(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    for asked in (
        'cloudflare.get_access_group(name="Stuff")',
        'cloudflare.get_access_group_output(name=Output.from_input("Stuff"))',
    ):
        stack.program(asked)
        refused = stack.preview(ok=False)
        line = (stack.project / "__main__.py").read_text().splitlines().index(asked) + 1
        assert 'error: no Access group has the name "Stuff" in account ' in refused.text
        assert f'; the nearest: "Staff" (__main__.py:{line})' in refused.text
        assert "Traceback" not in refused.text


def test_a_preview_that_looks_up_without_credentials_says_where_they_go(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.configure({k: v for k, v in stack.config.items() if k != "cloudflare:apiToken"})
    stack.program(PROGRAM)
    refused = stack.preview(ok=False)
    assert "no Cloudflare credentials: set the stack config cloudflare:apiToken" in refused.text
    assert "CLOUDFLARE_API_TOKEN" in refused.text
    assert cloudflare.requests == []


def test_a_token_that_the_config_keeps_secret_does(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    stack.configure({k: v for k, v in stack.config.items() if k != "cloudflare:apiToken"})
    stack.pulumi("config", "set", "--secret", "cloudflare:apiToken", cloudflare.token)
    # An explicit provider takes it from the config.
    stack.program("""
    import pulumi
    opts = pulumi.InvokeOptions(provider=cloudflare.Cloudflare("same"))
    for found in (
        cloudflare.get_access_group(name="Staff"),
        cloudflare.get_access_group(name="Staff", opts=opts),
    ):
        pulumi.export(f"found {opts.provider is None}", found.name)
    later = cloudflare.get_access_group_output(name="Staff", opts=opts)
    pulumi.export("later", later.name)
    """)
    assert cloudflare.token not in stack.up().text
    exported = stack.pulumi("stack", "export", "--stack", "dev").text
    assert cloudflare.token not in exported
    assert stack.outputs()["later"] == "Staff"


def test_each_look_up_goes_to_the_account_of_its_provider(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    eu = cloudflare.add_account()
    there = {"access/groups": [{"name": "Staff", "include": [{"everyone": {}}]}]}
    cloudflare.seed({"accounts": {eu.id: there}})
    stack.environment["CF_EU_TOKEN"] = eu.token
    stack.program(f"""
    from pulumi import InvokeOptions
    eu = cloudflare.Cloudflare("eu", account_id="{eu.id}", api_token_env="CF_EU_TOKEN")
    secret = cloudflare.Cloudflare(
        "secret", account_id="{eu.id}", api_token=Output.secret("{eu.token}")
    )
    here = cloudflare.get_access_group(name="Staff")
    in_eu = cloudflare.get_access_group(name="Staff", opts=InvokeOptions(provider=eu))
    later = cloudflare.get_access_group_output(name="Staff", opts=InvokeOptions(provider=secret))
    cloudflare.AccessGroup(
        "there",
        name="There",
        include=[rules.group(in_eu)],
        exclude=[rules.group(later)],
        opts=ResourceOptions(provider=eu),
    )
    pulumi.export("accounts", [here.account_id, in_eu.account_id, later.account_id])
    """)
    stack.up()
    assert stack.outputs() == {"accounts": [cloudflare.account_id, eu.id, eu.id]}
    assert stack.settled()
    stack.destroy()


def test_what_only_this_up_makes_is_unknown_in_the_preview_and_found_in_the_up(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program("""
    made = cloudflare.AccessGroup("made", name="Made", include=[rules.everyone()])
    by_id = cloudflare.get_access_group_output(id=made.id)
    after = cloudflare.get_access_groups_output(
        opts=pulumi.InvokeOutputOptions(depends_on=[made])
    )
    cloudflare.AccessGroup("user", name="User", include=[rules.group(by_id)])
    pulumi.export("by id", by_id.name)
    pulumi.export("after", after.apply(lambda groups: "Made" in [one.name for one in groups]))
    """)
    inputs = stack.plan().steps()["user"]["newState"]["inputs"]
    assert list(inputs["include"]) == ["group (not known yet)"]
    stack.up()
    assert stack.outputs() == {"by id": "Made", "after": True}
    assert colleague.members("User") == {colleague.group("Made")["id"]}
    assert stack.settled()
    stack.destroy()


def test_a_kind_that_is_not_due_is_an_error_in_the_preview(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    cloudflare.seed(SEED)
    stack.program("""
    policy = cloudflare.get_access_policy(name="Allow staff")
    cloudflare.AccessGroup("a", name="A", include=[rules.group(policy)])
    """)
    refused = stack.preview(ok=False)
    assert "include[0].group: a reusable Access policy is not an Access group" in refused.text


def test_more_objects_than_the_default_quota_are_counted_and_warned_of_once(stack: Stack) -> None:
    stack.program("""
    eu = cloudflare.Cloudflare("eu", account_id="e" * 32, api_token_env="CF_EU_TOKEN")
    many = [rules.email(f"{number}@example.com") for number in range(1001)]
    for number in range(302):
        cloudflare.AccessGroup(f"g{number}", name=f"G {number}", include=[rules.everyone()])
    for number in range(5):
        cloudflare.AccessGroup(
            f"eu{number}", name=f"E {number}", include=many, opts=ResourceOptions(provider=eu)
        )
    """)
    said = stack.plan()
    warnings = [
        one["message"] for one in said.events()["diagnostics"] if "this program" in one["message"]
    ]
    counted = (
        "warning: Access group: this program declares 302 in one account, and Cloudflare allows "
        "300 unless it has agreed to more"
    )
    assert [" ".join(one.split()) for one in warnings] == [counted]
    assert said.warnings("eu0") == [
        "1,001 rules: unless Cloudflare has agreed to more for this account, a group holds 1,000"
    ]
    assert said.warnings("g0") == []
