"""Whatever people read leaves the package through outlet.py: the source says so, file by file."""

from __future__ import annotations

import ast
import logging
import re
from pathlib import Path

import pulumi
import pytest

import pulumi_cloudflare_access
from harness import program as running
from pulumi_cloudflare_access import errors
from pulumi_cloudflare_access.components import component
from pulumi_cloudflare_access.stacks.progress import Reporter
from pulumi_cloudflare_access.stacks.results import Change, Results, StackResult
from pulumi_cloudflare_access.text import outlet
from pulumi_cloudflare_access.text.secret_words import known

HOME = Path(pulumi_cloudflare_access.__file__).parent
# How text reaches a terminal or a log, and where that is done otherwise, with the reason.
WAY_OUT = re.compile(
    r"print|pulumi\.(warn|info|error|debug|log\..*|RunError)|RunError|warnings\.warn|logging\..*"
    r"|click\.(s?echo|style|confirm|ClickException|BadParameter|UsageError)"
    r"|sys\.std(out|err)\.write|.*[Cc]onsole.*\.print"
)
ELSEWHERE = {
    "text/outlet.py": "it is the way out",
    "process/plugin.py": "the engine's Log call, and standard error if nobody hears it: both clean",
    "cli.py": "the local API's own address and credentials, which are to be copied",
    "stacks/command.py": "JSON, which is exact and in ASCII; a table, whose cells are clean",
    "stacks/progress.py": "lines that are clean",
    "local_cloudflare": "imports nothing of the package; only its own crash is printed, in ASCII",
}
ESC = "\x1b[31mEve\u202e\r"
SPELLED = "<U+001B>[31mEve<U+202E><U+000D>"
CANARY = "canary-0123456789"


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


@pytest.mark.parametrize("path", sorted(HOME.rglob("*.py")), ids=lambda path: path.name)
def test_no_file_has_a_way_out_of_its_own(path: Path) -> None:
    where = path.relative_to(HOME).as_posix()
    if any(where == known_ or where.startswith(f"{known_}/") for known_ in ELSEWHERE):
        return
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    names = {called(call) for call in calls}
    assert set(filter(WAY_OUT.fullmatch, names)) == set()


@pytest.mark.usefixtures("program")
def test_what_a_program_says_is_clean(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    known.remember(CANARY)
    with caplog.at_level(logging.INFO):
        outlet.warn(f"{ESC} {CANARY}")
        outlet.say(f"{ESC} {CANARY}")
        running.resolved(pulumi.Output.from_input(None))
    assert caplog.messages == [f"{SPELLED} [secret]"] * 2
    outlet.echo(f"{ESC} {CANARY}\nnext")
    assert capsys.readouterr().out == f"{SPELLED} [secret]\nnext\n"


@pytest.mark.parametrize(
    "error",
    [
        errors.DriftError(f"{ESC} {CANARY}"),
        errors.ConflictError("POST /x", 409, (errors.Reason(1, f"{ESC} {CANARY}"),), "ray", ESC),
        errors.LostAnswerError(f"{errors.DriftError(f'{ESC} {CANARY}')}. Again"),
        outlet.run_error(f"{ESC} {CANARY}"),
    ],
)
def test_every_error_is_clean_whoever_shows_it(error: Exception) -> None:
    known.remember(CANARY)
    cleaned = str(error) if not isinstance(error, pulumi.RunError) else outlet.clean(str(error))
    assert SPELLED in cleaned
    assert CANARY not in cleaned
    assert outlet.clean(cleaned) == cleaned


def test_an_error_of_several_lines_has_those_and_no_others() -> None:
    error = errors.SettingsError("accounts that cannot be used:", "a\nb: is no name")
    assert str(error) == "accounts that cannot be used:\na<U+000A>b: is no name"
    assert str(error.copy()) == str(error)


def test_a_components_mistake_is_clean() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        component.refuse("Team", "x", [f"people[0]: {ESC} is people[1] already"])
    assert str(refused.value) == f'Team "x": people[0]: {SPELLED} is people[1] already'


def test_results_are_exact_as_data_and_clean_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    change = Change(
        name=ESC, type="t:AccessGroup", urn="urn", action="update", details=(f'+ include["{ESC}"]',)
    )
    failed = StackResult(
        name="acme",
        account_id="a" * 32,
        operation="up",
        changes=(change,),
        warnings=(f"{ESC}: one\ntwo",),
        error=f"{ESC} failed\nsecond line {ESC}",
        outputs={"name": ESC},
    )
    results = Results("up", (failed,))
    written = "\n".join([results.text(), *results.details(), failed.summary, str(change)])
    with Reporter("up", 1) as reporter:
        reporter.ended(failed)
    written += "".join(capsys.readouterr())
    assert "\x1b" not in written
    assert "\u202e" not in written
    assert f"failed: {SPELLED} failed" in results.text()
    assert f"error: {SPELLED} failed\n    second line {SPELLED}" in written
    assert f'update {SPELLED} (AccessGroup): + include["{SPELLED}"]' in written
    cells = [str(cell) for column in results.table().columns for cell in column.cells]
    assert f"failed: {SPELLED} failed" in cells
    # Programs get what there is, and JSON in ASCII says it whole.
    assert '"name": "\\u001b[31mEve\\u202e\\r"' in results.to_json()
    assert results.to_json().isascii()


def test_a_look_up_of_a_secret_name_does_not_say_it(
    program: pulumi_cloudflare_access.LocalCloudflare,
) -> None:
    program.seed({"access/groups": [{"name": f"{CANARY}s", "include": [{"everyone": {}}]}]})
    name = pulumi.Output.secret(CANARY)
    found = pulumi_cloudflare_access.get_access_group_output(name=name)
    with pytest.raises(errors.LookUpError) as missing:
        running.resolved(found)
    assert 'no Access group has the name "[secret]"' in str(missing.value)
    assert CANARY not in str(missing.value)


def test_a_look_up_that_finds_nothing_names_the_nearest_spelled(
    program: pulumi_cloudflare_access.LocalCloudflare,
) -> None:
    program.seed({"access/groups": [{"name": "Engineer\u202es\n", "include": [{"everyone": {}}]}]})
    with pytest.raises(errors.LookUpError, match=r'the nearest: "Engineer<U\+202E>s<U\+000A>"'):
        pulumi_cloudflare_access.get_access_group(name="Engineers")
