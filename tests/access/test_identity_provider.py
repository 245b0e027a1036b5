"""Identity providers: a table of fields for each type, and secrets that nobody loses."""

from __future__ import annotations

from typing import Any

import pytest

from harness.account import Account
from harness.plugin import CallFailed, CheckFailed, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.access.identity_provider_fields import FIELDS
from pulumi_cloudflare_access.local_cloudflare.access.identity_providers.models import (
    IdentityProviderBackend,
)

KIND = "identity_provider"
SECRET, OTHER = "Tr0ub4dor-and-3", "Correct-horse-4"
CONFIG = {"client_id": "c", "client_secret": SECRET, "directory_id": "d"}
ENTRA = {"name": "Entra", "type": "azureAD", "config": CONFIG}
WITHOUT = {**ENTRA, "config": {"client_id": "c", "directory_id": "d"}}
VALUES: dict[str, Any] = {
    **{name: ["b", "a"] for name in ("claims", "scopes", "attributes")},
    **dict.fromkeys(
        ("conditional_access_enabled", "support_groups", "use_login_hint", "pkce_enabled"), True
    ),
    **dict.fromkeys(("sign_request", "force_authn", "enable_encryption"), True),
    "restrict_to_account_members": True,
    "prompt": "select_account",
    "idp_public_certs": ["-----B-----", "-----A-----"],
    "header_attributes": [{"attribute_name": "a", "header_name": "X-A"}],
    "max_sso_url_length": 2000,
    "client_secret": SECRET,
}


@pytest.fixture
def cloudflare(account: Account) -> LocalCloudflare:
    return account.cloudflare


@pytest.fixture
def plugin(shared_plugin: Plugin) -> Plugin:
    return shared_plugin


def kept(cloudflare: LocalCloudflare, id_: str) -> Any:
    """Return the secret that Cloudflare has."""
    provider = cloudflare.account.of(IdentityProviderBackend).identity_providers[id_]
    return provider["config"].get("client_secret")


def everything(type_: str) -> dict[str, Any]:
    needs, takes = FIELDS[type_]
    config = {name: VALUES.get(name, "x") for name in (*needs, *takes)}
    return {"name": f"The {type_}", "type": type_, "config": config}


@pytest.mark.parametrize("type_", FIELDS)
def test_every_type_lives_quietly_with_all_its_fields(
    plugin: Plugin, account: Account, type_: str
) -> None:
    declared = everything(type_)
    made = plugin.up(KIND, declared)
    assert plugin.up(KIND, declared, was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"
    changed = plugin.up(KIND, {**declared, "name": "Another"}, was=refreshed)
    assert changed.did == "update"
    assert account.look(f"/access/identity_providers/{made.id}")["name"] == "Another"
    if "client_secret" in declared["config"]:
        assert kept(account.cloudflare, made.id) == SECRET
    assert plugin.warnings == []
    plugin.destroy(changed)
    assert account.look("/access/identity_providers") == []


@pytest.mark.parametrize("type_", [t for t, (needs, _) in FIELDS.items() if needs])
def test_what_a_type_needs_is_told_in_the_preview(plugin: Plugin, type_: str) -> None:
    with pytest.raises(CheckFailed) as error:
        plugin.check(KIND, {"name": "X", "type": type_})
    told = [f"config.{name}: is required for type {type_}" for name in FIELDS[type_][0]]
    assert sorted(error.value.reasons) == sorted(told)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            {"config": {**CONFIG, "okta_account": "x"}},
            "config.okta_account: is for type okta, and this is azureAD",
        ),
        (
            {"config": {**CONFIG, "scopes": ["a"]}},
            "config.scopes: is for type oidc, and this is azureAD",
        ),
        (
            {"config": {**CONFIG, "prompt": "consent"}},
            'config.prompt: "consent" is none of type azureAD; there are login, select_account',
        ),
        (
            {"type": "azuread"},
            'type: "azuread" is not a value that Cloudflare takes; say "azureAD"',
        ),
        (
            {"scim_config": {"enabled": True, "seat_deprovision": True}},
            "scim_config.seat_deprovision: is taken together with user_deprovision=True only",
        ),
        ({"config": {**CONFIG, "client_secert": "x"}}, '"client_secret"?'),
    ],
)
def test_what_cannot_be_is_told_in_the_preview(
    plugin: Plugin, change: dict[str, Any], told: str
) -> None:
    with pytest.raises(CheckFailed) as error:
        plugin.check(KIND, {**ENTRA, **change})
    assert any(told in reason for reason in error.value.reasons), error.value.reasons
    assert SECRET not in str(error.value)


def test_a_secret_is_changed_and_sent_with_every_update_and_in_no_message(
    plugin: Plugin, cloudflare: LocalCloudflare, account: Account
) -> None:
    made = plugin.up(KIND, ENTRA)
    assert kept(cloudflare, made.id) == SECRET
    new = {**ENTRA, "config": {**CONFIG, "client_secret": OTHER}}
    changed = plugin.up(KIND, new, was=made)
    assert (changed.did, kept(cloudflare, made.id)) == ("update", OTHER)
    # What somebody changes is drift by name; the mask is none.
    mask = account.look(f"/access/identity_providers/{made.id}")["config"]["client_secret"]
    config = {**CONFIG, "client_secret": mask, "support_groups": True, "directory_id": "e"}
    account.ask("PUT", f"/access/identity_providers/{made.id}", {**ENTRA, "config": config})
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, {**new, "name": "Entra 2"}, was=changed)
    assert "config.directory_id: 'd' -> 'e'" in str(refused.value)
    drifted = plugin.refresh(changed)
    assert drifted
    assert plugin.warnings == ["changed at Cloudflare: config.directory_id: 'd' -> 'e'"]
    repaired = plugin.up(KIND, new, was=drifted)
    there = account.look(f"/access/identity_providers/{made.id}")["config"]
    # What nobody declares stays.
    assert (there["directory_id"], there["support_groups"]) == ("d", True)
    assert kept(cloudflare, made.id) == OTHER
    assert repaired.outputs["config"]["client_secret"] == OTHER
    said = str(plugin.warnings) + str(plugin.progress) + str(refused.value)
    assert SECRET not in said
    assert OTHER not in said


def test_a_secret_is_in_no_message_of_an_adoption_that_differs_or_of_another_object(
    plugin: Plugin, account: Account
) -> None:
    account.ask("POST", "/access/identity_providers", {**ENTRA, "config": {**CONFIG}})
    config = {**CONFIG, "directory_id": SECRET, "client_secret": OTHER}
    with pytest.raises(CallFailed) as error:
        plugin.up(KIND, {**ENTRA, "config": config, "adopt": True})
    assert "config.directory_id" in str(error.value)
    account.group(OTHER)
    declared = {"name": OTHER, "include": [rules.geo("DE")], "adopt": True}
    with pytest.raises(CallFailed) as other:
        plugin.up("access_group", declared, name="adopts")
    assert "[secret]" in str(other.value)
    assert OTHER not in str(error.value) + str(other.value) + str(plugin.warnings)


@pytest.mark.parametrize("declared", [ENTRA, WITHOUT], ids=["with", "without"])
def test_one_that_exists_is_adopted_and_its_secret_stays_through_changes(
    plugin: Plugin, account: Account, cloudflare: LocalCloudflare, declared: dict[str, Any]
) -> None:
    there = account.ask(
        "POST",
        "/access/identity_providers",
        {**ENTRA, "config": {**CONFIG, "client_secret": OTHER}},
    )
    adopted = plugin.up(KIND, {**declared, "adopt": True})
    assert adopted.id == there["id"]
    [told] = plugin.warnings
    assert told.startswith("config.client_secret: Cloudflare never tells the secret that it has")
    assert kept(cloudflare, there["id"]) == OTHER
    assert plugin.up(KIND, declared, was=adopted).did == "same"
    plugin.warnings.clear()
    changed = plugin.up(KIND, {**declared, "name": "Entra 2"}, was=adopted)
    assert changed.did == "update"
    if declared is ENTRA:
        assert kept(cloudflare, there["id"]) == SECRET
        assert plugin.warnings == []
    else:
        assert kept(cloudflare, there["id"]) == OTHER
        [told] = plugin.warnings
        assert "Declare it to be sure" in told
        assert "client_secret" not in changed.outputs["config"]
    assert "*" not in str(changed.outputs)


def test_a_secret_that_is_no_longer_declared_stays_at_cloudflare(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, ENTRA)
    left = plugin.up(KIND, {**WITHOUT, "name": "Entra 2"}, was=made)
    assert kept(cloudflare, made.id) == SECRET
    [told] = plugin.warnings
    assert told.startswith("config.client_secret: no longer declared: Cloudflare keeps the secret")
    assert SECRET not in str(left.outputs)
    assert plugin.up(KIND, {**WITHOUT, "name": "Entra 2"}, was=left).did == "same"


def test_where_cloudflare_refuses_its_mask_nothing_is_lost_and_the_message_helps(
    plugin: Plugin, account: Account, cloudflare: LocalCloudflare
) -> None:
    cloudflare.switches.identity_provider_secrets = "absence_keeps"
    there = account.ask("POST", "/access/identity_providers", ENTRA)
    adopted = plugin.up(KIND, {**WITHOUT, "adopt": True})
    with pytest.raises(CallFailed, match=r"declare config.client_secret: nothing was changed"):
        plugin.up(KIND, {**WITHOUT, "name": "Entra 2"}, was=adopted)
    assert kept(cloudflare, there["id"]) == SECRET
    plugin.up(KIND, {**ENTRA, "name": "Entra 2"}, was=adopted)
    assert kept(cloudflare, there["id"]) == SECRET


def test_the_token_of_scim_is_told_once_and_kept(plugin: Plugin, account: Account) -> None:
    made = plugin.up(KIND, ENTRA)
    assert "scim_secret" not in made.outputs
    scim = {**ENTRA, "scim_config": {"enabled": True, "user_deprovision": True}}
    enabled = plugin.up(KIND, scim, was=made)
    token = enabled.outputs["scim_secret"]
    assert len(token) == 64
    assert enabled.outputs["scim_base_url"].startswith("https://")
    assert plugin.up(KIND, scim, was=enabled).did == "same"
    refreshed = plugin.refresh(enabled)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["scim_secret"]) == ("same", token)
    changed = plugin.up(KIND, {**scim, "name": "Entra 2"}, was=refreshed)
    assert changed.outputs["scim_secret"] == token
    gone = plugin.up(KIND, {**ENTRA, "name": "Entra 2"}, was=changed)
    assert account.look(f"/access/identity_providers/{made.id}")["scim_config"]["enabled"] is False
    assert plugin.warnings == []
    # From the creation on, too; and one that is adopted has told it already.
    other = plugin.up(KIND, {**scim, "name": "Other"}, name="other")
    assert len(other.outputs["scim_secret"]) == 64
    plugin.restart()
    plugin.warnings.clear()
    adopted = plugin.up(KIND, {**scim, "name": "Other", "adopt": True}, name="adopts")
    assert "scim_secret" not in adopted.outputs
    assert any("scim_secret is not known" in told for told in plugin.warnings)
    assert any("refresh_scim_secret" in told for told in plugin.warnings)
    assert gone.did == "update"


def test_a_change_of_the_type_replaces_it(plugin: Plugin, account: Account) -> None:
    made = plugin.up(KIND, ENTRA)
    google = {"name": "Google", "type": "google", "config": {"client_id": "c"}}
    with pytest.raises(CheckFailed, match=r"config.client_secret: is required for type google"):
        plugin.up(KIND, google, was=made)
    google["config"] = {"client_id": "c", "client_secret": OTHER}
    replaced = plugin.up(KIND, google, was=made)
    assert replaced.did == "replace"
    assert [one["type"] for one in account.look("/access/identity_providers")] == ["google"]


USES: dict[str, tuple[str, Any]] = {
    "okta in a group": ("/access/groups", lambda id_: [rules.okta("Devs", identity_provider=id_)]),
    "login method in a policy": ("/access/policies", lambda id_: [rules.login_method(id_)]),
    "azure in a group": (
        "/access/groups",
        lambda id_: [rules.azure_ad("x", identity_provider=id_)],
    ),
}


@pytest.mark.parametrize("use", [*USES, "allowed by an application"])
def test_who_uses_a_provider_that_is_deleted_is_named(
    plugin: Plugin, account: Account, cloudflare: LocalCloudflare, use: str
) -> None:
    made = plugin.up(KIND, ENTRA)
    if use in USES:
        where, rule = USES[use]
        body = {"name": "User", "decision": "allow", "include": rule(made.id)}
        account.ask("POST", where, body if "policies" in where else {**body, "decision": None})
    else:
        app = {"type": "self_hosted", "domain": "a.example.com", "name": "User"}
        account.ask("POST", "/access/apps", {**app, "allowed_idps": [made.id]})
    with pytest.raises(CallFailed, match=r'it is still in use by .*"User"'):
        plugin.destroy(made)
    cloudflare.switches.delete_in_use = "allow"
    plugin.restart()
    plugin.warnings.clear()
    plugin.destroy(made)
    [told] = plugin.warnings
    assert "is deleted, and was still used by" in told
    assert '"User"' in told


def test_what_cloudflare_adds_by_itself_is_no_change(plugin: Plugin, account: Account) -> None:
    """A one-time PIN is answered with a URL that nobody sent."""
    made = plugin.up(KIND, {"name": "PIN", "type": "onetimepin"})
    assert "redirect_url" in account.ask("GET", f"/access/identity_providers/{made.id}")["config"]
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"
    changed = plugin.up(KIND, {"name": "PIN 2", "type": "onetimepin"}, was=refreshed)
    assert changed.did == "update"
    assert plugin.warnings == []


def test_in_a_zone_too_and_found_by_get_without_secrets(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    zone = {"zone_id": cloudflare.zone_id}
    made = plugin.up(KIND, {**ENTRA, **zone})
    found = plugin.get(KIND, made.id, zone)
    assert found.outputs["config"]["directory_id"] == "d"
    assert "client_secret" not in found.outputs["config"]
    assert plugin.warnings == []
    plugin.destroy(made)
