"""Firefox, driven by WebDriver BiDi, which it supports without a separate driver."""

import base64
import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from tests.browsers.engine import MARKER, Engine, EngineError, Level
from tests.browsers.wire import Message, Wire
from tests.servers import process

# Under remote control it sets the preferences that keep it off the network itself.
_PREFERENCES: dict[str, bool | int | str] = {
    "network.proxy.type": 0,
    "browser.region.network.url": "",
    "browser.topsites.contile.enabled": False,
}
_LEVELS: dict[str, Level] = {"debug": "debug", "info": "info", "warn": "warning", "error": "error"}


class Firefox(Engine):
    """Debian's Firefox ESR."""

    name: ClassVar[str] = "firefox"

    def __init__(self) -> None:
        super().__init__()
        self._resources = contextlib.ExitStack()
        self._version = ""
        self._page = ""
        self._marked: list[str] = []

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which("firefox-esr") else "firefox-esr"

    @property
    def version(self) -> str:
        return self._version

    def start(self) -> None:
        with contextlib.ExitStack() as resources:
            profile = resources.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});\n" for k, v in _PREFERENCES.items()]
            Path(profile, "user.js").write_text("".join(lines))
            command = ["firefox-esr", "--headless", "--no-remote", "--remote-debugging-port", "0"]
            program = resources.enter_context(process.started([*command, "--profile", profile], env={"HOME": profile}))
            address = program.wait_for_line(r"WebDriver BiDi listening on (ws://\S+)").group(1)
            self._wire = Wire(f"{address}/session", self._on_event)
            resources.callback(self._wire.close)
            session = self._wire.call("session.new", {"capabilities": {}})
            self._version = session["capabilities"]["browserVersion"]
            self._wire.call("session.subscribe", {"events": ["log.entryAdded"]})
            self._page = self._wire.call("browsingContext.create", {"type": "tab"})["context"]
            self._resources = resources.pop_all()

    def stop(self) -> None:
        self._resources.close()

    def visit(self, url: str) -> None:
        self._call("browsingContext.navigate", {"url": url, "wait": "complete"})

    def click(self, selector: str) -> None:
        x, y = (round(part) for part in self._centre(selector))
        strokes: list[Message] = [
            {"type": "pointerMove", "x": x, "y": y},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        self._call("input.performActions", {"actions": [{"type": "pointer", "id": "mouse", "actions": strokes}]})

    def screenshot(self, path: Path, width: int, height: int) -> None:
        self._call("browsingContext.setViewport", {"viewport": {"width": width, "height": height}})
        try:
            picture = self._call("browsingContext.captureScreenshot")["data"]
        finally:
            self._call("browsingContext.setViewport", {"viewport": None})
        path.write_bytes(base64.b64decode(picture))

    def _call(self, method: str, params: Message | None = None) -> Message:
        return self._wire.call(method, {"context": self._page, **(params or {})})

    def _evaluate(self, expression: str) -> str:
        return str(self._evaluate_in(self._page, expression)["value"])

    def _evaluate_in(self, context: str, expression: str) -> Message:
        target = {"context": context}
        wanted = {"expression": expression, "awaitPromise": True, "target": target}
        answer = self._wire.call("script.evaluate", wanted)
        if answer["type"] == "exception":
            raise EngineError(f"{self.name}: {answer['exceptionDetails']['text']}")
        result: Message = answer["result"]
        return result

    def _collect(self, marker: str) -> None:
        # The page's messages and the browser's are separate streams, and each frame can have its own
        # process: all earlier messages have arrived once both markers have come from every frame.
        frames = [self._wire.call("browsingContext.getTree", {"root": self._page})["contexts"][0]]
        for frame in frames:
            frames.extend(frame["children"] or ())
            self._evaluate_in(frame["context"], f"console.debug('{marker}'); reportError('{marker}'); ''")
        self._wire.wait(lambda: sum(marker in text for text in self._marked) >= 2 * len(frames))
        self._marked.clear()

    def _on_event(self, event: Message) -> None:
        if event["method"] != "log.entryAdded":
            return
        entry = event["params"]
        text = entry["text"] or ""
        if MARKER in text:
            self._marked.append(text)
        else:
            self._heard(_LEVELS[entry["level"]], text)
