"""The serializations that an automaton matches: read with the grammar of an origin beside it, and compared."""

import functools
import re
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeVar

from wsgicors._regex_automata import Automaton, Move
from wsgicors._regex_syntax import ALPHABET, Unproven, read
from wsgicors.origins import MAX_SCHEME, WELL_FORMED

T = TypeVar("T")

MOST_STEPS: Final = 100_000
"""The most steps of one proof."""

MOST_SCHEMES: Final = 16
"""The most schemes that an expression can spell out."""

MOST_SCHEME_STARTS: Final = 1 + MOST_SCHEMES * MAX_SCHEME
"""The most texts with which so many schemes can begin; one more begins a scheme that is too long or one too many."""

PREFERRED: Final = "".join(dict.fromkeys("abcdefghijklmnopqrstuvwxyz123456789" + ALPHABET))
"""The alphabet, in the order in which examples use it."""


class _Grammar:
    """The grammar of serializations, read forward. Its states are numbers: 0 is the first, -1 a dead end."""

    def __init__(self) -> None:
        automaton = Automaton(read(re.compile(WELL_FORMED)))
        self._end = automaton.end
        self._jumps = _by_first(automaton.jumps)
        self._moves = _by_first((move.source, move) for move in automaton.moves)
        self._states = [_reachable([0], self._jumps)]
        self._next: dict[tuple[int, str], int] = {}

    def step(self, state: int, char: str) -> int:
        """Return where `char` leads."""
        if (state, char) not in self._next:
            moves = (move for one in self._states[state] for move in self._moves.get(one, ()))
            found = _reachable((move.target for move in moves if char in move.leaf.chars), self._jumps)
            if found and found not in self._states:
                self._states.append(found)
            self._next[state, char] = self._states.index(found) if found else -1
        return self._next[state, char]

    def accepts(self, state: int) -> bool:
        """Whether a serialization can end here."""
        return self._end in self._states[state]


@functools.cache
def _grammar() -> _Grammar:
    return _Grammar()


def _by_first(pairs: "Iterable[tuple[int, T]]") -> "dict[int, list[T]]":
    found: dict[int, list[T]] = {}
    for first, second in pairs:
        found.setdefault(first, []).append(second)
    return found


def _reachable(states: Iterable[int], jumps: dict[int, list[int]]) -> frozenset[int]:
    todo = list(states)
    seen = set(todo)
    while todo:
        for target in jumps.get(todo.pop(), ()):
            if target not in seen:
                seen.add(target)
                todo.append(target)
    return frozenset(seen)


class Place(NamedTuple):
    """A state of an automaton, and how much of a serialization has been read when it is reached.

    Attributes:
        state: The state of the automaton.
        part: ``scheme``, ``/`` and ``//`` after it, ``host``, ``[`` in an address, ``port``.
        grammar: The state of the grammar.
    """

    state: int
    part: str
    grammar: int


def _next_part(part: str, char: str) -> str:
    """Return the part of a serialization that `char` belongs to. The grammar decides whether it is valid there."""
    if part == "scheme":
        return "/" if char == "/" else "scheme"
    if part == "/":
        return "//"
    if part == "[":
        return "host" if char == "]" else "["
    if part == "port" or char == ":":
        return "port"
    return "[" if char == "[" else "host"


class Step(NamedTuple):
    """A move of the automaton within a serialization."""

    source: Place
    chars: frozenset[str]
    target: Place
    move: Move


def _parts(place: Place, chars: Iterable[str]) -> dict[tuple[str, int], set[str]]:
    """Return the `chars` that are valid at `place`, by what they lead to."""
    found: dict[tuple[str, int], set[str]] = {}
    for char in chars:
        grammar = _grammar().step(place.grammar, char)
        if grammar >= 0:
            found.setdefault((_next_part(place.part, char), grammar), set()).add(char)
    return found


class Language:
    """The serializations that an automaton matches, ignoring anchors and look-aheads, which only restrict."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        looks = ((source, target) for source, target, *_ in automaton.looks)
        self._jumps = _by_first([*automaton.jumps, *automaton.anchors[False], *automaton.anchors[True], *looks])
        moves = _by_first((move.source, move) for move in automaton.moves)
        todo = self._closed(Place(0, "scheme", 0))
        self.start = frozenset(todo)
        seen = set(todo)
        steps: list[Step] = []
        while todo:
            place = todo.pop()
            for move in moves.get(place.state, ()):
                for (part, grammar), chars in _parts(place, move.leaf.chars).items():
                    for target in self._closed(Place(move.target, part, grammar)):
                        steps.append(Step(place, frozenset(chars), target, move))
                        if target not in seen:
                            seen.add(target)
                            todo.append(target)
            if len(steps) > MOST_STEPS:
                raise Unproven("is too large to be proven")
        accepts = _grammar().accepts
        self.accepting = {place for place in seen if place.state == automaton.end and accepts(place.grammar)}
        self._keep_live(steps)

    def _keep_live(self, steps: list[Step]) -> None:
        """Drop the steps that lead to no end."""
        back: dict[Place, list[Step]] = {}
        for step in steps:
            back.setdefault(step.target, []).append(step)
        live, todo = set(self.accepting), list(self.accepting)
        while todo:
            for step in back.get(todo.pop(), ()):
                if step.source not in live:
                    live.add(step.source)
                    todo.append(step.source)
        self.live = live
        self.after: dict[Place, list[Step]] = {}
        self.before: dict[Place, list[Step]] = {}
        self._usable: dict[tuple[Place, int], set[str]] = {}
        for step in steps:
            if step.target in live:
                self.after.setdefault(step.source, []).append(step)
                self.before.setdefault(step.target, []).append(step)
                self._usable.setdefault((step.source, step.move.leaf.number), set()).update(step.chars)

    def spells(self, step: Step) -> bool:
        """Whether the item of a step spells out its character: it is not a class with several valid characters."""
        return step.move.leaf.spells(self._usable[step.source, step.move.leaf.number])

    def _closed(self, place: Place) -> list[Place]:
        return [place._replace(state=state) for state in sorted(_reachable([place.state], self._jumps))]

    def step(self, places: Iterable[Place], char: str) -> frozenset[Place]:
        """Return where `char` leads."""
        return frozenset(step.target for place in places for step in self.after.get(place, ()) if char in step.chars)

    def chars(self, places: Iterable[Place]) -> list[str]:
        """Return the characters that lead on, in order."""
        return sorted({char for place in places for step in self.after.get(place, ()) for char in step.chars})

    def usable(self) -> dict[int, frozenset[str]]:
        """Return, for each item by its number, the characters that it contributes to serializations."""
        found: dict[int, set[str]] = {}
        for steps in self.after.values():
            for step in steps:
                found.setdefault(step.move.leaf.number, set()).update(step.chars)
        return {number: frozenset(chars) for number, chars in found.items()}

    def schemes(self) -> dict[str, frozenset[Place]]:
        """Return every scheme, and where its hosts begin.

        Raises:
            Unproven: The list is too long.
        """
        found: dict[str, frozenset[Place]] = {}
        todo = [("", self.start & self.live)]
        for _ in range(MOST_SCHEME_STARTS + 1):
            if not todo:
                return found
            scheme, places = todo.pop()
            # The colon that ends a scheme comes first.
            for char in sorted(self.chars(places), key=":".__eq__):
                behind = self.step(places, char)
                if char == ":":
                    found[scheme] = self.step(self.step(behind, "/"), "/")
                elif len(scheme) < MAX_SCHEME:
                    todo.append((scheme + char, behind))
            if len(found) > MOST_SCHEMES:
                break
        raise Unproven("leaves the scheme open", "regex-scheme", example=self.example())

    def example(self) -> str:
        """Return a short member."""
        return self._path(self.start & self.live, self.accepting) or ""

    def _path(self, start: Iterable[Place], goal: "frozenset[Place] | set[Place]") -> str | None:
        """Return a shortest text that leads from `start` to `goal`, preferring letters."""
        words = dict.fromkeys(sorted(start), "")
        todo = list(words)
        for place in todo:
            if place in goal:
                return words[place]
            for step in self.after.get(place, ()):
                if step.target not in words:
                    words[step.target] = words[place] + min(step.chars, key=PREFERRED.index)
                    todo.append(step.target)
        return None

    def path(self, start: Iterable[Place], goal: Iterable[Place]) -> str:
        """Return a shortest text that leads from `start` to `goal`, or ``""``."""
        return self._path(start, frozenset(goal)) or ""


@functools.lru_cache(maxsize=64)
def language(text: str) -> Language:
    """Return the language of an expression without flags."""
    return Language(Automaton(read(re.compile(text))))


def difference(one: Language, other: Language, within: Language | None = None) -> str | None:
    """Return a shortest member of `one`, and of `within`, that is not in `other`; None if there is none.

    Raises:
        Unproven: The search takes too many steps.
    """
    languages = (one, other, within or one)
    words = {tuple(each.start for each in languages): ""}
    todo = list(words)
    for places in todo:
        outside, lacking, beside = (each.accepting.isdisjoint(at) for each, at in zip(languages, places, strict=True))
        if lacking and not outside and not beside:
            return words[places]
        for char in one.chars(places[0]):
            following = tuple(each.step(at, char) for each, at in zip(languages, places, strict=True))
            if following not in words and following[2]:
                words[following] = words[places] + char
                todo.append(following)
        if len(words) > MOST_STEPS:
            raise Unproven("is too large to be proven")
    return None
