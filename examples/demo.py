"""What `make demo` runs: the main job, end to end, with no account.

A story in steps. Each shows its command, the command's own output and what to look at, and is then
held against the facts: the first step that does not do what the story says ends it with status 1.
"""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
from rich.console import Console
from rich.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "build" / "demo"
STACK = "demo"
INTRUDER = "mallory@example.net"
# Seconds. A local server that has not ended by then is a failure of the demo, and is killed.
PATIENCE = 10

console = Console(highlight=False, soft_wrap=True)


class StoryFailed(Exception):  # noqa: N818 - it is the story that failed
    """A step did not do what the story says."""


class Story:
    """The steps told so far, and the world that they happen in."""

    def __init__(self, cloudflare: dict[str, str], environment: dict[str, str]) -> None:
        self.environment = environment
        self.groups_path = f"accounts/{cloudflare['account_id']}/access/groups"
        self.api = httpx.Client(
            base_url=cloudflare["base_url"],
            headers={"Authorization": f"Bearer {cloudflare['token']}"},
            trust_env=False,
        )

    def pulumi(self, *arguments: str) -> str:
        """Run Pulumi, its output shown as it comes, and return that output."""
        command = ["pulumi", *arguments, "--stack", STACK, "--non-interactive"]
        show_command(command)
        if console.is_terminal:
            command += ["--color", "always"]
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            assert process.stdout
            said = []
            for line in process.stdout:
                console.out("  " + line, end="")
                said.append(line)
        if process.returncode:
            raise StoryFailed(f"pulumi {arguments[0]} ended with status {process.returncode}")
        return "".join(said)

    def groups(self) -> dict[str, Any]:
        """Ask the API for the groups, by name."""
        answer = self.api.get(self.groups_path).raise_for_status().json()
        return {group["name"]: group for group in answer["result"]}

    def emails(self) -> set[str]:
        """Ask the API for the addresses in the engineers' group."""
        include = self.groups().get("Engineers", {}).get("include", [])
        return {rule["email"]["email"] for rule in include if "email" in rule}

    def let_in(self, address: str) -> None:
        """Edit the engineers' group behind Pulumi's back."""
        group = self.groups()["Engineers"]
        body = {
            "name": group["name"],
            "include": [{"email": {"email": email}} for email in (*self.emails(), address)],
            "require": [{k: strip(v)} for rule in group["require"] for k, v in rule.items()],
        }
        where = f"{self.groups_path}/{group['id']}"
        show_command(["PUT", f"/{where}", "…"])
        console.print(f"  include + {address}", style="dim")
        self.api.put(where, json=body).raise_for_status()


def strip(fields: dict[str, Any]) -> dict[str, Any]:
    """Leave out what a server adds to a rule; requests may not hold it."""
    return {name: value for name, value in fields.items() if name in {"id", "country_code"}}


def main() -> int:
    """Tell the story; 0 if it is true."""
    if shutil.which("pulumi") is None:
        console.print("There is no pulumi on the PATH: run `make demo`, which sets it up.")
        return 2
    try:
        with ExitStack() as cleanup:
            cleanup.enter_context(clean_folder())
            step(1, "Start a Cloudflare on this machine")
            cloudflare = cleanup.enter_context(local_cloudflare())
            look("An account of your own, with nothing in it. It ends with this demo.")
            tell(Story(cloudflare, pulumi_environment(cloudflare)))
            step(8, "The end")
    except (StoryFailed, httpx.HTTPError, KeyError) as error:
        console.print(Panel(f"{type(error).__name__}: {error}", title="failed", style="red"))
        return 1
    console.print(Panel("Every step did what it said. Nothing is left behind.", style="green"))
    return 0


def tell(story: Story) -> None:
    """Go through the steps, each held against the facts."""
    step(2, "Make what the program declares")
    story.pulumi("stack", "init")
    story.pulumi("up", "--yes")
    look(
        "Two groups, in one run; the second refers to the first by the name it has in the program."
    )
    must(set(story.groups()) == {"Staff", "Engineers"}, "the two groups are not there")
    must("ada@example.com" in story.emails(), "Ada is not among the engineers")

    step(3, "Ask what there is to do")
    said = story.pulumi("preview", "--diff", "--expect-no-changes")
    look("Nothing, although the API gave its lists back in another order.")
    must("3 unchanged" in said, "the preview is not empty")

    step(4, "Somebody lets a friend in, behind our back")
    story.let_in(INTRUDER)
    look(f"{INTRUDER} can now get in wherever engineers can.")
    must(INTRUDER in story.emails(), "the edit did not arrive")

    step(5, "Look at what there is")
    said = story.pulumi("refresh", "--yes", "--skip-preview")
    look("One line under Diagnostics says who: no positions, no ids.")
    must(f"include: + email {INTRUDER}" in said, "the refresh does not name who was let in")

    step(6, "Put it right")
    said = story.pulumi("up", "--yes", "--diff")
    look("The preview shows one entry that goes, and nothing else.")
    must(f"- email {INTRUDER}" in said, "the preview does not name who loses access")
    must(story.emails() == {"ada@example.com", "grace@example.com"}, "it is not put right")

    step(7, "Take it all away")
    story.pulumi("destroy", "--yes", "--skip-preview")
    story.pulumi("stack", "rm", "--yes")
    look("The local Cloudflare is empty again.")
    must(story.groups() == {}, "something is left at Cloudflare")


@contextmanager
def clean_folder() -> Iterator[None]:
    """Keep Pulumi's state and home inside the checkout, and only for now."""
    leavings = [WORK, ROOT / f"Pulumi.{STACK}.yaml"]
    WORK.parent.mkdir(exist_ok=True)
    # One demo at a time in a checkout: they would share the stack.
    with (WORK.parent / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        try:
            remove(leavings)
            (WORK / "state").mkdir(parents=True)
            yield
        finally:
            remove(leavings)


def remove(paths: list[Path]) -> None:
    """Remove folders and files that may be there."""
    for path in paths:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def local_cloudflare() -> Iterator[dict[str, str]]:
    """Run `cloudflare-access local` and give what it says of itself."""
    command = ["cloudflare-access", "local", "--json"]
    show_command(command)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            line = server.stdout.readline()
            try:
                cloudflare: dict[str, str] = json.loads(line)
            except ValueError:
                raise StoryFailed("the local Cloudflare did not start") from None
            console.print(f"  {cloudflare['base_url']}  account {cloudflare['account_id']}")
            yield cloudflare
        finally:
            server.send_signal(signal.SIGTERM)
            try:
                status = server.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                server.kill()
                status = server.wait()
    must(status == 0, f"the local Cloudflare ended with status {status}")


def pulumi_environment(cloudflare: dict[str, str]) -> dict[str, str]:
    """Return the environment of every Pulumi command here: nobody's login, nobody's account."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("CLOUDFLARE_", "PULUMI_"))},
        "CLOUDFLARE_ACCESS_LOCAL": json.dumps(cloudflare),
        "PULUMI_BACKEND_URL": f"file://{WORK / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(WORK / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_SUPPRESS_NEO_LINK": "1",
        # Where the provider keeps its pace and its journal.
        "XDG_CACHE_HOME": str(WORK / "cache"),
    }


def step(number: int, title: str) -> None:
    """Announce a step."""
    console.print()
    console.rule(f"[bold]{number}. {title}", align="left")


def show_command(command: list[str]) -> None:
    """Show a command as one would type it."""
    console.print(f"[cyan]$[/] [bold]{shlex.join(command)}[/]")


def look(sentence: str) -> None:
    """Say what to look at."""
    console.print(f"[yellow]→[/] {sentence}")


def must(true: bool, otherwise: str) -> None:  # noqa: FBT001 - it is the fact itself
    """End the story unless it is true."""
    if not true:
        raise StoryFailed(otherwise)


if __name__ == "__main__":
    sys.exit(main())
