r"""Turn a pasted text into one line, without the marks that terminals, mails, forums and JSON put into it.

>>> plain('> The \x1b[31mCORS-\n> header \u2018Vary\u2019 **is**\n> missing')
"the cors-header 'vary' is missing"
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from html import unescape
from typing import Final

from wsgicors.doctor.catalogue._readers import METHODS

_COLOURS: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?", re.DOTALL)
_INVISIBLE: Final = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF])
_QUOTES: Final = {
    **dict.fromkeys(map(ord, '‘’‚‛“”„‟«»‹›`´"＇＂'), "'"),
    **dict.fromkeys(map(ord, "「『"), " '"),  # Chinese has no space between a quote and a word in Latin letters
    **dict.fromkeys(map(ord, "」』"), "' "),
}
_CONTROLS: Final = dict.fromkeys([*range(9), *range(14, 28), *range(127, 133), *range(134, 160)], " ")
_PLAIN: Final = {**_INVISIBLE, **_QUOTES, **_CONTROLS}
_ASCII_LOWER: Final = {upper: upper + 32 for upper in range(ord("A"), ord("Z") + 1)}
_ENTITIES: Final = re.compile(r"&(?:#\d{2,5}|#[xX][0-9a-fA-F]{2,4}|quot|apos|lt|gt|amp|nbsp|[lr][sd]quo);")
_DOUBLED: Final = re.compile(r'""(?=[\w/*])|(?<=[\w/*])""')  # quotes within quotes, in a table with commas
_BOLD: Final = re.compile(r"\*\*")
_CODED: Final = re.compile(r"(?<!\\)\\+(?:u([0-9a-fA-F]{4})|x(2[27]))")  # JSON's and Python's names of a character
_ESCAPES: Final = re.compile(r"(?<!\\)\\+(?=[!-/:-@\[\]-`{-~])")  # Markdown's, and JSON's for each layer
_AUTOLINK: Final = re.compile(r"<(https?://[^\s<>]{1,2000})>")
_PLACEHOLDER: Final = re.compile(r"(?<=://)[<\[{]([A-Za-z][\w .-]{0,60})[>\]}]")
_SPACED: Final = re.compile(r"(?<![^\s(])«\s+([^«»\n]{0,2000}?)\s+»")  # French has blanks within its quotes
_LINKED: Final = re.compile(r"\[([^\[\]\n]{1,2000})\]\((?=[^\s()]*(?:://|%20))[^\s()]{1,4000}\)")
"""A text that became a link."""
_NEW_LINE: Final = re.compile(r"(?<!\\)\\+n(?![a-z])")  # JSON's; a path such as C:\node has a letter behind it
_CITED_WITHIN: Final = re.compile(r" >(?=[a-z])")  # the same where a mail's lines were joined
_BROKEN: Final = re.compile(r"(?<=[A-Za-z]-) (?=(?i:control|allow|expose|request|origin|method|header|credential))")
_IN_JSON: Final = re.compile(r"(?<=[a-z]':) (?=')|(?<=\{) (?=')|(?<=') (?=\})")  # a body printed for people
_GOES_ON: Final = re.compile(r"-[^\W\d_]|\{'|'\}")
_CITED: Final = " >|*#/"  # the beginning of a line pasted from a mail, a table or a comment


class FlatText:
    """A text without line breaks, colors and kinds of quotes: pasted messages are wrapped anywhere."""

    __slots__ = ("lines", "lower", "numbers", "starts", "text")

    def __init__(self, text: str) -> None:
        bare = _unglued(_without_marks(_COLOURS.sub("", text)))
        clean = bare.translate(_PLAIN)
        self.lines: list[str] = []
        self.numbers: list[int] = []
        self.starts: list[int] = []
        parts: list[str] = []
        at = 0
        for number, raw in _numbered(clean):
            line = _BROKEN.sub("", _CITED_WITHIN.sub(" ", " ".join(raw.split()).lstrip(_CITED)))
            line = _IN_JSON.sub("", line)
            if not line:
                continue
            # Not within a word that was broken at its hyphen, and not at the braces of a body.
            if parts and not _GOES_ON.fullmatch(parts[-1][-1] + line[0]):
                parts.append(" ")
                at += 1
            self.lines.append(line)
            self.numbers.append(number)
            self.starts.append(at)
            parts.append(line)
            at += len(line)
        self.text = "".join(parts)
        self.lower = lower_ascii(self.text)

    def line(self, at: int) -> int:
        """Return the index of the line with the character at `at`."""
        return bisect_right(self.starts, at) - 1

    def line_start(self, at: int) -> int:
        """Return where the line with the character at `at` begins."""
        return self.starts[self.line(at)]

    def line_end(self, at: int) -> int:
        """Return where the line with the character before `at` ends."""
        after = bisect_right(self.starts, at - 1)
        return self.starts[after] if after < len(self.starts) else len(self.text)


def plain(text: str) -> str:
    """Return `text` in one line and in lower case, with one kind of quotes and without marks of colors and forums."""
    return FlatText(text).lower


def in_one_line(text: str) -> str:
    """Return `text` like `plain`, in its own case."""
    return FlatText(text).text


def lines(text: str) -> list[str]:
    """Return the lines of `text`, each like `in_one_line`."""
    return FlatText(text).lines


def _without_marks(text: str) -> str:
    """Return `text` without the marks of HTML, Markdown and JSON that were put into what was pasted."""
    decoded = _CODED.sub(_named, _ENTITIES.sub(_decoded, text))
    bare = _BOLD.sub("", _ESCAPES.sub("", _DOUBLED.sub("'", decoded)))
    linked = _AUTOLINK.sub(r"\1", _LINKED.sub(r"\1", bare))
    return _SPACED.sub(r"'\1'", _PLACEHOLDER.sub(_joined, linked))


def _numbered(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines of `text` with their numbers; those of a text within JSON have that of the whole."""
    for number, line in enumerate(text.split("\n"), 1):
        for part in _NEW_LINE.split(line):
            yield number, part


def _unglued(text: str) -> str:
    """Return `text` with the blanks that a copy of Firefox's console lacks, as in ``XHRGEThttps://a.example/``."""
    for method in METHODS:
        text = text.replace(f"XHR{method}", f"XHR {method}").replace(f"{method}http", f"{method} http")
    return text


def _decoded(entity: re.Match[str]) -> str:
    return unescape(entity[0]).strip() or " "


def _joined(placeholder: re.Match[str]) -> str:
    """Return what stands for a host, ``https://<your server>/``, as one: a URL has no blanks and brackets."""
    return "-".join(placeholder[1].split())


def _named(code: re.Match[str]) -> str:
    character = chr(int(code[1] or code[2], 16))
    return character if character.isprintable() else " "


def lower_ascii(text: str) -> str:
    """Return `text` with ASCII letters in lower case; `str.lower` would lengthen letters such as İ."""
    return text.translate(_ASCII_LOWER)
