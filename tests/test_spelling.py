"""How dangerous characters are spelled, in messages, in keys and for the engine."""

from __future__ import annotations

import json
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pulumi_cloudflare_access.text import spelling

UNKNOWN, SIGNATURE = spelling.UNKNOWN_VALUES[0], spelling.SIGNATURE
# Characters of every kind, and what is easily taken for something else.
PIECES = [
    *(
        "\x1b[31m",
        "\n",
        "\r",
        "\t",
        "\0",
        "\x7f",
        "\x9b",
        "\u202e",
        "\u2066",
        "\u200b",
        "\u200d",
        "\ufeff",
    ),
    *(
        "\u2028",
        "\u2029",
        "\U000e0041",
        "\ufe0f",
        "\ud800",
        "__",
        "_",
        "a",
        " ",
        "<U+001B>",
        "<U+003C>",
        "<",
    ),
    *(
        "U+005F>",
        ">",
        "<U+0030>",
        UNKNOWN,
        UNKNOWN[1:],
        SIGNATURE,
        SIGNATURE[1:],
        "<U+0034>",
        "<U+D800>",
    ),
    *(
        "\N{CLOUD}\ufe0f",
        "\N{WOMAN}\u200d\N{PERSONAL COMPUTER}",
        "1\ufe0f\u20e3",
        "é",
        "\\",
        '"',
        "${x}",
    ),
]
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join)
JSON = st.recursive(
    TEXTS | st.integers() | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)

EVERY = [chr(code) for code in range(sys.maxunicode + 1)]
DANGEROUS = [c for c in EVERY if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs"}]


def test_every_character_that_controls_or_hides_is_spelled() -> None:
    for character in DANGEROUS:
        assert spelling.shown(f"a{character}b") == f"a<U+{ord(character):04X}>b"
        assert spelling.key_of(f"a{character}b") == f"a<U+{ord(character):04X}>b"


def test_no_other_character_that_people_write_is() -> None:
    spelled = {c for c in EVERY if spelling.shown(c) != c} - {*DANGEROUS}
    # Variation selectors, which say nothing by themselves, and letters that are drawn as nothing.
    assert {unicodedata.category(c) for c in spelled} <= {"Mn", "Lo", "Cn"}
    assert len([c for c in spelled if unicodedata.category(c) == "Lo"]) == 4


@pytest.mark.parametrize(
    "name",
    [
        *("Zone Read", "Ärzte", "開発部", "فريق", "Team \N{WOMAN}\u200d\N{PERSONAL COMPUTER}"),
        *(
            "\N{CLOUD}\ufe0f Cloud",
            "\N{HEAVY BLACK HEART}\ufe0f",
            "1\ufe0f\u20e3 first",
            "\N{WHITE FLAG}\ufe0f\u200d\N{RAINBOW}",
        ),
        *(
            "a\\b",
            "<b>",
            "<U+1>",
            "U+001B",
            "${HOME}",
            "_svc",
            "a__b",
            " lead",
            "trail ",
            'say "hi"',
        ),
        *("{x}", "a > b", "100 %", "<U+FFFFFF>"),
    ],
)
def test_ordinary_names_stay_as_they_are(name: str) -> None:
    assert spelling.shown(name) == name
    assert spelling.key_of(name) == name
    assert spelling.carried({name: name}, is_known=True) == {name: name}
    assert spelling.from_wire({name: name}) == {name: name}


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("\x1b[31mred", "<U+001B>[31mred"),
        ("one\ntwo", "one<U+000A>two"),
        ("\u202eevil", "<U+202E>evil"),
        ("ad\u200da@example.com", "ad<U+200D>a@example.com"),
        ("Admins\ufe0f", "Admins<U+FE0F>"),
        ("__Block", "<U+005F>_Block"),
        ("___", "<U+005F>__"),
        (UNKNOWN, f"<U+0030>{UNKNOWN[1:]}"),
        (SIGNATURE, f"<U+0034>{SIGNATURE[1:]}"),
        # What looks like it.
        ("<U+001B>[31mred", "<U+003C>U+001B>[31mred"),
        ("<U+005F>_Block", "<U+003C>U+005F>_Block"),
        # What does not, stays.
        ("<U+0041>bc", "<U+0041>bc"),
    ],
)
def test_a_key_says_which_character_it_spells(name: str, key: str) -> None:
    assert spelling.key_of(name) == key
    assert spelling.text_of(key) == name
    assert spelling.as_key(key) == key


@given(TEXTS)
@example("<U+003C>U+001B>")
@example("<U+10FFFF>")
def test_a_key_can_be_read_back_and_holds_nothing_dangerous(text: str) -> None:
    name = spelling.value_of(text)
    key = spelling.key_of(name)
    assert spelling.text_of(key) == text
    assert not key.startswith("__")
    assert key != SIGNATURE
    assert UNKNOWN not in key
    assert spelling.shown(key) == key
    assert spelling.as_key(key) == key
    key.encode()


@given(TEXTS, TEXTS)
def test_two_texts_never_have_one_key(one: str, other: str) -> None:
    values = spelling.value_of(one), spelling.value_of(other)
    assert (values[0] == values[1]) == (one == other)
    assert (spelling.key_of(values[0]) == spelling.key_of(values[1])) == (one == other)


@given(TEXTS)
def test_a_message_is_spelled_once(text: str) -> None:
    once = spelling.shown(text)
    assert spelling.shown(once) == once


@given(JSON)
def test_what_cloudflare_answers_is_carried_and_goes_back_as_it_was(answered: Any) -> None:
    inside = spelling.from_wire(answered)
    assert spelling.to_wire(inside) == answered
    assert spelling.carried(inside, is_known=False) == inside
    # As an answer that needs nothing of it says by its text.
    for ascii_only in (True, False):
        text = json.dumps(answered, ensure_ascii=ascii_only)
        if not spelling.may_need_spelling(text):
            assert inside == answered
    for text in texts_of(inside):
        assert spelling.as_value(text) == text
        assert text not in spelling.UNKNOWN_VALUES
        text.encode()
    for key in keys_of(inside):
        assert not key.startswith("__")
        assert key != SIGNATURE
        assert spelling.shown(key) == key


@given(JSON)
def test_what_a_program_declares_is_sent_as_it_wrote_it(declared: Any) -> None:
    """A value that is spelled already, as a look-up gives it, is the exception."""
    try:
        inside = spelling.carried(declared, is_known=True)
    except ValueError:
        assert any(spelling.text_of(key) != key for key in keys_of(declared))
        return
    assert spelling.carried(inside, is_known=False) == inside
    if not any("<U+" in text for text in [*texts_of(declared), *keys_of(declared)]):
        assert spelling.to_wire(inside) == declared


def test_a_key_of_a_program_that_could_mean_two_things_is_told_with_what_to_write() -> None:
    with pytest.raises(ValueError, match="spells a character") as told:
        spelling.carried({"x": [{"a<U+001B>": 1}]}, is_known=True)
    assert '"a<U+001B>" spells a character' in str(told.value)
    assert 'write the character itself, or "a<U+003C>U+001B>" for this text' in str(told.value)
    for written, meant in (("a\x1b", "a\x1b"), ("a<U+003C>U+001B>", "a<U+001B>")):
        assert spelling.to_wire(spelling.carried({written: 1}, is_known=True)) == {meant: 1}


def texts_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in texts_of(one)]


def keys_of(value: Any) -> list[str]:
    own = [*value] if isinstance(value, dict) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return own + [key for one in inner for key in keys_of(one)]
