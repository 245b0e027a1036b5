"""What Cloudflare does not have: the routes under `/_local/` that steer this server.

    GET   /_local/requests   what was asked of the API so far
    POST  /_local/reset      forget every object and every request
    POST  /_local/seed       keep the objects of a document (`World.plant`)

They need no credentials, are not remembered themselves, and have no envelope.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from .exceptions import RefusedError

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from .app import App


def answer(app: App, request: Request) -> tuple[int, Any]:
    """Return the status and the document for a control route."""
    match request.method, request.path:
        case "GET", "/_local/requests":
            with app.lock:
                return 200, list(app.requests)
        case "POST", "/_local/reset":
            app.reset()
            return 200, {}
        case "POST", "/_local/seed":
            return _seed(app, request.get_data())
        case _:
            return 404, {"error": f"there is no {request.method} {request.path}"}


def _seed(app: App, data: bytes) -> tuple[int, Any]:
    try:
        return 200, app.seed(json.loads(data))
    except RefusedError as refusal:
        return 400, {"error": "; ".join(error["message"] for error in refusal.errors)}
    except (AttributeError, TypeError, ValueError) as error:
        return 400, {"error": f"not a document to seed: {error}"}
