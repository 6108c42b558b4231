"""Choose the policy for a path and, in a list of policies, for an origin."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias, cast

from wsgicors._decisions import FORBIDDEN, Ready
from wsgicors._http import VARY_OF_FORBIDDING, vary_line
from wsgicors._origin_sources import is_async_only
from wsgicors.policy import SETTINGS, Policy
from wsgicors.problems import PolicyError, Problem
from wsgicors.verdict import Refusal, Verdict

__all__ = ["Rules"]

Policies: TypeAlias = Policy | Sequence[Policy]
"""One policy, or a list of policies, of which the first that allows the origin answers."""

RuleSet: TypeAlias = Policies | Mapping[str, Policies]
"""What `wsgicors.CORS` accepts: policies for every path, or a mapping from paths to policies."""

NO_RULES: Final[Mapping[str, Policies]] = {}
"""Rules that cover no path, for an adapter that looks up policies itself."""

SETTING: Final = "rules"

_DOT_SEGMENT = re.compile(r"/\.\.?(?:/|$)")
_SEGMENTS_READ_DIFFERENTLY = re.compile(r"//|/\.\.?(?:/|\Z)")
_READ_DIFFERENTLY = re.compile(r"//|/\.\.?(?:/|\Z)|[;\\\x00-\x1f\x7f]|%(?:2[efEF]|5[cC])")
_READINGS: Final = (
    (r"(?s)[\x00-\x1f\x7f].*", ""),  # C strings end at a NUL; "$" in an expression matches before a final line break
    (r";[^/]*", ""),  # parameters of a segment (RFC 3986, 3.3)
    (r"%2[fF]", "/"),  # some servers pass on an encoded slash, and some apps then decode it
    (r"%5[cC]", r"\\"),
    (r"%2[eE]", "."),
    (r"\\", "/"),  # Windows
)
"""The parts of paths that servers and routers read differently, and how they read them."""
_SEGMENT_READINGS: Final = ((r"//+", "/"),)
# Compiled on first use, at start-up.
_NO_PATH: Final = r"[*?#\\<>\x00-\x1f\x7f\ud800-\udfff]|%[0-9A-Fa-f]{2}"
_ORIGIN: Final = ("Origin",)


class PolicyList:
    """Several policies as one: the first that allows the origin answers, and every response varies by Origin."""

    __slots__ = ("_no_origin", "forbids", "policies")

    ready: Final[Mapping[str | None, Ready]] = {}
    """Empty: the policy that allows an origin is looked up each time."""

    def __init__(self, policies: tuple[Policy, ...]) -> None:
        self.policies: tuple[Policy, ...] = policies
        self._no_origin = _varying(policies[-1].actual(None))
        self.forbids: bool = policies[-1].allow_origins != ("*",) and any(policy.forbids for policy in policies)

    def actual(self, origin: str | None) -> Verdict:
        """Return the verdict on an actual request, as `wsgicors.Policy.actual` does."""
        if origin is None:
            return self._no_origin
        refused: list[Verdict] = []
        for policy in self.policies:
            verdict = policy.actual(origin)
            if verdict.allowed:
                return _varying(verdict)
            refused.append(verdict)
        # None allows it: prefer the policy that answers 403.
        return next((verdict for verdict in refused if verdict.status is not None), refused[0])

    def preflight(self, origin: str, method: str, headers: str = "", *, private_network: bool = False) -> Verdict:
        """Return the verdict on a preflight, as `wsgicors.Policy.preflight` does."""
        return _varying(self._chosen(origin).preflight(origin, method, headers, private_network=private_network))

    def nearest(self, verdict: Verdict) -> str:
        """Return the nearest allowed value, as `wsgicors.Policy.nearest` does."""
        return self._chosen(str(verdict.origin)).nearest(verdict)

    def _chosen(self, origin: str) -> Policy:
        return next((policy for policy in self.policies if policy.actual(origin).allowed), self.policies[0])


def _varying(verdict: Verdict) -> Verdict:
    if "Origin" in verdict.vary:
        return verdict
    vary = (*_ORIGIN, *verdict.vary)
    others = tuple(header for header in verdict.all_headers if header[0] != "Vary")
    return verdict._replace(vary=vary, all_headers=others + vary_line(vary))


class AmbiguousPath:
    """Policy for a path that can be read in several ways, which lead to different rules: it refuses every origin.

    It is unknown how the app reads the path, so no rule can answer safely (CVE-2020-25032, CVE-2019-18978).
    """

    __slots__ = ("_status", "_vary", "forbids")

    ready: Final[Mapping[str | None, Ready]] = {}
    """Empty: such paths are rare."""

    def __init__(self, *, forbids: bool) -> None:
        self.forbids: bool = forbids
        self._status = FORBIDDEN if forbids else None
        self._vary = VARY_OF_FORBIDDING if forbids else _ORIGIN

    def actual(self, origin: str | None) -> Verdict:
        """Return a refusal, except for a request without Origin."""
        if origin is None:
            return Verdict(True, None, (), _ORIGIN, vary_line(_ORIGIN))
        return self._refused(origin, self._vary, self._status)

    def preflight(self, origin: str, method: str, headers: str = "", *, private_network: bool = False) -> Verdict:
        """Return a refusal."""
        return self._refused(origin, _ORIGIN, FORBIDDEN)

    def nearest(self, verdict: Verdict) -> str:
        """Return ``""``: nothing is allowed."""
        return ""

    def _refused(self, origin: str, vary: tuple[str, ...], status: int | None) -> Verdict:
        return Verdict(False, Refusal.AMBIGUOUS_PATH, (), vary, vary_line(vary), status, (), origin)


Answerer: TypeAlias = Policy | PolicyList | AmbiguousPath
"""What gives the verdict on a request."""


class Rules:
    """Policies by path. A rule covers its path and all paths below it, by segments, case-sensitively; the longest wins.

    Args:
        rules: Policies for every path, or a mapping from decoded paths to policies.
        literally: Whether the app's router is known to take paths literally, except for dot and empty segments.
        awaits: Whether the middleware awaits sources (`wsgicors.AsyncOriginSource`).

    Raises:
        PolicyError: with every problem of every rule.

    >>> public, private = Policy(allow_origins="*"), Policy(allow_origins=["https://a.example"])
    >>> rules = Rules({"/": public, "/api": private})
    >>> rules.find("/api/users") is private, rules.find("/apiv2") is public, rules.find("/api/../x") is public
    (True, True, False)
    """

    __slots__ = ("_by_path", "_depth", "_literally", "asks_elsewhere", "everywhere", "given")

    given: RuleSet
    everywhere: Answerer | None
    """The policy for every path, if the path does not matter; else None."""
    asks_elsewhere: bool
    """Whether a decision may block: it asks a source of origins, which may query a database."""

    def __init__(self, rules: RuleSet, *, literally: bool = False, awaits: bool = False) -> None:
        self.given = rules
        self._by_path: dict[str, Answerer] = {}
        problems: list[Problem] = []
        if isinstance(rules, Mapping):
            for path, policies in cast("Mapping[object, object]", rules).items():
                if path in SETTINGS:
                    problems.append(Problem("settings-for-policy", SETTING, path))
                elif isinstance(path, str) and _is_path(path):
                    self._by_path[_as_environ(path).removesuffix("/")] = _answerer(path, policies, problems)
                else:
                    problems.append(Problem("rule-path", SETTING, path, _mended_path(path)))
        else:
            self._by_path[""] = _answerer("/", rules, problems)
        if rules is not NO_RULES and not self._by_path and not problems:
            problems.append(Problem("no-rules", SETTING, self.given))
        if not awaits:
            problems += map(_async_problem, async_policies(self._by_path.values()))
        if problems:
            raise PolicyError(problems)
        # A rule with parameters shows that the app's router takes them literally.
        self._literally = literally or any(";" in path for path in self._by_path)
        self._depth = max((path.count("/") for path in self._by_path), default=0)
        policies = [policy for answerer in self._by_path.values() for policy in members_of(answerer)]
        self.asks_elsewhere = not all(isinstance(policy.allow_origins, tuple) for policy in policies)
        self.everywhere = self._by_path[""] if self._by_path.keys() == {""} else None

    def find(self, path: str) -> Answerer | None:
        """Return the policy for ``path`` (an environ's SCRIPT_NAME and PATH_INFO), or None if no rule covers it."""
        return self.everywhere or settled(path, self._covering, literally=self._literally)

    def _covering(self, path: str) -> Answerer | None:
        rules = self._by_path
        found = rules.get("")
        end = 0
        for _ in range(self._depth):
            end = path.find("/", end + 1)
            if end < 0:
                return rules.get(path, found)
            found = rules.get(path[:end], found)
        return found


def settled(path: str, covering: Callable[[str], Answerer | None], *, literally: bool = False) -> Answerer | None:
    """Return what ``covering`` returns for ``path`` if every reading of it agrees; else ``AmbiguousPath``.

    Args:
        path: PATH_INFO of an environ, with or without SCRIPT_NAME in front.
        covering: Returns the policy for a path taken literally.
        literally: Whether the app's router is known to take paths literally, except for dot and empty segments.

    >>> private = Policy(allow_origins=["https://a.example"])
    >>> settled("/api/../x", lambda path: private if path.startswith("/api/") else None)  # doctest: +ELLIPSIS
    <wsgicors.rules.AmbiguousPath object at ...>
    """
    found = covering(path)
    if (_SEGMENTS_READ_DIFFERENTLY if literally else _READ_DIFFERENTLY).search(path):
        for reading in readings(path, literally=literally):
            other = covering(reading)
            if other is not found:
                return AmbiguousPath(forbids=_forbids(found) or _forbids(other))
    return found


def readings(path: str, *, literally: bool = False) -> list[str]:
    """Return the ways in which routers, static file servers and proxies can read a path: literally first.

    The table in docs/understand/paths.md says which of them does what.

    >>> readings("/api;v=1//x")
    ['/api;v=1//x', '/api//x', '/api;v=1/x', '/api/x']
    """
    read = [path]
    for pattern, instead in _SEGMENT_READINGS if literally else (*_READINGS, *_SEGMENT_READINGS):
        read += [re.sub(pattern, instead, text) for text in read]
        read = list(dict.fromkeys(read))
    return list(dict.fromkeys([*read, *map(_without_dot_segments, read)]))


def _without_dot_segments(path: str) -> str:
    """Resolve dot segments; ".." removes an empty segment like any other (RFC 3986, 5.2.4)."""
    kept: list[str] = []
    for segment in path.removeprefix("/").split("/"):
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "/" + "/".join(kept)


def _forbids(answerer: Answerer | None) -> bool:
    return any(policy.refuse == "forbid" for policy in members_of(answerer))


def _answerer(path: str, policies: object, problems: list[Problem]) -> Answerer:
    if isinstance(policies, Policy):
        return policies
    members = _members(policies)
    known = tuple(member for member in members if isinstance(member, Policy))
    if not members:
        problems.append(Problem("no-rules", SETTING, policies))
    elif len(known) < len(members):
        wrong = next(member for member in members if not isinstance(member, Policy))
        facts = {"type": type(wrong).__name__, "wanted": "a Policy, or a list of them, for each path"}
        code = ("wrong-type", "settings-for-policy")[isinstance(wrong, Mapping)]
        problems.append(Problem(code, SETTING, wrong, facts=facts))
    if any(policy.allow_origins == ("*",) for policy in known[:-1]):
        problems.append(Problem("policy-unreachable", SETTING, path))
    return known[0] if len(known) == 1 else PolicyList(known) if known else AmbiguousPath(forbids=True)


def _members(policies: object) -> tuple[object, ...]:
    alone: tuple[object, ...] = (policies,)
    # The first policy of a list answers; a set has a first one too, another in each process.
    if isinstance(policies, Iterable) and not isinstance(policies, (str, bytes, Mapping, AbstractSet)):
        return tuple(cast("Iterable[object]", policies))
    return alone


def _is_path(path: str) -> bool:
    return path == "/" or (
        path.startswith("/")
        and not path.endswith("/")
        and "//" not in path
        and not re.search(_NO_PATH, path)
        and not _DOT_SEGMENT.search(path)
    )


def _mended_path(path: object) -> str:
    """Return the nearest valid path for a rule, or ``""``."""
    if not isinstance(path, str):
        return ""
    from posixpath import normpath
    from urllib.parse import unquote, urlsplit

    bare = unquote(re.split(r"[*?#<]", path.strip(), maxsplit=1)[0])
    mended = normpath("/" + (urlsplit(bare).path if "://" in bare else bare).lstrip("/"))
    return mended if _is_path(mended) else ""


def _as_environ(path: str) -> str:
    """Return a path in PEP 3333's form: its UTF-8 bytes as latin-1 characters."""
    return path.encode().decode("latin-1")


def async_policies(answerers: Iterable[Answerer]) -> list[Policy]:
    """Return the policies with an async source."""
    policies = (one for answerer in answerers for one in members_of(answerer))
    return [policy for policy in policies if is_async_only(policy.allow_origins)]


def members_of(policies: Answerer | Policies | None) -> tuple[Policy, ...]:
    """Return the policies that answer together; none for an ambiguous path or None.

    >>> members_of(Policy(allow_origins="*")), members_of(None)
    ((Policy(allow_origins='*'),), ())
    """
    if isinstance(policies, Policy):
        return (policies,)
    if policies is None or isinstance(policies, AmbiguousPath):
        return ()
    return policies.policies if isinstance(policies, PolicyList) else tuple(policies)


def _async_problem(policy: Policy) -> Problem:
    return Problem("async-source", "allow_origins", type(policy.allow_origins).__name__)
