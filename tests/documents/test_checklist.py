"""What each kind, name, setting and error has to have in the documents: nobody need remember."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import pulumi_cloudflare_access as cloudflare
from harness.documents import ROOT
from pulumi_cloudflare_access import errors, kinds, settings
from pulumi_cloudflare_access.access import application_types
from pulumi_cloudflare_access.program.resource import Resource

DOCS = ROOT / "docs"
README = (ROOT / "README.md").read_text()
INDEX = (DOCS / "reference" / "index.md").read_text()
EXAMPLES = "\n".join(
    path.read_text() for path in (ROOT / "examples").rglob("*.py") if path.parent.name[:2].isdigit()
)
RESOURCES = {
    getattr(cloudflare, name).lifecycle.kind: name
    for name in cloudflare.__all__
    if inspect.isclass(getattr(cloudflare, name))
    and issubclass(getattr(cloudflare, name), Resource)
}
# A part of another object has no name of its own to be looked up by: what finds it instead.
FOUND_BY = {
    "access_application_policies": "get_access_application",
    "access_application_policy": "get_access_application",
    "sso_connector_activation": "get_sso_connector",
    "user_group_member": "get_user_group_members",
    "user_group_members": "get_user_group_members",
}
# Not in a program of examples/ by their own names: `Team` makes them there. A guide shows them.
SHOWN_BY_A_GUIDE = {
    "user_group_member": "docs/guides/teams.md",
    "user_group_members": "docs/guides/teams.md",
}


def page_of(kind: str) -> Path:
    return DOCS / "reference" / f"{kind.replace('_', '-')}.md"


def test_every_kind_is_a_resource() -> None:
    assert RESOURCES.keys() == kinds.KINDS.keys()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_has_a_page_with_its_facts_and_arguments(kind: str) -> None:
    text = page_of(kind).read_text()
    assert text.startswith(f"# {RESOURCES[kind]}\n")
    assert f"<!-- facts: {kind} -->" in text
    assert f"::: pulumi_cloudflare_access.{RESOURCES[kind]}\n" in text


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_has_a_row_in_the_readme_and_in_the_reference(kind: str) -> None:
    name, page = RESOURCES[kind], page_of(kind).name
    assert f"| [`{name}`](docs/reference/{page}) |" in README
    assert f"[`{name}`]({page})" in INDEX


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_is_found_by_a_look_up(kind: str) -> None:
    look_up = FOUND_BY.get(kind, f"get_{kind}")
    assert look_up in cloudflare.__all__
    assert f"`{look_up}`" in (DOCS / "reference" / "look-ups.md").read_text()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_a_kind_is_in_an_example(kind: str) -> None:
    used = rf"\b{RESOURCES[kind]}\("
    where = SHOWN_BY_A_GUIDE.get(kind)
    if where:
        assert not re.search(used, EXAMPLES)
        assert re.search(used, (ROOT / where).read_text())
    else:
        assert re.search(used, EXAMPLES)


@pytest.mark.parametrize("name", [n for n in cloudflare.__all__ if not n.endswith("_output")])
def test_a_public_name_is_in_the_reference(name: str) -> None:
    reference = "\n".join(path.read_text() for path in (DOCS / "reference").glob("*.md"))
    if name.startswith("Get"):
        assert "<!-- list: look-ups -->" in reference
    elif name in {"rules", "grants", "scopes", "CloudflareError", "LookUpError"}:
        assert f"`{name}`" in reference
    elif name.startswith("get_"):
        assert f"`{name}`" in (DOCS / "reference" / "look-ups.md").read_text()
    else:
        assert f"::: pulumi_cloudflare_access.{name}\n" in reference


def test_every_error_has_a_cause_and_a_remedy() -> None:
    declared = [
        name
        for name, of in vars(errors).items()
        if inspect.isclass(of) and issubclass(of, errors.CloudflareError)
    ]
    rows = re.findall(
        r"^\| `(\w+)` \| \S.* \| \S.* \|$", (DOCS / "reference/errors.md").read_text(), re.MULTILINE
    )
    assert rows == [name for name in declared if name != "CloudflareError"]


def test_every_setting_is_told() -> None:
    """Whatever the settings ask the config and the environment for has a row."""
    page = (DOCS / "reference" / "settings.md").read_text()
    asked: set[str] = set()

    def config(key: str) -> str | None:
        asked.add(key)
        return None

    settings.Settings.read(config)
    told = set(re.findall(r"`(cloudflare(?:-access)?:\w+)`", page))
    assert asked <= told
    read = {*re.findall(r'"(CLOUDFLARE_\w+)"', inspect.getsource(settings))}
    assert read == {*re.findall(r"`(CLOUDFLARE_\w+)`", page)}


def test_every_application_type_has_an_example() -> None:
    guide = (DOCS / "guides" / "application-types.md").read_text()
    shown = {*re.findall(r'type="(\w+)"', guide), "self_hosted"}
    assert shown | {"dash_sso"} == set(application_types.Type.__args__)  # type: ignore[attr-defined]
    assert "Of `dash_sso`, Cloudflare documents only the name" in guide
