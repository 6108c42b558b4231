"""Read what scripts, panels and tools show of an answer where no message was pasted: a status, names, a head.

>>> [answered(Said(text, text)).causes for text in ("http error! status: 500", "request failed with status code 419")]
[('http-error',), ('csrf-token', 'http-error')]
"""

import re
from collections.abc import Sequence
from http import HTTPStatus
from typing import Final, NamedTuple

from wsgicors._http import is_token
from wsgicors.browser import Failure, Stage
from wsgicors.browser._filtered_response import SAFELISTED
from wsgicors.doctor.catalogue._net_errors import NET_ERRORS
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._server_readers import BACKENDS
from wsgicors.doctor.catalogue._wording import ANY_REFUSAL, Role
from wsgicors.doctor.evidence._broken_off import NO_MATCH
from wsgicors.doctor.evidence._facts import Facts
from wsgicors.doctor.evidence._message import Message
from wsgicors.doctor.evidence._panels import in_pairs
from wsgicors.doctor.evidence._pasted import Pasted
from wsgicors.doctor.evidence._steps import OK
from wsgicors.doctor.evidence._unphrased import FROM_CACHE
from wsgicors.doctor.evidence._unsaid import first_said

_UNREADABLE: Final = re.compile(
    r"headers(?:\.get\(|\[)'([a-z][a-z0-9-]{1,60})'[)\]]'? ?(?:returns|is|=|:|->|=>|gives) ?'?(?:undefined|null|none)\b"
)
_UNREACHED: Final = re.compile(
    r"\b(?:can(?:not| not|'?t)|could(?: not|n'?t)|unable to|not able to|(?:do|does|did)(?: not|n'?t))"
    r" (?:\w{1,20} ){0,2}(?:access|find|get|read|retrieve|see|show)\w*"
    r" (?:(?!access-control)[\w-]{1,40} ){0,5}headers?\b"
    r"|\bresponse\b[^.]{0,40}\b(?:lacks?|lost|misses) (?!access-control)[\w-]{1,40} headers?\b"
)
_OF_HTTP: Final = re.compile(
    r"\b(?:response|axios|fetch|xhr|xmlhttprequest|ajax|cors|http|custom header|[a-z]+-[a-z-]+ header)"
)
"""That a header is one of HTTP, not of a table or of a program's source."""
_SENDS: Final = re.compile(r"\b(?:fetch|ajax|request|axios(?:\.\w+)?|\.(?:get|post|put|patch|delete))\(|\bmethod'?:")
"""Code that sends a request: its headers are not those of an answer."""
_SHOWN_NAME: Final = re.compile(r"[{,\s]'?([a-z][a-z-]{2,40})'? ?: ?'[^']{0,200}'")
_SCRIPT_STATUS: Final = re.compile(
    r"\b(?:(?:request|call) failed with status code|http failure response for \S{1,2000}:|received status code"
    r"|response with status:|http error!? ?,? ?status:? ?=?|(?:negotiation|negotiate)\b.{0,100}? status code)"
    r" '?([45]\d\d)\b"
)
_IN_JSDOM: Final = re.compile(r"\bcross origin (\S{1,300}) forbidden\b|\bheaders ([a-z0-9-]{1,60}) forbidden\b")


class Said(NamedTuple):
    """What somebody wrote: as it stands, in one line in lower case (`plain` of `_flat_text`), and read as exchanges."""

    text: str
    lower: str
    pasted: Pasted = Pasted()


def told(
    *causes: str,
    failures: tuple[Failure, ...] = (),
    stage: Stage | None = None,
    facts: Facts,
    is_retold: bool = False,
) -> Message:
    """Return a message in nobody's wording, of one text."""
    return Message("prose", Speaker.SCRIPT, Role.ECHO, failures, causes, stage, facts, 1, is_retold=is_retold)


def unreadable(said: Said) -> Message | None:
    """Read a script's look at a header of the answer, which has no value there."""
    if match := _UNREADABLE.search(said.lower):
        return told("header-not-exposed", facts=Facts(header=match[1]))
    shown = set(_SHOWN_NAME.findall(said.lower)) if "headers" in said.lower else set[str]()
    only_safe = "content-type" in shown and shown <= SAFELISTED and not _SENDS.search(said.lower)
    is_unreached = _UNREACHED.search(said.lower) and _OF_HTTP.search(said.lower)
    return told("header-not-exposed", facts=Facts(), is_retold=not only_safe) if only_safe or is_unreached else None


def answered(said: Said) -> Message | None:
    """Read a status that a script was told: CORS let it read the answer."""
    match = _SCRIPT_STATUS.search(said.lower)
    if match is None:
        return None
    causes = _OF_STATUS.get(match[1], ("http-error",))
    if match[1] == "403" and "ollama" in said.lower:
        causes = ("origin-not-allowed", "http-error")  # so it answers an origin that its list lacks
    return told(*causes, facts=Facts(status=int(match[1])))


_OF_STATUS: Final = {
    "403": ("http-error", "csrf-token", "csrf-origin"),
    "419": ("csrf-token", "http-error"),  # Laravel's own
}


def unconnected(said: Said) -> Message | None:
    """Read that curl or Node could not connect; not that a server lacks its database."""
    if _OF_OTHERS.search(said.lower):
        return None
    named = ((name, cause) for name, cause in _UNCONNECTED if _is_name(name, said.lower))
    is_failure = _FAILED.search(said.lower)
    return next(
        (told(cause, facts=Facts()) for name, cause in named if is_failure or not name.startswith("self")), None
    )


def _is_name(name: str, text: str) -> bool:
    """Return whether `name` is in `text`, and not the end of another one, nor what is asked about."""
    pattern = rf"(?<![a-z])(?<!what is )(?<!what is a )(?<!what does ){re.escape(name)}"
    return name in text and first_said(re.compile(pattern), text) is not None


_FAILED: Final = re.compile(
    r"\b(?:curl|error|fail\w*|cannot|rejected|err_\w+)\b|\bunable to |problem: |in_chain|depth_zero"
)
"""That a certificate was refused: people also ask how to sign one."""


_OF_OTHERS: Final = re.compile(
    rf"\beconnrefused \S{{1,100}}{BACKENDS}"
    r"|\bredis\b.{0,40}\berror\b|\bnpm err!|\benotfound registry\.npmjs\.org\b"
)
"""What an app connects to, and what has no page at all."""

_UNCONNECTED: Final = (
    ("econnrefused", "unreachable"),
    ("curl: (7) ", "unreachable"),
    ("enotfound", "name-not-found"),
    ("curl: (6) ", "name-not-found"),
    ("curl: (60) ", "certificate"),
    ("ssl certificate problem: ", "certificate"),
    ("unable to verify the first certificate", "certificate"),
    ("self_signed_cert", "certificate"),
    ("self signed certificate", "certificate"),
    ("self-signed certificate", "certificate"),
    ("cert_has_expired", "certificate"),
    *((code.removeprefix("err_"), cause) for code, cause in NET_ERRORS.items() if code.startswith("err_cert_")),
    ("dns_probe_finished_", "name-not-found"),
)
"""How libuv, OpenSSL and curl name what failed, and Chromium's panel and page, each with its cause."""


def cut_off(said: Said) -> Message | None:
    """Read the end of a message of a browser or a server, of which the beginning is not quoted."""
    if match := _HANDSHAKE.search(said.lower):
        return told("websocket-origin", facts=Facts(status=int(match[1])))
    return told(*ANY_REFUSAL, facts=Facts()) if "cors policy execution failed" in said.lower else None


_HANDSHAKE: Final = re.compile(r"\berror during websocket handshake: unexpected response code: (403)\b")


def in_jsdom(said: Said) -> Message | None:
    """Read what jsdom's XMLHttpRequest says, in which tests of pages run."""
    match = _IN_JSDOM.search(said.lower)
    if match is None:
        return None
    if match[2]:
        return told(failures=(Failure.HEADER_NOT_ALLOWED,), stage=Stage.PREFLIGHT, facts=Facts(header=match[2]))
    return told(failures=NO_MATCH, facts=Facts(origin=match[1]))


def asked(said: Said) -> Message | None:
    """Read a preflight, or what curl sent with an Origin, and the status that somebody says or a body names."""
    one = said.pasted.told_in_words()
    if one is None:
        return None
    sent = {} if "origin" in one.assumed else {name.lower(): value for name, value in one.sent}
    origin, status = sent.get("origin", ""), one.told or one.status
    is_refused = one.is_curl and status == HTTPStatus.FORBIDDEN
    causes = ("origin-not-allowed",) if is_refused and origin else ()
    if one.method == "OPTIONS":
        method = sent.get("access-control-request-method", "")
        location = next((value for name, value in (*one.received, *one.sent) if name.lower() == "location"), "")
        facts = Facts(url=one.url, origin=origin, method=method, status=status, location=location)
        return told(*causes, failures=(Failure.STATUS_NOT_OK,), stage=Stage.PREFLIGHT, facts=facts)
    facts = Facts(url=one.url, origin=origin, status=status)
    return told(*causes, "csrf-origin", "authentication-without-headers", facts=facts) if causes else None


class _Head(NamedTuple):
    """The head of an answer, as far as shown."""

    status: int
    names: dict[str, str]

    @property
    def is_whole(self) -> bool:
        """Whether it has enough headers that a missing one would be among them."""
        return len(self.names) >= _FEW and not _OF_ANSWERS.isdisjoint(self.names)

    @property
    def is_kept(self) -> bool:
        """Whether a cache answered, without a header of CORS."""
        is_cors = any(name.startswith("access-control-") for name in self.names)
        told_so = any(FROM_CACHE.match(f"{name}: {value.strip()}") for name, value in self.names.items())
        return self.status in OK and self.is_whole and told_so and not is_cors


def head(said: Said) -> Message | None:
    """Read an answer's head without a message and without a header of CORS, or a panel's row of one that failed."""
    heads, method = _heads(said.pasted.lines)
    stage = Stage.PREFLIGHT if method == "OPTIONS" else None
    missing = (Failure.ALLOW_ORIGIN_MISSING,)
    kept = [one.status for one in heads if one.is_kept and not stage]
    if kept:
        return told("cached-origin", failures=missing, facts=Facts(status=kept[0]))
    if "access-control-" in said.lower:
        return None
    last = heads[-1]
    failed_in_panel = last.status >= HTTPStatus.BAD_REQUEST and "request url:" in said.lower
    if not failed_in_panel and not last.is_whole:
        return None
    facts = Facts(status=last.status, is_bare="origin" not in last.names.get("vary", "").lower())
    return told(failures=missing, stage=stage, facts=facts)


def _heads(lines: Sequence[tuple[int, str]]) -> tuple[list[_Head], str]:
    """Return the heads of answers in numbered lines, after an empty one, and the last method that is named."""
    heads, method = [_Head(0, {})], ""
    for _, line in in_pairs([*lines]):
        plainly = line.strip("<>*#` ")
        if match := _HEAD_STATUS.match(plainly):
            heads.append(_Head(int(match[1]), {}))
        elif match := _HEAD_METHOD.match(plainly):
            method = match[1]
        elif plainly.lower().startswith("request headers"):
            break
        elif heads[-1].status and is_token((parts := plainly.partition(":"))[0]) and parts[1]:
            heads[-1].names[parts[0].lower()] = parts[2]
    return heads, method


_HEAD_STATUS: Final = re.compile(r"(?:HTTP/[\d.]+|Status Code:) ?(\d{3})\b")
_HEAD_METHOD: Final = re.compile(r"Request Method: ?([A-Z]{3,7})\b")
_OF_ANSWERS: Final = frozenset({"content-length", "content-type", "date", "server", "transfer-encoding"})
_FEW: Final = 3  # a head with fewer headers is cut, or something else
