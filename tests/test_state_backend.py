"""Where a stack's state is: one place, however it is spelled, and none where it is not certain."""

from __future__ import annotations

import json
import os
import pwd
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_cloudflare_access.process.state_backend import UnknownBackendError, backend_of

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = pwd.getpwuid(os.getuid()).pw_dir
URL = "PULUMI_BACKEND_URL"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a project, with a login elsewhere that nobody asks for."""
    (tmp_path / "project" / "src").mkdir(parents=True)
    (tmp_path / "state").mkdir()
    (tmp_path / "home").mkdir()
    return tmp_path / "project"


def project(
    folder: Path, backend: Any = None, name: str = "test", file: str = "Pulumi.yaml"
) -> None:
    told = {"name": name, "runtime": "python"} | ({"backend": backend} if backend else {})
    (folder / file).write_text(json.dumps(told))


def login(folder: Path, current: str) -> dict[str, str]:
    home = folder.parent / "home"
    (home / "credentials.json").write_text(json.dumps({"current": current, "accounts": {}}))
    return {"PULUMI_HOME": str(home), "PULUMI_PROJECT": "test"}


def of(environment: Mapping[str, str], folder: Path = Path("/nowhere")) -> str:
    return backend_of(environment, folder)


# ------------------------------------------------------------------------------- which one it is


def test_the_environment_wins_over_the_project_and_the_project_over_the_login(folder: Path) -> None:
    logged_in = login(folder, "file:///c")
    assert of(logged_in, folder) == "file:///c"
    project(folder, {"url": "file:///b"})
    assert of(logged_in, folder) == "file:///b"
    assert of(logged_in | {URL: "file:///a"}, folder) == "file:///a"


def test_the_project_is_found_from_the_folder_of_its_program(folder: Path) -> None:
    project(folder, {"url": "file:///b"}, file="Pulumi.yml")
    project(folder.parent, {"url": "file:///x"})
    # A program may have folders of others below its project's.
    project(folder / "src", {"url": "file:///y"}, name="another")
    assert of({"PULUMI_PROJECT": "test"}, folder / "src") == "file:///b"


def test_credentials_may_lie_elsewhere_than_the_rest_of_pulumis_home(folder: Path) -> None:
    environment = login(folder, "https://api.pulumi.com")
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "credentials.json").write_text(json.dumps({"current": "s3://states"}))
    environment["PULUMI_CREDENTIALS_PATH"] = str(elsewhere)
    assert of(environment, folder) == "s3://states/"


def test_without_a_login_it_is_the_cloud_that_a_token_is_for(folder: Path) -> None:
    nobody = {"PULUMI_HOME": str(folder / "empty"), "PULUMI_ACCESS_TOKEN": "canary"}
    assert of(nobody, folder) == "https://api.pulumi.com:443/"
    own = nobody | {"PULUMI_API": "https://pulumi.example.com"}
    assert of(own, folder) == "https://pulumi.example.com:443/"


@pytest.mark.parametrize("content", ["{", "[]", '{"current": 5}'])
def test_what_cannot_be_read_is_not_guessed(folder: Path, content: str) -> None:
    environment = login(folder, "file:///a")
    (folder.parent / "home" / "credentials.json").write_text(content)
    with pytest.raises(UnknownBackendError):
        of(environment, folder)
    (folder / "Pulumi.yaml").write_text(": {")
    with pytest.raises(UnknownBackendError, match=r"Pulumi\.yaml cannot be read"):
        of(environment, folder)
    with pytest.raises(UnknownBackendError, match="neither PULUMI_BACKEND_URL nor a login"):
        of({"PULUMI_HOME": str(folder / "empty")})


# ------------------------------------------------------------------------------ how it is spelled


BACKENDS = """
import sys
from pathlib import Path
from pulumi_cloudflare_access.process.state_backend import backend_of
for url in sys.argv[1:]:
    print(backend_of({"PULUMI_BACKEND_URL": url}, Path("/nowhere")))
"""


def test_one_folder_is_one_backend_under_every_spelling(folder: Path) -> None:
    state = folder.parent / "state"
    link = folder.parent / "link"
    link.symlink_to(state)
    # As the engine starts a plugin: in a group of processes of its own, and in another folder.
    relative = os.path.relpath(state)
    spellings = [
        f"file://{state}",
        f"file://{state}/",
        f"file://{state}/../state",
        f"file://{link}",
        f"file://{state}?no_tmp_dir=true",
        f"file://{relative}",
        f"file://./{relative}",
    ]
    told = subprocess.run(
        [sys.executable, "-c", BACKENDS, *spellings],
        cwd=folder,
        process_group=0,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
    assert {*told.splitlines()} == {f"file://{state.resolve()}"}
    assert of({URL: f"file://{state}/other"}) not in told.splitlines()


def test_a_tilde_is_the_users_home_and_signs_may_be_escaped() -> None:
    home = os.path.realpath(HOME)
    assert of({URL: "file://~"}) == f"file://{home}"
    assert of({URL: "file://~/a b"}) == of({URL: "file://~/a%20b"}) == f"file://{home}/a b"
    # As Pulumi has it: the system knows where the home is, whatever the environment says.
    assert of({URL: "file://~/x", "HOME": "/elsewhere"}) == f"file://{home}/x"


ONE_PLACE = [
    ["https://api.pulumi.com", "https://API.pulumi.com/", "https://api.pulumi.com:443"],
    ["s3://states", "s3://states/", "s3://states?region=eu-west-1&awssdk=v2&profile=ci"],
    ["s3://states/a", "s3://states/a/?region=us-east-1"],
    ["s3://states?endpoint=minio:9000", "s3://states?endpoint=http://minio:9000&disableSSL=true"],
    ["gs://states", "gs://states/"],
    [
        "postgres://pulumi:secret-1@db/states?sslmode=disable",
        "postgres://pulumi:secret-2@DB:5432/states",
    ],
]
OTHER_PLACES = [
    "postgres://pulumi@db:5433/states",
    "postgres://pulumi@db/other",
    "postgres://pulumi@db/states?table=other",
    "postgres://somebody@db/states",
    "azblob://states?storage_account=a",
    "azblob://states?storage_account=b",
    "file:///states",
    "http://api.pulumi.com",
    "https://api.pulumi.com/eu",
]


def test_what_says_how_to_get_there_is_no_other_place() -> None:
    ones = [{of({URL: url}) for url in urls} for urls in ONE_PLACE]
    assert [len(one) for one in ones] == [1] * len(ONE_PLACE)
    others = {of({URL: url}) for url in OTHER_PLACES}
    assert len(others.union(*ones)) == len(ONE_PLACE) + len(OTHER_PLACES)
    assert "secret" not in "".join(others.union(*ones))


def test_what_the_environment_adds_to_an_address_belongs_to_it() -> None:
    accounts = [{URL: "azblob://states", "AZURE_STORAGE_ACCOUNT": name} for name in "ab"]
    assert of(accounts[0]) != of(accounts[1])
    assert of({URL: "gs://states", "AZURE_STORAGE_ACCOUNT": "a"}) == of({URL: "gs://states"})


@pytest.mark.parametrize("url", ["state", "./state", "https://[", "postgres://db:x/y"])
def test_what_is_no_address_is_no_backend(url: str) -> None:
    with pytest.raises(UnknownBackendError, match="no URL"):
        of({URL: url})
