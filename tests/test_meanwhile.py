"""Others make objects meanwhile: what is taken over is shown to be ours, and nothing is doubled.

In virtual time, which Cloudflare's clock follows, an age apart from this machine's.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from harness.cases import CASES, Account, Case, group, id_of
from harness.fresh import Run
from harness.local import strict
from pulumi_cloudflare_access import kinds, rules
from pulumi_cloudflare_access.api.journal import Journal
from pulumi_cloudflare_access.api.lag import created_at
from pulumi_cloudflare_access.engine.creation import UNDATED
from pulumi_cloudflare_access.engine.lifecycle import journal_for
from pulumi_cloudflare_access.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

Send = Callable[[], httpx.Response]
Met = Callable[[Send], Any]
CaseOf = Callable[[Account, str], Case]
# A list of parts is no object of its own, and one person is in a group once.
ALONE = ("_policies", "_member")
OBJECTS = [case_of for case_of in CASES if case_of.__name__ not in ALONE]
# Of which an account may have two that are just the same.
TWICE = [case_of for case_of in OBJECTS if case_of.__name__ in ("group", "_reusable_policy")]
MINUTE, DAY = 60.0, 86_400.0


def named(case_of: CaseOf) -> str:
    return case_of.__name__.strip("_")


every_kind = pytest.mark.parametrize("case_of", OBJECTS, ids=named)
every_kind_of_twins = pytest.mark.parametrize("case_of", TWICE, ids=named)


@pytest.fixture(autouse=True)
def _a_machine_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def account() -> Account:
    return Account(strict())


class Killed(BaseException):
    """The end of a process in the middle of a request."""


class Between(httpx.BaseTransport):
    """Stands between a run and the local Cloudflare, and has a say where something is made."""

    def __init__(self, account: Account, case: Case, met: Met) -> None:
        self.there = httpx.WSGITransport(app=account.cloudflare.app)
        self.where = f"/{case.collection}"
        self.met = met
        self.bodies: list[dict[str, Any]] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "POST" or not request.url.path.endswith(self.where):
            return self.there.handle_request(request)
        self.bodies.append(json.loads(request.content))
        said = self.met(lambda: self.there.handle_request(request))
        if isinstance(said, BaseException):
            raise said
        assert isinstance(said, httpx.Response)
        return said


class OneRun(Run):
    """A run of a process of its own, whose creates pass by a test."""

    def __init__(self, account: Account, case: Case, met: Met) -> None:
        self.case = case
        self.between = Between(account, case, met)
        super().__init__(account.cloudflare, self.between)
        self.providers: dict[str, Any] = {}

    def provider(self, kind: str) -> Any:
        """Return the one of this process: it keeps the list that it has read."""
        return self.providers.setdefault(kind, super().provider(kind))

    def make(self, name: str = "thing") -> str:
        return self.create(self.case.kind, self.case.declared, name)


def passed(send: Send) -> httpx.Response:
    return send()


def never_arrived(_: Send) -> Exception:
    return httpx.ReadError("reset")


def refused(_: Send) -> httpx.Response:
    return httpx.Response(403, json={"success": False, "errors": [{"code": 10000}]})


def anothers(account: Account, case: Case) -> str:
    """Have another stack, on another machine, make just what the case declares."""
    run = OneRun(account, case, refused)
    with pytest.raises(Exception, match="403"):
        run.make("somebody-elses")
    [body] = run.between.bodies
    return account.make(case.collection, body)


def killed(account: Account, case: Case, met: Met) -> None:
    """Start a run that is killed when it makes something."""

    def end(send: Send) -> Any:
        met(send)
        return Killed()

    with pytest.raises(Killed):
        OneRun(account, case, end).make()


# ------------------------------------------------------------------------- while a run is under way


@every_kind
def test_an_object_that_another_stack_made_over_a_long_run_is_not_doubled(
    account: Account, case_of: CaseOf
) -> None:
    first, case = case_of(account, "First"), case_of(account, "Thing")
    run = OneRun(account, case, passed)
    # The list is read here.
    if first.collection == case.collection:
        run.create(first.kind, first.declared, "first")
    run.time.sleep(MINUTE)
    theirs = anothers(account, case)
    with pytest.raises(Exception, match=f'adopt="{theirs}"|adopt=True|taken by'):
        run.make()
    assert case.found(account) == sorted(case.names)


@every_kind
def test_an_object_that_another_stack_made_is_not_taken_for_one_whose_answer_is_lost(
    account: Account, case_of: CaseOf
) -> None:
    first, case = case_of(account, "First"), case_of(account, "Thing")
    run = OneRun(account, case, never_arrived)
    if first.collection == case.collection:
        # The list is read here, and is not old when it is gone by.
        run.between.met = passed
        run.create(first.kind, first.declared, "first")
        run.between.met = never_arrived
    theirs = anothers(account, case)
    run.time.sleep(4.0)
    with pytest.raises(Exception, match=f'adopt="{theirs}"'):
        run.make()
    assert case.found(account) == sorted(case.names)


@every_kind_of_twins
def test_what_is_ours_is_taken_and_what_another_stack_made_before_is_told(
    account: Account, case_of: CaseOf, capfd: pytest.CaptureFixture[str]
) -> None:
    first, case = case_of(account, "First"), case_of(account, "Thing")

    def answer_lost(send: Send) -> Exception:
        send()
        return httpx.ReadError("reset")

    run = OneRun(account, case, passed)
    run.create(first.kind, first.declared, "first")
    theirs = anothers(account, case)
    run.time.sleep(4.0)
    run.between.met = answer_lost
    assert run.make() != theirs
    assert len(run.between.bodies) == 2
    said = "".join(capfd.readouterr())
    assert f"somebody else has made the same meanwhile ({theirs})" in said


def test_two_that_may_both_be_ours_are_both_told(account: Account) -> None:
    def twice(send: Send) -> Exception:
        send()
        send()
        return httpx.ReadError("reset")

    case = group(account, "Staff")
    run = OneRun(account, case, twice)
    with pytest.raises(Exception, match="may be its work or somebody else's") as told:
        run.make()
    assert all(one["id"] in str(told.value) for one in account.all(case.collection))


def test_what_another_stack_of_this_machine_made_at_the_same_time_is_not_taken(
    account: Account,
) -> None:
    case = group(account, "Staff")

    def meanwhile(_: Send) -> Exception:
        # The other stack's process has a journal of its own; its run has ended since.
        other = Journal(account.cloudflare.base_url, print, lambda: "file:///other")
        there = account.make(case.collection, run.between.bodies[-1])
        other.made("urn:pulumi:other::p::t::staff", "", case.kind, there)
        other.end()
        return httpx.ReadError("reset")

    run = OneRun(account, case, meanwhile)
    with pytest.raises(Exception, match="somebody else has made the same meanwhile"):
        run.make()
    assert case.found(account) == ["Staff"]
    assert len(run.between.bodies) == 1


def test_a_connection_that_broke_is_no_reason_to_send_again_while_cloudflare_is_at_work(
    account: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    case = group(account, "Staff")
    late: list[Send] = []

    def at_work(send: Send) -> Exception:
        late.append(send)
        return httpx.ReadError("reset")

    run = OneRun(account, case, at_work)
    follow = run.time._follow  # noqa: SLF001 - to have something happen at a time
    began = run.time.now

    def passing(seconds: float) -> None:
        follow(seconds)
        if run.time.now - began >= 30 and late:
            late.pop()()

    run.time._follow = passing  # noqa: SLF001 - likewise
    run.make()
    assert case.found(account) == ["Staff"]
    assert len(run.between.bodies) == 1
    assert run.time.now - began < 45
    assert "Cloudflare may be at work on it: looks until" in "".join(capfd.readouterr())


# ------------------------------------------------------------------------- after a run was killed


@every_kind
@pytest.mark.parametrize("later", [5 * MINUTE, 6 * DAY])
def test_an_equal_object_is_not_the_work_of_a_killed_run_that_asked_for_it_long_before(
    account: Account, case_of: CaseOf, later: float, tmp_path: Path
) -> None:
    case = case_of(account, "Thing")
    if later < UNDATED and not kinds.load(case.kind).tells_creation_time():
        pytest.skip(f"Cloudflare does not tell when a {case.kind} was made")
    killed(account, case, lambda _: None)
    time_passes(account, tmp_path, later)
    theirs = anothers(account, case)
    run = OneRun(account, case, passed)
    with pytest.raises(Exception, match=f'adopt="{theirs}"'):
        run.make()
    assert case.found(account) == sorted(case.names)
    assert run.between.bodies == []


@every_kind
def test_a_kind_knows_whether_cloudflare_tells_when_its_objects_were_made(
    account: Account, case_of: CaseOf
) -> None:
    case = case_of(account, "Thing")
    made = OneRun(account, case, passed).up(case.kind, case.declared)
    [listed] = [one for one in account.all(case.collection) if id_of(one) == made.id]
    is_dated = kinds.load(case.kind).tells_creation_time()
    assert (created_at(listed) is not None) is is_dated
    assert (created_at(made.outs) is not None) is is_dated


@every_kind
def test_what_a_killed_run_has_made_is_taken_over_however_late_the_next_one_comes(
    account: Account, case_of: CaseOf, tmp_path: Path
) -> None:
    case = case_of(account, "Thing")
    killed(account, case, passed)
    is_dated = kinds.load(case.kind).tells_creation_time()
    time_passes(account, tmp_path, 6 * DAY if is_dated else UNDATED - MINUTE)
    run = OneRun(account, case, passed)
    run.make()
    assert case.found(account) == sorted(case.names)
    assert run.between.bodies == []


def time_passes(account: Account, machine: Path, seconds: float) -> None:
    """Let it be later: for Cloudflare, and for what this machine has noted."""
    account.cloudflare.clock.advance(seconds)
    for file in (machine / "cache" / "pulumi-cloudflare-access" / "journal").iterdir():
        note = json.loads(file.read_bytes())
        skew = note["skew"] and note["skew"] + seconds
        file.write_text(json.dumps({**note, "time": note["time"] - seconds, "skew": skew}))


@every_kind
def test_a_run_waits_for_what_a_killed_one_has_asked_for_a_moment_ago(
    account: Account, case_of: CaseOf, capfd: pytest.CaptureFixture[str]
) -> None:
    case = case_of(account, "Thing")
    late: list[Send] = []
    killed(account, case, late.append)
    run = OneRun(account, case, passed)
    follow, began = run.time._follow, run.time.now  # noqa: SLF001 - to have something happen then

    def passing(seconds: float) -> None:
        follow(seconds)
        if run.time.now - began >= 30 and late:
            late.pop()()

    run.time._follow = passing  # noqa: SLF001 - likewise
    run.make()
    assert case.found(account) == sorted(case.names)
    assert run.between.bodies == []
    said = "".join(capfd.readouterr())
    assert "an earlier run had asked for" in said
    assert "looks until" in said


@every_kind
def test_a_run_waits_no_longer_than_an_answer_may_take(account: Account, case_of: CaseOf) -> None:
    case = case_of(account, "Thing")
    killed(account, case, lambda _: None)
    run = OneRun(account, case, passed)
    began = run.time.now
    run.make()
    assert 60 <= run.time.now - began <= 71
    assert case.found(account) == sorted(case.names)
    # Many who wait look together: each list once.
    assert len(account.cloudflare.requests) < 40


def test_what_is_not_as_it_was_asked_for_is_told(account: Account) -> None:
    case = group(account, "Staff")
    killed(account, case, passed)
    changed = Case(case.kind, {**case.declared, "include": [rules.everyone()]}, *case_tail(case))
    run = OneRun(account, changed, passed)
    with pytest.raises(Exception, match="may be its work or somebody else's"):
        run.make()
    assert case.found(account) == ["Staff"]


def case_tail(case: Case) -> tuple[str, tuple[str, ...]]:
    return case.collection, case.names


def test_what_somebody_put_in_the_place_of_a_policy_is_not_taken_for_it(account: Account) -> None:
    [case_of] = [case_of for case_of in CASES if case_of.__name__ == "_policies"]
    case = case_of(account, "Thing")
    theirs: list[str] = []

    def meanwhile(_: Send) -> Exception:
        body = {**run.between.bodies[-1], "include": [rules.everyone()]}
        theirs.append(account.make(case.collection, body))
        return httpx.ReadError("reset")

    run = OneRun(account, case, meanwhile)
    with pytest.raises(Exception, match='somebody else has made "Thing 1"') as told:
        run.make()
    assert theirs[0] in str(told.value)
    assert len(account.all(case.collection)) == 1


MEMBER_OF = [case_of for case_of in CASES if case_of.__name__ == "_member"]


@pytest.mark.parametrize("theirs", [False, True], ids=["ours", "theirs"])
def test_a_person_whom_somebody_added_after_a_run_was_killed_is_not_this_stacks_to_take_out(
    account: Account, tmp_path: Path, *, theirs: bool
) -> None:
    [case_of] = MEMBER_OF
    case = case_of(account, "Thing")
    killed(account, case, (lambda _: None) if theirs else passed)
    time_passes(account, tmp_path, 5 * MINUTE)
    if theirs:
        group = case.collection.split("/")[2]
        account.team.add(group, "ada")
    made = OneRun(account, case, passed).up(case.kind, case.declared)
    assert made.outs["preexisting"] is theirs


def test_a_person_whom_a_finished_run_has_added_is_not_taken_back(account: Account) -> None:
    [case_of] = MEMBER_OF
    case = case_of(account, "Thing")
    run = OneRun(account, case, passed)
    assert run.up(case.kind, case.declared).outs["preexisting"] is False
    journal_for(Settings.read(run.config.get)).end()
    made = OneRun(account, case, passed).up(case.kind, case.declared)
    assert made.outs["preexisting"] is True
