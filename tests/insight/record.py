"""Record real previews: `python tests/insight/record.py`, with the Pulumi CLI on the PATH.

Every document is what the real engine writes, against the local Cloudflare, less what says nothing
(stack traces, times, config). Ids and the account are the same in every recording.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx

from harness.colleague import Colleague
from harness.stack import STACK, Stack
from insight.programs import (
    BRIDGED,
    BRIDGED_CHANGED,
    MORE_PLACES,
    OKTA,
    PLACES,
    PLACES_CHANGED,
    POSTURE,
    PROGRAMS,
    SEEDED,
    TEAM_LIST,
)
from insight.stand_ins import id_of, put_into
from pulumi_cloudflare_access import LocalCloudflare

RECORDINGS = Path(__file__).parent / "recordings"
ACCOUNT, ZONE = "a0" * 16, "b0" * 16
_LEFT_OUT = {
    "stackTrace", "sourcePosition", "created", "modified", "duration", "manifest", "timestamp",
    "config", "durationSeconds", "secrets_providers", "preludeEvent",
}  # fmt: skip


def without_noise(value: Any) -> Any:
    """Leave out what says nothing about who gets in."""
    if isinstance(value, dict):
        return {
            k: without_noise(v)
            for k, v in value.items()
            # A provider's URN stays; what a policy pack is told of one holds a token.
            if k not in _LEFT_OUT and not (k == "provider" and isinstance(v, dict))
        }
    return [without_noise(one) for one in value] if isinstance(value, list) else value


class Recorder:
    """One stack on one account, and what its commands write."""

    def __init__(self, folder: Path, cloudflare: LocalCloudflare) -> None:
        self.cloudflare = cloudflare
        self.stack = Stack(folder, cloudflare)

    def document(self, *command: str, ok: bool = True) -> Any:
        """Run a command of Pulumi's that writes JSON."""
        run = self.stack.pulumi(*command, "--stack", STACK, ok=ok)
        begin = run.text.index("{")
        try:
            return without_noise(json.loads(run.text[begin:]))
        except json.JSONDecodeError:
            lines = run.text[begin:].splitlines()
            events = [json.loads(line) for line in lines if line.startswith("{")]
            return [
                without_noise(one)
                for one in events
                if "diagnosticEvent" not in one or one["diagnosticEvent"]["severity"] != "debug"
            ]

    def preview(self, *flags: str, ok: bool = True) -> Any:
        """Run a preview."""
        return self.document("preview", "--json", "--non-interactive", *flags, ok=ok)

    def events(self) -> Any:
        """Run a preview that streams the engine's events."""
        self.stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"] = "1"
        try:
            return self.preview()
        finally:
            del self.stack.environment["PULUMI_ENABLE_STREAMING_JSON_PREVIEW"]

    def export(self, *flags: str) -> Any:
        """Export the state."""
        return self.document("stack", "export", *flags)

    def live(self) -> Any:
        """Return the account, as its API answers."""
        base = f"{self.cloudflare.base_url}/accounts/{self.cloudflare.account_id}"
        headers = {"Authorization": f"Bearer {self.cloudflare.token}"}

        def held(path: str) -> list[Any]:
            answer = httpx.get(f"{base}/{path}?per_page=100", headers=headers).json()
            return list(answer["result"])

        # Nothing beyond what is documented: what that would mean, nobody could say.
        self.cloudflare.switches.plain = True
        apps = [
            {**app, "policies": held(f"access/apps/{app['id']}/policies")}
            for app in held("access/apps")
        ]
        account = {path: held(path) for path in ("access/groups", "access/policies")}
        self.cloudflare.switches.plain = False
        return without_noise({"accounts": {ACCOUNT: {**account, "access/apps": apps}}})


@contextmanager
def recorder() -> Iterator[Recorder]:
    """Begin with an empty stack on an account that others have used."""
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCloudflare(account_id=ACCOUNT, zone_id=ZONE, seed=7) as cloudflare,
    ):
        cloudflare.seed({"accounts": {ACCOUNT: SEEDED}})
        yield Recorder(Path(folder, "stack"), cloudflare)


def keep(name: str, documents: dict[str, Any]) -> None:
    """Write documents, with what varies between two recordings made the same."""
    text = json.dumps(documents, sort_keys=True, separators=(",", ":"))
    for n, id_ in enumerate(dict.fromkeys(re.findall(_ID, text))):
        if id_ not in _KEPT and id_ not in json.dumps(SEEDED):
            text = text.replace(id_, f"{n:08d}-0000-4000-8000-000000000000")
    text = re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:0", text)
    path = RECORDINGS / f"{name}.json.gz"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


_ID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
# What the programs say, and what the engine writes for what is not known yet, stays.
_KEPT = {OKTA, POSTURE, TEAM_LIST, "04da6b54-80e4-46f7-96ec-b56ff0331ba9"}


def main(*wanted: str) -> None:
    """Record every story, or those that are named."""
    for name, story in STORIES.items():
        if not wanted or name in wanted:
            with recorder() as one:
                keep(name, story(one))


def changes(one: Recorder) -> dict[str, Any]:
    """Record every change of the golden reports: a preview each, of the same state."""
    one.stack.program(PROGRAMS["base"])
    found: dict[str, Any] = {"first": one.preview("--show-sames")}
    one.stack.up()
    found["account"] = one.live()
    for name, program in PROGRAMS.items():
        if name != "base":
            one.stack.program(program)
            found[name] = one.preview("--show-sames", ok=name != "failed")
    return found


def sources(one: Recorder) -> dict[str, Any]:
    """Record one change, from every source that there is."""
    one.stack.program(PROGRAMS["base"])
    one.stack.up()
    found = {
        "state": one.export(),
        "state with secrets": one.export("--show-secrets"),
        "nothing changes": one.preview("--show-sames"),
        "refresh": one.document("refresh", "--preview-only", "--json", "--non-interactive"),
        "destroy": one.document("destroy", "--preview-only", "--json", "--non-interactive"),
        "account before": one.live(),
    }
    one.stack.program(PROGRAMS["everything"])
    found |= {
        "preview": one.preview("--show-sames"),
        "without unchanged resources": one.preview(),
        "after a refresh": one.preview("--show-sames", "--refresh"),
        "of a target": one.preview("--show-sames", "--target", "**partners"),
        "events": one.events(),
    }
    one.stack.up()
    found["account after"] = one.live()
    found["state after"] = one.export("--show-secrets")
    return found


def drift(one: Recorder) -> dict[str, Any]:
    """Record what somebody changes behind Pulumi's back."""
    one.stack.program(PROGRAMS["base"])
    one.stack.up()
    colleague = Colleague(one.cloudflare)
    include = colleague.group("Partners")["include"]
    friend = {"email": {"email": "friend@elsewhere.example"}}
    colleague.edit("Partners", include=[*include, friend])
    return {"refresh": one.document("refresh", "--preview-only", "--json", "--non-interactive")}


def pack(one: Recorder) -> dict[str, Any]:
    """Record what the engine hands a policy pack in a preview."""
    one.stack.program(PROGRAMS["base"])
    one.stack.up()
    one.stack.program(PROGRAMS["everything"])
    folder = one.stack.folder / "stand-ins"
    called = folder / "called.json"
    one.stack.environment["WHO_ASKS"] = str(called)
    one.stack.preview("--policy-pack", str(put_into(folder, "who-asks")))
    return {
        "resources": without_noise(json.loads(called.read_text())),
        "state": one.export(),
        "state with secrets": one.export("--show-secrets"),
        "preview": one.preview("--show-sames"),
    }


def bridged(one: Recorder) -> dict[str, Any]:
    """Record a stack whose objects belong to the bridged provider, and to this package."""
    folder = put_into(one.stack.folder / "stand-ins", "pulumi-resource-cloudflare").parent
    one.stack.environment["PATH"] = f"{folder}:{one.stack.environment['PATH']}"
    # What the stand-in makes is there already, as far as this package's objects refer to it.
    group = {"id": id_of("Contractors"), "name": "Contractors", "include": [{"everyone": {}}]}
    pin = {"id": id_of("One-time PIN"), "name": "One-time PIN", "type": "onetimepin"}
    there = {"access/groups": [group], "access/identity_providers": [pin]}
    one.cloudflare.seed({"accounts": {ACCOUNT: there}})
    one.stack.program(BRIDGED)
    found = {"first": one.preview("--show-sames")}
    one.stack.up()
    one.stack.program(BRIDGED_CHANGED)
    return {**found, "preview": one.preview("--show-sames"), "state": one.export("--show-secrets")}


def places(one: Recorder) -> dict[str, Any]:
    """Record applications that are in more places than anybody declares."""
    one.stack.program(PLACES)
    one.stack.up()
    url = f"{one.cloudflare.base_url}/accounts/{ACCOUNT}/access/apps"
    headers = {"Authorization": f"Bearer {one.cloudflare.token}"}
    (shop,) = [
        app for app in httpx.get(url, headers=headers).json()["result"] if app["name"] == "Shop"
    ]
    body = {name: shop[name] for name in ("name", "type", "domain")}
    body |= {"destinations": MORE_PLACES, "policies": [one["id"] for one in shop["policies"]]}
    httpx.put(f"{url}/{shop['id']}", headers=headers, json=body).raise_for_status()
    found = {"refresh": one.document("refresh", "--preview-only", "--json", "--non-interactive")}
    one.stack.refresh()
    found |= {"state": one.export(), "account": one.live()}
    for name, program in PLACES_CHANGED.items():
        one.stack.program(program)
        found[name] = one.preview("--show-sames")
    for name in ("moved", "declared"):
        one.stack.program(PLACES_CHANGED[name])
        one.stack.up()
        found[f"account after it is {name}"] = one.live()
    return found


STORIES: dict[str, Callable[[Recorder], dict[str, Any]]] = {
    "changes": changes,
    "sources": sources,
    "drift": drift,
    "pack": pack,
    "bridged": bridged,
    "places": places,
}

if __name__ == "__main__":
    main(*sys.argv[1:])
