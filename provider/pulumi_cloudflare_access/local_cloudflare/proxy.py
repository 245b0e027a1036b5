"""A TCP proxy before the server: what happens to connections, and not to requests."""

from __future__ import annotations

import socket
import struct
from io import BufferedIOBase
from socketserver import StreamRequestHandler
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from .faults import Cut
from .server import HOST, Listener

if TYPE_CHECKING:
    from collections.abc import Callable

    from .faults import Fault

    Meet = Callable[[str, str], Fault | None]


class Proxy(Listener):
    """Passes requests on to a port, and answers back, until a fault strikes."""

    def __init__(self, port: int, upstream: int, meet: Meet) -> None:
        self.upstream = upstream
        self.meet = meet
        super().__init__(port, Relay)


class Message(NamedTuple):
    """A request or an answer, byte for byte."""

    head: bytes
    body: bytes


class Relay(StreamRequestHandler):
    """One connection of a client, and one to the server for it."""

    disable_nagle_algorithm = True
    server: Proxy

    def handle(self) -> None:
        """Pass on one request after the other, while both ends keep their connections."""
        with socket.create_connection((HOST, self.server.upstream)) as upstream:
            upstream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with upstream.makefile("rb") as answers:
                while request := _read(self.rfile):
                    if not self._pass_on(request, upstream, answers):
                        return

    def _pass_on(self, request: Message, upstream: socket.socket, answers: BufferedIOBase) -> bool:
        fault = self._fault(request)
        if isinstance(fault, Cut) and fault.at in ("before", "request"):
            if fault.at == "request":
                upstream.sendall(_part_of_request(request))
            return self._cut(fault)
        upstream.sendall(request.head + request.body)
        answer = _read(answers, bodiless=request.head.startswith(b"HEAD "))
        if answer is None:
            return False
        if isinstance(fault, Cut):
            self.wfile.write(_until(fault, answer))
            return self._cut(fault)
        self.wfile.write(answer.head + answer.body)
        return True

    def _fault(self, request: Message) -> Fault | None:
        verb, target, _ = request.head.split(b"\r\n")[0].decode("latin-1").split(" ")
        return self.server.meet(verb, unquote(target.partition("?")[0]))

    def _cut(self, fault: Cut) -> bool:
        if fault.reset:
            # Closed here and at once: the server would shut it down first, which is a FIN.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.rfile.close()
            self.connection.close()
        return False


def _read(stream: BufferedIOBase, *, bodiless: bool = False) -> Message | None:
    """Read a message to its end; None if it never gets there."""
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
    # All but the empty line that ends it: what there is makes sense, and is not to be acted on.
    return request.head.removesuffix(b"\r\n")


def _until(fault: Cut, answer: Message) -> bytes:
    match fault.at:
        case "headers":
            return answer.head[: len(answer.head) // 2]
        case "body":
            return answer.head + answer.body[: len(answer.body) // 2]
        case _:
            return b""
