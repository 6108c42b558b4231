"""Requests, responses and fetches for the tests of the browser's side."""

from wsgicors.browser import Check, Conclusion, Note, Request, Response, Step, fetch

APP = "https://app.example"

API = "https://api.example"

THIRD = "https://third.example"

ACAO = "Access-Control-Allow-Origin"

ACAC = "Access-Control-Allow-Credentials"

ACAM = "Access-Control-Allow-Methods"

ACAH = "Access-Control-Allow-Headers"

ACEH = "Access-Control-Expose-Headers"

ACAPN = "Access-Control-Allow-Private-Network"

AGE = "Access-Control-Max-Age"

ANY = (ACAO, "*")

MINE = (ACAO, APP)

WITH = (ACAC, "true")


def page(method="GET", headers=(), credentials="same-origin", url=f"{API}/x", origin=APP, **kw) -> Request:
    return Request(url, origin, method, headers, credentials, **kw)


def follow(request: Request, *responses: Response) -> Conclusion:
    """The conclusion from `responses`; exactly all of them must be requested."""
    left = list(responses)
    conclusion = fetch(request, lambda sent: left.pop(0))
    assert not left, f"not asked for: {left}"
    assert [exchange.response for exchange in conclusion.exchanges] == list(responses)
    assert conclusion.allowed == (conclusion.failed is None) == (not conclusion.failures)
    return conclusion


def ok(*headers: tuple[str, str], status: int = 200) -> Response:
    return Response(status, headers)


def to(location: str, *headers: tuple[str, str], status: int = 302) -> Response:
    return Response(status, [("Location", location), *headers])


def step(conclusion: Conclusion, check: Check, hop: int = 0) -> Step:
    (found,) = (one for one in conclusion.steps if one.check is check and one.hop == hop)
    return found


def notes(conclusion: Conclusion) -> list[Note]:
    return [one.note for one in conclusion.steps if one.note]


XA = [("X-A", "1")]

AUTH = [("Authorization", "1")]
