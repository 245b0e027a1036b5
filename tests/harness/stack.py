"""A stack of its own in a temporary folder, driven by the real Pulumi CLI.

Every command and what it said to people is printed: pytest shows the conversation of a failed test.
"""

from __future__ import annotations

import json
import os
import subprocess
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pulumi_cloudflare_access import LocalCloudflare

STACK = "dev"
HEAD = """
import pulumi
from pulumi import Output, ResourceOptions
import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules
"""
# Of the user's environment only what programs need to run at all.
KEPT = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "VIRTUAL_ENV",
    "SSL_CERT_FILE",
)


@dataclass(frozen=True)
class Run:
    """What one command said."""

    status: int
    text: str

    def events(self) -> dict[str, Any]:
        """Read the output of `--json`."""
        found: dict[str, Any] = json.loads(self.text[self.text.index("{") :])
        return found

    def warnings(self, name: str) -> list[str]:
        """Return the warnings of a preview that stand under one resource."""
        return [
            said["message"].strip().removeprefix("warning: ")
            for said in self.events().get("diagnostics", ())
            if said["severity"] == "warning" and said.get("urn", "").rpartition("::")[2] == name
        ]

    def steps(self) -> dict[str, dict[str, Any]]:
        """Return the steps of a preview by resource name; `op` says what would be done."""
        return {step["urn"].rpartition("::")[2]: step for step in self.events()["steps"]}

    def changed(self) -> dict[str, str]:
        """Return what a preview would do, by resource name, unchanged resources left out."""
        return {name: step["op"] for name, step in self.steps().items() if step["op"] != "same"}

    def paths(self, name: str) -> dict[str, str]:
        """Return the changed paths of one resource that people see, and what happens to each."""
        detailed = self.steps()[name].get("detailedDiff") or {}
        return {k: change["kind"] for k, change in detailed.items() if not k.startswith("__")}


class CommandFailedError(AssertionError):
    """A command that was to succeed did not."""


class Stack:
    """One project with one stack; programs are given as text, without the imports."""

    def __init__(
        self,
        folder: Path,
        cloudflare: LocalCloudflare,
        config: Mapping[str, str] | None = None,
        *,
        virtualenv: Path | None = None,
    ) -> None:
        self.folder = folder
        self.cloudflare = cloudflare
        project = folder / "project"
        project.mkdir(parents=True)
        (folder / "state").mkdir()
        self.project = project
        self.environment = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_SUPPRESS_NEO_LINK": "1",
            # What runs on one machine share: here, those of one stack.
            "XDG_CACHE_HOME": str(folder / "cache"),
            "NO_COLOR": "1",
        }
        runtime: dict[str, Any] = {"name": "python"}
        if virtualenv is not None:
            runtime["options"] = {"toolchain": "pip", "virtualenv": str(virtualenv)}
        # YAML can be written as JSON.
        (project / "Pulumi.yaml").write_text(json.dumps({"name": "test", "runtime": runtime}))
        self.program("")
        self.pulumi("stack", "init", STACK)
        self.config = {
            "cloudflare:apiToken": cloudflare.token,
            "cloudflare:baseUrl": cloudflare.base_url,
            "cloudflare-access:accountId": cloudflare.account_id,
            "cloudflare-access:allowLoopback": "true",
            **(config or {}),
        }
        self.configure(self.config)

    def configure(self, config: Mapping[str, str]) -> None:
        """Set the stack's whole config."""
        path = self.project / f"Pulumi.{STACK}.yaml"
        lines = [line for line in path.read_text().splitlines() if line.startswith("encryption")]
        values = [f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in config.items()]
        path.write_text("\n".join([*lines, "config:", *values, ""]))

    def program(self, text: str) -> None:
        """Write the program; the usual imports are there."""
        (self.project / "__main__.py").write_text(HEAD + textwrap.dedent(text))

    def pulumi(self, *arguments: str, ok: bool = True) -> Run:
        """Run one command, both its outputs together."""
        run = subprocess.run(
            ["pulumi", *arguments],
            cwd=self.project,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )
        said = "(JSON)" if run.stdout.startswith("{") else run.stdout
        print(f"$ pulumi {' '.join(arguments)} -> {run.returncode}\n{said}")
        if ok and run.returncode:
            raise CommandFailedError(
                f"pulumi {' '.join(arguments)} -> {run.returncode}\n{run.stdout}"
            )
        return Run(run.returncode, run.stdout)

    def up(self, *flags: str, ok: bool = True) -> Run:
        """Run the update, without a preview first."""
        return self._run("up", "--yes", "--skip-preview", *flags, ok=ok)

    def preview(self, *flags: str, ok: bool = True) -> Run:
        """Run the preview, as text."""
        return self._run("preview", *flags, ok=ok)

    def plan(self, *flags: str) -> Run:
        """Run the preview, as JSON: for `steps`, `changed` and `paths`."""
        return self._run("preview", "--json", *flags)

    def refresh(self, *flags: str, ok: bool = True) -> Run:
        """Run the refresh, without a preview first."""
        return self._run("refresh", "--yes", "--skip-preview", *flags, ok=ok)

    def settled(self) -> bool:
        """Tell whether a look at Cloudflare and then a preview both find nothing to do."""
        run = self.preview("--refresh", "--expect-no-changes", ok=False)
        return run.status == 0 and "warning" not in run.text

    def destroy(self, *flags: str, ok: bool = True) -> Run:
        """Destroy everything."""
        return self._run("destroy", "--yes", "--skip-preview", *flags, ok=ok)

    def state(self) -> dict[str, dict[str, Any]]:
        """Return the resources of the state by name."""
        exported = json.loads(self.pulumi("stack", "export", "--stack", STACK).text)
        resources = exported["deployment"].get("resources") or []
        return {resource["urn"].rpartition("::")[2]: resource for resource in resources}

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        found: dict[str, Any] = json.loads(
            self.pulumi("stack", "output", "--json", "--stack", STACK).text
        )
        return found

    def _run(self, command: str, *flags: str, ok: bool = True) -> Run:
        return self.pulumi(command, "--stack", STACK, "--non-interactive", *flags, ok=ok)
