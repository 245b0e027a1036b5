"""SSO connectors through the plugin's gRPC: their life, their verification, and their end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin import UNKNOWN, CallFailed, CheckFailed, Plugin
from harness.sso import Administrator
from pulumi_cloudflare_access.engine.collection import Scope
from pulumi_cloudflare_access.errors import ConflictError
from pulumi_cloudflare_access.iam.sso_connector import SsoConnectorProvider
from pulumi_cloudflare_access.process.plugin import secret

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pulumi_cloudflare_access import LocalCloudflare

KIND = "sso_connector"
EXAMPLE: dict[str, Any] = {"email_domain": "example.com"}


@pytest.fixture
def admin(cloudflare: LocalCloudflare) -> Administrator:
    return Administrator(cloudflare)


def test_a_connector_is_made_kept_changed_and_deleted(
    plugin: Plugin, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    made = plugin.up(KIND, {"email_domain": "Example.com"})
    assert admin.written() == [("POST", {"email_domain": "Example.com"})]
    assert made.inputs == {"email_domain": "Example.com", "account_id": cloudflare.account_id}
    assert made.outputs["txt_name"] == "example.com"
    assert made.outputs["txt_value"].startswith("cloudflare_dashboard_sso=")
    assert (made.outputs["status"], made.outputs["enabled"]) == ("pending", False)
    assert "created_on" in made.outputs

    same = plugin.up(KIND, EXAMPLE, was=made)
    found = plugin.refresh(same)
    assert found
    assert (same.did, found.did) == ("same", "same")
    assert admin.written() == []

    changed = plugin.up(KIND, EXAMPLE | {"use_fedramp_language": True}, was=found)
    assert changed.did == "update"
    assert admin.written() == [(f"PATCH /{made.id}", {"use_fedramp_language": True})]
    assert "updated_on" in changed.outputs
    # What is no longer declared goes back to the default.
    back = plugin.up(KIND, EXAMPLE, was=changed)
    assert admin.written() == [(f"PATCH /{made.id}", {"use_fedramp_language": False})]
    plugin.destroy(back)
    assert admin.written() == [(f"DELETE /{made.id}", None)]
    assert plugin.read(back) is None
    assert plugin.warnings == ["gone from Cloudflare"]


def test_where_to_publish_the_record_is_as_secret_as_the_domain(plugin: Plugin) -> None:
    made = plugin.up(KIND, {**EXAMPLE, "__secret": ["email_domain"]})
    found = plugin.read(made)
    assert found
    assert made.outputs["txt_name"] == found.outputs["txt_name"] == secret("example.com")


def test_a_domain_in_other_letters_is_no_change_and_no_replacement(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, EXAMPLE)
    assert plugin.up(KIND, {"email_domain": "EXAMPLE.com"}, was=made).did == "same"
    assert [what for what, _ in admin.written()] == ["POST"]


def test_another_domain_is_another_connector_and_says_what_that_means(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, EXAMPLE)
    other = plugin.up(KIND, {"email_domain": "example.org"}, was=made)
    assert other.did == "replace"
    assert [what for what, _ in admin.written()] == ["POST", "POST", f"DELETE /{made.id}"]
    [warning] = plugin.warnings
    assert warning == (
        "replaced: the connector of example.com is deleted once there is a new one, and single "
        "sign-on of its people with it; the new one has to be verified and enabled. A domain is "
        "enabled in one account at a time"
    )


def test_the_verification_can_wait_for_its_trigger(plugin: Plugin, admin: Administrator) -> None:
    made = plugin.up(KIND, EXAMPLE | {"begin_verification": False})
    assert admin.written() == [("POST", EXAMPLE | {"begin_verification": False})]
    assert made.outputs["status"] == "awaiting"
    # A word for the creation is none for later, and says so.
    same = plugin.up(KIND, EXAMPLE | {"begin_verification": True}, was=made)
    assert same.did == "same"
    assert plugin.warnings.pop() == (
        "begin_verification counts when a connector is made; to begin now, change "
        "verification_trigger"
    )
    begun = plugin.up(
        KIND, EXAMPLE | {"begin_verification": True, "verification_trigger": "1"}, was=same
    )
    assert (begun.did, begun.outputs["status"]) == ("update", "pending")
    assert admin.written() == [(f"POST /{made.id}/begin_verification", None)]
    assert plugin.warnings.pop() == (
        "verification_trigger changed: Cloudflare looks for the TXT record again, for up to two "
        "days"
    )


@pytest.mark.parametrize("other", ["2", 2, True, {"record": "2"}, ["2"]])
def test_any_change_of_the_trigger_begins_anew_in_place_and_nothing_else_does(
    plugin: Plugin, cloudflare: LocalCloudflare, other: Any, admin: Administrator
) -> None:
    declared = EXAMPLE | {"verification_trigger": "1"}
    made = plugin.up(KIND, declared)
    cloudflare.move_sso(made.id, "failed")
    same = plugin.up(KIND, declared, was=made)
    found = plugin.refresh(same)
    assert found
    # How the verification stands is no difference; outputs show it.
    assert (same.did, found.did, found.outputs["status"]) == ("same", "same", "failed")
    admin.written()

    again = plugin.up(KIND, EXAMPLE | {"verification_trigger": other}, was=found)
    assert (again.did, again.id, again.outputs["status"]) == ("update", made.id, "pending")
    assert admin.written() == [(f"POST /{made.id}/begin_verification", None)]
    assert plugin.up(KIND, EXAMPLE | {"verification_trigger": other}, was=again).did == "same"

    # Without a trigger there is nothing to begin.
    cloudflare.move_sso(made.id, "verified")
    without = plugin.up(KIND, EXAMPLE, was=again)
    assert "verification_trigger" not in without.outputs
    assert without.outputs["status"] == "verified"
    assert admin.written() == []


def test_a_trigger_that_is_not_known_yet_is_a_change(plugin: Plugin) -> None:
    made = plugin.up(KIND, EXAMPLE | {"verification_trigger": "1"})
    news = plugin.check(KIND, EXAMPLE | {"verification_trigger": UNKNOWN}, made.inputs)
    assert plugin.diff(made, news) == ("UNKNOWN", [])


def test_language_and_verification_change_in_one_update_and_an_interrupted_one_goes_on(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, EXAMPLE)
    admin.written()
    wish = EXAMPLE | {"use_fedramp_language": True, "verification_trigger": "1"}
    both = plugin.up(KIND, wish, was=made)
    assert [what for what, _ in admin.written()] == [
        f"PATCH /{made.id}",
        f"POST /{made.id}/begin_verification",
    ]
    assert both.outputs["use_fedramp_language"] is True
    # As if the second request had not been answered: the state is the old one.
    plugin.up(KIND, wish, was=made)
    assert [what for what, _ in admin.written()] == [f"POST /{made.id}/begin_verification"]


def test_what_somebody_changed_shows_and_is_not_overwritten_unseen(
    plugin: Plugin, admin: Administrator
) -> None:
    declared = EXAMPLE | {"use_fedramp_language": True}
    made = plugin.up(KIND, declared)
    admin.edit(made.id, use_fedramp_language=False)
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, declared | {"verification_trigger": "1"}, was=made)
    assert "no preview has shown it: use_fedramp_language: True -> False" in str(refused.value)

    found = plugin.refresh(made)
    assert found
    assert (found.did, found.inputs["use_fedramp_language"]) == ("drift", False)
    assert plugin.warnings[1:] == ["changed at Cloudflare: use_fedramp_language: True -> False"]
    admin.written()
    mended = plugin.up(KIND, declared, was=found)
    assert mended.did == "update"
    assert admin.written() == [(f"PATCH /{made.id}", {"use_fedramp_language": True})]


def test_that_somebody_enabled_it_is_no_difference_of_the_connector(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, EXAMPLE)
    admin.verify(made.id)
    admin.edit(made.id, enabled=True)
    found = plugin.refresh(made)
    assert found
    assert (found.did, found.outputs["enabled"]) == ("same", True)
    assert plugin.up(KIND, EXAMPLE, was=found).did == "same"
    # And a change of something else leaves it enabled.
    changed = plugin.up(KIND, EXAMPLE | {"use_fedramp_language": True}, was=found)
    assert changed.outputs["enabled"] is True
    assert plugin.warnings == []


def test_one_that_exists_is_adopted_by_its_domain_and_its_verification_is_left_alone(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified")
    declared = {"email_domain": "Example.com", "verification_trigger": "1", "adopt": True}
    adopted = plugin.up(KIND, declared)
    assert adopted.id == id_
    assert admin.written() == []
    assert plugin.up(KIND, declared, was=adopted).did == "same"


def test_one_that_differs_is_adopted_only_with_its_changes(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified", use_fedramp_language=True)
    declared = EXAMPLE | {"use_fedramp_language": False, "verification_trigger": 1, "adopt": True}
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, declared)
    assert f'SSO connector "example.com" ({id_}) exists and is not what' in str(refused.value)
    assert "use_fedramp_language: True -> False" in str(refused.value)
    adopted = plugin.up(KIND, declared | {"adopt_changes": True})
    assert adopted.id == id_
    assert admin.written() == [(f"PATCH /{id_}", {"use_fedramp_language": False})]
    assert adopted.outputs["status"] == "verified"


def test_without_adoption_an_existing_one_is_an_error_that_offers_it(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed()
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, EXAMPLE)
    assert 'SSO connector "example.com" exists already' in str(refused.value)
    assert f'adopt="{id_}"' in str(refused.value)
    assert admin.look()["id"] == id_


def test_a_conflict_of_anything_but_a_creation_is_no_reason_to_adopt() -> None:
    provider, scope = SsoConnectorProvider(), Scope("account", "a")
    for verb, below in (("DELETE", "/b"), ("PATCH", "/b"), ("POST", "/b/begin_verification")):
        conflict = ConflictError(f"{verb} /accounts/a/sso_connectors{below}", 409)
        assert provider.explain_refusal(conflict, scope, EXAMPLE) is None


def test_one_that_this_stack_does_not_own_is_read(
    plugin: Plugin, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified", enabled=True)
    found = plugin.get(KIND, id_, {"account_id": cloudflare.account_id})
    assert (found.id, found.outputs["email_domain"]) == (id_, "example.com")
    assert (found.outputs["status"], found.outputs["enabled"]) == ("verified", True)
    with pytest.raises(CallFailed, match="NotFoundError"):
        plugin.get(KIND, "0" * 32, {"account_id": cloudflare.account_id})


def test_one_that_is_enabled_is_disabled_before_it_is_deleted(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, EXAMPLE)
    admin.verify(made.id)
    admin.edit(made.id, enabled=True)
    admin.written()
    plugin.destroy(made)
    assert admin.written() == [
        (f"PATCH /{made.id}", {"enabled": False}),
        (f"DELETE /{made.id}", None),
    ]
    [warning] = plugin.warnings
    assert warning == (
        "single sign-on of example.com is disabled: its people log in to the Cloudflare dashboard "
        'with a password again; who has none asks for one with "Forgot password"'
    )
    # One that is gone already is deleted.
    plugin.destroy(made)
    assert admin.written() == []


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({}, "email_domain: is required"),
        ({"email_domain": "@example.com"}, "email_domain: must be a domain such as example.com"),
        ({"email_domain": "ada@example.com"}, "email_domain: must be a domain such as example.com"),
        ({"email_domain": "example"}, "email_domain: must be a domain such as example.com"),
        (
            {"email_domain": "Gmail.com"},
            "email_domain: is a domain that not only your own people have: Cloudflare refuses it",
        ),
        (
            {"email_domain": "school.edu"},
            "email_domain: is a domain that not only your own people have: Cloudflare refuses it",
        ),
        (EXAMPLE | {"enabled": True}, "enabled: is not a field"),
    ],
)
def test_what_the_api_refuses_is_refused_in_the_preview(
    plugin: Plugin, cloudflare: LocalCloudflare, declared: Mapping[str, Any], reason: str
) -> None:
    with pytest.raises(CheckFailed) as failed:
        plugin.check(KIND, declared)
    assert failed.value.reasons == [reason]
    assert cloudflare.requests == []


def test_a_domain_that_is_not_known_yet_is_not_checked(plugin: Plugin) -> None:
    assert plugin.check(KIND, {"email_domain": UNKNOWN})["email_domain"] == UNKNOWN


NO_KEYS = (
    "SSO connectors are reached with an API token alone, and the settings hold a key: set the "
    "stack config cloudflare:apiToken, which wins over a key"
)


def test_a_key_is_refused_before_any_request(
    cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    id_ = admin.seed()
    config = {
        "cloudflare:apiKey": cloudflare.api_key,
        "cloudflare:email": cloudflare.email,
        "cloudflare:baseUrl": cloudflare.base_url,
        "cloudflare-access:accountId": cloudflare.account_id,
        "cloudflare-access:allowLoopback": "true",
    }
    with Plugin(config, os.environ) as plugin:
        for kind in (KIND, "sso_connector_activation"):
            declared = EXAMPLE if kind == KIND else {"connector": id_, "enabled": True}
            with pytest.raises(CheckFailed) as failed:
                plugin.check(kind, declared)
            assert failed.value.reasons == [NO_KEYS]
            with pytest.raises(CallFailed, match="SettingsError") as refused:
                plugin.get(kind, id_, {})
            assert NO_KEYS in str(refused.value)
        assert plugin.check("access_group", {"name": "G", "include": [{"everyone": {}}]})
    assert cloudflare.requests == []


def test_a_preview_needs_no_credentials_at_all(cloudflare: LocalCloudflare) -> None:
    config = {"cloudflare-access:accountId": cloudflare.account_id}
    with Plugin(config, {"PATH": os.environ["PATH"]}) as plugin:
        assert plugin.check(KIND, EXAMPLE)["account_id"] == cloudflare.account_id
