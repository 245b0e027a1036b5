"""`can`, `explain`, `who-can`, `what-can` and `prove`, and files of statements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from insight.told import recording
from pulumi_cloudflare_access.errors import SettingsError
from pulumi_cloudflare_access.report.statements import parsed, read_statements
from report.inputs import lines, people, preview, run, saved


def test_can_answers_by_its_status(tmp_path: Path) -> None:
    file = preview(tmp_path)
    assert lines("can", "pat@example.com", "console.example.com", file) == ["yes"]
    before = ("can", "pat@example.com", "console.example.com", file, "--before")
    assert lines(*before, status=3) == ["no"]
    depends = lines("can", "hr@example.com", "https://salaries.example.com/x", file, status=4)
    assert depends == ["depends on the country"]
    known = people(tmp_path)
    asked = ("can", "hr@example.com", "salaries.example.com", file, "--people", known)
    assert lines(*asked) == ["yes"]
    assert json.loads(run(*asked, "--json").stdout)["outcome"] == "yes"


def test_explain_names_the_chain(tmp_path: Path) -> None:
    file = preview(tmp_path)
    told = run("explain", "pat@example.com", "Console", file).stdout
    assert '"Allow staff" (Allow): matched by group "Staff" <- e-mail domain example.com' in told
    data = json.loads(run("explain", "pat@example.com", "Console", file, "--json").stdout)
    assert data["outcome"] == "yes"
    assert data["steps"][-1]["chain"][0] == {"kind": "group", "text": 'group "Staff"'}


def test_who_can_says_it_of_everybody_and_of_known_people(tmp_path: Path) -> None:
    file = preview(tmp_path)
    everybody = lines("who-can", "salaries.example.com", file)
    assert "hr@example.com, from FR" in everybody
    known = lines("who-can", "salaries.example.com", file, "--people", people(tmp_path))
    assert "surely hr@example.com" in known
    before = lines(
        "who-can", "salaries.example.com", file, "--before", "--people", people(tmp_path)
    )
    assert "surely hr@example.com" not in before


def test_who_can_names_nobody_of_a_secret_rule(tmp_path: Path) -> None:
    state = saved(tmp_path, "plain.json", recording("sources")["state with secrets"])
    known = people(tmp_path, "email\nceo@example.com\nhr@example.com\neve@else.where\n")
    told = run("who-can", "payroll.example.com", state, "--people", known).stdout
    assert "surely 2 known people (not named, because some rules are secret)" in told
    assert "ceo@" not in told


def test_what_can_answers_for_every_place(tmp_path: Path) -> None:
    told = lines("what-can", "pat@example.com", preview(tmp_path))
    assert "console.example.com: yes" in told
    assert "salaries.example.com: no" in told


def test_an_unknown_place_is_refused_with_the_nearest(tmp_path: Path) -> None:
    refused = run("can", "a@example.com", "consle.example.com", preview(tmp_path), status=1).stderr
    assert "console.example.com" in refused


def test_who_is_no_address_is_refused(tmp_path: Path) -> None:
    refused = run("can", "pat", "console.example.com", preview(tmp_path), status=1).stderr
    assert '"pat" is no e-mail address' in refused


# --------------------------------------------------------------------------------------- statements


@pytest.mark.parametrize(
    ("statement", "status", "told"),
    [
        ("salaries.example.com: only hr@example.com, group Other", 0, "holds, for everybody"),
        ("console.example.com: only example.com", 0, "holds"),
        ("console.example.com: only @example.com", 0, "holds"),
        ("Console: only example.com", 0, "holds"),
        ("wiki.example.com: only example.com", 3, "also gets in at wiki.example.com: anyone @"),
        ("console.example.com: never pat@example.com", 3, "gets in at console.example.com: pat@"),
        ("console.example.com: never elsewhere.example", 0, "holds"),
        ("console.example.com: never group Staff", 3, "does not hold"),
        ("console.example.com: always pat@example.com", 0, "holds"),
        ("salaries.example.com: always hr@example.com", 4, "depends on the country"),
        ("wiki.example.com: same as narrow.wide.example.com", 0, "holds"),
        ("wiki.example.com: same as console.example.com", 3, "alone of"),
        ("every application: only example.com", 3, "also gets in"),
        ("no application: guarded", 4, "new.example.com: perhaps guarded"),
        ("no application: opened", 3, "old.example.com: "),
        ("no application: wider", 3, "wiki.example.com"),
        ("no application: undecided", 3, "old.example.com: undecided"),
        ("no policy: idle", 3, '"No contractors" never decides'),
        ("consle.example.com: only example.com", 3, "console.example.com"),
        ("console.example.com: only group Nobodies", 3, 'No group is called "Nobodies"'),
    ],
)
def test_a_statement_is_proved_or_refused(
    statement: str, status: int, told: str, tmp_path: Path
) -> None:
    assert told in run("prove", statement, preview(tmp_path), status=status).stdout


def test_before_the_change_a_statement_may_hold(tmp_path: Path) -> None:
    asked = ("prove", "console.example.com: never pat@example.com", preview(tmp_path), "--before")
    assert "holds" in run(*asked).stdout


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("wiki.example.com", "is not a statement"),
        ("wiki.example.com: open", "says neither only, never, always nor same as"),
        ("wiki.example.com: only", "says neither"),
        ("wiki.example.com: only staff", '"staff" is neither an e-mail address'),
        ("wiki.example.com: always example.com", "always needs e-mail addresses"),
        ("no application: opend", 'did you mean "opened"?'),
        ("no policy: never-decides", "known are idle"),
    ],
)
def test_what_is_no_statement_is_refused(text: str, told: str) -> None:
    with pytest.raises(SettingsError) as refused:
        parsed(text)
    assert told in str(refused.value)


def test_a_file_of_statements_loses_none(tmp_path: Path) -> None:
    path = tmp_path / "statements.yaml"
    path.write_text(
        "payroll.example.com: only example.com\n"
        "payroll.example.com: never mallory@example.com\n"
        "no application: opened\n"
        "wiki.example.com:\n  - only example.com\n  - always ada@example.com\n"
        "advisory:\n  git.example.com: only example.com\n"
        "access_protection: off\n"
    )
    found = read_statements(path)
    assert [one.text for one in found.statements] == [
        "payroll.example.com: only example.com",
        "payroll.example.com: never mallory@example.com",
        "no application: opened",
        "wiki.example.com: only example.com",
        "wiki.example.com: always ada@example.com",
        "git.example.com: only example.com",
    ]
    assert [one.is_advisory for one in found.statements] == [False] * 5 + [True]
    assert found.access_protection is False


def test_mistakes_in_a_file_of_statements_are_told_with_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "statements.yaml"
    path.write_text("wiki.example.com: only staff\nno application: opend\nfoo: bar\n")
    with pytest.raises(SettingsError) as refused:
        read_statements(path)
    for line in ("line 1: ", "line 2: ", "line 3: "):
        assert line in str(refused.value)
    path.write_text("")
    with pytest.raises(SettingsError, match="holds no statements"):
        read_statements(path)
