"""The interface of every browser engine in the tests."""

import itertools
import json
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal, Self, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"
Level: TypeAlias = Literal["debug", "info", "warning", "error"]

ANSWER_SECONDS = 30.0
MARKER = "console read up to here"

# Always resolves to JSON text: every protocol carries the same single value.
_PROGRAM = """(async (...args) => {{ {script}
}})(...{args}).then(
    value => JSON.stringify({{value: value === undefined ? null : value}}),
    error => JSON.stringify({{error: String(error)}}))"""

# The centre of the element; a pointer must hit the element there.
_CENTRE = """
const element = document.querySelector(args[0]);
if (!element) throw new Error(`nothing matches ${args[0]}`);
element.scrollIntoView({block: "center", inline: "center", behavior: "instant"});
const box = element.getBoundingClientRect();
const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
const met = document.elementFromPoint(x, y);
if (!met || !(element.contains(met) || met.closest("label")?.control === element))
    throw new Error(`${args[0]} is hidden or covered`);
return [x, y];
"""

_TEXT = """
const [selector, wanted] = args;
const found = () => {
    const element = document.querySelector(selector);
    const text = element && element.innerText;
    return element && text.includes(wanted) ? {text} : null;
};
return (await new Promise(resolve => {
    const look = () => {
        const result = found();
        if (result) { watcher.disconnect(); resolve(result); }
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document, {subtree: true, childList: true, characterData: true, attributes: true});
    look();
})).text;
"""


class EngineError(Exception):
    """The browser failed to carry out a command, or did not answer in time."""


@dataclass(frozen=True)
class ConsoleMessage:
    """A message on the page's console, logged by the page or by the browser."""

    level: Level
    text: str


class Engine(ABC):
    """A headless browser with one page, running from `start()` to `stop()` or for a `with` block."""

    name: ClassVar[str]

    def __init__(self) -> None:
        self._markers = (f"{MARKER}, {number}" for number in itertools.count(1))
        self._messages: list[ConsoleMessage] = []

    @classmethod
    @abstractmethod
    def missing(cls) -> str | None:
        """What must be installed before this engine can start, if anything."""

    @property
    @abstractmethod
    def version(self) -> str:
        """The version that the running browser reports."""

    @abstractmethod
    def start(self) -> None:
        """Start the browser and open its page."""

    @abstractmethod
    def stop(self) -> None:
        """Close the browser and end all its processes."""

    @abstractmethod
    def visit(self, url: str) -> None:
        """Load a URL in the page and wait for its load event.

        Raises:
            EngineError: nothing answered there, or the load did not end in time.
        """

    @abstractmethod
    def click(self, selector: str) -> None:
        """Click in the middle of the first element that a CSS selector matches, as a person would."""

    @abstractmethod
    def screenshot(self, path: Path, width: int, height: int) -> None:
        """Write a PNG of the page in a window of that many CSS pixels."""

    @abstractmethod
    def _evaluate(self, expression: str) -> str:
        """Evaluate an expression in the page, wait for its promise and return the text it resolves to."""

    @abstractmethod
    def _collect(self, marker: str) -> None:
        """Have the page log the marker, and call `_heard` for each message that was logged before it."""

    def run(self, script: str, *args: JSON) -> JSON:
        """Run the body of an async function, whose parameters are `args`, in the page.

        Returns:
            Its result, by way of JSON; undefined is None.

        Raises:
            EngineError: the script threw, or did not return in time.
        """
        outcome = json.loads(self._evaluate(_PROGRAM.format(script=script, args=json.dumps(args))))
        if "error" in outcome:
            raise EngineError(f"{self.name}: the script threw {outcome['error']}")
        value: JSON = outcome["value"]
        return value

    def console(self) -> list[ConsoleMessage]:
        """The console messages since the last call, including those of the page's frames."""
        self._collect(next(self._markers))
        messages, self._messages = self._messages, []
        return messages

    def text(self, selector: str, containing: str = "") -> str:
        """The visible text of the first element that a CSS selector matches, once it contains a string."""
        return str(self.run(_TEXT, selector, containing))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _heard(self, level: Level, text: str) -> None:
        self._messages.append(ConsoleMessage(level, text))

    def _centre(self, selector: str) -> tuple[float, float]:
        x, y = cast("list[float]", self.run(_CENTRE, selector))
        return x, y
