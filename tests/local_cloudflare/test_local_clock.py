from __future__ import annotations

import pytest

from pulumi_cloudflare_access.local_cloudflare import Clock


def test_a_clock_that_stands_is_moved_by_nothing_but_tests() -> None:
    clock = Clock()
    clock.stop()
    stood_at = clock.now()
    assert clock.now() == stood_at
    clock.advance(300)
    assert clock.now() == stood_at + 300


def test_a_clock_that_runs_can_be_moved_too() -> None:
    clock = Clock()
    before = clock.now()
    clock.advance(1e6)
    assert clock.now() >= before + 1e6
    assert clock.now() < before + 1e6 + 60


def test_a_clock_runs_on_from_where_it_stood() -> None:
    clock = Clock()
    clock.advance(1e6)
    clock.stop()
    clock.stop()
    stood_at = clock.now()
    clock.advance(50)
    clock.run()
    clock.run()
    assert stood_at + 50 <= clock.now() < stood_at + 50 + 60


def test_a_clock_says_whether_it_runs() -> None:
    clock = Clock()
    states = [clock.running]
    clock.stop()
    states.append(clock.running)
    clock.run()
    assert [*states, clock.running] == [True, False, True]


def test_a_clock_does_not_go_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        Clock().advance(-1)
