"""Check, run and what comes after, through the real engine."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from harness.worlds import World

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

COMMAND = [sys.executable, "-m", "pulumi_cloudflare_access.cli", "adopt"]
PROGRAM = """
eu = cloudflare.Cloudflare("eu", api_token_env="EU_TOKEN")
us = cloudflare.Cloudflare("us", api_token={token!r})


class Inner(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__("my:mod:Inner", name)
        self.group = cloudflare.AccessGroup(
            name,
            name="Inner",
            include=[rules.email("grace@example.com")],
            opts=ResourceOptions(parent=self, provider=us),
        )


staff = cloudflare.AccessGroup(
    "staff",
    name="Staff",
    include=[rules.email("ada@example.com")],
    opts=ResourceOptions(provider=eu),
)
inner = Inner("staff")
wiki = cloudflare.AccessApplication("wiki", name="Wiki", domain="wiki.example.com")
cloudflare.AccessApplicationPolicies(
    "wiki-policies",
    application=wiki,
    policies=[
        {{"name": "own", "decision": "allow", "include": [rules.group(staff)],
         "require": [rules.group(inner.group)]}}
    ],
)
cloudflare.ProtectedApplication(
    "docs",
    domain="docs.example.com",
    policies=[{{"name": "in", "decision": "allow", "include": [rules.email("ada@example.com")]}}],
)
"""


def command(
    stack: Stack, *arguments: str, stack_option: bool = True
) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [*COMMAND, *arguments, *(("--stack", "dev") if stack_option else ())],
        cwd=stack.project,
        env=stack.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    print(f"$ cloudflare-access adopt {' '.join(arguments)} -> {run.returncode}")
    print(run.stdout, run.stderr)
    return run


def written(cloudflare: LocalCloudflare, since: int) -> list[str]:
    return [asked["method"] for asked in cloudflare.requests[since:] if asked["method"] != "GET"]


def seed(cloudflare: LocalCloudflare, *, country: str = "") -> None:
    people = [{"email": {"email": f"{name}@example.com"}} for name in ("ada", "grace")]
    groups = [
        {"name": n, "include": [one]} for n, one in zip(("Staff", "Inner"), people, strict=True)
    ]
    if country:
        groups[0]["exclude"] = [{"geo": {"country_code": country}}]
    staff, inner = cloudflare.seed({"access/groups": groups})["access/groups"]
    own = {
        "name": "own",
        "decision": "allow",
        "include": [{"group": {"id": staff["id"]}}],
        "require": [{"group": {"id": inner["id"]}}],
    }
    cloudflare.seed(
        {
            "access/apps": [
                {
                    "type": "self_hosted",
                    "name": "Wiki",
                    "domain": "wiki.example.com",
                    "policies": [own],
                },
                {"type": "self_hosted", "name": "Stray", "domain": "stray.example.com"},
            ]
        }
    )


def test_a_program_takes_over_a_live_account_without_a_request(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.environment["EU_TOKEN"] = cloudflare.token
    stack.program(PROGRAM.format(token=cloudflare.token))
    seed(cloudflare, country="FR")

    # One is not as declared: nothing is imported, and what would change is said.
    begun = len(cloudflare.requests)
    refused = command(stack, "run", "--yes")
    assert refused.returncode == 1
    assert "exclude: - geo FR" in refused.stdout
    assert "nothing was imported" in refused.stderr
    assert stack.state() == {}

    stack.program(
        PROGRAM.format(token=cloudflare.token).replace(
            'name="Staff",', 'name="Staff", exclude=[rules.geo("FR")],'
        )
    )
    checked = command(stack, "check", "--every")
    assert checked.returncode == 0
    assert f"AccessGroup staff ({colleague.group('Staff')['id']})" in checked.stdout
    assert 'Access application "Stray"' in checked.stdout
    assert (
        "pulumi import --file import.json --generate-code=false --protect=false" in checked.stdout
    )
    file = stack.project / "import.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert cloudflare.token not in file.read_text()

    # Nobody is there to answer the question.
    assert command(stack, "run").returncode == 1
    run = command(stack, "run", "--yes")
    assert run.returncode == 0
    assert "The preview is empty." in run.stdout
    assert written(cloudflare, begun) == []
    assert stack.state()["wiki"]["type"].endswith("AccessApplication")

    # The program's own new application is made, and nothing else is sent, now or later.
    stack.up()
    assert {*written(cloudflare, begun)} == {"POST"}
    after = len(cloudflare.requests)
    assert stack.settled()
    stack.up("--expect-no-changes")
    assert written(cloudflare, after) == []
    again = command(stack, "run", "--yes")
    assert again.returncode == 0
    assert "Nothing is left to import." in again.stdout


def test_secret_inputs_and_an_older_pulumi_go_by_adopt_for_one_run(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    scim = {
        "idp_uid": "9" * 32,
        "remote_uri": "https://scim.example.com",
        "authentication": {"scheme": "oauthbearertoken", "token": "canary-of-scim"},
    }
    cloudflare.seed(
        {
            "access/apps": [
                {
                    "type": "self_hosted",
                    "name": "Wiki",
                    "domain": "wiki.example.com",
                    "scim_config": scim,
                }
            ]
        }
    )
    stack.program(
        f"""
cloudflare.AccessApplication(
    "wiki", name="Wiki", domain="wiki.example.com", scim_config={json.dumps(scim)}
)
"""
    )
    begun = len(cloudflare.requests)
    checked = command(stack, "check")
    assert checked.returncode == 0
    assert "scim_config" in checked.stdout
    assert not (stack.project / "import.json").exists()
    program = (stack.project / "__main__.py").read_text()
    (stack.project / "__main__.py").write_text(f"import adopt_once\n{program}")
    stack.up()
    (stack.project / "__main__.py").write_text(program)
    (stack.project / "adopt_once.py").unlink()
    assert stack.settled()
    assert written(cloudflare, begun) == []
    for file in stack.project.iterdir():
        if file.is_file() and file.name != "__main__.py":
            assert "canary-of-scim" not in file.read_text()


def test_a_generated_project_takes_its_account_over_and_nothing_is_sent(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    World(cloudflare, 11).fill()
    cloudflare.switches.undocumented_fields = True
    begun = len(cloudflare.requests)
    folder = stack.folder / "infra"
    environment = cloudflare.environment["CLOUDFLARE_ACCESS_LOCAL"]
    stack.environment["CLOUDFLARE_ACCESS_LOCAL"] = environment
    made = command(stack, "new", str(folder), "--zone-id", cloudflare.zone_id, stack_option=False)
    assert made.returncode == 0
    stack.project = folder
    stack.pulumi("stack", "init", "dev")
    run = command(stack, "run", "--yes")
    assert run.returncode == 0
    assert "The preview is empty." in run.stdout
    stack.preview("--expect-no-changes")
    stack.preview("--refresh", "--expect-no-changes")
    stack.up("--expect-no-changes")
    assert written(cloudflare, begun) == []

    # Nothing is left over but what no program can declare, which the project says.
    before = drift(stack)
    assert "differ from the state" not in before.stdout
    strays = [line for line in before.stdout.splitlines() if " in account " in line]
    told = json.loads((folder / "adopt.json").read_text())["left_out"]
    undeclared = [one["object"] for one in told]
    assert [line for line in strays if not any(f"({id_})" in line for id_ in undeclared)] == []
    cloudflare.seed({"access/groups": [{"name": "By hand", "include": [{"everyone": {}}]}]})
    found = drift(stack)
    assert found.returncode == 3
    [new] = {*found.stdout.splitlines()[1:]} - {*before.stdout.splitlines()}
    assert 'Access group "By hand"' in new
    assert written(cloudflare, begun) == []


def drift(stack: Stack) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [*COMMAND[:-1], "drift", "--stack", "dev"],
        cwd=stack.project,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    print(run.stdout, run.stderr)
    return run
