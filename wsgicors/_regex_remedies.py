"""Remedies for regular expressions, and patterns that say the same. Runs at start-up only.

A remedy never opens anything: it is proven like any other expression. It still admits the bare domain if the original
did.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from wsgicors._grammar import split_pattern
from wsgicors._regex_language import Language, difference, language
from wsgicors._regex_proof import SUFFIXES, Level, Proof, prove_tree
from wsgicors._regex_syntax import ALPHABET, EMPTY, Chars, Choice, Look, Node, Repeat, Sequence, Unproven, read
from wsgicors._regex_text import written

MOST_EDITS: Final = 24
"""The most trees to try."""

MOST_ORIGINS: Final = 16
"""The most origins to list instead of an expression."""

MOST_WORDS: Final = 2000
"""The most prefixes to look at when listing the members of a language."""


class Form(NamedTuple):
    """What an expression matches, in a form for proxies and remedies.

    Attributes:
        patterns: Patterns that together match what the expression matches; empty if there are none.
        expression: An expression without flags that matches the same serializations, with every class spelled out;
            ``""`` if there are `patterns`. It has to match the whole origin.
    """

    patterns: tuple[str, ...]
    expression: str


def closed_form(proof: Proof) -> Form:
    r"""Return what a proven expression matches. An export writes this, never the expression's own text.

    >>> from wsgicors._regex_proof import prove
    >>> closed_form(prove(re.compile(r"https://(?:.*\.)?example\.com"), SUFFIXES["all"])).patterns
    ('https://example.com', 'https://*.example.com')
    """
    patterns = _patterns(proof)
    return Form(
        tuple(patterns or ()), "" if patterns else written(_trimmed(proof.tree, proof.language.usable()), short=False)
    )


def _trimmed(node: Node, usable: dict[int, frozenset[str]]) -> Node:
    """Return `node` without the characters that occur in no serialization."""
    match node:
        case Chars(number, chars):
            return node._replace(chars=chars & usable.get(number, chars))
        case Sequence(parts):
            return Sequence(tuple(_trimmed(part, usable) for part in parts))
        case Choice(parts):
            return Choice(tuple(_trimmed(part, usable) for part in parts))
        case Repeat(low, high, part):
            return Repeat(low, high, _trimmed(part, usable))
        case _:
            return node


def _patterns(proof: Proof) -> list[str] | None:
    """Return patterns that together match the origins that an expression matches, or None."""
    if proof.language.automaton.looks:
        return None  # the language has more than the expression matches
    words = _members(proof.language)
    if words is not None:
        return [word for word in words if split_pattern(word) is not None]
    if any(end.kind not in ("host", "below") for end in proof.ends):
        return None
    ends = sorted(proof.ends, key=lambda end: (end.name, end.kind == "below", end.scheme))
    for port, port_expression in (("", ""), (":*", r"(?::\d+)?")):
        expression = "|".join(
            rf"{re.escape(end.scheme)}://{_LABELS if end.kind == 'below' else ''}{re.escape(end.name)}{port_expression}"
            for end in ends
        )
        try:
            other = language(expression)
            same = difference(proof.language, other) is None and difference(other, proof.language) is None
        except Unproven:
            return None
        if same:
            texts = (f"{end.scheme}://{'*.' if end.kind == 'below' else ''}{end.name}{port}" for end in ends)
            return [text for text in texts if split_pattern(text) is not None]
    return None


_LABELS: Final = r"(?:[a-z0-9_\-]+\.)+"


def _members(known: Language) -> list[str] | None:
    """Return the members of a small language; None for a large one."""
    found: list[str] = []
    todo = [("", known.start & known.live)]
    for word, places in todo:
        if not known.accepting.isdisjoint(places):
            found.append(word)
        todo += [(word + char, known.step(places, char)) for char in known.chars(places)]
        if len(found) > MOST_ORIGINS or len(todo) > MOST_WORDS:
            return None
    return found


class Remedy(NamedTuple):
    """What to write instead.

    Attributes:
        text: Patterns, quoted if there are several, or an expression; ``""`` if there is no remedy.
        dots: Whether the fault was unescaped dots.
    """

    text: str
    dots: bool


def remedy(regex: re.Pattern[str], reason: Unproven, level: Level) -> Remedy:
    """Return what to write instead of an expression that is not proven."""
    try:
        tree = read(regex)
    except Unproven:
        return Remedy("", dots=False)
    todo = [(tree, reason, True)]
    for faulty, fault, dots in todo:
        for edited, escaped in _edits(faulty, fault.leaf):
            if len(todo) > MOST_EDITS:
                return Remedy("", dots=False)
            try:
                proof = prove_tree(edited, SUFFIXES[level])
            except Unproven as another:
                todo.append((edited, another, dots and escaped))
                continue
            if _keeps_bare(regex, proof):
                return Remedy(text_of(proof), dots and escaped)
    return Remedy("", dots=False)


_DIGIT: Final = r"(?:\\d|\[\\d\]|\[0-9\])"
_NUMBER: Final = rf"{_DIGIT}(?:\*|\+|\{{[0-9,]+\}})\??"
_PORT: Final = re.compile(
    rf"(?: \((?:\?:)? :\?? {_NUMBER} \)\?"  # (:?\d+)?
    rf"  | :\? (?:{_NUMBER} | \((?:\?:)?{_NUMBER}\)\??)"  # :?\d*
    r"   | (?:(?<=localhost)|(?<=0\.1)|(?<=0\\\.1)) :?\??  \(? \.\* \)?"  # localhost.*
    r") \$? $",
    re.VERBOSE,
)
"""What people write for a port at the end of an expression, and what admits more than ports."""


def with_port(pattern: str) -> str:
    r"""Return an expression with a correct port at its end, if it ends in an attempt at one.

    It matches nothing that `pattern` does not match.

    >>> [with_port(text) for text in (r"^http://localhost:?[\d]*?$", r"http://localhost.*", r"https://a\.example:?\d+")]
    ['^http://localhost(:\\d+)?', 'http://localhost(:\\d+)?', 'https://a\\.example:\\d+']
    """

    def port(found: re.Match[str]) -> str:
        text = found[0].removesuffix("$")
        return r"(:\d+)?" if text.endswith(")?") or "*" in text or "{0" in text or "{," in text else r":\d+"

    return _PORT.sub(port, pattern)


def text_of(proof: Proof) -> str:
    """Return the text for settings: patterns if they match the same, otherwise the expression; ``""`` for no origin."""
    patterns = _patterns(proof)
    if patterns is None:
        return compiled(written(proof.tree))
    return patterns[0] if len(patterns) == 1 else ", ".join(f'"{pattern}"' for pattern in patterns)


def compiled(pattern: str) -> str:
    r"""Return the Python that makes an expression.

    >>> print(compiled(r"https://a\.example"))
    re.compile(r"https://a\.example")
    """
    raw = pattern.isprintable() and '"' not in pattern and not pattern.endswith("\\")
    return f're.compile(r"{pattern}")' if raw else f"re.compile({pattern!a})"


def _keeps_bare(regex: re.Pattern[str], proof: Proof) -> bool:
    """Whether the bare domains that `regex` admits are still admitted."""
    bare = (f"{end.scheme}://{end.name}" for end in proof.ends if end.kind == "below")
    return all(proof.matcher.matches(origin) for origin in bare if regex.fullmatch(origin))


def _edits(node: Node, leaf: int) -> Iterator[tuple[Node, bool]]:
    """Yield trees in which the item `leaf` is closed, and whether a dot was escaped for it."""
    for edit in (_escape, _bound, _drop) if leaf else ():
        edited = _edited(node, leaf, edit)
        if edited != node:
            yield edited, edit is not _drop and _has_dot(node, leaf)


def _has_dot(node: Node, leaf: int) -> bool:
    """Whether the item `leaf` is the dot that stands for any character."""
    match node:
        case Chars(number, chars):
            return number == leaf and len(chars) == len(ALPHABET)
        case Sequence(parts) | Choice(parts):
            return any(_has_dot(part, leaf) for part in parts)
        case Repeat(_, _, part) | Look(_, part):
            return _has_dot(part, leaf)
        case _:
            return False


_DOT: Final = Chars(0, frozenset("."))


def _escape(node: Node) -> Node:
    r"""Turn ``.`` into ``\.``."""
    return _DOT if isinstance(node, Chars) and "." in node.chars else node


def _bound(node: Node) -> Node:
    r"""Turn ``.*`` into ``(?:.*\.)?``, and ``.+`` into ``.+\.``."""
    bounded = Sequence((node, _DOT))
    return Repeat(0, 1, bounded) if isinstance(node, Repeat) and not node.low else bounded


def _drop(node: Node) -> Node:
    """Remove ``.*``."""
    return EMPTY if isinstance(node, Repeat) and not node.low else node


def _edited(node: Node, leaf: int, edit: Callable[[Node], Node]) -> Node:
    """Return `node` with the item `leaf`, or its repetition, edited."""
    match node:
        case Chars(number):
            return edit(node) if number == leaf else node
        case Repeat(_, _, Chars(number)) if number == leaf and edit is not _escape:
            return edit(node)
        case Repeat(low, high, part):
            if isinstance(part, Chars) and high != 1:
                return node
            return Repeat(low, high, _edited(part, leaf, edit))
        case Sequence(parts):
            return Sequence(tuple(_edited(part, leaf, edit) for part in parts))
        case Choice(parts):
            return Choice(tuple(_edited(part, leaf, edit) for part in parts))
        case _:
            return node
