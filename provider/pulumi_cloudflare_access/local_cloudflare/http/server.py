"""Serves a WSGI application on a loopback port, over HTTP/1.1 with connections that stay open.

Werkzeug's development server closes every connection after one answer, which hides how a client
uses its pool. So this is built on the standard library's `http.server`.
"""

from __future__ import annotations

import contextlib
import io
import re
import selectors
import socket
import sys
import threading
import traceback
from http.server import BaseHTTPRequestHandler
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1"
_UNPRINTABLE = re.compile(r"[^\n -~]")


class Listener(ThreadingTCPServer):
    """Serves in background threads, one for each connection, until it is closed."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128
    timeout = 0

    def __init__(self, port: int, connection: type[BaseRequestHandler]) -> None:
        self._connections: set[socket.socket] = set()
        self._workers: list[threading.Thread] = []
        self._lock = threading.Lock()
        super().__init__((HOST, port), connection)
        self.port: int = self.server_address[1]
        self._orders, self._ordered = socket.socketpair()
        self._obeyed = threading.Semaphore(0)
        self._refusals = 0
        self._closed = False
        self._acceptor = threading.Thread(target=self._accept, name="local-cloudflare", daemon=True)
        self._acceptor.start()

    def close(self) -> None:
        """Stop at once. Connections are cut, and all threads have ended when this returns."""
        with self._lock:
            self._closed = True
            self._orders.send(b"s")
        self._acceptor.join()
        self._orders.close()
        self._ordered.close()
        self.server_close()
        self._cut_all()
        for thread in self._workers:
            thread.join()

    def refuse(self) -> None:
        """Cut every connection and refuse new ones, but keep the port."""
        self._order(b"r")
        self._cut_all()

    def accept(self) -> None:
        """Accept connections again, once there was one call for each call of `refuse`."""
        self._order(b"a")

    def _order(self, order: bytes) -> None:
        with self._lock:
            if self._closed:
                raise ConnectionAbortedError("stopped")
            self._orders.send(order)
        self._obeyed.acquire()

    def _cut_all(self) -> None:
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):  # the client was faster
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread that `close` can join."""
        thread = threading.Thread(
            target=self.process_request_thread,
            args=(request, client_address),
            name=f"local-cloudflare-{client_address[1]}",
            daemon=True,
        )
        with self._lock:
            self._connections.add(request)
        thread.start()
        self._workers = [*filter(threading.Thread.is_alive, self._workers), thread]

    def shutdown_request(self, request: Any) -> None:
        """Close a connection."""
        with self._lock:
            self._connections.discard(request)
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print the traceback, unless the client has only disconnected.

        It is printed as ASCII, because it may contain data from the client.
        """
        del request, client_address
        if not isinstance(sys.exception(), ConnectionError):
            print(_UNPRINTABLE.sub(_escaped, traceback.format_exc()), file=sys.stderr)  # noqa: T201

    def _accept(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self, selectors.EVENT_READ)
            orders = selector.register(self._ordered, selectors.EVENT_READ)
            while True:
                if orders not in {key for key, _ in selector.select()}:
                    self.handle_request()
                    continue
                order = self._ordered.recv(1)
                if order == b"s":
                    return
                before = self._refusals
                self._refusals += 1 if order == b"r" else -1
                if not before:
                    selector.unregister(self)
                    self._listen_no_more()
                elif not self._refusals:
                    self.server_activate()
                    selector.register(self, selectors.EVENT_READ)
                self._obeyed.release()

    def _listen_no_more(self) -> None:
        """Keep the port without listening, so that connections are refused."""
        self.socket.close()
        self.socket = socket.socket(self.address_family, self.socket_type)
        self.server_bind()


class Server(Listener):
    """Serves a WSGI application."""

    def __init__(self, app: WSGIApplication, port: int) -> None:
        self.app = app
        super().__init__(port, Connection)


class Connection(BaseHTTPRequestHandler):
    """One connection, whose requests the application answers."""

    protocol_version = "HTTP/1.1"
    server_version = "cloudflare"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body of an answer in one packet
    server: Server

    def setup(self) -> None:
        """Read lines in a way that remembers the last one."""
        super().setup()
        self.rfile = self._lines = _Lines(self.rfile.detach())

    def parse_request(self) -> bool:
        """Return whether a whole head was read. A request that is cut off is not carried out."""
        return super().parse_request() and self._lines.last in (b"\r\n", b"\n")

    def answer(self) -> None:
        """Pass the request to the application, and its answer to the client."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdecimal():
            self.send_error(411)  # clients of a JSON API know the length of their body
            return
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            self.close_connection = True
            return
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _: Any = None) -> Any:
            started[:] = status, headers

        answer = b"".join(self.server.app(self._environ(body), start_response))
        status, headers = started
        # Not `send_response`, which sets the date: the application does.
        self.send_response_only(*_split(status))
        self.send_header("Server", self.version_string())
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  (the base class's name)
        """Print nothing: the application records its requests."""

    def _environ(self, body: bytes) -> WSGIEnvironment:
        path, _, query = self.path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.port),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        for name, value in self.headers.items():
            environ.setdefault(f"HTTP_{name.upper().replace('-', '_')}", value)
        return environ


class _Lines(io.BufferedReader):
    last = b""

    def readline(self, size: int | None = -1) -> bytes:
        self.last = super().readline(size)
        return self.last


def _escaped(character: re.Match[str]) -> str:
    return character[0].encode("unicode_escape").decode()


def _split(status: str) -> tuple[int, str]:
    code, _, reason = status.partition(" ")
    return int(code), reason
