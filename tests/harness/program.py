"""A program as look-ups see it: a stack's config, and Outputs. Its engine is Pulumi's mocks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pulumi
from pulumi.runtime import mocks

from harness.local import config_for

if TYPE_CHECKING:
    from pulumi_cloudflare_access import LocalCloudflare


class Mocks(mocks.Mocks):
    """An engine that gives every resource one id."""

    def __init__(self, id_: str) -> None:
        self._id = id_

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        return self._id, args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return args.args, None


class Registered(Mocks):
    """An engine that remembers what it is handed."""

    def __init__(self) -> None:
        super().__init__("00000000-0000-4000-8000-000000000009")
        self.inputs: dict[str, dict[Any, Any]] = {}

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.inputs[args.name] = args.inputs
        return super().new_resource(args)


def start(cloudflare: LocalCloudflare) -> None:
    """Be a program whose stack's config names the local Cloudflare."""
    mocks.set_mocks(Mocks("00000000-0000-4000-8000-000000000009"), preview=False)
    pulumi.runtime.set_all_config(config_for(cloudflare))


def resolved(output: pulumi.Output[Any]) -> Any:
    """Wait for an Output, as a program's end does."""
    found: list[Any] = []

    @pulumi.runtime.test  # type: ignore[untyped-decorator]
    def run() -> pulumi.Output[None]:
        return output.apply(found.append)

    run()
    return found[0]
