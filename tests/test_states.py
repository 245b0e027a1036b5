"""States that earlier releases left behind: every version previews, refreshes and destroys them."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.colleague import Colleague
from harness.local import strict
from harness.stack import STACK, Stack

if TYPE_CHECKING:
    from typing import Any

pytestmark = pytest.mark.engine

RECORDINGS = sorted(Path(__file__).parent.glob("states/*/*.json"))


def test_the_first_release_is_among_the_recordings() -> None:
    assert [path.parent.name for path in RECORDINGS][:1] == ["0.1.0"]


@pytest.mark.parametrize(
    "recording", RECORDINGS, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_a_state_of_an_earlier_release_shows_no_change_and_can_be_destroyed(
    recording: Path, tmp_path: Path
) -> None:
    recorded: dict[str, Any] = json.loads(recording.read_text())
    ((account, contents),) = recorded["objects"]["accounts"].items()
    ((zone, _),) = contents["zones"].items()
    with strict(account_id=account, zone_id=zone) as cloudflare:
        cloudflare.seed(recorded["objects"])
        scopes = (f"accounts/{account}", f"zones/{zone}")
        everything = [Colleague(cloudflare, scope) for scope in scopes]
        stack = Stack(tmp_path / "stack", cloudflare)
        # Refresh and destroy go by the config that the state remembers, and this one has none.
        local = {name: getattr(cloudflare, name) for name in ("base_url", "account_id", "token")}
        stack.environment["CLOUDFLARE_ACCESS_LOCAL"] = json.dumps(local)
        (stack.project / "state.json").write_text(json.dumps(recorded["state"]))
        stack.pulumi("stack", "import", "--stack", STACK, "--file", "state.json")
        stack.program("\n".join(recorded["program"]))

        def nothing_changes() -> None:
            steps = Counter(step["op"] for step in stack.plan().events()["steps"])
            assert set(steps) == {"same", "read"}
            assert all(someone.written() == [] for someone in everything)

        nothing_changes()
        # What `.get` found is younger here than in the recording: all others are as they were.
        refreshed = stack.refresh().text
        assert "4 unchanged" in refreshed
        assert "changed at Cloudflare" not in refreshed
        nothing_changes()

        stack.destroy()
        assert [someone.groups() for someone in everything] == [{}, {}]
        assert stack.state() == {}
