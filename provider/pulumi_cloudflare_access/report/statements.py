"""Statements about who gets in, in one line each, and their proof.

    payroll.example.com: only example.com, group Auditors
    wiki.example.com: never mallory@example.net
    status.example.com: always ada@example.com
    wiki.example.com: same as git.example.com
    every application: only example.com
    no application: opened, wider
    no policy: idle

A file of statements (`cloudflare-access-policies.yaml`) is a map of the same form. Statements below
`advisory:` are reported but do not stop an update.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from ..errors import SettingsError
from ..insight import (
    InsightError,
    Outcome,
    Proof,
    TooLargeError,
    Verdict,
    World,
    can,
    equivalent,
    explain,
    never_decide,
    only,
)
from ..insight.characters import shown
from ..insight.names import Names
from ..insight.places import directory, places
from ..insight.prove import Given, nobody, rule_of
from ..insight.semantics import Answering, Semantics
from .model import FAIL_ON, Report

FILE: Final = "cloudflare-access-policies.yaml"
VARIABLE: Final = "CLOUDFLARE_ACCESS_POLICIES"
ONLY, NEVER, ALWAYS, SAME_AS = "only", "never", "always", "same as"
EVERY: Final = "every application"
NO_APPLICATION: Final = "no application"
NO_POLICY: Final = "no policy"
IDLE: Final = "idle"
NOBODY: Final = "nobody"
_GROUP: Final = "group "
_SPLIT: Final = re.compile(r":\s+(?=(?:only|never|always|same as)\b)")
_VERDICTS: Final = tuple(
    dict.fromkeys([*FAIL_ON, *(v.value for v in Verdict if v is not Verdict.SAME)])
)
_SETTINGS: Final = ("statements", "advisory", "access_protection", "snapshot")
_FORM: Final = (
    'a statement is "PLACE: only WHO", "PLACE: never WHO", "PLACE: always WHO", "PLACE: same as '
    'PLACE", "no application: opened" or "no policy: idle"'
)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. `about` is a place, or one of the words above such as "no application".

    `verb` is `only`, `never`, `always` or `same as`, and empty for "no application" or "no policy".
    `is_advisory`: it does not stop an update.
    """

    about: str
    verb: str
    arguments: tuple[str, ...]
    is_advisory: bool = False

    @property
    def text(self) -> str:
        """The statement as it is written."""
        verb = "" if self.about in {NO_APPLICATION, NO_POLICY} else f"{self.verb} "
        return f"{self.about}: {verb}{', '.join(self.arguments)}"


@dataclass(frozen=True, slots=True)
class Result:
    """The result of a statement. `lines` say why it does not hold, or what it depends on."""

    statement: Statement
    outcome: Outcome
    lines: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The statement, whether it holds, and why not."""
        verb = {
            Outcome.YES: "holds, for everybody who could exist",
            Outcome.NO: "does not hold",
            Outcome.DEPENDS: "cannot be proved",
        }[self.outcome]
        return "\n".join([f"{self.statement.text}: {verb}", *(f"  {one}" for one in self.lines)])


@dataclass(frozen=True, slots=True)
class Statements:
    """The content of a file of statements. `snapshot` is the path of an account's snapshot."""

    statements: tuple[Statement, ...] = ()
    access_protection: bool | None = None
    snapshot: str | None = None


# ------------------------------------------------------------------------------------------ reading


def parsed(text: str, *, is_advisory: bool = False) -> Statement:
    """Parse a statement. Raises SettingsError."""
    about, colon, rest = _divided(text)
    if not colon or not about or not rest:
        raise SettingsError(f'"{shown(text)}" is not a statement: {_FORM}')
    words = rest.lower()
    if about.lower() in {NO_APPLICATION, NO_POLICY}:
        return _general(about.lower(), rest, is_advisory=is_advisory)
    about = EVERY if about.lower() in {EVERY, "every place"} else about
    for verb in (ONLY, NEVER, ALWAYS, SAME_AS):
        if words.startswith(f"{verb} "):
            arguments = _listed(rest[len(verb) :])
            return _checked(Statement(about, verb, arguments, is_advisory))
    raise SettingsError(f'"{shown(text)}" says neither only, never, always nor same as: {_FORM}')


def _divided(text: str) -> tuple[str, str, str]:
    """Split a statement after its place, which may itself contain colons."""
    found = _SPLIT.search(text)
    if found:
        return text[: found.start()].strip(), ":", text[found.end() :].strip()
    about, colon, rest = text.partition(":")
    return about.strip(), colon, rest.strip()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(one for one in (part.strip() for part in text.split(",")) if one)


def _general(about: str, rest: str, *, is_advisory: bool) -> Statement:
    known = _VERDICTS if about == NO_APPLICATION else (IDLE,)
    arguments = tuple(one.lower() for one in _listed(rest))
    for one in arguments:
        if one not in known:
            near = get_close_matches(one, known, 1)
            meant = f'did you mean "{near[0]}"?' if near else f"known are {', '.join(known)}."
            raise SettingsError(f'{about}: "{shown(one)}" is not known; {meant}')
    return Statement(about, "", arguments, is_advisory)


def _checked(statement: Statement) -> Statement:
    if not statement.arguments:
        raise SettingsError(f'"{shown(statement.text)}" names nobody')
    if statement.verb == ALWAYS:
        wrong = [one for one in statement.arguments if not re.fullmatch(r"[^@\s]+@[^@\s]+", one)]
        if wrong:
            raise SettingsError(
                f"{shown(statement.text)}: always needs e-mail addresses, and "
                f'"{shown(wrong[0])}" is none'
            )
    elif statement.verb in {ONLY, NEVER}:
        for one in statement.arguments:
            _given(one)
    return statement


def _given(who: str) -> Given:
    """Return the people that a text means. Raises SettingsError."""
    if who.lower().startswith(_GROUP):
        return {"group": {"id": who[len(_GROUP) :].strip().strip('"')}}
    if "@" in who:
        return who
    if re.fullmatch(r"[\w-]+(\.[\w-]+)+", who):
        return f"@{who}"
    raise SettingsError(
        f'"{shown(who)}" is neither an e-mail address, nor a domain, nor "group NAME"'
    )


def read_statements(path: Path) -> Statements:
    """Read a file of statements. Raises SettingsError, which lists mistakes with their lines."""
    import yaml  # noqa: PLC0415 - most commands do not need it

    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise SettingsError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" line {mark.line + 1}:" if mark else ""
        told = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise SettingsError(f"{path}:{where} {told}") from None
    reading = _Reading()
    reading.root(root)
    if not reading.mistakes and not reading.statements:
        reading.mistakes.append((1, f"holds no statements; {_FORM}"))
    if reading.mistakes:
        lines = [f"  line {line}: {told}" for line, told in sorted(reading.mistakes)]
        raise SettingsError(f"{path}:", *lines)
    # The path of the snapshot is relative to the file.
    snapshot = reading.snapshot and str(path.parent / reading.snapshot)
    return Statements(tuple(reading.statements), reading.access_protection, snapshot or None)


def files_for(folder: Path) -> list[Path]:
    """Return a program's files of statements: from its folder up to that of the Pulumi.yaml.

    The variable CLOUDFLARE_ACCESS_POLICIES names a further one, which must exist.
    """
    named = os.environ.get(VARIABLE)
    found = [Path(named)] if named else []
    folders = [folder, *folder.parents]
    roots = [n for n, one in enumerate(folders) if any(map(Path.is_file, _projects(one)))]
    beside = folders[: roots[0] + 1] if roots else folders[:1]
    return found + [path for one in beside if (path := one / FILE).is_file()]


def _projects(folder: Path) -> list[Path]:
    return [folder / "Pulumi.yaml", folder / "Pulumi.yml"]


def read_all(paths: Iterable[Path]) -> Statements:
    """Read several files of statements. Raises SettingsError, also if their settings differ."""
    found = Statements()
    for path in paths:
        more = read_statements(path)
        settings = {}
        for name in ("access_protection", "snapshot"):
            old, new = getattr(found, name), getattr(more, name)
            if None not in {old, new} and old != new:
                raise SettingsError(f"{path}: {name} has another value in another file")
            settings[name] = old if new is None else new
        found = Statements((*found.statements, *more.statements), **settings)
    return found


class _Reading:
    """The statements of one file, and the mistakes in it, by line.

    YAML nodes are read, not values, because a map with a place twice would lose one statement.
    """

    def __init__(self) -> None:
        self.statements: list[Statement] = []
        self.mistakes: list[tuple[int, str]] = []
        self.access_protection: bool | None = None
        self.snapshot: str | None = None

    def root(self, node: Any, *, is_advisory: bool = False) -> None:
        """Read a map or a list of statements."""
        if node is None:
            return
        if node.id == "sequence":
            for one in node.value:
                self._listed(one, is_advisory=is_advisory)
        elif node.id == "mapping":
            for key, value in node.value:
                self._entry(key, value, is_advisory=is_advisory)
        else:
            self._statement(node, str(node.value), is_advisory=is_advisory)

    def _listed(self, node: Any, *, is_advisory: bool) -> None:
        if node.id == "mapping":
            self.root(node, is_advisory=is_advisory)
        elif node.id == "scalar":
            self._statement(node, str(node.value), is_advisory=is_advisory)
        else:
            self._wrong(node, "must be a statement")

    def _entry(self, key: Any, value: Any, *, is_advisory: bool) -> None:
        name = str(key.value)
        if name in {"statements", "advisory"}:
            self.root(value, is_advisory=is_advisory or name == "advisory")
        elif name == "access_protection":
            text = str(value.value).lower()
            if text in {"on", "true", "yes", "off", "false", "no"}:
                self.access_protection = text in {"on", "true", "yes"}
            else:
                self._wrong(value, "access_protection: must be on or off")
        elif name == "snapshot":
            self.snapshot = str(value.value)
        elif value.id == "sequence":
            for one in value.value:
                self._statement(one, f"{name}: {one.value}", is_advisory=is_advisory)
        elif value.id == "scalar":
            self._statement(key, f"{name}: {value.value}", is_advisory=is_advisory)
        else:
            self._wrong(value, f'"{shown(name)}" must have a statement, or a list of them')

    def _statement(self, node: Any, text: str, *, is_advisory: bool) -> None:
        try:
            self.statements.append(parsed(text, is_advisory=is_advisory))
        except SettingsError as error:
            self._wrong(node, str(error))

    def _wrong(self, node: Any, told: str) -> None:
        self.mistakes.append((node.start_mark.line + 1, told))


# ----------------------------------------------------------------------------------------- deciding


def decide(statement: Statement, report: Report) -> Result:
    """Prove a statement about the world after a change, or say why it does not hold.

    The outcome is DEPENDS if it depends on unknowns, and NO for a place that does not exist.
    """
    try:
        outcome, lines = _decided(statement, report)
    except InsightError as error:
        outcome, lines = Outcome.NO, [str(error)]
    return Result(statement, outcome, tuple(lines))


def _decided(statement: Statement, report: Report) -> tuple[Outcome, list[str]]:
    world = report.worlds.new
    if statement.about == NO_APPLICATION:
        return _no_application(statement.arguments, report)
    if statement.about == NO_POLICY:
        return _no_idle_policy(world)
    wheres = [statement.about]
    if statement.about == EVERY:
        wheres = [place.url or place.name for place in places(world)]
    found = [
        one
        for where in wheres
        for one in _DECIDERS[statement.verb](world, where, statement.arguments)
    ]
    worst = min((outcome for outcome, _ in found), key=_WORST_FIRST.index, default=Outcome.YES)
    return worst, [line for outcome, lines in found if outcome is not Outcome.YES for line in lines]


_WORST_FIRST: Final = (Outcome.NO, Outcome.DEPENDS, Outcome.YES)
_Found = Iterator[tuple[Outcome, list[str]]]


def _only(world: World, where: str, who: Sequence[str]) -> _Found:
    allowed = [_given(one) for one in who if one.lower() != NOBODY]
    proof = only(world, where, *allowed)
    yield proof.outcome, _of_proof(proof, "also gets in")


def _never(world: World, where: str, who: Sequence[str]) -> _Found:
    rules = [rule_of(world, _given(one)) for one in who]
    for place in directory(world).within(where):

        def question(semantics: Semantics[Any], place: Answering = place) -> Any:
            return semantics.algebra.both(semantics.at(place), semantics.meant(rules))

        proof = nobody(world, question, answering=place)
        yield proof.outcome, _of_proof(proof, "gets in", shown(place.place))


def _always(world: World, where: str, who: Sequence[str]) -> _Found:
    for one in who:
        answer = can(world, one, where)
        yield answer.outcome, explain(world, one, where).text.splitlines()


def _same_as(world: World, where: str, others: Sequence[str]) -> _Found:
    for other in others:
        for proof in equivalent(world, where, world, other):
            yield (
                proof.outcome,
                _of_proof(proof, f"gets in at one alone of {where} and {other}", ""),
            )


_DECIDERS: Final = {ONLY: _only, NEVER: _never, ALWAYS: _always, SAME_AS: _same_as}


def _of_proof(proof: Proof, verb: str, where: str | None = None) -> list[str]:
    if proof.outcome is Outcome.YES:
        return []
    if proof.too_large and proof.witness is None:
        return ["too large to prove; install the extra: pulumi-cloudflare-access[prove]"]
    perhaps = "perhaps " if proof.outcome is Outcome.DEPENDS else ""
    place = shown(proof.where) if where is None else where
    at = f" at {place}" if place else ""
    told = [condition.text for condition in proof.who.conditions] or ["somebody"]
    lines = [f"{perhaps}{verb}{at}: {one}" for one in told]
    return lines + (proof.because.text.splitlines() if proof.because else [])


def _no_application(wanted: Iterable[str], report: Report) -> tuple[Outcome, list[str]]:
    """Return whether no place has one of the verdicts, and the places that do."""
    found: list[str] = []
    surely = False
    for one in wanted:
        verdicts = FAIL_ON.get(one, frozenset())
        verdicts |= {verdict for verdict in Verdict if verdict.value == one}
        for entry in report.entries:
            first = entry.first
            perhaps = not first.certain
            hit = entry.verdict in verdicts
            if entry.verdict is Verdict.UNDECIDED and not hit:
                # An undecided change may be wider or narrower.
                hit = bool({"wider": first.gains, "narrower": first.losses}.get(one))
                perhaps = True
            if one == "undecided" and perhaps:
                hit = True
            if hit:
                surely |= not perhaps or one in {"undecided", "opened"}
                told = "perhaps " if perhaps and one != "undecided" else ""
                found.append(f"{', '.join(entry.names)}: {told}{one}")
    if not found:
        return Outcome.YES, []
    return Outcome.NO if surely else Outcome.DEPENDS, list(dict.fromkeys(found))


def _no_idle_policy(world: World) -> tuple[Outcome, list[str]]:
    names, lines, unsure = Names(world), [], False
    for application in world.applications.values():
        try:
            idle = never_decide(world, application)
        except TooLargeError:
            unsure = True
            lines.append(f"{shown(application.name)}: too large to prove")
            continue
        lines += [f'{shown(application.name)}: "{names.of(key)}" never decides' for key in idle]
    if not lines:
        return Outcome.YES, []
    return Outcome.DEPENDS if unsure and len(lines) == 1 else Outcome.NO, lines
