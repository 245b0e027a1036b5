"""The stories catch mistakes: each is planted in a copy of the package, and somebody must notice.

A mistake names the step of a story that notices it. The stories are the same each time.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import strategies as st

import pulumi_cloudflare_access
from access.mutations import MUTATIONS, Mutation
from access.programs import OUR_MISTAKE, Wrong
from access.story import STEPS
from access.test_programs import SAME_EACH_TIME, hold

PACKAGE = Path(pulumi_cloudflare_access.__file__).parent


def copied(folder: Path) -> dict[str, str]:
    """Copy the package, and return an environment in which the copy is found first."""
    shutil.copytree(PACKAGE, folder / PACKAGE.name, ignore=shutil.ignore_patterns("__pycache__"))
    return {**os.environ, "PYTHONPATH": str(folder)}


def test_an_unchanged_copy_passes(tmp_path: Path) -> None:
    hold(copied(tmp_path), SAME_EACH_TIME, st.permutations(STEPS), stories=2)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.called.replace(" ", "-"))
def test_a_mistake_is_caught(mutation: Mutation, tmp_path: Path) -> None:
    environment = copied(tmp_path)
    file = tmp_path / PACKAGE.name / mutation.file
    text = file.read_text()
    assert text.count(mutation.was) == 1, f"{mutation.file} has changed: mend the mutation"
    file.write_text(text.replace(mutation.was, mutation.now))
    with pytest.raises(Wrong) as caught:
        hold(environment, SAME_EACH_TIME, st.just([mutation.step] * 4), stories=20)
    # A mutation that breaks the package altogether shows nothing.
    assert OUR_MISTAKE not in str(caught.value)
