"""A run in the test's own process, whose waits cost nothing."""

from __future__ import annotations

import functools
import inspect
import itertools
from typing import TYPE_CHECKING, Any

from pulumi import dynamic
from pulumi.runtime.proto import provider_pb2

from harness.clock import VirtualTime
from pulumi_cloudflare_access import kinds
from pulumi_cloudflare_access.api.client import Client
from pulumi_cloudflare_access.engine import run
from pulumi_cloudflare_access.engine.hooks import RemoteHooks
from pulumi_cloudflare_access.fields.keyed import UNKNOWN
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from pulumi_cloudflare_access import LocalCloudflare
    from pulumi_cloudflare_access.api.clock import Clock
    from pulumi_cloudflare_access.engine.lifecycle import ResourceLifecycle

# Of two runs, each has settings of its own, and so all that a process keeps by them.
_deadlines = itertools.count(10_000)


class Run:
    """One run of a program: it has read no list yet, and knows no object."""

    def __init__(
        self,
        cloudflare: LocalCloudflare,
        transport: httpx.BaseTransport | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.cloudflare = cloudflare
        self.knows = run.be(run.Run())
        self.config = {
            "cloudflare:apiToken": cloudflare.token,
            "cloudflare:baseUrl": cloudflare.base_url,
            "cloudflare-access:accountId": cloudflare.account_id,
            "cloudflare-access:allowLoopback": "true",
            "cloudflare-access:deadline": str(next(_deadlines)),
        }
        self.time = VirtualTime(follow=cloudflare.clock.advance)
        settings = Settings.read(self.config.get)
        self.client = Client(settings, transport, clock=clock or self.time.clock)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def provider(self, kind: str) -> ResourceLifecycle:
        """Return a provider of this run."""
        client = self.client
        # Another run may have been this process meanwhile.
        run.be(self.knows)
        of = _known(kind)
        # The property of the class that asks for a client.
        timeless = type(of.__name__, (of,), {"client": property(lambda _: client)})
        made: ResourceLifecycle = timeless()
        made.configure(dynamic.ConfigureRequest(dynamic.Config(self.config, "test")))
        return made

    def create(self, kind: str, declared: Mapping[str, Any], name: str = "thing") -> str:
        """Check and create as the engine does; return the id."""
        return str(self.up(kind, declared, name).id)

    def up(self, kind: str, declared: Mapping[str, Any], name: str = "thing") -> Any:
        """Check and create as the engine does; return id and outputs."""
        provider = self.provider(kind)
        urn = _urn(kind, name)
        checked = served(urn, provider, "check", {}, dict(declared))
        assert isinstance(checked, dynamic.CheckResult)
        assert not checked.failures, [failure.reason for failure in checked.failures]
        made = served(urn, provider, "create", checked.inputs)
        assert isinstance(made, dynamic.CreateResult)
        return made

    def update(self, kind: str, id_: str, olds: dict[str, Any], news: dict[str, Any]) -> Any:
        """Update from old outputs to checked inputs; return the outputs."""
        made = served(_urn(kind), self.provider(kind), "update", id_, olds, news)
        assert isinstance(made, dynamic.UpdateResult)
        return made.outs

    def read(self, kind: str, id_: str, outputs: dict[str, Any]) -> Any:
        """Read as a refresh does."""
        found = served(_urn(kind), self.provider(kind), "read", id_, outputs)
        assert isinstance(found, dynamic.ReadResult)
        return found

    def delete(self, kind: str, id_: str, outputs: dict[str, Any]) -> None:
        """Delete as the engine does."""
        served(_urn(kind), self.provider(kind), "delete", id_, outputs)


@functools.cache
def _known(kind: str) -> type[ResourceLifecycle]:
    """Return a kind whose hooks that never get unknown values refuse one."""
    of: type[ResourceLifecycle] = type(kinds.load(kind))

    def holding(name: str) -> Callable[..., Any]:
        hook = getattr(of, name)

        @functools.wraps(hook)
        def held(self: ResourceLifecycle, *args: Any, **kwargs: Any) -> Any:
            given = inspect.signature(hook).bind(self, *args, **kwargs).arguments
            for argument in _DECLARED & given.keys():
                # What the program could not tell beside the resource stays untold.
                fields = {
                    k: v for k, v in (given[argument] or {}).items() if not k.startswith("__")
                }
                assert not _holds_unknown(fields), f"{of.__name__}.{name}: {argument}"
            return hook(self, *args, **kwargs)

        return held

    hooks = [n for n in vars(RemoteHooks) if inspect.isfunction(inspect.getattr_static(of, n))]
    takes = {name: inspect.signature(getattr(of, name)).parameters.keys() for name in hooks}
    return type(of.__name__, (of,), {n: holding(n) for n in hooks if _DECLARED & takes[n]})


# The arguments of hooks that come from a program or a state.
_DECLARED = {"declared", "props", "olds", "was", "wish"}


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_unknown, value.values()))
    return any(map(_holds_unknown, value)) if isinstance(value, list) else value == UNKNOWN


def _urn(kind: str, name: str = "thing") -> str:
    return f"urn:pulumi:dev::test::pulumi-python:dynamic/cloudflare:{kind}::{name}"


def served(
    urn: str,
    provider: ResourceLifecycle,
    call: str,
    *arguments: Any,
    inputs: Mapping[str, Any] | None = None,
) -> Any:
    """Call as the SDK's servicer does: whose frame has the request. A read has the inputs, too."""
    request: Any = getattr(provider_pb2, f"{call.capitalize()}Request")(urn=urn)
    if inputs is not None:
        request.inputs.update(dict(inputs))
    assert request.urn == urn
    return getattr(provider, call)(*arguments)
