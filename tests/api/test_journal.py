"""What is noted of creates under way, and what becomes of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from pulumi_cloudflare_access.api.journal import CLAIMED, STALE, Journal
from pulumi_cloudflare_access.process import plugin, state_backend
from pulumi_cloudflare_access.process.plugin import Operation
from pulumi_cloudflare_access.process.state_backend import UnknownBackendError

if TYPE_CHECKING:
    from pathlib import Path

URN, WHERE, BODY = "urn:pulumi:dev::p::t::staff", "/accounts/a/access/groups", {"name": "Staff"}


def journal(
    warnings: list[str] | None = None,
    address: str = "https://example.com",
    backend: str | None = "file:///a",
) -> Journal:
    said: list[str] = [] if warnings is None else warnings

    def where() -> str:
        if backend is None:
            raise UnknownBackendError("canary")
        return backend

    return Journal(address, said.append, where)


def folder(cache_folder: Path) -> Path:
    return next(cache_folder.rglob("journal"))


def made(run: Journal, id_: str = "7", urn: str = URN) -> None:
    """Make something, and give the engine the answer."""
    operation = Operation()
    before = plugin._operation.set(operation)  # noqa: SLF001 - what `clean_errors` does
    run.begin(urn, WHERE, BODY, [])
    run.made(urn, WHERE, "access_group", id_)
    operation.answered()
    plugin._operation.reset(before)  # noqa: SLF001 - likewise


def ids(run: Journal, urn: str = URN) -> list[str]:
    return [note.id for note in run.notes_of(urn, WHERE) if not note.ended]


def test_the_next_run_knows_what_was_asked_for_and_what_was_there() -> None:
    run = journal()
    run.begin(URN, WHERE, BODY, ["1"])
    assert run.notes_of(URN, WHERE) == []
    [note] = journal().notes_of(URN, WHERE)
    assert (note.before, note.id) == (("1",), "")
    assert note.asked == journal().hash_of(BODY) != journal().hash_of({"name": "Other"})
    assert journal().notes_of(URN, "/accounts/b/access/groups") == []
    assert journal(address="https://other.example").notes_of(URN, WHERE) == []


def test_the_next_run_knows_what_was_made() -> None:
    run = journal()
    run.begin(URN, WHERE, BODY, [])
    run.made(URN, WHERE, "access_group", "7")
    assert [note.id for note in journal().notes_of(URN, WHERE)] == ["7"]


def test_what_was_refused_is_forgotten(cache_folder: Path) -> None:
    run = journal()
    run.begin(URN, WHERE, BODY, [])
    run.refused(URN)
    assert list(folder(cache_folder).iterdir()) == []


def test_what_the_state_has_is_nobodys_to_take_and_known_to_be_new_for_a_while(
    cache_folder: Path,
) -> None:
    made(journal())
    assert journal().saved("access_group", "7")
    assert list(folder(cache_folder).iterdir()) == []
    [file] = next(cache_folder.rglob("recent")).iterdir()
    assert journal().saved("access_group", "7")
    note = json.loads(file.read_text())
    file.write_text(json.dumps({**note, "time": note["time"] - 60}))
    assert not journal().saved("access_group", "7")
    long_ago = file.stat().st_mtime - CLAIMED - 1
    os.utime(file, (long_ago, long_ago))
    journal()
    assert not file.exists()


# --------------------------------------------------------------------------- one backend, one run


def test_a_note_belongs_to_one_backend_and_to_one_organization_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made(journal())
    assert ids(journal()) == ["7"]
    assert ids(journal(backend="file:///b")) == []
    monkeypatch.setattr(state_backend, "_organization", "acme")
    assert ids(journal()) == []


def test_where_the_backend_is_not_known_nothing_is_taken_over_and_it_is_said_once() -> None:
    warnings: list[str] = []
    run = journal(warnings, backend=None)
    made(run)
    made(run, "8")
    [warning] = warnings
    assert "it cannot be told where Pulumi keeps this stack's state (canary)" in warning
    assert ids(journal(backend=None)) == []
    # What was written just now is so, whose ever it is.
    assert journal(backend=None).saved("access_group", "7")


def test_a_run_that_has_ended_leaves_nothing_to_take(cache_folder: Path) -> None:
    run = journal()
    made(run)
    run.end()
    assert list(folder(cache_folder).iterdir()) == []
    assert ids(journal()) == []
    assert journal().saved("access_group", "7")


def test_what_the_engine_has_no_answer_of_is_left_to_the_next_run() -> None:
    run = journal()
    run.begin(URN, WHERE, BODY, [])
    run.made(URN, WHERE, "access_group", "7")
    run.begin("another", WHERE, BODY, [])
    run.end()
    assert ids(journal()) == ["7"]
    assert ids(journal(), "another") == [""]


@pytest.mark.parametrize(("value", "kept"), [("true", True), ("1", True), ("false", False)])
def test_where_the_state_is_saved_only_then_the_note_stays_and_takes_nothing(
    monkeypatch: pytest.MonkeyPatch, value: str, *, kept: bool
) -> None:
    monkeypatch.setenv("PULUMI_SKIP_CHECKPOINTS", value)
    run = journal()
    made(run)
    run.end()
    assert ids(journal()) == []
    notes = journal().notes_of(URN, WHERE)
    assert [(note.id, note.ended) for note in notes] == ([("7", True)] if kept else [])
    # The next run finds it in the state.
    assert journal().saved("access_group", "7")
    assert journal().notes_of(URN, WHERE) == []


def test_what_a_run_here_has_made_is_known_not_to_be_anothers_work() -> None:
    run, other = journal(), journal(backend="file:///b")
    made(run)
    assert not other.is_anothers("elsewhere", "access_group", "8")
    for _ in range(2):
        assert other.is_anothers(URN, "access_group", "7")
        assert not run.is_anothers(URN, "access_group", "7")
        run.end()
    journal(backend="file:///b").gone("access_group", "7")
    assert not other.is_anothers(URN, "access_group", "7")


def test_a_note_that_cannot_be_read_and_one_of_last_week_say_nothing(cache_folder: Path) -> None:
    journal().begin(URN, WHERE, BODY, [])
    [file] = folder(cache_folder).iterdir()
    content = file.read_bytes()
    file.write_bytes(content[:10])
    assert journal().notes_of(URN, WHERE) == []
    file.write_bytes(content)
    long_ago = file.stat().st_mtime - STALE - 1
    os.utime(file, (long_ago, long_ago))
    assert journal().notes_of(URN, WHERE) == []
    assert not file.exists()


def test_without_a_cache_folder_creates_go_on_and_it_is_said_once(cache_folder: Path) -> None:
    (cache_folder / "cache").write_text("a file where a folder should be")
    (cache_folder / "home").write_text("likewise")
    warnings: list[str] = []
    run = journal(warnings)
    assert run.notes_of(URN, WHERE) == []
    assert warnings == []
    run.begin(URN, WHERE, BODY, [])
    run.made(URN, WHERE, "access_group", "7")
    [warning] = warnings
    assert "the next one cannot take over what it has made" in warning
    assert not run.saved("access_group", "7")


def test_a_note_holds_no_value_of_a_declaration(cache_folder: Path) -> None:
    run = journal()
    run.begin(URN, WHERE, {"name": "canary"}, ["1"])
    [file] = folder(cache_folder).iterdir()
    assert "canary" not in file.read_text()
    assert "staff" not in file.name + file.read_text()
