"""A TCP proxy before the server, for faults of connections."""

from __future__ import annotations

import socket
import struct
from io import BufferedIOBase
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from ..faults.fault import Cut, Drip, Refuse
from .server import HOST, Listener

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from ..faults.arming import Strike
    from ..faults.fault import Fault

    Meet = Callable[[str, str], Strike | None]


class Proxy(Listener):
    """Passes requests to the port `upstream` and answers back, unless a fault strikes."""

    def __init__(self, port: int, upstream: int, meet: Meet, closing: threading.Event) -> None:
        self.upstream = upstream
        self.meet = meet
        self.closing = closing
        super().__init__(port, Relay)


class Message(NamedTuple):
    """A request or an answer, byte for byte."""

    head: bytes
    body: bytes


class Relay(StreamRequestHandler):
    """One connection of a client, and its connection to the server."""

    disable_nagle_algorithm = True
    server: Proxy

    def handle(self) -> None:
        """Pass on the requests of a connection, as long as both ends keep it open."""
        with socket.create_connection((HOST, self.server.upstream)) as upstream:
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with upstream.makefile("rb") as answers:
                while request := _read(self.rfile):
                    if not self._pass_on(request, upstream, answers):
                        return

    def _pass_on(self, request: Message, upstream: socket.socket, answers: BufferedIOBase) -> bool:
        """Pass on one request, and return whether the connection stays open."""
        verb, target, _ = request.head.split(b"\r\n")[0].decode("latin-1").split(" ")
        strike = self.server.meet(verb, unquote(target.partition("?")[0]))
        fault = strike.fault if strike else None
        if strike and isinstance(fault, Refuse):
            return self._refuse(strike, fault.seconds)
        if isinstance(fault, Cut) and fault.at in ("before", "request"):
            if fault.at == "request":
                upstream.sendall(_part_of_request(request))
            return self._end(fault)
        upstream.sendall(request.head + request.body)
        answer = _read(answers, bodiless=verb == "HEAD")
        return answer is not None and self._answer(answer, fault)

    def _answer(self, answer: Message, fault: Fault | None) -> bool:
        match fault:
            case Cut():
                self.wfile.write(_until(fault, answer))
                return self._end(fault)
            case Drip("headers", seconds):
                self._drip(answer.head, seconds)
                self.wfile.write(answer.body)
            case Drip("body", seconds):
                self.wfile.write(answer.head)
                self._drip(answer.body, seconds)
            case _:
                self.wfile.write(answer.head + answer.body)
        return True

    def _drip(self, data: bytes, seconds: float) -> None:
        for byte in data:
            if self.server.closing.wait(seconds):
                raise ConnectionAbortedError("stopped in the middle of an answer")
            self.wfile.write(bytes([byte]))

    def _refuse(self, strike: Strike, seconds: float | None) -> bool:
        self.server.refuse()
        try:
            strike.hold(seconds)
        finally:
            if not self.server.closing.is_set():
                self.server.accept()
        return False

    def _end(self, cut: Cut) -> bool:
        if cut.reset:
            # Closed here, because the server would shut it down first, which sends a FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.connection.close()
        return False


def _read(stream: BufferedIOBase, *, bodiless: bool = False) -> Message | None:
    """Read a whole message; None if it ends early."""
    head = b""
    length = 0
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line.endswith(b"\n"):
            return None
        head += line
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    body = b"" if bodiless else stream.read(length)
    return Message(head, body) if bodiless or len(body) == length else None


def _part_of_request(request: Message) -> bytes:
    if request.body:
        return request.head + request.body[: len(request.body) // 2]
    # All but the final empty line: the head looks whole, but the request must not be carried out.
    return request.head.removesuffix(b"\r\n")


def _until(fault: Cut, answer: Message) -> bytes:
    match fault.at:
        case "headers":
            return answer.head[: len(answer.head) // 2]
        case "body":
            return answer.head + answer.body[: len(answer.body) // 2]
        case _:
            return b""
