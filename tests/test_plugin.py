"""How errors leave the plugin process, in both ways that Pulumi's SDK has shown them."""

from __future__ import annotations

import sys
import threading
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from pulumi_cloudflare_access.errors import DriftError
from pulumi_cloudflare_access.process import plugin
from pulumi_cloudflare_access.process.plugin import DEBUG, clean_errors

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "canary-0123456789"


def newer(error: Exception) -> str:
    """Show an error as SDKs since about 3.270 do."""
    return "".join(traceback.format_exception(error))


def older(error: Exception) -> str:
    """Show an error as gRPC did for SDKs before."""
    return f"Exception calling application: {error}"


@clean_errors
def drifts(*_: Any) -> None:
    raise DriftError("somebody was here")


@clean_errors
def breaks(*_: Any) -> None:
    raise KeyError(CANARY)


def left(call: Callable[[], None]) -> Exception:
    """Return the error that a call lets out."""
    try:
        call()
    except Exception as error:  # noqa: BLE001 - any kind is of interest
        return error
    pytest.fail("no error")


def test_our_errors_are_one_line_whichever_sdk_shows_them() -> None:
    assert newer(left(drifts)) == "DriftError: somebody was here\n"
    assert older(left(drifts)) == "Exception calling application: somebody was here"


def test_an_error_that_nobody_foresaw_is_named_by_its_kind_and_place_alone() -> None:
    for show in (newer, older):
        shown = show(left(breaks))
        assert "please report it: KeyError at test_plugin.py:" in shown
        assert CANARY not in shown


@pytest.mark.parametrize("show", [newer, older, lambda _: "not shown at all"])
def test_everybody_elses_errors_keep_their_tracebacks(show: Callable[[Exception], str]) -> None:
    for _ in range(3):
        show(left(drifts))
        theirs = newer(left(lambda: int("x")))  # type: ignore[arg-type]
        assert "Traceback (most recent call last)" in theirs
        assert "in <lambda>" in theirs
    assert not hasattr(sys, "tracebacklimit")


def test_a_tracebacklimit_of_the_users_own_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "tracebacklimit", 7, raising=False)
    newer(left(drifts))
    assert sys.tracebacklimit == 7


def test_errors_of_many_threads_leave_nothing_changed_behind() -> None:
    shown: list[str] = []

    def run() -> None:
        shown.extend(newer(left(drifts)) for _ in range(50))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(shown) == {"DriftError: somebody was here\n"}
    assert not hasattr(sys, "tracebacklimit")


def test_whoever_mends_the_package_can_have_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(DEBUG, "1")
    shown = newer(left(drifts))
    assert "Traceback (most recent call last)" in shown
    assert "in drifts" in shown


def test_the_name_of_a_resource_is_the_end_of_its_urn() -> None:
    assert plugin.name_of("urn:pulumi:dev::p::t::engineers") == "engineers"
