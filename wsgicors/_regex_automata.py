"""Syntax trees as automata: matching in linear time, and the serializations that an expression matches.

These are textbook automata without memory (Thompson, 1968), so no origin makes them backtrack. The automaton that is
proven (`wsgicors._regex_proof`) is the one that matches requests.
"""

import functools
import re
from collections.abc import Iterable
from typing import Final, NamedTuple, TypeVar

from wsgicors._regex_syntax import ALPHABET, Anchor, Chars, Choice, Look, Node, Repeat, Sequence, Unproven, read
from wsgicors.origins import MAX_SCHEME, WELL_FORMED

T = TypeVar("T")

MOST_STATES: Final = 10_000
"""The most states of an automaton; an expression that needs more is not proven."""

MOST_STEPS: Final = 100_000
"""The most steps of one proof."""

MOST_SCHEMES: Final = 16
"""The most schemes that an expression can spell out."""

MOST_SCHEME_STARTS: Final = 1 + MOST_SCHEMES * MAX_SCHEME
"""The most texts with which so many schemes can begin; one more begins a scheme that is too long or one too many."""

PREFERRED: Final = "".join(dict.fromkeys("abcdefghijklmnopqrstuvwxyz123456789" + ALPHABET))
"""The alphabet, in the order in which examples use it."""

REMEMBERED: Final = 2000
"""The most states that a matcher caches."""


class Move(NamedTuple):
    """A transition from one state to another by a character."""

    source: int
    leaf: Chars
    target: int


class Automaton:
    """The automaton of a tree, from state 0 to state `end`."""

    def __init__(self, node: Node) -> None:
        self.count = 1
        self.moves: list[Move] = []
        self.jumps: list[tuple[int, int]] = []
        self.anchors: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
        self.looks: list[tuple[int, int, int, int, bool]] = []
        """Look-aheads, inner ones first: source and target of the jump, start and end of the pattern, negative."""
        self.end = self._add(node, 0)

    def _state(self) -> int:
        if self.count >= MOST_STATES:
            raise Unproven("is too large to be proven")
        self.count += 1
        return self.count - 1

    def _add(self, node: Node, start: int) -> int:
        """Add the states of `node` from `start` on; return the state after it."""
        match node:
            case Sequence(parts):
                for part in parts:
                    start = self._add(part, start)
                return start
            case Choice(parts):
                end = self._state()
                for part in parts:
                    first = self._state()
                    self.jumps += [(start, first), (self._add(part, first), end)]
                return end
            case Repeat(low, high, part):
                return self._repeat(low, high, part, start)
            case Chars():
                end = self._state()
                self.moves.append(Move(start, node, end))
                return end
            case Anchor(at_end):
                end = self._state()
                self.anchors[at_end].append((start, end))
                return end
            case Look(negative, part):
                first, end = self._state(), self._state()
                self.looks.append((start, end, first, self._add(part, first), negative))
                return end

    def _repeat(self, low: int, high: int | None, part: Node, start: int) -> int:
        for _ in range(low):
            start = self._add(part, start)
        if high is None:
            loop, end = self._state(), self._state()
            self.jumps += [(start, loop), (self._add(part, loop), loop), (loop, end)]
            return end
        end = self._state()
        self.jumps.append((start, end))
        for _ in range(high - low):
            start = self._add(part, start)
            self.jumps.append((start, end))
        return end


class _State:
    """The states that the end of an origin leads back to, precomputed."""

    __slots__ = ("accepts", "before", "dead", "states")

    def __init__(self, states: frozenset[int], *, dead: bool, accepts: bool) -> None:
        self.states = states
        self.dead = dead
        self.accepts = accepts
        self.before: dict[str, _State] = {}


class Matcher:
    """Matches origins by several automata at once, from an origin's end, in one step for each character.

    Steps are computed when first taken, and cached: a hundred expressions cost as much as one.
    """

    def __init__(self, automata: Iterable[Automaton]) -> None:
        self._moves: dict[tuple[int, str], list[int]] = {}
        self._jumps: dict[int, list[int]] = {}
        self._anchors: dict[bool, list[tuple[int, int]]] = {False: [], True: []}
        self._looks: list[tuple[int, int, int, bool]] = []
        self._always: set[int] = set()
        self._starts: set[int] = set()
        ends: set[int] = set()
        base = 0
        for one in automata:
            for source, leaf, target in one.moves:
                for char in leaf.chars:
                    self._moves.setdefault((base + target, char), []).append(base + source)
            for source, target in one.jumps:
                self._jumps.setdefault(base + target, []).append(base + source)
            for end, jumps in one.anchors.items():
                self._anchors[end] += [(base + source, base + target) for source, target in jumps]
            for source, target, first, last, negative in one.looks:
                self._looks.append((base + source, base + target, base + first, negative))
                self._always.add(base + last)
            self._starts.add(base)
            ends.add(base + one.end)
            base += one.count
        self._known: dict[frozenset[int], _State] = {}
        self._end = self._ready(self._closed(ends | self._always, at_end=True))

    def matches(self, origin: str) -> bool:
        """Whether an expression matches `origin`, which is not empty, as a whole."""
        state = self._end
        for char in reversed(origin):
            state = state.before.get(char) or self._step(state, char)
            if state.dead:
                return False
        return state.accepts

    def _step(self, state: _State, char: str) -> _State:
        before = {source for target in state.states for source in self._moves.get((target, char), ())}
        found = self._ready(self._closed(before | self._always))
        state.before[char] = found
        return found

    def _ready(self, states: frozenset[int]) -> _State:
        known = self._known.get(states)
        if known is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
                self._end = _State(self._end.states, dead=self._end.dead, accepts=self._end.accepts)
            at_start = self._closed(set(states), at_start=True)
            dead = states == self._nothing
            known = self._known[states] = _State(states, dead=dead, accepts=not self._starts.isdisjoint(at_start))
        return known

    @functools.cached_property
    def _nothing(self) -> frozenset[int]:
        return self._closed(set(self._always))

    def _closed(self, states: set[int], *, at_start: bool = False, at_end: bool = False) -> frozenset[int]:
        """Return `states` and all states that lead to them without a character."""
        anchors = [jump for end, here in ((False, at_start), (True, at_end)) if here for jump in self._anchors[end]]
        self._follow(states, anchors)
        # Inner look-aheads come first. A look-ahead never depends on what surrounds it, so whether it holds is known
        # when it is reached; the states that it adds can complete another look-ahead around it.
        for source, target, first, negative in self._looks:
            if (first in states) is not negative:
                anchors.append((source, target))
            self._follow(states, anchors)
        return frozenset(states)

    def _follow(self, states: set[int], jumps: list[tuple[int, int]]) -> None:
        todo = list(states)
        while todo:
            for source in self._jumps.get(todo.pop(), ()):
                if source not in states:
                    states.add(source)
                    todo.append(source)
            if not todo:
                todo = [source for source, target in jumps if target in states and source not in states]
                states.update(todo)


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
