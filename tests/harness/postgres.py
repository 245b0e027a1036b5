"""A PostgreSQL server of the tests' own, in a temporary folder.

PostgreSQL refuses to run as root: where the tests are root, its programs run as `nobody`.
"""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = ("initdb", "pg_ctl", "postgres")
# What Debian's packages do not put on the PATH.
FOLDERS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


class NoServerError(Exception):
    """This machine cannot run one; the text says why."""


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server and give the URL of a database of it, password included."""
    initdb, pg_ctl = (_program(name) for name in PROGRAMS[:2])
    _program("postgres")
    # Short and not in pytest's own folder, which is root's alone.
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        password = secrets.token_urlsafe(12)
        (home / "password").write_text(password)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            for path in (home, home / "password"):
                os.chown(path, nobody.pw_uid, nobody.pw_gid)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        data = str(home / "data")
        options = (
            f"-h 127.0.0.1 -p {port} -k {home} "
            # It forgets with the test: nothing needs to reach the disk.
            "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        )
        as_user = ["-U", "state", f"--pwfile={home}/password", "--auth=scram-sha-256"]
        _run([initdb, "-D", data, "-N", *as_user, "--encoding=UTF8", "--locale=C"], home)
        _run([pg_ctl, "start", "-w", "-D", data, "-l", str(home / "log"), "-o", options], home)
        try:
            yield f"postgres://state:{password}@127.0.0.1:{port}/postgres?sslmode=disable"
        finally:
            _run([pg_ctl, "stop", "-w", "-m", "immediate", "-D", data], home)


def _program(name: str) -> str:
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], *map(str, FOLDERS)]))
    if not found:
        raise NoServerError(f"no PostgreSQL server on this machine: {name} is not on the PATH")
    return found


def _run(command: list[str], home: Path) -> None:
    """Run as somebody who may run a server."""
    if os.geteuid() == 0:
        if not shutil.which("setpriv"):
            raise NoServerError("PostgreSQL does not run as root, and there is no setpriv")
        command = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", *command]
    run = subprocess.run(
        command,
        cwd=home,
        env={**os.environ, "HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=60,
    )
    if run.returncode:
        log = home / "log"
        said = log.read_text() if log.exists() else run.stdout
        raise NoServerError(f"{Path(command[-1]).name}: PostgreSQL cannot run here: {said[-500:]}")
