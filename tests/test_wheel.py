"""The wheel: what is in it, and that it works in a project of a user's own."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.stack import Stack

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from pulumi_cloudflare_access import LocalCloudflare

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel, without the network."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT],
        capture_output=True,
        check=True,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = next(name for name in names if name.endswith(".dist-info/METADATA"))
        text = archive.read(metadata).decode()
    package = "pulumi_cloudflare_access"
    assert {f"{package}/py.typed", f"{package}/pulumi-plugin.json"} <= names
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {package}
    sources = {str(path.relative_to(ROOT / "provider")) for path in (ROOT / "provider").rglob("*.py")}
    assert {name for name in names if name.endswith(".py")} == sources
    assert "License-Expression: Apache-2.0" in text


@pytest.mark.engine
def test_the_wheel_works_in_a_clean_virtualenv_with_a_users_own_project(
    wheel: Path, tmp_path: Path, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    virtualenv = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", virtualenv], check=True)
    python = virtualenv / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps"]
    subprocess.run([*pip, wheel], check=True)
    site = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        capture_output=True,
        text=True,
        check=True,
    )
    # The dependencies, without fetching them again. A path in a .pth file is no site folder: the
    # checkout, which is installed there by a .pth file of its own, is not seen through it.
    Path(site.stdout.strip(), "dependencies.pth").write_text(sysconfig.get_path("purelib"))

    stack = Stack(tmp_path / "stack", cloudflare, virtualenv=virtualenv)
    stack.environment.pop("VIRTUAL_ENV", None)
    stack.program("""
    cloudflare.AccessGroup("staff", name="Staff", include=[rules.email_domain("example.com")])
    pulumi.export("home", cloudflare.__file__)
    """)
    stack.up()
    assert Path(stack.outputs()["home"]).is_relative_to(virtualenv)
    assert set(colleague.groups()) == {"Staff"}
    assert stack.settled()
    stack.destroy()
