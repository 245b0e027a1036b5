"""`cloudflare-access report`: golden reports of recorded previews, and what is refused."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from insight.programs import PROGRAMS
from insight.told import recording
from pulumi_cloudflare_access.report.markdown import LIMIT
from report.inputs import lines, people, preview, run, saved

GOLDENS = Path(__file__).parent / "goldens"
COMPARED = [name for name in PROGRAMS if name not in {"base", "failed"}]


def golden(name: str, written: str) -> None:
    """Compare with a golden file. To write it anew: delete it, and run the test twice."""
    path = GOLDENS / name.replace(" ", "-")
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(written)
        pytest.fail(f"{path.name} has been written")
    assert written == path.read_text()


@pytest.mark.parametrize("name", COMPARED)
def test_a_report_says_what_its_golden_says(name: str, tmp_path: Path) -> None:
    file = preview(tmp_path, name)
    known = people(tmp_path)
    markdown = run("report", file, "--people", known, "--format", "markdown").stdout
    golden(f"{name}.txt", f"{run('report', file, '--people', known).stdout}\n{markdown}")


@pytest.mark.parametrize("name", COMPARED)
def test_json_is_what_the_schema_says(name: str, tmp_path: Path) -> None:
    schema = json.loads(run("report", "--schema").stdout)
    file = preview(tmp_path, name)
    data = json.loads(run("report", file, "--people", people(tmp_path), "--format", "json").stdout)
    jsonschema.Draft202012Validator(_closed(schema)).validate(data)
    (stack,) = data["stacks"]
    assert stack["stack"] == "test/dev"
    counted = {verdict: n for verdict, n in stack["summary"].items() if n and verdict != "same"}
    told = [change["verdict"] for change in stack["changes"]]
    assert {verdict: told.count(verdict) for verdict in told} == counted


def _closed(schema: Any) -> Any:
    """Return a schema that takes no field but those that it names."""
    if isinstance(schema, dict):
        found = {key: _closed(value) for key, value in schema.items()}
        return {**found, "additionalProperties": False} if "required" in found else found
    return [_closed(one) for one in schema] if isinstance(schema, list) else schema


def test_a_harmless_refactor_is_said_to_be_proved(tmp_path: Path) -> None:
    told = lines("report", preview(tmp_path, "refactor"))
    assert told[0].endswith(": 9 places are the same for everybody (proved).")


def test_an_export_and_an_account_say_who_gets_in(tmp_path: Path) -> None:
    for name in ("state", "account after"):
        told = run("report", preview(tmp_path, name, "sources")).stdout
        assert "\nwiki.example.com (Wiki): anyone @" in told
        (stack,) = json.loads(
            run("report", preview(tmp_path, name, "sources"), "--format", "json").stdout
        )["stacks"]
        assert (stack["kind"], stack["summary"], stack["changes"]) == ("state", {}, [])
        assert "wiki.example.com" in {one["place"] for one in stack["places"]}


def test_several_stacks_are_one_report(tmp_path: Path) -> None:
    files = [preview(tmp_path, name) for name in ("swap", "deleted")]
    told = run("report", *files).stdout
    assert told.count("Who gets in after this change of test/dev") == 2
    markdown = run("report", *files, "--format", "markdown").stdout
    assert markdown.startswith("<!-- cloudflare-access report: test/dev test/dev -->\n")


def test_standard_input_and_powershell_s_files_are_read(tmp_path: Path) -> None:
    text = Path(preview(tmp_path, "swap")).read_text()
    assert "console.example.com" in run("report", stdin=text).stdout
    assert "console.example.com" in run("report", "-", stdin=text).stdout
    (tmp_path / "utf-16.json").write_bytes(text.encode("utf-16"))
    assert "console.example.com" in run("report", str(tmp_path / "utf-16.json")).stdout


def test_a_state_completes_a_preview_without_unchanged_resources(tmp_path: Path) -> None:
    file = preview(tmp_path, "without unchanged resources", "sources")
    refused = run("report", file, status=1).stderr
    assert "leaves out" in refused
    assert "--show-sames" in refused
    state = preview(tmp_path, "state", "sources")
    whole = run("report", preview(tmp_path, "preview", "sources"))
    assert run("report", file, "--state", state).stdout == whole.stdout


def test_what_a_target_leaves_out_is_said(tmp_path: Path) -> None:
    told = run("report", preview(tmp_path, "of a target", "sources")).stdout
    assert "this run leaves it out" in told


@pytest.mark.parametrize(
    ("name", "failing", "passing"),
    [
        ("deleted", "opened", "narrower"),
        ("contractor", "wider", "narrower,opened,undecided"),
        ("country", "narrower", "opened,undecided"),
        ("secret", "undecided", "opened"),
        ("cycle", "undecided", "opened"),
        ("swap", "findings", "opened"),
        ("bypass", "wider", "opened"),
        ("overlap", "narrower", "opened"),
    ],
)
def test_fail_on_ends_with_a_status(name: str, failing: str, passing: str, tmp_path: Path) -> None:
    file = preview(tmp_path, name)
    failed = run("report", file, "--fail-on", failing, status=3)
    assert failed.stderr == f"--fail-on: {failing}\n"
    assert failed.stdout == run("report", file, "--fail-on", passing).stdout
    everything = "opened,wider,narrower,undecided,findings"
    run("report", preview(tmp_path, "refactor"), "--fail-on", everything)


def test_fail_on_something_unknown_is_refused(tmp_path: Path) -> None:
    refused = run("report", preview(tmp_path), "--fail-on", "opend", status=1)
    assert "opened, wider, narrower, undecided, findings" in refused.stderr


@pytest.mark.parametrize(
    ("recorded", "name"),
    [
        (recorded, name)
        for recorded in ("sources", "changes", "drift", "places", "bridged")
        for name in recording(recorded)
        if name not in {"failed", "without unchanged resources"}
    ],
)
def test_every_document_has_a_report_in_every_form(
    recorded: str, name: str, tmp_path: Path
) -> None:
    file = preview(tmp_path, name, recorded)
    for format_ in ("text", "markdown", "html", "json"):
        told = run("report", file, "--people", people(tmp_path, PLAIN), "--format", format_).stdout
        assert "None" not in told
        assert "urn:pulumi" not in told or format_ == "json"


PLAIN = "email,groups\nada@example.com,partners\nlin@contractor.example,-\n"


# ------------------------------------------------------------------------------------------- drift


def test_a_refresh_says_who_got_in_behind_pulumi_s_back(tmp_path: Path) -> None:
    file = preview(tmp_path, "refresh", "drift")
    told = run("drift-report", file).stdout
    assert told.startswith("Who gets in by what has changed at Cloudflare of test/dev: ")
    assert told == run("report", file).stdout
    golden("drift.txt", told)


def test_a_drift_report_takes_refreshes_alone(tmp_path: Path) -> None:
    refused = run("drift-report", preview(tmp_path), status=1).stderr
    assert "everything.json: is no preview of a refresh" in refused
    assert "pulumi refresh --preview-only --json" in refused


# --------------------------------------------------------------------------------------- bad input


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "bad.json: The input is empty."),
        ("{", "bad.json: The input is not JSON (line 1, column 2)."),
        ('{"format_version": "1.2"}', "bad.json: The input is of Terraform, not of Pulumi."),
        ('{"steps": [{"op": "frobnicate", "urn": "u"}]}', 'a step "frobnicate"'),
        ('{"deployment": {}, "version": 99}', "its version is 99"),
        ('{"accounts": []}', 'The snapshot is none: it has no "accounts".'),
    ],
)
def test_other_files_are_refused_with_what_to_do(text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(text)
    refused = run("report", str(tmp_path / "bad.json"), status=1)
    assert told in refused.stderr
    assert refused.stderr.startswith("Error: ")
    assert not refused.stdout


def test_a_failed_preview_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    refused = run("report", preview(tmp_path, "failed"), status=1).stderr
    assert "The preview failed" in refused
    missing = str(tmp_path / "nowhere.json")
    assert f"{missing}: No such file" in run("report", missing, status=1).stderr


def test_mistakes_in_a_file_of_people_are_told_with_their_lines(tmp_path: Path) -> None:
    text = (
        "email,identity_providers,countries,adresses,posture\n"
        "ada@example.com,Oktopus,Germany,,\n"
        "nobody,,,,\n"
        "bob@example.com,,DE,10.0.0.0/33,!No such check\n"
    )
    refused = run("report", preview(tmp_path), "--people", people(tmp_path, text), status=1).stderr
    for told in (
        'line 1: "adresses" is not a known column; did you mean "addresses"?',
        'line 2: identity_providers: "Oktopus"'.replace("identity_providers: ", ""),
        'line 2: countries: "Germany" is no country code such as DE',
        'line 3: email: "nobody" is no e-mail address',
        'line 4: "No such check" is no posture check of the input',
    ):
        assert told in refused


def test_people_may_be_in_yaml_and_in_files_of_teams(tmp_path: Path) -> None:
    teams = "Engineers:\n  - pat@example.com\n  - {email: hr@example.com, country: FR}\n"
    known = people(tmp_path, teams, "people.yaml")
    told = run("report", preview(tmp_path), "--people", known).stdout
    assert "known people: surely pat@example.com gain access" in told
    assert "known people: surely hr@example.com gain access" in told
    rows = "email,team,guest,name\npat@example.com,Engineers,no,Pat\npat@example.com,Staff,,\n"
    told = run("report", preview(tmp_path), "--people", people(tmp_path, rows)).stdout
    assert "known people: surely pat@example.com gain access" in told


# ----------------------------------------------------------------------------- names, secrets, size


def test_names_act_on_nothing(tmp_path: Path) -> None:
    """A name is anybody's data: no Markdown, no HTML, no mention, no terminal's command."""
    document = copy.deepcopy(recording("changes")["swap"])
    text = json.dumps(document).replace(
        '"Console"', json.dumps("`|@octocat <img src=x onerror=alert(1)> \x1b[31m```")
    )
    (tmp_path / "named.json").write_text(text)
    file = str(tmp_path / "named.json")
    markdown = run("report", file, "--format", "markdown").stdout
    assert "````` `\\|@octocat <img" in markdown or "```` `\\|@octocat <img" in markdown
    html = run("report", file, "--format", "html").stdout
    assert "<img" not in html
    assert "\x1b" not in html + markdown + run("report", file).stdout


def test_a_secret_rule_counts_and_is_not_told(tmp_path: Path) -> None:
    """With the state's plain secrets, who is let in is known: it is counted, and not named."""
    worlds = recording("sources")
    state = saved(tmp_path, "plain.json", worlds["state with secrets"])
    file = preview(tmp_path, "preview", "sources")
    known = people(tmp_path, "email\nceo@example.com\ncfo@example.com\nada@example.com\n")
    for format_ in ("text", "markdown", "html", "json"):
        told = run("report", file, "--state", state, "--people", known, "--format", format_).stdout
        for address in ("ceo@example.com", "cfo@example.com", "ada@example.com"):
            assert address not in told, format_


def test_a_comment_stays_within_its_limit_and_says_what_is_left_out(tmp_path: Path) -> None:
    document = copy.deepcopy(recording("changes")["everything"])
    steps = document["steps"]
    document["steps"] = []
    for n in range(60):
        text = json.dumps(steps).replace("dev::test", f"dev{n}::test")
        document["steps"] += json.loads(
            text.replace("example", f"e{n}").replace("-0000-4000-", f"-{n:04}-4000-")
        )
    told = run("report", saved(tmp_path, "large.json", document), "--format", "markdown").stdout
    assert LIMIT * 0.9 < len(told.encode()) <= LIMIT
    assert "more parts are too long for a comment" in told
    assert told.count("<details>") == told.count("</details>")
    again = run("report", str(tmp_path / "large.json"), "--format", "markdown").stdout
    assert told == again


def test_a_page_is_whole_and_needs_nothing_else(tmp_path: Path) -> None:
    page = run("report", preview(tmp_path), "--people", people(tmp_path), "--format", "html").stdout
    assert page.startswith("<!doctype html>")
    assert page.count("<details") == page.count("</details>")
    assert page.count("<td") == page.count("</td>") == 5 * 10
    assert "http://" not in page
    assert "src=" not in page
    assert page.index("old.example.com") < page.index("console.example.com")
    for told in ("gains access", "does not get in", "anyone @contractor.example"):
        assert told in page
