"""Whatever Cloudflare answers, and wherever a connection ends: no failure passes for a success.

Every fault that lasts, for every operation and every kind. Creates are in test_creation.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pytest

from harness.cases import CASES, LISTS, Account, Case, id_of
from harness.fresh import Run
from harness.local import strict
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.local_cloudflare import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Operation = Literal["read", "update", "delete"]
FAULTS: list[faults.Fault] = [
    # A 404 for the object's own id is the one answer that says that it is gone.
    *(faults.Status(status) for status in (400, 401, 403, 409, 429, 500, 503)),
    *(faults.Status(status, body="html") for status in (403, 404, 502)),
    faults.Status(503, effect=True),
    *(
        faults.Garbled(body)
        for body in ("html", "bad_json", "empty", "no_envelope", "success_false", "null_result")
    ),
    *(faults.Cut(point) for point in ("before", "request", "processed", "headers", "body")),
]
# What an operation sends in the end, and what it asks for before that.
ROUTES: dict[Operation, list[str]] = {
    "read": ["GET /accounts/**"],
    "update": ["GET /accounts/**", "POST,PUT,PATCH /accounts/**"],
    "delete": ["DELETE,PUT,PATCH /accounts/**"],
}
CHANGED: dict[str, dict[str, Any]] = {
    "access_group": {"name": "Other"},
    "access_application": {"name": "Other"},
    "access_application_policy": {"session_duration": "30m"},
    "access_policy": {"session_duration": "30m"},
    "resource_group": {"name": "Other"},
    "user_group": {"name": "Other"},
    "sso_connector": {"verification_trigger": "again"},
    "account_member": {"roles": {"Billing": {"name": "Billing"}}},
    # By requests that must not be done twice.
    "zero_trust_list": {"items": {"C02ABC": {"value": "C02ABC"}}},
    "service_token": {"rotate_when": "again"},
    "identity_provider": {"name": "Other"},
    "custom_page": {"custom_html": "<h1>Another</h1>"},
}
# Somebody is in a group or not, and a tag is its name: nothing of them changes.
UNCHANGING = ("_member", "_tag")


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def server() -> Iterator[LocalCloudflare]:
    with strict(proxy=True) as server:
        yield server


class Thing:
    """An object that a state has, and what one run after another makes of it."""

    def __init__(self, account: Account, case: Case) -> None:
        self.account = account
        self.case = case
        run = Run(account.cloudflare)
        made = run.up(case.kind, case.declared)
        self.id, self.outputs = str(made.id), made.outs
        run.close()

    def do(self, operation: Operation) -> Any:
        """Do it in a run of its own."""
        run = Run(self.account.cloudflare)
        try:
            if operation == "read":
                return run.read(self.case.kind, self.id, self.outputs)
            if operation == "delete":
                return run.delete(self.case.kind, self.id, self.outputs)
            return run.update(self.case.kind, self.id, self.outputs, self.outputs | self._change())
        finally:
            run.close()

    def _change(self) -> dict[str, Any]:
        if self.case.kind == LISTS:
            order = " > ".join(reversed(self.case.names))
            return {"policies": self.outputs["policies"] | {"order": order}}
        return CHANGED[self.case.kind]

    def shows(self, updated: dict[str, Any]) -> bool:
        """Tell whether a refresh after an update finds what the update says."""
        run = Run(self.account.cloudflare)
        try:
            found = run.read(self.case.kind, self.id, updated).outs
        finally:
            run.close()
        return all(found[name] == updated[name] for name in self._change())

    def is_there(self) -> bool:
        ids = map(id_of, self.account.all(self.case.collection))
        return self.id in ids or self.case.found(self.account) != []


def routes() -> Iterator[Any]:
    for case_of in CASES:
        for operation, asked in ROUTES.items():
            if operation == "update" and case_of.__name__ in UNCHANGING:
                continue
            for route in asked:
                name = f"{case_of.__name__.strip('_')}-{operation}-{route.partition(' ')[0]}"
                yield pytest.param(case_of, operation, route, id=name)


@pytest.mark.parametrize(("case_of", "operation", "route"), list(routes()))
def test_no_failure_passes_for_a_success(
    case_of: Callable[[Account, str], Case],
    operation: Operation,
    route: str,
    *,
    server: LocalCloudflare,
) -> None:
    for fault in FAULTS:
        server.reset()
        account = Account(server)
        thing = Thing(account, case_of(account, "Thing"))
        with server.fault(route, fault) as met:
            said, updated = "", None
            try:
                found = thing.do(operation)
            except Exception as error:  # noqa: BLE001 - what the engine shows
                said = str(error)
            else:
                # A run may have found another way, or that what it asked for has been done.
                if operation == "delete":
                    assert not thing.is_there(), fault
                elif operation == "read":
                    assert found.id == thing.id, fault
                else:
                    updated = found
            assert met.fired, (fault, said)
            assert "a mistake in pulumi-cloudflare-access" not in said, fault
        assert updated is None or thing.shows(updated), fault
        if thing.is_there():
            # Nothing is half done: the next run does it.
            found = thing.do(operation)
            assert operation != "update" or thing.shows(found), fault
        assert thing.is_there() == (operation != "delete"), fault
