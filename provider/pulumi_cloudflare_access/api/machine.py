"""Data that all runs on this machine share: folders in the user's cache, and a key for hashes."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

import platformdirs


def cache_folder(name: str) -> Path:
    """Return a folder in the user's cache, readable by the user only. Raises OSError."""
    folder = platformdirs.user_cache_path("pulumi-cloudflare-access") / name
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def machine_key() -> bytes:
    """Return this machine's key: 32 random bytes that never leave their folder. Raises OSError.

    File names are hashed with it, so that they reveal nothing: even with a token at hand, nobody
    can tell that it is used here, or that two machines use the same one.
    """
    file = cache_folder("key") / "key"
    with contextlib.suppress(FileNotFoundError):
        return file.read_bytes()
    # Written in full and then linked: processes that make it at the same time get the same key.
    with tempfile.NamedTemporaryFile(dir=file.parent) as made:
        made.write(os.urandom(32))
        made.flush()
        with contextlib.suppress(FileExistsError):
            os.link(made.name, file)
    return file.read_bytes()
