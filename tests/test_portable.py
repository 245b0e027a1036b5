"""Nothing that only POSIX has is imported on the way of a program or of a plugin process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = "pulumi_cloudflare_access"
HIDDEN = ("fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog")
HIDE = f"import sys\nsys.modules.update(dict.fromkeys({HIDDEN!r}))\n"
PROGRAM = f"""
import {PACKAGE} as cloudflare
for name in cloudflare.__all__:
    getattr(cloudflare, name)
"""
PLUGIN = f"""
import pathlib
from {PACKAGE}.kinds import KINDS, load
from {PACKAGE} import LocalCloudflare
from {PACKAGE}.api.client import Client
from {PACKAGE}.api.pace import Pace
from {PACKAGE}.process import engine_watch, state_backend
for kind in KINDS:
    load(kind)
folder = pathlib.Path(sys.argv[1])
Pace(5, lambda: folder / "a.pace").wait()
assert (folder / "a.pace").stat().st_size
assert state_backend.backend_of({{"PULUMI_BACKEND_URL": "file://~"}}, folder).startswith("file://")
engine_watch.EngineWatch()
"""


@pytest.mark.parametrize("script", [PROGRAM, PLUGIN], ids=["a program", "a plugin process"])
def test_it_does_without_what_only_posix_has(script: str, tmp_path: Path) -> None:
    command = [sys.executable, "-c", HIDE + script, str(tmp_path)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
