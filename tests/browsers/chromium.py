"""Chromium, driven by the Chrome DevTools Protocol."""

import base64
import contextlib
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from tests.browsers.engine import JSON, MARKER, Engine, EngineError, Level
from tests.browsers.wire import Message, Wire
from tests.servers import process

_FLAGS = (
    "--headless=new",
    "--no-sandbox",  # otherwise it refuses to start as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--no-default-browser-check",
    "--remote-debugging-port=0",
)
_LEVELS: dict[str, Level] = {
    "verbose": "debug",
    "debug": "debug",
    "info": "info",
    "warning": "warning",
    "error": "error",
    "assert": "error",
}


class Chromium(Engine):
    """Debian's Chromium. Attaches to frames in other processes as they appear."""

    name: ClassVar[str] = "chromium"

    def __init__(self) -> None:
        super().__init__()
        self._resources = contextlib.ExitStack()
        self._page = ""
        self._sessions: set[str] = set()
        self._new: set[str] = set()
        self._told: set[tuple[float, str]] = set()
        self._loaded: set[str] = set()
        self._marked: set[tuple[str, str]] = set()

    @classmethod
    def missing(cls) -> str | None:
        return None if shutil.which("chromium") else "chromium"

    @property
    def version(self) -> str:
        return str(self._wire.call("Browser.getVersion")["product"]).partition("/")[2]

    def start(self) -> None:
        with contextlib.ExitStack() as resources:
            profile = resources.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            command = ["chromium", *_FLAGS, f"--user-data-dir={profile}"]
            program = resources.enter_context(process.started(command, env={"HOME": profile}))
            address = program.wait_for_line(r"DevTools listening on (ws://\S+)").group(1)
            self._wire = Wire(address, self._on_event)
            resources.callback(self._wire.close)
            self._attach()
            self._resources = resources.pop_all()

    def stop(self) -> None:
        self._resources.close()

    def visit(self, url: str) -> None:
        self._loaded.clear()
        answer = self._call("Page.navigate", {"url": url})
        if "errorText" in answer:
            raise EngineError(f"{url}: {answer['errorText']}")
        loader = answer.get("loaderId")
        if loader is not None:  # none is loaded if only the fragment differs
            self._wire.wait(lambda: loader in self._loaded)

    def leave(self, script: str, *args: JSON) -> None:
        """Run a script that goes to another page, and wait until that one has loaded."""
        self._loaded.clear()
        self.run(script, *args)
        self._wire.wait(lambda: bool(self._loaded))

    def click(self, selector: str) -> None:
        x, y = self._centre(selector)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            button: Message = {} if kind == "mouseMoved" else {"button": "left", "clickCount": 1}
            self._call("Input.dispatchMouseEvent", {"type": kind, "x": x, "y": y, **button})

    def screenshot(self, path: Path, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self._call("Emulation.setDeviceMetricsOverride", size)
        try:
            picture = self._call("Page.captureScreenshot", {"format": "png"})["data"]
        finally:
            self._call("Emulation.clearDeviceMetricsOverride")
        path.write_bytes(base64.b64decode(picture))

    def _call(self, method: str, params: Message | None = None) -> Message:
        return self._wire.call(method, params, sessionId=self._page)

    def _attach(self) -> None:
        page = self._wire.call("Target.createTarget", {"url": "about:blank"})["targetId"]
        attached = self._wire.call("Target.attachToTarget", {"targetId": page, "flatten": True})
        self._page = attached["sessionId"]
        self._call("Page.enable")
        self._call("Page.setLifecycleEventsEnabled", {"enabled": True})

    def _evaluate(self, expression: str) -> str:
        wanted = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        answer = self._call("Runtime.evaluate", wanted)
        if "exceptionDetails" in answer:
            raise EngineError(f"{self.name}: {answer['exceptionDetails']['exception']['description']}")
        return str(answer["result"]["value"])

    def _collect(self, marker: str) -> None:
        # Each process has its own ordered stream of messages; the marker comes last on each.
        asked = set(self._sessions)
        for session in asked:
            call = {"expression": f"console.debug('{marker}')"}
            self._wire.send("Runtime.evaluate", call, sessionId=session)
        self._wire.wait(lambda: all((session, marker) in self._marked for session in asked & self._sessions))
        self._marked.clear()

    def _on_event(self, event: Message) -> None:
        params = event["params"]
        match event["method"]:
            case "Target.attachedToTarget":
                self._listen(params["sessionId"])
            case "Target.detachedFromTarget":
                self._sessions.discard(params["sessionId"])
                self._new.discard(params["sessionId"])
            case "Page.lifecycleEvent" if params["name"] == "load":
                self._loaded.add(params["loaderId"])
            case method:
                self._on_message(event.get("sessionId", ""), method, params)

    def _on_message(self, session: str, method: str, params: Message) -> None:
        match method:
            case "Log.entryAdded":
                entry = params["entry"]
                self._tell(session, _LEVELS[entry["level"]], entry["text"], entry["timestamp"])
            case "Runtime.exceptionThrown":
                details = params["exceptionDetails"]
                text = details.get("exception", {}).get("description", details["text"])
                self._tell(session, "error", text, params["timestamp"])
            case "Runtime.consoleAPICalled":
                words = [str(part.get("value", part.get("description", ""))) for part in params["args"]]
                text = " ".join(words)
                if text.startswith(MARKER):
                    self._marked.add((session, text))
                else:
                    self._tell(session, _LEVELS.get(params["type"], "info"), text, params["timestamp"])
            case _:
                pass

    def _tell(self, session: str, level: Level, text: str, timestamp: float) -> None:
        # A new target repeats the messages of other frames in its process, with its own.
        is_told = session in self._new and (timestamp, text) in self._told
        if not is_told:
            self._told.add((timestamp, text))
            self._heard(level, text)

    def _listen(self, session: str) -> None:
        """Listen to a new target, and let it run if it is waiting."""
        self._sessions.add(session)
        self._new.add(session)
        attach = {"autoAttach": True, "waitForDebuggerOnStart": True, "flatten": True}
        self._wire.send("Log.enable", sessionId=session)
        self._wire.send("Runtime.enable", then=lambda _: self._new.discard(session), sessionId=session)
        self._wire.send("Target.setAutoAttach", attach, sessionId=session)
        self._wire.send("Runtime.runIfWaitingForDebugger", sessionId=session)
