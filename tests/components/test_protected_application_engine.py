"""A protected application through the real engine, and who gets in at every moment of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.local import strict
from pulumi_cloudflare_access import LocalCloudflare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.stack import Stack

pytestmark = pytest.mark.engine

PEOPLE = ("ada@example.com", "eve@example.com", "bob@x.org", "mallory@y.net")
DOMAIN = "wiki.example.com"

POLICIES = """
def policy(name, decision, *include, **more):
    return {"name": name, "decision": decision, "include": list(include), **more}

def reusable(name, *arguments, **more):
    return cloudflare.AccessPolicy(name, **policy(name, *arguments, **more))

not_eve = policy("Not Eve", "deny", rules.email("eve@example.com"))
staff = policy("Staff", "allow", rules.email_domain("example.com"))
guests = policy("Guests", "allow", rules.email("bob@x.org"))
everyone = policy("Everyone", "allow", rules.everyone())
strangers = policy("Strangers", "deny", rules.email_domain("y.net"), rules.email_domain("x.org"))
"""
WIKI = """
cloudflare.ProtectedApplication(
    "wiki", name="Wiki", domain="wiki.example.com", policies=[{policies}]{more})
"""


def wiki(policies: str, more: str = "") -> str:
    return POLICIES + WIKI.format(policies=policies, more=more)


# ------------------------------------------------------------------------------- the reference


def matches(rule: dict[str, Any], person: str) -> bool:
    [(selector, fields)] = ((k, v) for k, v in rule.items())
    match selector:
        case "everyone":
            return True
        case "email":
            return bool(fields["email"] == person)
        case "email_domain":
            return person.endswith(f"@{fields['domain']}")
    raise AssertionError(selector)


def let_in(policies: list[dict[str, Any]]) -> set[str]:
    """Say who gets in, by the documents alone: in order of precedence, the first match decides."""
    inside = set()
    for person in PEOPLE:
        for policy in sorted(policies, key=lambda policy: int(policy["precedence"])):
            if any(matches(rule, person) for rule in policy["include"]):
                if policy["decision"] == "allow":
                    inside.add(person)
                break
    return inside


class Watch:
    """Does again, at a Cloudflare that gives the same ids, what the request log says was done."""

    def __init__(self, cloudflare: LocalCloudflare) -> None:
        self._cloudflare = cloudflare
        self._done = 0
        self._twin = strict(seed=SEED, plain=True)
        self._http = httpx.Client(
            transport=httpx.WSGITransport(app=self._twin.app),
            base_url=self._twin.base_url,
            headers={"Authorization": f"Bearer {cloudflare.token}"},
        )

    def states(self) -> Iterator[set[str]]:
        """Yield who gets in after each request since the last time, while there is something."""
        asked = self._cloudflare.requests
        for request in asked[self._done :]:
            path = request["path"].removeprefix("/client/v4").lstrip("/")
            answer = self._http.request(request["method"], path, json=request["body"])
            assert answer.status_code == request["status"], (request, answer.text)
            apps = self._http.get(f"accounts/{self._cloudflare.account_id}/access/apps").json()
            for app in apps["result"]:
                yield let_in(app["policies"])
        self._done = len(asked)


SEED = 4


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Serve a local Cloudflare whose ids can be had again."""
    with strict(seed=SEED, plain=True) as cloudflare:
        yield cloudflare


NOBODY: set[str] = set()
STAFF = {"ada@example.com"}
ALL = {"ada@example.com", "eve@example.com"}
# Widened, with those who are to stay out before it; reordered; narrowed.
OWN = [
    (wiki("not_eve, staff"), STAFF),
    (wiki("not_eve, strangers, staff, everyone"), STAFF),
    (wiki("guests, staff, strangers, everyone"), {*ALL, "bob@x.org"}),
    (wiki("strangers, not_eve, everyone, guests"), STAFF),
]
REUSABLE = """
shared = [reusable("Not Eve", "deny", rules.email("eve@example.com")),
    reusable("Strangers", "deny", rules.email_domain("y.net"), rules.email_domain("x.org")),
    reusable("Everyone", "allow", rules.everyone())]
"""


def live(stack: Stack, watch: Watch, life: list[tuple[str, set[str]]]) -> None:
    before = NOBODY
    for program, after in life:
        stack.program(program)
        stack.up()
        seen = list(watch.states())
        assert [state for state in seen if not state <= before | after] == []
        assert seen[-1] == after
        before = after
    assert stack.settled()
    assert set(map(frozenset, watch.states())) <= {frozenset(before)}
    stack.destroy()
    assert [state for state in watch.states() if not state <= before] == []
    assert stack.state() == {}


def test_nobody_gets_in_meanwhile_by_policies_of_its_own(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    live(stack, Watch(cloudflare), OWN)


def test_nobody_gets_in_meanwhile_by_reusable_policies_and_from_kind_to_kind(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    own = wiki("staff, strangers, everyone")
    shared, other = (
        POLICIES + REUSABLE + WIKI.format(policies=policies, more="")
        for policies in ("*shared", "shared[2], *shared[:2]")
    )
    none = POLICIES + REUSABLE + WIKI.format(policies="", more=", allow_no_policies=True")
    watch = Watch(cloudflare)
    life = [(own, ALL), (other, set(PEOPLE)), (shared, STAFF), (none, NOBODY), (own, ALL)]
    live(stack, watch, life)


def test_an_insertion_is_that_policy_and_the_order_and_a_mix_is_refused(
    stack: Stack, cloudflare: LocalCloudflare
) -> None:
    stack.program(wiki("not_eve, staff"))
    made = stack.plan().changed()
    assert made == dict.fromkeys(
        ["test-dev", "wiki", "wiki-application", "wiki-policies"], "create"
    )
    stack.up()
    stack.program(wiki("not_eve, guests, staff"))
    plan = stack.plan()
    assert plan.changed() == {"wiki-policies": "update"}
    assert plan.paths("wiki-policies") == {"policies.Guests": "add", "policies.order": "update"}

    stack.program(wiki('staff, "0123", guests'))
    said = stack.preview(ok=False)
    assert said.status != 0
    assert 'error: ProtectedApplication "wiki": policies: [0], [2] would be' in said.text
    assert "Traceback" not in said.text
    assert [r for r in cloudflare.requests if r["method"] == "DELETE"] == []


def test_the_reference_can_tell() -> None:
    deny = {"precedence": 1, "decision": "deny", "include": [{"email": {"email": PEOPLE[1]}}]}
    allow = {"precedence": 2, "decision": "allow", "include": [{"everyone": {}}]}
    assert let_in([]) == NOBODY
    assert let_in([allow, deny]) == {*PEOPLE} - {PEOPLE[1]}
    assert let_in([allow, {**deny, "precedence": 3}]) == {*PEOPLE}
