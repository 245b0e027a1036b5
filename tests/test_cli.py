from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import yaml

from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

CLI = [sys.executable, "-m", "pulumi_cloudflare_access.cli"]
NAMES = ["base_url", "account_id", "zone_id", "token", "email", "api_key"]

# Stands in for the Pulumi CLI: remembers its arguments, and writes what a new stack writes.
PULUMI = f"""#!{sys.executable}
import os, pathlib, sys
with pathlib.Path(os.environ["CALLS"]).open("a") as calls:
    print(*sys.argv[1:], "in", os.getcwd(), "on", os.environ.get("PULUMI_STACK"), file=calls)
if sys.argv[1:3] == ["stack", "init"]:
    if "FAIL" in os.environ:
        sys.exit("error: no such thing")
    pathlib.Path("Pulumi.local.yaml").write_text("encryptionsalt: v1\\n")
"""

STUBBORN = """
import signal, sys
def stop(*_):
    print("stopping", flush=True)
    sys.exit(5)
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
print("ready", flush=True)
signal.pause()
"""


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Return an environment whose temporary folder, Pulumi and project are the test's own."""
    for folder in ("bin", "tmp", "project"):
        (tmp_path / folder).mkdir()
    pulumi = tmp_path / "bin" / "pulumi"
    pulumi.write_text(PULUMI)
    pulumi.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
    return kept | {
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TMPDIR": str(tmp_path / "tmp"),
        "CALLS": str(tmp_path / "calls"),
    }


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run everything outside the checkout: its own project is one that commands would find."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return tmp_path / "project"


def start(*arguments: str, **options: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*CLI, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def run(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *arguments], capture_output=True, text=True, check=False, timeout=30, **options
    )


@pytest.fixture
def served(environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with start("local", "--json", env=environment) as process:
        yield process
        process.kill()


def calls(environment: dict[str, str]) -> list[str]:
    return Path(environment["CALLS"]).read_text().splitlines()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_local_prints_one_line_and_runs_until_it_is_stopped(
    served: subprocess.Popen[str], number: signal.Signals
) -> None:
    assert served.stdout is not None
    told = json.loads(served.stdout.readline())
    assert list(told) == NAMES
    answer = httpx.get(
        f"{told['base_url']}/accounts/{told['account_id']}/access/groups",
        headers={"Authorization": f"Bearer {told['token']}"},
    )
    assert answer.json()["result"] == []
    served.send_signal(number)
    assert served.communicate(timeout=5) == ("", "")
    assert served.returncode == 0


def test_local_prints_plain_lines_into_a_pipe() -> None:
    with start("local") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _ in NAMES]
        process.terminate()
        assert process.wait(timeout=5) == 0
    assert [name for name, _ in lines] == NAMES


def test_local_prints_a_table_into_a_terminal() -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen([*CLI, "local"], stdout=theirs, start_new_session=True) as process:
        os.close(theirs)
        text = ""
        while "export CLOUDFLARE_ACCESS_LOCAL='{" not in text:
            text += os.read(ours, 4096).decode()
        process.terminate()
        assert process.wait(timeout=5) == 0
    os.close(ours)
    assert "account id" in text
    assert "127.0.0.1" in text


def test_the_same_seed_gives_the_same_ids() -> None:
    def told() -> dict[str, str]:
        echo = ["sh", "-c", 'echo "$CLOUDFLARE_ACCESS_LOCAL"']
        line = run("local", "--seed", "7", "--keep-backend", "--", *echo).stdout
        return {key: value for key, value in json.loads(line).items() if key != "base_url"}

    assert told() == told()


SEED = """
access/identity_providers:
  - {name: Okta, type: okta}
access/service_tokens:
  - {name: CI}
access/tags:
  - {name: engineers}
members:
  - {email: ada@example.com}
zones:
  - {id: 0123456789abcdef0123456789abcdef, name: shop.example, access/groups: [
      {name: Everyone, include: [{everyone: {}}]}]}
  - {name: example.com, access/identity_providers: [{name: Code, type: onetimepin}]}
"""
LOOK = """
import json, os, urllib.request
told = json.loads(os.environ["CLOUDFLARE_ACCESS_LOCAL"])
account, zone = f"accounts/{told['account_id']}", f"zones/{told['zone_id']}"
for path in (
    *(f"{account}/access/{name}" for name in ("identity_providers", "service_tokens", "tags")),
    f"{account}/members",
    "zones/0123456789abcdef0123456789abcdef/access/groups",
    f"{zone}/access/identity_providers",
):
    request = urllib.request.Request(f"{told['base_url']}/{path}")
    request.add_header("Authorization", f"Bearer {told['token']}")
    for found in json.load(urllib.request.urlopen(request))["result"]:
        print(found.get("name") or found["email"])
"""


@pytest.mark.parametrize("form", ["yaml", "json"])
def test_a_file_says_what_is_there_in_the_beginning(tmp_path: Path, form: str) -> None:
    file = tmp_path / f"account.{form}"
    file.write_text(SEED if form == "yaml" else json.dumps(yaml.safe_load(SEED)))
    look = ["--keep-backend", "--", sys.executable, "-c", LOOK]
    done = run("local", "--seed", str(file), "--seed", "7", *look)
    assert done.stdout.split() == ["Okta", "CI", "engineers", "ada@example.com", "Everyone", "Code"]


@pytest.mark.parametrize(
    ("text", "told", "code"),
    [
        (None, "No such file or directory", 2),
        ("{", "neither YAML nor JSON", 2),
        ("[]", "a document is an object whose keys are collections, accounts and zones", 1),
        ("groups: []", "cannot seed 'groups': there are accounts, zones, access/groups", 1),
        ("members: [{}]", "'email' is missing (members[0])", 1),
        (
            "zones: [{name: a.example, access/groups: [{name: x}]}]",
            "include field should not be empty (zones[0].access/groups[0])",
            1,
        ),
        ("zones: [7]", "(zones[0])", 1),
    ],
)
def test_a_file_that_is_wrong_is_told(
    tmp_path: Path, text: str | None, told: str, code: int
) -> None:
    file = tmp_path / "account.yaml"
    if text is not None:
        file.write_text(text)
    done = run("local", "--seed", str(file), "--keep-backend", "--", "true")
    assert (done.returncode, told in done.stderr, "Traceback" in done.stderr) == (code, True, False)


LIMITS = ["max_groups", "max_applications", "max_policies", "max_rules"]


def test_every_limit_is_an_option_and_every_switch_is_set_by_its_name() -> None:
    limits = [f"--{name.replace('_', '-')}={n}" for n, name in enumerate(LIMITS, 2)]
    switch = ["--switch", "foreign_fields=refuse", "--switch", "largest_page=null"]
    with start("local", *limits, *switch, "--json") as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        control = told["base_url"].replace("/client/v4", "/_local")
        switches = httpx.get(f"{control}/switches").json()
        process.terminate()
    assert [switches[name] for name in LIMITS] == [2, 3, 4, 5]
    assert (switches["foreign_fields"], switches["largest_page"]) == ("refuse", None)


ASK = """
import json, os, urllib.error, urllib.request
told = json.loads(os.environ["CLOUDFLARE_ACCESS_LOCAL"])
for number in range(3):
    try:
        print(urllib.request.urlopen(f"{told['base_url']}/user/tokens/verify").status)
    except urllib.error.HTTPError as error:
        print(error.code)
    except OSError as error:
        print(type(error).__name__)
"""


def test_faults_strike_the_command_and_are_counted() -> None:
    lines = ["GET /user/** status=503 nth=2", "GET ** cut=processed nth=3", "PUT ** status=500"]
    faults = [word for line in lines for word in ("--fault", line)]
    done = run("local", *faults, "--keep-backend", "--", sys.executable, "-c", ASK)
    assert done.stdout.split() == ["400", "503", "RemoteDisconnected"]
    counted = [line for line in done.stderr.splitlines() if line.startswith("struck")]
    assert counted == [
        "struck 1 x: GET /user/** status=503 nth=2",
        "struck 1 x: GET ** cut=processed nth=3",
        "struck 0 x: PUT ** status=500",
    ]


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        ("status=503", "'' is no route"),
        ("GET ** status=x", "status: status is a whole number"),
        ("GET **", "a fault is exactly one of status, "),
    ],
)
def test_a_fault_that_is_none_is_said(line: str, mistake: str) -> None:
    done = run("local", "--fault", line)
    assert done.returncode == 2
    assert mistake in done.stderr


def test_strict_and_a_proxy_are_asked_for() -> None:
    with start("local", "--strict", "--proxy", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        told = json.loads(process.stdout.readline())
        control = process.stderr.readline().split()[-1]
        clock = httpx.post(f"{control}/clock", json={"running": False})
        assert clock.status_code == 200
        httpx.post(f"{control}/faults", json={"route": "GET **", "cut": "body"})
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(told["base_url"] + "/x")
        httpx.delete(f"{control}/faults")
        with httpx.Client(base_url=told["base_url"]) as client:
            statuses = {client.get("/x").status_code for _ in range(1200)}
        process.terminate()
    assert statuses == {404, 429}


def test_accounts_and_zones_can_be_named() -> None:
    accounts, zones = ["a" * 32, "b" * 32], ["c" * 32, "d" * 32]
    arguments = [word for account in accounts for word in ("--account", account)]
    arguments += [word for zone in zones for word in ("--zone", zone)]
    with start("local", "--json", "--latency-ms", "1", "--plain", *arguments) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        assert (told["account_id"], told["zone_id"]) == (accounts[0], zones[0])
        for path in [f"accounts/{id_}" for id_ in accounts] + [f"zones/{id_}" for id_ in zones]:
            answer = httpx.get(
                f"{told['base_url']}/{path}/access/groups",
                headers={"Authorization": f"Bearer {told['token']}"},
            )
            assert answer.status_code == 200
        process.terminate()
        assert process.wait(timeout=5) == 0


def test_a_name_that_is_no_id_is_refused() -> None:
    done = run("local", "--account", "mine")
    assert done.returncode == 2
    assert "'mine' is not 32 hexadecimal digits" in done.stderr


def test_a_port_that_is_taken_is_named() -> None:
    with LocalCloudflare() as cloudflare:
        port = cloudflare.base_url.split(":")[2].split("/")[0]
        done = run("local", "--port", port)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: cannot listen on port {port}: it is taken; without --port a free one is used\n"
    )


def test_a_command_runs_against_it_with_a_backend_of_its_own(environment: dict[str, str]) -> None:
    show = (
        "import json, os, sys;print(json.dumps([sys.stdin.read(), dict(os.environ)]));sys.exit(7)"
    )
    done = run("local", "--", sys.executable, "-c", show, env=environment, input="through")
    assert done.returncode == 7
    said, seen = json.loads(done.stdout)
    local = json.loads(seen["CLOUDFLARE_ACCESS_LOCAL"])
    assert said == "through"
    assert list(local) == NAMES
    assert seen["PULUMI_BACKEND_URL"].startswith(f"file://{environment['TMPDIR']}/")
    assert seen["PULUMI_CONFIG_PASSPHRASE"] == ""
    assert local["base_url"] in done.stderr
    assert seen["PULUMI_BACKEND_URL"] in done.stderr
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


def test_the_users_own_backend_can_be_kept(environment: dict[str, str], project: Path) -> None:
    (project / "Pulumi.yaml").touch()
    mine = environment | {"PULUMI_BACKEND_URL": "file:///mine"}
    show = ["sh", "-c", "echo $PULUMI_BACKEND_URL $PULUMI_STACK"]
    done = run("local", "--keep-backend", "--", *show, env=mine, cwd=project)
    assert done.stdout == "file:///mine\n"
    assert not Path(environment["CALLS"]).exists()


@pytest.mark.parametrize("name", ["Pulumi.yaml", "Pulumi.yml"])
def test_a_project_gets_a_stack_that_is_gone_afterwards(
    environment: dict[str, str], project: Path, name: str
) -> None:
    (project / name).touch()
    (project / "deeper").mkdir()
    done = run("local", "--", "pulumi", "up", env=environment, cwd=project / "deeper")
    assert done.returncode == 0
    assert calls(environment) == [
        f"stack init local --no-select --non-interactive in {project} on None",
        f"up in {project / 'deeper'} on local",
    ]
    if name == "Pulumi.yaml":  # the stand-in always writes Pulumi.local.yaml
        assert sorted(path.name for path in project.iterdir()) == ["Pulumi.yaml", "deeper"]


def test_the_project_may_be_elsewhere(
    environment: dict[str, str], project: Path, tmp_path: Path
) -> None:
    (project / "Pulumi.yaml").touch()
    for option in (["-C", "project"], ["--cwd", "project"], ["--cwd=project"]):
        run("local", "--", "pulumi", *option, "up", env=environment, cwd=tmp_path)
    assert sum(call.startswith("stack init") for call in calls(environment)) == 3


def test_settings_of_a_stack_called_local_stay(environment: dict[str, str], project: Path) -> None:
    (project / "Pulumi.yaml").touch()
    (project / "Pulumi.local.yaml").write_text("config: {}\n")
    run("local", "--", "pulumi", "up", env=environment, cwd=project)
    assert (project / "Pulumi.local.yaml").read_text() == "config: {}\n"


def test_the_users_own_passphrase_stays(environment: dict[str, str]) -> None:
    show = ["sh", "-c", 'echo "${PULUMI_CONFIG_PASSPHRASE-unset}"']
    mine = run("local", "--", *show, env=environment | {"PULUMI_CONFIG_PASSPHRASE": "mine"})
    assert mine.stdout == "mine\n"
    file = run("local", "--", *show, env=environment | {"PULUMI_CONFIG_PASSPHRASE_FILE": "mine"})
    assert file.stdout == "unset\n"


@pytest.mark.parametrize(
    "words", [["up", "--stack", "dev"], ["up", "--stack=dev"], ["up", "-sdev"]]
)
def test_a_command_that_names_a_stack_gets_no_other(
    environment: dict[str, str], project: Path, words: list[str]
) -> None:
    (project / "Pulumi.yaml").touch()
    run("local", "--", "pulumi", *words, env=environment, cwd=project)
    assert calls(environment) == [f"{' '.join(words)} in {project} on None"]


def test_an_environment_that_names_a_stack_gets_no_other(
    environment: dict[str, str], project: Path
) -> None:
    (project / "Pulumi.yaml").touch()
    run("local", "--", "pulumi", "up", env=environment | {"PULUMI_STACK": "dev"}, cwd=project)
    assert calls(environment) == [f"up in {project} on dev"]


def test_a_stack_that_cannot_be_made_is_an_error(
    environment: dict[str, str], project: Path
) -> None:
    (project / "Pulumi.yaml").touch()
    done = run("local", "--", "pulumi", "up", env=environment | {"FAIL": "1"}, cwd=project)
    assert done.returncode == 1
    assert done.stderr.endswith(
        "Error: pulumi stack init local --no-select --non-interactive: error: no such thing\n"
    )
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_command_and_it_ends_in_its_own_way(
    environment: dict[str, str], number: signal.Signals
) -> None:
    with start("local", "--", sys.executable, "-c", STUBBORN, env=environment) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(number)
        assert process.stdout.read() == "stopping\n"
        assert process.wait(timeout=5) == 5
    assert list(Path(environment["TMPDIR"]).iterdir()) == []


def test_a_command_that_a_signal_kills_ends_as_in_a_shell() -> None:
    assert run("local", "--", "sh", "-c", "kill -9 $$").returncode == 137


def test_a_command_that_is_not_there_is_named() -> None:
    done = run("local", "--", "no-such-command")
    assert done.returncode == 127
    assert done.stderr == "Error: command not found: no-such-command\n"


def test_without_werkzeug_the_extra_is_named() -> None:
    code = (
        "import sys; sys.modules['werkzeug'] = None;"
        "from pulumi_cloudflare_access.cli import main; main(['local'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == (
        "Error: the local Cloudflare needs Werkzeug: "
        "pip install 'pulumi-cloudflare-access[local]'\n"
    )


def test_help_and_version_are_quick() -> None:
    code = (
        "import sys; from pulumi_cloudflare_access.cli import main;"
        "assert not {'pulumi', 'httpx', 'pydantic', 'rich', 'werkzeug'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    assert run("--version").stdout.startswith("cloudflare-access, version ")
    assert "\n      cloudflare-access local -- pulumi up\n" in run("local", "--help").stdout


@pytest.mark.engine
def test_the_readmes_way_to_try_a_stack_works_and_leaves_the_project_as_it_was(
    tmp_path: Path, project: Path
) -> None:
    """The real Pulumi, no account, no stack: `cloudflare-access local -- pulumi up`."""
    (tmp_path / "project").mkdir()
    example = Path(__file__).resolve().parent.parent / "examples" / "01_first_group"
    for name in ("Pulumi.yaml", "__main__.py"):
        (project / name).write_text((example / name).read_text())
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI")}
    offline = {
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    done = subprocess.run(
        [*CLI, "local", "--", "pulumi", "up", "--yes", "--skip-preview", "--non-interactive"],
        cwd=project,
        env=kept | offline,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 created" in done.stdout
    assert {path.name for path in project.iterdir()} - {"__pycache__"} == {
        "Pulumi.yaml",
        "__main__.py",
    }


def test_switches_are_set_on_the_command_line(environment: dict[str, str]) -> None:
    switches = ["--switch", "delete_in_use=allow", "--switch", "max_groups=null"]
    with start("local", "--json", *switches, env=environment) as process:
        assert process.stdout is not None
        base_url = json.loads(process.stdout.readline())["base_url"]
        told = httpx.get(base_url.replace("/client/v4", "/_local/switches")).json()
        process.kill()
    assert (told["delete_in_use"], told["max_groups"]) == ("allow", None)


@pytest.mark.parametrize(
    ("switch", "told"),
    [
        ("delete_inuse=allow", "there is no switch"),
        ("delete_in_use=alow", '"allow"?'),
        ("strict", "is not of the form name=value"),
    ],
)
def test_a_switch_that_is_wrong_is_told_at_once(switch: str, told: str) -> None:
    wrong = run("local", "--switch", switch)
    assert wrong.returncode == 2
    assert told in wrong.stderr
