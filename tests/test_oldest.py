"""The main job with the oldest Pulumi SDK that is supported, and the oldest of everything else."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.earlier import put_back
from harness.fields import Person
from harness.stack import Stack

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

OLDEST = Path(__file__).resolve().parent.parent / "build" / "oldest"
PROGRAM = """
staff = cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
cloudflare.AccessGroup(
    "engineers", name="Engineers", include=[rules.email("ada@example.com"), rules.group(staff)]
)
"""


@pytest.fixture
def stack(tmp_path: Path, cloudflare: LocalCloudflare) -> Stack:
    """Make a stack whose program and plugin run in the oldest environment."""
    if not (OLDEST / "bin" / "python").exists():
        pytest.fail(f"there is no {OLDEST}: `make test` makes it, `make build/setup/oldest` alone")
    stack = Stack(tmp_path / "stack", cloudflare, virtualenv=OLDEST)
    # The program's interpreter is that environment's, whatever shell the tests were started from.
    stack.environment.pop("VIRTUAL_ENV", None)
    return stack


def test_the_oldest_sdk_is_the_one_that_the_package_names() -> None:
    code = "from importlib.metadata import version; print(version('pulumi'))"
    found = subprocess.run(
        [str(OLDEST / "bin" / "python"), "-c", code], capture_output=True, text=True, check=True
    )
    project = (Path(__file__).parent.parent / "pyproject.toml").read_text()
    major, minor, _ = found.stdout.split(".")
    assert f'"pulumi>={major}.{minor},' in project


def test_the_main_job_works_with_the_oldest_sdk(stack: Stack, colleague: Colleague) -> None:
    stack.program(PROGRAM + "import sys; pulumi.export('ran_in', sys.prefix)")
    stack.up()
    assert stack.outputs() == {"ran_in": str(OLDEST)}
    assert stack.settled()
    colleague.let_in("Engineers", "mallory@example.net")
    stack.program(PROGRAM.replace("Engineers", "Developers"))
    refused = stack.up(ok=False)
    # That SDK leaves out what kind of error it is.
    assert 'error: Exception calling application: Access group "Engineers"' in refused.text
    assert "no preview has shown it: include: + email mallory@example.net" in refused.text
    assert "Traceback" not in refused.text
    assert "include: + email mallory@example.net" in stack.refresh().text
    assert stack.plan().paths("engineers") == {
        'include["email mallory@example.net"]': "delete",
        "name": "update",
    }
    stack.up()
    assert colleague.members("Developers") == {"ada@example.com", colleague.group("Staff")["id"]}
    stack.destroy()
    assert colleague.groups() == {}


def test_look_ups_and_mistakes_work_with_the_oldest_sdk(stack: Stack, colleague: Colleague) -> None:
    get = 'found = cloudflare.AccessGroup.get("found", "{id}")\npulumi.export("name", found.name)\n'
    id_ = colleague.make("Found", {"email": {"email": "ada@example.com"}})
    mine = 'cloudflare.AccessGroup("mine", name="Mine", include=[rules.group(found)])\n'
    stack.program(get.format(id=id_) + mine)
    stack.up()
    assert stack.outputs() == {"name": "Found"}
    assert stack.plan().changed() == {"found": "read"}

    stack.program(get.format(id="00000000-0000-4000-8000-000000000000"))
    refused = stack.up(ok=False)
    assert "error: Exception calling application: GET /accounts/" in refused.text
    assert "Traceback" not in refused.text

    # What the program keeps secret stays so.
    quiet = 'cloudflare.AccessGroup("q", name=Output.secret("Quiet"), include=[rules.everyone()])'
    stack.program(quiet)
    stack.up()
    colleague.edit("Quiet", name="Quiet 2")
    said = stack.refresh().text
    assert "changed at Cloudflare: name: changed (it is secret)" in said
    assert "Quiet" not in said

    # What the program hands to check in reserved inputs arrives there too.
    twice = 'cloudflare.AccessGroup("{name}", name="Mine", include=[rules.everyone()], adopt=True)'
    stack.program("\n".join(twice.format(name=name) for name in ("one", "two")))
    refused = stack.preview(ok=False)
    assert 'adopt: "one" adopts this object already' in refused.text
    assert "Traceback" not in refused.text


NAMES = """
from pulumi_cloudflare_access import grants, scopes

app = cloudflare.AccessApplication("app", domain="app.example.com", tags=["__t"])
cloudflare.AccessApplicationPolicies("policies", application=app, policies=[
    {{"name": "__Block", "decision": "deny", "include": [rules.email("__svc@example.com")]}},
    {{"name": "Allow", "decision": "allow", "include": [rules.geo("{country}")]}},
])
cloudflare.AccessApplication("targets", type="infrastructure", name="__targets", target_criteria=[
    {{"port": 22, "protocol": "SSH", "target_attributes": {{"__x": ["__y"]}}}}])
everything = cloudflare.ResourceGroup("all", name="__all", scope=scopes.account())
rights = [grants.allow("Zone Read", on=everything)]
group = cloudflare.UserGroup("group", name="__rights", policies=rights)
cloudflare.UserGroupMembers("members", group=group, members=["__svc@example.com"])
"""


def test_names_that_begin_with_two_underscores_are_lost_by_no_sdk(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    """Those before 3.231 drop such keys, at any depth, from what they hand to a plugin."""
    cloudflare.seed({"access/tags": [{"name": "__t"}], "members": [{"email": "__svc@example.com"}]})
    apps, groups = Person(cloudflare, "apps"), Person(cloudflare, "iam/user_groups")

    def nothing_is_lost() -> None:
        by_type = {app["type"]: app for app in apps.look()}
        own = apps.look(f"{by_type['self_hosted']['id']}/policies")
        assert [(policy["name"], policy["decision"]) for policy in own] == [
            ("__Block", "deny"),
            ("Allow", "allow"),
        ]
        assert by_type["self_hosted"]["tags"] == ["__t"]
        [criterion] = by_type["infrastructure"]["target_criteria"]
        assert criterion["target_attributes"] == {"__x": ["__y"]}
        [group] = groups.look()
        assert [one["email"] for one in groups.look(f"{group['id']}/members")] == [
            "__svc@example.com"
        ]

    stack.program(NAMES.format(country="DE"))
    assert "<U+005F>_Block" in stack.preview("--diff").text
    stack.up()
    nothing_is_lost()
    assert stack.settled()
    # A state of a version that had such keys: shown, refreshed and changed without a loss.
    assert put_back(stack)
    assert stack.plan().changed() == {}
    assert "changed at Cloudflare" not in stack.refresh().text
    assert put_back(stack)
    stack.program(NAMES.format(country="FR"))
    assert stack.plan().changed() == {"policies": "update"}
    stack.up()
    nothing_is_lost()
    assert stack.settled()
    stack.destroy()
    assert (apps.look(), groups.look()) == ([], [])


COMPONENTS = """
from pulumi_cloudflare_access import grants, scopes

eu = cloudflare.Cloudflare("eu", account_id="{account}", api_token_env="CF_EU_TOKEN")
first = cloudflare.AccessGroup("first", name="First", include=[rules.everyone()])
opts = ResourceOptions(provider=eu, protect={protect}, depends_on=[first])
team = cloudflare.Team("team", name="Engineers", people=["ada@example.com"], opts=opts, grants=[
    grants.allow("Zone Read", on=scopes.zones({{"shop": "{zone}"}}))])
policy = {{"name": "Team", "decision": "allow", "include": [rules.group(team.access_group)]}}
cloudflare.ProtectedApplication("wiki", domain="wiki.example.com", policies=[policy], opts=opts)
cloudflare.PolicySet("set", policies=[policy], opts=opts, applications={{
    "shop": {{"domain": "shop.example.com"}}}})
"""
PARTS = {
    *("team-access", "team-shop", "team-rights", "team-members"),
    *("wiki-application", "wiki-policies", "set-Team", "set-shop"),
}


def test_components_and_their_options_work_with_the_oldest_sdk(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    eu = cloudflare.add_account()
    zone = cloudflare.add_zone(account=eu)
    cloudflare.seed({"accounts": {eu.id: {"members": [{"email": "ada@example.com"}]}}})
    stack.environment["CF_EU_TOKEN"] = eu.token
    stack.program(COMPONENTS.format(account=eu.id, zone=zone.id, protect=True))
    stack.up()
    state = stack.state()
    for part in PARTS:
        kept = state[part]
        assert kept["inputs"]["account_id"] == eu.id
        assert kept["protect"] is True, part
        assert kept["provider"].split("::")[-2] == "eu", part
        assert state["first"]["urn"] in kept["dependencies"], part
        assert state[part.partition("-")[0]]["urn"] == kept["parent"]
    assert stack.settled()
    stack.program(COMPONENTS.format(account=eu.id, zone=zone.id, protect=False))
    stack.up()
    stack.destroy()
    assert stack.state() == {}


def test_many_accounts_are_driven_with_it_too(stack: Stack) -> None:
    stack.program(PROGRAM)
    account = {
        "name": "dev",
        "account_id": stack.cloudflare.account_id,
        "api_token_env": "TOKEN",
        "config": {
            "cloudflare:baseUrl": stack.cloudflare.base_url,
            "cloudflare-access:allowLoopback": True,
        },
    }
    accounts = stack.folder / "accounts.yaml"
    accounts.write_text(json.dumps([account]))
    command = [str(OLDEST / "bin" / "python"), "-m", "pulumi_cloudflare_access.cli", "stacks"]
    for operation, told in (("up", "2 created"), ("drift", "no drift"), ("cancel", "unlocked")):
        yes = ["--yes"] if operation == "up" else []
        run = subprocess.run(
            [*command, operation, str(accounts), "--program", str(stack.project), *yes],
            env={**stack.environment, "TOKEN": stack.cloudflare.token},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (run.returncode, told in run.stdout) == (0, True), run.stdout + run.stderr
