"""What is noted of creates under way, and what becomes of it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pulumi_cloudflare_access.api.journal import STALE, Journal

if TYPE_CHECKING:
    from pathlib import Path

URN, WHERE, BODY = "urn:pulumi:dev::p::t::staff", "/accounts/a/access/groups", {"name": "Staff"}


def journal(warnings: list[str] | None = None, address: str = "https://example.com") -> Journal:
    said: list[str] = [] if warnings is None else warnings
    return Journal(address, said.append)


def folder(cache_folder: Path) -> Path:
    return next(cache_folder.rglob("journal"))


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


def test_what_the_state_has_is_known_to_be_new_for_a_while_and_then_forgotten(
    cache_folder: Path,
) -> None:
    journal().made(URN, WHERE, "access_group", "7")
    assert journal().saved("access_group", "7")
    [file] = folder(cache_folder).iterdir()
    note = json.loads(file.read_text())
    file.write_text(json.dumps({**note, "time": note["time"] - 60}))
    assert not journal().saved("access_group", "7")
    assert list(folder(cache_folder).iterdir()) == []
    assert not journal().saved("access_group", "7")


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
