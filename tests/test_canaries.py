"""A secret name is in no message about another object, whatever the message is about."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from harness.account import Account
from harness.fresh import Run
from harness.plugin import CallFailed, CheckFailed, Plugin
from pulumi_cloudflare_access import LocalCloudflare, grants, rules, scopes

GROUP, APP, POLICY = "access_group", "access_application", "access_policy"
LIST, ONE = "access_application_policies", "access_application_policy"
PERSON = "whistleblower@example.com"
EVERYONE = [rules.everyone()]


@pytest.fixture
def canary() -> str:
    """Return a name that the process has not been told to be secret in another test."""
    return secrets.token_hex(8)


def named(canary: str) -> dict[str, Any]:
    return {"__secret": ["name"], "name": canary}


@pytest.fixture
def plugin(shared_plugin: Plugin) -> Plugin:
    return shared_plugin


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises((CallFailed, CheckFailed)) as error:
        call()
    return str(error.value)


@pytest.fixture
def run(cloudflare: LocalCloudflare) -> Iterator[Run]:
    """Begin a run in this process: what waits there costs nothing."""
    run = Run(cloudflare)
    yield run
    run.close()


def refused_or_not(call: Callable[[], Any]) -> str:
    """Return what is said where a call is refused, as it may be."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - any kind leaves the plugin
        return str(error)
    return ""


def is_quiet(plugin: Plugin, canary: str, *said: str) -> str:
    """Return everything that was said, if it is without the secrets."""
    text = "\n".join([*said, *plugin.warnings])
    assert canary not in text.lower()
    assert PERSON not in text.lower()
    return text


def test_of_the_secret_user_of_what_is_deleted(
    plugin: Plugin, account: Account, canary: str
) -> None:
    used = plugin.up(GROUP, {"name": "Used", "include": EVERYONE}, name="used")
    uses = [{"group": {"id": used.id}}]
    plugin.up(GROUP, {**named(canary), "include": uses}, name="secret")
    account.cloudflare.switches.delete_in_use = "allow"
    plugin.destroy(used)
    assert "[secret]" in is_quiet(plugin, canary)


def test_of_the_secret_application_that_a_policy_is_attached_to(
    run: Run, canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    declared = {"name": "P", "decision": "allow", "include": EVERYONE}
    policy = run.up(POLICY, declared, "policy")
    app = {**named(canary), "type": "self_hosted", "domain": "a.example.com"}
    run.up(APP, {**app, "policies": [policy.id]}, "app")
    said = refused_or_not(lambda: run.delete(POLICY, policy.id, policy.outs))
    text = said + str(capsys.readouterr())
    assert canary not in text
    assert "[secret]" in text


def test_of_the_secret_rights_that_a_resource_group_is_in(
    run: Run, canary: str, capsys: pytest.CaptureFixture[str]
) -> None:
    group = run.up("resource_group", {"name": "R", "scope": dict(scopes.account())}, "rg")
    run.up(
        "user_group", {**named(canary), "policies": [grants.allow("Zone Read", on=group.id)]}, "ug"
    )
    said = refused_or_not(lambda: run.delete("resource_group", group.id, group.outs))
    text = said + str(capsys.readouterr())
    assert canary not in text
    assert "[secret]" in text


def test_of_what_a_secret_object_is_called_in_the_drift_of_another(
    plugin: Plugin, account: Account, canary: str
) -> None:
    secret = plugin.up(
        POLICY, {**named(canary), "decision": "allow", "include": EVERYONE}, name="secret"
    )
    other = account.ask(
        "POST", "/access/policies", {"name": "P", "decision": "allow", "include": EVERYONE}
    )
    place = {"type": "self_hosted", "domain": "a.example.com"}
    app = plugin.up(APP, {**place, "name": "App", "policies": [other["id"]]}, name="app")
    account.ask("PUT", f"/access/apps/{app.id}", {**place, "policies": [other["id"], secret.id]})
    changed = {**place, "name": "New", "policies": [other["id"]]}
    said = refused(lambda: plugin.up(APP, changed, was=app))
    assert "no preview has shown it" in said
    drifted = plugin.refresh(app)
    assert drifted
    # Nor in a key, where it would stand in the state in clear.
    assert secret.id in drifted.outputs["policies"]
    assert canary not in str(drifted.outputs) + str(drifted.inputs)
    is_quiet(plugin, canary, said)


def test_of_the_secret_policies_beside_others(
    plugin: Plugin, account: Account, canary: str
) -> None:
    app = account.ask("POST", "/access/apps", {"type": "self_hosted", "domain": "a.example.com"})
    own = [{"name": canary, "decision": "allow", "include": EVERYONE}]
    declared = {"application": app["id"], "policies": own, "__secret": ["policies"]}
    listed = plugin.up(LIST, declared, name="list")
    shared = account.ask(
        "POST", "/access/policies", {"name": "P", "decision": "deny", "include": EVERYONE}
    )
    one = {"name": "One", "decision": "allow", "include": EVERYONE, "precedence": 1}
    taken = refused(
        lambda: plugin.up(ONE, {**one, "application": app["id"], "precedence": 10}, name="one")
    )
    assert "precedence 10 is taken" in taken
    del shared, listed
    is_quiet(plugin, canary, taken)


def test_of_two_that_have_the_secret_name(plugin: Plugin, account: Account, canary: str) -> None:
    for _ in range(2):
        account.group(canary)
    declared = {**named(canary), "include": [rules.geo("DE")], "adopt": True}
    said = refused(lambda: plugin.up(GROUP, declared, name="adopts"))
    assert "are called" in said
    is_quiet(plugin, canary, said)


def test_of_a_secret_person_who_is_found_in_another_set(
    plugin: Plugin, account: Account, canary: str
) -> None:
    plugin.up(
        GROUP,
        {"name": "Quiet", "include": [rules.email(PERSON)], "__secret": ["include"]},
        name="quiet",
    )
    seeded = account.cloudflare.seed(
        {
            "members": [{"email": PERSON}, {"email": "ada@example.com"}],
            "iam/user_groups": [{"name": "G", "members": [PERSON, "ada@example.com"]}],
        }
    )
    group = seeded["iam/user_groups"][0]["id"]
    said = refused(
        lambda: plugin.up(
            "user_group_members", {"group": group, "members": ["ada@example.com"]}, name="set"
        )
    )
    assert "members: - [secret]" in said
    is_quiet(plugin, canary, said)


def test_of_what_the_program_says_is_secret_before_its_resource_is_asked_about(
    plugin: Plugin, account: Account, canary: str
) -> None:
    """The program hands over all that it keeps secret with every resource; none of it stays."""
    account.group(canary)
    declared = {"name": canary, "include": [rules.geo("DE")], "adopt": True}
    checked = plugin.check(GROUP, {**declared, "__secret_words": [canary]})
    assert "__secret_words" not in checked
    said = refused(lambda: plugin.up(GROUP, declared, name="adopts"))
    assert "would change" in said
    is_quiet(plugin, canary, said)
