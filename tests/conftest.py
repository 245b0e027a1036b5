"""Fixtures for every test."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from typing import TYPE_CHECKING, Any

import hypothesis
import pulumi
import pytest

from harness import program as running
from harness.account import Account
from harness.colleague import Colleague
from harness.local import config_for, reset, strict
from harness.plugin import Plugin
from harness.stack import Stack
from pulumi_cloudflare_access import LocalCloudflare
from pulumi_cloudflare_access.text import secret_words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


# How long an example takes says something about the machine only.
hypothesis.settings.register_profile("ours", deadline=None)
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.load_profile("ours")


class NetworkError(OSError):
    """A test has asked for more than this machine."""


def _stay_on_this_machine(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse a connection to anything but loopback, and to look up where anything else is."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if arguments[0].type == socket.SOCK_DGRAM:
            # It sends nothing: Dask finds out like that by which address it is reached.
            return
        host = arguments[1][0]
    elif event == "socket.getaddrinfo":
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost") or host.endswith((".localhost", ".invalid")):
        return
    try:
        is_here = ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise NetworkError(f"tests talk to this machine alone, and this one to {host}")


sys.addaudithook(_stay_on_this_machine)


@pytest.fixture(autouse=True)
def _no_secrets_of_another_test() -> None:
    """Forget the secret values that this process was told in other tests."""
    secret_words.known.forget()


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Serve a local Cloudflare that refuses what the live one ignores."""
    with strict() as cloudflare:
        yield cloudflare


@pytest.fixture
def plugin(cloudflare: LocalCloudflare) -> Iterator[Plugin]:
    """Start a plugin process whose stack config points at the local Cloudflare."""
    with _plugin(cloudflare) as plugin:
        yield plugin


@pytest.fixture
def later(cloudflare: LocalCloudflare) -> Iterator[Plugin]:
    """Start the plugin process of another run: it knows nothing of what `plugin` has seen."""
    with _plugin(cloudflare) as later:
        yield later


def _plugin(cloudflare: LocalCloudflare) -> Plugin:
    return Plugin(config_for(cloudflare), os.environ)


@pytest.fixture
def program(
    cloudflare: LocalCloudflare, monkeypatch: pytest.MonkeyPatch
) -> Iterator[LocalCloudflare]:
    """Be a program whose stack's config names the local Cloudflare, and nothing else does."""
    for name in list(os.environ):
        if name.startswith("CLOUDFLARE_"):
            monkeypatch.delenv(name)
    running.start(cloudflare)
    yield cloudflare
    pulumi.runtime.set_all_config({})


@pytest.fixture
def stack(tmp_path: Path, cloudflare: LocalCloudflare) -> Stack:
    """Make a stack for the real engine, configured for the local Cloudflare."""
    return Stack(tmp_path / "stack", cloudflare)


@pytest.fixture
def colleague(cloudflare: LocalCloudflare) -> Colleague:
    """Introduce somebody who edits by hand at Cloudflare."""
    return Colleague(cloudflare)


@pytest.fixture(scope="module")
def shared() -> Iterator[tuple[LocalCloudflare, Plugin]]:
    """Start one of each for all tests of a module: starting takes longer than a test."""
    with strict() as cloudflare, _plugin(cloudflare) as plugin:
        yield cloudflare, plugin


@pytest.fixture
def account(shared: tuple[LocalCloudflare, Plugin]) -> Account:
    """Return an account with nothing in it, at a Cloudflare that the module's tests share."""
    cloudflare, plugin = shared
    reset(cloudflare)
    plugin.warnings.clear()
    return Account(cloudflare)


@pytest.fixture
def shared_plugin(shared: tuple[LocalCloudflare, Plugin], account: Account) -> Plugin:
    """Return the plugin process that the module's tests share."""
    del account
    return shared[1]
