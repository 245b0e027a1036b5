"""Tags and custom pages: what is known by something else than an id, and who uses it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import pulumi_cloudflare_access as cloudflare_access
from harness.plugin import CallFailed, CheckFailed, Plugin

if TYPE_CHECKING:
    from harness.account import Account
    from pulumi_cloudflare_access import LocalCloudflare

TAG, PAGE, APP = "access_tag", "custom_page", "access_application"
NO = {"name": "No", "type": "forbidden", "custom_html": "<h1>No</h1>"}
WIKI = {"type": "self_hosted", "name": "Wiki", "domain": "wiki.example.com"}


@pytest.fixture
def plugin(shared_plugin: Plugin) -> Plugin:
    return shared_plugin


@pytest.mark.parametrize("name", ["engineers", "R & D", "100 %", "Büro", "a?b#c"])
def test_a_tag_is_its_name_whatever_that_holds(plugin: Plugin, account: Account, name: str) -> None:
    made = plugin.up(TAG, {"name": name})
    assert made.id == name
    assert plugin.up(TAG, {"name": name}, was=made).did == "same"
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"
    assert plugin.warnings == []
    plugin.destroy(made)
    assert account.ask("GET", "/access/tags") == []
    assert plugin.refresh(made) is None


@pytest.mark.parametrize("name", ["", ".", "..", "a/b"])
def test_a_tag_that_no_path_can_have_is_refused_in_the_preview(plugin: Plugin, name: str) -> None:
    with pytest.raises(CheckFailed, match="the API has the name in its paths"):
        plugin.check(TAG, {"name": name})


def test_another_name_is_another_tag_and_applications_keep_one(
    plugin: Plugin, account: Account
) -> None:
    old = plugin.up(TAG, {"name": "old"})
    app = plugin.up(APP, {**WIKI, "tags": ["old"]}, name="wiki")
    replaced: list[Any] = []
    new = plugin.up(TAG, {"name": "new"}, was=old, replaced=replaced)
    assert new.did == "replace"
    changed = plugin.up(APP, {**WIKI, "tags": ["new"]}, was=app)
    plugin.destroy(replaced[0])
    assert account.look(f"/access/apps/{app.id}")["tags"] == ["new"]
    assert changed.did == "update"
    assert [tag["name"] for tag in account.ask("GET", "/access/tags")] == ["new"]


def test_a_tag_that_exists_is_told_and_adopted(plugin: Plugin, account: Account) -> None:
    # What this process has deleted in another test, it does not believe to be there.
    plugin.restart()
    account.ask("POST", "/access/tags", {"name": "engineers"})
    with pytest.raises(CallFailed, match=r'adopt="engineers"'):
        plugin.up(TAG, {"name": "engineers"})
    for adopt in (True, "engineers"):
        plugin.restart()
        assert plugin.up(TAG, {"name": "engineers", "adopt": adopt}).id == "engineers"
    assert len(account.ask("GET", "/access/tags")) == 1


def test_who_has_a_tag_that_is_deleted_is_named(plugin: Plugin, account: Account) -> None:
    made = plugin.up(TAG, {"name": "engineers"})
    account.ask("POST", "/access/apps", {**WIKI, "tags": ["engineers"]})
    plugin.restart()
    plugin.destroy(made)
    [told] = plugin.warnings
    assert told.startswith('tag "engineers" is deleted, and was still used by Access application')
    assert '"Wiki"' in told


def test_a_page_lives_quietly_and_its_html_is_compared(plugin: Plugin, account: Account) -> None:
    made = plugin.up(PAGE, NO)
    assert plugin.up(PAGE, NO, was=made).did == "same"
    plugin.restart()
    refreshed = plugin.refresh(made)
    assert refreshed
    assert refreshed.did == "same"
    changed = plugin.up(PAGE, {**NO, "custom_html": "<h1>Never</h1>", "type": "login"}, was=made)
    assert (changed.did, changed.id) == ("update", made.id)
    there = account.ask("GET", f"/access/custom_pages/{made.id}")
    assert (there["custom_html"], there["type"]) == ("<h1>Never</h1>", "login")
    assert plugin.warnings == []
    account.ask("PUT", f"/access/custom_pages/{made.id}", {**NO, "custom_html": "<h1>Hm</h1>"})
    plugin.restart()
    drifted = plugin.refresh(changed)
    assert drifted
    assert drifted.did == "drift"
    [told] = plugin.warnings
    assert "custom_html: '<h1>Never</h1>' -> '<h1>Hm</h1>'" in told
    assert "type: 'login' -> 'forbidden'" in told
    plugin.destroy(changed)
    assert account.ask("GET", "/access/custom_pages") == []


def test_what_cloudflare_finds_in_a_template_is_told(plugin: Plugin) -> None:
    plugin.up(PAGE, {**NO, "custom_html": "<h1>{{ name</h1>", "contract_version": 1})
    assert plugin.warnings == ["custom_html: a tag that is not closed ({{)"]


def test_who_shows_a_page_that_is_deleted_is_named(plugin: Plugin, account: Account) -> None:
    made = plugin.up(PAGE, NO)
    account.ask("POST", "/access/apps", {**WIKI, "custom_pages": [made.id]})
    plugin.restart()
    with pytest.raises(CallFailed, match=r'it is still in use by Access application "Wiki"'):
        plugin.destroy(made)
    account.cloudflare.switches.delete_in_use = "allow"
    plugin.destroy(made)
    assert '"Wiki"' in plugin.warnings[-1]


def test_a_page_is_adopted_by_its_name_if_its_html_is_the_same(
    plugin: Plugin, account: Account
) -> None:
    there = account.ask("POST", "/access/custom_pages", NO)
    with pytest.raises(CallFailed, match="custom_html: '<h1>No</h1>' -> '<h1>Yes</h1>'"):
        plugin.up(PAGE, {**NO, "custom_html": "<h1>Yes</h1>", "adopt": there["uid"]})
    adopted = plugin.up(PAGE, {**NO, "adopt": True}, name="adopts")
    assert adopted.id == there["uid"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"type": "forbiden"}, 'say "forbidden"'),
        ({"custom_html": 1}, "custom_html: is 1, and must be a text"),
        ({"contract_version": 1.5}, "must be a whole number"),
    ],
)
def test_what_cannot_be_a_page_is_told(plugin: Plugin, change: dict[str, Any], told: str) -> None:
    with pytest.raises(CheckFailed, match=told):
        plugin.check(PAGE, {**NO, **change})


@pytest.mark.parametrize("field", ["tags", "custom_pages"])
def test_what_is_no_tag_and_no_page_is_told(plugin: Plugin, field: str) -> None:
    wrong = {"id": "", "_mistake": "AccessGroup is not a tag; pass a tag or its id"}
    with pytest.raises(CheckFailed, match=rf"{field}.*: AccessGroup is not a tag"):
        plugin.check(APP, {**WIKI, field: [wrong]})


def test_look_ups_find_both(program: LocalCloudflare) -> None:
    program.seed({"access/tags": [{"name": "engineers"}], "access/custom_pages": [NO]})
    tag = cloudflare_access.get_access_tag(name="engineers")
    assert (tag.id, tag.app_count) == ("engineers", 0)
    page = cloudflare_access.get_custom_page(name="No")
    assert (page.type, len(page.id)) == ("forbidden", 36)
    assert [one.id for one in cloudflare_access.get_custom_pages()] == [page.id]
