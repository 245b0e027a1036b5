"""Assertions as users write them, and what they say when they fail."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from harness import documents
from insight.accounts import EVERYONE, allow, bypass, country, domain, email, world
from insight.told import recording
from pulumi_cloudflare_access import insight

X = "app.example.com"
ACCOUNT = world({X: [allow(domain("example.com"), exclude=[email("eve@example.com")])]})


def test_what_holds_is_silent() -> None:
    insight.assert_can(ACCOUNT, "ada@example.com", X)
    insight.assert_cannot(ACCOUNT, "eve@example.com", X)
    insight.assert_cannot(ACCOUNT, insight.Service("ci"), X)
    insight.assert_only(ACCOUNT, X, "@example.com")
    insight.assert_same_access(ACCOUNT, ACCOUNT)


def test_a_failure_explains_itself() -> None:
    with pytest.raises(AssertionError) as failed:
        insight.assert_can(ACCOUNT, "eve@example.com", X)
    assert str(failed.value).splitlines() == [
        f'eve@example.com does not get in at {X}: "{X}": no policy matches',
        '  "allow" (Allow): excluded by e-mail eve@example.com',
    ]
    with pytest.raises(AssertionError, match='policy "allow" lets in'):
        insight.assert_cannot(ACCOUNT, "ada@example.com", X)


def test_what_depends_is_neither() -> None:
    account = world({X: [allow(domain("a.b"), require=[country("DE")])]})
    for check in (insight.assert_can, insight.assert_cannot):
        with pytest.raises(AssertionError, match="depends on the country"):
            check(account, "ada@a.b", X)


def test_others_who_get_in_are_named() -> None:
    account = world({X: [allow(domain("example.com"), domain("x.y"))]})
    with pytest.raises(AssertionError) as failed:
        insight.assert_only(account, X, "@example.com")
    assert str(failed.value).splitlines() == [
        f"{X}: others get in too",
        "  anyone @x.y",
        f'somebody@x.y gets in at {X}: "{X}": policy "allow" lets in',
        '  "allow" (Allow): matched by e-mail domain x.y',
    ]


def test_what_is_below_a_place_counts() -> None:
    """Somebody who states it of a hostname means all of it."""
    guarded = [allow(domain("example.com"))]
    override = {"behavior": "public", "path_pattern": "/health"}
    open_ = {"type": "public", "uri": X, "overrides": [override]}
    for more, where, who in (
        ({f"{X}/admin": [allow(domain("x.y"))]}, f"{X}/admin", "anyone @x.y"),
        ({"*.example.com/admin": [allow(domain("x.y"))]}, " and ", "anyone @x.y"),
        ({X: {"destinations": [open_], "policies": guarded}}, "(this path alone)", "anyone except"),
    ):
        account = world({X: guarded, **more})
        for check in (
            partial(insight.assert_only, account, X, "@example.com"),
            partial(insight.assert_cannot, account, "eve@x.y", X),
        ):
            with pytest.raises(AssertionError) as failed:
                check()
            assert where in str(failed.value).splitlines()[0]
        proof = insight.only(account, X, "@example.com")
        assert where in proof.where
        assert who in proof.who.text
        # What is beside it does not count.
        insight.assert_only(account, f"{X}/other", "@example.com")
        insight.assert_cannot(account, "eve@x.y", f"{X}/other")


def test_what_nothing_guards_below_a_place_counts() -> None:
    account = world({f"{X}/admin": [allow(domain("example.com"))]}, protection=False)
    insight.assert_only(account, f"{X}/admin", "@example.com")
    with pytest.raises(AssertionError, match="no application guards it: it is open"):
        insight.assert_only(account, X, "@example.com")
    insight.assert_only(account, f"{X}/admin/users?page=2", "@example.com")
    with pytest.raises(insight.UnknownPlaceError, match="nearest"):
        insight.assert_only(account, "ap.example.com/admin", "@example.com")


def test_an_application_by_its_name_is_everywhere_where_it_answers() -> None:
    override = {"behavior": "public", "path_pattern": "/health"}
    places = [{"type": "public", "uri": X, "overrides": [override]}]
    fields = {"name": "Payroll", "destinations": places, "policies": [allow(domain("a.b"))]}
    with pytest.raises(AssertionError, match="health"):
        insight.assert_only(world({X: fields}), "Payroll", "@a.b")
    closed = {**fields, "destinations": [{"type": "public", "uri": X}]}
    insight.assert_only(world({X: closed}), "payroll", "@a.b")


def test_access_that_is_not_the_same_is_told() -> None:
    with pytest.raises(AssertionError) as failed:
        insight.assert_same_access(ACCOUNT, world({X: [bypass(EVERYONE)]}))
    lines = str(failed.value).splitlines()
    assert lines[0] == f"{X}: wider"
    assert "  + anyone except @example.com (but eve@example.com)" in lines
    assert any(line.startswith("  login: with a login -> without a login") for line in lines)


def test_worlds_stand_for_what_is_after_the_change() -> None:
    worlds = insight.read(recording("sources")["preview"])
    insight.assert_can(worlds, "pat@example.com", "console.example.com")
    insight.assert_cannot(worlds.old, "pat@example.com", "console.example.com")
    insight.assert_only(worlds, "salaries.example.com", "hr@example.com", "@circle.example")


def test_the_guides_program_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    guide = documents.ROOT / "docs/guides/who-gets-in.md"
    programs = [block.text for block in documents.blocks(guide, "python")]
    (program,) = [text for text in programs if "insight.read(" in text]
    (tmp_path / "preview.json").write_text(json.dumps(recording("sources")["preview"]))
    monkeypatch.chdir(tmp_path)
    # What is in the recording's Payroll is secret.
    exec(program.replace("payroll.", "console."), {})  # noqa: S102 - the guide's own
    assert "salaries.example.com both\n  + hr@example.com, from FR\n" in capsys.readouterr().out
