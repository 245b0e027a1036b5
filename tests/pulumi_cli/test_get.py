"""Each place that may have a Pulumi CLI, through the front door: a PATH of fake programs."""

from __future__ import annotations

import os
import shutil
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import trustme

from pulumi_cli.get import LANGUAGE_HOST, VERSION

GET = Path(__file__).resolve().with_name("get.py")
PULUMI = "#!/bin/sh\necho v{version}\n"
GO = """#!/bin/sh
echo "go $1" >> '{calls}'
case "$1 $2" in
    "version ") echo "go version go{version} plan9/mips" ;;
    "list -m") echo '{sdk}' ;;
    build*) {build} ;;
esac
"""
BUILDS = """
    while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v3.259.0\\n' > "$2"
    /bin/chmod +x "$2" """
FAILS = "echo 'main.go:1: no [space] left' && exit 1"
# Half a program, and half a cache that belongs to nobody.
NEVER_ENDS = """
    echo half > "$GOCACHE.half"
    while [ "$1" != -o ]; do shift; done
    echo half > "$2"
    echo $$ > '{building}'
    exec /bin/sleep 60"""
SDK_SCRIPTS = ("dist/pulumi-resource-pulumi-python", "cmd/pulumi-language-python-exec")
FOUR = {
    "pulumi",
    "pulumi-language-python",
    "pulumi-language-python-exec",
    "pulumi-resource-pulumi-python",
}
INSTALLER = """#!/bin/sh
# As it is called: --no-edit-path --install-root FOLDER --version VERSION
/bin/mkdir -p "$3/bin" && cd "$3/bin" || exit 1
printf '#!/bin/sh\\necho v%s\\n' "$5" > pulumi
echo 'an official program' > pulumi-language-python
/bin/chmod +x pulumi pulumi-language-python
"""


@dataclass
class Said:
    """What the set-up printed and how it ended."""

    status: int
    folder: str
    told: str


class Machine:
    """A machine with a user whose PATH is one folder, and with no way to the internet."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.home = folder / "home"
        self.temporary = folder / "tmp"
        self.sdk = folder / "sdk"
        self.calls = folder / "calls"
        self.building = folder / "building"
        for each in (self.programs, self.home, self.temporary, self.sdk):
            each.mkdir()
        for script in SDK_SCRIPTS:
            path = self.sdk / "python" / script
            path.parent.mkdir(parents=True)
            path.write_text("from the SDK")
        self.environment = {
            "HOME": str(self.home),
            "HTTPS_PROXY": "http://127.0.0.1:1",
            "PATH": str(self.programs),
            "TMPDIR": str(self.temporary),
        }

    def program(self, name: str, text: str) -> Path:
        path = self.programs / name
        path.write_text(text)
        path.chmod(0o755)
        return path

    def go(self, version: str = "1.26.0", *, build: str = BUILDS) -> None:
        build = build.replace("{building}", str(self.building))
        self.program("go", GO.format(calls=self.calls, version=version, sdk=self.sdk, build=build))

    def start(self) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(GET)],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def get(self) -> Said:
        return end(self.start())

    def start_building(self) -> tuple[subprocess.Popen[str], int]:
        """Start a set-up, wait until it is in the middle of the build; return the build's pid."""
        self.go(build=NEVER_ENDS)
        process = self.start()
        until(lambda: self.building.exists() and self.building.read_text())
        return process, int(self.building.read_text())

    def builds(self) -> int:
        return self.calls.read_text().count("go build") if self.calls.exists() else 0

    def left(self) -> set[str]:
        """Name every file under the user's home and the folder for temporary ones."""
        files = [*self.home.rglob("*"), *self.temporary.rglob("*")]
        return {file.name for file in files if file.is_file()} - {".lock"}


def end(process: subprocess.Popen[str]) -> Said:
    folder, told = process.communicate(timeout=30)
    return Said(process.returncode, folder.strip(), told)


def until(true: Callable[[], object]) -> None:
    for _ in range(300):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen in 15 seconds")


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_pulumi_on_the_path_is_used(machine: Machine) -> None:
    machine.program("pulumi", PULUMI.format(version="3.216.0"))
    machine.program("pulumi-language-python", "")
    machine.go()
    assert machine.get() == Said(0, str(machine.programs), "")
    assert machine.builds() == 0
    assert machine.left() == set()


def test_a_pulumi_that_a_version_manager_links_is_used_where_the_path_has_it(
    machine: Machine, tmp_path: Path
) -> None:
    manager = machine.program("manager", PULUMI.format(version="4.0.0")).rename(tmp_path / "m")
    for name in ("pulumi", "pulumi-language-python"):
        (machine.programs / name).symlink_to(manager)
    assert machine.get() == Said(0, str(machine.programs), "")


def test_an_old_pulumi_on_the_path_is_passed_over_with_a_word(machine: Machine) -> None:
    machine.program("pulumi", PULUMI.format(version="3.99.1"))
    machine.program("pulumi-language-python", "")
    machine.go()
    said = machine.get()
    assert said.status == 0
    assert said.folder.startswith(str(machine.home))
    assert "the pulumi on the PATH is 3.99.1, older than 3.216: looking elsewhere" in said.told


def test_a_pulumi_that_cannot_run_python_is_passed_over_with_a_word(machine: Machine) -> None:
    machine.program("pulumi", PULUMI.format(version="3.259.0"))
    machine.go()
    said = machine.get()
    assert said.folder.startswith(str(machine.home))
    assert "comes without pulumi-language-python: looking elsewhere" in said.told


def test_what_the_cache_has_is_used_with_no_network_and_no_word(machine: Machine) -> None:
    machine.go()
    first = machine.get()
    (machine.programs / "go").unlink()
    assert machine.get() == Said(0, first.folder, "")


def test_without_a_download_it_is_built_and_only_the_build_is_left(machine: Machine) -> None:
    machine.go()
    said = machine.get()
    assert said.status == 0
    assert {path.name for path in Path(said.folder).iterdir()} == FOUR
    assert all(os.access(path, os.X_OK) for path in Path(said.folder).iterdir())
    assert machine.left() == FOUR
    assert f"Downloading the sources of Pulumi {VERSION}, usually" in said.told
    assert f"Building Pulumi {VERSION}, once per machine, usually" in said.told


def test_without_a_download_and_without_go_it_says_what_to_do(machine: Machine) -> None:
    said = machine.get()
    assert (said.status, said.folder) == (1, "")
    assert "no pulumi on the PATH" in said.told
    assert "https://get.pulumi.com/ cannot be reached" in said.told
    assert "there is no Go on the PATH" in said.told
    assert "Install Pulumi (https://www.pulumi.com/docs/install/), or Go 1.26" in said.told
    assert machine.left() == set()


def test_an_old_go_is_named(machine: Machine) -> None:
    machine.go("1.22.3")
    said = machine.get()
    assert said.status == 1
    assert "Go is 1.22.3, older than 1.26" in said.told
    assert machine.builds() == 0


def test_a_build_that_fails_says_why_and_leaves_nothing(machine: Machine) -> None:
    machine.go(build=FAILS)
    said = machine.get()
    assert (said.status, said.folder) == (1, "")
    assert "main.go:1: no [space] left" in said.told
    assert machine.left() == set()


def test_a_cache_that_cannot_be_written_is_named(machine: Machine) -> None:
    machine.home.rmdir()
    machine.home.write_text("a file, not a folder")
    machine.go()
    said = machine.get()
    assert said.status == 1
    assert str(machine.home) in said.told
    assert "Traceback" not in said.told


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_build_leaves_nothing_and_ends_what_it_started(
    machine: Machine, ending: signal.Signals
) -> None:
    process, compiler = machine.start_building()
    assert machine.left() != set()
    process.send_signal(ending)
    said = end(process)
    assert (said.status, said.folder) == (130, "")
    assert "Interrupted" in said.told
    assert machine.left() == set()
    until(lambda: not runs(compiler))


def test_after_a_killed_build_the_next_one_clears_up_and_succeeds(machine: Machine) -> None:
    process, compiler = machine.start_building()
    process.kill()
    os.killpg(compiler, signal.SIGKILL)
    end(process)
    assert not list(machine.home.rglob("v3.*"))
    machine.go()
    assert machine.get().status == 0
    assert machine.left() == FOUR


def test_of_two_at_once_one_builds_and_the_other_waits_for_it(machine: Machine) -> None:
    first, compiler = machine.start_building()
    machine.go()
    second = machine.start()
    assert second.stderr
    assert "Another set-up is getting Pulumi: waiting for it" in second.stderr.readline()
    # The first has no build of its own any more; the second has the place to itself.
    os.kill(compiler, signal.SIGKILL)
    assert end(first).status == 1
    assert end(second).status == 0
    assert machine.left() == FOUR


def test_two_at_once_that_both_can_build_build_once(machine: Machine) -> None:
    machine.go(build=f"/bin/sleep 1; {BUILDS}")
    ended = [end(process) for process in (machine.start(), machine.start())]
    assert [said.status for said in ended] == [0, 0]
    assert len({said.folder for said in ended}) == 1
    assert machine.builds() == 1


def test_our_language_host_in_the_cache_follows_the_checkout(machine: Machine) -> None:
    machine.go()
    host = Path(machine.get().folder, LANGUAGE_HOST.name)
    host.write_text("#!/usr/bin/env python3\n# of an older checkout\n")
    machine.get()
    assert host.read_bytes() == LANGUAGE_HOST.read_bytes()
    assert os.access(host, os.X_OK)
    host.write_bytes(b"\x7fELF, the official one")
    machine.get()
    assert host.read_bytes() == b"\x7fELF, the official one"


@pytest.fixture
def website(machine: Machine, tmp_path: Path) -> Iterator[None]:
    """Stand in for get.pulumi.com, at the end of a proxy, with a certificate the machine trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("get.pulumi.com").configure_cert(secure)

    class Website(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_CONNECT(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.connection = secure.wrap_socket(self.connection, server_side=True)
            self.rfile = self.connection.makefile("rb")
            self.wfile = self.connection.makefile("wb", 0)
            self.close_connection = False

        def do_HEAD(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            found = self.path == "/install.sh"
            body = INSTALLER.encode() if found else b""
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def finish(self) -> None:
            super().finish()
            self.connection.close()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Website) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        machine.environment |= {
            "HTTPS_PROXY": f"http://127.0.0.1:{server.server_port}",
            "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        }
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("website")
def test_the_official_download_is_preferred_to_a_build(machine: Machine) -> None:
    machine.go()
    said = machine.get()
    assert said.status == 0
    assert said.folder.startswith(str(machine.home))
    assert f"Downloading Pulumi {VERSION}" in said.told
    assert Path(said.folder, "pulumi-language-python").read_text() == "an official program\n"
    assert machine.left() == {"pulumi", "pulumi-language-python"}
    assert machine.builds() == 0
    shutil.rmtree(machine.programs)
    assert machine.get() == Said(0, said.folder, "")


@pytest.mark.usefixtures("website")
def test_an_official_download_that_fails_leaves_nothing_and_it_is_built(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules[__name__], "INSTALLER", '#!/bin/sh\necho > "$3/half"; exit 7\n')
    machine.go()
    said = machine.get()
    assert said.status == 0
    assert machine.builds() == 1
    assert machine.left() == FOUR
