"""Examine one exchange: what a browser concludes, why it was blocked, and what else is worth knowing.

`explain`, `probe` and `wsgicors.testing` all return an `Examination`, and so give the same explanations.

>>> from wsgicors.browser import Request, Response, judge
>>> page = Request("https://api.example/notes", origin="https://app.example")
>>> found = examine(judge(page, None, Response(502, [("Server", "nginx")])))
>>> found.decision, found.suspects[0].cause.id, found.step
(<Decision.BLOCKED: 'blocked'>, 'proxy-bad-gateway', 'CORS check, 2: Access-Control-Allow-Origin is missing')
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from wsgicors.browser import (
    Check,
    Conclusion,
    Failure,
    Note,
    Response,
    Step,
)
from wsgicors.doctor.diagnosis._examination import Decision, Examination, Received, Remark, suspects
from wsgicors.doctor.diagnosis._ranking import Ranked, certain, likely, rank
from wsgicors.doctor.evidence._facts import Facts, resolved, shown
from wsgicors.doctor.evidence._network import is_secure, relation
from wsgicors.doctor.evidence._steps import (
    LOOKED_AT,
    behind_status,
    misspelt,
    mistaken_names,
    refuses_nothing,
    ruled_out,
    speaks_cors,
    telling,
    unsafe_names,
)

_ENGINES: Final = {
    Failure.AUTHORIZATION_NOT_NAMED: "Chromium, Firefox and WebKit let this pass for now; the standard does not.",
    Note.METHOD_CHANGED: (
        "Where a preflight came first, Firefox and WebKit send another to the next URL; Chromium does not."
    ),
    Note.AUTHORIZATION_REMOVED: "Firefox and WebKit send a preflight to the next URL all the same; Chromium does not.",
}
"""Known deviations of engines from the standard, or from each other."""


_LISTS: Final = frozenset({Failure.METHOD_NOT_ALLOWED, Failure.HEADER_NOT_ALLOWED})


def examine(conclusion: Conclusion, received: Sequence[Received] = ()) -> Examination:
    """Examine a browser's conclusion, without further evidence.

    Args:
        conclusion: The result of `wsgicors.browser.fetch`.
        received: How each of its exchanges was answered, if known.
    """
    step = telling(conclusion.failures)
    facts = facts_of(conclusion, step)
    found = Examination(
        conclusion,
        Decision.BLOCKED if step else Decision.ALLOWED,
        facts,
        remarks=tuple(_remarks(conclusion, facts)),
        received=tuple(received),
    )
    if step is None or step.failure is None:
        return found
    if not conclusion.exchanges:  # nothing was sent
        return found.with_suspects(_possible(rank([step.failure], step.stage, facts), conclusion, step, facts))
    last = conclusion.exchanges[-1]
    refused = behind_status(conclusion.request, last) if step.failure is Failure.STATUS_NOT_OK else None
    if refused is not None and refused.failure is not None:
        facts = facts_of(conclusion, refused)
        others = rank([step.failure], step.stage, facts)
        ranked = [*likely(rank([refused.failure], step.stage, facts)[0].id), *others]
        return found.with_suspects(_possible(ranked, conclusion, step, facts), facts)
    ranked = rank([step.failure], step.stage, facts)
    if step.failure in _LISTS and not facts.value:
        ranked = certain(ranked[0].id)  # the whole answer is known, and contains no *
    ranked = _possible(ranked, conclusion, step, facts)
    wrong = misspelt(last.response) if step.failure is Failure.ALLOW_ORIGIN_MISSING else ""
    if wrong:
        return found.with_suspects(certain("header-misspelt"), replace(facts, header=wrong))
    return found.with_suspects(ranked)


def _possible(ranked: Sequence[Ranked], conclusion: Conclusion, step: Step, facts: Facts) -> list[Ranked]:
    """Return the causes that the request itself does not rule out, each once."""
    impossible = ruled_out(conclusion.request, step.hop, facts.status or 0)
    each = {cause.id: cause for cause in reversed(ranked)}
    known = [each[name] for name in dict.fromkeys(cause.id for cause in ranked)]
    return [cause for cause in known if cause.id not in impossible] or known


def unfinished(
    conclusion: Conclusion, received: Sequence[Received], detail: str, decision: Decision = Decision.UNCLEAR
) -> Examination:
    """Examine an exchange whose last request was not sent, which `wsgicors.browser.fetch` saw as unanswered.

    Args:
        conclusion: A conclusion whose last exchange did not take place, with status 0.
        received: How the others were answered.
        detail: Why the request was not sent, in a sentence.
        decision: The decision on the exchange.
    """
    before = replace(conclusion, steps=conclusion.steps[:-1], exchanges=conclusion.exchanges[:-1])
    return replace(examine(before, received), decision=decision, detail=detail)


def facts_of(conclusion: Conclusion, step: Step | None) -> Facts:
    """Return the facts of an exchange that failed at `step`, or did not fail."""
    request = conclusion.request
    last = conclusion.exchanges[-1] if conclusion.exchanges else None
    url = last.request.url if last else request.url
    response = last.response if last else Response(0)
    named = step is not None and step.failure in {Failure.HEADER_NOT_ALLOWED, Failure.AUTHORIZATION_NOT_NAMED}
    return Facts(
        url=url,
        origin=request.origin,
        method=request.method,
        header=step.names[0] if step and named and step.names else "",
        value=response.get(LOOKED_AT.get(step.check, "") if step else "") or "",
        status=response.status,
        redirected_from=request.url if last and last.hop else "",
        location=resolved(url, response.get("Location") or ""),
        credentials=request.credentials == "include",
        headers=step.names if step and named else (),
        asked=unsafe_names(request),
        is_whole=step is not None and step.failure in _LISTS,
        speaks_cors=last is not None and speaks_cors(response),
        refuses_nothing=last is not None and refuses_nothing(request, last),
    )


def remark(detail: str, cause: str, facts: Facts) -> Remark:
    """Return a remark with a cause from the catalogue."""
    return Remark(detail, suspects(certain(cause), facts)[0].cause)


def _remarks(conclusion: Conclusion, facts: Facts) -> list[Remark]:
    remarks: list[Remark] = []
    for step in conclusion.steps:
        if step.note is Note.HEADERS_DROPPED:
            about = replace(facts, header=step.names[0])
            remarks.append(remark(_sentence(step.detail), "forbidden-request-header", about))
        elif step.note in {Note.EXPOSE_HEADERS_LITERAL, Note.EXPOSE_HEADERS_UNPARSEABLE}:
            remarks.append(remark(_sentence(step.detail), "header-not-exposed", facts))
        elif step.note:
            remarks.append(Remark(_sentence(step.detail)))
        engines = _ENGINES.get(step.failure or step.note or Failure.NO_RESPONSE)
        if engines:
            remarks.append(Remark(engines))
    remarks += _mistaken(conclusion)
    remarks += _cookies(conclusion, facts)
    if conclusion.allowed and (conclusion.status or 0) >= 400:
        remarks.append(
            remark(f"The answer's status is {conclusion.status}, and the page can read it.", "http-error", facts)
        )
    return remarks


def _sentence(detail: str) -> str:
    return f"{detail[0].upper()}{detail[1:]}."


def _mistaken(conclusion: Conclusion) -> list[Remark]:
    """Return which headers of the answers have names that no browser knows; a missing allowed origin is a cause."""
    names = dict.fromkeys(pair for exchange in conclusion.exchanges for pair in mistaken_names(exchange.response))
    return [
        Remark(f"The answer has {shown(name)}, a name that no browser knows: {meant} is meant.")
        for name, meant in names
        if meant != LOOKED_AT[Check.ALLOW_ORIGIN]
    ]


def _cookies(conclusion: Conclusion, facts: Facts) -> list[Remark]:
    """Return why cookies that were set are not stored or sent (RFC 6265bis, 5.7 and 5.8)."""
    request = conclusion.request
    if request.credentials != "include":
        return []
    found: dict[str, Remark] = {}
    for exchange in conclusion.exchanges:
        url = exchange.request.url
        across = relation(request.origin, url) == "cross-site"
        for line in exchange.response.values("Set-Cookie"):
            attributes = {item.strip().lower() for item in line.split(";")[1:]}
            if across and "samesite=none" not in attributes:
                detail = (
                    "A cookie is set without SameSite=None, so that it does not travel to this site from the page's."
                )
                found.setdefault("cookie-samesite", remark(detail, "cookie-samesite", facts))
            elif "samesite=none" in attributes and "secure" not in attributes:
                detail = "A cookie is set with SameSite=None and without Secure, and is refused."
                found.setdefault("cookie-not-secure", remark(detail, "cookie-not-secure", facts))
            elif "secure" in attributes and not is_secure(url):
                detail = "A cookie is set with Secure over http, and is refused."
                found.setdefault("cookie-not-secure", remark(detail, "cookie-not-secure", facts))
    return list(found.values())
