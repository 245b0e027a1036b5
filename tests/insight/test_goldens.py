"""Golden comparisons of real previews: what is said, in full, and why a naive reader goes wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from insight.programs import PROGRAMS
from insight.told import recording, told
from pulumi_cloudflare_access.insight import (
    Certainty,
    Comparison,
    Outcome,
    Person,
    PlaceChange,
    Verdict,
    Worlds,
    can,
    compare,
    read,
)

GOLDENS = Path(__file__).parent / "goldens"
PEOPLE = [
    Person("ada@example.com"),
    Person("mallory@example.com"),
    Person("pat@example.com"),
    Person("lin@contractor.example"),
    Person("hr@example.com"),
]
COMPARED = [name for name in PROGRAMS if name not in {"base", "failed"}]


def worlds(name: str) -> Worlds:
    return read(recording("changes")[name])


def comparison(name: str) -> Comparison:
    found = worlds(name)
    return compare(found.old, found.new, PEOPLE)


def place(name: str, where: str) -> PlaceChange:
    return next(one for one in comparison(name).places if one.name == where)


def changed(name: str) -> dict[str, Verdict]:
    return {one.name: one.verdict for one in comparison(name).changes}


@pytest.mark.parametrize("name", COMPARED)
def test_a_comparison_says_what_its_golden_says(name: str) -> None:
    """To write them anew: delete the folder, and run the tests twice."""
    golden = GOLDENS / f"{name}.txt"
    found = worlds(name)
    text = told(compare(found.old, found.new, PEOPLE), found)
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text)
        pytest.fail(f"{golden.name} has been written")
    assert text == golden.read_text()


def test_every_witness_is_confirmed() -> None:
    """A gain by somebody whom `can` lets in after the change, and not before; a loss likewise."""
    confirmed = 0
    for name in COMPARED:
        both = worlds(name)
        for one in comparison(name).changes:
            for difference, inside, outside in (
                (one.gains, both.new, both.old),
                (one.losses, both.old, both.new),
            ):
                if difference.certainty is not Certainty.SURELY or len(one.before) != 1:
                    continue
                if one.verdict in {Verdict.OPENED, Verdict.GUARDED}:
                    continue
                assert difference.witness
                where = one.place.url or one.place.name
                assert can(inside, difference.witness.subject, where)
                assert can(outside, difference.witness.subject, where).outcome is Outcome.NO
                confirmed += 1
    assert confirmed > 10


def test_a_harmless_refactor_is_proved_the_same_for_everybody() -> None:
    """A group in between, and an address that its domain holds already."""
    assert changed("refactor") == {}
    assert len(comparison("refactor").places) == 9


def test_a_contractor_domain_in_a_nested_group_is_named_with_its_conditions() -> None:
    assert changed("contractor") == {
        "narrow.wide.example.com": Verdict.WIDER,
        "wiki.example.com": Verdict.WIDER,
    }
    wiki = place("contractor", "wiki.example.com")
    first, second = (condition.text for condition in wiki.gains.who.conditions)
    assert first.startswith("anyone @contractor.example, in Okta group partners via ")
    assert first.endswith('passing device posture "disk encryption", not from KP or RU')
    assert second.endswith('passing device posture "disk encryption", from 192.0.2.0/24')
    assert wiki.gains.who.complete
    assert wiki.gains.because
    chain = [link.text for link in wiki.gains.because.steps[-1].chain]
    assert chain == ['group "Engineers"', 'group "Partners"', "e-mail domain contractor.example"]
    assert [one.name for one in wiki.gains.known.possibly] == ["lin@contractor.example"]


def test_two_policies_swapped_say_whom_it_hits() -> None:
    """A naive reader sees the same policies, or that a deny is still there."""
    assert changed("swap") == {"console.example.com": Verdict.WIDER}
    console = place("swap", "console.example.com")
    assert console.gains.who.text == "pat@example.com"
    assert [one.name for one in console.gains.known.surely] == ["pat@example.com"]
    assert not console.losses
    new = list(comparison("swap").new_findings)
    assert [(one.code, one.where) for one in new] == [("never-decides", "No contractors")]


def test_a_country_exchanged_is_a_change_although_it_depends_before_and_after() -> None:
    """Comparing answers says "depends" twice, and so: the same."""
    assert changed("country") == {"salaries.example.com": Verdict.BOTH}
    salaries = place("country", "salaries.example.com")
    assert salaries.certain
    assert salaries.gains.who.text == "hr@example.com, from FR"
    assert salaries.losses.who.text == "hr@example.com, from DE"
    for difference in (salaries.gains, salaries.losses):
        assert [one.name for one in difference.known.possibly] == ["hr@example.com"]


def test_a_new_path_under_an_application_changes_that_path_alone() -> None:
    """A naive reader sees a new application, and no change of any other."""
    assert changed("admin") == {"wiki.example.com/admin": Verdict.BOTH}
    admin = place("admin", "wiki.example.com/admin")
    assert (admin.before, admin.after) == (("Wiki",), ("Admin",))


def test_a_deleted_application_opens_its_place() -> None:
    """A naive reader sees that everybody loses access."""
    assert changed("deleted") == {"old.example.com": Verdict.OPENED}
    old = place("deleted", "old.example.com")
    assert not old.certain  # the account may require Access protection
    assert old.gains.who.text == "anyone who can reach it"
    assert not old.losses
    assert "Access protection" in old.unknowns[0]
    surely = [one.name for one in old.gains.known.surely]
    assert surely == ["mallory@example.com", "lin@contractor.example"]


def test_a_deleted_application_above_a_wider_one_leaves_the_place_to_that() -> None:
    """It is not opened: *.wide.example.com answers now."""
    assert changed("deleted above another") == {"narrow.wide.example.com": Verdict.BOTH}
    narrow = place("deleted above another", "narrow.wide.example.com")
    assert (narrow.before, narrow.after) == (("Narrow",), ("Wide",))


@pytest.mark.parametrize(("protection", "verdict"), [(True, "narrower"), (False, "opened")])
def test_the_account_s_access_protection_decides(*, protection: bool, verdict: str) -> None:
    both = read(recording("changes")["deleted"], access_protection=protection)
    (old,) = compare(both.old, both.new).changes
    assert old.verdict.value == verdict
    assert old.certain


def test_a_secret_list_that_changes_is_undecided_and_says_so() -> None:
    """A naive reader sees "[secret]" twice, and so: the same."""
    assert changed("secret") == {"payroll.example.com": Verdict.UNDECIDED}
    payroll = place("secret", "payroll.example.com")
    before, after = payroll.unknowns
    assert before.startswith('include of group "Board", before the change, is secret')
    assert after.startswith('include of group "Board", after the change, is secret')
    text = told(comparison("secret"))
    assert "ceo@" not in text
    assert "cfo@" not in text


def test_a_secret_list_that_does_not_change_is_the_same() -> None:
    assert "payroll.example.com" not in changed("contractor")


def test_a_bypass_that_excludes_an_address_is_not_taken_to_do_so() -> None:
    """A naive reader says that mallory is kept out, and that all others get in."""
    assert changed("bypass") == {"status.example.com": Verdict.UNDECIDED}
    status = place("bypass", "status.example.com")
    possibly = {one.name for one in status.gains.known.possibly}
    assert possibly == {"mallory@example.com", "lin@contractor.example"}
    assert not status.gains.known.surely
    assert "mallory@example.com does before anyone has logged in" in status.unknowns[0]


def test_a_bypass_of_a_range_is_a_gain_a_loss_and_another_way_in() -> None:
    status = place("office", "status.example.com")
    assert status.verdict is Verdict.BOTH
    (how,) = status.how
    assert (how.facet, how.after, how.less) == ("login", "without a login or any check", True)
    assert how.who.text.endswith("from 198.51.100.0/24")


def test_places_that_overlap_depend_on_which_of_them_answers() -> None:
    """*.example.com/admin beside wiki.example.com: a naive reader takes one of them."""
    found = changed("overlap")
    assert found["*.example.com/admin"] is Verdict.GUARDED
    wiki = place("overlap", "*.example.com/admin and wiki.example.com")
    assert wiki.verdict is Verdict.UNDECIDED
    assert wiki.after == ("Admin", "Wiki")
    assert "does not document which application answers" in wiki.unknowns[0]
    new = {(one.code, one.where) for one in comparison("overlap").new_findings}
    assert ("overlap", "*.example.com/admin and wiki.example.com") in new


def test_a_circle_of_groups_is_not_answered() -> None:
    """With a memo and "no match" the answer would depend on where one starts."""
    assert changed("cycle") == {"salaries.example.com": Verdict.WIDER}
    salaries = place("cycle", "salaries.example.com")
    assert not salaries.certain
    assert salaries.gains.certainty is Certainty.POSSIBLY
    assert "circle of groups" in salaries.unknowns[0]
    assert ("cycle", "Loop") in {(f.code, f.where) for f in comparison("cycle").new_findings}
    # Whom another policy lets in gets in whatever the circle is.
    hr = Person("hr@example.com", countries=frozenset({"DE"}))
    assert can(worlds("cycle").new, hr, "salaries.example.com")


def test_approval_and_a_shorter_session_are_for_the_same_people() -> None:
    status = place("how", "status.example.com")
    assert status.verdict is Verdict.HOW
    approval, session = status.how
    assert (approval.facet, approval.after, approval.less) == (
        "approval",
        "1 of boss@example.com",
        False,
    )
    assert (session.before, session.after, session.less) == ("24h", "30m", False)


def test_an_unknown_group_is_named_and_nothing_is_guessed_about_it() -> None:
    lab = place("unknown group", "lab.example.com")
    assert lab.verdict is Verdict.UNDECIDED
    assert lab.unknowns == (
        'group "Nowhere" is not in this input: whom it matches is not known here',
    )


def test_a_reference_to_a_new_group_by_its_id_is_found_by_its_dependency() -> None:
    """`rules.group(group.id)`: the id is not known yet, and the key of the rule says so."""
    assert changed("new ids") == {
        "narrow.wide.example.com": Verdict.WIDER,
        "wiki.example.com": Verdict.WIDER,
    }
    wiki = place("new ids", "wiki.example.com")
    assert wiki.certain
    assert wiki.gains.who.conditions[0].text.startswith("late@late.example")


def test_a_replaced_application_is_the_same_if_it_says_the_same() -> None:
    assert changed("replaced") == {}


def test_rights_that_a_user_group_gains_are_told() -> None:
    assert changed("rights") == {}
    (group,) = comparison("rights").rights.groups
    assert [(one.access, one.permission, one.resource) for one in group.gained] == [
        ("allow", "DNS Write", "Everything")
    ]
    assert not group.members_known
