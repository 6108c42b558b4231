"""The playground's own server: the choices, the prediction for a choice, and the exchanges that followed.

It is served under the page's origin, and answers only pages of that origin. A posted choice affects only the path of
its new experiment.
"""

import dataclasses
import json
import mimetypes
from collections.abc import Iterable
from importlib import resources
from typing import TYPE_CHECKING, Final, TypedDict, TypeGuard, cast

from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    HTTPException,
    NotFound,
    RequestEntityTooLarge,
    UnsupportedMediaType,
)
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from wsgicors.demo._corrections import corrected
from wsgicors.demo._experiments import MOUNT, Chosen, Experiments, predict
from wsgicors.demo._exports import exports
from wsgicors.demo._faults import FAULTS
from wsgicors.demo._questions import questions
from wsgicors.demo._scenarios import Asked, scenarios
from wsgicors.demo._snippets import snippets
from wsgicors.demo._tour import ORIGIN, lessons
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.diagnosis._asking import AskError, ask
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY: Final = 10_000
"""The most bytes of a posted choice."""

FRAME_FILES: Final = ("frame.html", "frame.js")
"""The sandboxed page, whose origin is null."""

_URLS: Final = Map([
    Rule("/choices", methods=["GET"], endpoint="choices"),
    Rule("/lessons", methods=["GET"], endpoint="lessons"),
    Rule("/experiments", methods=["POST"], endpoint="begin"),
    Rule("/experiments/<key>", methods=["GET"], endpoint="passed"),
    *(Rule(f"/{name}", methods=["GET"], endpoint=name) for name in FRAME_FILES),
])  # fmt: skip


class PlaygroundRequest(Request):
    """A request with a limited body."""

    max_content_length = MAX_BODY


class Choice(TypedDict):
    """A posted choice."""

    policy: dict[str, object]
    asked: Asked
    fault: str
    debug: bool


class Playground:
    """``/choices``, ``/lessons``, ``POST /experiments`` and ``/experiments/KEY`` in JSON, and the sandboxed page.

    Args:
        api_origin: The origin of the experiments.
        origins: The two origins under which the page is served.
        experiments: The experiments, to which new ones are added.
    """

    def __init__(self, *, api_origin: str, origins: tuple[str, str], experiments: Experiments) -> None:
        folder = resources.files("wsgicors.demo") / "static"
        self._files = {name: (folder / name).read_bytes() for name in FRAME_FILES}
        self._api_origin = api_origin
        self._others = dict(zip(origins, reversed(origins), strict=True))
        self._experiments = experiments
        self._security = {
            "Cache-Control": "no-store",
            # 'self' matches nothing for a page whose origin is null.
            "Content-Security-Policy": f"default-src 'none'; script-src {' '.join(origins)}; connect-src {api_origin}; "
            "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox allow-scripts",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a request (PEP 3333)."""
        request = PlaygroundRequest(environ)
        answer: Response
        try:
            # Refuse host names that others have pointed at this address (DNS rebinding).
            origin = f"http://{request.headers.get('Host', '')}"
            if origin not in self._others:
                raise Forbidden("The page is not served under this name.")
            endpoint, values = _URLS.bind_to_environ(environ).match()
            if endpoint == "choices":
                answer = _json(self._choices(origin))
            elif endpoint == "lessons":
                answer = _json(self._lessons(origin))
            elif endpoint == "begin":
                answer = self._begin(request, origin)
            elif endpoint == "passed":
                answer = self._passed(values["key"])
            else:
                answer = Response(self._files[endpoint], mimetype=mimetypes.guess_type(endpoint)[0])
        except HTTPException as error:
            answer = Response(error.description, error.code, mimetype="text/plain")
        answer.headers.extend(self._security)
        return answer(environ, start_response)

    def _choices(self, origin: str) -> dict[str, object]:
        return {
            "scenarios": [
                {
                    "id": scenario.id,
                    "name": scenario.name,
                    "cause": scenario.cause,
                    "policy": scenario.policy,
                    "asked": scenario.asked,
                    "fault": scenario.fault,
                }
                for scenario in scenarios(origin, self._others[origin])
            ],
            "faults": [
                {"name": name, "title": CAUSES[fault.causes[0]].filled({}).title} for name, fault in FAULTS.items()
            ],
            "origin": ORIGIN,
        }

    def _lessons(self, origin: str) -> dict[str, object]:
        return {
            "lessons": [
                dataclasses.asdict(lesson) for lesson in lessons(origin, self._others[origin], self._api_origin)
            ],
            "questions": [
                {
                    "lesson": question.lesson,
                    "taught": question.taught,
                    "text": question.text,
                    "options": [claim.text for claim in question.claims],
                    "right": question.right,
                }
                for question in questions()
            ],
        }

    def _begin(self, request: Request, origin: str) -> Response:
        _refuse_strangers(request, origin)
        try:
            choice = _read(request.get_data())
        except RequestEntityTooLarge:
            raise RequestEntityTooLarge(f"The form is too long: {MAX_BODY:,} bytes are the limit.") from None
        asked = choice["asked"]
        try:
            policy = Policy.from_mapping(choice["policy"])
        except PolicyError as error:
            return _json({"problems": [problem.as_dict() for problem in error.problems]})
        chosen = Chosen(policy, choice["fault"], self._others[origin], choice["debug"])
        try:
            page = ask(
                f"{self._api_origin}{chosen.path}",
                "null" if asked["sandboxed"] else origin,
                method=asked["method"],
                headers=asked["headers"],
                credentials=asked["credentials"],
            )
        except AskError as error:
            return _json({"impossible": str(error)})
        key = self._experiments.add(chosen)
        better = corrected(policy, page)
        return _json({
            "key": key,
            "request": {
                "url": f"{self._api_origin}{MOUNT}/{key}{chosen.path}",
                "path": chosen.path,
                "method": page.method,
                "headers": page.headers,
                "credentials": page.credentials,
                "sandboxed": asked["sandboxed"],
            },
            "predicted": predict(chosen, page).to_json(),
            "code": _code(policy),
            "corrected": None if better is None or better == policy else _code(better),
        })  # fmt: skip

    def _passed(self, key: str) -> Response:
        experiment = self._experiments.get(key)
        if experiment is None:
            raise NotFound("This experiment no longer exists.")
        return _json({"exchanges": experiment.exchanges})


def _code(policy: Policy) -> dict[str, str]:
    return {**snippets(policy), **exports(policy)}


def _refuse_strangers(request: Request, origin: str) -> None:
    """Refuse posts of other origins' pages: without a preflight they are not JSON, or have another Origin."""
    if request.headers.get("Origin") != origin or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
        raise Forbidden("Only the page itself begins experiments.")
    if not request.is_json:
        raise UnsupportedMediaType("A choice must be sent as application/json.")


def _read(body: bytes) -> Choice:
    """Return the posted choice.

    Raises:
        BadRequest: The body is not a choice.
    """
    try:
        value: object = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("It is not JSON.") from None
    asked = _member(value, "asked")
    method, headers = _member(asked, "method"), _member(asked, "headers")
    credentials, sandboxed = _member(asked, "credentials"), _member(asked, "sandboxed")
    policy, fault, debug = _member(value, "policy"), _member(value, "fault"), _member(value, "debug")
    if (
        _are_settings(policy)
        and isinstance(method, str)
        and _are_texts(headers)
        and isinstance(credentials, bool)
        and isinstance(sandboxed, bool)
        and isinstance(fault, str)
        and (fault in FAULTS or not fault)
        and isinstance(debug, bool)
    ):
        wanted: Asked = {"method": method, "headers": headers, "credentials": credentials, "sandboxed": sandboxed}
        return {"policy": policy, "asked": wanted, "fault": fault, "debug": debug}
    raise BadRequest("This is not a policy, a request and a fault.")


def _member(value: object, name: str) -> object:
    return cast("dict[str, object]", value).get(name) if isinstance(value, dict) else None


def _are_settings(value: object) -> TypeGuard[dict[str, object]]:
    """Whether these origins are accepted here. Regular expressions are refused: a visitor's can run for ever."""
    return isinstance(value, dict) and all(map(_is_setting, cast("dict[str, object]", value).values()))


def _is_setting(value: object) -> bool:
    return _are_texts(value) or not isinstance(value, dict | list)


def _are_texts(value: object) -> TypeGuard[list[str]]:
    return isinstance(value, list) and all(isinstance(member, str) for member in cast("list[object]", value))


def _json(value: object) -> Response:
    return Response(json.dumps(value), mimetype="application/json")
