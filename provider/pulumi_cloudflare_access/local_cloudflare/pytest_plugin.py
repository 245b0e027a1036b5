"""The pytest fixture `cloudflare`: a local Cloudflare for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from . import LocalCloudflare


@pytest.fixture
def cloudflare() -> Iterator[LocalCloudflare]:
    """Serve a local Cloudflare with an empty account and an empty zone."""
    from . import LocalCloudflare  # noqa: PLC0415  (Werkzeug is loaded only if it is used)

    with LocalCloudflare() as cloudflare:
        yield cloudflare
