"""The tree of errors, and what is kept of Cloudflare's reasons."""

from __future__ import annotations

from typing import Any

import pytest

from pulumi_cloudflare_access import errors
from pulumi_cloudflare_access.errors import (
    ApiError,
    CloudflareError,
    ConflictError,
    DeniedError,
    NotFoundError,
    RateLimitError,
    Reason,
    WrongPathError,
    refusal,
)

DOCUMENTATION = "https://developers.cloudflare.com/api/"


def drawn() -> list[tuple[int, str]]:
    """Return the drawing in the module's docstring: depth and name."""
    assert errors.__doc__
    lines = [line for line in errors.__doc__.splitlines() if line.startswith("    ")]
    return [(len(line) - len(line.lstrip()), line.split()[0]) for line in lines]


def declared(cls: type[CloudflareError], depth: int = 4) -> list[tuple[int, str]]:
    """Return the classes of the module as they would be drawn."""
    of_the_module = vars(errors).values()
    subclasses = [sub for sub in cls.__subclasses__() if sub in of_the_module]
    below = [line for sub in subclasses for line in declared(sub, depth + 4)]
    return [(depth, cls.__name__), *below]


def test_the_drawn_tree_is_the_declared_one() -> None:
    assert drawn() == declared(CloudflareError)


def test_every_error_is_called_one() -> None:
    assert [name for _, name in declared(CloudflareError) if not name.endswith("Error")] == []


@pytest.mark.parametrize(
    ("said", "reason", "shown"),
    [
        pytest.param(
            {"code": 12130, "message": "include field should not be empty"},
            Reason(12130, "include field should not be empty"),
            "include field should not be empty (code 12130)",
            id="code and message, as in 2019",
        ),
        pytest.param(
            {
                "code": 12130,
                "message": "should be a CIDR block",
                "documentation_url": DOCUMENTATION,
                "source": {"pointer": "/include/0/ip/ip"},
            },
            Reason(12130, "should be a CIDR block", DOCUMENTATION, "/include/0/ip/ip"),
            f"/include/0/ip/ip: should be a CIDR block (code 12130), see {DOCUMENTATION}",
            id="with a page and a pointer, as since 2025",
        ),
        pytest.param(
            {
                "code": 6003,
                "message": "Invalid request headers",
                "error_chain": [
                    {"code": 6111, "message": "Invalid format for Authorization header"},
                    {"code": 6100, "message": "Missing X-Auth-Email header"},
                ],
            },
            Reason(
                6003,
                "Invalid request headers: Invalid format for Authorization header (code 6111): "
                "Missing X-Auth-Email header (code 6100)",
            ),
            "Invalid request headers: Invalid format for Authorization header (code 6111): "
            "Missing X-Auth-Email header (code 6100) (code 6003)",
            id="a chain",
        ),
        pytest.param(
            {"code": 404.0, "message": "gone"}, Reason(404, "gone"), "gone (code 404)", id="float"
        ),
        pytest.param({"code": "x"}, Reason(None, ""), "no reason given", id="nothing of use"),
        pytest.param({"code": float("nan")}, Reason(None, ""), "no reason given", id="NaN"),
        pytest.param("down", Reason(None, "down"), "down", id="text"),
        pytest.param(
            {"message": "no", "source": "include", "error_chain": {"message": "deep"}},
            Reason(None, "no: deep"),
            "no: deep",
            id="other shapes",
        ),
    ],
)
def test_a_reason_is_read_in_every_shape_the_api_has_had(
    said: Any, reason: Reason, shown: str
) -> None:
    assert Reason.read(said) == reason
    assert str(Reason.read(said)) == shown


@pytest.mark.parametrize(
    ("status", "codes", "cls"),
    [
        (400, [12130], ApiError),
        (401, [1000], DeniedError),
        (403, [9109], DeniedError),
        (404, [12135], NotFoundError),
        (404, [], NotFoundError),
        (404, [7003], WrongPathError),
        (404, [7003, 7000], WrongPathError),
        (400, [7003], WrongPathError),
        (409, [11010], ConflictError),
        (422, [1], ApiError),
        (429, [971], RateLimitError),
        (500, [10001], ApiError),
        (500, [7003], ApiError),
    ],
)
def test_status_and_code_choose_the_class(
    status: int, codes: list[int], cls: type[ApiError]
) -> None:
    error = refusal("GET /x", status, tuple(Reason(code, "no") for code in codes), None, None)
    assert type(error) is cls
    assert (error.status, error.codes) == (status, frozenset(codes))


def test_an_error_says_the_request_every_reason_and_the_ray() -> None:
    reasons = (Reason(12130, "include is required"), Reason(12131, "name is required"))
    error = refusal("POST /accounts/a/access/groups", 400, reasons, "8a1f-AMS", None)
    assert str(error) == (
        "POST /accounts/a/access/groups -> 400: include is required (code 12130); "
        "name is required (code 12131) [ray 8a1f-AMS]"
    )


def test_only_a_denial_is_told_which_permission_is_needed() -> None:
    told = {
        status: "permission X" in str(refusal("GET /x", status, (), None, "permission X"))
        for status in (400, 401, 403, 404, 500)
    }
    assert told == {400: False, 401: True, 403: True, 404: False, 500: False}
