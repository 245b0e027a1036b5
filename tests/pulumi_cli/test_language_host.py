"""Our own language host, where it is the one in use: the official CLI brings its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from harness.stack import STACK, Stack

HOST = shutil.which("pulumi-language-python")
OURS = HOST is not None and Path(HOST).read_bytes().startswith(b"#!")
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(not OURS, reason="the official CLI has its own language host"),
]


def test_a_killed_engine_takes_the_program_with_it(stack: Stack) -> None:
    stack.program("""
        import os, pathlib, time
        print("to be continued")
        pathlib.Path("pids").write_text(f"{os.getpid()} {os.getppid()}")
        time.sleep(60)
    """)
    pids = stack.project / "pids"
    engine = subprocess.Popen(
        ["pulumi", "preview", "--stack", STACK, "--non-interactive"],
        cwd=stack.project,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for _ in range(600):
        if pids.exists() and pids.read_text():
            break
        time.sleep(0.05)
    program, host = map(int, pids.read_text().split())
    assert runs(program)
    assert runs(host)
    engine.kill()
    engine.wait()
    for _ in range(100):
        if not runs(program) and not runs(host):
            break
        time.sleep(0.05)
    assert not runs(program)
    assert not runs(host)


def test_a_program_that_fails_shows_its_own_lines_and_no_others(stack: Stack) -> None:
    stack.program("print('so far')\nraise RuntimeError('no further')")
    said = stack.preview(ok=False)
    assert said.status != 0
    assert "so far" in said.text
    assert "RuntimeError: no further" in said.text
    assert "runpy" not in said.text
    assert "pulumi-language-python" not in said.text


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
