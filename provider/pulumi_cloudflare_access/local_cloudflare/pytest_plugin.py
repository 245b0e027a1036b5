"""The fixture `cloudflare`: a local Cloudflare of its own for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from . import LocalCloudflare


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Serve a local Cloudflare with an account, a zone and nothing in them."""
    from . import LocalCloudflare  # noqa: PLC0415  (only who uses it pays for Werkzeug)

    with LocalCloudflare() as cloudflare:
        yield cloudflare
