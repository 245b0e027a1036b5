"""What a page has people type, typed, in a folder with the files that the page puts there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from harness.documents import PAGES, ROOT, blocks, commands, lines_of, missing
from pulumi_cloudflare_access import LocalCloudflare

# docs/guides/testing.md, docs/getting-started.md
GUIDE, START = ROOT / "docs/guides/testing.md", ROOT / "docs/getting-started.md"


def environment(folder: Path) -> dict[str, str]:
    """Return that of somebody at a terminal who has logged in to a folder, and says yes."""
    (folder / "state").mkdir(exist_ok=True)
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("CLOUDFLARE_", "PULUMI_"))},
        "PULUMI_BACKEND_URL": f"file://{folder}/state",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_SKIP_CONFIRMATIONS": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "1",
        "XDG_CACHE_HOME": str(folder / "cache"),
        "NO_COLOR": "1",
    }


@pytest.mark.engine
def test_getting_started_can_be_typed(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    # What comes later on the page is not there yet.
    (project / "__main__.py").write_text(blocks(START, "python")[0].text)
    for block in blocks(START, "yaml"):
        (project / block.noted("file")[0]).write_text(block.text)
    typed = [line for block, line in commands() if block.page == START]
    failing = [line for block, line in commands() if block.page == GUIDE and "--fault" in line]
    assert (len(typed), len(failing)) == (6, 2)
    shown = {said: b for b in blocks(START, "text") for said in b.noted("shown by")}
    with LocalCloudflare() as cloudflare:
        for line in [*typed, *failing]:
            if line.startswith("pip install"):
                continue
            own = environment(tmp_path)
            if not line.startswith("cloudflare-access"):
                own |= cloudflare.environment
            run = subprocess.run(
                ["sh", "-c", line],
                cwd=project,
                env=own,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
            print(f"$ {line}\n{run.stdout}")
            assert run.returncode == 0, line
            if line in shown:
                assert missing(shown[line].text, lines_of(run.stdout)) == []


def test_the_test_under_mocks_passes_and_can_fail() -> None:
    [block] = [b for b in blocks(GUIDE, "python") if "set_mocks" in b.text]
    assert block in [b for page in PAGES for b in blocks(page)]
    for text, status in ((block.text, 0), (block.text.replace("domain(", "domain('x' + "), 1)):
        run = [sys.executable, "-c", text]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        assert done.returncode == status, done.stderr
