"""Get a Pulumi CLI and print its folder: the first of four places that has one.

1. The PATH, if it is new enough.
2. The user's cache, where 3 and 4 leave it for every checkout.
3. The official download.
4. A build from Go modules, pinned by the go.mod beside this file.

What happens is told on standard error; the folder is all that standard output gets.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path, user_config_path
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).resolve().parent
VERSION = "3.259.0"
OLDEST = (3, 216)
OLDEST_GO = (1, 26)
CLI, TAGS = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "osusergo,grpcnotrace"
WEBSITE = "https://get.pulumi.com/"
# Seconds: to find out that there is no way out, and for the whole download on a slow line.
REACHABLE, DOWNLOAD = 5.0, 600.0
# Seconds between signs of life where no spinner turns.
HEARTBEAT = 30.0
# A Pulumi CLI that runs Python programs is these two, side by side.
PROGRAMS = ("pulumi", "pulumi-language-python")
LANGUAGE_HOST = HERE / "pulumi-language-python"

console = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


class NotToBeHad(Exception):  # noqa: N818 - a sentence, not an accident
    """This place has none; the text says why."""


def main() -> int:
    """Print the folder of a Pulumi CLI; 1, and what to do, where there is none."""
    for ending in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, signal.default_int_handler)
    reasons = []
    for place in (on_path, from_cache, downloaded, built):
        try:
            print(place())
        except NotToBeHad as why:
            reasons.append(str(why))
        except OSError as error:
            reasons.append(f"{place.__name__}: {error}")
        except KeyboardInterrupt:
            console.print("Interrupted; nothing half-made is left.")
            return 130
        else:
            return 0
    console.print("There is no Pulumi CLI to be had:")
    for reason in reasons:
        console.print(f"  - {reason}")
    console.print(
        "Install Pulumi (https://www.pulumi.com/docs/install/), or Go "
        f"{_dotted(OLDEST_GO)} or newer (https://go.dev/dl/), and run the same command again."
    )
    return 1


def on_path() -> Path:
    """Find the user's own CLI."""
    found = shutil.which("pulumi")
    if not found:
        raise NotToBeHad("no pulumi on the PATH")
    version = _version(["pulumi", "version"], {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"})
    if version < OLDEST:
        reason = f"the pulumi on the PATH is {_dotted(version)}, older than {_dotted(OLDEST)}"
        console.print(f"{reason}: looking elsewhere")
        raise NotToBeHad(reason)
    if not shutil.which("pulumi-language-python"):
        reason = "the pulumi on the PATH comes without pulumi-language-python"
        console.print(f"{reason}: looking elsewhere")
        raise NotToBeHad(reason)
    # As the PATH has it: version managers link every program to one of their own.
    return Path(found).absolute().parent


def from_cache() -> Path:
    """Find what an earlier set-up left in the user's cache."""
    folder = _cached() / "bin"
    if not all((folder / program).exists() for program in PROGRAMS):
        raise NotToBeHad(f"none in the cache ({_cached()})")
    _renew_language_host(folder / LANGUAGE_HOST.name)
    return folder


def _renew_language_host(cached: Path) -> None:
    """Bring our language host up to this checkout's, years after the build; leave the official one.

    Other checkouts may be running it: it is replaced, not written to.
    """
    ours = LANGUAGE_HOST.read_bytes()
    was = cached.read_bytes()
    if was.startswith(b"#!") and was != ours:
        with tempfile.TemporaryDirectory(prefix=".new-", dir=_cached().parent) as folder:
            new = Path(folder, cached.name)
            new.write_bytes(ours)
            new.chmod(0o755)
            new.replace(cached)


def downloaded() -> Path:
    """Download the official CLI into the user's cache."""
    import httpx  # noqa: PLC0415 - slow to load, and needed once per machine

    try:
        httpx.head(WEBSITE, timeout=REACHABLE)
    except httpx.HTTPError as error:
        reason = f"no download: {WEBSITE} cannot be reached ({type(error).__name__})"
        raise NotToBeHad(reason) from None
    return _into_cache(_download)


def _download(folder: Path) -> None:
    install = (
        "import sys; from pulumi.automation import PulumiCommand; from semver import VersionInfo;"
        "PulumiCommand.install(root=sys.argv[1], version=VersionInfo.parse(sys.argv[2]))"
    )
    _run(
        f"Downloading Pulumi {VERSION}, usually under a minute",
        [sys.executable, "-c", install, str(folder), VERSION],
        at_most=DOWNLOAD,
    )


def built() -> Path:
    """Build the CLI from Go modules into the user's cache."""
    if not shutil.which("go"):
        raise NotToBeHad("no build from Go modules: there is no Go on the PATH")
    with tempfile.TemporaryDirectory() as folder:
        version = _version(["go", "version"], _go(Path(folder)))
    if version < OLDEST_GO:
        raise NotToBeHad(
            f"no build from Go modules: Go is {_dotted(version)}, older than {_dotted(OLDEST_GO)}"
        )
    return _into_cache(_build)


def _build(folder: Path) -> None:
    bin_ = folder / "bin"
    bin_.mkdir()
    # In a folder of its own beside it: 3 GB of modules and half-done work that end with the build.
    with tempfile.TemporaryDirectory(prefix=".new-go-", dir=folder.parent) as workshop:
        go = _go(Path(workshop))
        _run(
            f"Downloading the sources of Pulumi {VERSION}, usually 20 seconds",
            # Not `go mod download`: it wants modules that no package here needs.
            ["go", "list", "-deps", "-tags", TAGS, CLI],
            environment=go,
        )
        stamp = f"github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
        _run(
            f"Building Pulumi {VERSION}, once per machine, usually 4 minutes on 2 cores",
            [
                *("go", "build", "-tags", TAGS, "-ldflags", f"-s -w -X {stamp}"),
                *("-o", str(bin_ / "pulumi"), CLI),
            ],
            environment=go,
        )
        sdk = _output(["go", "list", "-m", "-f", "{{.Dir}}", "github.com/pulumi/pulumi/sdk/v3"], go)
        for script in (
            LANGUAGE_HOST,
            Path(sdk, "python", "dist", "pulumi-resource-pulumi-python"),
            Path(sdk, "python", "cmd", "pulumi-language-python-exec"),
        ):
            shutil.copyfile(script, bin_ / script.name)
            (bin_ / script.name).chmod(0o755)


def _cached() -> Path:
    return user_cache_path("pulumi-cloudflare-access") / "pulumi" / f"v{VERSION}"


def _into_cache(make: Callable[[Path], None]) -> Path:
    """Fill a folder that takes its place in the cache when everything in it is there.

    One set-up at a time; the others wait and then find it done.
    """
    home = _cached().parent
    home.mkdir(parents=True, exist_ok=True)
    with (home / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with _signs_of_life("Another set-up is getting Pulumi: waiting for it"):
                fcntl.flock(lock, fcntl.LOCK_EX)
        with suppress(NotToBeHad):
            return from_cache()
        # Whatever an earlier one, ended in the middle, has left.
        for leaving in home.glob(".new-*"):
            shutil.rmtree(leaving, ignore_errors=True)
        folder = Path(tempfile.mkdtemp(prefix=".new-", dir=home))
        try:
            make(folder)
            shutil.rmtree(_cached(), ignore_errors=True)
            folder.rename(_cached())
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    return from_cache()


def _go(folder: Path) -> dict[str, str]:
    """Return an environment for Go that leaves its files in this folder and none elsewhere."""
    (folder / "work").mkdir()
    # Telemetry has no other switch, and what it starts would write on after Go is done.
    telemetry = folder / "config" / "go" / "telemetry"
    telemetry.mkdir(parents=True)
    (telemetry / "mode").write_text("off")
    return {
        # The user's own settings, a proxy for modules, say.
        "GOENV": str(user_config_path("go") / "env"),
        **os.environ,
        "GOPATH": str(folder / "path"),
        "GOMODCACHE": str(folder / "modules"),
        "GOCACHE": str(folder / "cache"),
        "GOTMPDIR": str(folder / "work"),
        "GOFLAGS": "-modcacherw -buildvcs=false",
        # Of no project around this one, and not the newer Go that go.mod would have downloaded.
        "GOWORK": "off",
        "GOTOOLCHAIN": "local",
        "XDG_CONFIG_HOME": str(folder / "config"),
    }


def _run(
    doing: str,
    command: list[str],
    *,
    environment: dict[str, str] | None = None,
    at_most: float | None = None,
) -> None:
    """Run a long step with signs of life; its output is shown only if it fails."""
    with (
        _signs_of_life(doing),
        subprocess.Popen(
            command,
            cwd=HERE,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process,
    ):
        try:
            said, _ = process.communicate(timeout=at_most)
        except BaseException as error:
            # With all its children: the installer's curl, Go's compilers.
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(error, subprocess.TimeoutExpired):
                raise NotToBeHad(f"{doing}: not done after {at_most:.0f} s") from None
            raise
    if process.returncode:
        last = "\n    ".join(said.strip().splitlines()[-5:])
        raise NotToBeHad(f"{doing}: failed\n    {last}")


@contextmanager
def _signs_of_life(doing: str) -> Iterator[None]:
    if console.is_terminal:
        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        with Progress(*columns, console=console) as progress:
            progress.add_task(doing, total=None)
            yield
        return
    console.print(f"{doing} …")
    done = threading.Event()

    def beat() -> None:
        seconds = 0.0
        while not done.wait(HEARTBEAT):
            seconds += HEARTBEAT
            console.print(f"  … {seconds:.0f} s")

    thread = threading.Thread(target=beat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _version(command: list[str], environment: dict[str, str]) -> tuple[int, ...]:
    found = re.search(r"(\d+)\.(\d+)(?:\.(\d+))?", _output(command, environment))
    return tuple(int(part) for part in found.groups(default="0")) if found else (0,)


def _output(command: list[str], environment: dict[str, str]) -> str:
    return subprocess.run(
        command, cwd=HERE, env=environment, capture_output=True, text=True, check=False
    ).stdout.strip()


def _dotted(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


if __name__ == "__main__":
    sys.exit(main())
