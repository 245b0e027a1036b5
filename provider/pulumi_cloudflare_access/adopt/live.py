"""Live accounts, read in the way that the engine's plugin reads them, and never written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from .. import kinds
from ..engine.lifecycle import ResourceLifecycle
from ..errors import CloudflareError, SettingsError
from ..process import plugin
from ..settings import Settings
from .plan import SECRET, name_of

T = TypeVar("T")
CREDENTIALS = ("cloudflare:apiToken", "cloudflare:apiKey")


class Live:
    """What one set of settings reaches. Every answer is asked for once."""

    def __init__(self, settings: Settings) -> None:
        self.settings = replace(settings, reads_only=True)
        self._lifecycles: dict[str, ResourceLifecycle] = {}

    def lifecycle(self, kind: str) -> ResourceLifecycle:
        """Return the lifecycle of a kind, for these settings."""
        if kind not in self._lifecycles:
            made: ResourceLifecycle = kinds.load(kind)
            made.use(self.settings)
            self._lifecycles[kind] = made
        return self._lifecycles[kind]


class Accounts:
    """The live accounts of one stack: that of its config, and those of its explicit providers."""

    def __init__(
        self,
        config: Mapping[str, str],
        providers: Mapping[str, Mapping[str, Any]],
        tokens: Mapping[str, str] | None = None,
    ) -> None:
        """Take the stack's config, the providers' inputs by URN, and tokens by providers' names."""
        self._config = config
        self._providers = providers
        self._tokens = tokens or {}
        self._live: dict[str, Live] = {}

    def of(self, provider: str) -> Live:
        """Return the live objects for a provider's URN; "": for the default one."""
        if provider not in self._live:
            self._live[provider] = Live(Settings.read(self._config_of(provider).get))
        return self._live[provider]

    def _config_of(self, provider: str) -> Mapping[str, Any]:
        if not provider:
            return self._config
        found = dict(self._providers.get(provider) or {})
        if token := self._tokens.get(name_of(provider)):
            return {k: v for k, v in found.items() if k not in CREDENTIALS} | {
                "cloudflare:apiToken": token
            }
        for key, value in found.items():
            if value == SECRET:
                # It is read with, and with nothing else: a token that does not reach says so.
                found[key] = self._config.get(key)
        return found


def tokens_named(given: Mapping[str, str]) -> dict[str, str]:
    """Return the tokens of providers whose variables the command names. Raises SettingsError."""
    missing = [name for name in given.values() if not os.environ.get(name)]
    if missing:
        raise SettingsError(f"--token-env: {', '.join(missing)} is not set in the environment")
    return {provider: os.environ[name] for provider, name in given.items()}


@dataclass(frozen=True)
class _Request:
    """What `plugin.current_urn` finds in the frame of a call."""

    urn: str
    properties: Any = None


@dataclass(frozen=True)
class _Check(_Request):
    """The request of a check, which has two sets of inputs."""

    olds: Any = None
    news: Any = None


def checked(urn: str, lifecycle: ResourceLifecycle, declared: dict[str, Any]) -> Any:
    """Check a declaration as the engine has it checked, for a new resource."""
    request = _Check(urn)
    assert request.urn == urn  # noqa: S101 - read by `plugin.current_urn` in this very frame
    return lifecycle.check({}, declared)


def served(urn: str, call: Callable[[], T]) -> T:
    """Call as the engine does for the resource with this URN. Raises what the engine would show."""
    request = _Request(urn)
    assert request.urn == urn  # noqa: S101 - read by `plugin.current_urn` in this very frame
    return call()


@contextmanager
def heard(warnings: list[str]) -> Iterator[None]:
    """Collect the warnings of lifecycles and clients."""

    def listen(severity: str, message: str) -> None:
        if severity == "WARNING":
            warnings.append(message)

    with plugin.heard_by(listen):
        yield


def told(error: Exception) -> str:
    """Return what an error says, or raise it again: none of this package's own says less."""
    if isinstance(error, CloudflareError) or type(error).__module__ == "builtins":
        return str(error)
    raise error
