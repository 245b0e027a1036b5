"""Secret values, through the real engine: in no state, no preview and no message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.stack import Stack
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from pathlib import Path

    from harness.colleague import Colleague
    from harness.stack import Run

pytestmark = pytest.mark.engine

# Names that stand for secrets, as nothing else in a stack's output is called so.
CANARY = "canary-token-0123456789"
ADDRESS, NAME = "whistleblower@example.com", "Skunkworks"
PROGRAM = """
cloudflare.AccessGroup(
    "quiet",
    name=Output.secret("Skunkworks"),
    include=[rules.email(Output.secret("whistleblower@example.com")){more}],
)
"""
POLICIES = """
app = cloudflare.AccessApplication("app", domain="app.example.com")
name = Output.secret("Skunkworks")
policy = {"name": name, "decision": "allow", "include": [rules.email("ada@example.com")]}
policies = cloudflare.AccessApplicationPolicies("policies", application=app, policies=[policy])
pulumi.export("ids", policies.ids)
"""
ENCRYPTS = (
    "include: one secret value makes Pulumi encrypt the whole list, and the preview shows none of "
    "its changes"
)


def tells(run: Run) -> bool:
    """Whether some output holds one of the secrets, in any spelling."""
    return ADDRESS in run.text.lower() or NAME.lower() in run.text.lower()


def test_secret_values_are_in_no_state_no_preview_and_no_message(
    stack: Stack, colleague: Colleague
) -> None:
    stack.program(PROGRAM.format(more=""))
    plan = stack.plan()
    assert plan.warnings("quiet") == [ENCRYPTS]
    assert not tells(plan)
    assert not tells(stack.preview("--diff"))
    assert not tells(stack.up())
    # They did arrive.
    assert colleague.members(NAME) == {ADDRESS}
    exported = stack.pulumi("stack", "export", "--stack", "dev")
    assert not tells(exported)
    assert "ciphertext" in exported.text
    assert stack.plan().changed() == {}

    # Somebody changes both: a refresh says so, and says no more.
    colleague.edit(
        NAME,
        name=f"{NAME} 2",
        include=[{"email": {"email": email}} for email in (ADDRESS, "mallory@example.net")],
    )
    stack.program(PROGRAM.format(more=', rules.geo("DE")'))
    refused = stack.up("--diff", ok=False)
    assert refused.status != 0
    assert "was changed at Cloudflare, and no preview has shown it" in refused.text
    assert "name: changed (it is secret); include: changed (it is secret)" in refused.text
    assert not tells(refused)

    refreshed = stack.refresh("--diff")
    assert "changed at Cloudflare: name: changed (it is secret)" in refreshed.text
    assert not tells(refreshed)
    assert not tells(stack.pulumi("stack", "export", "--stack", "dev"))
    assert not tells(stack.preview("--diff"))
    assert not tells(stack.up("--diff"))
    assert colleague.members(NAME) == {ADDRESS, "DE"}
    assert not tells(stack.destroy())


def test_what_becomes_secret_is_so_in_the_state_and_when_somebody_changes_it(
    stack: Stack, colleague: Colleague
) -> None:
    secret = PROGRAM.format(more="")
    plain = secret.replace("Output.secret", "str")
    stack.program(plain)
    stack.up()
    colleague.look_away()

    stack.program(secret)
    assert stack.plan().changed() == {"quiet": "update"}
    assert not tells(stack.up())
    assert not tells(stack.pulumi("stack", "export", "--stack", "dev"))
    assert stack.plan().changed() == {}
    assert colleague.written() == []

    colleague.edit(NAME, name=f"{NAME} 2", include=[{"email": {"email": f"a.{ADDRESS}"}}])
    refreshed = stack.refresh("--diff")
    told = "changed at Cloudflare: name: changed (it is secret); include: changed (it is secret)"
    assert told in refreshed.text
    assert not tells(refreshed)
    assert not tells(stack.up())

    stack.program(plain)
    assert stack.plan().changed() == {"quiet": "update"}
    stack.up()
    assert stack.state()["quiet"]["outputs"]["name"] == NAME
    assert stack.settled()


def test_secret_names_of_policies_are_not_in_their_ids_either(stack: Stack) -> None:
    stack.program(POLICIES)
    assert not tells(stack.up())
    assert not tells(stack.refresh())
    stack.program(POLICIES.replace("allow", "deny"))
    assert not tells(stack.up())
    exported = stack.pulumi("stack", "export", "--stack", "dev")
    assert not tells(exported)
    assert stack.plan().changed() == {}
    assert stack.state()["policies"]["outputs"]["ids"].keys() >= {"ciphertext"}


def test_errors_about_secret_values_do_not_repeat_them(stack: Stack, colleague: Colleague) -> None:
    colleague.make(NAME, {"email": {"email": "other@example.com"}})
    stack.program(PROGRAM.format(more="").replace("],\n)", "],\n    adopt=True,\n)"))
    refused = stack.up(ok=False)
    assert "AdoptionError" in refused.text
    assert not tells(refused)

    stack.program(PROGRAM.format(more="").replace("whistleblower@example.com", "whistleblower@"))
    refused = stack.preview("--diff", ok=False)
    assert "include[0].email.email: [secret] is no e-mail address" in refused.text
    assert "whistleblower" not in refused.text


@pytest.mark.parametrize("given", ["config", "environment"])
def test_a_token_is_in_no_file_and_in_no_log_but_the_engines_own_of_config(
    given: str, tmp_path: Path
) -> None:
    with LocalCloudflare(token=CANARY) as cloudflare:
        stack = Stack(tmp_path / "stack", cloudflare)
        stack.environment["TMPDIR"] = str(tmp_path)
        stack.configure({k: v for k, v in stack.config.items() if k != "cloudflare:apiToken"})
        if given == "config":
            secret = ("--secret", "cloudflare:apiToken", CANARY)
            stack.pulumi("config", "set", *secret, "--stack", "dev")
        else:
            stack.environment["CLOUDFLARE_API_TOKEN"] = CANARY
        stack.program(PROGRAM.format(more=""))
        loud = ("--logtostderr", "-v=9")
        said = [stack.up(*loud), stack.refresh(*loud), stack.preview(*loud, "--diff")]
        cloudflare.fault("PUT /accounts/**", faults.Status(403))
        stack.program(PROGRAM.format(more=', rules.geo("DE")'))
        said += [stack.up(*loud, ok=False), stack.destroy(*loud)]
        said += [stack.pulumi("stack", "export", "--stack", "dev")]
        # It was used.
        assert any(request["method"] == "POST" for request in cloudflare.requests)
    told = [line for run in said for line in run.text.splitlines() if CANARY in line]
    # At this level the engine writes secret config in clear: the documents say so.
    ours = [line for line in told if "].Configure().inputs]: value=" not in line]
    assert (ours, bool(told)) == ([], given == "config")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [file.name for file in files if CANARY.encode() in file.read_bytes()] == []
