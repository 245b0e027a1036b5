"""The WSGI application: the API, the control routes, and the protection from web pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from werkzeug.wrappers import Request, Response

from ..faults.trouble import Reply, failure
from . import browsers, control
from .api import Api, written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class App(Api):
    """The API as a WSGI application."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a WSGI request."""
        response = self._respond(Request(environ))
        response.date = self.world.clock.time()
        return response(environ, start_response)

    def _respond(self, request: Request) -> Response:
        refusal = browsers.refusal(request)
        if refusal is not None:
            return written(Reply.of(refusal.status, failure(*refusal.errors)))
        if request.path.startswith("/_local/"):
            return written(Reply.of(*control.answer(self, request)))
        return self.answer(request)
