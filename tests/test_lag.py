"""Cloudflare's lag: what it does not show yet is neither gone nor changed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from harness.fresh import Run
from harness.local import strict
from pulumi_cloudflare_access import LocalCloudflare, rules
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ADA = rules.email("ada@example.com")
DECLARED: dict[str, dict[str, Any]] = {
    "access_group": {"name": "Thing", "include": [ADA]},
    "access_policy": {"name": "Thing", "decision": "allow", "include": [ADA]},
    "access_application": {"name": "Thing", "domain": "x.example.com", "type": "self_hosted"},
    "resource_group": {"name": "Thing", "scope": {"objects": [{"key": "*"}]}},
    "user_group": {"name": "Thing"},
    "sso_connector": {"email_domain": "example.com"},
}
# Those that tell when they were written; what else a run finds old, it cannot tell from drift.
STAMPED = ("access_group", "access_policy", "access_application", "user_group")


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    with strict() as cloudflare:
        # What passes is what somebody waits for.
        cloudflare.clock.stop()
        yield cloudflare


@pytest.mark.parametrize("seconds", [0, 1, 5])
@pytest.mark.parametrize("kind", DECLARED)
def test_what_was_just_made_is_not_gone(
    cloudflare: LocalCloudflare,
    kind: str,
    seconds: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    cloudflare.fault("POST /accounts/**", faults.Lag(seconds))
    up, refresh = Run(cloudflare), Run(cloudflare)
    made = up.up(kind, DECLARED[kind])
    for run in (up, refresh):
        found = run.read(kind, made.id, made.outs)
        assert found.id == made.id
        assert {k: v for k, v in found.outs.items() if k != "status"}
        run.close()
    assert "gone from Cloudflare" not in capfd.readouterr().err


@pytest.mark.parametrize(
    ("kind", "seconds"), [*((kind, 5) for kind in STAMPED), ("user_group", 0), ("user_group", 1)]
)
def test_what_was_just_changed_has_not_drifted(
    cloudflare: LocalCloudflare,
    kind: str,
    seconds: int,
    capfd: pytest.CaptureFixture[str],
) -> None:
    up = Run(cloudflare)
    made = up.up(kind, DECLARED[kind])
    # By Cloudflare's times, which may be of whole seconds, two writes at once are one.
    time.sleep(2.1)
    cloudflare.fault("PUT /accounts/**", faults.Lag(seconds))
    changed = up.update(kind, made.id, made.outs, {**made.outs, "name": "Other"})
    refresh = Run(cloudflare)
    for run in (up, refresh):
        found = run.read(kind, made.id, changed)
        assert found.outs["name"] == "Other"
        run.close()
    assert "changed at Cloudflare" not in capfd.readouterr().err


def test_what_is_really_gone_is_gone_after_ten_seconds(
    cloudflare: LocalCloudflare, capfd: pytest.CaptureFixture[str]
) -> None:
    run = Run(cloudflare)
    made = run.up("access_group", DECLARED["access_group"])
    cloudflare.reset()
    before = run.time.now
    assert run.read("access_group", made.id, made.outs).id == ""
    assert 10 <= run.time.now - before <= 11
    assert "gone from Cloudflare" in capfd.readouterr().err
    run.close()
