"""The techniques: what to send to which configuration, and what must not come back.

Sources: the published advisories against CORS libraries, "Exploiting CORS misconfigurations" (Kettle 2016), "Advanced
CORS exploitation techniques" (Corben Leo 2018), "We still don't have secure cross-domain requests" (Chen and others
2018), and the faults of version 1.0.0 of this library. Every Origin is one that a browser or an attacker's own program
sends.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.attacks import subjects
from tests.attacks.subjects import OURS, WWW, Configuration, NotBuilt, Served
from tests.wsgi import Response, call

HELD, OPEN, NOT_BUILT, NONE = "held", "**open**", "does not build", "–"

Judge = Callable[[Response, Served, str], bool]
"""Whether an attack succeeded, judged by the response, the app, and the Origin that was sent."""


def is_read(response: Response, app: Served, origin: str) -> bool:
    """Whether a page of the origin can read the app's response, by everything that browsers compare."""
    allowed = response.values("Access-Control-Allow-Origin")
    return bool(app.reached) and any(value in (origin, "*") for value in allowed)


def is_reached(response: Response, app: Served, origin: str) -> bool:
    """Whether the app ran."""
    return bool(app.reached)


def lacks_vary(response: Response, app: Served, origin: str) -> bool:
    """Whether a cache may serve this response to a page of another origin."""
    return "origin" not in ",".join(response.values("Vary")).lower()


def opens_network(response: Response, app: Served, origin: str) -> bool:
    """Whether the response to a preflight allows access to a private network."""
    return "true" in response.values("Access-Control-Allow-Private-Network")


@dataclass(frozen=True)
class Technique:
    """One attack.

    Attributes:
        name: What it is, in a few words; Markdown.
        configuration: The configuration under attack.
        origin: The Origin of the attacker's page, or None.
        method: The request's method.
        path: Its path, as a server passes it on.
        headers: Further header fields.
        judge: Whether the attack succeeded.
    """

    name: str
    configuration: Configuration
    origin: str | None = "https://evil.example"
    method: str = "GET"
    path: str = "/x"
    headers: tuple[tuple[str, str], ...] = ()
    judge: Judge = is_read

    def tried_on(self, library: str, folder: Path | None = None) -> str:
        """Try it on a library, and return the outcome."""
        app = Served()
        try:
            wrapped = self.configuration.app(library, app, folder)
        except NotBuilt:
            return NOT_BUILT
        if wrapped is None:
            return NONE
        fields = [("Origin", self.origin), *self.headers] if self.origin is not None else [*self.headers]
        response = call(wrapped, self.method, self.path, fields, HTTP_HOST="service.example.net")
        return OPEN if self.judge(response, app, self.origin or "") else HELD


def _origins() -> Iterable[Technique]:
    listed: dict[str, str] = {
        "any other origin": "https://evil.example",
        "`null`, from a sandboxed frame": "null",
        "the origin as a prefix": f"{WWW}.evil.example",
        "the origin as a suffix": "https://evilwww.example.com",
        "a subdomain of it": "https://x.www.example.com",
        "its parent domain": "https://example.com",
        "the same host over plain http": "http://www.example.com",
        "another port": f"{WWW}:8443",
        "its default port, spelled out": f"{WWW}:443",
        "another scheme": "ftp://www.example.com",
        "user information": f"{WWW}@evil.example",
        "one letter for a dot": "https://wwwxexample.com",
        "a trailing dot": f"{WWW}.",
        "a lookalike in Unicode": "https://www.exämple.com".encode().decode("latin-1"),
        "two origins, by a comma": f"{WWW}, https://evil.example",
        "two origins, by a blank": f"{WWW} https://evil.example",
        "a line break": f"{WWW}\r\nX: y",
        "an empty Origin": "",
        "`*` as an Origin": "*",
    }
    for name, origin in listed.items():
        yield Technique(f"Listed origin: {name}", subjects.LISTED, origin)
    # Safari accepts such hosts; Chromium and Firefox accept some.
    for character in "_~$&}":
        name = f"Listed origin: `{character}` behind it, which browsers accept in hosts"
        yield Technique(name, subjects.LISTED, f"{WWW}{character}.evil.example")


def _subdomains() -> Iterable[Technique]:
    for name, origin in {
        "the domain as a prefix": "https://a.example.com.evil.example",
        "the domain as a suffix": "https://evilexample.com",
        "an unescaped dot": "https://axexample.com",
        "plain http": "http://a.example.com",
        "a backquote before it": "https://evil.example`.example.com",
    }.items():
        yield Technique(f"Subdomains: {name}", subjects.SUBDOMAINS, origin)


def _settings() -> Iterable[Technique]:
    for name, configuration, origin in (
        ("every origin, with cookies", subjects.EVERYBODY, "https://evil.example"),
        ("`null`, with cookies", subjects.NULL, "null"),
        (
            "plain http, with cookies: a page that anybody on the network writes",
            subjects.PLAIN_HTTP,
            "http://www.example.com",
        ),
    ):
        yield Technique(f"Setting: {name}", configuration, origin)
    yield Technique(
        "Setting: a private network is open by default", subjects.LISTED, WWW, "OPTIONS",
        headers=(("Access-Control-Request-Method", "PUT"), ("Access-Control-Request-Private-Network", "true")),
        judge=opens_network,
    )  # fmt: skip


def _expressions() -> Iterable[Technique]:
    for text, origin in {
        r"https://example\.com.*": "https://example.com.evil.net",
        r"https://example\.com(:\d+)?.*": "https://example.com.evil.net",
        r"https?://localhost.*": "http://localhost.evil.net",
        r"https://[\w-]*example\.com": "https://evilexample.com",
        r"https://www.example\.com": "https://wwwxexample.com",
        r"https://.*\.com": "https://evil.com",
        r"https://[^.]+\.(com|net|org)": "https://evil.com",
        r"https://example\.[a-z]+": "https://example.zip",
        r"https://example\..*": "https://example.evil.net",
        r"https://www\.example.(?=com)com": "https://www.examplexcom",
        r"https://(?!evil).*\.com": "https://attacker.com",
        r"https://app\.example\.com|https://.*\.app": "https://evil.app",
        r"https://pr-\d+.*": "https://pr-1.evil.net",
        r"https://.*-myapp\.vercel\.app": "https://evil-myapp.vercel.app",
        r"https://[a-z0-9-]+\.github\.io": "https://evil.github.io",
        r"https://.*\.run\.app": "https://evil.run.app",
        r"https://(.*\.)?example\.com": "https://example.com.evil.net",
        r"https://[a-z]+\.example\.com": "https://a.example.com.evil.net",
    }.items():
        shown = text.replace("|", r"\|")
        yield Technique(f"Expression `{shown}`", subjects.expression(text), origin)
    verbose = subjects.expression(r"https://www . example . com", re.VERBOSE)
    yield Technique("Expression `https://www . example . com`, `re.VERBOSE`", verbose, "https://wwwxexamplexcom")


def _paths() -> Iterable[Technique]:
    for name, path in {
        "a path that begins alike, `/apiv2/users`": "/apiv2/users",
        "another case, `/API/users`": "/API/users",
        "decoded once more, `/%2561pi/users`": "/%61pi/users",
        "dot segments, `/api/../users`": "/api/../users",
        "an encoded slash, `/api%2F..%2Fusers`": "/api%2F..%2Fusers",
        "a backslash, `/api\\..\\users`": "/api\\..\\users",
        "the rule inside the path, `/users/api/x`": "/users/api/x",
    }.items():
        yield Technique(f"Public path: {name}", subjects.PUBLIC_PATH, path=path)
    for name, path in {
        "an empty segment, `//admin/users`": "//admin/users",
        "dot segments, `/x/../admin/users`": "/x/../admin/users",
        "a dot, `/./admin/users`": "/./admin/users",
        "a parameter, `/admin;x/users`": "/admin;x/users",
        "an encoded slash, `/%2Fadmin/users`": "/%2Fadmin/users",
        "a backslash, `/\\admin/users`": "/\\admin/users",
        "the longest expression, not the nearest path": "/admin/users",
    }.items():
        yield Technique(f"Private path: {name}", subjects.PRIVATE_PATH, path=path)


_FORBIDDEN: Final = 'Cross-site request, `refuse="forbid"`'


def _exchanges() -> Iterable[Technique]:
    yield Technique(
        "Cache: the response to another origin is served to the allowed page", subjects.LISTED, judge=lacks_vary
    )
    yield Technique(
        "Cache: the response to a request without Origin is served to it", subjects.LISTED, None, judge=lacks_vary
    )
    yield Technique("The app's own `Access-Control-Allow-Origin: *` stays", subjects.LISTED, path="/own")
    for name, method, headers in (
        ("a form is posted with the user's cookies", "POST", (("Sec-Fetch-Mode", "navigate"), ("Cookie", "session=1"))),
        ("a script posts text", "POST", (("Sec-Fetch-Mode", "no-cors"), ("Cookie", "session=1"))),
    ):
        yield Technique(f"{_FORBIDDEN}: {name}", subjects.FORBIDDING, "https://evil.example",
                        method, headers=headers, judge=is_reached)  # fmt: skip
    yield Technique(
        f"{_FORBIDDEN}: a WebSocket is opened", subjects.FORBIDDING, path="/socket",
        headers=(("Upgrade", "websocket"), ("Connection", "Upgrade")), judge=is_reached,
    )  # fmt: skip
    yield Technique(
        f"{_FORBIDDEN}: a form is posted, and Origin is stripped", subjects.FORBIDDING, None, "POST",
        headers=(("Sec-Fetch-Site", "cross-site"),), judge=is_reached,
    )  # fmt: skip


@dataclass(frozen=True)
class Forging(Technique):
    """A request that would forge a log line."""

    def tried_on(self, library: str, folder: Path | None = None) -> str:
        """Try it with all loggers open."""
        lines: list[str] = []
        handler = logging.Handler()
        handler.emit = lambda record: lines.append(record.getMessage())  # type: ignore[method-assign]
        root, ours = logging.getLogger(), [logging.getLogger(name) for name in ("wsgicors", "flask_cors")]
        levels = [logger.level for logger in (root, *ours)]
        root.addHandler(handler)
        for logger in (root, *ours):
            logger.setLevel(logging.DEBUG)
        try:
            outcome = super().tried_on(library, folder)
        finally:
            root.removeHandler(handler)
            for logger, level in zip((root, *ours), levels, strict=True):
                logger.setLevel(level)
        return outcome if outcome == NONE else OPEN if any("\nforged" in line for line in lines) else HELD


@dataclass(frozen=True)
class Backtracking(Technique):
    """An origin for which an expression takes exponential time."""

    def tried_on(self, library: str, folder: Path | None = None) -> str:
        """Compare the cost of 18 and 24 letters: 64 times as much if each letter doubles it.

        The cost is the least processor time of three runs: other load on the machine adds nothing to it.
        """
        outcome, spent = NONE, list[float]()
        for letters in (18, 24):
            longer = Technique(self.name, self.configuration, f"https://{'a' * letters}_.example.com")
            tries = list[float]()
            for _ in range(3):
                start = time.process_time()
                outcome = longer.tried_on(library, folder)
                tries.append(time.process_time() - start)
            spent.append(min(tries))
        return outcome if outcome == NONE else OPEN if spent[1] > 8 * spent[0] else HELD


TECHNIQUES: Final[tuple[Technique, ...]] = (
    *_origins(),
    *_subdomains(),
    *_settings(),
    *_expressions(),
    Backtracking("Expression that backtracks, `https://([a-z]+-?)+\\.example\\.com`",
                 subjects.expression(r"https://([a-z]+-?)+\.example\.com")),
    *_paths(),
    *_exchanges(),
    Forging("The log at DEBUG: a line break in the path", subjects.LISTED, path="/x\r\nforged"),
    Forging("The log at DEBUG: a line break in Origin", subjects.LISTED, "https://evil.example\r\nforged"),
)  # fmt: skip


def ours(library: str = OURS) -> dict[str, str]:
    """Return the outcome of each technique on this library, with its WSGI middleware or its ASGI wrapper."""
    return {technique.name: technique.tried_on(library) for technique in TECHNIQUES}
