"""Service tokens: their secrets, rotation, refresh, expiry, and who uses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from harness.account import Account
from harness.fresh import Run
from harness.plugin import CallFailed, CheckFailed, Kept, Plugin
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator

KIND = "service_token"
CI = {"name": "CI"}
ROTATED = {**CI, "rotate_when": "2026-02"}


@pytest.fixture
def cloudflare(account: Account) -> LocalCloudflare:
    return account.cloudflare


@pytest.fixture
def plugin(shared_plugin: Plugin) -> Plugin:
    return shared_plugin


@pytest.fixture
def run(cloudflare: LocalCloudflare) -> Iterator[Run]:
    """Begin a run in this process: what waits there costs nothing."""
    run = Run(cloudflare)
    yield run
    run.close()


def lets_in(cloudflare: LocalCloudflare, kept: Kept, secret: str | None = None) -> bool:
    """Tell whether a program gets in with the secret of the state, or another."""
    outputs = kept.outputs
    return cloudflare.accepts_service_token(
        outputs["client_id"], secret or outputs["client_secret"]
    )


def written(cloudflare: LocalCloudflare) -> list[tuple[str, str, Any]]:
    """Return what was written: the verb, the end of the path, and the body."""
    return [
        (asked["method"], asked["path"].rpartition("/")[2], asked["body"])
        for asked in cloudflare.requests
        if asked["method"] != "GET"
    ]


def test_a_token_is_made_left_alone_changed_and_deleted_and_keeps_its_secret(
    plugin: Plugin, cloudflare: LocalCloudflare, account: Account
) -> None:
    made = plugin.up(KIND, CI)
    secret = made.outputs["client_secret"]
    assert lets_in(cloudflare, made)
    assert plugin.up(KIND, CI, was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["client_secret"]) == ("same", secret)
    changed = plugin.up(KIND, {"name": "CI 2", "duration": "forever"}, was=refreshed)
    assert (changed.did, changed.id) == ("update", made.id)
    assert changed.outputs["client_secret"] == secret
    assert lets_in(cloudflare, changed)
    back = plugin.up(KIND, CI, was=changed)
    assert account.look(f"/access/service_tokens/{made.id}")["duration"] == "8760h"
    assert plugin.warnings == []
    plugin.destroy(back)
    assert account.look("/access/service_tokens") == []


def test_nothing_of_ours_is_sent(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    declared = {
        **ROTATED,
        "refresh_when": 1,
        "previous_client_secret_expires_at": "24h",
        "enabled": False,
    }
    made = plugin.up(KIND, declared)
    assert written(cloudflare) == [("POST", "service_tokens", {"name": "CI", "enabled": False})]
    assert plugin.up(KIND, declared, was=made).did == "same"
    assert not lets_in(cloudflare, made)
    # A word that is no longer said does nothing.
    left = plugin.up(KIND, {**CI, "enabled": False}, was=made)
    assert left.did == "update"
    assert len(written(cloudflare)) == 1


def test_a_secret_is_rotated_in_place_and_the_old_one_stays_valid_as_long_as_declared(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, {**CI, "rotate_when": "2026-01"})
    old = made.outputs["client_secret"]
    until = {**ROTATED, "previous_client_secret_expires_at": "24h"}
    rotated = plugin.up(KIND, until, was=made)
    new = rotated.outputs["client_secret"]
    assert (rotated.id, rotated.did) == (made.id, "update")
    assert new != old
    [told] = plugin.warnings
    assert told == (
        "rotate_when changed: Cloudflare makes a new client_secret, and the one so far is "
        "accepted for another 24h"
    )
    assert lets_in(cloudflare, rotated)
    assert lets_in(cloudflare, rotated, old)
    assert rotated.outputs["expires_at"] == made.outputs["expires_at"]
    assert plugin.up(KIND, until, was=rotated).did == "same"
    refreshed = plugin.refresh(rotated)
    assert refreshed
    assert (refreshed.did, refreshed.outputs["client_secret"]) == ("same", new)
    cloudflare.clock.advance(25 * 3600)
    assert not lets_in(cloudflare, rotated, old)
    assert lets_in(cloudflare, rotated)


def test_without_a_time_the_old_secret_ends_at_once_and_the_preview_says_so(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, CI)
    # The first value is a change, too.
    rotated = plugin.up(KIND, {**ROTATED, "name": "CI 2"}, was=made)
    [told] = plugin.warnings
    assert "ends at once: Cloudflare refuses the programs that have it" in told
    assert lets_in(cloudflare, rotated)
    assert not lets_in(cloudflare, rotated, made.outputs["client_secret"])
    # The secret comes last: nothing can fail once it is made.
    assert [one[:2] for one in written(cloudflare)][1:] == [("PUT", made.id), ("POST", "rotate")]


def test_the_end_of_the_old_secret_is_moved_by_itself(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, CI)
    long = {**ROTATED, "previous_client_secret_expires_at": "2999-01-31T12:00:00+01:00"}
    rotated = plugin.up(KIND, long, was=made)
    assert written(cloudflare)[-1][2] == {
        "previous_client_secret_expires_at": "2999-01-31T11:00:00Z"
    }
    assert lets_in(cloudflare, rotated, made.outputs["client_secret"])
    plugin.warnings.clear()
    over = {**ROTATED, "previous_client_secret_expires_at": "2020-01-31T12:00:00Z"}
    ended = plugin.up(KIND, over, was=rotated)
    assert plugin.warnings == [
        "the secret before the last rotation ends at once: 2020-01-31T12:00:00Z is over"
    ]
    assert ended.outputs["client_secret"] == rotated.outputs["client_secret"]
    assert lets_in(cloudflare, ended)
    assert not lets_in(cloudflare, ended, made.outputs["client_secret"])


def test_a_refresh_extends_it(plugin: Plugin, cloudflare: LocalCloudflare) -> None:
    made = plugin.up(KIND, {**CI, "refresh_when": 1})
    cloudflare.clock.advance(3600)
    extended = plugin.up(KIND, {**CI, "refresh_when": 2}, was=made)
    assert extended.outputs["expires_at"] > made.outputs["expires_at"]
    assert extended.outputs["client_secret"] == made.outputs["client_secret"]
    assert plugin.warnings == [
        "refresh_when changed: the token is valid for its duration (8760h) from now on"
    ]
    assert lets_in(cloudflare, extended)


def test_what_is_not_known_yet_may_rotate(plugin: Plugin) -> None:
    made = plugin.up(KIND, CI)
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    news = {**CI, "rotate_when": unknown, "previous_client_secret_expires_at": unknown}
    assert plugin.diff(made, plugin.check(KIND, news, made.inputs, made.urn))[0] != "NONE"
    [told] = plugin.warnings
    assert told.startswith("rotate_when may change")
    assert "which is not known yet" in told


def test_the_end_is_told_thirty_days_before_in_previews_and_refreshes(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    soon, later = {**CI, "duration": "480h"}, {"name": "Later", "duration": "740h"}
    made, other = plugin.up(KIND, soon), plugin.up(KIND, later, name="other")
    assert plugin.warnings == []
    assert plugin.up(KIND, soon, was=made).did == "same"
    [told] = plugin.warnings
    # The tests before this one may have moved Cloudflare's clock.
    assert re.sub("in (19|2.) days", "in 19 days", told) == (
        f"expires on {made.outputs['expires_at'][:10]} (in 19 days): Cloudflare refuses it from "
        "then on. To keep it in use, change refresh_when to make it valid for its duration from "
        "now on"
    )
    plugin.warnings.clear()
    assert plugin.read(made)
    assert plugin.warnings == [told]
    plugin.warnings.clear()
    plugin.get(KIND, made.id, {"account_id": cloudflare.account_id})
    assert plugin.warnings == [told]
    plugin.warnings.clear()
    assert plugin.up(KIND, later, was=other).did == "same"
    # What is about to be refreshed needs no warning.
    plugin.diff(made, plugin.check(KIND, {**soon, "refresh_when": 1}, made.inputs, made.urn))
    assert not any("expires on" in warning for warning in plugin.warnings)


def test_one_that_has_expired_is_told_and_in_a_zone_what_helps_there(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    over = {"name": "Over", "expires_at": "2025-01-31T12:00:00Z"}
    seeded = {"zones": {cloudflare.zone_id: {"access/service_tokens": [over]}}}
    [token] = cloudflare.seed(seeded)["zones"][cloudflare.zone_id]["access/service_tokens"]
    declared = {"name": "Over", "zone_id": cloudflare.zone_id}
    kept = plugin.up(KIND, {**declared, "adopt": token["id"]})
    plugin.warnings.clear()
    assert plugin.read(kept)
    [told] = plugin.warnings
    assert told.startswith("has expired on 2025-01-31: Cloudflare refuses it. ")
    assert "pulumi up --replace" in told


def test_in_a_zone_a_token_lives_and_what_the_api_does_not_do_there_is_refused(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    zone = {**CI, "zone_id": cloudflare.zone_id}
    made = plugin.up(KIND, zone)
    assert lets_in(cloudflare, made)
    with pytest.raises(CheckFailed) as error:
        plugin.check(KIND, {**zone, "rotate_when": 1, "refresh_when": 1}, made.inputs, made.urn)
    alone = "service tokens of accounts alone: declare the token with account_id"
    assert error.value.reasons == [
        f"rotate_when: Cloudflare rotates {alone}",
        f"refresh_when: Cloudflare refreshes {alone}",
    ]
    changed = plugin.up(KIND, {**zone, "name": "CI 2"}, was=made)
    assert lets_in(cloudflare, changed)
    plugin.destroy(changed)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("previous_client_secret_expires_at", "tomorrow", "must be a time such as 2027-01-31T12"),
        ("previous_client_secret_expires_at", "2027-01-31", "must be a time such as 2027-01-31T12"),
        ("duration", "1 year", "must be a duration such as 30m or 2h45m"),
        ("duration", "1y", 'or "forever"'),
        ("enabled", "yes", "must be true or false"),
    ],
)
def test_what_cannot_be_is_refused_in_the_preview(
    plugin: Plugin, field: str, value: str, told: str
) -> None:
    with pytest.raises(CheckFailed, match=told):
        plugin.check(KIND, {**CI, field: value})


def test_a_rotation_whose_answer_is_lost_says_what_to_do_and_the_next_up_rotates_again(
    plugin: Plugin, cloudflare: LocalCloudflare
) -> None:
    made = plugin.up(KIND, CI)
    cloudflare.fault(
        "POST /accounts/*/access/service_tokens/*/rotate", faults.Status(503, effect=True), times=1
    )
    with pytest.raises(CallFailed) as error:
        plugin.up(KIND, ROTATED, was=made)
    assert "Cloudflare may have made a new client_secret, which nobody knows then" in str(
        error.value
    )
    assert "Run pulumi up again: it rotates once more" in str(error.value)
    cloudflare.lift_faults()
    again = plugin.up(KIND, ROTATED, was=made)
    assert lets_in(cloudflare, again)


def test_a_creation_whose_answer_is_lost_says_that_the_token_is_unusable(
    run: Run, cloudflare: LocalCloudflare, capsys: pytest.CaptureFixture[str]
) -> None:
    cloudflare.fault(
        "POST /accounts/*/access/service_tokens", faults.Status(503, effect=True), times=1
    )
    made = run.up(KIND, CI)
    assert made.outs.get("client_secret") is None
    said = capsys.readouterr().err
    assert "client_secret is not known, and the output is empty" in said
    assert "nobody can use the token: rotate its secret (change rotate_when), or have a new" in said
    [token] = cloudflare.account.of(_backend()).service_tokens.values()
    assert made.id == token.id
    # Rotated, it is usable.
    news = {**made.outs, "rotate_when": 1}
    outs = run.update(KIND, made.id, made.outs, news)
    assert cloudflare.accepts_service_token(outs["client_id"], outs["client_secret"])


def _backend() -> Any:
    from pulumi_cloudflare_access.local_cloudflare.access.service_tokens.models import (  # noqa: PLC0415
        ServiceTokenBackend,
    )

    return ServiceTokenBackend


def test_one_that_exists_is_adopted_without_its_secret_until_it_is_rotated(
    plugin: Plugin, account: Account, cloudflare: LocalCloudflare
) -> None:
    there = account.ask("POST", "/access/service_tokens", CI)
    adopted = plugin.up(KIND, {**ROTATED, "adopt": True})
    assert adopted.id == there["id"]
    # To adopt it is no change of the word.
    assert cloudflare.accepts_service_token(there["client_id"], there["client_secret"])
    assert "client_secret" not in adopted.outputs
    assert any("client_secret is not known" in warning for warning in plugin.warnings)
    rotated = plugin.up(KIND, {**ROTATED, "rotate_when": 2}, was=adopted)
    assert lets_in(cloudflare, rotated)


def test_what_somebody_changes_is_drift_by_name(plugin: Plugin, account: Account) -> None:
    made = plugin.up(KIND, {**CI, "duration": "9000h"})
    account.ask("PUT", f"/access/service_tokens/{made.id}", {"name": "CI", "enabled": False})
    drifted = plugin.refresh(made)
    assert drifted
    assert drifted.did == "drift"
    told = plugin.warnings
    assert told[0] == "changed at Cloudflare: duration: '9000h' -> '8760h'"
    assert any("enabled" in one for one in [*told, *plugin.progress])


@pytest.mark.parametrize("where", ["group", "policy", "application"])
def test_who_uses_a_token_that_is_deleted_is_named(
    cloudflare: LocalCloudflare, plugin: Plugin, account: Account, where: str
) -> None:
    made = plugin.up(KIND, CI)
    rule = [rules.service_token(made.id)]
    policy = {"name": "Machines", "decision": "non_identity", "include": rule}
    if where == "group":
        account.ask("POST", "/access/groups", {"name": "Machines", "include": rule})
    elif where == "policy":
        account.ask("POST", "/access/policies", policy)
    else:
        app = {"type": "self_hosted", "domain": "a.example.com", "policies": [policy]}
        account.ask("POST", "/access/apps", app)
    with pytest.raises(CallFailed, match=r'it is still in use by .*"Machines"'):
        plugin.destroy(made)
    cloudflare.switches.delete_in_use = "allow"
    # What this process has read of others is older.
    plugin.restart()
    plugin.destroy(made)
    [told] = plugin.warnings
    assert "is deleted, and was still used by" in told
    assert '"Machines"' in told


def test_no_secret_is_in_any_message(account: Account, plugin: Plugin) -> None:
    """Cloudflare repeats in a refusal, and in names of others, what it has made."""
    made = plugin.up(KIND, CI)
    secret = made.outputs["client_secret"]
    assert plugin.warnings == []
    account.group(secret)
    declared = {"name": secret, "include": [rules.geo("DE")], "adopt": True}
    with pytest.raises(CallFailed) as error:
        plugin.up("access_group", declared, name="adopts")
    assert secret not in str(error.value)
    assert "[secret]" in str(error.value)
    rotated = plugin.up(KIND, ROTATED, was=made)
    new = rotated.outputs["client_secret"]
    account.group(new)
    with pytest.raises(CallFailed) as error:
        plugin.up("access_group", {**declared, "name": new}, name="adopts too")
    assert new not in str(error.value) + str(plugin.warnings) + str(plugin.progress)
