"""Prove that a regular expression admits only origins whose registrable domain it spells out.

Hosts are read from their ends: labels back to the registrable domain, then the boundary in front of it. Anything
further in front does not matter: it belongs to the domain's owner. Look-aheads and anchors only restrict, so the proof
can ignore them; the matcher applies them.
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Literal, NamedTuple, TypeAlias

from wsgicors._regex_automata import Automaton
from wsgicors._regex_language import MOST_STEPS, PREFERRED, Language, Place, Step, difference, language
from wsgicors._regex_matcher import Matcher
from wsgicors._regex_syntax import Node, Unproven, read
from wsgicors._regex_text import NEVER
from wsgicors._suffixes import open_suffix
from wsgicors.origins import (
    DEFAULT_PORTS,
    DIGITS,
    MAX_HOST,
    OPAQUE_SCHEMES,
    PAGELESS_SCHEMES,
    is_ip,
    is_loopback,
    is_serialization,
)

MOST_NAMES: Final = 1000
"""The most names that an expression can spell out."""

DOT: Final = frozenset(".")
NUMERIC: Final = frozenset(DIGITS + ".")


class End(NamedTuple):
    """Origins that an expression admits: of a scheme, whose host is, or ends in, a name that the expression spells out.

    Attributes:
        scheme: Such as ``https``.
        kind: ``host`` (that host alone), ``below`` (names below it), ``range`` (addresses of a private range),
            ``loopback`` (addresses of 127.0.0.0/8), ``any`` (any host of a scheme of its own).
        name: The host, or what it ends in; ``""`` for the other kinds.
    """

    scheme: str
    kind: str
    name: str = ""

    @property
    def key(self) -> str:
        """The key under which the expression is looked up: a name, ``scheme:``, or ``""`` for addresses."""
        return self.name if self.scheme in DEFAULT_PORTS else f"{self.scheme}:"

    @property
    def loopback(self) -> bool:
        """Whether the hosts are the machine itself."""
        return self.kind == "loopback" or (bool(self.name) and is_loopback(self.name))


# RFC 1918, 3, and RFC 1122, 3.2.1.3 (g).
_OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
LOOPBACK: Final = rf"127(?:\.{_OCTET}){{3}}"
PRIVATE: Final = rf"10(?:\.{_OCTET}){{3}}|172\.(?:1[6-9]|2\d|3[01])(?:\.{_OCTET}){{2}}|192\.168(?:\.{_OCTET}){{2}}"
ADDRESS: Final = rf"{_OCTET}(?:\.{_OCTET}){{3}}"


def _hosts(scheme: str, hosts: str) -> Language:
    return language(rf"{re.escape(scheme)}://(?:{hosts})(?::\d+)?")


class Proof:
    """The proof of an expression.

    Attributes:
        ends: What the expression admits.
        tree: The syntax tree.
        language: Its serializations, and more if it has look-aheads.
        matcher: Matches exactly its serializations.
    """

    def __init__(self, ends: tuple[End, ...], tree: Node, language: Language, matcher: Matcher) -> None:
        self.ends = ends
        self.tree = tree
        self.language = language
        self.matcher = matcher


Level: TypeAlias = Literal["all", "icann", "none"]
"""The public suffixes under which an expression must not leave names open: all, the ICANN section, or none."""

SUFFIXES: Final[Mapping[Level, Callable[[str], str]]] = {
    "all": open_suffix,
    "icann": functools.partial(open_suffix, icann_only=True),
    "none": lambda _: "",
}


@functools.lru_cache(maxsize=1024)
def examined(regex: re.Pattern[str], level: Level) -> "Proof | Unproven":
    """Return the proof of `regex`, or the reason why there is none."""
    try:
        return prove(regex, SUFFIXES[level])
    except Unproven as reason:
        return reason.with_traceback(None)


OpenSuffix: TypeAlias = Callable[[str], str]
"""Returns a public suffix under which others can register subdomains of a name, or ``""``."""


def prove(regex: re.Pattern[str], open_suffix: OpenSuffix) -> Proof:
    """Prove that every origin that `regex` matches has a registrable domain, or another safe host, that it spells out.

    Args:
        regex: It has to match the whole origin.
        open_suffix: `wsgicors._suffixes.open_suffix`, or a function that lets more through.

    Raises:
        Unproven: with an origin that nobody meant to admit.
    """
    return prove_tree(read(regex), open_suffix)


def prove_tree(tree: Node, open_suffix: OpenSuffix) -> Proof:
    """Prove the same as `prove` for a syntax tree."""
    try:
        automaton = Automaton(tree)
    except RecursionError:
        raise Unproven("is nested too deeply to be read") from None
    known = Language(automaton)
    matcher = Matcher([automaton])
    if not known.live:
        raise Unproven("matches no origin that a browser sends", "regex-no-origin")
    ends: dict[End, None] = {}
    for scheme, begin in known.schemes().items():
        if scheme not in OPAQUE_SCHEMES | PAGELESS_SCHEMES:
            hosts = _Hosts(known, matcher, scheme, begin, open_suffix)
            ends.update(dict.fromkeys(hosts.ends()))
    if not ends:
        raise Unproven("matches no origin that a browser sends", "regex-no-origin")
    return Proof(tuple(ends), tree, known, matcher)


class _Place(NamedTuple):
    """A place that a walk along hosts, from their ends, has reached.

    Attributes:
        places: The places from which `text` leads to the end of a host.
        text: The text spelled out there; None for digits that are not spelled out, and begin no name.
        closed: The longest name in front of which anything is safe; None if there is none yet.
    """

    places: frozenset[Place]
    text: str | None
    closed: End | None


class _Hosts:
    """The hosts of one scheme, read from their ends: labels back to the registrable domain, then its boundary."""

    def __init__(
        self, known: Language, matcher: Matcher, scheme: str, begin: frozenset[Place], open_suffix: OpenSuffix
    ) -> None:
        self._known = known
        self._matcher = matcher
        self._scheme = scheme
        self._begin = begin
        self._open_suffix = open_suffix
        self._special = scheme in DEFAULT_PORTS
        self._has_numbers = False
        self._numbered: frozenset[Place] = frozenset()
        reached, todo = set(begin), list(begin)
        while todo:
            for step in known.after.get(todo.pop(), ()):
                if step.target not in reached and step.target.part in ("host", "["):
                    reached.add(step.target)
                    todo.append(step.target)
        self._reached = reached

    def ends(self) -> list[End]:
        """Return what the expression admits.

        Raises:
            Unproven: A host can belong to anybody.
        """
        try:
            found = self._spelled(longest=True)
            if len(found) > MOST_NAMES:
                found = self._spelled(longest=False)
        except Unproven:
            if self._special:
                raise
            return [End(self._scheme, "any")]
        if len(found) > MOST_NAMES:
            raise Unproven(f"spells out more than {MOST_NAMES} names")
        return [*found, *self._addresses(found)]

    def _spelled(self, *, longest: bool) -> dict[End, None]:
        """Return the hosts, and the names in which hosts end: the longest spelled out, or the shortest that suffice."""
        found: dict[End, None] = {}
        self._numbered = frozenset()
        last = frozenset(place for place in self._reached if place.part == "host" and self._may_end(place))
        todo = [_Place(last, "", None)]
        for _ in range(MOST_STEPS):
            if not todo or len(found) > MOST_NAMES:
                return found
            here = todo.pop()
            if here.closed is not None and not longest:
                found[here.closed] = None
                continue
            if (
                not self._begin.isdisjoint(here.places)
                and here.text
                and is_serialization(f"{self._scheme}://{here.text}")
            ):
                found[End(self._scheme, "host", here.text)] = None
            todo += self._before(here, found)
        raise Unproven("is too large to be proven")

    def _may_end(self, place: Place) -> bool:
        return place in self._known.accepting or any(
            step.target.part == "port" for step in self._known.after.get(place, ())
        )

    def _before(self, here: _Place, found: dict[End, None]) -> Iterator[_Place]:
        """Yield the places one character further in front."""
        spelled: dict[str, set[Place]] = {}
        others: list[Step] = []
        closed = self._closed(here.text or "")
        for place in sorted(here.places):
            for step in self._known.before.get(place, ()):
                if step.source not in self._reached:
                    continue
                if here.text is not None and (self._known.spells(step) or (step.chars == DOT and closed is not None)):
                    for char in sorted(step.chars):
                        spelled.setdefault(char, set()).add(step.source)
                else:
                    others.append(step)
        if others:
            if here.closed is not None:
                found[here.closed] = None
                return
            if self._special and _is_number(here.text):
                yield from self._numbers(here, others)
            else:
                raise self._open(here.text or "", others[0])
        for char, places in spelled.items():
            text = f"{char}{here.text}"
            if len(text) <= MAX_HOST:  # longer hosts are not serializations
                yield _Place(frozenset(places), text, (closed if char == "." else None) or here.closed)

    def _numbers(self, here: _Place, steps: list[Step]) -> Iterator[_Place]:
        """Yield where digits that are not spelled out lead. A host whose last label is a number is an address."""
        self._has_numbers = True
        if "." in (here.text or "").removesuffix("."):
            return  # the last label is complete
        for step in steps:
            if not step.chars <= NUMERIC:
                raise self._open(here.text or "", step)
        numbers = frozenset(step.source for step in steps if here.text == "" or not step.chars <= DOT)
        if numbers - self._numbered:
            self._numbered |= numbers
            yield _Place(numbers, None, None)

    def _closed(self, name: str) -> End | None:
        """Return the names below `name` if all of them belong to the owner of `name`."""
        if not self._special or not name.removesuffix(".") or is_ip(name) or self._open_suffix(name):
            return None
        return End(self._scheme, "below", name)

    def _addresses(self, found: Iterable[End]) -> list[End]:
        """Return the ranges of addresses that are not spelled out.

        Raises:
            Unproven: They are in no private range.
        """
        if not self._has_numbers:
            return []
        spelled = (re.escape(end.name) for end in found if end.kind == "host" and is_ip(end.name))
        hosts = "|".join([NEVER, *spelled])
        within = _hosts(self._scheme, ADDRESS)
        if difference(self._known, _hosts(self._scheme, hosts), within) is None:
            return []
        if difference(self._known, _hosts(self._scheme, f"{hosts}|{LOOPBACK}"), within) is None:
            return [End(self._scheme, "loopback")]
        stranger = difference(self._known, _hosts(self._scheme, f"{hosts}|{LOOPBACK}|{PRIVATE}"), within)
        if stranger is None:
            return [End(self._scheme, "range")]
        raise Unproven(
            "admits addresses that it does not spell out, and that lie in no private range", example=stranger
        )

    def _open(self, text: str, step: Step) -> Unproven:
        """Return why a host can belong to anybody: what is in front of `text` is not spelled out."""
        suffix = ""
        if text.startswith("."):
            suffix = self._open_suffix(text[1:])
        before = self._known.path(self._begin, [step.source])
        behind = self._known.path([step.target], self._known.accepting)
        example = next(filter(self._admits, self._strangers(before, text, behind, step)), "")
        what = f"in front of {text!r}" if text else "at the end of the host"
        return Unproven(
            f"does not spell out what stands {what}",
            "public-suffix" if suffix else "regex-unproven",
            suffix=suffix,
            leaf=step.move.leaf.number,
            example=example,
        )

    def _strangers(self, before: str, text: str, behind: str, step: Step) -> Iterator[str]:
        """Yield candidates for an origin that nobody meant to admit."""
        one = min(step.chars, key=PREFERRED.index)
        names = (".evil.net", "evil", "stranger", "-evil", "x", "1", "[2001:db8::1", one)
        for port in ("", ":8443", ":1"):
            for front in ("", before):
                yield from (f"{self._scheme}://{front}{name}{text}{port}" for name in names)
        yield f"{self._scheme}://{before}{one}{behind}"

    def _admits(self, origin: str) -> bool:
        return is_serialization(origin) and self._matcher.matches(origin)


def _is_number(text: str | None) -> bool:
    """Whether the last label of a host that ends in `text` can be a number."""
    label = (text or "").removesuffix(".").rpartition(".")[2]
    return label.isdigit() or not label or is_ip(label)
