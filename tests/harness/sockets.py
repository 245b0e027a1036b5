"""Servers on loopback that say exactly what a test tells them to, byte for byte."""

from __future__ import annotations

import itertools
import json
import socket
import struct
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

RAY = "8f1e2d3c4b5a6978-AMS"
RESET: Any = object()
"""An answer that is none: the connection is reset once the request has been read."""


@contextmanager
def nobody() -> Iterator[int]:
    """Hold a port at which nobody listens: one that is given back may be another test's at once."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


def answer(
    body: Any, status: str = "200 OK", *, kind: str = "application/json", **headers: str
) -> bytes:
    """Write an answer; a body that is no bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {
        "Content-Type": kind,
        "Content-Length": str(len(content)),
        "CF-Ray": RAY,
        "Connection": "close",
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status}\r\n{head}\r\n".encode() + content


def envelope(result: Any = None, **more: Any) -> dict[str, Any]:
    """Write the envelope of a success."""
    return {"success": True, "errors": [], "messages": [], "result": result, **more}


def refused(*errors: dict[str, Any]) -> dict[str, Any]:
    """Write the envelope of a refusal."""
    return {"success": False, "errors": list(errors), "messages": [], "result": None}


class Scripted:
    """Answers one request per connection, the last answer for ever; keeps what it read."""

    def __init__(self, *answers: Any) -> None:
        self.answers: Sequence[Any] = answers
        self.requests: list[str] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}/client/v4"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        # Closing alone does not wake an accept that waits.
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        """Read one request and answer it."""
        self.requests.append(read_request(connection))
        say = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if say is RESET:
            linger = struct.pack("ii", 1, 0)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        else:
            connection.sendall(say)


class Dripping(Scripted):
    """Says one thing at once, and then for seconds on end a byte of another now and then."""

    def __init__(self, at_once: bytes, then: bytes, seconds: float = 10.0) -> None:
        super().__init__(at_once)
        self._then = then
        self._seconds = seconds

    def talk(self, connection: socket.socket) -> None:
        """Read one request, and never quite answer it."""
        super().talk(connection)
        for byte in itertools.islice(itertools.cycle(self._then), int(self._seconds / 0.05)):
            time.sleep(0.05)
            connection.sendall(bytes([byte]))


class Proxy(Scripted):
    """A proxy that claims to be whatever host it is asked for, with TLS of its own."""

    def __init__(self, tls: Callable[[], ssl.SSLContext], *answers: Any) -> None:
        super().__init__(*answers)
        self.connects: list[str] = []
        self._tls = tls

    @property
    def url(self) -> str:
        """What HTTPS_PROXY is set to."""
        return f"http://127.0.0.1:{self.port}"

    def talk(self, connection: socket.socket) -> None:
        """Answer CONNECT, then be the host itself."""
        self.connects.append(read_request(connection).splitlines()[0])
        connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with self._tls().wrap_socket(connection, server_side=True) as secured:
            super().talk(secured)


def read_request(connection: socket.socket) -> str:
    """Read one request to its end."""
    read = b""
    while b"\r\n\r\n" not in read:
        read += connection.recv(65536) or b"\r\n\r\n"
    head, _, body = read.partition(b"\r\n\r\n")
    lengths = [
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length:")
    ]
    while len(body) < sum(lengths):
        body += connection.recv(65536)
    return (head + b"\r\n\r\n" + body).decode()
