"""How long a session lasts in an application that is declared together with its policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pulumi.runtime import mocks

from harness.program import Registered, resolved
from pulumi_cloudflare_access import PolicySet, ProtectedApplication, rules

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare

SAME = "same_as_application"
POLICY: dict[str, Any] = {"decision": "allow", "include": [rules.email_domain("example.com")]}
POLICIES: list[dict[str, Any]] = [
    {**POLICY, "name": "Silent"},
    {**POLICY, "name": "None", "session_duration": None},
    {**POLICY, "name": "Own", "session_duration": "8h"},
    {**POLICY, "name": "Empty", "session_duration": ""},
]


@pytest.fixture
def registered(program: LocalCloudflare) -> Registered:
    del program
    registered = Registered()
    mocks.set_mocks(registered, preview=False)
    return registered


def test_an_applications_session_is_that_of_its_own_policies(registered: Registered) -> None:
    for name, session in (("short", "30m"), ("unsaid", None)):
        app = ProtectedApplication(
            name, domain=f"{name}.example.com", policies=POLICIES, session_duration=session
        )
        assert app.policies
        resolved(app.policies.urn)

    def sessions(name: str) -> list[str | None]:
        return [one.get("session_duration") for one in registered.inputs[name]["policies"]]

    assert sessions("short-policies") == [SAME, SAME, "8h", ""]
    assert sessions("unsaid-policies") == [None, None, "8h", ""]


def test_the_session_of_a_sets_application_is_that_of_its_policies(registered: Registered) -> None:
    silent, *rest = POLICIES
    for name, session in (("short", "30m"), ("unsaid", None)):
        applications: dict[str, Any] = {
            "wiki": {"domain": f"{name}.example.com", "session_duration": session},
            "docs": {"domain": f"docs.{name}.example.com"},
        }
        made = PolicySet(name, policies=[silent, *rest], applications=applications)
        for part in (*made.by_name.values(), *made.applications.values()):
            resolved(part.urn)

    def sessions(name: str) -> list[str | None]:
        called = [f"{name}-{policy['name']}" for policy in POLICIES]
        return [registered.inputs[one].get("session_duration") for one in called]

    assert sessions("short") == [SAME, SAME, "8h", ""]
    assert sessions("unsaid") == [None, None, "8h", ""]
