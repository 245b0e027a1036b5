"""Decodes requests about SSO connectors, calls the backend, encodes answers.

These routes accept API tokens only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ...calls.call import NO_RESULT, Answer
from ...calls.exceptions import AuthenticationError
from .models import SsoConnectorBackend

if TYPE_CHECKING:
    from ...calls.call import Call
    from ...world.world import World
    from .models import SsoConnector


def list_sso_connectors(call: Call) -> Answer:
    """Answer all SSO connectors, on one page."""
    connectors = call.world.in_any_order(_backend(call).list_sso_connectors())
    count = len(connectors)
    info = {"page": 1, "per_page": count, "count": count, "total_count": count}
    return Answer(
        result=[_shown(call.world, connector) for connector in connectors],
        result_info=info if call.world.switches.iam_result_info else None,
    )


def create_sso_connector(call: Call) -> Answer:
    """Answer the new SSO connector."""
    return Answer(result=_shown(call.world, _backend(call).create_sso_connector(call.body)))


def get_sso_connector(call: Call) -> Answer:
    """Answer one SSO connector."""
    return Answer(result=_shown(call.world, _backend(call).get_sso_connector(_id(call))))


def update_sso_connector(call: Call) -> Answer:
    """Answer the SSO connector as it is now."""
    connector = _backend(call).update_sso_connector(_id(call), call.body)
    return Answer(result=_shown(call.world, connector))


def delete_sso_connector(call: Call) -> Answer:
    """Answer the id of the deleted object."""
    _backend(call).delete_sso_connector(_id(call))
    return Answer(result={"id": _id(call)})


def begin_verification(call: Call) -> Answer:
    """Answer a success without a result."""
    _backend(call).begin_verification(_id(call))
    return Answer(result=NO_RESULT)


def _backend(call: Call) -> SsoConnectorBackend:
    if call.caller.token is None:
        raise AuthenticationError
    return call.of(SsoConnectorBackend)


def _id(call: Call) -> str:
    return call.ids["sso_connector_id"]


def _shown(world: World, connector: SsoConnector) -> dict[str, Any]:
    answer = {
        "id": connector.id,
        "email_domain": connector.email_domain,
        "enabled": connector.enabled,
        "use_fedramp_language": connector.use_fedramp_language,
        "created_on": connector.created_on,
        "updated_on": connector.updated_on,
        "verification": world.with_more({"code": connector.code, "status": connector.status}),
    }
    return world.with_more(world.without_empty(answer) | connector.strange)
