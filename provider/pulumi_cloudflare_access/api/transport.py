"""An httpx transport with a deadline for each whole exchange.

httpx's time-outs apply to single reads: a server that sends a byte now and then would keep a
request open for ever. httpcore, on which httpx is built, accepts a backend that opens its sockets.
The one here limits every read and write to the time that is left. httpx has no option for such a
backend, so this module builds a transport from httpcore's public parts. The system resolves host
names, with time-outs of its own.
"""

from __future__ import annotations

import threading
import time
import urllib.request
from collections.abc import Iterable
from typing import Any

import httpcore
import httpx

from ..errors import ReadOnlyError

# Seconds that a connection is kept for the next request; httpx's own figure.
KEEP_ALIVE = 5.0
# Bytes written at a time.
PIECE = 16_384


class ReadOnlyTransport(httpx.BaseTransport):
    """Sends nothing but GET over another transport. Raises ReadOnlyError for everything else."""

    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a GET."""
        if request.method != "GET":
            raise ReadOnlyError(f"{request.method} {request.url.path}: not sent: this run reads")
        return self._transport.handle_request(request)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()


class Transport(httpx.BaseTransport):
    """Connections to one address, directly or through the environment's proxy. Thread-safe.

    A request's `read` time-out limits the whole exchange. `connections` is how many may be open at
    once; `trust_env` says whether the environment's proxies and certificates apply. The constructor
    raises ValueError or OSError if these cannot be used.
    """

    def __init__(self, address: httpx.URL, connections: int, *, trust_env: bool) -> None:
        self._sockets = _Sockets()
        options: dict[str, Any] = {
            "max_connections": connections,
            "max_keepalive_connections": connections,
            "keepalive_expiry": KEEP_ALIVE,
            "network_backend": self._sockets,
        }
        if address.scheme == "https":
            options["ssl_context"] = httpx.create_ssl_context(trust_env=trust_env)
        proxy = _proxy(address) if trust_env else None
        self._pool = (
            httpcore.HTTPProxy(_url(proxy.url), proxy_auth=proxy.raw_auth, **options)
            if proxy
            else httpcore.ConnectionPool(**options)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request, and read the whole answer."""
        self._sockets.time.allow(request.extensions["timeout"]["read"])
        try:
            answer = self._pool.handle_request(
                httpcore.Request(
                    request.method,
                    _url(request.url),
                    headers=request.headers.raw,
                    content=request.stream,
                    extensions=request.extensions,
                )
            )
            try:
                content = answer.read()
            finally:
                answer.close()
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.ProxyError,
            httpcore.TimeoutException,
            httpcore.UnsupportedProtocol,
        ) as error:
            # httpx has an error of the same name for each.
            named: type[httpx.TransportError] = getattr(httpx, type(error).__name__)
            raise named(str(error), request=request) from error
        return httpx.Response(answer.status, headers=answer.headers, content=content)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


def _url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


def _proxy(address: httpx.URL) -> httpx.Proxy | None:
    proxies = urllib.request.getproxies()
    proxy = proxies.get(address.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(address.host):
        return None
    url = httpx.URL(proxy if "://" in proxy else f"http://{proxy}")
    if url.scheme not in {"http", "https"}:
        raise ValueError
    return httpx.Proxy(url)


class _Time(threading.local):
    """The time that is left for this thread's request."""

    until = float("inf")

    def allow(self, seconds: float) -> None:
        self.until = time.monotonic() + seconds

    def left(self, timeout: float | None, over: type[httpcore.TimeoutException]) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise over("no time is left")
        return left if timeout is None else min(timeout, left)


class _Sockets(httpcore.NetworkBackend):
    """Opens sockets whose reads and writes end when the request's time is over."""

    def __init__(self) -> None:
        self.time = _Time()
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self.time.left(timeout, httpcore.ConnectTimeout)
        stream = self._sockets.connect_tcp(host, port, left, local_address, socket_options)
        return _Stream(stream, self.time)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, time: _Time) -> None:
        self._stream = stream
        self._time = time

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._time.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), PIECE):
            left = self._time.left(timeout, httpcore.WriteTimeout)
            self._stream.write(buffer[start : start + PIECE], left)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._time.left(timeout, httpcore.ConnectTimeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._time)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
