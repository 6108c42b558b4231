"""WebKitGTK's MiniBrowser on a display of its own, driven by the Web Inspector's protocol.

WebKit's WebDriver does not report the console. The inspector does, but has no pointer: the display has one.
"""

import base64
import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import ClassVar, cast

from tests.browsers.engine import MARKER, Engine, EngineError, Level
from tests.browsers.wire import Message, Wire
from tests.servers import process
from tests.servers.exchange import ask
from tests.servers.ports import ADDRESS, free_port

# With buttons this small, the window can be as narrow as a telephone.
_STYLES = "* { min-width: 0; min-height: 0; padding: 0; margin: 0; font-size: 1px; }"
_READY = f"{MARKER}, the first page"
_RESIZED = """
const [width, height] = args;
const isDone = () => innerWidth === width && innerHeight === height;
if (!isDone()) await new Promise(resolve => {
    const look = () => { if (isDone()) { removeEventListener("resize", look); resolve(); } };
    addEventListener("resize", look);
});
"""
_LEVELS: dict[str, Level] = {
    "log": "info",
    "info": "info",
    "debug": "debug",
    "warning": "warning",
    "error": "error",
}


class _InspectorWire(Wire):
    """The inspector's messages to and from a target (a page in one process) travel inside others."""

    def _post(self, message: Message) -> None:
        target = message.pop("target", None)
        if target is not None:
            inside = {"targetId": target, "message": json.dumps(message)}
            message = {"id": -message["id"], "method": "Target.sendMessageToTarget", "params": inside}
        super()._post(message)

    def _receive(self, seconds: float) -> Message:
        message = super()._receive(seconds)
        if message.get("method") == "Target.dispatchMessageFromTarget":
            params = message["params"]
            message = {**json.loads(params["message"]), "target": params["targetId"]}
        return message


class WebKit(Engine):
    """Debian's WebKitGTK. When its site changes, a page moves to another process, which is a new target."""

    name: ClassVar[str] = "webkit"

    def __init__(self) -> None:
        super().__init__()
        self._resources = contextlib.ExitStack()
        self._version = ""
        self._display = ""
        self._page = ""
        self._navigated: dict[str, str] = {}
        self._loaded: set[str] = set()
        self._marked: set[str] = set()

    @classmethod
    def missing(cls) -> str | None:
        programs = {"Xvfb": "xvfb", "xdotool": "xdotool"}
        absent = [package for program, package in programs.items() if not shutil.which(program)]
        if _minibrowser() is None:
            absent.append("libwebkit2gtk-4.1-0")
        return " ".join(absent) or None

    @property
    def version(self) -> str:
        return self._version

    def start(self) -> None:
        with contextlib.ExitStack() as resources:
            home = resources.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            screen = ["Xvfb", "-displayfd", "1", "-screen", "0", "2560x2560x24", "-nolisten", "tcp"]
            display = resources.enter_context(process.started(screen))
            self._display = ":" + display.wait_for_line(r"^(\d+)$").group(1)
            told = subprocess.check_output([_minibrowser() or "", "--version"], env=self._environment, text=True)
            self._version = told.split()[-1]
            port = free_port()
            command, environment = _command(Path(home), port)
            program = resources.enter_context(process.started(command, env={**self._environment, **environment}))
            self._wire = _InspectorWire(_inspector_of_page(port, program), self._on_event)
            resources.callback(self._wire.close)
            # A new target waits until its console is listened to.
            self._wire.call("Target.setPauseOnStart", {"pauseOnStart": True})
            # After the first page, a blank page means a failed load.
            self._wire.wait(lambda: _READY in self._marked)
            self._resources = resources.pop_all()

    def stop(self) -> None:
        self._resources.close()

    def visit(self, url: str) -> None:
        self._navigated.clear()
        self._loaded.clear()
        self._call("Page.navigate", {"url": url})
        self._wire.wait(lambda: self._page in self._loaded)
        if self._navigated[self._page] == "about:blank":
            raise EngineError(f"{url}: {self.run('return document.body.innerText')}")

    def click(self, selector: str) -> None:
        x, y = self._centre(selector)
        bars = self._bars()
        clicked = self._begin("new Promise(r => addEventListener('click', () => r(''), {capture: true, once: true}))")
        self._xdotool("mousemove", str(round(x)), str(round(y + bars)), "click", "1")
        self._end(clicked)

    def screenshot(self, path: Path, width: int, height: int) -> None:
        size = cast("list[int]", self.run("return [innerWidth, innerHeight]"))
        self._resize(width, height)
        try:
            rectangle = {"x": 0, "y": 0, "width": width, "height": height, "coordinateSystem": "Viewport"}
            picture = self._call("Page.snapshotRect", rectangle)["dataURL"]
        finally:
            self._resize(*size)
        path.write_bytes(base64.b64decode(picture.partition(",")[2]))

    def _resize(self, width: int, height: int) -> None:
        size = str(width), str(height + self._bars())
        self._xdotool("search", "--onlyvisible", "--class", "minibrowser", "windowsize", *size)
        self.run(_RESIZED, width, height)

    def _bars(self) -> int:
        """The height of the window's bars, all of which are above the page."""
        return cast("int", self.run("return outerHeight - innerHeight"))

    def _xdotool(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._environment, check=True)

    @property
    def _environment(self) -> dict[str, str]:
        return {**os.environ, "DISPLAY": self._display}

    def _call(self, method: str, params: Message | None = None) -> Message:
        return self._wire.call(method, params, target=self._page)

    def _evaluate(self, expression: str) -> str:
        return self._end(self._begin(expression))

    def _begin(self, expression: str) -> str:
        """Evaluate an expression in the page, and return the name of the promise that is its value."""
        answer = self._call("Runtime.evaluate", {"expression": expression})
        if answer["wasThrown"]:
            raise EngineError(f"{self.name}: {answer['result']['description']}")
        return str(answer["result"]["objectId"])

    def _end(self, promise: str) -> str:
        """The text to which a promise resolves."""
        answer = self._call("Runtime.awaitPromise", {"promiseObjectId": promise, "returnByValue": True})
        return str(answer["result"]["value"])

    def _collect(self, marker: str) -> None:
        self._call("Runtime.evaluate", {"expression": f"console.debug('{marker}')"})
        self._wire.wait(lambda: marker in self._marked)
        self._marked.clear()

    def _on_event(self, event: Message) -> None:
        params, target = event["params"], event.get("target", "")
        match event["method"]:
            case "Target.targetCreated":
                self._listen(params["targetInfo"])
            case "Target.didCommitProvisionalTarget":
                self._page = params["newTargetId"]
            case "Page.frameNavigated" if "parentId" not in params["frame"]:
                self._navigated[target] = params["frame"]["url"]
                self._loaded.discard(target)
            case "Page.loadEventFired" if target in self._navigated:
                self._loaded.add(target)
            case "Console.messageAdded":
                self._on_message(params["message"])
            case "Console.messageRepeatCountUpdated":
                self._messages.append(self._messages[-1])
            case _:
                pass

    def _on_message(self, message: Message) -> None:
        words = [str(part.get("value", part.get("description", ""))) for part in message.get("parameters", ())]
        text = " ".join(words) or message["text"]
        if text.startswith(MARKER):
            self._marked.add(text)
        else:
            self._heard(_LEVELS[message["level"]], text)

    def _listen(self, info: Message) -> None:
        target = info["targetId"]
        if not info.get("isProvisional"):
            self._page = target
        for domain in ("Page", "Runtime", "Console"):
            self._wire.send(f"{domain}.enable", target=target)
        if info.get("isPaused"):
            self._wire.send("Target.resume", {"targetId": target})


def _minibrowser() -> Path | None:
    """The program, in a folder named after the machine's architecture."""
    return next(iter(sorted(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser"))), None)


def _command(home: Path, inspector_port: int) -> tuple[list[str], dict[str, str]]:
    """The command that opens the first page, and its environment; both need files in the home folder."""
    first = home / "first.html"
    first.write_text(f"<!doctype html><script>console.debug('{_READY}')</script>")
    styles = home / "gtk-3.0" / "gtk.css"
    styles.parent.mkdir()
    styles.write_text(_STYLES)
    environment = {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GSETTINGS_BACKEND": "memory",
        "NO_AT_BRIDGE": "1",
        "WEBKIT_INSPECTOR_HTTP_SERVER": f"{ADDRESS}:{inspector_port}",
    }
    return [str(_minibrowser()), "--private", "--enable-developer-extras=true", first.as_uri()], environment


def _inspector_of_page(port: int, program: process.Program) -> str:
    """The websocket of the only page; the inspector's own page links to it once it exists."""
    deadline = time.monotonic() + process.START_SECONDS
    while program.is_running and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            link = re.search(rb"/socket/\d+/\d+/WebPage", ask(port, "GET", "/").body)
            if link:
                return f"ws://{ADDRESS}:{port}{link.group().decode()}"
        time.sleep(0.02)
    raise program.not_started("offered no page to its inspector")
