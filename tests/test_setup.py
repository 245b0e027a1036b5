"""What a newcomer types: `make`, `make setup`, `eval "$(make -s env)"`.

In a copy of the checkout whose path has a space and a quote, with this set-up's virtualenv and CLI.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = """
import os, sys
from importlib.metadata import version
import pulumi
from pulumi import dynamic

class Provider(dynamic.ResourceProvider):
    def create(self, props):
        made = {"plugin": sys.prefix, "sdk": version("pulumi")}
        return dynamic.CreateResult("1", {**props, **made})

class Thing(dynamic.Resource):
    plugin: pulumi.Output[str]
    sdk: pulumi.Output[str]

    def __init__(self, name):
        super().__init__(Provider(), name, {"plugin": None, "sdk": None})

thing = Thing("thing")
pulumi.export("plugin", thing.plugin)
pulumi.export("sdk", thing.sdk)
pulumi.export("program", sys.prefix)
"""
# What the user's own stacks may be run with.
USERS = {
    "PULUMI_ACCESS_TOKEN": "pul-secret",
    "PULUMI_BACKEND_URL": "https://api.pulumi.com",
    "PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere",
    "PULUMI_CREDENTIALS_PATH": "/nowhere",
    "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
    "PULUMI_STACK": "production",
    "PYTHONHOME": "",
}
TOOLS = ("awk", "cat", "env", "mkdir", "rm", "sed", "sh", "test", "touch")


class Checkout:
    """A copy of what set-up needs, set up."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "it's a checkout"
        self.home = folder / "home"
        self.home.mkdir()
        for name in ("Makefile", "pyproject.toml", "tests/pulumi_cli", "tests/requirements"):
            whence, to = ROOT / name, self.root / name
            to.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if whence.is_dir() else shutil.copy)(whence, to)
        (self.root / ".venv").symlink_to(ROOT / ".venv")
        stamps = self.root / "build" / "setup"
        stamps.mkdir(parents=True)
        pulumi = shutil.which("pulumi")
        assert pulumi
        (stamps / "python").write_text(f"{Path(sys.executable).resolve()}\n")
        (stamps / "package").touch()
        (stamps / "pulumi").write_text(f"{Path(pulumi).parent}\n")

    def make(self, *words: str, path: str | None = None) -> subprocess.CompletedProcess[str]:
        make = shutil.which("make")
        assert make
        return subprocess.run(
            [make, *words],
            cwd=self.root,
            env=self.environment() | ({"PATH": path} if path else {}),
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

    def shell(self, script: str, folder: Path) -> str:
        """Run a script in a shell of the user's that has evaluated `make -s env`."""
        make_env = 'eval "$(make -s -C "$CHECKOUT" env)"'
        run = subprocess.run(
            ["sh", "-euc", f"{make_env}\n{script}"],
            cwd=folder,
            env=self.environment() | USERS | {"CHECKOUT": str(self.root)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert run.returncode == 0, run.stdout
        return run.stdout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Make the user a program outside the checkout."""
    project = tmp_path / "my own stack"
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    (project / "__main__.py").write_text(PROGRAM)
    return project


def test_make_alone_says_what_there_is_to_make(checkout: Checkout) -> None:
    said = checkout.make()
    assert said.returncode == 0
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony
    assert [line.split()[1] for line in said.stdout.splitlines()] == phony[1].split()


def test_a_set_up_that_is_done_is_not_done_again(checkout: Checkout) -> None:
    assert checkout.make("--question", "setup").returncode == 0


def test_what_was_removed_since_is_made_again(checkout: Checkout) -> None:
    (checkout.root / ".venv").unlink()
    done = checkout.make("--dry-run", "setup").stdout
    assert "-m venv --clear .venv" in done
    assert "tests/pulumi_cli/get.py" in done


@pytest.mark.parametrize("changed", ["pyproject.toml", "tests/requirements/newest.txt"])
def test_a_changed_lock_or_pyproject_makes_the_virtualenv_anew(
    checkout: Checkout, changed: str
) -> None:
    stamp = (checkout.root / "build/setup/package").stat().st_mtime
    os.utime(checkout.root / changed, (stamp + 1, stamp + 1))
    done = checkout.make("--dry-run", "setup").stdout
    assert "-m venv --clear .venv" in done
    assert "install.sh" in done


@pytest.mark.parametrize("by", ["uv", "pip"])
def test_a_package_whose_hash_is_not_the_locks_is_not_installed(tmp_path: Path, by: str) -> None:
    lock = (ROOT / "tests/requirements/newest.txt").read_text()
    [entry] = re.findall(r"^idna==(?:.*\\\n)*.*\n", lock, re.MULTILINE)
    for name, text in (("right", entry), ("wrong", re.sub("[0-9a-f]{64}", "0" * 64, entry))):
        (tmp_path / name).write_text(text)
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    script = ROOT / "tests/requirements/install.sh"
    # uv is looked for in the checkout's virtualenv; in a folder without one, pip does it all.
    folder = ROOT if by == "uv" else tmp_path

    def install(which: str) -> subprocess.CompletedProcess[str]:
        python = tmp_path / "venv/bin/python"
        return subprocess.run(
            ["sh", script, python, tmp_path / which, os.devnull],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )

    refused = install("wrong")
    assert refused.returncode == 1
    assert "The packages could not be fetched" in refused.stderr
    assert not list(tmp_path.glob("venv/lib/*/site-packages/idna"))
    assert install("right").returncode == 0
    assert list(tmp_path.glob("venv/lib/*/site-packages/idna"))


def test_without_a_new_enough_python_set_up_says_what_to_do(
    checkout: Checkout, tmp_path: Path
) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (programs / tool).symlink_to(found)
    (programs / "python3").write_text("#!/bin/sh\nexit 1 # that is too old\n")
    (programs / "python3").chmod(0o755)
    shutil.rmtree(checkout.root / "build")
    said = checkout.make("setup", path=str(programs))
    assert said.returncode != 0
    assert "There is no Python 3.11 or newer on the PATH. Install one" in said.stderr
    assert "make PYTHON=/path/to/python3" in said.stderr
    assert not list((checkout.root / "build/setup").iterdir())


def test_the_environment_is_exports_and_nothing_else(checkout: Checkout) -> None:
    said = checkout.make("-s", "env")
    assert said.returncode == 0
    for line in said.stdout.splitlines():
        assert re.match(r"export [A-Z_]+=|unset [A-Z_]+$", line), line


def test_a_second_eval_changes_nothing_but_the_path(checkout: Checkout, tmp_path: Path) -> None:
    again = 'env | sort > one; eval "$(make -s -C "$CHECKOUT" env)"; env | sort > two'
    checkout.shell(again, tmp_path)
    one, two = ((tmp_path / name).read_text().splitlines() for name in ("one", "two"))
    assert [line.partition("=")[0] for line in one] == [line.partition("=")[0] for line in two]
    assert {line.partition("=")[0] for line in set(one) ^ set(two)} <= {"PATH"}


def test_nothing_of_the_users_own_stacks_gets_through(checkout: Checkout, tmp_path: Path) -> None:
    there = dict(line.partition("=")[::2] for line in checkout.shell("env", tmp_path).splitlines())
    assert {name: there[name] for name in USERS if name in there} == {
        "PULUMI_BACKEND_URL": f"file://{checkout.root}/build/pulumi/state"
    }


@pytest.mark.engine
@pytest.mark.parametrize("oldest", [False, True], ids=["newest", "oldest"])
@pytest.mark.parametrize("how", ["activated", "named", "commanded"])
def test_a_program_and_its_plugin_run_in_the_interpreter_that_is_asked_for(
    checkout: Checkout, project: Path, how: str, *, oldest: bool
) -> None:
    """By the virtualenv that is active, by `runtime.options.virtualenv`, by PULUMI_PYTHON_CMD."""
    wanted = ROOT / ("build/oldest" if oldest else ".venv")
    asked = ""
    if how == "activated":
        asked = f"PATH='{wanted}/bin':\"$PATH\""
    elif how == "commanded":
        asked = f"export PULUMI_PYTHON_CMD='{wanted}/bin/python'"
    else:
        options = f"runtime: {{name: python, options: {{virtualenv: '{wanted}'}}}}"
        (project / "Pulumi.yaml").write_text(f"name: mine\n{options}\n")
    said = checkout.shell(
        f"{asked}\npulumi stack init dev\npulumi up --yes --skip-preview --non-interactive\n"
        "pulumi stack output --shell\npulumi destroy --yes --skip-preview --non-interactive",
        project,
    )
    found = dict(re.findall(r"^(plugin|program|sdk)='?(.*?)'?$", said, re.MULTILINE))
    assert {Path(found[each]).resolve() for each in ("plugin", "program")} == {wanted.resolve()}
    assert (found["sdk"] == "3.216.0") == oldest
    # The state is the checkout's, and the user's home is as it was.
    assert list((checkout.root / "build/pulumi/state/.pulumi/stacks/mine").glob("dev.json*"))
    assert list(checkout.home.rglob("*")) == []
