"""The client against real sockets: what comes back, what does not, and what is never let out."""

from __future__ import annotations

import json
import os
import re
import ssl
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
import trustme

from harness.clock import VirtualTime
from harness.plugin import Plugin
from harness.sockets import RAY, RESET, Proxy, Scripted, answer, envelope, nobody, refused
from pulumi_cloudflare_access.api.client import MOST_PAGES, Client, client_for
from pulumi_cloudflare_access.errors import (
    ApiError,
    CloudflareError,
    ConflictError,
    DeniedError,
    LostAnswerError,
    NotFoundError,
    RateLimitError,
    SettingsError,
    UnreachableError,
    UnusableAnswerError,
    WrongPathError,
)
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from pulumi_cloudflare_access import LocalCloudflare

CANARY = "canary-0123456789"
NEEDS = "Access: Apps and Policies"
GROUP = {"id": "g1", "name": "Engineers"}
HTML = b"<html>Bad gateway</html>"


_clients: list[Client] = []


@pytest.fixture(autouse=True)
def _no_connection_is_left_open() -> Iterator[None]:
    yield
    while _clients:
        _clients.pop().close()


def client(base_url: str, **settings: Any) -> Client:
    """Return a client that does not really wait before it tries again."""
    local = {"base_url": base_url, "api_token": CANARY, "allow_loopback": True}
    clock = VirtualTime().clock
    return closed_afterwards(Client(Settings(**{**local, **settings}), clock=clock))


def closed_afterwards(made: Client) -> Client:
    _clients.append(made)
    return made


def get(*answers: Any) -> Any:
    """GET one object from a server that answers this."""
    with Scripted(*answers) as server:
        return client(server.base_url).get("/groups/g1", permission=NEEDS)


def listed(*answers: Any, per_page: int | None = 2) -> tuple[list[Any], list[str]]:
    """Read a list from a server that answers this; return it and the paths asked for."""
    with Scripted(*answers) as server:
        found = list(client(server.base_url).list("/groups", per_page=per_page, permission=NEEDS))
    return found, [request.split()[1].removeprefix("/client/v4") for request in server.requests]


# --------------------------------------------------------------------------------- what is sent


@pytest.mark.parametrize(
    ("credentials", "sent", "not_sent"),
    [
        ({}, [f"authorization: bearer {CANARY}"], "x-auth"),
        (
            {"api_token": None, "api_key": CANARY, "email": "ada@example.com"},
            ["x-auth-email: ada@example.com", f"x-auth-key: {CANARY}"],
            "authorization",
        ),
    ],
)
def test_a_request_goes_below_the_base_url_with_the_one_credential(
    credentials: dict[str, Any], sent: list[str], not_sent: str
) -> None:
    with Scripted(answer(envelope(GROUP))) as server:
        client(server.base_url, **credentials).post("/groups", {"name": "Ünï"}, permission=NEEDS)
    [request] = server.requests
    head, _, body = request.partition("\r\n\r\n")
    assert head.startswith("POST /client/v4/groups HTTP/1.1")
    assert [line for line in sent if line not in head.lower()] == []
    assert not_sent not in head.lower()
    assert json.loads(body) == {"name": "Ünï"}


def test_nothing_is_sent_without_credentials() -> None:
    with Scripted(answer(envelope(GROUP))) as server:
        nobody = client(server.base_url, api_token=None)
        with pytest.raises(SettingsError, match="no Cloudflare credentials"):
            nobody.get("/groups/g1", permission=NEEDS)
    assert server.requests == []


def test_no_client_is_made_for_an_address_elsewhere() -> None:
    with pytest.raises(SettingsError, match=r"evil\.example"):
        client("https://evil.example/client/v4")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 T", "308 P"])
def test_a_redirect_is_not_followed_and_no_token_is_seen_elsewhere(status: str) -> None:
    with Scripted(answer(envelope(GROUP))) as elsewhere:
        moved = answer(HTML, status, kind="text/html", Location=f"{elsewhere.base_url}/groups/g1")
        with pytest.raises(UnusableAnswerError, match=f"-> {status[:3]}"):
            get(moved)
    assert elsewhere.requests == []


# ---------------------------------------------------------------- answers that are not what was due

NO_SUCCESS = {
    "an HTML page": (answer(HTML, kind="text/html; charset=utf-8"), 200, "text/html"),
    "an HTML error": (answer(HTML, "502 Bad Gateway", kind="text/html"), 502, "text/html"),
    "bad JSON": (answer(b'{"success": tru'), 200, "not Cloudflare's"),
    "JSON that is no text": (
        answer(b'{"success": true, "result": "\xff"}'),
        200,
        "not Cloudflare's",
    ),
    "JSON too deep to read": (answer(b"[" * 100_000), 200, "not Cloudflare's"),
    "no body": (answer(b""), 200, "not Cloudflare's"),
    "no body, and says so": (answer(b"", "204 No Content"), 204, "not Cloudflare's"),
    "a list": (answer([envelope(GROUP)]), 200, "not Cloudflare's"),
    "null": (answer(None), 200, "not Cloudflare's"),
    "an empty object": (answer({}), 200, "not Cloudflare's"),
    "success: false with 200": (
        answer(refused({"code": 1234, "message": "not today"})),
        200,
        "not today (code 1234)",
    ),
    "success missing": (answer({"result": GROUP}), 200, "content is not"),
    "success as text": (answer({"success": "true", "result": GROUP}), 200, "content is not"),
    "success with errors": (
        answer(envelope(GROUP, errors=[{"code": 1234, "message": "not today"}])),
        200,
        "not today (code 1234)",
    ),
    "success with an error that is no list": (
        answer(envelope(GROUP, errors={"code": 1234, "message": "not today"})),
        200,
        "not today (code 1234)",
    ),
    "result null": (answer(envelope(None)), 200, "without a result"),
    "result missing": (answer({"success": True}), 200, "without a result"),
    "result empty": (answer(envelope({})), 200, "without a result"),
    "result a list": (answer(envelope([GROUP])), 200, "without a result"),
    "result a text": (answer(envelope("g1")), 200, "without a result"),
    "a gateway's 404": (
        answer({"success": False, "message": "no healthy upstream"}, "404 No"),
        404,
        "not Cloudflare's",
    ),
    "somebody else's 404": (answer({"message": "no such page"}, "404 No"), 404, "not Cloudflare's"),
}


@pytest.mark.parametrize(("said", "status", "why"), NO_SUCCESS.values(), ids=NO_SUCCESS)
def test_an_answer_that_is_not_what_was_due_is_an_error_with_its_status_and_ray(
    said: bytes, status: int, why: str
) -> None:
    with pytest.raises(UnusableAnswerError) as caught:
        get(said)
    assert str(caught.value).startswith(f"GET /groups/g1 -> {status}: ")
    assert why in str(caught.value)
    assert f" [ray {RAY}]; tried " in str(caught.value)


NO_ANSWER = {
    "a cut body": answer(envelope(GROUP), Content_Length="4096"),
    "a cut chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Ty",
    "no HTTP": b"SSH-2.0-OpenSSH_9.9\r\n",
    "nothing": b"",
    "a reset": RESET,
    "a body that is no gzip": answer(envelope(GROUP), Content_Encoding="gzip"),
}


@pytest.mark.parametrize("said", NO_ANSWER.values(), ids=NO_ANSWER)
def test_an_answer_that_does_not_arrive_whole_is_an_error(said: Any) -> None:
    with pytest.raises(UnreachableError, match="no whole answer from 127"):
        get(said)


def post(*answers: Any, **how: Any) -> Any:
    """POST to a server that answers this."""
    with Scripted(*answers) as server:
        return client(server.base_url).post("/groups", GROUP, permission=NEEDS, **how)


SERVERS_FAULT = answer(refused({"code": 10001, "message": "internal"}), "500 Internal Server Error")
TOO_SLOW = answer(refused({"code": 1, "message": "took too long"}), "408 Request Timeout")
LOST = [*(said for said, *_ in NO_SUCCESS.values()), *NO_ANSWER.values(), SERVERS_FAULT, TOO_SLOW]


@pytest.mark.parametrize("said", LOST)
def test_a_create_whose_answer_is_lost_may_or_may_not_have_been_done(said: Any) -> None:
    with pytest.raises(LostAnswerError, match=r"^POST .*: it may or may not have been done$"):
        post(said)


@pytest.mark.parametrize("status", ["400 Bad", "401 Un", "403 No", "404 No", "409 Con", "422 Un"])
def test_a_create_that_is_refused_has_not_been_done(status: str) -> None:
    with pytest.raises(ApiError):
        post(answer(refused({"code": 12130, "message": "no"}), status))


def test_a_create_that_was_never_sent_has_not_been_done() -> None:
    with nobody() as port, pytest.raises(UnreachableError) as caught:
        client(f"http://127.0.0.1:{port}/client/v4").post("/groups", GROUP, permission=NEEDS)
    assert not caught.value.sent


def test_an_address_where_nobody_listens_is_named_with_what_to_look_at() -> None:
    with (
        nobody() as port,
        pytest.raises(UnreachableError, match=rf"cannot reach 127\.0\.0\.1:{port}.*HTTPS_PROXY"),
    ):
        client(f"http://127.0.0.1:{port}/client/v4").get("/groups/g1", permission=NEEDS)


@pytest.mark.parametrize(
    "said", [said for said, _, why in NO_SUCCESS.values() if "without a result" not in why]
)
def test_a_delete_is_done_only_when_the_answer_says_so(said: bytes) -> None:
    with Scripted(said) as server, pytest.raises(UnusableAnswerError):
        client(server.base_url).delete("/groups/g1", permission=NEEDS)


# ------------------------------------------------------------------------------------ refusals


def test_everything_that_cloudflare_says_about_a_refusal_is_kept() -> None:
    said = refused(
        {
            "code": 12130,
            "message": "include field should not be empty",
            "documentation_url": "https://developers.cloudflare.com/x",
            "source": {"pointer": "/include"},
        },
        {"code": 6003, "message": "headers", "error_chain": [{"code": 6111, "message": "format"}]},
    )
    with pytest.raises(ApiError) as caught:
        get(answer(said, "400 Bad Request"))
    assert str(caught.value) == (
        "GET /groups/g1 -> 400: /include: include field should not be empty (code 12130), see "
        f"https://developers.cloudflare.com/x; headers: format (code 6111) (code 6003) [ray {RAY}]"
    )
    assert caught.value.codes == {12130, 6003}
    assert caught.value.ray == RAY


@pytest.mark.parametrize(
    ("status", "code", "cls"),
    [
        ("401 Unauthorized", 1000, DeniedError),
        ("403 Forbidden", 10000, DeniedError),
        ("404 Not Found", 12135, NotFoundError),
        ("404 Not Found", 7003, WrongPathError),
        ("409 Conflict", 12132, ConflictError),
        ("429 Too Many Requests", 971, RateLimitError),
        ("500 Internal Server Error", 10001, ApiError),
    ],
)
def test_a_refusal_is_an_error_of_its_own_class(
    status: str, code: int, cls: type[ApiError]
) -> None:
    with pytest.raises(ApiError) as caught:
        get(answer(refused({"code": code, "message": "no"}), status))
    assert type(caught.value) is cls


CALLS: Mapping[str, tuple[Callable[[Client], Any], str]] = {
    "GET": (lambda api: api.get("/groups/g1", permission=NEEDS), "Read"),
    "list": (lambda api: list(api.list("/groups", per_page=2, permission=NEEDS)), "Read"),
    "POST": (lambda api: api.post("/groups", {}, permission=NEEDS), "Write"),
    "PUT": (lambda api: api.put("/groups/g1", {}, permission=NEEDS), "Write"),
    "DELETE": (lambda api: api.delete("/groups/g1", permission=NEEDS), "Write"),
}


@pytest.mark.parametrize(("call", "access"), CALLS.values(), ids=CALLS)
def test_a_denial_names_the_permission_that_is_needed(
    call: Callable[[Client], Any], access: str
) -> None:
    denied = answer(refused({"code": 1000, "message": "no"}), "403 Forbidden")
    with Scripted(denied) as server, pytest.raises(DeniedError) as caught:
        call(client(server.base_url))
    assert f'the token needs the permission "{NEEDS} {access}"' in str(caught.value)


@pytest.mark.parametrize(
    ("code", "status", "lacks"),
    [(9109, "403 Forbidden", False), (10000, "403 Forbidden", True), (1000, "401 No", False)],
)
def test_a_rejected_token_is_no_missing_permission(code: int, status: str, *, lacks: bool) -> None:
    """It says where the token is from, and what helps after a rotation."""
    denied = answer(refused({"code": code, "message": "Authentication error"}), status)
    config = {"cloudflare:apiToken": "t0ken", "cloudflare-access:allowLoopback": "true"}
    with Scripted(denied) as server:
        settings = Settings.read({**config, "cloudflare:baseUrl": server.base_url}.get, {})
        with pytest.raises(DeniedError) as caught:
            client_for(settings).get("/x", permission=NEEDS)
    said = str(caught.value)
    assert "the token itself is rejected: it is wrong, expired or revoked" in said
    assert (f'or it lacks the permission "{NEEDS} Read"' in said) == lacks
    assert "It comes from the stack config cloudflare:apiToken. pulumi refresh and" in said
    assert "--run-program" in said


def test_a_rejected_token_of_the_environment_is_not_the_last_ups() -> None:
    """Nothing keeps that one in a state."""
    denied = answer(refused({"code": 9109, "message": "Invalid access token"}), "403 Forbidden")
    with Scripted(denied) as server:
        config = {"cloudflare:baseUrl": server.base_url, "cloudflare-access:allowLoopback": "true"}
        settings = Settings.read(config.get, {"CLOUDFLARE_API_TOKEN": "t0ken"})
        with pytest.raises(DeniedError) as caught:
            client_for(settings).get("/x", permission=NEEDS)
    assert "It comes from the environment's CLOUDFLARE_API_TOKEN" in str(caught.value)
    assert "--run-program" not in str(caught.value)


@pytest.mark.parametrize("call", [call for call, _ in CALLS.values()], ids=CALLS)
@pytest.mark.parametrize(
    "said",
    [
        *(said for said, *_ in NO_SUCCESS.values()),
        *NO_ANSWER.values(),
        answer(refused({"code": 10000, "message": "no"}), "403 Forbidden"),
    ],
)
def test_no_error_holds_the_token_or_the_body_in_its_text_or_its_traceback(
    call: Callable[[Client], Any], said: Any
) -> None:
    with Scripted(said) as server:
        api = client(server.base_url)
        assert CANARY not in f"{api!r} {api}"
        try:
            call(api)
        except CloudflareError as error:
            shown = "".join([str(error), repr(error), *traceback.format_exception(error)])
            assert CANARY not in shown
            assert "Bad gateway" not in shown


# --------------------------------------------------------------------------------------- lists


def test_a_token_that_cloudflare_repeats_is_not_repeated_by_us() -> None:
    said = answer(refused({"code": 9109, "message": f"token {CANARY} may not"}), "403 Forbidden")
    with pytest.raises(DeniedError, match=r"token \[secret\] may not"):
        get(said)


def page(*items: Any, **info: Any) -> bytes:
    return answer(envelope(list(items), **({"result_info": info} if info else {})))


def test_a_list_is_read_page_after_page_until_all_have_come() -> None:
    pages = page({"id": "1"}, {"id": "2"}, total_count=3), page({"id": "3"}, total_count=3)
    assert listed(*pages) == (
        [{"id": "1"}, {"id": "2"}, {"id": "3"}],
        ["/groups?page=1&per_page=2", "/groups?page=2&per_page=2"],
    )


@pytest.mark.parametrize("info", [{}, {"total_count": None}, {"total_count": "3"}])
def test_a_list_that_does_not_say_how_long_it_is_ends_with_an_empty_page(
    info: dict[str, Any],
) -> None:
    pages = page({"id": "1"}, **info), page({"id": "2"}, **info), page(**info)
    found, asked = listed(*pages, *pages)
    assert found == [{"id": "1"}, {"id": "2"}]
    # Twice: something may have gone between two pages, and another have moved past.
    assert len(asked) == 6


@pytest.mark.parametrize("info", [{}, {"total_count": 1}, {"total_count": None}])
def test_a_list_that_has_no_pages_is_asked_for_once(info: dict[str, Any]) -> None:
    found, asked = listed(page(GROUP, **info), per_page=None)
    assert found == [GROUP]
    assert asked == ["/groups"]


def test_a_list_that_has_pages_against_its_documents_is_read_to_its_end() -> None:
    pages = page({"id": "1"}, {"id": "2"}, total_count=3), page({"id": "3"}, total_count=3)
    found, asked = listed(*pages, per_page=None)
    assert found == [{"id": "1"}, {"id": "2"}, {"id": "3"}]
    assert asked == ["/groups", "/groups?page=2"]


def test_a_list_that_has_no_pages_and_counts_wrongly_is_there_once() -> None:
    both = page({"id": "1"}, {"id": "2"}, total_count=9)
    found, asked = listed(both, both, both, both, per_page=None)
    assert found == [{"id": "1"}, {"id": "2"}]
    assert len(asked) == 4


@pytest.mark.parametrize(("verb", "body"), [("PUT", b"{}"), ("POST", b"")])
def test_a_command_needs_no_result(verb: str, body: bytes) -> None:
    with Scripted(answer({"success": True, "errors": [], "messages": []})) as server:
        client(server.base_url).tell("/groups/g1/go", permission=NEEDS, verb=verb)
    [request] = server.requests
    assert request.startswith(f"{verb} /client/v4/groups/g1/go ")
    assert request.encode().partition(b"\r\n\r\n")[2] == body


def test_some_fields_are_patched_and_the_object_comes_back() -> None:
    with Scripted(answer(envelope(GROUP))) as server:
        changed = client(server.base_url).patch("/groups/g1", {"name": "E"}, permission=NEEDS)
    assert changed == GROUP
    [request] = server.requests
    assert request.startswith("PATCH /client/v4/groups/g1 ")
    assert json.loads(request.partition("\r\n\r\n")[2]) == {"name": "E"}


@pytest.mark.parametrize(
    ("result", "items"), [([GROUP], [GROUP]), (GROUP, [GROUP]), ([], []), (None, [])]
)
@pytest.mark.parametrize("verb", ["add", "replace"])
def test_a_list_is_added_to_or_replaced_by_a_bare_array(verb: str, result: Any, items: Any) -> None:
    with Scripted(answer(envelope(result))) as server:
        found = getattr(client(server.base_url), verb)("/members", [{"id": "m1"}], permission=NEEDS)
    assert found == items
    [request] = server.requests
    assert request.startswith({"add": "POST", "replace": "PUT"}[verb])
    assert json.loads(request.partition("\r\n\r\n")[2]) == [{"id": "m1"}]


@pytest.mark.parametrize("result", ["m1", ["m1"], 7, True])
def test_a_list_that_is_written_and_answered_with_none_is_an_error(result: Any) -> None:
    with Scripted(answer(envelope(result))) as server, pytest.raises(LostAnswerError):
        client(server.base_url).replace("/members", [], permission=NEEDS)


def test_who_replaces_a_list_is_told_that_the_answer_is_lost_and_nothing_is_sent_again() -> None:
    with Scripted(answer(refused(), "503 Busy"), answer(envelope([]))) as server:
        with pytest.raises(LostAnswerError, match=r"^PUT .*may or may not have been done$"):
            client(server.base_url).replace("/members", [], permission=NEEDS)
        assert len(server.requests) == 1
        assert client(server.base_url).add("/members", [GROUP], permission=NEEDS) == []


def test_a_list_that_counts_wrongly_is_read_to_its_empty_page_and_no_further() -> None:
    pages = page({"id": "1"}, total_count=9), page(total_count=9)
    found, asked = listed(*pages, *pages)
    assert found == [{"id": "1"}]
    assert len(asked) == 4


@pytest.mark.parametrize("said", [envelope(None), envelope([]), envelope([], result_info=[])])
def test_a_list_that_is_null_is_empty(said: Any) -> None:
    found, asked = listed(answer(said))
    assert (found, len(asked)) == ([], 1)


@pytest.mark.parametrize("result", [[1], [GROUP, None], ["g1"], [[GROUP]], GROUP, "g1", 1, {}, ""])
def test_a_list_of_anything_but_objects_is_an_error(result: Any) -> None:
    with pytest.raises(
        UnusableAnswerError, match=r"-> 200: the result is not a list of objects.*\[ray"
    ):
        listed(answer(envelope(result)))


@pytest.mark.parametrize(
    ("said", "status"),
    [(said, status) for said, status, why in NO_SUCCESS.values() if "without a" not in why],
)
def test_a_page_that_is_no_success_is_an_error_and_no_empty_list(said: bytes, status: int) -> None:
    with pytest.raises(UnusableAnswerError, match=f"-> {status}:"):
        listed(page({"id": "1"}, total_count=2), said)


def test_a_list_without_a_result_is_no_empty_list() -> None:
    with pytest.raises(UnusableAnswerError, match="not a list of objects"):
        listed(answer({"success": True, "errors": [], "messages": []}))


def test_an_object_of_a_list_has_an_id() -> None:
    with pytest.raises(UnusableAnswerError, match="an object without an id"):
        listed(page({"name": "Engineers"}))


def test_a_list_that_never_ends_is_given_up() -> None:
    asked = []

    def same_page_always(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        return httpx.Response(200, json=envelope([GROUP]))

    settings = Settings(api_token=CANARY)
    api = Client(settings, httpx.MockTransport(same_page_always))
    with pytest.raises(UnusableAnswerError, match="never ends"):
        list(api.list("/groups", per_page=1, permission=NEEDS))
    assert len(asked) == MOST_PAGES


# ------------------------------------------------------------------------------------ warnings


def test_what_cloudflare_says_besides_becomes_a_warning_under_the_resource() -> None:
    group = {**GROUP, "include": [{"everyone": {}}]}
    said = [{"code": 10000, "message": "This API is deprecated"}, "and goes away"]
    with Scripted(answer(envelope(group, messages=said))) as server:
        config = {
            "cloudflare:apiToken": CANARY,
            "cloudflare:baseUrl": server.base_url,
            "cloudflare-access:allowLoopback": "true",
        }
        with Plugin(config, os.environ) as plugin:
            found = plugin.get("access_group", "g1", {"account_id": "a" * 32})
            assert plugin.warnings == [
                "Cloudflare says: This API is deprecated (code 10000)",
                "Cloudflare says: and goes away",
            ]
            assert plugin.engine.urns == [found.urn, found.urn]


@pytest.mark.parametrize("said", [None, [], {}, "", 0])
def test_messages_of_any_other_shape_do_no_harm(said: Any) -> None:
    assert get(answer(envelope(GROUP, messages=said))) == GROUP


def paced(server: Scripted, **more: str) -> dict[str, str]:
    return {
        "cloudflare:apiToken": CANARY,
        "cloudflare:baseUrl": server.base_url,
        "cloudflare-access:allowLoopback": "true",
        **{f"cloudflare-access:{key}": value for key, value in more.items()},
    }


EVERYONE = answer(envelope({**GROUP, "include": [{"everyone": {}}]}))


def test_a_run_that_waits_for_another_says_so_and_until_when(tmp_path: Path) -> None:
    with Scripted(EVERYONE) as server:
        config = paced(server, requestsPer5Minutes="1")
        with (
            Plugin(config, os.environ, tmp_path) as first,
            Plugin(config, os.environ, tmp_path) as second,
        ):
            first.get("access_group", "g1", {"account_id": "a" * 32})
            with ThreadPoolExecutor(1) as pool:
                waiting = pool.submit(second.get, "access_group", "g1", {"account_id": "a" * 32})
                while not (second.progress or waiting.done()):
                    time.sleep(0.05)
                assert not waiting.done()
                # Nobody wants to see the end of it.
                second.kill()
                assert waiting.exception()
    [said] = second.progress
    assert re.fullmatch(
        r"waiting until [\d:]{8} for Cloudflare's rate limit: 1 in five minutes, .*", said
    )
    assert len(server.requests) == 1


def test_a_lock_out_is_a_warning_under_the_resource_that_waits_and_then_all_goes_on() -> None:
    refusal_ = answer(refused({"code": 971, "message": "wait"}), "429 Too Many", Retry_After="4")
    with Scripted(refusal_, EVERYONE) as server, Plugin(paced(server), os.environ) as plugin:
        found = plugin.get("access_group", "g1", {"account_id": "a" * 32})
        [warning] = plugin.warnings
        assert warning.startswith("Cloudflare refuses whatever this token asks for until ")
        assert plugin.engine.urns == [found.urn]


# ------------------------------------------------------------------------------------- threads


def test_a_process_has_one_client_for_equal_settings_however_many_threads_ask() -> None:
    barrier = threading.Barrier(16)

    def ask(number: int) -> Client:
        barrier.wait()
        return client_for(Settings(api_token=f"{CANARY}-{number % 2}"))

    with ThreadPoolExecutor(16) as pool:
        clients = list(pool.map(ask, range(16)))
    assert len(set(clients)) == 2
    assert len(set(clients[::2])) == 1


def test_threads_that_share_a_client_get_their_own_answers(cloudflare: LocalCloudflare) -> None:
    names = [f"Group {number}" for number in range(64)]
    planted = cloudflare.seed(
        {"access/groups": [{"name": name, "include": [{"everyone": {}}]} for name in names]}
    )["access/groups"]
    api = client(cloudflare.base_url, api_token=cloudflare.token)
    where = f"/accounts/{cloudflare.account_id}/access/groups"

    def ask(group: Any) -> str:
        return str(api.get(f"{where}/{group['id']}", permission=NEEDS)["name"])

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, planted)) == names


# --------------------------------------------------------------------------- proxies, certificates


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def proxy(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """Run a proxy that stands in for Cloudflare, for every request that heeds the environment."""

    def tls() -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert("api.cloudflare.com").configure_cert(context)
        return context

    for name in ("HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    with Proxy(tls, answer(envelope(GROUP))) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        yield proxy


CLOUDFLARE = Settings(api_token=CANARY)


def test_the_environments_proxy_and_certificates_are_heeded(
    proxy: Proxy, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    assert closed_afterwards(Client(CLOUDFLARE)).get("/groups/g1", permission=NEEDS) == GROUP
    assert proxy.connects == ["CONNECT api.cloudflare.com:443 HTTP/1.1"]
    assert f"Authorization: Bearer {CANARY}" in proxy.requests[0]


def test_a_certificate_that_nobody_vouches_for_ends_the_request_before_the_token_is_sent(
    proxy: Proxy,
) -> None:
    with pytest.raises(UnreachableError, match=r"CERTIFICATE_VERIFY_FAILED.*SSL_CERT_FILE"):
        closed_afterwards(Client(CLOUDFLARE)).get("/groups/g1", permission=NEEDS)
    assert proxy.connects == ["CONNECT api.cloudflare.com:443 HTTP/1.1"]
    assert proxy.requests == []


def test_no_proxy_stands_before_this_machine(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url)
    monkeypatch.setenv("ALL_PROXY", proxy.url)
    assert get(answer(envelope(GROUP))) == GROUP
    assert proxy.connects == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HTTPS_PROXY", f"gopher://ada:{CANARY}@127.0.0.1"),
        ("HTTPS_PROXY", f"http://ada:{CANARY}@127.0.0.1:port"),
        ("SSL_CERT_FILE", f"/nowhere/{CANARY}.pem"),
    ],
)
def test_a_proxy_or_certificate_file_that_cannot_be_used_is_named_but_not_shown(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=name) as caught:
        Client(Settings(api_token=NEEDS))
    assert CANARY not in "".join(traceback.format_exception(caught.value))
