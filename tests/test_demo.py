"""`make demo`, as it is and with a failure planted in each step."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
DEMO = ROOT / "examples" / "demo.py"

# All of them use the checkout's own build/demo; the demo itself sees to it that one runs at a time.
pytestmark = pytest.mark.engine

PULUMI = """
import os, sys
words = [word for word in sys.argv[1:] if not word.startswith("-")]
lies = {lies!r}
ups = "build/demo/ups"
if words[0] == "up":
    open(ups, "a").write("x")
    words[0] += str(os.path.getsize(ups))
for command, (text, status) in lies.items():
    if command == " ".join(words[: len(command.split())]):
        print(text)
        sys.exit(status)
os.execv({pulumi!r}, ["pulumi", *sys.argv[1:]])
"""
CLOUDFLARE = """
import json, signal, sys, threading
from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare
if {lie!r} == "does not start":
    sys.exit("out of order")
cloudflare = LocalCloudflare()
if {lie!r} == "is deaf to edits":
    class Deaf(type(cloudflare.app)):
        def __call__(self, environ, start):
            if environ["REQUEST_METHOD"] == "PUT":
                environ["REQUEST_METHOD"] = "GET"
            return super().__call__(environ, start)
    cloudflare.app.__class__ = Deaf
ended = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: ended.set())
with cloudflare:
    facts = ("base_url", "account_id", "token")
    print(json.dumps({{fact: getattr(cloudflare, fact) for fact in facts}}), flush=True)
    ended.wait()
sys.exit(3 if {lie!r} == "ends badly" else 0)
"""


def run_demo(
    tmp_path: Path, shims: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run the demo, with other programs of these names before the real ones on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, program in (shims or {}).items():
        path = folder / name
        path.write_text(f"#!{sys.executable}\n{program}")
        path.chmod(0o755)
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    environment = os.environ | {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PATH": f"{folder}:{os.environ['PATH']}",
        "DEMO_TEST": tmp_path.name,
    }
    return subprocess.run(
        [sys.executable, str(DEMO)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )


def test_the_demo_tells_a_true_story_and_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = uuid.uuid4().hex
    monkeypatch.setenv("DEMO_MARK", mark)
    demo = run_demo(tmp_path)
    monkeypatch.delenv("DEMO_MARK")
    assert demo.returncode == 0, demo.stdout
    assert "include: + email mallory@example.net" in demo.stdout
    with (ROOT / "build" / "demo.lock").open("w") as lock:
        # No other test's demo is under way now.
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert not (ROOT / "build" / "demo").exists()
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--untracked-files=all"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert "Pulumi.demo.yaml" not in changed.stdout
    assert list((tmp_path / "tmp").iterdir()) == []
    assert list((tmp_path / "home").iterdir()) == []
    processes = subprocess.run(
        ["ps", "axeww", "-o", "command="], capture_output=True, text=True, check=True
    )
    assert mark not in processes.stdout


@pytest.mark.parametrize(
    ("lies", "complaint"),
    [
        ({"up1": ("", 0)}, "the two groups are not there"),
        ({"up1": ("error: no", 255)}, "pulumi up ended with status 255"),
        ({"preview": ("Resources: 1 to update", 0)}, "the preview is not empty"),
        ({"refresh": ("Resources: 3 unchanged", 0)}, "the refresh does not name who"),
        ({"up2": ("Resources: 3 unchanged", 0)}, "the preview does not name who loses access"),
        ({"up2": ("- email mallory@example.net", 0)}, "it is not put right"),
        ({"destroy": ("", 0), "stack rm": ("", 0)}, "something is left at Cloudflare"),
    ],
)
def test_a_pulumi_that_does_not_do_its_part_fails_the_demo(
    tmp_path: Path, lies: dict[str, tuple[str, int]], complaint: str
) -> None:
    pulumi = shutil.which("pulumi")
    demo = run_demo(tmp_path, {"pulumi": PULUMI.format(lies=lies, pulumi=pulumi)})
    assert demo.returncode == 1, demo.stdout
    assert complaint in demo.stdout


@pytest.mark.parametrize(
    ("lie", "complaint"),
    [
        ("does not start", "the local Cloudflare did not start"),
        ("is deaf to edits", "the edit did not arrive"),
        ("ends badly", "the local Cloudflare ended with status 3"),
    ],
)
def test_a_cloudflare_that_does_not_do_its_part_fails_the_demo(
    tmp_path: Path, lie: str, complaint: str
) -> None:
    demo = run_demo(tmp_path, {"cloudflare-access": CLOUDFLARE.format(lie=lie)})
    assert demo.returncode == 1, demo.stdout
    assert complaint in demo.stdout
