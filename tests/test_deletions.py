"""What is in use waits for its users, also for those that go while it looks for them."""

from __future__ import annotations

from harness.clock import VirtualTime
from pulumi_cloudflare_access.engine.deletion import Deletions, User
from pulumi_cloudflare_access.errors import ConflictError

ENGINEERS = "00000000-0000-4000-8000-00000000000e"
EVERYBODY = User("Access group", "Everybody", "00000000-0000-4000-8000-0000000000ee")


def test_a_user_that_has_just_gone_is_no_reason_to_give_up() -> None:
    deletions = Deletions()
    assert not deletions.are_going([EVERYBODY])
    with deletions.under_way([EVERYBODY.id]):
        assert deletions.are_going([EVERYBODY])
    assert deletions.are_going([EVERYBODY])


def test_a_delete_that_was_refused_for_a_user_that_goes_meanwhile_is_sent_again() -> None:
    deletions, time = Deletions(), VirtualTime()
    sent = []

    def send() -> None:
        sent.append(time.now)
        if len(sent) == 1:
            raise ConflictError(f"DELETE /accounts/*/access/groups/{ENGINEERS}", 409)

    def find_users() -> list[User]:
        # The list was read before the user went.
        deletions.gone(EVERYBODY.id)
        return [EVERYBODY]

    deletions.delete(ENGINEERS, send, find_users, time.clock)
    assert len(sent) == 2
