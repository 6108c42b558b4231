"""A fetch in progress: the standard's request, which its algorithms change, and the steps taken so far."""

from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from typing import Literal, NoReturn

from wsgicors.browser._conclusion import Check, Exchange, Failure, Note, Stage, Step
from wsgicors.browser._messages import Credentials, Headers, Request, Response
from wsgicors.browser._text import lower
from wsgicors.browser._urls import parse_absolute_url


class NetworkError(Exception):
    """The standard's "return a network error", which ends every algorithm."""


class State:
    """The state of a fetch. Other attributes have the standard's names for the parts of a request.

    Attributes:
        request: The page's original request.
        unsafe: The names of the headers that need a preflight.
        hop: The number of redirects followed.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.first = self.url = parse_absolute_url(request.url)
        self.origin = request.origin
        self.method = request.method
        self.headers: list[tuple[str, str]] = []
        self.unsafe: tuple[str, ...] = ()
        self.hop = 0
        self.stage = Stage.REQUEST
        self.tainting: Literal["basic", "cors"] = "basic"
        self.max_age: int | None = None
        self.steps: list[Step] = []
        self.exchanges: list[Exchange] = []

    def passed(self, check: Check, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, names=tuple(names)))

    def noted(self, check: Check, note: Note, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, note=note, names=tuple(names)))

    def failed(self, check: Check, failure: Failure, detail: str, names: Iterable[str] = ()) -> None:
        self.steps.append(Step(self.stage, self.hop, check, detail, failure, names=tuple(names)))

    def stop(self, check: Check, failure: Failure, detail: str, names: Iterable[str] = ()) -> NoReturn:
        self.failed(check, failure, detail, names)
        raise NetworkError

    @property
    def includes_credentials(self) -> bool:
        """Whether credentials go with the request (HTTP-network-or-cache fetch, 8.3)."""
        mode = self.request.credentials
        return mode == "include" or (mode == "same-origin" and self.tainting == "basic")

    @property
    def private_network(self) -> bool:
        """Whether the server is in a more private network than the page."""
        return self.request.private_network and self.url.origin == self.first.origin

    def outgoing(self, method: str, headers: Headers, credentials: Credentials) -> Request:
        """Return the request to send to the server now."""
        return Request(str(self.url), self.origin, method, headers, credentials, self.private_network)

    def exchange(self, stage: Stage, sent: Request, send: Callable[[Request], Response]) -> Response:
        """Send a request; stop if there is no response."""
        response = send(sent)
        self.stage = stage
        self.exchanges.append(Exchange(stage, self.hop, sent, response))
        if response.status == 0:
            self.stop(Check.RESPONSE, Failure.NO_RESPONSE, "no response came")
        self.passed(Check.RESPONSE, f"the response's status is {response.status}")
        return response

    def delete(self, names: AbstractSet[str]) -> bool:
        """Delete the headers called `names` and return whether there were any (#concept-header-list-delete)."""
        before = self.headers
        self.headers = [header for header in before if lower(header[0]) not in names]
        return len(self.headers) < len(before)
