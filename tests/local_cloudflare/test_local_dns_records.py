"""TXT records of a zone, and who looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import cloudflare as sdk
import pytest

from local_cloudflare.iam import MISSING, errors, result

if TYPE_CHECKING:
    import httpx

    from pulumi_cloudflare_access.local_cloudflare import LocalCloudflare

TEXT = {"type": "TXT", "name": "example.com", "content": '"hello"'}


@pytest.fixture
def records(cloudflare: LocalCloudflare) -> str:
    return f"/zones/{cloudflare.zone_id}/dns_records"


def test_the_sdk_drives_every_route(cloudflare: LocalCloudflare) -> None:
    of = {"zone_id": cloudflare.zone_id}
    with sdk.Cloudflare(
        api_token=cloudflare.token, base_url=cloudflare.base_url, max_retries=0
    ) as client:
        # Any: an answer may be of any type of record, and each has a class of its own.
        dns: Any = client.dns.records
        made = dns.create(type="TXT", name="@", content='"hello"', ttl=1, comment="why", **of)
        assert (made.name, made.type, made.content) == ("example.com", "TXT", '"hello"')
        assert dns.get(made.id, **of).comment == "why"
        edited = dns.edit(made.id, type="TXT", name="www", content='"hi"', ttl=60, **of)
        assert (edited.name, edited.content, edited.comment) == ("www.example.com", '"hi"', "why")
        whole = dns.update(made.id, type="TXT", name="www.example.com", content='"x"', ttl=1, **of)
        assert (whole.content, whole.comment) == ('"x"', None)
        assert [record.id for record in dns.list(**of)] == [made.id]
        assert [record.id for record in dns.list(type="A", **of)] == []
        assert dns.delete(made.id, **of).id == made.id
        with pytest.raises(sdk.NotFoundError, match=r"Record does not exist\."):
            dns.get(made.id, **of)


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (["TXT"], ["body should be an object"]),
        (TEXT | {"type": "A"}, ["the local Cloudflare keeps TXT records only, not A"]),
        (TEXT | {"content": ""}, ["content field should not be empty"]),
        (TEXT | {"ttl": 5}, ["ttl should be between 60 and 86400, or 1"]),
        (TEXT | {"proxied": True}, ["this record type cannot be proxied"]),
        (
            TEXT | {"value": "x", "comment": 1},
            ["comment field should be a string", "unknown field value"],
        ),
    ],
)
def test_what_is_no_record_is_refused(
    http: httpx.Client, records: str, body: Any, details: list[str]
) -> None:
    refused = errors(http.post(records, json=body))
    assert refused == [(400, 1004, f"DNS Validation Error: {detail}") for detail in details]
    assert result(http.get(records)) == []


def test_the_very_same_record_is_there_once(http: httpx.Client, records: str) -> None:
    made = result(http.post(records, json=TEXT))
    again = http.post(records, json=TEXT | {"name": "@", "content": "hello"})
    assert errors(again) == [(400, 81058, "An identical record already exists.")]
    other = result(http.post(records, json=TEXT | {"content": "bye"}))
    found = result(http.get(records, params={"name": "example.com", "content": '"hello"'}))
    assert [record["id"] for record in found] == [made["id"]]
    assert {record["id"] for record in result(http.get(records))} == {made["id"], other["id"]}


@pytest.mark.parametrize("verb", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_record_that_is_not_there_is_not_found(
    http: httpx.Client, records: str, verb: str
) -> None:
    answer = http.request(verb, f"{records}/{MISSING}", json=TEXT)
    assert errors(answer) == [(404, 81044, "Record does not exist.")]


def test_records_can_be_seeded_in_zones_alone(cloudflare: LocalCloudflare) -> None:
    seeded = cloudflare.seed({"zones": {cloudflare.zone_id: {"dns_records": [TEXT]}}})
    assert seeded["zones"][cloudflare.zone_id]["dns_records"][0]["content"] == '"hello"'
    with pytest.raises(ValueError, match="dns_records are a zone's"):
        cloudflare.seed({"dns_records": [TEXT]})


@pytest.mark.parametrize("quote", ["", '"'])
def test_the_right_record_verifies_the_domain_of_an_sso_connector(
    http: httpx.Client, account: str, records: str, quote: str
) -> None:
    connectors = f"{account}/sso_connectors"
    made = result(http.post(connectors, json={"email_domain": "Example.com"}))
    code, one = made["verification"]["code"], f"{connectors}/{made['id']}"

    def status() -> str:
        found: str = result(http.get(one))["verification"]["status"]
        return found

    for wrong in (
        {"content": f"{code}0"},
        {"content": code.removeprefix("cloudflare_dashboard_sso=")},
        {"name": "www", "content": code},
    ):
        http.post(records, json=TEXT | wrong)
    assert status() == "pending"
    right = result(http.post(records, json=TEXT | {"content": f"{quote}{code}{quote}"}))
    assert status() == "verified"
    # Cloudflare has seen it; whether it looks again is not documented.
    http.delete(f"{records}/{right['id']}")
    assert status() == "verified"


def test_nobody_looks_for_a_record_before_the_verification_begins(
    http: httpx.Client, account: str, records: str
) -> None:
    connectors = f"{account}/sso_connectors"
    body = {"email_domain": "example.com", "begin_verification": False}
    made = result(http.post(connectors, json=body))
    one = f"{connectors}/{made['id']}"
    http.post(records, json=TEXT | {"content": made["verification"]["code"]})
    assert result(http.get(one))["verification"]["status"] == "awaiting"
    http.post(f"{one}/begin_verification")
    assert result(http.get(one))["verification"]["status"] == "verified"
