"""The page's own server: its files, and the data that the page gets from its own origin."""

import json
import mimetypes
from collections.abc import Callable, Iterable, Mapping
from importlib import resources
from typing import TYPE_CHECKING, Final

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from wsgicors.demo._journal import Exchange
    from wsgicors.policy import Policy

FILES: Final = (
    "index.html", "playground.html", "tour.html", "page.css", "playground.css", "elements.js", "experiment.js",
    "exchange.js", "page.js", "playground.js", "policy.js", "send.js", "tour.js",
)  # fmt: skip

_URLS: Final = Map([
    Rule("/", methods=["GET"], endpoint="index.html"),
    *(Rule(f"/{name}", methods=["GET"], endpoint=name) for name in FILES),
    Rule("/facts", methods=["GET"], endpoint="facts"),
    Rule("/journal", methods=["GET"], endpoint="journal"),
])  # fmt: skip


class Page:
    """The page, ``/facts`` (addresses and policies) and ``/journal?after=N`` (the exchanges since number N), both JSON.

    Args:
        api_origin: The origin of the notes API.
        page_origin: The page's origin that the policies name.
        stranger_origin: Another origin, under which the same page is served.
        rules: The policies, to show.
        exchanges_after: Returns the exchanges after a number.
    """

    def __init__(
        self,
        *,
        api_origin: str,
        page_origin: str,
        stranger_origin: str,
        rules: "Mapping[str, Policy]",
        exchanges_after: "Callable[[int], list[Exchange]]",
    ) -> None:
        folder = resources.files("wsgicors.demo") / "static"
        self._files = {name: (folder / name).read_bytes() for name in FILES}
        self._facts = {
            "api": api_origin,
            "page": page_origin,
            "stranger": stranger_origin,
            "rules": {path: written(policy) for path, policy in rules.items()},
        }
        self._exchanges_after = exchanges_after
        self._security = {
            "Cache-Control": "no-store",
            "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; "
            f"connect-src 'self' {api_origin}; frame-src 'self'; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = Request(environ)
        answer: Response
        try:
            endpoint, _ = _URLS.bind_to_environ(environ).match()
            if endpoint == "facts":
                answer = _json(self._facts)
            elif endpoint == "journal":
                answer = _json(self._exchanges_after(request.args.get("after", 0, type=int)))
            else:
                answer = Response(self._files[endpoint], mimetype=mimetypes.guess_type(endpoint)[0])
        except HTTPException as error:
            answer = Response(error.description, error.code, mimetype="text/plain")
        answer.headers.extend(self._security)
        return answer(environ, start_response)


def written(policy: "Policy") -> str:
    """Return a policy as Python, one setting per line.

    >>> from wsgicors import Policy
    >>> print(written(Policy(allow_origins="*", max_age=0)))
    Policy(
      allow_origins='*',
      max_age=0,
    )
    """
    lines = [f"  {name}={value!r},\n" for name, value in policy.to_mapping().items()]
    return f"Policy(\n{''.join(lines)})"


def _json(value: object) -> Response:
    return Response(json.dumps(value), mimetype="application/json")
