"""Tests talk to this machine alone."""

from __future__ import annotations

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "api.cloudflare.com"])
def test_no_test_connects_to_another_machine(host: str) -> None:
    with pytest.raises(Exception, match="tests talk to this machine alone"):
        socket.create_connection((host, 443), timeout=1)
