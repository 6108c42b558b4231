"""Match origins by automata, from their ends, in linear time: nothing backtracks."""

import functools
from collections.abc import Iterable
from typing import Final

from wsgicors._regex_automata import Automaton

REMEMBERED: Final = 2000
"""The most states that a matcher caches."""


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
