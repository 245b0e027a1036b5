"""Activations of SSO connectors: waiting for the verification, enabling, and the way back."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from harness.plugin import UNKNOWN, CallFailed, CheckFailed
from harness.sso import Administrator
from pulumi_cloudflare_access.errors import VerificationError
from pulumi_cloudflare_access.iam.sso_connector_activation import await_verification

if TYPE_CHECKING:
    from harness.plugin import Plugin
    from pulumi_cloudflare_access import LocalCloudflare

KIND = "sso_connector_activation"
WARNING = (
    "enables single sign-on: everyone @example.com then logs in to the Cloudflare dashboard "
    "through your identity provider alone, on every account, also where it is not yours. To keep a "
    'way in, test that provider first, and store an account API token with "SSO Connector Write" '
    "elsewhere: it can disable this again. Addresses with a plus sign cannot log in"
)


@pytest.fixture
def admin(cloudflare: LocalCloudflare) -> Administrator:
    return Administrator(cloudflare)


def of(connector: str, **more: Any) -> dict[str, Any]:
    """Declare an activation, as the resource's constructor does."""
    return {"connector": connector, "enabled": True, "email_domain": "example.com", **more}


# -------------------------------------------------------------------------------------- its life


def test_a_verified_connector_is_enabled_kept_and_in_the_end_disabled(
    plugin: Plugin, later: Plugin, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_))
    assert made.id == id_
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": True})]
    assert made.inputs == of(id_, account_id=cloudflare.account_id)
    assert made.outputs["enabled"] is True
    assert plugin.warnings == [WARNING]

    same = plugin.up(KIND, of(id_), was=made)
    found = plugin.refresh(same)
    assert found
    assert (same.did, found.did, found.inputs) == ("same", "same", made.inputs)
    assert admin.written() == []
    assert plugin.warnings == [WARNING]

    later.destroy(found)
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": False})]
    assert admin.look()["enabled"] is False
    assert later.warnings[0].startswith("single sign-on of example.com is disabled")
    later.destroy(found)
    assert admin.written() == []


def test_what_somebody_disabled_shows_and_is_enabled_again_with_its_warning(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_))
    admin.edit(id_, enabled=False)
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, of(id_, trigger="1"), was=made)
    assert f"the activation of SSO connector {id_} was changed at Cloudflare" in str(refused.value)
    assert "enabled: True -> False" in str(refused.value)

    plugin.warnings.clear()
    found = plugin.refresh(made)
    assert found
    assert (found.did, found.inputs["enabled"]) == ("drift", False)
    assert plugin.warnings == ["changed at Cloudflare: enabled: True -> False"]
    admin.written()
    mended = plugin.up(KIND, of(id_), was=found)
    assert (mended.did, mended.outputs["enabled"]) == ("update", True)
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": True})]
    assert plugin.warnings[1:] == [WARNING]


def test_how_the_verification_stands_is_no_difference(plugin: Plugin, admin: Administrator) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_))
    admin.verify(id_, "failed")
    found = plugin.refresh(made)
    assert found
    assert found.did == "same"
    assert plugin.up(KIND, of(id_), was=found).did == "same"


def test_a_connector_that_is_gone_takes_its_activation_along(
    plugin: Plugin, admin: Administrator, cloudflare: LocalCloudflare
) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_))
    cloudflare.reset()
    assert plugin.refresh(made) is None
    plugin.destroy(made)
    with pytest.raises(CallFailed, match="is gone: run pulumi refresh"):
        plugin.up(KIND, of(id_, trigger="1"), was=made)


def test_what_is_enabled_already_is_taken_over_and_said(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified", enabled=True)
    made = plugin.up(KIND, of(id_))
    assert made.id == id_
    assert admin.written() == []
    assert plugin.warnings[1:] == [
        "was enabled already: from now on it is this stack's, whose destroy disables it"
    ]


def test_what_is_meant_to_be_taken_over_is_without_a_word(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified", enabled=True)
    made = plugin.up(KIND, of(id_, adopt=True))
    assert admin.written() == []
    assert plugin.warnings == [WARNING]
    assert plugin.up(KIND, of(id_), was=made).did == "same"


@pytest.mark.parametrize("enabled", [True, False])
def test_a_resource_of_another_name_takes_over_and_the_old_one_disables_nothing(
    plugin: Plugin, later: Plugin, admin: Administrator, *, enabled: bool
) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_), name="old")
    # Also where somebody has disabled it meanwhile.
    admin.edit(id_, enabled=enabled)
    later.up(KIND, of(id_), name="new")
    later.destroy(made)
    assert admin.look()["enabled"] is True
    assert later.warnings[-1].endswith("stays: new has adopted it")


def test_another_connector_is_enabled_before_the_old_one_is_disabled(
    plugin: Plugin, later: Plugin, admin: Administrator
) -> None:
    one = admin.seed(status="verified")
    two = admin.seed("example.org", status="verified")
    made = plugin.up(KIND, of(one))
    admin.written()
    moved = later.up(KIND, of(two, email_domain="example.org"), was=made)
    assert (moved.did, moved.id) == ("replace", two)
    assert admin.written() == [
        (f"PATCH /{two}", {"enabled": True}),
        (f"PATCH /{one}", {"enabled": False}),
    ]


def test_a_new_connector_is_not_known_in_the_preview_and_replaces(
    plugin: Plugin, admin: Administrator
) -> None:
    made = plugin.up(KIND, of(admin.seed(status="verified")))
    news = plugin.check(KIND, of(UNKNOWN), made.inputs)
    assert plugin.diff(made, news) == ("UNKNOWN", ["connector"])


def test_one_that_this_stack_does_not_own_is_read(
    plugin: Plugin, admin: Administrator, cloudflare: LocalCloudflare
) -> None:
    id_ = admin.seed(status="verified", enabled=True)
    found = plugin.get(KIND, id_, {"account_id": cloudflare.account_id})
    assert found.outputs["connector"] == found.id == id_
    assert found.outputs["enabled"] is True


# --------------------------------------------------------------------------------------- waiting


def test_it_waits_until_the_verification_has_ended_and_says_so(
    plugin: Plugin, cloudflare: LocalCloudflare, admin: Administrator
) -> None:
    id_ = admin.seed()
    looked = threading.Thread(target=verify_when_looked_at, args=(cloudflare, id_, 3))
    looked.start()
    made = plugin.up(KIND, of(id_))
    looked.join()
    assert made.outputs["enabled"] is True
    assert admin.written() == [(f"PATCH /{id_}", {"enabled": True})]
    code = admin.look()["verification"]["code"]
    assert plugin.progress == [
        f'waits up to 600 s for Cloudflare to find example.com TXT "{code}" (pending)'
    ]


def verify_when_looked_at(cloudflare: LocalCloudflare, id_: str, times: int) -> None:
    while sum(asked["path"].endswith(id_) for asked in cloudflare.requests) < times:
        time.sleep(0.01)
    cloudflare.move_sso(id_, "verified")


def test_a_verification_that_nobody_has_begun_is_begun(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(begin_verification=False)
    with pytest.raises(CallFailed, match=r"not verified after 0 s \(pending\)"):
        plugin.up(KIND, of(id_, wait_seconds=0))
    assert admin.written() == [(f"POST /{id_}/begin_verification", None)]


def test_a_verification_that_failed_ends_it_at_once_and_shows_the_record(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="failed")
    with pytest.raises(CallFailed) as failed:
        plugin.up(KIND, of(id_))
    code = admin.look()["verification"]["code"]
    assert str(failed.value).strip() == (
        "VerificationError: Cloudflare did not find the record that verifies example.com: "
        f'example.com TXT "{code}". Publish it, then change verification_trigger of the '
        "connector: that begins anew"
    )
    assert admin.written() == []


def test_a_changed_trigger_begins_anew_where_it_has_failed(
    plugin: Plugin, admin: Administrator
) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_, trigger={"record": "1"}))
    admin.written()
    # Verified still: nothing to do.
    again = plugin.up(KIND, of(id_, trigger={"record": "2"}), was=made)
    assert (again.did, again.outputs["trigger"]) == ("update", {"record": "2"})
    assert admin.written() == []

    admin.verify(id_, "failed")
    with pytest.raises(CallFailed, match=r"not verified after 0 s \(pending\)"):
        plugin.up(KIND, of(id_, trigger="3", wait_seconds=0), was=again)
    assert admin.written() == [(f"POST /{id_}/begin_verification", None)]
    # It was enabled all the time, and stays so.
    assert admin.look()["enabled"] is True
    # Without a trigger there is nothing to do again.
    assert plugin.up(KIND, of(id_), was=again).did == "update"
    assert admin.written() == []


def test_how_long_to_wait_is_no_difference(plugin: Plugin, admin: Administrator) -> None:
    id_ = admin.seed(status="verified")
    made = plugin.up(KIND, of(id_, wait_seconds=5))
    same = plugin.up(KIND, of(id_, wait_seconds=900.5), was=made)
    assert (same.did, same.inputs["wait_seconds"]) == ("same", 900.5)


class Clock:
    """Time that passes when somebody waits, and looks that cost some of it."""

    def __init__(self, *statuses: str, latency: float = 0.0) -> None:
        self.now = 1000.0
        self.waits: list[float] = []
        self.said: list[str] = []
        self._statuses = [*statuses]
        self._latency = latency

    def look(self) -> Mapping[str, Any]:
        self.now += self._latency
        status = self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]
        return {"email_domain": "a.b", "verification": {"code": "c", "status": status}}

    def wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds

    def awaited(self, seconds: float) -> Mapping[str, Any]:
        return await_verification(
            self.look, seconds, say=self.said.append, wait=self.wait, clock=lambda: self.now
        )


def test_waiting_is_short_at_first_then_patient_and_never_longer_than_allowed() -> None:
    clock = Clock("pending")
    with pytest.raises(VerificationError, match=r"a\.b is not verified after 100 s \(pending\)"):
        clock.awaited(100)
    assert clock.now == 1100
    assert clock.waits == [0.5, 1, 2, 4, 8, 15, 15, 15, 15, 15, 9.5]
    assert clock.said == [
        'waits up to 100 s for Cloudflare to find a.b TXT "c" (pending)',
        *(f"still pending after {passed} of 100 s" for passed in (16, 30, 46, 60, 76, 90)),
    ]


def test_the_longer_it_takes_the_fewer_looks_there_are() -> None:
    clock = Clock("pending")
    two_days = 2 * 24 * 3600
    with pytest.raises(VerificationError, match="is not verified after 172800 s"):
        clock.awaited(two_days)
    assert clock.now == 1000 + two_days
    assert max(clock.waits) == 300
    assert len(clock.waits) < 700


def test_slow_looks_count_as_waiting() -> None:
    clock = Clock("pending", latency=30)
    with pytest.raises(VerificationError, match="is not verified after 60 s"):
        clock.awaited(60)
    assert clock.waits == [0.5]


@pytest.mark.parametrize("statuses", [("verified",), ("pending", "awaiting", "verified")])
def test_what_is_verified_ends_the_waiting(statuses: tuple[str, ...]) -> None:
    clock = Clock(*statuses)
    assert clock.awaited(600)["verification"]["status"] == "verified"
    assert len(clock.waits) == len(statuses) - 1


def test_what_failed_while_waiting_ends_it_at_once() -> None:
    clock = Clock("pending", "failed", "verified")
    with pytest.raises(VerificationError, match="did not find the record"):
        clock.awaited(600)
    assert clock.waits == [0.5]


# --------------------------------------------------------------------------------------- refusals


def test_a_domain_that_another_account_has_enabled_is_refused_with_the_remedy(
    plugin: Plugin, admin: Administrator, cloudflare: LocalCloudflare
) -> None:
    other = cloudflare.add_account(token=cloudflare.token)
    theirs = {"email_domain": "example.com", "status": "verified", "enabled": True}
    cloudflare.seed({"accounts": {other.id: {"sso_connectors": [theirs]}}})
    id_ = admin.seed(status="verified")
    with pytest.raises(CallFailed) as refused:
        plugin.up(KIND, of(id_))
    assert (
        "example.com is enabled in another account (code 400); a verified domain can be enabled in "
        "one account at a time: is it in another?" in str(refused.value)
    )


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        ({"enabled": True}, "connector: is required"),
        (
            of("a/b"),
            (
                'connector: "a/b" is no id of an SSO connector; pass the resource itself, its id, '
                "or what get_sso_connector(…) finds"
            ),
        ),
        (of("a" * 32, wait_seconds=-1), "wait_seconds: is -1, and must be at least 0"),
        (
            of("a" * 32, wait_seconds=200_000),
            "wait_seconds: is 200000, and must be at most 172800",
        ),
    ],
)
def test_a_mistake_is_told_in_the_preview(
    plugin: Plugin, declared: dict[str, Any], reason: str, cloudflare: LocalCloudflare
) -> None:
    with pytest.raises(CheckFailed) as failed:
        plugin.check(KIND, declared)
    assert failed.value.reasons == [reason]
    assert cloudflare.requests == []


def test_whom_it_concerns_is_said_without_the_domain_too(plugin: Plugin) -> None:
    plugin.check(KIND, {"connector": UNKNOWN, "enabled": True})
    assert "everyone of the connector's e-mail domain then logs in" in plugin.warnings[0]
