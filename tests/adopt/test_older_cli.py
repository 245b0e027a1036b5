"""A Pulumi CLI that takes no outputs from an import file: said, with the way that works."""

from __future__ import annotations

import json
import os
import stat
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

import pulumi_cloudflare_access as cloudflare
from harness.local import config_for, strict
from harness.previewed import preview
from pulumi_cloudflare_access import rules
from pulumi_cloudflare_access.cli import main

if TYPE_CHECKING:
    from pathlib import Path

# Stands in for the Pulumi CLI: says what the files beside it hold.
PULUMI = f"""#!{sys.executable}
import pathlib, sys
here = pathlib.Path(__file__).parent
print((here / sys.argv[1]).read_text())
"""


@pytest.mark.parametrize(("version", "status"), [("v3.253.0", 1), ("v3.254.0", 0)])
def test_an_older_cli_is_told_and_adopts_for_one_run(
    version: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with strict() as live:
        group = {"name": "Staff", "include": [{"everyone": {}}]}
        [made] = live.seed({"access/groups": [group]})["access/groups"]
        config = config_for(live)

        def program() -> None:
            cloudflare.AccessGroup('staff "1"', name="Staff", include=[rules.everyone()])

        answers = {
            "version": version,
            "preview": json.dumps(preview(program, config)),
            "config": json.dumps({name: {"value": value} for name, value in config.items()}),
            "stack": json.dumps({"deployment": {"resources": []}}),
            "pulumi": PULUMI,
        }
        for name, text in answers.items():
            (tmp_path / name).write_text(text)
        (tmp_path / "pulumi").chmod(stat.S_IRWXU)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.delenv("CLOUDFLARE_ACCESS_LOCAL", raising=False)
        run = CliRunner().invoke(main, ["adopt", "check", "--dir", str(tmp_path)])
        assert run.exit_code == 0, run.output
        assert "    1  exact" in run.output
        assert (tmp_path / "import.json").exists() is not bool(status)
        once = tmp_path / "adopt_once.py"
        assert once.exists() is bool(status)
        if status:
            assert "3.254.0 is the first that does" in run.output
            ids = json.loads(once.read_text().partition('r"""')[2].partition('"""')[0])
            assert ids == {'AccessGroup::staff "1"': made["id"]}
            refused = CliRunner().invoke(main, ["adopt", "run", "--yes", "--dir", str(tmp_path)])
            assert refused.exit_code == 1
            assert "nothing was imported" in refused.output
