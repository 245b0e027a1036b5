"""Names that are anybody's data, and secret names of others, through the real engine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harness.earlier import put_back
from harness.fields import Person
from pulumi_cloudflare_access.text import spelling
from pulumi_cloudflare_access.text.outlet import clean

if TYPE_CHECKING:
    from harness.colleague import Colleague
    from harness.stack import Stack
    from pulumi_cloudflare_access import LocalCloudflare

pytestmark = pytest.mark.engine

ESC = "\x1b[31mEve\u202e\x9b2J\u200b"
SPELLED = "<U+001B>[31mEve<U+202E><U+009B>2J<U+200B>"
UNKNOWN, SIGNATURE = spelling.UNKNOWN_VALUES[0], spelling.SIGNATURE
STRANGE = [*spelling.UNKNOWN_VALUES, SIGNATURE, "__Block", "__provider"]

PROGRAM = f"""
ESC, UNKNOWN, SIGNATURE = {ESC!r}, {UNKNOWN!r}, {SIGNATURE!r}
for n in range({len(STRANGE)}):
    cloudflare.AccessGroup(f"group-{{n}}", name=f"Group {{n}}", include=[rules.everyone()])
unknown = cloudflare.AccessGroup("unknown", name=UNKNOWN, include=[rules.common_name(UNKNOWN)])
app = cloudflare.AccessApplication("app", domain="app.example.com", tags=["__t", SIGNATURE])
policies = cloudflare.AccessApplicationPolicies("policies", application=app, policies=[
    {{"name": "__Block", "decision": "deny", "include": [rules.email("__svc@example.com")]}},
    {{"name": ESC, "decision": "allow", "include": [rules.group(unknown), rules.common_name(ESC)]}},
    {{"name": UNKNOWN, "decision": "deny", "include": [rules.everyone()]}},
])
targets = cloudflare.AccessApplication("targets", type="infrastructure", name="__targets",
    target_criteria=[{{"port": 22, "protocol": "SSH", "target_attributes": {{
        "__x": ["__y"], SIGNATURE: [SIGNATURE], UNKNOWN: [UNKNOWN], ESC: [ESC]}}}}])
pulumi.export("ids", policies.ids)
"""


def is_clean(text: str) -> bool:
    return all(clean(line) == line for line in text.split("\n"))


def test_names_of_every_sort_are_carried_shown_and_kept(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    cloudflare.seed({"access/tags": [{"name": "__t"}, {"name": SIGNATURE}]})
    stack.program(PROGRAM)
    shown = stack.preview("--diff").text
    assert is_clean(shown)
    for key in ("<U+005F>_Block", "<U+005F>_t", "<U+005F>_x", SPELLED, f"<U+0030>{UNKNOWN[1:]}"):
        assert re.search(rf"^ *\+? *{re.escape(key)} *:", shown, re.MULTILINE), key
    stack.up()
    apps = Person(cloudflare, "apps")
    cloudflare.switches.plain = True
    by_type = {app["type"]: app for app in apps.look()}
    owned = apps.look(f"{by_type['self_hosted']['id']}/policies")
    assert [policy["name"] for policy in owned] == ["__Block", ESC, UNKNOWN]
    assert sorted(by_type["self_hosted"]["tags"]) == sorted(["__t", SIGNATURE])
    assert by_type["infrastructure"]["name"] == "__targets"
    [criterion] = by_type["infrastructure"]["target_criteria"]
    assert criterion["target_attributes"] == {
        "__x": ["__y"],
        SIGNATURE: [SIGNATURE],
        UNKNOWN: [UNKNOWN],
        ESC: [ESC],
    }
    assert colleague.members(UNKNOWN) == {UNKNOWN}
    assert stack.settled()
    assert {*stack.outputs()["ids"]} == {"<U+005F>_Block", f"<U+0030>{UNKNOWN[1:]}", SPELLED}

    # A state of a version that spelled no key: the same, with the keys of today.
    assert put_back(stack)
    assert stack.plan().changed() == {}
    assert stack.settled()
    assert "changed at Cloudflare" not in stack.refresh().text
    stack.up()

    # Somebody sets them: a refresh of everything goes on, says so, and the next up puts it right.
    for number, name in enumerate(STRANGE):
        strange = [{"common_name": {"common_name": name}}, {"auth_method": {"auth_method": ESC}}]
        colleague.edit(f"Group {number}", name=name, include=strange)
    refreshed = stack.refresh("--diff").text
    assert refreshed.count("changed at Cloudflare: name: ") == len(STRANGE)
    assert is_clean(refreshed)
    assert stack.refresh().status == 0
    assert is_clean(stack.up("--diff").text)
    assert {f"Group {number}" for number in range(len(STRANGE))} < colleague.groups().keys()
    assert stack.settled()
    stack.destroy()
    assert colleague.groups() == {}


CANARY = "Skunkworks"
SECRETS = """
q = cloudflare.AccessPolicy("q", name="Q", decision="allow", include=[rules.everyone()])
app = cloudflare.AccessApplication("app", name="{app}", domain="app.example.com", policies=[q])
user = cloudflare.AccessGroup("user", name=Output.secret("Skunkworks"),
    include=[rules.email("ada@example.com")])
late = cloudflare.AccessPolicy("late", name=Output.secret("Skunkworks Two"), decision="deny",
    include=[rules.everyone()], opts=ResourceOptions(depends_on=[app]))
{used}
"""
USED = 'cloudflare.AccessGroup("used", name="Used", include=[rules.everyone()])'


def tells(text: str) -> bool:
    return CANARY.lower() in text.lower()


def test_a_secret_name_is_in_no_message_about_another_object(
    stack: Stack, cloudflare: LocalCloudflare, colleague: Colleague
) -> None:
    stack.program(SECRETS.format(app="App", used=USED))
    stack.up()
    used = colleague.group("Used")["id"]
    # In use by the secret one, as somebody has made it: told without its name.
    colleague.edit(CANARY, include=[{"group": {"id": used}}])
    stack.program(SECRETS.format(app="App", used=""))
    refused = stack.up(ok=False).text
    assert "in use" in refused
    assert "[secret]" in refused
    assert not tells(refused)
    cloudflare.switches.delete_in_use = "allow"
    deleted = stack.up().text
    assert "was still used by" in deleted
    assert not tells(deleted)

    # Attached by somebody to an application that comes before it in the run.
    apps, policies = Person(cloudflare, "apps"), Person(cloudflare, "policies")
    [app] = apps.look()
    ids = {policy["name"]: policy["id"] for policy in policies.look()}
    attached = [{"id": ids[name], "precedence": n + 1} for n, name in enumerate(ids)]
    body = {"type": "self_hosted", "name": "App", "domain": "app.example.com"}
    apps.write(app["id"], {**body, "policies": attached})
    stack.program(SECRETS.format(app="Application", used=""))
    refused = stack.up(ok=False).text
    assert "no preview has shown it" in refused
    assert not tells(refused)

    # A look-up of it that finds nothing, in the program.
    stack.program(
        SECRETS.format(app="App", used="")
        + 'cloudflare.get_access_group_output(name=Output.secret("Skunkworkss"))\n'
    )
    refused = stack.preview(ok=False).text
    assert "no Access group has the name" in refused
    assert not tells(refused)
