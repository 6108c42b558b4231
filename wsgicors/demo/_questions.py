"""The six questions at the end of the tour. The engine decides which option is right; no answer is written here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from wsgicors.browser import Request, Response, Stage, fetch, judge, preflight_request
from wsgicors.demo._experiments import Chosen, Experiment
from wsgicors.demo._faults import By
from wsgicors.demo._tour import ORIGIN
from wsgicors.doctor.evidence._facts import origin_of
from wsgicors.policy import Policy

API: Final = "https://api.example/notes/1"
SHOP: Final = "https://shop.example"
OTHER: Final = "https://other.example"


@dataclass(frozen=True, slots=True)
class Claim:
    """An option of a question: a sentence or a case, and a function that decides whether it is true."""

    text: str
    holds: Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Question:
    """A question at the end.

    Attributes:
        lesson: The step that teaches the answer, the id of a `wsgicors.demo._tour.Lesson`.
        taught: The sentence of that step that teaches it.
        text: The question.
        claims: The options; one is true.
    """

    lesson: str
    taught: str
    text: str
    claims: tuple[Claim, ...]

    @property
    def right(self) -> int:
        """The index of the true option, according to the engine."""
        (index,) = (index for index, claim in enumerate(self.claims) if claim.holds())
        return index


def questions() -> tuple[Question, ...]:
    """Return the questions, one for each step of the tour, in its order.

    >>> [question.right for question in questions()]
    [2, 3, 0, 1, 0, 2]
    """
    return (
        Question(
            "origin",
            ORIGIN,
            f"A server allows the origin {SHOP}. Which page is of this origin?",
            tuple(_page(url) for url in (
                "http://shop.example/", "https://www.shop.example/", "https://shop.example/cart?item=1",
                "https://shop.example:8443/",
            )),
        ),
        Question(
            "simple-request",
            "The browser sends GET, HEAD and POST at once, unless the page sets a header that no form could set.",
            "Which request does the browser send at once, without a preflight?",
            (
                _sent_at_once("GET, with the header X-Requested-With", "GET", "X-Requested-With: fetch"),
                _sent_at_once("POST, with Content-Type: application/json", "POST", "Content-Type: application/json"),
                _sent_at_once("DELETE", "DELETE"),
                _sent_at_once("POST, with Content-Type: text/plain", "POST", "Content-Type: text/plain"),
            ),
        ),
        Question(
            "preflight",
            "Nothing changes on a server that did not agree.",
            "Why does the browser ask before it sends a DELETE?",
            (
                Claim("Without the server's consent the DELETE is not sent, and nothing is deleted.", _deletes_nothing),
                Claim("The server can check the user's cookies before it agrees.", _preflight_has_credentials),
                Claim("A DELETE is slow: asking first saves a request.", _saves_a_request),
            ),
        ),
        Question(
            "credentials",
            "* and cookies exclude each other: any page of the web could read what the user's login opens.",
            "Why do * and cookies exclude each other?",
            (
                Claim("With *, the browser sends no cookies.", _wildcard_drops_cookies),
                Claim("* is every page, and each could read what the user's login opens.", _wildcard_is_all),
                Claim("With *, the app is not called.", _wildcard_skips_app),
            ),
        ),
        Question(
            "headers",
            "A page may read Content-Type, Content-Length, Cache-Control and four more headers.",
            "Which header can a page of another origin read when the policy does not name it?",
            tuple(_readable(name) for name in ("Content-Type", "X-Total-Count", "Location", "ETag")),
        ),
        Question(
            "caches",
            "Vary: Origin tells a cache to store one response for each origin.",
            "What is Vary: Origin for?",
            (
                Claim("It allows pages of every origin to read the response.", _vary_allows),
                Claim("It makes the browser send a preflight.", _vary_is_asked_for),
                Claim("It keeps a cache from giving one origin's response to a page of another.", _vary_separates),
            ),
        ),
    )  # fmt: skip


def _page(url: str) -> Claim:
    return Claim(url, lambda: Policy(allow_origins=[SHOP]).actual(origin_of(url)).allowed)


def _sent_at_once(text: str, method: str, *lines: str) -> Claim:
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in lines)]
    return Claim(text, lambda: preflight_request(Request(API, SHOP, method, headers)) is None)


def _readable(name: str) -> Claim:
    answer = Response(200, [("Access-Control-Allow-Origin", SHOP), (name, "1")])
    return Claim(name, lambda: name.lower() in judge(Request(API, SHOP), None, answer).readable)


# -- Why a DELETE is preflighted ---------------------------------------------------------------------------------------

_DELETE: Final = Request(API, SHOP, "DELETE")


def _reached(policy: Policy, page: Request, fault: str = "") -> Iterable[str]:
    """Yield the methods of the requests that reach the app."""
    experiment = Experiment(Chosen(policy, fault, OTHER))
    fetch(page, experiment.answer)
    return [exchange["method"] for exchange in experiment.exchanges if exchange["by"] is By.APP]


def _deletes_nothing() -> bool:
    refused, allowed = Policy(allow_origins=[SHOP]), Policy(allow_origins=[SHOP], allow_methods=["DELETE"])
    return _reached(refused, _DELETE) == [] and _reached(allowed, _DELETE) == ["DELETE"]


def _preflight_has_credentials() -> bool:
    sent = preflight_request(Request(API, SHOP, "DELETE", credentials="include"))
    return sent is not None and sent.credentials == "include"


def _saves_a_request() -> bool:
    experiment = Experiment(Chosen(Policy(allow_origins=[SHOP], allow_methods=["DELETE"]), "", OTHER))
    return len(fetch(_DELETE, experiment.answer).exchanges) < 2


# -- Why * and cookies exclude each other ------------------------------------------------------------------------------

_WITH_COOKIES: Final = Request(API, SHOP, credentials="include")


def _wildcard_drops_cookies() -> bool:
    conclusion = fetch(_WITH_COOKIES, Experiment(Chosen(Policy(allow_origins="*"), "", OTHER)).answer)
    return all(exchange.request.credentials == "omit" for exchange in conclusion.exchanges)


def _wildcard_is_all() -> bool:
    return Policy(allow_origins="*").actual(OTHER).allowed and not Policy(allow_origins=[SHOP]).actual(OTHER).allowed


def _wildcard_skips_app() -> bool:
    return _reached(Policy(allow_origins="*"), _WITH_COOKIES) == []


# -- What Vary is for --------------------------------------------------------------------------------------------------

_VARIES: Final = Response(200, [("Vary", "Origin")])


def _vary_allows() -> bool:
    return judge(Request(API, SHOP), None, _VARIES).allowed


def _vary_is_asked_for() -> bool:
    conclusion = judge(Request(API, SHOP), None, _VARIES)
    return any(exchange.stage is Stage.PREFLIGHT for exchange in conclusion.exchanges)


def _vary_separates() -> bool:
    """Whether a page is allowed by the server that says Vary, and not by the cache that dropped it."""
    policy = Policy(allow_origins=[SHOP, OTHER])
    server, cache = Experiment(Chosen(policy, "", OTHER)), Experiment(Chosen(policy, "cache", OTHER))
    page = Request(API, SHOP)
    return fetch(page, server.answer).allowed and not fetch(page, cache.answer).allowed
