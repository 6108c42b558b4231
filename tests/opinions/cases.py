"""The cases of `cases.json`, and this library's outcome of each, through core WSGI, Flask, Django and ASGI."""

import asyncio
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from tests.one_policy import Answer, answer_of, layers, project
from tests.wsgi import environ_of
from wsgicors import Policy, PolicyError

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

FILE: Final = Path(__file__).with_name("cases.json")

Said = Mapping[str, str | None]
"""Headers of a response; None for one that must be absent."""

SAFELISTED: Final = {"GET", "HEAD", "POST"}


@dataclass(frozen=True)
class Outcome:
    """The outcome of a case, and the facts of the response."""

    name: str
    """One of `OUTCOMES`."""
    status: int | None = None
    headers: Said | None = None
    problems: tuple[str, ...] = ()
    """The codes, if a policy does not build."""


OUTCOMES: Final = (
    "allowed",  # the page may read the app's response
    "refused",  # it may not
    "preflight allowed",
    "preflight refused",
    "not CORS",  # the request has no Origin, and the app answers it
    "builds",
    "does not build",
)


@dataclass(frozen=True)
class Case:
    """A test of another library, translated."""

    project: str
    test: str
    policy: Mapping[str, Any]
    debug: bool
    method: str | None
    """None if only the settings are tried."""
    headers: Mapping[str, str]
    theirs: Outcome
    ours: Outcome | None
    """The outcome here, if it differs from theirs."""
    reason: str | None
    """Why it differs: a key of `reasons`."""


def _outcome(written: Mapping[str, Any]) -> Outcome:
    return Outcome(
        written["outcome"], written.get("status"), written.get("answer", {}), tuple(written.get("problems", ()))
    )


def _read() -> tuple[Sequence[Case], Mapping[str, Mapping[str, str]]]:
    whole = json.loads(FILE.read_text(encoding="utf-8"))
    cases = [
        Case(
            group["project"],
            f"{group['test']}: {case['name']}" if "name" in case else group["test"],
            group["policy"],
            group.get("debug", False),
            case.get("method"),
            case.get("headers", {}),
            _outcome(case),
            _outcome(case["ours"]) if "ours" in case else None,
            case.get("reason"),
        )
        for group in whole["tests"]
        for case in group["cases"]
    ]
    return cases, whole["reasons"]


CASES, REASONS = _read()


def names(value: str | None) -> set[str]:
    """The members of a list of header names, in lower case."""
    return {name.lower() for name in tokens(value)}


def tokens(value: str | None) -> set[str]:
    """The members of a list."""
    return {name.strip(" \t") for name in (value or "").split(",")} - {""}


def granted(case: Case, said: Said) -> tuple[bool, set[str]]:
    """Whether a response allows the method that a preflight requests, and which of the headers."""
    method = case.headers.get("Access-Control-Request-Method", "GET")
    methods = tokens(said.get("access-control-allow-methods"))
    asked = names(case.headers.get("Access-Control-Request-Headers"))
    listed = names(said.get("access-control-allow-headers"))
    return method in SAFELISTED or bool(methods & {method, "*"}), asked if "*" in listed else asked & listed


def judge(case: Case, answer: Answer) -> str:
    """A browser's conclusion from a response, by the steps "CORS check" and "CORS-preflight fetch" of Fetch.

    Uses no code of the package. Ignores whether the page sends credentials, and the header Authorization under a
    ``*``: no case depends on them.
    """
    said = dict(answer.cors)
    origin = case.headers.get("Origin")
    passes = origin is not None and said.get("access-control-allow-origin") in {"*", origin}
    if answer.by_app:
        return "not CORS" if origin is None else "allowed" if passes else "refused"
    method, headers = granted(case, said)
    passes = passes and 200 <= answer.status < 300 and method
    asked = names(case.headers.get("Access-Control-Request-Headers"))
    return "preflight allowed" if passes and headers == asked else "preflight refused"


def outcomes(cases: Iterable[Case]) -> "Iterator[tuple[Case, Outcome]]":
    """Try each case through the four layers; fail if their responses differ."""
    with asyncio.Runner() as runner:
        for (mapping, debug), alike in groupby(cases, key=lambda case: (case.policy, case.debug)):
            try:
                policy = Policy.from_mapping(mapping)
            except PolicyError as error:
                codes = tuple(sorted({problem.code for problem in error.problems}))
                yield from ((case, Outcome("does not build", problems=codes)) for case in alike)
                continue
            with project(policy, debug=debug):
                apps = layers(policy, debug=debug, runner=runner)
                yield from ((case, _tried(case, apps)) for case in alike)


def _tried(case: Case, apps: "Mapping[str, WSGIApplication]") -> Outcome:
    if case.method is None:
        return Outcome("builds")
    environ = environ_of(case.method, "/", list(case.headers.items()))
    answers = {name: answer_of(app, environ, debug=case.debug) for name, app in apps.items()}
    answer = answers["WSGI"]
    assert all(other == answer for other in answers.values()), (case, answers)
    vary = ", ".join(sorted(answer.vary - {"cookie"}))  # the app's
    return Outcome(judge(case, answer), answer.status, dict(answer.cors) | ({"vary": vary} if vary else {}))


def differences(case: Case, got: Outcome) -> list[str]:
    """Where an outcome differs from the assertions of the other library's test; only what it mentions is compared.

    - Lists of allowed methods and headers are compared only for those that the preflight requests: some libraries
      list those only, others all that they allow.
    - Vary has at least the required fields; None requires that it is absent.
    """
    want = case.theirs
    if got.name != want.name:
        return ["outcome"]
    found = ["status"] if want.status is not None and got.status != want.status else []
    theirs, said = ({name.lower(): value for name, value in (of.headers or {}).items()} for of in (want, got))
    return found + [name for name in theirs if not _same(case, name, theirs, said)]


def _same(case: Case, name: str, theirs: Said, said: Said) -> bool:
    want, got = theirs[name], said.get(name)
    if name in {"access-control-allow-methods", "access-control-allow-headers"}:
        which = name == "access-control-allow-headers"
        return granted(case, theirs)[which] == granted(case, said)[which]
    if name == "vary":
        return names(want) <= names(got) if want else not got
    return names(got) == names(want) if name == "access-control-expose-headers" else got == want
