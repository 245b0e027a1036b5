"""A part of another object lives and dies with that: all kinds of parts alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from pulumi import dynamic

from harness.cases import INCLUDE, Account
from harness.fresh import Run, served
from harness.local import strict
from harness.sso import Administrator
from harness.team import email, member_id
from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.engine.part import Part, SolePart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


URN = "urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:Part::part"
POLICY = {"name": "Staff", "decision": "allow", "include": INCLUDE}


@dataclass(frozen=True)
class Whole:
    """How an object is made of which a kind is a part, where it is listed, and what is declared."""

    make: Callable[[Account], str]
    collection: str
    declared: dict[str, Any]


def _connector(account: Account) -> str:
    other = Administrator(account.cloudflare)
    connector = other.seed()
    other.verify(connector)
    return connector


def _group(account: Account) -> str:
    return account.team.group()


WHOLES = {
    "access_application_policies": Whole(
        lambda account: account.application(), "access/apps", {"policies": [POLICY]}
    ),
    "access_application_policy": Whole(
        lambda account: account.application(), "access/apps", {**POLICY, "precedence": 1}
    ),
    "sso_connector_activation": Whole(_connector, "sso_connectors", {"enabled": True}),
    "user_group_member": Whole(_group, "iam/user_groups", {"member": email("ada")}),
    "user_group_members": Whole(_group, "iam/user_groups", {"members": [email("ada")]}),
}
every_part = pytest.mark.parametrize("kind", WHOLES)


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def account() -> Iterator[Account]:
    with strict() as server:
        yield Account(server)


@pytest.fixture
def run(account: Account) -> Iterator[Run]:
    run = Run(account.cloudflare)
    yield run
    run.close()


def declared(kind: str, whole: str) -> dict[str, Any]:
    """Return a declaration of a part of an object."""
    return {**WHOLES[kind].declared, kinds.load(kind).part_of: whole}


def asked(account: Account) -> list[str]:
    """Return the writes so far."""
    return [
        f"{one['method']} {one['path']}"
        for one in account.cloudflare.requests
        if one["method"] != "GET"
    ]


def test_these_are_all_kinds_of_parts() -> None:
    parts = {kind for kind in kinds.KINDS if isinstance(kinds.load(kind), Part)}
    assert parts == WHOLES.keys()
    assert {kind for kind in kinds.KINDS if kinds.load(kind).part_of} == parts


@every_part
def test_a_name_is_no_id_of_the_whole(kind: str, run: Run) -> None:
    provider = run.provider(kind)
    checked = served(URN, provider, "check", {}, declared(kind, "Staff"))
    assert isinstance(checked, dynamic.CheckResult)
    [reason] = [failure.reason for failure in checked.failures]
    assert reason == (
        f'{provider.part_of}: "Staff" is no id of {provider.whole_name}; pass the resource itself, '
        f"its id, or what {provider.whole_look_up} finds"
    )


@every_part
def test_another_whole_needs_another_part(kind: str) -> None:
    provider = kinds.load(kind)
    assert provider.part_of in provider.replaced_by


@every_part
def test_what_is_gone_with_its_whole_is_deleted(kind: str, account: Account, run: Run) -> None:
    whole = WHOLES[kind].make(account)
    made = run.up(kind, declared(kind, whole))
    other = Administrator(account.cloudflare)
    if kind == "sso_connector_activation":
        # The API deletes none that is enabled.
        other.edit(whole, enabled=False)
    assert account.delete(f"{WHOLES[kind].collection}/{whole}")
    before = asked(account)
    run.delete(kind, str(made.id), made.outs)
    # Nothing is left to be changed: one DELETE at most, of what is not there.
    assert [one for one in asked(account)[len(before) :] if not one.startswith("DELETE")] == []


@every_part
def test_a_sole_part_has_the_id_of_the_whole_and_a_word_of_its_own(
    kind: str, account: Account, run: Run
) -> None:
    whole = WHOLES[kind].make(account)
    made = run.up(kind, declared(kind, whole))
    provider = run.provider(kind)
    is_sole = isinstance(provider, SolePart)
    assert (made.id == whole) is is_sole
    # Else the adoption of one would be taken for that of the other.
    assert (provider.adoption_key(whole) == whole) is not is_sole
    assert provider.adoption_key(whole).endswith(whole)
    assert provider.full_name(made.outs, str(made.id)).count(whole) == (
        1 if is_sole or kind == "user_group_member" else 0
    )


@pytest.mark.parametrize("more", [{"adopt": True}, {}], ids=["adopt", "without"])
@pytest.mark.parametrize("kind", ["sso_connector_activation", "user_group_members"])
def test_what_is_there_is_taken_over_with_and_without_adopt(
    kind: str, more: dict[str, Any], account: Account, run: Run
) -> None:
    if kind == "sso_connector_activation":
        whole = _connector(account)
        Administrator(account.cloudflare).edit(whole, enabled=True)
    else:
        whole = account.team.group("ada")
    before = asked(account)
    made = run.up(kind, declared(kind, whole) | more)
    assert made.id == whole
    assert asked(account)[len(before) :] == []


def test_a_person_is_a_part_by_the_pair(account: Account, run: Run) -> None:
    whole = account.team.group()
    made = run.up("user_group_member", declared("user_group_member", whole))
    assert made.id == f"{whole}/{member_id('ada')}"
