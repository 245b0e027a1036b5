"""Teams from a file of people: CSV, as personnel departments export it, or YAML.

    email,team,guest          Engineers:
    ada@example.com,Engineers   - ada@example.com
    bob@x.org,Engineers,yes     - {email: bob@x.org, guest: yes}

A row is one person in one team, or in several (`teams`, separated by semicolons). A YAML file
contains teams with their people, or a list of such rows. A column `name` is allowed, for readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pulumi

from ..iam import grants as iam_grants
from ..iam.answers import LONGEST_EMAIL
from ..program.references import Reference, Unchecked
from ..text import rows
from ..text.nearest import nearest
from ..text.outlet import run_error, warn
from ..text.spelling import shown
from .component import refuse
from .invitations import LEAST
from .team import Team, unused, without_user_group

EMAIL, TEAM, TEAMS, GUEST, NAME = "email", "team", "teams", "guest", "name"
COLUMNS = (EMAIL, TEAM, TEAMS, GUEST, NAME)
_AN_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_GUEST = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False, "": False}


@dataclass(frozen=True)
class TeamList:
    """One team of a file: the e-mail addresses of its people and guests, in the file's order."""

    name: str
    people: list[str] = field(default_factory=list)
    guests: list[str] = field(default_factory=list)


def read_teams(
    path: str | Path, *, columns: Mapping[str, str | None] | None = None
) -> dict[str, TeamList]:
    """Read a file of people and teams. Returns the teams by name.

    :param path: The file: `.csv`, `.tsv`, `.yaml` or `.yml`.
    :param columns: The meaning of columns with other names: from the name in the file to `email`,
        `team`, `teams`, `guest` or `name`, or to None for a column to leave out, as in
        `{"Work e-mail": "email", "Department": "team", "Cost centre": None}`. Default: all columns
        have these names.

    Raises `pulumi.RunError`, which lists all mistakes with their lines: a missing or wrong e-mail
    address, a person who is twice in a team, a column that is not known.
    """
    path = Path(path)
    reading = _Reading(columns or {})
    try:
        text = rows.read_text(path)
    except ValueError as error:
        raise run_error(f"{path}: {error}") from None
    (reading.yaml if rows.is_yaml(path) else reading.csv)(text)
    if not reading.mistakes and not reading.teams:
        reading.mistakes.append((1, "nobody is in any team"))
    if reading.mistakes:
        raise run_error(f"{path}:", *rows.by_line(reading.mistakes))
    return reading.teams


def teams_from_file(
    path: str | Path,
    *,
    columns: Mapping[str, str | None] | None = None,
    grants: Mapping[str, Sequence[iam_grants.Policy | Unchecked]] | None = None,
    access_group: bool = True,
    user_group: bool | None = None,
    max_removals: pulumi.Input[int] | None = None,
    invite: bool = False,
    roles: Sequence[Reference] = (LEAST,),
    account_id: pulumi.Input[str] | None = None,
    adopt: bool | None = None,
    adopt_changes: bool | None = None,
    opts: pulumi.ResourceOptions | None = None,
) -> dict[str, Team]:
    """Declare a `Team` for each team of a file. Returns them by name.

    :param path: The file, as for `read_teams`.
    :param columns: The meaning of columns with other names, as for `read_teams`.
    :param grants: The rights of each team, by the team's name, as for `Team`. Default: none.
    :param access_group: Whether to make Access groups. Default: `True`.
    :param user_group: Whether to make user groups. Default: for the teams that have `grants`.
    :param max_removals: Refuse, in the preview, a change that takes more people than this out of
        one user group. Default: no limit.
    :param invite: Whether to invite the people to the account, as for `Team`. Default: `False`.
    :param roles: The account roles of invited people, as for `Team`. Default: the role
        "Minimal Account Access".
    :param account_id: The id of the account that the groups are in. Default: the one in the
        settings.
    :param adopt: `True` takes over groups that exist under the names. Default: they are created.
    :param adopt_changes: Let an adoption change what differs. Default: that is an error.
    :param opts: Pulumi's options for each of the teams.

    A warning names the teams that `max_removals` does not protect, because they have no user group.
    Raises `pulumi.RunError` for mistakes in the file or in the arguments.
    """
    read = read_teams(path, columns=columns)
    rights = grants or {}
    missing = [name for name in rights if name not in read]
    told = [f'grants: there is no team "{name}"{nearest(name, read)}' for name in missing]
    # The teams with a user group, by the rule of `Team`: only they can have max_removals.
    limited = [name for name in read if (rights.get(name) if user_group is None else user_group)]
    if not limited:
        told += unused(without_user_group(user_group), max_removals=max_removals)
    refuse("teams_from_file", str(path), told)
    others = ", ".join(f'"{name}"' for name in read if name not in limited)
    if max_removals is not None and others:
        warn(
            f"{path}: max_removals protects user groups, and {others} have none: removals from "
            "these teams are not limited"
        )
    return {
        name: Team(
            shown(name),
            name=name,
            people=team.people,
            guests=team.guests if access_group else None,
            grants=rights.get(name, ()),
            access_group=access_group,
            user_group=user_group,
            max_removals=max_removals if name in limited else None,
            invite=invite,
            roles=roles,
            account_id=account_id,
            adopt=adopt,
            adopt_changes=adopt_changes,
            opts=opts,
        )
        for name, team in read.items()
    }


class _Reading:
    """The teams of one file, and the mistakes in it, by line."""

    def __init__(self, columns: Mapping[str, str | None]) -> None:
        self.teams: dict[str, TeamList] = {}
        self.mistakes: rows.Mistakes = []
        self._columns = columns
        self._seen: dict[tuple[str, str], int] = {}

    def csv(self, text: str) -> None:
        """Read a CSV text: a row with the columns, then one row for each person."""
        names: list[str | None] | None = None
        for line, cells in rows.csv_rows(text, self.mistakes):
            if names is None:
                names = self._named(line, cells)
            else:
                self._person(line, rows.named(names, cells))
        if names is None:
            self.mistakes.append((1, f"must name its columns: {EMAIL},{TEAM}"))

    def _named(self, line: int, head: Sequence[str]) -> list[str | None]:
        """Return the meaning of each column; None for one that is left out."""
        names = [self._column(line, called.strip()) for called in head]
        for name in rows.twice(names):
            self.mistakes.append((line, f"two columns are {name}"))
        if EMAIL not in names:
            self.mistakes.append((line, f'no column is "{EMAIL}": say which, with columns='))
        if TEAM not in names and TEAMS not in names:
            self.mistakes.append((line, f'no column is "{TEAM}": say which, with columns='))
        return names

    def _column(self, line: int, called: str) -> str | None:
        name = self._columns[called] if called in self._columns else called.lower()
        if name in {None, *COLUMNS}:
            return name
        known = nearest(called, COLUMNS)
        told = f'"{called}" is not a known column{known}'
        self.mistakes.append((line, f"{told} (to leave it out: columns={{{called!r}: None}})"))
        return None

    def yaml(self, text: str) -> None:
        """Read a YAML text: teams with their people, or a list of rows."""
        root = rows.yaml_root(text, self.mistakes)
        if root is not None and root.id == "sequence":
            for entry in root.value:
                self._entry(entry, None)
        elif root is not None and root.id == "mapping":
            self._yaml_teams(root)
        elif not self.mistakes:
            self.mistakes.append((1, "must hold teams, each with a list of people"))

    def _yaml_teams(self, root: Any) -> None:
        first: dict[str, int] = {}
        for key, value in root.value:
            line, name = rows.line_of(key), str(key.value)
            if first.setdefault(name, line) != line:
                self.mistakes.append((line, f'"{name}" is in line {first[name]} already'))
            elif value.id != "sequence":
                self.mistakes.append((line, f'"{name}" must be a list of people'))
            elif not value.value:
                self.mistakes.append((line, f'nobody is in "{name}"'))
            else:
                for entry in value.value:
                    self._entry(entry, name)

    def _entry(self, entry: Any, team: str | None) -> None:
        """Read one person: an e-mail address, or a map with the fields of a row."""
        line = rows.line_of(entry)
        given = {} if team is None else {TEAM: team}
        if entry.id == "scalar" and team is not None:
            self._person(line, {EMAIL: entry.value, **given})
            return
        if entry.id != "mapping":
            self.mistakes.append((line, f"must be an object with {EMAIL} and {TEAM}"))
            return
        said: dict[str, Any] = {}
        for key, value in entry.value:
            name = self._column(rows.line_of(key), str(key.value))
            if name in said or name in given:
                self.mistakes.append((rows.line_of(key), f"{name} is said already"))
            elif name is not None:
                said[name] = rows.plain(value)
        self._person(line, said | given)

    def _person(self, line: int, said: Mapping[str, Any]) -> None:
        """Add one person to the teams, or note what is wrong."""
        email, guest = said.get(EMAIL) or "", _GUEST.get(str(said.get(GUEST) or "").lower())
        told = _wrong_with(email)
        if told:
            self.mistakes.append((line, told))
        if guest is None:
            self.mistakes.append((line, f'{GUEST}: "{said[GUEST]}" is neither yes nor no'))
        if ";" in str(said.get(TEAM) or ""):
            told = f'{TEAM}: "{said[TEAM]}" has a ";": a column "{TEAMS}" holds several teams'
            self.mistakes.append((line, told))
        teams = list(_teams(said))
        if not teams:
            self.mistakes.append((line, f"{TEAM}: is missing"))
        for team in teams:
            first = self._seen.setdefault((team, str(email).lower()), line)
            if first != line and not told:
                self.mistakes.append((line, f'{email} is in "{team}" already, by line {first}'))
            elif not told:
                held = self.teams.setdefault(team, TeamList(team))
                (held.guests if guest else held.people).append(str(email))


def _teams(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield the teams of one row, without duplicates."""
    several = said.get(TEAMS) or []
    split = several if isinstance(several, list) else str(several).split(";")
    yield from dict.fromkeys(
        name for one in [said.get(TEAM) or "", *split] if (name := str(one).strip())
    )


def _wrong_with(email: Any) -> str | None:
    if not email:
        return f"{EMAIL}: is missing"
    if not isinstance(email, str) or not _AN_EMAIL.fullmatch(email):
        return f'{EMAIL}: "{email}" is no e-mail address'
    if len(email) > LONGEST_EMAIL:
        return f"{EMAIL}: {email} is longer than {LONGEST_EMAIL} characters"
    return None
