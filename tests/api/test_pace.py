"""The pace: never one request too many, whoever sends, whoever is killed, whatever the file holds.

Schedules run in virtual time against a server as strict as Cloudflare's documentation; what
processes share is tried with real processes, which end where they would have to wait.
"""

from __future__ import annotations

import math
import os
import random
import re
import signal
import struct
import subprocess
import sys
import textwrap
from collections import deque
from typing import TYPE_CHECKING

import pytest

from harness.clock import VirtualTime, shortest
from pulumi_cloudflare_access.api.pace import MAGIC, WINDOW, Pace, pace_of
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

QUOTA = 1200
CANARY = "canary-0123456789"


class Strict:
    """1,200 requests in any five minutes; one more, and everything is refused for five."""

    def __init__(self, time: VirtualTime, quota: int = QUOTA) -> None:
        self.refused = 0
        self.served = 0
        self._time = time
        self._quota = quota
        self._arrived: deque[float] = deque()
        self._locked_out_until = 0.0

    def arrive(self) -> bool:
        now = self._time.now
        while self._arrived and self._arrived[0] <= now - WINDOW:
            self._arrived.popleft()
        if now >= self._locked_out_until and len(self._arrived) < self._quota:
            self._arrived.append(now)
            self.served += 1
            return True
        if now >= self._locked_out_until:
            self._locked_out_until = now + WINDOW
        self.refused += 1
        return False


# --------------------------------------------------------------------------------------- schedules


@pytest.mark.parametrize("requests", [1000, 1300, 2000, 5000])
def test_a_schedule_is_hardly_longer_than_the_shortest_one_and_nothing_is_refused(
    requests: int, tmp_path: Path
) -> None:
    time = VirtualTime(threads=16)
    server, pace = Strict(time), Pace(QUOTA, lambda: tmp_path / "a", clock=time.clock)
    began = time.now

    def ask(_: int) -> None:
        turn = pace.wait()
        time.sleep(0.075)
        server.arrive()
        time.sleep(0.075)
        pace.answered(turn, {})

    time.run(ask, range(requests))
    assert (server.served, server.refused) == (requests, 0)
    assert time.now - began <= 1.03 * shortest(requests, quota=QUOTA, workers=16, latency=0.15)


def test_without_a_pace_the_strict_server_refuses() -> None:
    time = VirtualTime(threads=16)
    server = Strict(time)
    time.run(lambda _: server.arrive(), range(QUOTA + 100))
    assert (server.served, server.refused) == (QUOTA, 100)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_refused_however_long_requests_and_answers_are_on_their_way(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311
    time = VirtualTime(threads=16)
    server, pace = Strict(time), Pace(QUOTA, clock=time.clock)

    def ask(_: int) -> None:
        turn = pace.wait()
        time.sleep(chance.choice([0.01, 0.1, 20.0]) * chance.random())
        server.arrive()
        time.sleep(chance.choice([0.01, 0.1, 20.0]) * chance.random())
        pace.answered(turn, {})

    time.run(ask, range(4000))
    assert (server.served, server.refused) == (4000, 0)


def test_a_share_is_what_all_of_this_machine_may_send() -> None:
    time = VirtualTime(threads=4)
    server, pace = Strict(time, quota=10), Pace(10, clock=time.clock)

    def ask(_: int) -> None:
        turn = pace.wait()
        server.arrive()
        pace.answered(turn, {})

    began = time.now
    time.run(ask, range(35))
    assert server.refused == 0
    assert 3 * WINDOW <= time.now - began <= 3 * (WINDOW + 1)


def test_no_address_sends_more_than_two_hundred_a_second_to_cloudflare(cache_folder: Path) -> None:
    time = VirtualTime(threads=32)
    cloudflare = Settings(api_token=CANARY)
    pace = pace_of(cloudflare, time.clock, print, print)
    sent: list[float] = []

    def ask(_: int) -> None:
        turn = pace.wait()
        sent.append(time.now)
        pace.answered(turn, {})

    time.run(ask, range(1000))
    assert max(sum(1 for other in sent if 0 <= other - one < 1) for one in sent) == 200
    assert time.now - sent[0] < 6
    assert cache_folder.is_dir()


def test_a_request_that_never_left_is_not_counted() -> None:
    time = VirtualTime()
    pace = Pace(1, clock=time.clock)
    for _ in range(5):
        pace.unsent(pace.wait())
    pace.wait()
    assert time.slept == []


# ----------------------------------------------------------------------------- what Cloudflare says


def room(pace: Pace, time: VirtualTime, most: int = 2000) -> int:
    """Return how many requests may be sent before one has to wait."""
    for sent in range(most):
        turn = pace.wait()
        if time.slept:
            return sent
        pace.answered(turn, {})
    return most


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({}, 1199),
        ({"ratelimit": '"default";r=50;t=30'}, 50),
        ({"ratelimit": '"default";r=0;t=30'}, 0),
        ({"ratelimit": '"burst";r=70;t=60, "default";r=900;t=300'}, 70),
        ({"ratelimit": '"default" ; t=30 ; r=50'}, 50),
        ({"ratelimit-policy": '"burst";q=100;w=60'}, 99),
        ({"ratelimit-policy": '"default";q=1200;w=300, "burst";q=100;w=60'}, 99),
        # Nothing raises the pace.
        ({"ratelimit": '"default";r=99999;t=300'}, 1199),
        ({"ratelimit-policy": '"default";q=99999;w=1'}, 1199),
        # What says nothing changes nothing.
        ({"ratelimit": "limit=100, remaining=50, reset=30"}, 1199),
        ({"ratelimit": '"default";r=-1;t=30'}, 1199),
        ({"ratelimit": f'"default";r={"9" * 5000};t=30'}, 1199),
        ({"ratelimit-policy": '"default";q=1;w=0'}, 1199),
        ({"ratelimit-policy": '"daily";q=1;w=86400'}, 1199),
        ({"ratelimit-policy": "\x00;;;=,q"}, 1199),
    ],
)
def test_what_an_answer_says_can_only_lower_the_pace(headers: dict[str, str], left: int) -> None:
    time = VirtualTime()
    pace = Pace(QUOTA, clock=time.clock)
    pace.answered(pace.wait(), headers)
    assert room(pace, time) == left


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit": '"default";r=0;t=30'}, 30),
        ({"ratelimit": '"default";r=0;t=999999999'}, WINDOW),
        ({"ratelimit-policy": '"burst";q=0;w=60'}, 60),
    ],
)
def test_a_lowered_pace_lasts_as_long_as_the_answer_says_and_no_longer_than_a_window(
    headers: dict[str, str], seconds: float
) -> None:
    time = VirtualTime()
    pace = Pace(QUOTA, clock=time.clock)
    pace.answered(pace.wait(), headers)
    began = time.now
    pace.wait()
    assert seconds <= time.now - began <= seconds + 0.2


def test_what_is_left_elsewhere_is_not_counted_twice() -> None:
    time = VirtualTime()
    pace = Pace(QUOTA, clock=time.clock)
    for left in range(50, 0, -1):
        pace.answered(pace.wait(), {"ratelimit": f'"default";r={left};t=30'})
    assert time.slept == []


@pytest.mark.parametrize(("told", "seconds"), [(120.0, 120.0), (5_000.0, WINDOW), (0.0, 0.0)])
@pytest.mark.parametrize("quota", [QUOTA, None])
def test_a_lock_out_is_waited_for_but_no_longer_than_a_window(
    told: float, seconds: float, quota: int | None
) -> None:
    time = VirtualTime()
    pace = Pace(quota, clock=time.clock)
    began = time.now
    pace.lock_out(told)
    pace.wait()
    assert time.now - began == pytest.approx(seconds)


def test_a_lock_out_holds_for_every_process_of_the_credential(tmp_path: Path) -> None:
    time = VirtualTime()
    one, another = (Pace(QUOTA, lambda: tmp_path / "a", clock=time.clock) for _ in range(2))
    one.lock_out(120.0)
    began = time.now
    another.wait()
    assert time.now - began == 120.0


# --------------------------------------------------------------------------- what people are told


def told(work: Callable[[VirtualTime, Pace], object], threads: int = 1) -> tuple[list[str], ...]:
    time = VirtualTime(threads)
    said: list[str] = []
    warned: list[str] = []
    pace = Pace(10, clock=time.clock, say=said.append, warn=warned.append)
    work(time, pace)
    return said, warned


def test_a_long_wait_is_said_once_and_until_when() -> None:
    def work(time: VirtualTime, pace: Pace) -> None:
        time.run(lambda _: pace.answered(pace.wait(), {}), range(18))

    said, warned = told(work, threads=8)
    [waiting] = said
    assert re.fullmatch(
        r"waiting until \d\d:51:40 for Cloudflare's rate limit: 10 in five minutes, over "
        "all requests with this token",
        waiting,
    )
    assert warned == []


def test_each_long_wait_is_said() -> None:
    def work(time: VirtualTime, pace: Pace) -> None:
        time.run(lambda _: pace.answered(pace.wait(), {}), range(38))

    said, _ = told(work, threads=8)
    assert len(said) == 3


def test_a_short_wait_is_nobodys_business() -> None:
    def work(_: VirtualTime, pace: Pace) -> None:
        pace.lock_out(2.5)
        pace.wait()

    said, warned = told(work)
    assert (said, warned) == ([], [])


def test_a_lock_out_is_a_warning_with_what_to_do_about_it() -> None:
    def work(time: VirtualTime, pace: Pace) -> None:
        pace.lock_out(300.0)
        time.run(lambda _: pace.wait(), range(8))

    said, [warning] = told(work, threads=8)
    assert said == []
    assert "Cloudflare refuses whatever this token asks for until " in warning
    assert "cloudflare-access:requestsPer5Minutes" in warning


# -------------------------------------------------------------------------------------- processes

SEND = """
    import os, sys, threading
    from pathlib import Path
    from pulumi_cloudflare_access.api.clock import Clock
    from pulumi_cloudflare_access.api.pace import Pace

    class Full(Exception):
        pass

    def full(seconds):
        raise Full

    file, quota = Path(sys.argv[1]), int(sys.argv[2])
    pace = Pace(quota, lambda: file, clock=Clock(sleep=full))
    def send():
        try:
            while True:
                turn = pace.wait()
                os.write(1, b"%d\\n" % turn)
                pace.answered(turn, {})
        except Full:
            pass
    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
"""


def started(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
    )


def numbers(process: subprocess.Popen[str]) -> list[int]:
    out, _ = process.communicate(timeout=60)
    return [int(line) for line in out.splitlines() if line]


def test_processes_share_the_budget_to_the_last_request(tmp_path: Path) -> None:
    file = tmp_path / "a"
    processes = [started(SEND, file, 300) for _ in range(3)]
    sent = [number for process in processes for number in numbers(process)]
    assert sorted(sent) == list(range(1, 301))


def test_a_killed_process_leaves_nothing_wrong_behind(tmp_path: Path) -> None:
    file = tmp_path / "a"
    sent = 0
    for kill in range(8):
        process = started(SEND, file, 100_000)
        assert process.stdout
        for _ in range(20 + 7 * kill):
            process.stdout.readline()
        process.kill()
        sent += 20 + 7 * kill + len(process.stdout.read().splitlines())
        process.wait()
        process.stdout.close()
    # A kill between the counting and the telling may cost a request for each thread.
    counted = entries(file)
    assert sent <= len(counted) - 1 <= sent + 8 * 4
    assert all(math.isfinite(moment) for moment in counted)
    time = VirtualTime(now=max(counted) + 1)
    Pace(1, lambda: file, clock=time.clock).wait()
    assert time.slept == []


HOLD = """
    import sys, time
    from filelock import FileLock
    FileLock(sys.argv[1] + ".lock").acquire()
    print(1, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP])
def test_who_holds_the_lock_and_is_killed_or_stopped_stops_nobody_else(
    end: signal.Signals, tmp_path: Path
) -> None:
    file = tmp_path / "a"
    process = started(HOLD, file)
    try:
        assert process.stdout
        assert process.stdout.readline() == "1\n"
        process.send_signal(end)
        assert Pace(1, lambda: file).wait() == 1
        assert len(entries(file)) == 2
    finally:
        process.kill()
        process.communicate()


# ---------------------------------------------------------------------------------------- the file


def entries(file: Path) -> list[float]:
    content = file.read_bytes()
    assert content.startswith(MAGIC)
    return [moment for (moment,) in struct.iter_unpack("=d", content[len(MAGIC) :])]


def written(*moments: float) -> bytes:
    return MAGIC + b"".join(struct.pack("=d", moment) for moment in moments)


NOW = 1_000_000.0
HELD = {
    "nothing": (b"", 0),
    "half a head": (MAGIC[:3], 0),
    "another program's file": (b"\xff" * 4096, 0),
    "a head and no more": (MAGIC, 0),
    "half an entry": (written(0.0, NOW + 9)[:-3], 0),
    "what no longer counts": (written(0.0, NOW - 9, NOW - 9), 0),
    "what still counts": (written(0.0, NOW + 9, NOW + 90), 9),
    "a lock-out": (written(NOW + 9), 9),
    "a clock that was put back": (written(0.0, NOW + 9e6, NOW + 9e6), WINDOW),
    "a lock-out for years": (written(NOW + 9e9), WINDOW),
    "no numbers": (written(0.0, math.nan, math.inf), WINDOW),
}


@pytest.mark.parametrize(("content", "waits"), HELD.values(), ids=HELD)
def test_whatever_a_file_holds_nobody_waits_longer_than_a_window(
    content: bytes, waits: float, tmp_path: Path
) -> None:
    file = tmp_path / "a"
    file.write_bytes(content)
    time = VirtualTime(now=NOW)
    Pace(2, lambda: file, clock=time.clock).wait()
    assert time.now - NOW == pytest.approx(waits, abs=0.2)


def test_a_file_that_is_removed_meanwhile_is_made_anew(tmp_path: Path) -> None:
    file = tmp_path / "a"
    time = VirtualTime()
    pace = Pace(3, lambda: file, clock=time.clock)
    turns = [pace.wait() for _ in range(3)]
    file.unlink()
    for turn in turns:
        pace.answered(turn, {})
    assert len(entries(file)) == 4


def test_a_cache_folder_that_cannot_be_used_is_said_once_and_this_process_counts_alone(
    cache_folder: Path,
) -> None:
    (cache_folder / "cache").write_text("no folder")
    (cache_folder / "home").write_text("nor this")
    warned: list[str] = []
    time = VirtualTime()
    settings = Settings(api_token=CANARY, requests_per_5_minutes=2)
    pace = pace_of(settings, time.clock, print, warned.append)
    for _ in range(3):
        pace.answered(pace.wait(), {})
    [warning] = warned
    assert warning.startswith("the user's cache folder cannot be used (")
    assert sum(time.slept) >= WINDOW


def files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file())


def test_a_file_is_one_credentials_and_says_nothing_about_it(cache_folder: Path) -> None:
    def asked(**credential: str) -> None:
        pace_of(Settings(**credential), VirtualTime().clock, print, print).wait()  # type: ignore[arg-type]

    asked(api_token=CANARY)
    asked(api_token=CANARY, account_id="another")
    assert len(list(cache_folder.rglob("*.pace"))) == 1
    asked(api_key=CANARY, email="ada@example.com")
    asked(api_token=f"{CANARY}-2")
    assert len(list(cache_folder.rglob("*.pace"))) == 3
    for file in files(cache_folder):
        assert CANARY not in str(file)
        assert CANARY.encode() not in file.read_bytes()
        assert file.stat().st_mode & 0o077 == 0
        assert file.parent.stat().st_mode & 0o077 == 0


def test_two_machines_call_one_credentials_file_by_different_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for machine in "ab":
        monkeypatch.setenv("HOME", str(tmp_path / machine))
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / machine))
        pace_of(Settings(api_token=CANARY), VirtualTime().clock, print, print).wait()
        names |= {file.name for file in tmp_path.rglob("*.pace")}
    assert len(names) == 2


def test_files_of_tokens_that_are_not_used_any_more_are_removed(cache_folder: Path) -> None:
    def asked(token: str) -> None:
        pace_of(Settings(api_token=token), VirtualTime().clock, print, print).wait()

    asked("old")
    asked("recent")
    [*_, oldest] = sorted(cache_folder.rglob("*.pace"))
    os.utime(oldest, (0, 0))
    asked("new")
    assert len(list(cache_folder.rglob("*.pace"))) == 2
    assert not oldest.exists()
