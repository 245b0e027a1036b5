"""`cloudflare-access snapshot`: an account as data, and what a report makes of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from insight.programs import NOWHERE
from pulumi_cloudflare_access import LocalCloudflare
from report.inputs import lines, preview, run, saved

ACCOUNT, ZONE = "a0" * 16, "b0" * 16
GROUP = {"id": "11111111-aaaa-4aaa-8aaa-111111111111", "name": "Staff"}


@pytest.fixture
def cloudflare(monkeypatch: pytest.MonkeyPatch) -> Any:
    with LocalCloudflare(account_id=ACCOUNT, zone_id=ZONE, seed=7) as cloudflare:
        include = [{"email_domain": {"domain": "example.com"}}]
        pin = {"id": "22222222-bbbb-4bbb-8bbb-222222222222", "name": "PIN", "type": "onetimepin"}
        cloudflare.seed(
            {
                "accounts": {
                    ACCOUNT: {
                        "access/groups": [{**GROUP, "include": include}],
                        "access/identity_providers": [{**pin, "config": {"client_secret": "hush"}}],
                    }
                }
            }
        )
        monkeypatch.setenv(
            "CLOUDFLARE_ACCESS_LOCAL", cloudflare.environment["CLOUDFLARE_ACCESS_LOCAL"]
        )
        ask = Asking(cloudflare)
        rule = {"group": {"id": GROUP["id"]}}
        for scope, domain in (("accounts", "wiki"), ("zones", "shop")):
            base = f"/{scope}/{ACCOUNT if scope == 'accounts' else ZONE}/access/apps"
            app = {"name": domain.title(), "type": "self_hosted", "domain": f"{domain}.example.com"}
            policy = {"name": "Allow", "decision": "allow", "include": [rule]}
            ask(f"{base}/{ask(base, app)['id']}/policies", policy)
            rule = {"email_domain": {"domain": "example.com"}}
        yield cloudflare


class Asking:
    """Asks the API as a colleague would."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self._cloudflare = cloudflare

    def __call__(self, path: str, body: dict[str, Any]) -> Any:
        headers = {"Authorization": f"Bearer {self._cloudflare.token}"}
        url = f"{self._cloudflare.base_url}{path}"
        return httpx.post(url, json=body, headers=headers).raise_for_status().json()["result"]


@pytest.mark.usefixtures("cloudflare")
def test_an_account_says_who_gets_in(tmp_path: Path) -> None:
    file = str(tmp_path / "account.json")
    told = run("snapshot", "--output", file, "--zone", ZONE)
    assert "devices/posture is not in the snapshot" in told.stderr
    assert "hush" not in Path(file).read_text()
    assert lines("can", "ada@example.com", "wiki.example.com", file) == ["yes"]
    assert lines("can", "eve@else.where", "shop.example.com", file, status=3) == ["no"]
    report = run("report", file).stdout
    assert "wiki.example.com (Wiki): anyone @example.com" in report
    assert "shop.example.com (Shop): " in report


@pytest.mark.usefixtures("cloudflare")
def test_it_lies_beneath_a_preview(tmp_path: Path) -> None:
    """A group that the stack only refers to is not known without the account."""
    file = preview(tmp_path, "unknown group")
    account = json.loads(run("snapshot").stdout)
    told = run("report", file).stdout
    assert "is not in this input" in told
    group = {**account["accounts"][ACCOUNT]["access/groups"][0], "id": NOWHERE, "name": "Nowhere"}
    account["accounts"][ACCOUNT]["access/groups"].append(group)
    whole = run("report", file, "--snapshot", saved(tmp_path, "account.json", account)).stdout
    assert "is not in this input" not in whole
    assert "lab.example.com" in whole


def test_without_an_account_or_credentials_it_says_what_to_set(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("CLOUDFLARE_ACCESS_LOCAL", "CLOUDFLARE_ACCOUNT_ID", "CLOUDFLARE_API_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert "CLOUDFLARE_ACCOUNT_ID" in run("snapshot", status=1).stderr
    refused = run("snapshot", "--account", ACCOUNT, status=1).stderr
    assert "CLOUDFLARE_API_TOKEN" in refused
