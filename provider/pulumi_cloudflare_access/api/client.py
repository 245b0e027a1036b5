"""The client of Cloudflare's API: sends requests and opens the envelope of the answers.

https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/

There is one client for each process and settings, and all threads share it. Its methods return the
`result` of the envelope, or raise an error of `errors.py`. Its `messages` become warnings.

`permission` is the permission that a request needs, without "Read" or "Write", for error messages.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from importlib import metadata
from typing import Any

import httpx

from ..errors import (
    CloudflareError,
    EndedError,
    NotFoundError,
    Reason,
    SettingsError,
    UnreachableError,
    UnusableAnswerError,
    refusal,
)
from ..process import plugin
from ..settings import Settings, check_address
from ..text.spelling import from_wire, may_need_spelling, to_wire
from .clock import Clock, Skew
from .pace import LONGEST_ANSWER, pace_of
from .pages import Page, Snapshot
from .retries import Tries, took_too_long
from .transport import ReadOnlyTransport, Transport

# Seconds to wait for a connection, as in Cloudflare's own SDK.
LONGEST_CONNECT = 5.0
# The plugin process serves several calls at a time; each has at most one request under way.
CONNECTIONS = 32
# Errors that mean that no byte of the request has left this machine.
NOTHING_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Seconds. If a connection breaks later than this, Cloudflare may have carried the request out.
AT_ONCE = 5.0
JSON = {"Content-Type": "application/json"}
# Error codes for a wrong or expired token. AUTHENTICATION may also mean a missing permission.
AUTHENTICATION = 10000
REJECTED = frozenset({AUTHENTICATION, 9109})
# Objects for each page. Smaller pages would not make a slow list faster.
SMALLEST_PAGE = 25
# A list that never ends is a fault of the answer, not a very large account.
MOST_PAGES = 1_000


Say = Callable[[str], None]

_clients: dict[tuple[Settings, Say], Client] = {}
_making = threading.Lock()


def client_for(settings: Settings, warn: Say = plugin.warn, say: Say = plugin.say) -> Client:
    """Return the client for these settings; every process has one for each `settings` and `warn`.

    `warn` shows warnings and `say` shows progress. The defaults are those of the plugin process;
    programs pass their own.
    """
    with _making:
        if (settings, warn) not in _clients:
            _clients[settings, warn] = Client(settings, warn=warn, say=say)
        return _clients[settings, warn]


class Client:
    """Requests to one API address with one credential. Thread-safe.

    All requests raise UnreachableError if there is no answer, UnusableAnswerError if the answer
    cannot be understood, and a subclass of ApiError if Cloudflare refuses. A request that must not
    be sent twice raises LostAnswerError if it may or may not have been carried out. The constructor
    raises SettingsError for an address, a proxy or certificates that cannot be used.
    With settings that only read (`Settings.reads_only`), it sends nothing but GET.
    """

    def __init__(
        self,
        settings: Settings,
        transport: httpx.BaseTransport | None = None,
        warn: Say = plugin.warn,
        say: Say = plugin.say,
        clock: Clock | None = None,
    ) -> None:
        check_address(settings)
        self._settings = settings
        self._warn = warn
        self._read: dict[Any, Any] = {}
        self.clock = clock or Clock()
        self._skew = Skew()
        self._pace = pace_of(settings, self.clock, say, warn)
        address = httpx.URL(settings.base_url)
        try:
            # HTTPS_PROXY and SSL_CERT_FILE are honoured, but this machine has no proxy.
            trust_env = not settings.is_on_this_machine
            transport = transport or Transport(address, CONNECTIONS, trust_env=trust_env)
            self._http = httpx.Client(
                base_url=settings.base_url,
                headers={"User-Agent": f"pulumi-cloudflare-access/{_version()}"},
                transport=ReadOnlyTransport(transport) if settings.reads_only else transport,
                # A redirect would carry the token to wherever it points.
                follow_redirects=False,
                trust_env=False,
            )
        except (OSError, ValueError, httpx.InvalidURL):
            # The address is checked above, so the mistake is in the environment. httpx's message
            # is left out: it would repeat a proxy's password.
            raise SettingsError(
                "the environment's HTTPS_PROXY, SSL_CERT_FILE or SSL_CERT_DIR cannot be used: a "
                "proxy must be an http:// or https:// URL, certificates a readable file or folder"
            ) from None

    def cloudflares_time(self) -> float | None:
        """Return Cloudflare's time, in seconds since 1970, or None before the first answer."""
        ahead = self._skew.seconds
        return None if ahead is None else self.clock.now() + ahead

    def close(self) -> None:
        """Close the connections. Not needed before the process ends."""
        self._http.close()

    # `id_field` is the field of an answer that identifies the object, where that is not `id`.

    def get(self, where: str, *, permission: str, id_field: str = "id", **params: Any) -> Any:
        """GET one object."""
        parse = functools.partial(_Answer.result, id_field=id_field)
        return self._ask("GET", where, permission, params=params, parse=parse)

    def post(
        self,
        where: str,
        body: Any,
        *,
        permission: str,
        idempotent: bool = False,
        id_field: str = "id",
    ) -> Any:
        """POST, and return the created object.

        Raises LostAnswerError if the object may or may not have been created. An `idempotent`
        request is sent again instead.
        """
        parse = functools.partial(_Answer.result, id_field=id_field)
        return self._ask("POST", where, permission, body=body, idempotent=idempotent, parse=parse)

    def put(self, where: str, body: Any, *, permission: str, id_field: str = "id") -> Any:
        """PUT, and return the updated object."""
        parse = functools.partial(_Answer.result, id_field=id_field)
        return self._ask("PUT", where, permission, body=body, parse=parse)

    def add(self, where: str, items: Any, *, permission: str) -> list[dict[str, Any]]:
        """POST entries to add to a list, and return the entries in the answer.

        Idempotent: entries that the list already has stay as they are.
        """
        return list(self._ask("POST", where, permission, body=items, parse=_Answer.items))

    def replace(self, where: str, items: Any, *, permission: str) -> list[dict[str, Any]]:
        """PUT the whole list, and return the list in the answer.

        It is not sent again after a lost answer, because that could undo another writer's change:
        raises LostAnswerError instead.
        """
        return list(
            self._ask("PUT", where, permission, body=items, idempotent=False, parse=_Answer.items)
        )

    def patch(self, where: str, body: Any, *, permission: str, idempotent: bool = True) -> Any:
        """PATCH some fields, and return the updated object.

        Raises LostAnswerError if it may or may not be done and must not be sent twice.
        """
        return self._ask(
            "PATCH", where, permission, body=body, idempotent=idempotent, parse=_Answer.result
        )

    def tell(
        self, where: str, *, permission: str, verb: str = "PUT", idempotent: bool = False
    ) -> None:
        """PUT or POST a command, and ignore the `result`: its form differs between commands.

        Raises LostAnswerError if the command may or may not have been carried out. An `idempotent`
        command is sent again instead.
        """
        body: dict[str, Any] | None = {} if verb == "PUT" else None
        self._ask(verb, where, permission, body=body, idempotent=idempotent)

    def delete(self, where: str, *, permission: str) -> None:
        """DELETE one object, and ignore the `result`."""
        self._ask("DELETE", where, permission)

    def list(
        self,
        where: str,
        *,
        per_page: int | None,
        permission: str,
        id_field: str = "id",
        **params: Any,
    ) -> list[Any]:
        """GET all pages of a list, again if the list changed in between (`pages.Snapshot`).

        `per_page` and `params` are those of `pages`. Raises UnusableAnswerError if the list changes
        faster than it can be read.
        """
        pages = functools.partial(
            self.pages,
            where,
            per_page=per_page,
            permission=permission,
            id_field=id_field,
            **params,
        )
        return Snapshot(pages).objects()

    def pages(
        self,
        where: str,
        *,
        per_page: int | None,
        permission: str,
        id_field: str = "id",
        **params: Any,
    ) -> Iterator[Page]:
        """GET a list, one page for each step of the iterator.

        `per_page` is the page size; None for a list that is documented as a single page, whose
        further pages are read only if its total says that there are some. `id_field` is what tells
        the entries apart: they get it as their `id`, if they have none. `params` are more
        parameters of the query. If a page takes too long, smaller pages are read from then on.
        """
        read, number = 0, 1
        seen: set[str] = set()
        for _ in range(MOST_PAGES):
            paging = {"page": number, "per_page": per_page} if per_page else {}
            if number > 1:
                paging["page"] = number
            half = _half(per_page, number, read)
            try:
                answer, page = self._ask(
                    "GET",
                    where,
                    permission,
                    params={**params, **paging},
                    parse=_page_parser(id_field),
                    stop_if_late=half is not None,
                )
            except CloudflareError as error:
                if half is None or not took_too_long(error):
                    raise
                # Ask for the first half of the same page.
                per_page, number = half, 2 * number - 1
                continue
            ids = {str(item.get("id")) for item in page.items}
            if per_page is None and ids <= seen and number > 1:
                # The API ignores `page`: it has sent the same single page again.
                return
            seen |= ids
            yield page
            read += len(page.items)
            number += 1
            whole = per_page is None if page.total is None else read >= page.total
            if whole or not page.items:
                return
        raise answer.unusable("a list that never ends")

    def _ask(
        self,
        verb: str,
        where: str,
        permission: str,
        *,
        parse: Callable[[_Answer], Any] = lambda _: None,
        body: Any = None,
        params: dict[str, Any] | None = None,
        idempotent: bool = True,
        stop_if_late: bool = False,
    ) -> Any:
        """Send a request, again after a failure that may pass, and return the parsed answer.

        `stop_if_late`: do not send it again if the answer took too long.
        """
        call = _Call(
            verb,
            where,
            permission,
            parse,
            body,
            params or {},
            self._settings.headers,
            self._settings,
        )
        if self._settings.reads_only:
            # One picture of the account for the whole command, and one request for each part of it.
            key = (verb, where, parse, *sorted((params or {}).items()))
            if key not in self._read:
                self._read[key] = self._sent(call, idempotent=idempotent, stop_if_late=stop_if_late)
            return self._read[key]
        return self._sent(call, idempotent=idempotent, stop_if_late=stop_if_late)

    def _sent(self, call: _Call, *, idempotent: bool, stop_if_late: bool) -> Any:
        operation, deadline = plugin.current_operation(), self._settings.deadline
        if operation.spent >= deadline:
            raise UnreachableError(
                f"{call}: not sent: cloudflare-access:deadline ({deadline:g} s) was over, the "
                f"requests before it took {operation.spent:.0f} s"
            )
        tries = Tries(
            self.clock,
            deadline,
            operation.spent,
            idempotent=idempotent,
            reading=call.reading,
        )
        try:
            while True:
                try:
                    return self._attempt(call, tries)
                except CloudflareError as error:
                    if call.is_done(error, tries):
                        return None
                    if stop_if_late and isinstance(error, UnreachableError) and error.late:
                        raise
                    tries.again(error)
        finally:
            operation.spent += tries.took()

    def _attempt(self, call: _Call, tries: Tries) -> Any:
        """Send a request once, as soon as the rate limit allows."""
        before = self.clock.ticks()
        turn = self._pace.wait(functools.partial(_check_wanted, call))
        try:
            _check_wanted(call)
        except EndedError:
            self._pace.unsent(turn)
            raise
        tries.begin(waited=self.clock.ticks() - before)
        response = self._send(call, turn, min(LONGEST_ANSWER, tries.left()))
        credentials = (self._settings.api_token, self._settings.api_key)
        answer = _Answer(call, response, credentials)
        if answer.status == httpx.codes.TOO_MANY_REQUESTS and answer.retry_after is not None:
            self._pace.lock_out(answer.retry_after)
        answer.refuse()
        found = call.parse(answer)
        for message in answer.messages:
            self._warn(f"Cloudflare says: {message}")
        return found

    def _send(self, call: _Call, turn: int, seconds: float) -> httpx.Response:
        request = self._http.build_request(
            call.verb,
            call.where.lstrip("/"),
            params=call.params or None,
            headers=call.headers | ({} if call.body is None else JSON),
            timeout=httpx.Timeout(seconds, connect=min(LONGEST_CONNECT, seconds)),
            content=None if call.body is None else _written(call.body),
        )
        began, sent = self.clock.ticks(), self.clock.now()
        try:
            response = self._http.send(request)
        except NOTHING_SENT as error:
            self._pace.unsent(turn)
            raise UnreachableError(
                f"{request.method} {request.url.path}: cannot reach {request.url.host}"
                f"{f':{request.url.port}' if request.url.port else ''} ({error}): is the network "
                "up, and is a proxy needed (HTTPS_PROXY, SSL_CERT_FILE)?"
            ) from None
        except httpx.HTTPError as error:
            self._pace.answered(turn, {})
            timed_out = isinstance(error, httpx.TimeoutException)
            raise UnreachableError(
                f"{request.method} {request.url.path}: no whole answer from {request.url.host} "
                f"{f'in {seconds:.3g} s ' if timed_out else ''}({type(error).__name__})",
                sent=True,
                late=timed_out or self.clock.ticks() - began > AT_ONCE,
            ) from None
        self._pace.answered(turn, response.headers)
        self._skew.told(response.headers.get("date"), sent, self.clock.now())
        return response


@dataclass(frozen=True)
class _Call:
    """One request, and the function that parses its answer."""

    verb: str
    where: str
    permission: str
    parse: Callable[[_Answer], Any]
    body: Any = field(repr=False)
    params: dict[str, Any]
    headers: dict[str, str] = field(repr=False)
    settings: Settings = field(repr=False)

    def __str__(self) -> str:
        return f"{self.verb} {self.where}"

    @property
    def reading(self) -> bool:
        return self.verb == "GET"

    def is_done(self, error: CloudflareError, tries: Tries) -> bool:
        """Tell whether the error is a 404 after an earlier attempt, which deleted the object."""
        return self.verb == "DELETE" and tries.may_be_done and isinstance(error, NotFoundError)


def _check_wanted(call: _Call) -> None:
    """Raise EndedError if nobody waits for the result of the request any more."""
    if not plugin.current_operation().is_wanted():
        raise EndedError(f"{call}: not sent: Pulumi has ended, or was told to end at once")


class _Answer:
    """One answer, with its envelope parsed."""

    def __init__(
        self, call: _Call, response: httpx.Response, secrets: Iterable[str | None]
    ) -> None:
        self._call = call
        self.status = response.status_code
        self.ray = response.headers.get("cf-ray")
        self.retry_after = _seconds(response.headers.get("retry-after"))
        self._type = response.headers.get("content-type", "no content type")
        try:
            text = response.content.decode()
            for secret in filter(None, secrets):
                # In case Cloudflare ever repeats a credential: messages must not show it.
                text = text.replace(secret, "[secret]")
            envelope = json.loads(text)
            if may_need_spelling(text):
                envelope = from_wire(envelope)
        except (ValueError, RecursionError):
            envelope = None
        self.envelope: dict[str, Any] = envelope if isinstance(envelope, dict) else {}

    @property
    def messages(self) -> list[str]:
        return [str(message) for message in Reason.read_all(self.envelope.get("messages"))]

    def unusable(self, why: str) -> UnusableAnswerError:
        ray = f" [ray {self.ray}]" if self.ray else ""
        return UnusableAnswerError(f"{self._call} -> {self.status}: {why}{ray}", status=self.status)

    def result(self, id_field: str = "id") -> Any:
        """Return the object in `result`. Raises UnusableAnswerError if there is none."""
        result = self.envelope.get("result")
        if not isinstance(result, dict) or not result:
            raise self.unusable("a success without a result")
        return _identified(result, id_field)

    def items(self) -> list[Any]:
        """Return the list in `result`. A single object counts as a list of one, null as empty."""
        result = self.envelope.get("result")
        items = [result] if isinstance(result, dict) else result or []
        if "result" not in self.envelope or not _are_objects(items):
            raise self.unusable("the result is not a list of objects")
        return list(items)

    def page(self, id_field: str = "id") -> tuple[_Answer, Page]:
        """Return this answer, and the page of a list that it contains, each entry with an `id`."""
        # Cloudflare sometimes sends null for an empty list.
        result = self.envelope.get("result")
        items = [] if result is None else result
        if id_field != "id":
            items = _listed(items)
        if "result" not in self.envelope or not _are_objects(items):
            raise self.unusable("the result is not a list of objects")
        items = [_identified(item, id_field) for item in items]
        if not all(item.get("id") for item in items):
            raise self.unusable("a list that holds an object without an id")
        info = self.envelope.get("result_info")
        total = info.get("total_count") if isinstance(info, dict) else None
        return self, Page(items, int(total) if isinstance(total, (int, float)) else None)

    def refuse(self) -> None:
        """Raise unless the answer is a success."""
        reasons = Reason.read_all(self.envelope.get("errors"))
        succeeded = httpx.codes.is_success(self.status)
        if succeeded and self.envelope.get("success") is True and not reasons:
            return
        # A 404 from a gateway on the way must not count as Cloudflare's, which means that the
        # object is gone. A 429 means the same from both.
        numbered = any(reason.code is not None for reason in reasons)
        cloudflares = self.envelope.get("success") is False and numbered
        foreign = self.status == httpx.codes.NOT_FOUND and not cloudflares
        too_many = self.status == httpx.codes.TOO_MANY_REQUESTS
        if foreign or not (self.envelope or too_many):
            raise self.unusable(f"the answer is not Cloudflare's ({self._type.partition(';')[0]})")
        if succeeded:
            told = "; ".join(map(str, reasons)) or "no reason given"
            raise self.unusable(f"the status is a success, the content is not: {told}")
        access = f"{self._call.permission} {'Read' if self._call.reading else 'Write'}"
        remedy = f'the token needs the permission "{access}" on this account or zone'
        codes = {reason.code for reason in reasons}
        if self.status == httpx.codes.UNAUTHORIZED or codes & REJECTED:
            may_lack_it = AUTHENTICATION in codes
            explain = self._call.settings.explain_rejection
            remedy = explain(f'"{access}"', may_lack_it=may_lack_it)
        error = refusal(str(self._call), self.status, reasons, self.ray, remedy)
        error.retry_after = self.retry_after
        raise error


@functools.cache
def _page_parser(id_field: str) -> Callable[[_Answer], tuple[_Answer, Page]]:
    """Return what parses a page. One for each field: equal requests have equal parsers."""
    return functools.partial(_Answer.page, id_field=id_field)


def _written(body: Any) -> bytes:
    # As ASCII: a name may contain half of a surrogate pair, which UTF-8 cannot encode.
    return json.dumps(to_wire(body), separators=(",", ":"), allow_nan=False).encode()


def _half(per_page: int | None, number: int, read: int) -> int | None:
    """Return half the page size, or None if the page cannot be split."""
    if per_page is None or per_page % 2 or per_page <= SMALLEST_PAGE:
        return None
    # If earlier pages held fewer objects than asked for, half a page would begin elsewhere.
    return per_page // 2 if read == (number - 1) * per_page else None


def _identified(found: dict[str, Any], id_field: str) -> dict[str, Any]:
    """Return an object with an `id`, whatever the API calls what identifies it."""
    return found if id_field == "id" else {"id": found.get(id_field), **found}


def _listed(result: Any) -> Any:
    """Return what is listed, where the API has it in another form than a list of objects."""
    if isinstance(result, dict):
        # What there is one of in an account, and has no id.
        return [result]
    if isinstance(result, list) and all(isinstance(part, list) for part in result):
        # Older documents have the entries of Zero Trust lists in a list of lists.
        return [item for part in result for item in part]
    return result


def _are_objects(items: Any) -> bool:
    return isinstance(items, list) and all(isinstance(item, dict) for item in items)


def _seconds(retry_after: str | None) -> float | None:
    """Return the seconds of a `retry-after` header. Its other form, a date, is ignored."""
    plain = retry_after is not None and re.fullmatch(r"\s*\d{1,9}\s*", retry_after)
    return float(retry_after) if retry_after and plain else None


def _version() -> str:
    try:
        return metadata.version("pulumi-cloudflare-access")
    except metadata.PackageNotFoundError:
        return "0"
