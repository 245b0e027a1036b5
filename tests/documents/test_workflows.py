"""The project's own workflows: GitHub's schema takes them, and what they say is so here."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from harness.documents import ROOT

FOLDER = ROOT / ".github" / "workflows"
WORKFLOWS = sorted(FOLDER.glob("*.yml"))
EXAMPLE = ROOT / "examples" / "12_ci_preview" / ".github" / "workflows" / "preview.yml"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def loaded(name: str) -> Any:
    # Not SafeLoader: to YAML 1.1, which PyYAML speaks and GitHub does not, the key "on" is true.
    return yaml.load((FOLDER / name).read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - strings


def schema_says(*files: Path) -> subprocess.CompletedProcess[str]:
    schema = ["--builtin-schema", "vendor.github-workflows"]
    command = [sys.executable, "-m", "check_jsonschema", *schema, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_workflows_have_the_form_that_github_documents() -> None:
    assert [path.name for path in WORKFLOWS] == ["check.yml", "release.yml", "site.yml"]
    said = schema_says(*WORKFLOWS, EXAMPLE)
    assert said.returncode == 0, said.stdout


def test_the_schema_finds_what_is_wrong(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text((FOLDER / "check.yml").read_text().replace("runs-on:", "run-on:", 1))
    assert schema_says(wrong).returncode == 1


def test_the_tests_run_on_every_system_and_with_every_version_that_is_supported() -> None:
    matrix = loaded("check.yml")["jobs"]["test"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "macos-latest"]
    assert matrix["sdk"] == ["oldest", "newest"]
    named = {name.rpartition(" ")[2] for name in PROJECT["classifiers"] if ":: 3." in name}
    assert named <= {*matrix["python"]}
    assert PROJECT["requires-python"] == f">={matrix['python'][0]}"
    [oldest] = re.findall(r"pulumi==(\S+)$", (FOLDER / "check.yml").read_text(), re.MULTILINE)
    locked = (ROOT / "tests" / "requirements" / "oldest.txt").read_text()
    assert f"\npulumi=={oldest} " in locked
    assert any(needed.startswith("pulumi>=3.216,") for needed in PROJECT["dependencies"])
    assert oldest.startswith("3.216.")


def test_what_a_workflow_makes_can_be_made() -> None:
    targets = {*re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)}
    made = [
        target
        for path in WORKFLOWS
        for line in re.findall(r"run: make ([a-z ]+)$", path.read_text(), re.MULTILINE)
        for target in line.split()
    ]
    assert {"check", "test", "docs", "setup"} == {*made}
    assert {*made} <= targets


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_do_no_more_than_it_needs(path: Path) -> None:
    workflow = loaded(path.name)
    assert workflow["permissions"] == {"contents": "read"}
    # Nothing secret is kept at GitHub: PyPI trusts this repository's release workflow.
    assert "secrets." not in path.read_text()
    assert "pull_request_target" not in workflow["on"]
    for job in workflow["jobs"].values():
        assert "timeout-minutes" in job
        for step in job["steps"]:
            assert re.fullmatch(r"[\w/-]+@(v\d+|release/v1)", step.get("uses", "x/y@v1"))


def test_a_release_is_what_was_tested_with_the_changelogs_words() -> None:
    jobs = loaded("release.yml")["jobs"]
    assert loaded("release.yml")["on"] == {"push": {"tags": ["v[0-9]*"]}}
    runs = [step.get("run", "") for step in jobs["build"]["steps"]]
    assert [
        i for i, run in enumerate(runs) if "release_notes.py" in run or run == "make check test"
    ]
    assert runs.index("make check test") < runs.index(".venv/bin/python -m build --outdir dist")
    assert (jobs["publish"]["needs"], jobs["announce"]["needs"]) == ("build", "publish")
    assert jobs["publish"]["permissions"] == {"id-token": "write"}
    assert "--notes-file notes.md" in jobs["announce"]["steps"][-1]["run"]


@pytest.fixture
def release_notes() -> ModuleType:
    spec = importlib.util.spec_from_file_location("notes", ROOT / ".github" / "release_notes.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notes_are_the_section_of_the_version(
    release_notes: ModuleType, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "0.2.0"\n')
    changelog = "## Unreleased\n\n- c\n\n## 0.2.0 - 2026-12-01\n\n- b\n- b2\n\n## 0.1.0\n\n- a\n"
    (tmp_path / "CHANGELOG.md").write_text(changelog)
    assert release_notes.notes("v0.2.0", tmp_path) == "- b\n- b2\n"
    assert release_notes.section(changelog, "0.1.0") == "- a\n"
    with pytest.raises(LookupError, match=r"the tag is v0\.1\.0, and pyproject\.toml says 0\.2\.0"):
        release_notes.notes("v0.1.0", tmp_path)
    with pytest.raises(LookupError, match=r"says nothing of 0\.3\.0"):
        release_notes.section(changelog, "0.3.0")
    # A version is no pattern.
    with pytest.raises(LookupError):
        release_notes.section(changelog, "0.2x0")


def test_a_tag_that_is_not_the_version_ends_the_release() -> None:
    run = [sys.executable, str(ROOT / ".github" / "release_notes.py"), "v9.9.9"]
    said = subprocess.run(run, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert "the tag is v9.9.9" in said.stderr
