"""Out of the states of other tools come ids, names and modules, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from harness.local import strict
from pulumi_cloudflare_access.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pulumi_cloudflare_access import LocalCloudflare

CANARY = "canary-of-another-tool"


@pytest.fixture
def live() -> Iterator[LocalCloudflare]:
    with strict() as live:
        yield live


@pytest.fixture
def ids(live: LocalCloudflare) -> dict[str, str]:
    """Have somebody make what the other tool says that it has, and more."""
    include: list[dict[str, Any]] = [{"everyone": {}}]
    groups = [{"name": name, "include": include} for name in ("Staff", "Ops", "By hand")]
    policy = {"name": "Allow", "decision": "allow", "include": include}
    app = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}
    made = live.seed(
        {
            "access/groups": groups,
            "access/policies": [policy],
            "access/apps": [{**app, "policies": [{**policy, "name": "own"}]}],
            "iam/user_groups": [{"name": "Team"}],
        }
    )
    staff, ops, _ = (one["id"] for one in made["access/groups"])
    return {
        "staff": staff,
        "ops": ops,
        "policy": made["access/policies"][0]["id"],
        "app": made["access/apps"][0]["id"],
        "own": made["access/apps"][0]["policies"][0]["id"],
        "team": made["iam/user_groups"][0]["id"],
    }


def new(live: LocalCloudflare, folder: Path, *options: str, status: int = 0) -> str:
    environment = {"CLOUDFLARE_ACCESS_LOCAL": live.environment["CLOUDFLARE_ACCESS_LOCAL"]}
    run = CliRunner().invoke(main, ["adopt", "new", str(folder), *options], env=environment)
    assert run.exit_code == status, run.output
    return run.output


def resource(type_: str, name: str, *held: dict[str, Any], **more: Any) -> dict[str, Any]:
    keys = [{}] if len(held) == 1 else [{"index_key": key} for key in ('a "b"', "c")]
    instances = [
        {"attributes": {**one, "secret": CANARY}, **key}
        for one, key in zip(held, keys, strict=False)
    ]
    return {"mode": "managed", "type": type_, "name": name, "instances": instances, **more}


def terraform(version: int, ids: dict[str, str], account: str) -> dict[str, Any]:
    zero = "zero_trust_" if version == 5 else ""
    own = {"id": ids["own"], "application_id": ids["app"]}
    return {
        "version": 4,
        "resources": [
            resource(
                f"cloudflare_{zero}access_group",
                "people",
                {"id": ids["staff"]},
                {"id": f"{account}/{ids['ops']}"},
                module="module.teams",
            ),
            resource(f"cloudflare_{zero}access_policy", "own", own),
            resource(f"cloudflare_{zero}access_policy", "allow", {"id": ids["policy"]}),
            resource(f"cloudflare_{zero}access_application", "wiki", {"id": ids["app"]}),
            resource("cloudflare_user_group", "team", {"id": ids["team"]}),
            resource("cloudflare_list", "blocked", {"id": "0" * 32}),
            resource(f"cloudflare_{zero}access_group", "gone", {"id": "1" * 32}),
            resource("aws_instance", "other", {"id": "i-1"}),
            {**resource("cloudflare_zone", "data", {"id": "2" * 32}), "mode": "data"},
        ],
    }


@pytest.mark.parametrize("version", [4, 5])
def test_a_terraform_state_gives_names_and_the_account_everything_else(
    version: int, live: LocalCloudflare, ids: dict[str, str], tmp_path: Path
) -> None:
    state = tmp_path / "terraform.tfstate"
    state.write_text(json.dumps(terraform(version, ids, live.account_id)))
    folder = tmp_path / "infra"
    said = new(live, folder, "--from-terraform", str(state))
    assert json.loads((folder / "adopt.json").read_text())["ids"] == {
        "AccessApplication::wiki": ids["app"],
        "AccessApplicationPolicies::wiki-policies": ids["app"],
        "AccessGroup::teams-people-a-b": ids["staff"],
        "AccessGroup::teams-people-c": ids["ops"],
        "AccessPolicy::allow": ids["policy"],
        "UserGroup::team": ids["team"],
    }
    assert "cloudflare_list.blocked: stays there" in said
    assert f"{'1' * 32}: is in the other tool's state" in said
    assert "aws_instance" not in said
    removed = (folder / "removed.tf").read_text()
    zero = "zero_trust_" if version == 5 else ""
    assert removed.count("removed {") == 6
    assert f"  from = module.teams.cloudflare_{zero}access_group.people\n" in removed
    assert removed.count("destroy = false") == 6
    assert r"""access_group.people["a \"b\""]'""" in removed
    for file in folder.iterdir():
        assert CANARY not in file.read_text()


@pytest.mark.parametrize("prefix", ["", "ZeroTrust"])
def test_an_exported_stack_gives_the_names_of_its_program(
    prefix: str, live: LocalCloudflare, ids: dict[str, str], tmp_path: Path
) -> None:
    def of(word: str, name: str, id_: str, **inputs: Any) -> dict[str, Any]:
        type_ = f"cloudflare:index/{word[0].lower()}{word[1:]}:{word}"
        urn = f"urn:pulumi:dev::old::{type_}::{name}"
        return {"urn": urn, "type": type_, "id": id_, "inputs": {**inputs, "secret": CANARY}}

    wiki, own = ids["app"], ids["own"]
    resources = [
        of(f"{prefix}AccessGroup", "staff", ids["staff"]),
        of(f"{prefix}AccessApplication", "wiki", f"{live.account_id}/{wiki}"),
        of(f"{prefix}AccessPolicy", "own", own, applicationId=wiki),
        of("Zone", "zone", "3" * 32),
    ]
    export = tmp_path / "export.json"
    export.write_text(json.dumps({"deployment": {"resources": resources}}))
    folder = tmp_path / "infra"
    said = new(live, folder, "--from-pulumi", str(export))
    assert json.loads((folder / "adopt.json").read_text())["ids"] == {
        "AccessApplication::wiki": wiki,
        "AccessApplicationPolicies::wiki-policies": wiki,
        "AccessGroup::staff": ids["staff"],
    }
    lines = (folder / "let_go.sh").read_text().splitlines()
    # Dependants first.
    assert [
        line.rpartition("::")[2].strip("'") for line in lines if line.startswith("pulumi ")
    ] == [
        "own",
        "wiki",
        "staff",
    ]
    assert "zone: stays there" in said


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"resources": [{}]}', '{"deployment": 1}'])
@pytest.mark.parametrize("option", ["--from-terraform", "--from-pulumi"])
def test_a_file_that_is_no_state_is_told(
    option: str, text: str, live: LocalCloudflare, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    state.write_text(text)
    said = new(live, tmp_path / "infra", option, str(state), status=1)
    assert said.startswith("Error: ")
    assert "state" in said
    assert not (tmp_path / "infra").exists()
