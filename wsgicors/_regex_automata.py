"""Syntax trees as automata.

These are textbook automata without memory (Thompson, 1968). The automaton that is proven (`wsgicors._regex_proof`) is
the one that matches requests (`wsgicors._regex_matcher`).
"""

from typing import Final, NamedTuple

from wsgicors._regex_syntax import Anchor, Chars, Choice, Look, Node, Repeat, Sequence, Unproven

MOST_STATES: Final = 10_000
"""The most states of an automaton; an expression that needs more is not proven."""


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
