"""`cloudflare-access adopt check`: a program against the live account, before anything is taken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import SettingsError
from ..process.pulumi_cli import PulumiCli, cli_version
from . import adopt_once, classes, import_file
from .import_file import ImportFile, write_private
from .live import Accounts
from .matching import REFUSED, Found, Matching, Outcome, wholes_of
from .plan import Plan, name_of, read_plan

IDS = "adopt.json"
_ORDER = (
    Outcome.EXACT,
    Outcome.BY_ADOPT,
    Outcome.CHANGES,
    Outcome.AMBIGUOUS,
    Outcome.GONE,
    Outcome.UNKNOWN,
    Outcome.NEW,
)
_SHOWN = frozenset(_ORDER) - {Outcome.EXACT}


@dataclass(frozen=True)
class Checked:
    """What a check has found, and the files that it has written."""

    cli: PulumiCli
    plan: Plan
    found: Found
    version: tuple[int, ...]
    file: ImportFile
    by_adopt: Sequence[Any] = field(default_factory=list)

    @property
    def is_exact(self) -> bool:
        """Tell whether nothing that an adoption would take would change."""
        return not self.found.of(*REFUSED)

    def lines(self, *, every: bool = False) -> Iterator[str]:
        """Say what was found; `every`: the exact ones one by one, too."""
        for outcome in _ORDER:
            matches = self.found.of(outcome)
            if matches or outcome is Outcome.EXACT:
                yield f"{len(matches):>5}  {outcome.value}"
            for match in matches if every or outcome in _SHOWN else ():
                yield f"       {match}"
                for warning in match.warnings:
                    yield f"         {warning}"
        if self.found.strays:
            yield f"{len(self.found.strays):>5}  in the account and declared nowhere"
            for stray in self.found.strays:
                yield f"       {stray}"
        for unread in self.found.unread:
            yield f"warning: not read, so nothing is said of it: {unread}"
        for not_listed in self.found.not_listed:
            yield f"info: not listed: {not_listed}"

    def commands(self) -> Iterator[str]:
        """Say what to run next, in order."""
        if not self.is_exact:
            yield (
                "Make the program say what is there, or accept a change with adopt_changes=True "
                "on that resource and `pulumi up`. Then check again."
            )
        if self.version < import_file.OLDEST_CLI and self.by_adopt:
            found, oldest = (".".join(map(str, v)) for v in (self.version, import_file.OLDEST_CLI))
            yield (
                f"pulumi {found} takes no inputs and outputs from an import file ({oldest} is the "
                f"first that does): {adopt_once.NAME} says how its one run adopts instead"
            )
        elif self.found.of(Outcome.EXACT):
            for arguments in before_import(self):
                yield _shell(self.cli, arguments)
            environment = " ".join(f"{k}={v}" for k, v in import_file.SKIP_CHECKPOINTS.items())
            yield f"{environment} {_shell(self.cli, import_arguments(self))}"
            yield _shell(self.cli, ("preview",))
        yield from with_adopt(self)


def check(
    cli: PulumiCli, given: Mapping[str, str], tokens: Mapping[str, str], *, write: bool = True
) -> Checked:
    """Compare what the program would create with the live accounts, and write the import file.

    `given` are ids by class and resource name, `tokens` those of explicit providers whose settings
    are secret. Raises SettingsError and whatever keeps the accounts from being read.
    """
    version = cli_version()
    # First, because it says what is wrong with the program.
    plan = read_plan(cli.json("preview", "--json", "--show-sames"))
    accounts = Accounts(cli.config(), plan.providers, tokens)
    managed = State(cli.json("stack", "export"))
    ids = {**read_ids(cli.folder / IDS), **given}
    found = Matching(plan, accounts, ids, managed.ids, managed.wholes).found()
    exact = found.of(Outcome.EXACT)
    file = ImportFile(plan, exact)
    old = version < import_file.OLDEST_CLI
    by_adopt = found.of(Outcome.BY_ADOPT, *([Outcome.EXACT] if old else []))
    checked = Checked(cli, plan, found, version, file, by_adopt)
    if write:
        _write(cli.folder / import_file.NAME, exact and not old, file.write)
        text = adopt_once.text(by_adopt)
        _write(cli.folder / adopt_once.NAME, by_adopt, lambda path: write_private(path, text))
    return checked


def _write(path: Path, wanted: Any, write: Any) -> None:
    """Write a file, or remove what an earlier check has written: it would be believed."""
    if wanted:
        write(path)
    else:
        path.unlink(missing_ok=True)


class State:
    """What a stack's state has of this package's kinds."""

    def __init__(self, exported: Mapping[str, Any]) -> None:
        """Read what `pulumi stack export` prints."""
        deployment = exported.get("deployment") or {}
        resources = [one for one in deployment.get("resources") or () if not one.get("delete")]
        kinds = classes.by_token()
        ours = [(kinds[one["type"]], one) for one in resources if one.get("type") in kinds]
        # What `.get` has read is somebody else's.
        owned = [(kind, one) for kind, one in ours if not one.get("external") and one.get("id")]
        self.ids = {(kind, str(one["id"])): str(one["urn"]) for kind, one in owned}
        self.wholes = {*wholes_of((kind, one.get("inputs") or {}) for kind, one in owned)}


def read_ids(path: Path) -> dict[str, str]:
    """Read ids by class and resource name; nothing where there is no such file."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {getattr(error, 'strerror', None) or 'no JSON'}") from None
    ids = found.get("ids") if isinstance(found, dict) else None
    if not isinstance(ids, dict) or not all(isinstance(one, str) for one in ids.values()):
        raise SettingsError(f'{path}: must be an object whose "ids" are texts, by "Class::name"')
    return ids


def before_import(checked: Checked) -> Iterator[tuple[str, ...]]:
    """Return what has to run before the import: providers whose settings are secret are made."""
    if checked.file.first:
        targets = (part for urn in checked.file.first for part in ("--target", urn))
        yield ("up", *targets, "--skip-preview")


def import_arguments(checked: Checked) -> tuple[str, ...]:
    """Return the import, with the flags without which it ends in an error or leaves a diff."""
    protects = {match.planned.protected for match in checked.found.of(Outcome.EXACT)}
    return (
        *("import", "--file", import_file.NAME),
        # There is no schema of dynamic resources to write code from.
        "--generate-code=false",
        # Pulumi protects what it imports, unless it is told not to.
        f"--protect={'true' if protects == {True} else 'false'}",
    )


def _shell(cli: PulumiCli, arguments: Sequence[str]) -> str:
    quoted = (f"'{one}'" if "::" in one else one for one in cli.command(*arguments))
    return f"pulumi {' '.join(quoted)}"


def with_adopt(checked: Checked) -> Iterator[str]:
    """Say how the program adopts in one run what the import file does not have."""
    if checked.by_adopt:
        yield f'add "import adopt_once" to the first line of __main__.py ({adopt_once.NAME})'
        yield _shell(checked.cli, ("up",))
        yield f"remove that line and {adopt_once.NAME}"


def not_empty(checked: Checked) -> list[str]:
    """Return what a preview would do after the import, besides what the check has told of."""
    plan = read_plan(checked.cli.json("preview", "--json", "--show-sames"))
    imported = {match.planned.urn for match in checked.found.of(Outcome.EXACT)}
    again = [f"create {name_of(urn)}" for urn in plan.created if urn in imported]
    before = checked.plan.changed.items()
    return again + [f"{op} {name_of(u)}" for u, op in plan.changed.items() if (u, op) not in before]
