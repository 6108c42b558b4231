"""Send the request that a page would make, and find out what a browser would conclude, and what is to blame.

It sends the preflight and then the request itself, as a browser does, and judges the answers by `wsgicors.browser`.
If something failed, or the answer may differ for the next origin, it asks a few more harmless questions to tell the
causes apart: GET, HEAD and preflights, to the same server.

Only the given request is sent. A redirect to another origin is not followed unless that is asked for, and no cookie or
credential is sent that was not given.
"""

from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from wsgicors import browser
from wsgicors.browser import Conclusion, Request, Response
from wsgicors.doctor.diagnosis._examination import Decision, Examination, Received, Remark
from wsgicors.doctor.diagnosis._examining import examine, remark, unfinished
from wsgicors.doctor.diagnosis._questions import compared
from wsgicors.doctor.diagnosis._ranking import certain
from wsgicors.doctor.evidence._facts import Facts, clean_url, origin_of
from wsgicors.doctor.evidence._network import is_secure, space_of_address, space_of_host
from wsgicors.doctor.evidence._signs import signs
from wsgicors.doctor.evidence._wire import Reply, Wire, browser_headers


def probe(
    request: Request,
    *,
    body: bytes = b"",
    cookie: str = "",
    follow: bool = False,
    preflight_only: bool = False,
    wire: Wire | None = None,
) -> Examination:
    """Make the request of a page, and examine the result. The request is really sent: a DELETE deletes.

    Args:
        request: The page's request; see `wsgicors.doctor.ask`.
        body: The body of the request itself, unless it is a GET or a HEAD.
        cookie: The value of a Cookie header, sent if the request carries credentials, and only to the given origin.
        follow: Whether to follow redirects to other origins, as a browser does, with the page's headers.
        preflight_only: Whether to send only the preflight. If it passes, that counts as allowed.
        wire: Sends the requests.

    Raises:
        ModuleNotFoundError: urllib3 is not installed.
    """
    wire = wire or Wire()
    facts = Facts(url=request.url, origin=request.origin, method=request.method)
    if facts.mixes_content:
        return _mixed_content(request, facts, wire)
    exchange = _Exchange(request, body, cookie, wire, follow=follow, preflight_only=preflight_only)
    conclusion = browser.fetch(request, exchange.send)
    if exchange.kept_back:
        return _stopped(conclusion, exchange)
    found = examine(conclusion, exchange.received)
    trouble = exchange.answers[-1].trouble if exchange.answers else None
    if trouble:
        detail = "" if trouble.cause == "name-not-found" else trouble.detail  # the cause's sentence says the same
        found = replace(found.with_suspects(certain(trouble.cause)), decision=Decision.UNCLEAR, detail=detail)
    elif exchange.answers and exchange.answers[-1].is_broken and found.decision is Decision.ALLOWED:
        found = replace(found.with_suspects(certain("connection-broken")), decision=Decision.BLOCKED)
        found = replace(found, detail="The headers allow it, and the body broke off: the page cannot read it.")
    else:
        found = compared(found, [answer.body for answer in exchange.answers], wire, cookie)
    return replace(found, remarks=(*found.remarks, *_spaces(request, exchange)))


class _Exchange:
    """The exchange in progress: it answers the requests of `wsgicors.browser.fetch` by sending them."""

    def __init__(
        self, page: Request, body: bytes, cookie: str, wire: Wire, *, follow: bool, preflight_only: bool
    ) -> None:
        self.page = page
        self.origin = origin_of(page.url)
        self.body = body
        self.cookie = cookie
        self.wire = wire
        self.follow = follow
        self.preflight_only = preflight_only
        self.answers: list[Reply] = []
        self.received: list[Received] = []
        self.kept_back = ""
        """The next URL, to which no request was sent."""

    def send(self, sent: Request) -> Response:
        preflight = _is_preflight(sent)
        if (origin_of(sent.url) != self.origin and not self.follow) or (self.preflight_only and not preflight):
            self.kept_back = sent.url
            return Response(0)
        own = origin_of(sent.url) == self.origin
        cookie = self.cookie if own and sent.credentials == "include" else ""
        body = b"" if preflight or sent.method in {"GET", "HEAD"} else self.body
        headers = browser_headers(sent, self.page.origin, cookie=cookie)
        answer = self.wire.send(sent.method, sent.url, headers, body)
        self.answers.append(answer)
        self.received.append(Received(headers, signs(answer.response, answer.body), answer.seconds))
        return answer.response

    @property
    def address(self) -> str:
        """The IP address that the first request went to."""
        return self.answers[0].address if self.answers else ""


def _is_preflight(sent: Request) -> bool:
    return any(name == "Access-Control-Request-Method" for name, _ in sent.headers)


def _stopped(conclusion: Conclusion, exchange: _Exchange) -> Examination:
    """Return the examination of an exchange whose next request was not sent."""
    if origin_of(exchange.kept_back) != exchange.origin:
        detail = (
            f"The redirect leads to {clean_url(exchange.kept_back) or 'another origin'}, which was not asked for, and "
            "was not followed; --follow follows it."
        )
        return unfinished(conclusion, exchange.received, detail)
    if conclusion.max_age is None:
        return unfinished(conclusion, [], "There is no preflight, and the request itself was kept back.")
    detail = "The preflight passes; the request itself was kept back."
    return unfinished(conclusion, exchange.received, detail, Decision.ALLOWED)


def _mixed_content(request: Request, facts: Facts, wire: Wire) -> Examination:
    """Find out whether https answers: a browser sends nothing, so there is nothing else to ask."""
    secured = urlsplit(request.url)._replace(scheme="https", path="/", query="", fragment="")
    answer = wire.send("HEAD", urlunsplit(secured), [("User-Agent", "wsgicors")])
    detail = f"https answers at {secured.netloc}." if answer.trouble is None else answer.trouble.detail
    nothing = Conclusion(request, (), (), None, "basic", (), None)
    found = Examination(nothing, Decision.BLOCKED, facts, detail="The page is https and the URL http: nothing is sent.")
    found = found.with_suspects(certain("mixed-content"))
    return replace(found, remarks=(Remark(f"Asked over https instead: {detail}"),))


def _spaces(request: Request, exchange: _Exchange) -> list[Remark]:
    """Return whether Chromium asks the user first (https://wicg.github.io/local-network-access/)."""
    host = urlsplit(request.origin).hostname
    if named := exchange.wire.named_address(request.url):  # its address for a browser is unknown
        return [Remark(f"The server was asked at {named}, as --resolve says.")]
    if not exchange.address or not host:
        return []
    page, target = space_of_host(host), space_of_address(exchange.address)
    if not target.is_within(page):
        return []
    facts = Facts(url=request.url, origin=request.origin)
    where = f"{exchange.address} is {target}, and the page's network is taken for {page}"
    if is_secure(request.origin):
        return [remark(f"{where}: Chromium asks the user first.", "local-network-permission", facts)]
    return [remark(f"{where}, and not secure: Chromium blocks the request.", "local-network-insecure", facts)]
