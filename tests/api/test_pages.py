"""One list for a whole refresh: what it costs, and what it never says."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clock import VirtualTime
from pulumi_cloudflare_access.api.client import SMALLEST_PAGE, Client
from pulumi_cloudflare_access.api.pages import Page, Snapshot
from pulumi_cloudflare_access.errors import UnreachableError, UnusableAnswerError
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator


CANARY = "canary-0123456789"


class Collection:
    """A list at Cloudflare that counts how many of its pages are read."""

    def __init__(self, size: int, per_page: int, *, says_total: bool = True) -> None:
        self.ids = [str(number) for number in range(size)]
        self.per_page = per_page
        self.says_total = says_total
        self.reads = 0

    def read(self) -> Iterator[Page]:
        total = len(self.ids) if self.says_total else None
        for start in range(0, max(1, len(self.ids)), self.per_page):
            self.reads += 1
            found = self.ids[start : start + self.per_page]
            yield Page([{"id": id_} for id_ in found], total)

    @property
    def pages(self) -> int:
        return max(1, -(-len(self.ids) // self.per_page))


@given(
    size=st.integers(0, 60),
    per_page=st.integers(1, 20),
    says_total=st.booleans(),
    asked=st.lists(st.integers(0, 70), unique=True, min_size=1),
)
def test_a_refresh_never_costs_twice_the_best_choice(
    size: int, per_page: int, *, says_total: bool, asked: list[int]
) -> None:
    collection = Collection(size, per_page, says_total=says_total)
    snapshot = Snapshot(collection.read)
    found = {number: snapshot.find(str(number)) for number in asked}
    one_by_one = sum(answer is None for answer in found.values())
    missing = sum(number >= size for number in asked)
    best = min(len(asked), collection.pages + missing)
    assert collection.reads + one_by_one <= 2 * best
    assert all(answer is None or answer["id"] == str(number) for number, answer in found.items())


def test_a_stack_that_is_the_account_costs_its_pages() -> None:
    for size, per_page in ((1_000, 1_000), (300, 100), (5_000, 1_000)):
        collection = Collection(size, per_page)
        snapshot = Snapshot(collection.read)
        missed = sum(snapshot.find(id_) is None for id_ in collection.ids)
        assert (collection.reads, missed) == (collection.pages, 0) or missed < collection.pages
        assert collection.reads == collection.pages


def test_a_small_stack_does_not_page_through_a_large_account() -> None:
    collection = Collection(5_000, 50)
    snapshot = Snapshot(collection.read)
    assert [snapshot.find(str(number)) for number in range(4_000, 4_010)] == [None] * 10
    assert collection.reads == 1


def test_one_thread_lists_and_the_others_wait() -> None:
    collection = Collection(400, 100)
    everybody = threading.Barrier(8)
    snapshot = Snapshot(collection.read)

    def find(id_: str) -> Any:
        everybody.wait()
        return snapshot.find(id_)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(find, [str(number * 50) for number in range(8)]))
    assert collection.reads <= collection.pages
    assert sum(answer is None for answer in found) < collection.pages


def test_what_was_written_is_asked_for_by_itself_and_listed_as_written() -> None:
    collection = Collection(3, 10)
    snapshot = Snapshot(collection.read)
    assert snapshot.find("1") == {"id": "1"}
    snapshot.wrote("1", {"id": "1", "name": "new"})
    assert snapshot.find("1") is None
    snapshot.deleted("2")
    assert snapshot.objects() == [{"id": "0"}, {"id": "1", "name": "new"}]


def test_a_list_that_is_shorter_than_it_says_is_read_again() -> None:
    answers = [Page([{"id": "a"}], 2), Page([{"id": "a"}, {"id": "b"}], 2)]

    def read() -> Iterator[Page]:
        yield answers.pop(0)

    assert len(Snapshot(read).objects()) == 2


def scripted(*readings: list[Page]) -> tuple[Snapshot, list[list[Page]]]:
    """Return a snapshot of a list that is another at each reading, and the readings to come."""
    left = list(readings)
    return Snapshot(lambda: iter(left.pop(0))), left


def those(*ids: str) -> list[dict[str, str]]:
    return [{"id": id_} for id_ in ids]


def test_an_object_that_moved_past_because_another_went_is_not_missed() -> None:
    # "a" was deleted between the pages, and "c" moved to the first.
    moved = [Page(those("a", "b"), 4), Page(those("d"), 3)]
    snapshot, _ = scripted(moved, [Page(those("b", "c"), 3), Page(those("d"), 3)])
    assert snapshot.objects() == those("b", "c", "d")


def test_a_list_of_pages_that_does_not_say_how_long_it_is_is_read_until_it_stays() -> None:
    short, whole = (
        [Page(those("a", "b")), Page(those("d"))],
        [Page(those("b", "c")), Page(those("d"))],
    )
    snapshot, left = scripted(short, whole, whole)
    for _ in range(2):
        assert (snapshot.objects(), left) == (those("b", "c", "d"), [])


def test_a_list_that_always_counts_wrongly_is_what_it_holds() -> None:
    snapshot, left = scripted(*[[Page(those("a"), 9), Page([], 9)]] * 2)
    assert (snapshot.objects(), left) == (those("a"), [])


def test_a_list_that_never_holds_together_is_an_error() -> None:
    snapshot, _ = scripted(*([Page(those(str(n)), 9), Page([], 9)] for n in range(9)))
    with pytest.raises(UnusableAnswerError, match="changes faster than it can be read"):
        snapshot.objects()
    with pytest.raises(UnusableAnswerError):
        snapshot.anew()


def test_who_waits_for_a_list_that_fails_gets_its_failure_and_who_comes_later_asks_again() -> None:
    everybody, tried = threading.Barrier(9), []

    def read() -> Iterator[Page]:
        tried.append(1)
        if len(tried) == 1:
            everybody.wait()
            # The others come to wait for the lock.
            time.sleep(0.2)
            raise UnreachableError("no whole answer", sent=True)
        yield Page(those("a"), 1)

    snapshot = Snapshot(read)

    def ask(*, first: bool) -> Any:
        if not first:
            everybody.wait()
        try:
            return snapshot.objects()
        except UnreachableError as error:
            return error

    with ThreadPoolExecutor(9) as pool:
        told = list(pool.map(lambda n: ask(first=n == 0), range(9)))
    failed = [error for error in told if isinstance(error, UnreachableError)]
    assert len(failed) + len(tried) == 9 + 1
    assert len({id(error) for error in failed}) == len(failed) > 1
    assert {(str(error), error.sent) for error in failed} == {("no whole answer", True)}
    assert snapshot.objects() == those("a")


def test_objects_are_had_one_by_one_where_their_list_cannot() -> None:
    asked = []

    def read() -> Iterator[Page]:
        asked.append(1)
        if asked:
            raise UnreachableError("no whole answer", sent=True)
        yield Page([])

    snapshot = Snapshot(read)
    assert [snapshot.find("a"), snapshot.find("b")] == [None, None]
    assert len(asked) == 1


class Slow(httpx.BaseTransport):
    """Answers small pages only: larger ones take too long."""

    def __init__(self, size: int, most: int) -> None:
        self.size, self.most = size, most
        self.asked: list[tuple[int, int]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        number, per_page = (int(request.url.params[name]) for name in ("page", "per_page"))
        self.asked.append((number, per_page))
        if per_page > self.most:
            raise httpx.ReadTimeout("")
        items = [{"id": str(n)} for n in range(self.size)][(number - 1) * per_page :][:per_page]
        body = {"success": True, "result": items, "result_info": {"total_count": self.size}}
        return httpx.Response(200, json=body)


def listed(transport: Slow, per_page: int) -> list[str]:
    settings = Settings("http://127.0.0.1:1", api_token=CANARY, allow_loopback=True)
    client = Client(settings, transport=transport, clock=VirtualTime().clock)
    return [item["id"] for item in client.list("/groups", per_page=per_page, permission="")]


@given(size=st.integers(0, 400), most=st.sampled_from([25, 50, 100, 200]))
def test_pages_that_take_too_long_are_read_by_halves(size: int, most: int) -> None:
    transport = Slow(size, most)
    assert listed(transport, 200) == [str(number) for number in range(size)]
    assert len(transport.asked) <= 3 + size // most + 1


def test_a_page_that_is_slow_however_small_is_an_error() -> None:
    transport = Slow(10, most=0)
    with pytest.raises(UnreachableError, match="no whole answer"):
        listed(transport, 200)
    assert min(per_page for _, per_page in transport.asked) == SMALLEST_PAGE
