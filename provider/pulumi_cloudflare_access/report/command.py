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
"""Exit statuses: bad input; what was asked about is so, or is not; nobody can say."""
FORMATS: Final[dict[str, Callable[[Sequence[Report]], str]]] = {
    "text": lambda reports: "\n\n".join(map(text.written, reports)),
    "markdown": markdown.written,
    "html": html.written,
    "json": as_json.written,
}
Command = Callable[..., None]
_FILE = click.Path(dir_okay=False, allow_dash=True)


def _options(command: Command) -> Command:
    """Give a command the options that all have."""
    for option in reversed(
        (
            click.option(
                "--state",
                type=_FILE,
                metavar="EXPORT",
                help="What `pulumi stack export` wrote before the preview: completes one that "
                "leaves out unchanged resources.",
            ),
            click.option(
                "--snapshot",
                type=_FILE,
                metavar="ACCOUNT.json",
                help="The account, by `cloudflare-access snapshot`: what the stack does not have.",
            ),
            click.option(
                "--access-protection",
                type=click.Choice(["on", "off"]),
                help="Whether the account blocks what no application guards; not known if left "
                "out.",
            ),
            click.option(
                "--people",
                type=click.Path(dir_okay=False),
                metavar="PEOPLE.csv",
                help="Known people, to say who of them is concerned.",
            ),
        )
    ):
        command = option(command)
    return command


@contextmanager
def _refusing() -> Iterator[None]:
    """End the command with one message for what is wrong with what it was given."""
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
        "--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there."
    ),
    click.option(
        "--fail-on",
        multiple=True,
        metavar="WHAT",
        help="End with status 3 on opened, wider, narrower, undecided or findings; may be "
        "repeated, or separated by commas.",
    ),
)


def _reporting(command: Command) -> Command:
    for option in reversed(_REPORT_OPTIONS):
        command = option(command)
    return _options(command)


@click.command()
@_reporting
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --format json, and end.")
def report(files: tuple[str, ...], *, schema: bool, **given: Any) -> None:
    """Say who gains and who loses access by a change, or who has it.

    \b
        pulumi preview --json --show-sames | cloudflare-access report
        cloudflare-access report preview.json --people people.csv --format html --output who.html
        pulumi stack export | cloudflare-access report

    FILES are previews (--json --show-sames), event streams, exported stacks or snapshots of an
    account; standard input if left out. The status is 3 if something of --fail-on is so.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    if schema:
        echo((Path(__file__).parent / "report-1.schema.json").read_text(encoding="utf-8"))
        return
    _report(files, **given)


@click.command(name="drift-report")
@_reporting
def drift_report(files: tuple[str, ...], **given: Any) -> None:
    """Say who got in, and who was locked out, behind Pulumi's back.

    \b
        pulumi refresh --preview-only --json | cloudflare-access drift-report

    FILES are what that command printed; standard input if left out.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
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
        # Names in it are spelled already, and secrets are not in it.
        echo(written.rstrip("\n"))
        return
    try:
        Path(output).write_text(written if written.endswith("\n") else f"{written}\n", "utf-8")
    except OSError as error:
        raise SettingsError(f"{output}: {error.strerror}") from None


# ----------------------------------------------------------------------------------------- snapshot


@click.command()
@click.option("--account", metavar="ID", help="The account; CLOUDFLARE_ACCOUNT_ID if left out.")
@click.option("--zone", "zones", multiple=True, metavar="ID", help="A zone, too; may be repeated.")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write it there.")
def snapshot(account: str | None, zones: tuple[str, ...], output: str | None) -> None:
    """Write what decides who gets in in an account, as data, without secrets of its own.

    \b
        cloudflare-access snapshot --output account.json
        cloudflare-access report preview.json --snapshot account.json

    Credentials come from the environment: CLOUDFLARE_API_TOKEN, or a key and an e-mail address. It
    takes a token that reads Access groups, applications and policies; lists, posture checks and
    rights are left out, and named, where the token does not reach them. It holds e-mail addresses.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    from ..settings import Settings  # noqa: PLC0415 - no other command asks Cloudflare
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
    """Print the path of a policy pack that says in every preview who gets in.

    \b
        pulumi preview --policy-pack "$(cloudflare-access policy-pack)"
        export PULUMI_OPTION_POLICY_PACK="$(cloudflare-access policy-pack)"

    cloudflare-access-policies.yaml beside the program has statements that must hold; see prove.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
    with _refusing():
        found = cli_version()
        if found < _OLDEST_CLI:
            told, needed = (".".join(map(str, one)) for one in (found, _OLDEST_CLI))
            raise SettingsError(
                f"pulumi {told} starts no executable policy pack: {needed} is the first that does. "
                "Use: pulumi preview --json --show-sames | cloudflare-access report"
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
    """Give a command the options of a question."""
    for option in (
        click.option("--json", "is_json", is_flag=True, help="Answer in JSON."),
        click.option("--before", is_flag=True, help="Ask about the time before the change."),
        click.argument("file", type=_FILE, default=STDIN),
    ):
        command = option(command)
    return _options(command)


def _world(file: str, given: dict[str, Any], *, before: bool) -> tuple[World, People | None]:
    worlds = _read(file, given)
    return (worlds.old if before else worlds.new), _people(given, [worlds])


def _subject(who: str, people: People | None) -> Subject:
    """Return what is known of somebody."""
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
    """Say whether WHO gets in at WHERE, by FILE.

    \b
        cloudflare-access can ada@example.com wiki.example.com preview.json

    WHO is an e-mail address, WHERE a URL, a place or an application's name. The status is 0 for
    yes, 3 for no, 4 if it depends on something.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
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
    """Say why WHO gets in at WHERE or does not, policy by policy, by FILE."""
    with _refusing():
        world, people = _world(file, given, before=before)
        explanation = explain(world, _subject(who, people), where)
    echo(json.dumps(as_json.explanation(explanation)) if is_json else explanation.text)


@click.command(name="who-can")
@click.argument("where")
@_asking
def who_can_(where: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Say who gets in at WHERE, by FILE: everybody, in words; with --people, who of them."""
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
    """Name people; count them, where a name would tell what stands in a secret rule."""
    if people and not all(map(is_fact, world.secrets)):
        return [f"{len(people)} known people (not named, because some rules are secret)"]
    return [shown(one.name) for one in people]


@click.command(name="what-can")
@click.argument("who")
@_asking
def what_can_(who: str, file: str, *, before: bool, is_json: bool, **given: Any) -> None:
    """Say where WHO gets in, by FILE: an answer for every place."""
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
    """Prove a STATEMENT for everybody who could exist, by FILE.

    \b
        cloudflare-access prove "payroll.example.com: only example.com, group Auditors" preview.json
        cloudflare-access prove "wiki.example.com: never mallory@example.net" preview.json
        cloudflare-access prove "wiki.example.com: same as git.example.com" preview.json
        cloudflare-access prove "every application: only example.com" preview.json
        cloudflare-access prove "no application: opened, wider" preview.json
        cloudflare-access prove "no policy: idle" preview.json

    The status is 0 if it is proved, 3 if it does not hold, 4 if nobody can say.
    """  # noqa: D301  (this backslash is one: it keeps click from filling the lines after it)
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
