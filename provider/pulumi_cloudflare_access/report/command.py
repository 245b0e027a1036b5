"""The commands about who gets in: report, drift-report, can, who-can, what-can, explain, prove."""

from __future__ import annotations

import json
import os
import shutil
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import click

from ..errors import CloudflareError, SettingsError
from ..insight import (
    Answer,
    InsightError,
    Outcome,
    People,
    Subject,
    TooLargeError,
    World,
    Worlds,
    audience,
    can,
    explain,
    what_can,
    who_can,
)
from ..insight.characters import shown
from ..insight.questions import subject_of
from ..insight.unknowns import is_fact
from ..process.pulumi_cli import cli_version
from ..text.outlet import echo
from . import as_json, html, markdown, statements, text
from .inputs import STDIN, read_worlds
from .model import FAIL_ON, Report, make
from .people import read_people

FAILED, HOLDS, DEPENDS = 1, 3, 4
"""Exit statuses: bad input; --fail-on applies, or the answer is no; it depends on unknowns."""
FORMATS: Final[dict[str, Callable[[Sequence[Report]], str]]] = {
    "text": lambda reports: "\n\n".join(map(text.written, reports)),
    "markdown": markdown.written,
    "html": html.written,
    "json": as_json.written,
}
Command = Callable[..., None]
_FILE = click.Path(dir_okay=False, allow_dash=True)


def _options(command: Command) -> Command:
    """Add the common options to a command."""
    for option in reversed(
        (
            click.option(
                "--state",
                type=_FILE,
                metavar="EXPORT",
                help="The output of `pulumi stack export` from before the preview. Needed if the "
                "preview leaves out unchanged resources.",
            ),
            click.option(
                "--snapshot",
                type=_FILE,
                metavar="ACCOUNT.json",
                help="The output of `cloudflare-access snapshot`, for objects that the stack does "
                "not manage.",
            ),
            click.option(
                "--access-protection",
                type=click.Choice(["on", "off"]),
                help="Whether the account blocks places that no application guards. Default: not "
                "known.",
            ),
            click.option(
                "--people",
                type=click.Path(dir_okay=False),
                metavar="PEOPLE.csv",
                help="Known people, to list those who are concerned.",
            ),
        )
    ):
        command = option(command)
    return command


@contextmanager
def _refusing() -> Iterator[None]:
    """End the command with a message and status 1 for errors in its input."""
    try:
        yield
    except (CloudflareError, InsightError) as error:
        echo(f"Error: {error}", err=True)
        sys.exit(FAILED)


def _read(file: str, given: dict[str, Any]) -> Worlds:
    protection = given["access_protection"]
    return read_worlds(
        file,
        state=given["state"],
        snapshot=given["snapshot"],
        access_protection=None if protection is None else protection == "on",
    )


def _people(given: dict[str, Any], worlds: Sequence[Worlds]) -> People | None:
    return None if given["people"] is None else read_people(given["people"], worlds)


# ------------------------------------------------------------------------------------------ reports


def _conditions(values: Sequence[str]) -> list[str]:
    """Read the values of --fail-on. Raises SettingsError."""
    known = (*FAIL_ON, "findings")
    found = [one.strip() for value in values for one in value.split(",") if one.strip()]
    for one in found:
        if one not in known:
            raise SettingsError(f'--fail-on: "{shown(one)}" is not one of {", ".join(known)}')
    return list(dict.fromkeys(found))


_REPORT_OPTIONS = (
    click.argument("files", nargs=-1, type=_FILE),
    click.option(
        "--format",
        "format_",
        type=click.Choice(list(FORMATS)),
        default="text",
        help="markdown: a comment for a pull request; html: one page.",
    ),
    click.option(
        "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to this file."
    ),
    click.option(
        "--fail-on",
        multiple=True,
        metavar="WHAT",
        help="Exit with status 3 for opened, wider, narrower, undecided or findings; may be "
        "repeated, or separated by commas.",
    ),
)


def _reporting(command: Command) -> Command:
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return _options(command)


@click.command()
@_reporting
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --format json, and exit.")
def report(files: tuple[str, ...], *, schema: bool, **given: Any) -> None:
    """Show who gains and who loses access by a change, or who has access.

    \b
        pulumi preview --json --show-sames | cloudflare-access report
        cloudflare-access report preview.json --people people.csv --format html --output who.html
        pulumi stack export | cloudflare-access report

    FILES are previews (--json --show-sames), event streams, exported stacks or snapshots of an
    account. Default: standard input. The exit status is 3 if a condition of --fail-on applies.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    if schema:
        echo((Path(__file__).parent / "report-1.schema.json").read_text(encoding="utf-8"))
        return
    _report(files, **given)


@click.command(name="drift-report")
@_reporting
def drift_report(files: tuple[str, ...], **given: Any) -> None:
    """Show who gained and who lost access by changes outside Pulumi.

    \b
        pulumi refresh --preview-only --json | cloudflare-access drift-report

    FILES are outputs of that command. Default: standard input.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    _report(files, kind="refresh", **given)


def _report(
    files: tuple[str, ...],
    *,
    format_: str,
    output: str | None,
    fail_on: tuple[str, ...],
    kind: str | None = None,
    **given: Any,
) -> None:
    with _refusing():
        conditions = _conditions(fail_on)
        named = files or (STDIN,)
        worlds = [_read(file, given) for file in named]
        for file, one in zip(named, worlds, strict=True):
            if kind is not None and one.kind != kind:
                raise SettingsError(
                    f"{file}: is no preview of a refresh. Run: pulumi refresh --preview-only --json"
                )
        people = _people(given, worlds)
        reports = [make(one, people) for one in worlds]
        _write(FORMATS[format_](reports), output)
    failed = dict.fromkeys(one for report in reports for one in report.fails(conditions))
    if failed:
        echo(f"--fail-on: {', '.join(failed)}", err=True)
        sys.exit(HOLDS)


def _write(written: str, output: str | None) -> None:
    if output is None:
        # Names are spelled already, and it contains no secrets.
        echo(written.rstrip("\n"))
        return
    try:
        Path(output).write_text(written if written.endswith("\n") else f"{written}\n", "utf-8")
    except OSError as error:
        raise SettingsError(f"{output}: {error.strerror}") from None


# ----------------------------------------------------------------------------------------- snapshot


@click.command()
@click.option("--account", metavar="ID", help="The account. Default: CLOUDFLARE_ACCOUNT_ID.")
@click.option("--zone", "zones", multiple=True, metavar="ID", help="Also a zone; may be repeated.")
@click.option(
    "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to this file."
)
def snapshot(account: str | None, zones: tuple[str, ...], output: str | None) -> None:
    """Write everything in an account that decides who gets in, as JSON without credentials.

    \b
        cloudflare-access snapshot --output account.json
        cloudflare-access report preview.json --snapshot account.json

    Credentials come from the environment: CLOUDFLARE_API_TOKEN, or a key and an e-mail address. The
    token must be able to read Access groups, applications and policies. If it cannot read lists,
    posture checks or rights, these are left out, with a warning. The output has e-mail addresses.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    from ..settings import Settings  # noqa: PLC0415 - no other command sends requests
    from .snapshot import read_account, warn  # noqa: PLC0415

    given = {} if account is None else {"cloudflare-access:accountId": account}
    with _refusing():
        document = read_account(Settings.read(given.get), zones, warn)
        _write(json.dumps(document, indent=1), output)


# -------------------------------------------------------------------------------------- policy pack

_OLDEST_CLI: Final = (3, 255, 0)
_PACK: Final = "cloudflare-access-policy-pack"


@click.command(name="policy-pack")
def policy_pack() -> None:
    """Print the path of a policy pack that shows in every preview who gets in.

    \b
        pulumi preview --policy-pack "$(cloudflare-access policy-pack)"
        export PULUMI_OPTION_POLICY_PACK="$(cloudflare-access policy-pack)"

    Statements in a file cloudflare-access-policies.yaml beside the program must hold; see prove.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    with _refusing():
        found = cli_version()
        if found < _OLDEST_CLI:
            told, needed = (".".join(map(str, one)) for one in (found, _OLDEST_CLI))
            raise SettingsError(
                f"pulumi {told} cannot run an executable policy pack; {needed} is the first that "
                "can. Use: pulumi preview --json --show-sames | cloudflare-access report"
            )
        path = shutil.which(_PACK, path=os.pathsep.join([sysconfig.get_path("scripts"), _path()]))
        if path is None:
            raise SettingsError(
                f"{_PACK} is not installed beside cloudflare-access: install the package again"
            )
    echo(path)


def _path() -> str:
    return os.environ.get("PATH", os.defpath)


# ---------------------------------------------------------------------------------------- questions


def _asking(command: Command) -> Command:
    """Add the options of a question to a command."""
    for option in (
        click.option("--json", "is_json", is_flag=True, help="Answer in JSON."),
        click.option("--before", is_flag=True, help="Answer for the time before the change."),
        click.argument("file", type=_FILE, default=STDIN),
    ):
        command = option(command)
    return _options(command)


def _world(file: str, given: dict[str, Any], *, before: bool) -> tuple[World, People | None]:
    worlds = _read(file, given)
    return (worlds.old if before else worlds.new), _people(given, [worlds])


def _subject(who: str, people: People | None) -> Subject:
    """Return the known person with a name, or a person with this e-mail address."""
    subjects: Sequence[Subject] = people.subjects if people else ()
    for one in subjects:
        if one.name.lower() == who.lower():
            return one
    if "@" not in who:
        raise SettingsError(f'"{shown(who)}" is no e-mail address')
    return subject_of(who)


def _status(outcome: Outcome) -> int:
    return {Outcome.YES: 0, Outcome.NO: HOLDS, Outcome.DEPENDS: DEPENDS}[outcome]


def _told(answer: Answer) -> str:
    if answer.outcome is not Outcome.DEPENDS:
        return str(answer.outcome.value)
    if not answer.exact:
        return "depends: too large to prove"
    return f"depends on {', '.join(answer.on)}"


def _data(answer: Answer) -> dict[str, Any]:
    return {"outcome": answer.outcome.value, "on": list(answer.on), "exact": answer.exact}


@click.command(name="can")
@click.argument("who")
@click.argument("where")
@_asking
def can_(who: str, where: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Show whether WHO gets in at WHERE, according to FILE.

    \b
        cloudflare-access can ada@example.com wiki.example.com preview.json

    WHO is an e-mail address, WHERE a URL, a place or an application's name. The exit status is 0
    for yes, 3 for no, and 4 if it depends on something that is not known.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    with _refusing():
        world, people = _world(file, given, before=before)
        answer = can(world, _subject(who, people), where)
    echo(json.dumps(_data(answer)) if is_json else _told(answer))
    sys.exit(_status(answer.outcome))


@click.command(name="explain")
@click.argument("who")
@click.argument("where")
@_asking
def explain_(who: str, where: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Explain policy by policy why WHO gets in at WHERE or does not, according to FILE."""
    with _refusing():
        world, people = _world(file, given, before=before)
        explanation = explain(world, _subject(who, people), where)
    echo(json.dumps(as_json.explanation(explanation)) if is_json else explanation.text)


@click.command(name="who-can")
@click.argument("where")
@_asking
def who_can_(where: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Show who gets in at WHERE, according to FILE: in words and, with --people, by name."""
    with _refusing():
        world, people = _world(file, given, before=before)
        try:
            everybody = audience(world, where)
        except TooLargeError:
            everybody = None
        found = None if people is None else who_can(world, where, people)
    surely = _named(world, found.surely) if found else []
    possibly = _named(world, found.possibly) if found else []
    told = everybody.text if everybody else "too large to say"
    if is_json:
        data: dict[str, Any] = {"where": where, "everybody": told}
        data |= {"surely": surely, "possibly": possibly, "exact": found.exact} if found else {}
        echo(json.dumps(data))
        return
    for condition in everybody.conditions if everybody else ():
        echo(condition.text)
    if everybody is None or not everybody.conditions or not everybody.complete:
        echo(told if everybody is None or not everybody.conditions else "and others")
    for how, names in (("surely", surely), ("perhaps", possibly)):
        for name in names:
            echo(f"{how} {name}")


def _named(world: World, people: Sequence[Subject]) -> list[str]:
    """Return the names of people; only their number if names could reveal secret rules."""
    if people and not all(map(is_fact, world.secrets)):
        return [f"{len(people)} known people (not named, because some rules are secret)"]
    return [shown(one.name) for one in people]


@click.command(name="what-can")
@click.argument("who")
@_asking
def what_can_(who: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Show where WHO gets in, according to FILE: an answer for every place."""
    with _refusing():
        world, people = _world(file, given, before=before)
        answers = what_can(world, _subject(who, people))
    if is_json:
        echo(json.dumps({where: _data(answer) for where, answer in answers.items()}))
        return
    for where, answer in answers.items():
        echo(f"{shown(where)}: {_told(answer)}")


@click.command()
@click.argument("statement")
@_asking
def prove(statement: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Prove a STATEMENT for everybody who could exist, according to FILE.

    \b
        cloudflare-access prove "payroll.example.com: only example.com, group Auditors" preview.json
        cloudflare-access prove "wiki.example.com: never mallory@example.net" preview.json
        cloudflare-access prove "wiki.example.com: same as git.example.com" preview.json
        cloudflare-access prove "every application: only example.com" preview.json
        cloudflare-access prove "no application: opened, wider" preview.json
        cloudflare-access prove "no policy: idle" preview.json

    The exit status is 0 if it is proved, 3 if it does not hold, and 4 if it cannot be decided.
    """  # noqa: D301  (click's \b: it keeps the lines after it as they are)
    with _refusing():
        asked = statements.parsed(statement)
        worlds = _read(file, given)
        if before:
            worlds = Worlds(worlds.old, worlds.old, "state", worlds.notes, (), worlds.stack)
        result = statements.decide(asked, make(worlds))
    if is_json:
        data = {"statement": asked.text, "outcome": result.outcome.value, "why": [*result.lines]}
        echo(json.dumps(data))
    else:
        echo(result.text)
    sys.exit(_status(result.outcome))
