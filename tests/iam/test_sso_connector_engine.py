"""SSO connectors and their activation through the real engine: in one `up`, and afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.sso import Administrator

if TYPE_CHECKING:
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

SSO = """
connector = cloudflare.SsoConnector("connector", email_domain="{domain}"{connector})
activation = cloudflare.SsoConnectorActivation("sso", connector=connector{activation})
pulumi.export("record", [connector.txt_name, connector.txt_value])
"""


def program(domain: str = "example.com", connector: str = "", activation: str = "") -> str:
    return SSO.format(domain=domain, connector=connector, activation=activation)


@pytest.fixture
def admin(cloudflare: LocalCloudflare) -> Administrator:
    return Administrator(cloudflare)


def test_the_life_of_a_connector_and_its_activation(
    stack: Stack, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    cloudflare.switches.sso_verified_after = 0
    stack.program(program())
    plan = stack.plan()
    assert plan.changed() == {"test-dev": "create", "connector": "create", "sso": "create"}
    # The connector's id is not known yet; whom it concerns is.
    [warning] = plan.warnings("sso")
    assert "everyone @example.com then logs in" in warning
    assert "SSO Connector Write" in warning
    assert cloudflare.requests == []

    stack.up()
    made = admin.look()
    id_ = made["id"]
    assert made["enabled"] is True
    assert stack.outputs()["record"] == ["example.com", made["verification"]["code"]]
    assert [what for what, _ in admin.written()] == ["POST", f"PATCH /{id_}"]
    again = stack.plan()
    assert (again.changed(), again.warnings("sso")) == ({}, [])
    assert "3 unchanged" in stack.refresh().text
    assert stack.settled()
    assert admin.written() == []

    # In place: both keep their id, and nobody is logged out.
    stack.program(program(connector=', verification_trigger="2"', activation=", trigger=[1]"))
    plan = stack.plan()
    assert plan.changed() == {"connector": "update", "sso": "update"}
    assert plan.paths("connector") == {"verification_trigger": "add"}
    assert plan.paths("sso") == {"trigger": "add"}
    stack.up()
    assert admin.written() == [(f"POST /{id_}/begin_verification", None)]
    assert stack.plan().changed() == {}

    admin.edit(id_, enabled=False)
    assert "warning: changed at Cloudflare: enabled: True -> False" in stack.refresh().text
    plan = stack.plan()
    assert (plan.changed(), plan.paths("sso")) == ({"sso": "update"}, {"enabled": "update"})
    assert len(plan.warnings("sso")) == 1
    stack.up()
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": True})]
    assert stack.settled()

    said = stack.destroy().text
    assert "warning: single sign-on of example.com is disabled" in said
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": False}), (f"DELETE /{id_}", None)]


def test_another_domain_is_enabled_before_the_old_one_is_left(
    stack: Stack, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    cloudflare.switches.sso_verified_after = 0
    stack.program(program())
    stack.up()
    old = admin.look()["id"]
    admin.written()

    stack.program(program("example.org"))
    plan = stack.plan()
    assert plan.changed() == {"connector": "replace", "sso": "replace"}
    assert plan.warnings("connector")[0].startswith("replaced: the connector of example.com is")
    assert "everyone @example.org then logs in" in plan.warnings("sso")[0]
    stack.up()
    new = admin.look("example.org")["id"]
    assert [what for what, _ in admin.written()] == [
        "POST",
        f"PATCH /{new}",
        f"PATCH /{old}",
        f"DELETE /{old}",
    ]
    assert stack.settled()


def test_a_verification_that_fails_ends_the_up_and_a_trigger_mends_it(
    stack: Stack, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    cloudflare.switches.sso_failed_after = 0
    stack.program(program())
    failed = stack.up(ok=False)
    code = admin.look()["verification"]["code"]
    assert (
        "error: VerificationError: Cloudflare did not find the record that verifies example.com: "
        f'example.com TXT "{code}". Publish it' in failed.text
    )
    assert "Traceback" not in failed.text
    assert set(stack.state()) >= {"connector"}
    assert "sso" not in stack.state()
    assert admin.look()["enabled"] is False

    cloudflare.switches.sso_failed_after = None
    cloudflare.switches.sso_verified_after = 0
    stack.program(program(connector=', verification_trigger="published"'))
    stack.up()
    assert admin.look()["enabled"] is True


def test_what_was_set_up_by_hand_is_adopted_and_a_new_name_takes_it_along(
    stack: Stack, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified", enabled=True)
    stack.program(program("Example.com", ", adopt=True", ", adopt=True"))
    stack.up()
    assert {stack.state()[name]["id"] for name in ("connector", "sso")} == {id_}
    assert admin.written() == []
    assert stack.settled()

    renamed = program("Example.com", ", adopt=True").replace('"sso"', '"sign-on"')
    stack.program(renamed)
    said = stack.up().text
    assert f"the activation of SSO connector {id_} stays: sign-on has adopted it" in said
    assert admin.written() == []
    assert admin.look()["enabled"] is True


def test_a_key_is_refused_in_the_preview_and_no_request_is_made(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    config = {key: value for key, value in stack.config.items() if key != "cloudflare:apiToken"}
    key = {"cloudflare:apiKey": cloudflare.api_key, "cloudflare:email": cloudflare.email}
    stack.configure(config | key)
    told = (
        "SSO connectors are reached with an API token alone, and the settings hold a key: set the "
        "stack config cloudflare:apiToken, which wins over a key"
    )
    stack.program(program())
    assert stack.preview(ok=False).text.count(told) >= 2
    for look_up in ('connector(email_domain="a.b")', "connectors()", "connectors_output()"):
        stack.program(f"cloudflare.get_sso_{look_up}")
        assert told in stack.preview(ok=False).text
    assert cloudflare.requests == []


def test_mistakes_between_resources_are_told_in_the_preview(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(program() + 'cloudflare.SsoConnectorActivation("too", connector=connector)')
    assert 'connector: "sso" activates it already' in stack.preview(ok=False).text
    stack.program(
        """
group = cloudflare.AccessGroup("group", name="G", include=[rules.everyone()])
cloudflare.SsoConnectorActivation("sso", connector=group)
"""
    )
    said = stack.preview(ok=False).text
    assert "connector: AccessGroup is not an SSO connector; pass an SSO connector or its id" in said
    assert cloudflare.requests == []


def test_what_is_looked_up_can_be_activated_and_read(
    stack: Stack, admin: Administrator, cloudflare: LocalCloudflare
) -> None:
    id_ = admin.seed(status="verified")
    stack.program(
        f"""
found = cloudflare.get_sso_connector(email_domain="Example.COM")
cloudflare.SsoConnectorActivation("sso", connector=found)
later = cloudflare.get_sso_connector_output(id=Output.from_input("{id_}"))
every = cloudflare.get_sso_connectors_output()
read = cloudflare.SsoConnector.get("read", found.id)
pulumi.export("found", [found.status, found.txt_value, found.account_id])
pulumi.export("later", later.email_domain)
pulumi.export("every", every.apply(lambda all: [one.name for one in all]))
pulumi.export("read", read.txt_value)
"""
    )
    assert "everyone @example.com then logs in" in stack.plan().warnings("sso")[0]
    stack.up()
    made = admin.look()
    code = made["verification"]["code"]
    assert made["enabled"] is True
    assert stack.outputs() == {
        "found": ["verified", code, cloudflare.account_id],
        "later": "example.com",
        "every": ["example.com"],
        "read": code,
    }
    assert stack.plan().changed() == {"read": "read"}
    stack.destroy()
    # What was only looked up is not this stack's to delete.
    assert admin.look()["enabled"] is False
