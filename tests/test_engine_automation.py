"""Pulumi's Automation API: several programs in one process, at the same time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack

pytestmark = pytest.mark.engine

# A process of its own, as users' scripts are: the SDK keeps its settings for as long as it lives.
SCRIPT = """
import json, os, sys, threading
from concurrent.futures import ThreadPoolExecutor

import pulumi
from pulumi import automation
import pulumi_cloudflare_access as cloudflare
from pulumi_cloudflare_access import rules

both_declare = threading.Barrier(2, timeout=60)

def program():
    # In each stack one resource adopts the object. Two of one stack would be a mistake.
    stack = pulumi.get_stack()
    both_declare.wait()
    cloudflare.AccessGroup(stack, name="A", include=[rules.everyone()], adopt=True)
    both_declare.wait()
    if stack == "wrong":
        cloudflare.AccessGroup("again", name="A", include=[rules.everyone()], adopt=True)

def run(name):
    options = automation.LocalWorkspaceOptions(
        env_vars={**os.environ, "PULUMI_PYTHON_CMD": sys.executable},
        project_settings=automation.ProjectSettings("parallel", "python"),
    )
    stack = automation.create_or_select_stack(name, "parallel", program, opts=options)
    config = json.loads(os.environ["CONFIG"])
    stack.set_all_config({k: automation.ConfigValue(v) for k, v in config.items()})
    try:
        return dict(stack.preview().change_summary)
    except automation.CommandError as error:
        return str(error)

with ThreadPoolExecutor(2) as pool:
    print(json.dumps([list(pool.map(run, pair)) for pair in (["one", "two"], ["three", "wrong"])]))
"""


def test_two_stacks_that_run_in_one_process_do_not_know_of_each_other(
    stack: Stack, colleague: Colleague
) -> None:
    script = stack.folder / "parallel.py"
    script.write_text(textwrap.dedent(SCRIPT))
    run = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **stack.environment, "CONFIG": json.dumps(stack.config)},
        # Apart: the SDK now and then complains on stderr of an event loop, after a failed program.
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    print(run.stdout, run.stderr)
    assert run.returncode == 0, run.stderr
    (one, two), (three, wrong) = json.loads(run.stdout.splitlines()[-1])
    assert one == two == three == {"create": 2}
    assert 'adopt: "wrong" adopts this object already' in wrong
    assert colleague.groups() == {}
