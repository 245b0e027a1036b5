"""Secret values that a process knows of are in none of its messages."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_cloudflare_access.errors import DriftError
from pulumi_cloudflare_access.text import spelling
from pulumi_cloudflare_access.text.outlet import clean
from pulumi_cloudflare_access.text.secret_words import SecretWords, known

CANARY = "canary-0123456789"


def redacted(text: str, *bags: dict[str, Any]) -> str:
    words = SecretWords()
    words.remember_secrets_of(*bags)
    return words.redact(text)


def test_what_a_program_declared_secret_is_blanked_out_in_any_case_and_at_any_depth() -> None:
    bag = {
        "__secret": ["name", "include"],
        "name": CANARY,
        "include": {"email x": [{"email": "ada@example.com"}]},
        "open": "Engineers",
    }
    said = f"{CANARY.upper()} and Ada@Example.com are in Engineers"
    assert redacted(said, bag) == "[secret] and [secret] are in Engineers"


def test_what_an_entry_is_called_is_blanked_out_whole_and_the_words_of_the_api_are_not() -> None:
    bag = {
        "__secret": ["policies", "require"],
        "policies": {
            "Skunkworks": {"name": "Skunkworks", "decision": "bypass", "include": {"everyone": {}}},
            "order": "Skunkworks",
        },
        "require": {"geo DE": {"geo": {"country_code": "DE"}}},
    }
    said = "policies: Skunkworks: bypass for everyone; require: geo DE; order"
    assert (
        redacted(said, bag) == "policies: [secret]: bypass for everyone; require: [secret]; order"
    )


def test_what_is_secret_now_is_blanked_out_of_what_was_plain_and_the_other_way_round() -> None:
    for bags in (
        ({"name": "Skunkworks"}, {"name": CANARY, "__secret": ["name"]}),
        ({"name": CANARY, "__secret": ["name"]}, {"name": "Skunkworks"}),
    ):
        assert redacted(f"Skunkworks -> {CANARY}", *bags) == "[secret] -> [secret]"


def test_what_cloudflare_calls_a_secret_is_one_whoever_declares_it() -> None:
    assert redacted(f"got {CANARY}", {"client_secret": CANARY, "name": "x"}) == "got [secret]"


def test_every_message_of_the_process_does_without_it_not_only_the_resources_own() -> None:
    known.remember(CANARY)
    assert clean(f"used by {CANARY}") == "used by [secret]"
    assert str(DriftError(f"{CANARY} changed")) == "[secret] changed"


def test_short_words_are_left_and_those_of_middling_length_are_not_looked_for_inside_others() -> (
    None
):
    words = SecretWords()
    words.remember("DE", "test", "Skunkworks")
    assert words.redact("the latest of DE: test, Test-2, skunkworks2") == (
        "the latest of DE: [secret], [secret]-2, [secret]2"
    )


def test_the_apis_own_words_are_said_although_a_secret_declaration_holds_them() -> None:
    words = SecretWords()
    words.allow(["openid", "email"])
    words.remember({"scopes": {"openid": "openid", "email": "email"}, "scheme": "deny"})
    assert words.redact("email: deny openid") == "email: deny openid"


@pytest.mark.parametrize("secret", ["Eve\x1b[31m", "\u202egnp.exe", "__Block", "it's \n mine"])
def test_a_secret_is_hidden_in_every_spelling(secret: str) -> None:
    known.remember(secret)
    for form in (secret, spelling.key_of(secret), spelling.shown(secret), repr(secret)[1:-1]):
        assert clean(f"<{form}>") == "<[secret]>"


def test_a_longer_secret_that_holds_a_shorter_one_is_hidden_whole() -> None:
    words = SecretWords()
    words.remember("Skunkworks", "Skunkworks of Ada")
    assert words.redact("Skunkworks of Ada, Skunkworks") == "[secret], [secret]"


def test_a_word_for_what_is_not_known_yet_is_no_secret() -> None:
    words = SecretWords()
    words.remember(*spelling.UNKNOWN_VALUES)
    assert not any(map(words.has, spelling.UNKNOWN_VALUES))


def test_nothing_is_kept_for_the_next_run() -> None:
    words = SecretWords()
    words.remember(CANARY)
    assert words.has(CANARY)
    words.forget()
    assert not words.has(CANARY)
    assert words.redact(CANARY) == CANARY
