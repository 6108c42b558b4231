"""A message leads to the same cause however it was written down: by a forum, a tool, a log, or in JSON."""

import html
import json
import re
from collections.abc import Callable

import pytest

from tests.doctor.element_cases import ELEMENTS
from tests.doctor.net_errors import CASES as NET
from tests.doctor.server_cases import SENTENCES
from tests.doctor.wording_cases import ALL
from wsgicors.doctor import why

URL = re.compile(r"https?://[^\s'’\",)]+")
QUOTED = re.compile(r"(?<!\w)['‘]([^'’\n]*)['’](?!\w)")

WAYS: dict[str, Callable[[str], str]] = {
    "a rejected promise": lambda text: f"Uncaught (in promise) Error: {text}",
    "an error of React": lambda text: f"Unhandled Rejection (SecurityError): {text}",
    "Safari's console": lambda text: f"[Error] {text} (app.js, line 3)",
    "Chromium's log": lambda text: f'I/chromium(24780): [INFO:CONSOLE(0)] "{text}", source: http://localhost/ (0)',
    "a place in front": lambda text: f"(index):1 {text}",
    "a place behind": lambda text: f"{text}  main.4f3a.js:1:2345",
    "a time": lambda text: f"2023-01-01T10:31:12.123Z ERROR {text}",
    "a stack": lambda text: f"{text}\n    at createError (createError.js:17)\n    at settle (settle.js:19)",
    "a report": lambda text: f"Hi all,\n\nafter the update my page says\n\n{text}\n\nAny help is welcome!",
    "a question": lambda text: f"I get this error in the console: {text} How can I fix it?",
    "double quotes": lambda text: f'"{text}"',
    "backquotes": lambda text: f"`{text}`",
    "bold": lambda text: f"**{text}**",
    "emphasis": lambda text: f"_{text}_",
    "a citation": lambda text: f"> {text}",
    "an item": lambda text: f"1. {text}",
    "a table": lambda text: f"| Chrome | {text} |",
    "a paragraph": lambda text: f"<p>{text}</p>",
    "entities": html.escape,
    "JSON": lambda text: json.dumps({"message": text}),
    "JSON within JSON": lambda text: json.dumps({"message": json.dumps({"error": text})}),
    "PHP's JSON": lambda text: json.dumps({"message": text}).replace("/", "\\/"),
    "Python's escapes": lambda text: text.replace("'", "\\x27"),
    "a table with commas": lambda text: '1,"' + re.sub('["“”]', '""', text) + '"',
    "Markdown's escapes": lambda text: re.sub(r"([_*\[\]()#.!-])", r"\\\1", text),
    "links": lambda text: URL.sub(r"[\g<0>](\g<0>)", text),
    "links in angle brackets": lambda text: URL.sub(r"<\g<0>>", text),
    "other quotes": lambda text: QUOTED.sub(r"“\1”", text),
    "French quotes": lambda text: QUOTED.sub("«\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}»", text),
    "German quotes": lambda text: QUOTED.sub(r"»\1«", text),
    "blanks that do not break": lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
    "short lines": lambda text: re.sub(r"(.{40,60}) ", r"\1\n", text),
    "dots": lambda text: text.rstrip(".") + "...",
}


def first_of(text: str) -> str:
    return why(text).findings[0].suspects[0].cause.id


@pytest.mark.parametrize("way", WAYS)
def test_a_message_keeps_its_cause(way: str) -> None:
    changed = [
        (case.text, first_of(case.text), first_of(WAYS[way](case.text)))
        for case in (*ALL, *ELEMENTS, *SENTENCES, *NET)
        if WAYS[way](case.text) != case.text
    ]
    assert len(changed) >= 100
    assert [text for text, first, then in changed if first != then] == []


def test_an_escape_is_no_part_of_a_value() -> None:
    text = (
        "The 'Access-Control-Allow-Origin' header has a value 'http://app.example' that is not equal to the supplied "
        "origin."
    )
    for way in ("Markdown's escapes", "links in angle brackets", "PHP's JSON"):
        assert why(WAYS[way](text)).findings[0].facts.value == "http://app.example"
