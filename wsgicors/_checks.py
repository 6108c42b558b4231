"""Check a policy's settings when it is built."""

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal, cast

from wsgicors import _http
from wsgicors._catalogue import CATALOGUE
from wsgicors._grammar import split_pattern
from wsgicors._origin_sources import AsyncOriginSource, OriginSource
from wsgicors._suffixes import open_suffix
from wsgicors.origins import DEFAULT_PORTS, FILE, NULL, is_loopback
from wsgicors.patterns import Member, OriginPattern, OriginSet, plain
from wsgicors.problems import ALLOWABLE, PolicyError, Problem, nearest

MAX_MAX_AGE: Final = 86400
"""Seconds. Firefox caches a preflight for at most a day, Chromium for 2 hours, WebKit for 10 minutes."""

SAFE_SCHEME: Final = "https://"

ORIGINS_WANTED: Final = (
    '"*", a list of origins, or an OriginSource: an object, not a function, that answers "origin in source"'
)
"""What ``allow_origins`` takes, in words."""

SEPARATORS: Final = r"[\s,]+"
"""What separates the members of a list in a text. Compiled on first use: most policies do not need it."""

_ANY_METHOD: Final = frozenset({"ALL", "ANY"})
"""What other libraries accept for every method."""


def _is_wildcard(name: str) -> bool:
    """Whether a name contains ``*``, which HTTP allows and no browser treats as a wildcard."""
    return "*" in name and name != "*"


def _name(text: str) -> str:
    """Return the header name that a text means, or ``""``: the text can be ``Name: value``, or a value alone.

    >>> _name("Content-Type: application/json"), _name("application/json"), _name("X-A;")
    ('Content-Type', 'Content-Type', 'X-A')
    """
    if re.fullmatch(r"(application|audio|image|multipart|text|video)/[^\s:]+", text):
        return "Content-Type"
    name = re.split("[:;]", text, maxsplit=1)[0].strip(" \t")
    return name if _http.is_token(name) else ""


def _method(text: str) -> str:
    name = text.strip(" \t:;")
    name = name.upper() if name.upper() in _http.STANDARD_METHODS else name
    return name if _http.is_token(name) else ""


def _quoted(name: str) -> str:
    return f'"{name}"' if name else ""


class Checks:
    """The problems found so far while a policy is built. Each check returns the value as the policy holds it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self._any_origin = False

    def add(self, code: str, setting: str, value: object, instead: str = "", **facts: str) -> None:
        """Record a problem."""
        self.problems.append(Problem(code, setting, value, instead, facts))

    def wrong_type(self, setting: str, value: object, wanted: str, instead: str = "") -> None:
        """Record that ``value`` has a type that the setting does not accept."""
        self.add("wrong-type", setting, value, instead, type=type(value).__name__, wanted=wanted)

    def finish(self) -> None:
        """Raise every problem found, if there is one.

        Raises:
            PolicyError: with every problem recorded.
        """
        if self.problems:
            raise PolicyError(self.problems)

    def members(
        self, setting: str, value: object, wanted: str, corrected: Callable[[str], str] = _quoted
    ) -> tuple[object, ...]:
        """Return the members of a list; ``"*"`` is a list of one, and a text is split at its separators.

        Args:
            setting: Its name.
            value: What it holds.
            wanted: What its members are, in words.
            corrected: The Python to write for a member of a text that should have been a list, or ``""``.
        """
        if value == "*":
            return ("*",)
        if isinstance(value, str):
            parts = [part for part in re.split(SEPARATORS, value) if part]
            written = [*dict.fromkeys(map(corrected, parts))]
            self.add("text-for-list", setting, value, f"[{', '.join(written)}]" if all(written) else "")
            return tuple(parts)
        if isinstance(value, (bytes, bytearray)) or not isinstance(value, Iterable):
            self.wrong_type(setting, value, f'"*", or a list of {wanted}')
            return ()
        return tuple(map(plain, cast("Iterable[object]", value)))

    def origins(
        self, value: object, allowed: frozenset[str] = frozenset()
    ) -> OriginSet | OriginSource | AsyncOriginSource | None:
        """Return ``allow_origins``; None for every origin."""
        setting = "allow_origins"
        if isinstance(value, OriginSet):
            value = value.members
        elif isinstance(value, OriginSource) and not isinstance(value, (str, bytes, bytearray, Iterable, type)):
            if _is_async(type(value).__contains__):
                self.add("async-contains", setting, type(value).__name__)
            return value
        elif isinstance(value, AsyncOriginSource) and not isinstance(value, type):
            return value
        if callable(value) and not hasattr(value, "__iter__"):
            self.wrong_type(setting, value, ORIGINS_WANTED)
            return OriginSet(())
        # An empty text is an empty environment variable: the remedy [] would be a problem in turn.
        is_blank = isinstance(value, str) and not value.strip()
        members = () if is_blank else self.members(setting, value, "origins", corrected_origin)
        others = [member for member in members if member != "*"]
        self._any_origin = len(others) < len(members)
        if self._any_origin and not others:
            return None
        if not members and not self.problems:
            self.add("no-origins", setting, value)
        if self._any_origin:
            self.add("any-origin-beside-others", setting, "*")
        try:
            return OriginSet(cast("list[Member]", others), dangerously_allow=allowed)
        except PolicyError as error:
            self.problems.extend(error.problems)
            # Other settings can forbid the corrected origins: report that now, not at the next start.
            meant = [one for member in others for one in _meant(member, allowed)]
            return OriginSet(meant, dangerously_allow=allowed)

    def unsafe_origins(
        self,
        origins: OriginSet | OriginSource | AsyncOriginSource | None,
        allowed: frozenset[str],
        *,
        credentials: bool,
        private_network: bool,
    ) -> None:
        """Report origins that are unsafe with credentials, or with access to a private network."""
        codes = {"allow_credentials": "with-credentials"} if credentials else {}
        if private_network:
            codes["allow_private_network"] = "with-private-network"
        if codes:
            self.problems = [_without_any_origin(problem) for problem in self.problems]
        for code in codes.values():
            if self._any_origin and f"any-origin-{code}" not in allowed:
                self.add(f"any-origin-{code}", "allow_origins", "*")
        if not isinstance(origins, OriginSet):
            return
        with_setting = next(iter(codes), "")
        for member in origins.members:
            if isinstance(member, re.Pattern):
                if codes:
                    self._unsafe_regex(member, with_setting, allowed)
            elif member in (NULL, FILE):
                self._unsafe_opaque(str(member), codes.values(), allowed)
            elif "*" in (text := str(member)) or (codes and not text.startswith(SAFE_SCHEME)):  # as few members are
                self._unsafe_pattern(text, with_setting, allowed)

    def _unsafe_opaque(self, text: str, codes: Iterable[str], allowed: frozenset[str]) -> None:
        kind = "file" if text == FILE else "null"
        for code in codes:
            self.add(f"{kind}-{code}", "allow_origins", text)
        if text == FILE and "file-origin" not in allowed:
            self.add("file-origin", "allow_origins", text)

    def _unsafe_pattern(self, text: str, with_setting: str, allowed: frozenset[str]) -> None:
        scheme, host, port, subdomains = cast("tuple[str, str, str, bool]", split_pattern(text))
        name = host.partition(".")[2] if "*" in host else host
        if scheme == "http" and with_setting and not is_loopback(name) and "insecure-origin" not in allowed:
            plain = OriginPattern("https", host, "" if port == DEFAULT_PORTS["https"] else port, subdomains)
            self.add("insecure-origin", "allow_origins", text, str(plain), with_setting=with_setting)
        if not subdomains and "*" not in host:
            return
        if scheme not in DEFAULT_PORTS:
            self._any_host(text, scheme, with_setting, allowed)
        elif "public-suffix" not in allowed:
            suffix = open_suffix(name, icann_only=not with_setting)
            # A pattern of one label (pr-*.example.com) matches only names directly below `name`.
            if suffix and (subdomains or suffix == name.removesuffix(".")):
                instead = "" if subdomains else _with_dot(text)
                self._public_suffix(text, suffix, text.replace("*", "evil", 1).removesuffix(":*"), instead)

    def _unsafe_regex(self, regex: re.Pattern[str], with_setting: str, allowed: frozenset[str]) -> None:
        from wsgicors._regex_proof import Proof, examined

        proof = examined(regex, "none" if "public-suffix" in allowed else "all")
        if not isinstance(proof, Proof):
            without = examined(regex, "icann")
            if isinstance(without, Proof):  # otherwise the expression was let through unproven
                names = (open_suffix(end.name) for end in without.ends)
                self._public_suffix(regex.pattern, proof.suffix or next(filter(None, names), "?"), proof.example)
            return
        if "insecure-origin" not in allowed and any(end.scheme == "http" and not end.loopback for end in proof.ends):
            self.add("insecure-origin", "allow_origins", regex.pattern, with_setting=with_setting)
        for end in proof.ends:
            if end.kind == "any":
                self._any_host(regex.pattern, end.scheme, with_setting, allowed)

    def _any_host(self, text: str, scheme: str, with_setting: str, allowed: frozenset[str]) -> None:
        if with_setting and "any-host-of-scheme" not in allowed:
            self.add("any-host-of-scheme", "allow_origins", text, with_setting=with_setting, scheme=scheme)

    def _public_suffix(self, text: str, suffix: str, example: str, instead: str = "") -> None:
        from wsgicors._suggestions import suffix_problem

        self.problems.append(suffix_problem(text, suffix, example, instead))

    def names(
        self, setting: str, value: object, wanted: str, corrected: Callable[[str], str] = _name
    ) -> tuple[str, ...]:
        """Return a list of tokens, each once, with ``"*"`` first if it is a member."""
        names: dict[str, None] = {}
        for member in self.members(setting, value, wanted, lambda part: _quoted(corrected(part))):
            if not isinstance(member, str):
                self.wrong_type(setting, member, f"{wanted}, as text")
            elif not _http.is_token(member):
                text = member.strip(" \t:,;")
                # The value of a header, after its name and a colon, can contain blanks and commas.
                separators = "[:;].*" if re.search("[:;]", text) else SEPARATORS
                parts = [corrected(part) for part in re.split(separators, text) if part]
                self.add("not-a-token", setting, member, ", ".join(map(_quoted, parts)) if all(parts) else "")
            else:
                names[member] = None
        return tuple(names)

    def methods(self, value: object) -> tuple[str, ...]:
        """Return ``allow_methods``."""
        setting = "allow_methods"
        methods = self.names(setting, value, "method names", _method)
        for method in methods:
            upper = method.upper()
            if upper in _http.FORBIDDEN_METHODS:
                self.add("method-forbidden", setting, method)
            elif upper in _http.STANDARD_METHODS and method != upper:
                self.add("method-case", setting, method, upper, upper=upper)
            elif upper in _ANY_METHOD or _is_wildcard(method):
                self.add("method-pattern", setting, method)
        return ("*",) if "*" in methods else methods

    def request_headers(self, value: object) -> tuple[str, ...]:
        """Return ``allow_headers``. Beside ``"*"`` only Authorization has a meaning of its own."""
        setting = "allow_headers"
        names = self.names(setting, value, "names of request headers")
        for name in names:
            if name.lower() in _http.CORS_RESPONSE_HEADERS:
                self.add("header-of-response", setting, name)
            elif _http.is_forbidden_request_header(name):
                self.add("header-forbidden", setting, name)
            elif _is_wildcard(name):
                self.add("header-pattern", setting, name)
        if "*" in names:
            return ("*", *(name for name in names if name.lower() == "authorization"))[:2]
        return names

    def exposed_headers(self, value: object, *, credentials: bool) -> tuple[str, ...]:
        """Return ``expose_headers``."""
        setting = "expose_headers"
        names = self.names(setting, value, "names of response headers")
        for name in names:
            if name.lower() in _http.FORBIDDEN_RESPONSE_HEADERS:
                self.add("header-unreadable", setting, name)
            elif _is_wildcard(name):
                self.add("header-pattern", setting, name, **({"or_any_header": ""} if credentials else {}))
        if "*" not in names:
            return names
        if credentials:
            self.add("expose-any-with-credentials", setting, "*")
        return ("*",)

    def switch(self, setting: str, value: object) -> bool:
        """Return a setting that is on or off."""
        if not isinstance(value, bool):
            self.wrong_type(setting, value, "True or False")
        return value is True

    def max_age(self, value: object) -> int | None:
        """Return ``max_age`` in seconds."""
        setting = "max_age"
        if value is None:
            return None
        if not isinstance(value, int):
            from datetime import timedelta

            if isinstance(value, timedelta):
                value = value.total_seconds()
                value = int(value) if value.is_integer() else value
        if isinstance(value, bool) or not isinstance(value, int):
            instead = str(value) if isinstance(value, str) and value.isascii() and value.isdigit() else ""
            self.wrong_type(setting, value, "whole seconds, a timedelta of whole seconds, or None", instead)
            return None
        if not 0 <= value <= MAX_MAX_AGE:
            self.add("max-age-range", setting, value, str(min(max(value, 0), MAX_MAX_AGE)))
        return int(value)  # an enum's member prints its name

    def preflight_status(self, value: object) -> int:
        """Return ``preflight_status``."""
        setting = "preflight_status"
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong_type(setting, value, "a number from 200 to 299")
        elif not 200 <= value <= 299:
            self.add("preflight-status-range", setting, value, "204")
        else:
            return int(value)
        return 204

    def refuse(self, value: object) -> Literal["withhold", "forbid"]:
        """Return ``refuse``."""
        if value not in ("withhold", "forbid"):
            known = ("withhold", "forbid")
            self.add("refuse-unknown", "refuse", value, nearest(value, known) if isinstance(value, str) else "")
        return "forbid" if value == "forbid" else "withhold"

    def permissions(self, value: object) -> frozenset[str]:
        """Return ``dangerously_allow``."""
        setting = "dangerously_allow"
        known: set[str] = set()
        for code in self.members(setting, value, "codes of problems", lambda code: _quoted(nearest(code, ALLOWABLE))):
            if isinstance(code, str) and code in ALLOWABLE:
                known.add(code)
            else:
                # Another problem that can be let through is not what a problem's own code means.
                instead = nearest(code, ALLOWABLE) if isinstance(code, str) and code not in CATALOGUE else ""
                self.add("permission-unknown", setting, code, instead, known=", ".join(sorted(ALLOWABLE)))
        return frozenset(known)


def _without_any_origin(problem: Problem) -> Problem:
    """Return the problem with a remedy that does not offer every origin, which would be a problem in turn."""
    return problem.__replace__(facts={**problem.facts, "or_any_origin": ""})


def corrected_origin(member: str | re.Pattern[str]) -> str:
    """Return the Python to write for a member of ``allow_origins``, or ``""`` if it is not known.

    >>> corrected_origin("localhost:3000"), corrected_origin("https://a.example"), corrected_origin("https://*")
    ('"http://localhost:3000"', '"https://a.example"', '')
    """
    from wsgicors._regex_remedies import compiled
    from wsgicors._suggestions import as_python, member_problem

    if isinstance(member, str) and (member in ("*", NULL, FILE) or split_pattern(member) is not None):
        return _quoted(member)
    problem = member_problem(member)
    if problem is None:
        return compiled(member if isinstance(member, str) else member.pattern)
    return as_python(problem.instead)


def _meant(member: object, allowed: frozenset[str]) -> list[Member]:
    """Return the origins that a member means once it is corrected; an empty list if that is not known."""
    from wsgicors._suggestions import member_problem

    if isinstance(member, OriginPattern):
        member = str(member)  # it can be at fault as a text can
    if member in (NULL, FILE):
        return [cast("Member", member)]
    problem = member_problem(member, allowed)
    if problem is None:
        return [cast("Member", member)]
    texts = re.findall(r'"([^"]+)"', problem.instead) or [problem.instead]
    return [text for text in texts if text == NULL or split_pattern(text) is not None]


def _with_dot(text: str) -> str:
    """Return ``https://*.example.com`` for ``https://*example.com``; ``""`` if that pattern is unsafe too."""
    parts = split_pattern(text.replace("://*", "://*.", 1)) if "://*-" not in text else None
    return str(OriginPattern(*parts)) if parts is not None and parts[3] and not open_suffix(parts[1]) else ""


def _is_async(function: object) -> bool:
    from inspect import iscoroutinefunction

    return iscoroutinefunction(function)
