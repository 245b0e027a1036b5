"""People from a file: what it says, and every mistake in it with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pulumi
import pytest

from pulumi_cloudflare_access import TeamList, grants, read_teams, scopes, teams_from_file

if TYPE_CHECKING:
    from pathlib import Path

ENGINEERS = TeamList("Engineers", ["Ada@example.com", "grace@example.com"], ["bob@x.org"])
OPERATORS = TeamList("Operators", ["grace@example.com"])
BOTH = {"Engineers": ENGINEERS, "Operators": OPERATORS}

ROWS = """email,name,teams,guest
Ada@example.com,Ada,Engineers,
grace@example.com,"Grace
Hopper",Engineers;Operators,no

bob@x.org,Bob,Engineers,yes
"""
AS_TEAMS = """
Engineers:
  - Ada@example.com
  - email: grace@example.com
    name: Grace
  - {email: bob@x.org, guest: yes}
Operators: [grace@example.com]
"""
AS_ROWS = """
- {email: Ada@example.com, team: Engineers}
- {email: grace@example.com, teams: [Engineers, Operators]}
- {email: bob@x.org, team: Engineers, guest: true}
"""


LEAVE_OUT = "(to leave it out: columns={{'{0}': None}})"


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def mistakes(path: Path, **options: object) -> list[str]:
    with pytest.raises(pulumi.RunError) as refused:
        read_teams(path, **options)  # type: ignore[arg-type]
    first, *lines = str(refused.value).splitlines()
    assert first == f"{path}:"
    return [line.strip() for line in lines]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("people.csv", ROWS),
        ("people.CSV", "\N{BYTE ORDER MARK}" + ROWS.replace("\n", "\r\n")),
        ("people.csv", ROWS.replace(";", "|").replace(",", ";").replace("s|O", "s;O")),
        ("people.tsv", ROWS.replace(",", "\t")),
        ("people.yaml", AS_TEAMS),
        ("people.yml", AS_ROWS),
    ],
    ids=["csv", "as Excel writes it", "with semicolons", "tsv", "teams", "rows"],
)
def test_every_form_says_the_same(tmp_path: Path, name: str, text: str) -> None:
    if ";" in text.partition("\n")[0]:
        text = text.replace("Engineers;Operators", '"Engineers;Operators"')
    assert read_teams(written(tmp_path, name, text)) == BOTH


def test_columns_of_other_names_are_told_and_others_left_out(tmp_path: Path) -> None:
    text = "Work e-mail,Department,Cost centre\nada@example.com,Site Reliability,17\n"
    columns = {"Work e-mail": "email", "Department": "team", "Cost centre": None}
    read = read_teams(written(tmp_path, "people.csv", text), columns=columns)
    assert read == {"Site Reliability": TeamList("Site Reliability", ["ada@example.com"])}


def test_all_mistakes_of_a_csv_file_are_told_with_their_lines(tmp_path: Path) -> None:
    text = """email,team,guest
ada@example.com,Engineers,
ada.example.com,Engineers,
"grace@example.com
",Engineers,maybe
ADA@example.com,Engineers,
,Engineers,
bob@example.com,,
eve@example.com,Engineers,no,more
ada@example.com,Operators,
"""
    assert mistakes(written(tmp_path, "people.csv", text)) == [
        'line 3: email: "ada.example.com" is no e-mail address',
        'line 4: guest: "maybe" is neither yes nor no',
        'line 6: ADA@example.com is in "Engineers" already, by line 2',
        "line 7: email: is missing",
        "line 8: team: is missing",
        "line 9: has 4 cells, and there are 3 columns",
    ]


def test_columns_that_are_not_known_are_told(tmp_path: Path) -> None:
    text = "e-mail,team,team,Cost centre\nada@example.com,A,B,1\n"
    assert mistakes(written(tmp_path, "people.csv", text))[:4] == [
        f'line 1: "Cost centre" is not a known column {LEAVE_OUT.format("Cost centre")}',
        f'line 1: "e-mail" is not a known column; "email"? {LEAVE_OUT.format("e-mail")}',
        'line 1: no column is "email": say which, with columns=',
        "line 1: two columns are team",
    ]


def test_all_mistakes_of_a_yaml_file_are_told_with_their_lines(tmp_path: Path) -> None:
    text = """Engineers:
  - ada@example.com
  - {email: grace, guest: perhaps}
  - {mail: eve@example.com}
  - [bob@example.com]
  - ada@example.com
Nobody: []
Somebody: ada@example.com
Engineers: [eve@example.com]
"""
    assert mistakes(written(tmp_path, "people.yaml", text)) == [
        'line 3: email: "grace" is no e-mail address',
        'line 3: guest: "perhaps" is neither yes nor no',
        f'line 4: "mail" is not a known column; "email"? {LEAVE_OUT.format("mail")}',
        "line 4: email: is missing",
        "line 5: must be an object with email and team",
        'line 6: ada@example.com is in "Engineers" already, by line 2',
        'line 7: nobody is in "Nobody"',
        'line 8: "Somebody" must be a list of people',
        'line 9: "Engineers" is in line 1 already',
    ]


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("people.csv", "", "line 1: must name its columns: email,team"),
        ("people.csv", "email,team\n", "line 1: nobody is in any team"),
        ("people.csv", 'email,team\n"ada@example.com,A\n', "line 2: unexpected end of data"),
        ("people.yaml", "", "line 1: must hold teams, each with a list of people"),
        ("people.yaml", "A:\n  - [", "line 2: expected the node content, but found '<stream end>'"),
        ("people.yaml", "A: [ada@example.com]\nB: *c", "line 2: found undefined alias 'c'"),
        ("people.yaml", "A: [\x00]", "line 1: unacceptable character #x0000"),
    ],
)
def test_a_file_that_is_none_of_the_kind_is_told(
    tmp_path: Path, name: str, text: str, told: str
) -> None:
    [line] = mistakes(written(tmp_path, name, text))
    assert line.startswith(told)


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(pulumi.RunError, match=r"none\.csv: No such file"):
        read_teams(tmp_path / "none.csv")
    with pytest.raises(pulumi.RunError, match=r"must be a \.csv"):
        read_teams(written(tmp_path, "people.xlsx", "x"))
    (tmp_path / "latin.csv").write_bytes("email,team\nj\xfcrgen@example.com,A".encode("latin-1"))
    with pytest.raises(pulumi.RunError, match="is not UTF-8"):
        read_teams(tmp_path / "latin.csv")


def test_rights_for_a_team_that_is_not_in_the_file_are_a_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, "people.csv", ROWS)
    with pytest.raises(pulumi.RunError, match='no team "Engineer"; "Engineers"\\?'):
        teams_from_file(path, grants={"Engineer": []})


def test_a_limit_that_guards_no_team_of_the_file_is_a_mistake(tmp_path: Path) -> None:
    path = written(tmp_path, "people.csv", ROWS)
    with pytest.raises(pulumi.RunError) as refused:
        teams_from_file(path, max_removals=0)
    assert str(refused.value) == (
        f'teams_from_file "{path}": max_removals: is of no use without a user group (grants, or '
        "user_group=True, make one)"
    )


@pytest.mark.usefixtures("program")
def test_a_limit_that_guards_some_teams_of_the_file_names_the_others(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "people.csv", ROWS)
    rights = {"Operators": [grants.allow("Zone Read", on=scopes.account())]}
    teams = teams_from_file(path, grants=rights, max_removals=0)
    [told] = [record.getMessage() for record in caplog.records]
    assert told == (
        f'{path}: max_removals protects user groups, and "Engineers" have none: removals from '
        "these teams are not limited"
    )
    limited = {name: team.members is not None for name, team in teams.items()}
    assert limited == {"Engineers": False, "Operators": True}
