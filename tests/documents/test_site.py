"""The site can be made without a warning, and whatever a document points at is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from harness.documents import PAGES, ROOT, blocks

# What GitHub shows as it is. The site checks the links of docs/ itself, anchors included.
BY_GITHUB = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md")),
    *sorted((ROOT / "examples").rglob("README.md")),
]


def test_the_site_is_made_without_a_warning(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    run = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    texts = {path.relative_to(tmp_path): path.read_text() for path in tmp_path.rglob("*.html")}
    # What is made from the code has been made.
    assert not [path for path, text in texts.items() if re.search("<!-- (facts|list): ", text)]
    assert "cloudflare-access stacks drift" in texts[Path("reference/command.html")]
    assert "and no preview has shown it" in texts[Path("reference/errors.html")]
    assert "allow_no_policies=True" in texts[Path("reference/errors.html")]
    assert "delete_in_use" in texts[Path("reference/switches.html")]
    assert "rules.email_domain" in texts[Path("reference/rules.html")]
    assert "max_removals" in texts[Path("reference/user-group-members.html")]
    for example in (ROOT / "examples").glob("[0-9]*"):
        assert "import pulumi" in texts[Path("examples") / f"{example.name}.html"].replace(
            '<span class="kn">import</span><span class="w"> </span><span class="nn">', "import "
        )


@pytest.mark.parametrize("page", BY_GITHUB, ids=lambda page: str(page.relative_to(ROOT)))
def test_what_a_page_links_to_is_there(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    local = [link for link in links if not link.startswith("https://")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_readme_is_read_in_ten_minutes() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) <= 150


def test_a_test_that_a_page_names_is_there_and_knows_the_page() -> None:
    """`<!-- run: tests/… -->`: the block is run by that test."""
    named = [
        (block, said)
        for page in PAGES
        for block in blocks(page)
        for said in block.noted("run")
        if said.startswith("tests/")
    ]
    assert named
    for block, said in named:
        assert str(block.page.relative_to(ROOT)) in (ROOT / said).read_text(), block
