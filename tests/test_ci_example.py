"""Previews in CI: the files are what their hosts document, and a fork needs no token."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

EXAMPLE = Path(__file__).resolve().parent.parent / "examples" / "12_ci_preview"
SCRIPT = "./preview.sh"

# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax
WORKFLOW = {
    *("name", "run-name", "on", "permissions", "env", "defaults", "concurrency", "jobs"),
}
JOB = {
    *("name", "permissions", "needs", "if", "runs-on", "environment", "concurrency", "outputs"),
    *("env", "defaults", "steps", "timeout-minutes", "strategy", "continue-on-error"),
    *("container", "services", "uses", "with", "secrets"),
}
STEP = {
    *("id", "if", "name", "uses", "run", "working-directory", "shell", "with", "env"),
    *("continue-on-error", "timeout-minutes"),
}
# https://docs.gitlab.com/ci/yaml/
GITLAB_JOB = {
    *("after_script", "allow_failure", "artifacts", "before_script", "cache", "coverage"),
    *("dependencies", "environment", "extends", "id_tokens", "image", "inherit", "interruptible"),
    *("needs", "parallel", "release", "resource_group", "retry", "rules", "script", "secrets"),
    *("services", "stage", "tags", "timeout", "trigger", "variables", "when"),
}


def loaded(path: str) -> Any:
    # Not SafeLoader: to YAML 1.1, which PyYAML speaks and GitHub does not, the key "on" is true.
    return yaml.load((EXAMPLE / path).read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - strings


def test_the_workflow_has_documented_keys_and_runs_the_script_without_a_cloudflare_token() -> None:
    workflow = loaded(".github/workflows/preview.yml")
    assert set(workflow) <= WORKFLOW
    assert set(workflow["on"] if isinstance(workflow["on"], dict) else [workflow["on"]]) == {
        "pull_request"
    }
    assert workflow["permissions"] == {"contents": "read"}
    [job] = workflow["jobs"].values()
    assert set(job) <= JOB
    assert all(set(step) <= STEP and ("uses" in step) != ("run" in step) for step in job["steps"])
    assert job["steps"][-1]["run"] == SCRIPT
    assert "CLOUDFLARE" not in (EXAMPLE / ".github/workflows/preview.yml").read_text()


def test_the_gitlab_job_has_documented_keys_and_runs_the_script() -> None:
    [job] = loaded(".gitlab-ci.yml").values()
    assert set(job) <= GITLAB_JOB
    assert all(isinstance(line, str) for line in [*job["before_script"], *job["script"]])
    assert job["script"] == [SCRIPT]
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]


@pytest.mark.engine
def test_a_fork_previews_without_any_token_and_sees_who_gets_in(tmp_path: Path) -> None:
    project = tmp_path / "checkout"
    shutil.copytree(EXAMPLE, project)
    bare = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = bare | {
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        # To the API, there is no way: nothing listens there.
        "HTTPS_PROXY": "http://127.0.0.1:1",
    }
    run = subprocess.run(
        [SCRIPT], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "+ 3 to create" in run.stdout
    assert "email ada@example.com" in run.stdout
    # A mistake is found there, too, and the script can be run again.
    program = project / "__main__.py"
    program.write_text(program.read_text().replace("ada@example.com", "ada"))
    run = subprocess.run(
        [SCRIPT], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "is no e-mail address" in run.stderr
