"""Previews in CI: the files are what their hosts document, and a fork needs no token."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

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
    assert workflow["permissions"] == {"contents": "read", "pull-requests": "write"}
    [job] = workflow["jobs"].values()
    assert set(job) <= JOB
    assert all(set(step) <= STEP and ("uses" in step) != ("run" in step) for step in job["steps"])
    *_, script, summary, comment = job["steps"]
    assert script["run"] == SCRIPT
    assert summary["run"] == 'cat access.md >> "$GITHUB_STEP_SUMMARY"'
    assert comment["run"] == "python comment.py"
    assert comment["if"] == "github.event.pull_request.head.repo.full_name == github.repository"
    assert "CLOUDFLARE" not in (EXAMPLE / ".github/workflows/preview.yml").read_text()


def test_the_gitlab_job_has_documented_keys_and_runs_the_script() -> None:
    [job] = loaded(".gitlab-ci.yml").values()
    assert set(job) <= GITLAB_JOB
    assert all(isinstance(line, str) for line in [*job["before_script"], *job["script"]])
    comment = 'if [ -n "${GITLAB_TOKEN:-}" ]; then python comment.py; fi'
    assert job["script"] == [SCRIPT, comment]
    assert job["artifacts"] == {"paths": ["access.md"]}
    assert job["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "merge_request_event"'}]


class Comments(BaseHTTPRequestHandler):
    """The comments of one pull request, as both hosts keep them."""

    held: ClassVar[list[dict[str, Any]]]
    asked: ClassVar[list[tuple[str, str, str]]]

    def answer(self) -> None:
        token = self.headers["Authorization"] or self.headers["PRIVATE-TOKEN"]
        path, _, query = self.path.partition("?")
        self.asked.append((self.command, path, token))
        data = self.rfile.read(int(self.headers["Content-Length"] or 0))
        if self.command == "GET":
            found: Any = self.held if query.endswith("page=1") else []
        elif self.command == "POST":
            found = {"id": 7, "user": {"login": "github-actions[bot]"}, **json.loads(data)}
            self.held.append(found)
        else:
            (found,) = [one for one in self.held if path.endswith(f"/{one['id']}")]
            found |= json.loads(data)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(found).encode())

    do_GET = do_POST = do_PUT = do_PATCH = answer  # noqa: N815 - its names

    def log_message(self, *_: Any) -> None:
        pass


@pytest.mark.parametrize("host", ["github", "gitlab"])
def test_a_comment_is_made_once_and_updated_in_its_place(host: str, tmp_path: Path) -> None:
    others = {"id": 1, "user": {"login": "eve"}, "body": "What is access.md?"}
    if host == "github":
        # Somebody else's comment, which a token could change.
        others["body"] = "<!-- cloudflare-access report: mine -->"

    class Handler(Comments):
        held: ClassVar = [others]
        asked: ClassVar = []

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        own = {
            "github": {
                "GITHUB_API_URL": url,
                "GITHUB_REPOSITORY": "us/infra",
                "GITHUB_TOKEN": "token",
                "PULL_REQUEST": "12",
            },
            "gitlab": {
                "CI_API_V4_URL": url,
                "CI_PROJECT_ID": "5",
                "CI_MERGE_REQUEST_IID": "12",
                "GITLAB_TOKEN": "token",
            },
        }[host]
        environment = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        for text in ("first", "second"):
            body = f"<!-- cloudflare-access report: infra/prod -->\n{text}"
            (tmp_path / "access.md").write_text(body)
            subprocess.run(
                [sys.executable, EXAMPLE / "comment.py"],
                cwd=tmp_path,
                env={**environment, **own, "no_proxy": "*"},
                check=True,
            )
        server.shutdown()
    first, second = Handler.held
    assert first == others
    assert second["body"] == "<!-- cloudflare-access report: infra/prod -->\nsecond"
    collection, one, verb, token = {
        "github": ("/repos/us/infra/issues/12/comments", "/repos/us/infra/issues/comments/7",
                   "PATCH", "Bearer token"),
        "gitlab": ("/projects/5/merge_requests/12/notes",
                   "/projects/5/merge_requests/12/notes/7", "PUT", "token"),
    }[host]  # fmt: skip
    assert Handler.asked[-1] == (verb, one, token)
    assert ("POST", collection, token) in Handler.asked


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
    assert "+ 5 to create" in run.stdout
    assert "email ada@example.com" in run.stdout
    access = (project / "access.md").read_text()
    assert access.startswith("<!-- cloudflare-access report: ci-preview/preview -->\n")
    assert "| **`wiki.example.com`** | guarded, perhaps |" in access
    # A mistake is found there, too, and the script can be run again.
    program = project / "__main__.py"
    program.write_text(program.read_text().replace("ada@example.com", "ada"))
    run = subprocess.run(
        [SCRIPT], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode != 0
    assert "is no e-mail address" in run.stderr
