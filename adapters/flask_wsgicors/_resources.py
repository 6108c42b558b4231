"""flask-cors's resources: paths are read as paths of core rules, all others as regular expressions."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, TypeAlias, cast

from wsgicors import Policy, PolicyError, Problem
from wsgicors.adapting import Answerer, Checks, Policies, Rules, settled

SETTING: Final = "resources"

Key: TypeAlias = str | re.Pattern[str]
"""A parsed resource: a text is the path of a core rule, an expression matches the whole path."""

_EVERYTHING: Final = frozenset({"*", "/*", ".*", "/.*"})
# Characters that make flask-cors read a text as a regular expression.
_META: Final = r"*\\\]\[?$^()"
_GLOB: Final = re.compile(rf"([^{_META}]*?)/?(?<!\.)\*")
_LITERAL: Final = re.compile(rf"[^{_META}]*")
_STRAY_STAR: Final = re.compile(rf"(?:[^{_META}]|(?<!\.)\*)*")

# An escape, a class, a repetition, or anything else.
_PART: Final = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{[^}]*\}|.", re.DOTALL)


class Resources(Mapping[str, Policies]):
    r"""The policies of resources, for an app whose resources are not all plain paths.

    Args:
        by_key: Policies by path, as for `wsgicors.CORS`, and by compiled regular expressions, which match the whole
            path. The key that fixes the most characters of the path wins.

    >>> from wsgicors import Policy
    >>> resources = Resources({"/api": Policy(allow_origins="*"), re.compile(r"/v\d+/.*"): Policy(allow_origins="*")})
    >>> list(resources)
    ['/api', '/v\\d+/.*']
    """

    def __init__(self, by_key: Mapping[Key, Policies]) -> None:
        self.by_key: dict[Key, Policies] = dict(by_key)

    def __getitem__(self, text: str) -> Policies:
        return {shown_key(key): policies for key, policies in self.by_key.items()}[text]

    def __iter__(self) -> Iterator[str]:
        return map(shown_key, self.by_key)

    def __len__(self) -> int:
        return len(self.by_key)


class Paths:
    r"""Finds the policy for a path of the app.

    Args:
        by_key: As in `Resources`.

    Raises:
        PolicyError: with every problem of every path.

    >>> from wsgicors import Policy
    >>> api, images = Policy(allow_origins=["https://a.example"]), Policy(allow_origins="*")
    >>> paths = Paths({"/api": api, re.compile(r"/api/.*\.png"): images})
    >>> paths.find("/api/users") is api, paths.find("/api/a.png") is images, paths.find("/apiv2")
    (True, True, None)
    """

    def __init__(self, by_key: Mapping[Key, Policies]) -> None:
        by_path = {key: policies for key, policies in by_key.items() if isinstance(key, str)}
        self._rules = Rules(by_path, literally=True) if by_path else None
        self.everywhere: Policies | None = by_path["/"] if list(by_key) == ["/"] else None
        """The policy for every path, if the path does not matter; else None."""
        self._keys = [(_matcher(key), key) for key in sorted(by_key, key=_specificity)]
        expressions = len(by_path) < len(by_key)
        self._entries = [(matcher, Rules(by_key[key]).everywhere) for matcher, key in self._keys if expressions]

    def find(self, path: str) -> Answerer | None:
        """Return the policy for the ``PATH_INFO`` of an environ, or None.

        Werkzeug takes everything but slashes and dot segments literally.
        """
        if self._entries:
            return settled(path, self._covering, literally=True)
        return self._rules.find(path) if self._rules is not None else None

    def _covering(self, path: str) -> Answerer | None:
        text = decoded(path)
        for matcher, answerer in self._entries:
            if matcher.fullmatch(text):
                return answerer
        return None

    def key_of(self, path: str) -> Key | None:
        """Return the key that covers a path taken literally, or None."""
        return next((key for matcher, key in self._keys if matcher.fullmatch(path)), None)


def read_resources(value: object, checks: Checks) -> list[tuple[Key | None, object, object]]:
    r"""Return each resource's key (None if invalid), its own options, and the resource as given, in the order given.

    Args:
        value: The value of ``resources``.
        checks: Collects the problems of invalid resources.

    >>> read_resources(["/api/*", "/robots.txt", r"/v\d+/.*"], Checks())  # doctest: +NORMALIZE_WHITESPACE
    [('/api', {}, '/api/*'), (re.compile('/robots\\.txt'), {}, '/robots.txt'),
     (re.compile('/v\\d+/.*', re.DOTALL), {}, '/v\\d+/.*')]
    """
    items: Iterable[tuple[object, object]]
    if isinstance(value, Mapping):
        items = cast("Mapping[object, object]", value).items()
    elif isinstance(value, (str, re.Pattern)):
        items = [(cast("object", value), {})]
    elif isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        items = [(resource, {}) for resource in cast("Iterable[object]", value)]
    else:
        checks.problems.append(_wrong_type(value))
        return []
    read: list[tuple[Key | None, object, object]] = []
    for resource, options in items:
        key = _key(resource)
        if isinstance(key, Problem):
            checks.problems.append(key)
        read.append((None if isinstance(key, Problem) else key, options, resource))
    return read


def _wrong_type(value: object) -> Problem:
    wanted = "paths and regular expressions: one, a list, or a mapping from them to options"
    return Problem("wrong-type", SETTING, value, facts={"type": type(value).__name__, "wanted": wanted})


def _key(resource: object) -> Key | Problem:
    """Return the key of a resource, or its problem."""
    if isinstance(resource, re.Pattern):
        expression = cast("re.Pattern[str]", resource)
        return expression if isinstance(cast("object", expression.pattern), str) else _wrong_type(expression)
    if not isinstance(resource, str):
        return _wrong_type(resource)
    if resource in _EVERYTHING:
        return "/"
    glob = _GLOB.fullmatch(resource)
    if glob is not None:
        return _rule_path(resource, glob[1])
    if _LITERAL.fullmatch(resource):
        if not resource.startswith("/"):
            return Problem("rule-path", SETTING, resource, "/" + resource)
        return re.compile(re.escape(resource))
    if _STRAY_STAR.fullmatch(resource):
        wildcard = re.escape(resource).replace(r"\*", "[^/]+")
        return Problem("resource-star", SETTING, resource, f're.compile(r"{wildcard}")')
    try:
        # The dot also matches line breaks: a path can contain them.
        return re.compile(resource, re.DOTALL)
    except re.error as error:
        return Problem("regex-invalid", SETTING, resource, facts={"reason": str(error)})


def _rule_path(resource: str, path: str) -> Key | Problem:
    """Return `path` if it is valid for a rule of the core, else its problem."""
    try:
        Rules({path: Policy(allow_origins="*")})
    except PolicyError as error:
        [problem] = error.problems
        return Problem("rule-path", SETTING, resource, f"{problem.instead.rstrip('/')}/*" if problem.instead else "")
    return path


def decoded(path: str) -> str:
    r"""Return a path of an environ as text: in PEP 3333 its UTF-8 bytes are latin-1 characters.

    It is not unquoted: the server has done that.

    >>> decoded("/caff\xc3\xa8%2F"), decoded("/caff\xe8")
    ('/caffè%2F', '/caff�')
    """
    return path if path.isascii() else path.encode("latin-1", "replace").decode("utf-8", "replace")


def shown_key(key: Key) -> str:
    """Return a key as text."""
    return key if isinstance(key, str) else key.pattern


def matches(key: Key, path: str) -> bool:
    """Whether a key covers a path taken literally."""
    return _matcher(key).fullmatch(path) is not None


def _matcher(key: Key) -> re.Pattern[str]:
    if isinstance(key, re.Pattern):
        return key
    return re.compile(re.escape(key.removesuffix("/")) + "(?:/.*)?", re.DOTALL)


def _specificity(key: Key) -> tuple[int, bool]:
    """Return the rank of a key: the more characters it fixes the earlier; among equals, a whole path first.

    The length does not count (CVE-2024-6839): an expression can be long and fix little.

    >>> sorted(["/api", "/api/admin", re.compile(r"/api/(?:[a-z]+|[0-9]+)/.*")], key=_specificity)
    ['/api/admin', re.compile('/api/(?:[a-z]+|[0-9]+)/.*'), '/api']
    """
    if isinstance(key, str):
        return -len(key.removesuffix("/")), True
    fixed, depth, exact, before = 0, 0, True, False
    for part in _PART.findall(key.pattern):
        literal = (len(part) == 1 and part not in ".^$|()*+?") or (part[0] == "\\" and not part[1].isalnum())
        if part in ("(", ")"):
            depth += 1 if part == "(" else -1
        elif part == "|" and depth == 0:
            return 0, True
        elif before and (part in "*?" or part.startswith("{0")):
            fixed -= 1
        exact = exact and (literal or part in "^$")
        before = literal and depth == 0
        fixed += before
    return -fixed, not exact


def loosely(resource: object) -> re.Pattern[str] | None:
    """Return the expression that flask-cors compares with the beginning of a path for a resource.

    Return None if it compares the whole path, as this adapter does.
    """
    if isinstance(resource, re.Pattern):
        return cast("re.Pattern[str]", resource)
    text = ".*" if resource == "*" else str(resource)
    return re.compile(text) if re.search(f"[{_META}]", text) else None


def widened(resource: object, paths: Iterable[str]) -> str:
    r"""Return the resource to write for all of `paths`, as Python, or ``""``.

    >>> widened("^/api/*", ["/api/x"]), widened("/(a|b)*", ["/a/x", "/b"]), widened(r"/api/v[12]/*", ["/api/v1/x"])
    ('"/api/*"', 'r"/(a|b)(?:/.*)?"', 'r"/api/v[12]/.*"')
    """
    text = cast("re.Pattern[str]", resource).pattern if isinstance(resource, re.Pattern) else str(resource)
    bare = text.lstrip("^").rstrip("$")
    stem = re.sub(r"/?\*$", "", bare)
    for candidate in (bare, f"{stem}/.*", f"{stem}(?:/.*)?", f"{stem}.*"):
        key = _key(candidate)
        if not isinstance(key, Problem) and all(matches(key, path) for path in paths):
            return f'"{candidate}"' if isinstance(key, str) else f'r"{candidate}"'
    return ""
