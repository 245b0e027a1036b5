"""The program beside this file, run for real against a Cloudflare on this machine."""

from pathlib import Path

import pytest
from pulumi import automation

from pulumi_cloudflare_access import LocalCloudflare


@pytest.fixture
def stack(cloudflare: LocalCloudflare, tmp_path: Path) -> automation.Stack:
    own = {"PULUMI_BACKEND_URL": tmp_path.as_uri(), "PULUMI_CONFIG_PASSPHRASE": ""}
    return automation.create_or_select_stack(
        "test",
        work_dir=str(Path(__file__).parent),
        opts=automation.LocalWorkspaceOptions(env_vars=own | cloudflare.environment),
    )


def test_contractors_are_turned_away_first(
    stack: automation.Stack, cloudflare: LocalCloudflare
) -> None:
    stack.up()
    made = [asked["body"] for asked in cloudflare.requests if asked["method"] == "POST"]
    policies = sorted((one for one in made if "precedence" in one), key=lambda p: p["precedence"])
    assert [one["decision"] for one in policies] == ["deny", "allow"]
    assert stack.preview(expect_no_changes=True).change_summary.keys() == {"same"}
