"""Record what browsers print for the flows: ``python -m tests.doctor.corpus.meet [ENGINE …]``.

Replaces ``met.json``. Its origins are on the loopback interface, with the same ports in every run.
"""

import contextlib
import json
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.browsers import site
from tests.browsers.engine import Engine
from tests.browsers.engines import ENGINES
from tests.doctor.corpus.flows import Flow, answer_to, flows
from tests.doctor.tls import speaking_tls
from tests.servers import process
from tests.servers.ports import ADDRESS, free_port

MET: Final = Path(__file__).with_name("met.json")

PORTS: Final = {"page": 5173, "own": 9400, "third": 9500, "closed": 9600, "secured": 9700}
"""The recorded ports."""

POLICY: Final = "connect-src 'self'; img-src 'self'; style-src 'self'"
_MATTERING: Final = (
    "origin",
    "access-control-",
    "content-type",
    "sec-fetch-",
    "cookie",
    "x-",
    "authorization",
    "traceparent",
)
_MOST: Final = 12  # messages of one flow: a loop of redirects has more, all alike

_DO: Final = """
const [url, ask] = args;
const headers = Object.fromEntries(ask.headers);
const later = (milliseconds, value = "") => new Promise(resolve => setTimeout(() => resolve(value), milliseconds));
const within = promise => Promise.race([promise, later(3000, "slow")]);
const element = (name, more, parent = document.body) => new Promise(resolve => {
    const made = document.createElement(name);
    made.onload = made.onloadeddata = () => resolve("loaded");
    made.onerror = () => resolve("");
    Object.assign(made, more);
    parent.append(made);
});
const mode = ask.credentials ? "use-credentials" : "anonymous";
const xhr = read => new Promise(resolve => {
    const request = new XMLHttpRequest();
    request.onload = () => { if (read) request.getResponseHeader("X-Total"); resolve("loaded"); };
    request.onerror = () => resolve("");
    request.open(ask.method, url);
    request.withCredentials = ask.credentials;
    for (const [name, value] of ask.headers) request.setRequestHeader(name, value);
    request.send(ask.body);
});
const options = {method: ask.method, headers, credentials: ask.credentials ? "include" : "same-origin",
                 mode: ask.mode, redirect: ask.redirect, ...(ask.body === null ? {} : {body: ask.body})};
const does = {
    fetch: () => fetch(url, options).then(r => r.text()).then(() => "loaded"),
    xhr: () => xhr(false),
    read: () => xhr(true),
    eventsource: () => new Promise(resolve => {
        const source = new EventSource(url, {withCredentials: ask.credentials});
        source.onopen = () => { source.close(); resolve("loaded"); };
        source.onerror = () => { source.close(); resolve(""); };
    }),
    font: () => new FontFace("f", `url(${url})`).load().then(() => "loaded", () => ""),
    module: () => import(url).then(() => "loaded"),
    img: () => element("img", {crossOrigin: mode, src: url}),
    plainimg: () => element("img", {src: url}),
    video: () => element("video", {crossOrigin: mode, src: url}),
    style: () => element("link", {crossOrigin: mode, rel: "stylesheet", href: url}, document.head),
    beacon: async () => { navigator.sendBeacon(url, new Blob(["{}"], {type: "application/json"}));
                          return later(700); },
    worker: () => new Promise(resolve => {
        const code = `fetch(${JSON.stringify(url)}).then(() => postMessage("loaded"), e => postMessage(String(e)))`;
        const worker = new Worker(URL.createObjectURL(new Blob([code], {type: "text/javascript"})));
        worker.onmessage = event => resolve(event.data);
        worker.onerror = () => resolve("");
    }),
    newworker: async () => { new Worker(url); return later(300); },
    socket: () => new Promise(resolve => { new WebSocket(url.replace("http", "ws")).onerror = () => resolve(""); }),
    frame: async () => { element("iframe", {src: url}); return later(700); },
    message: async () => {
        const frame = document.createElement("iframe");
        frame.src = url;
        document.body.append(frame);
        await Promise.race([new Promise(resolve => { frame.onload = resolve; }), later(1000)]);
        frame.contentWindow.postMessage("x", "https://other.example");
        return later(300);
    },
    canvas: async () => {
        await element("img", {src: url});
        const canvas = document.createElement("canvas");
        canvas.getContext("2d").drawImage(document.images[document.images.length - 1], 0, 0);
        canvas.toDataURL();
        return "loaded";
    },
};
let said;
try { said = await within(does[ask.by]()); } catch (error) { said = String(error); }
await later(60);
document.body.replaceChildren();
return said;
"""

_IN_FRAME: Final = """
const frame = document.createElement("iframe");
frame.sandbox = "allow-scripts";
const told = new Promise(resolve => addEventListener("message", event => resolve(event.data), {once: true}));
frame.srcdoc = `<body><script>(async (...args) => {${args[2]}})(...${JSON.stringify(args.slice(0, 2))})` +
    `.then(said => parent.postMessage(said, "*"));</` + `script>`;
document.body.append(frame);
return await told;
"""


class Wire(NamedTuple):
    """One request that arrived, and the response; status 0 for none."""

    site: str
    method: str
    target: str
    sent: list[tuple[str, str]]
    status: int
    received: list[tuple[str, str]]


class Ground:
    """The running servers, and the flow that they answer for."""

    def __init__(self) -> None:
        self.flow: Flow | None = None
        self.places: dict[str, str] = {}
        self.wires: list[Wire] = []

    def answer(self, name: str) -> site.Answer:
        """Return how one of the servers answers."""

        def answer(request: site.Request) -> bytes:
            if name == "page":
                policy = [("Content-Security-Policy", POLICY)] if "policed" in request.target else []
                return site.response(200, [("Content-Type", "text/html"), *policy], site.PAGE)
            if self.flow is None:
                return site.response(404)
            status, lines, body = answer_to(self.flow, request).filled(self.places)
            sent = [line for line in request.fields if line[0].lower().startswith(_MATTERING)]
            self.wires.append(Wire(name, request.method, request.target, sent, status or 0, lines))
            return b"" if status is None else site.response(status, lines, body.encode())

        return answer

    def begin(self, flow: Flow, number: int) -> str:
        """Begin a flow and return its URL, which is unique: browsers cache the responses to preflights."""
        self.flow = flow
        path = f"/t{number}{flow.path}"
        self.wires = []
        page = self.places["page"] if flow.ask.page != "named" else self.places["page"].replace(ADDRESS, "localhost")
        self.places["page"] = page.replace("localhost", ADDRESS) if flow.ask.page != "named" else page
        self.places["path"] = path
        url = flow.ask.url or "{own}" + path
        for name, value in self.places.items():
            url = url.replace("{" + name + "}", value)
        return url


@contextlib.contextmanager
def ground() -> Generator[Ground]:
    """The servers of the flows."""
    made = Ground()
    with (
        tempfile.TemporaryDirectory() as home,
        site.scripted(made.answer("page")) as page,
        site.scripted(made.answer("own")) as own,
        site.scripted(made.answer("third")) as third,
        speaking_tls(Path(home), site.response(200), "-days", "2") as (secured, _),
    ):
        ports = {"page": page.port, "own": own.port, "third": third.port, "closed": free_port(), "secured": secured}
        for name, port in ports.items():
            scheme = "https" if name == "secured" else "http"
            made.places |= {name: f"{scheme}://{ADDRESS}:{port}", f"{name}_host": f"{ADDRESS}:{port}",
                            f"{name}_port": str(port)}  # fmt: skip
        made.places["page_name"] = ADDRESS
        yield made


def fixed(text: str, places: dict[str, str]) -> str:
    """Return the text with ports that are the same in every run."""
    for name, port in PORTS.items():
        text = text.replace(f":{places[name + '_port']}", f":{port}")
    return text


def page_of(flow: Flow, places: dict[str, str]) -> str:
    """Return the URL of the page that asks."""
    return places["page"] + ("/policed" if flow.ask.page == "policed" else "/")


def meet(engine: Engine, made: Ground, flow: Flow, number: int) -> dict[str, Any]:
    """Return what an engine printed for a flow, and the requests and responses."""
    url = made.begin(flow, number)
    engine.visit(page_of(flow, made.places))
    engine.console()
    ask = {**vars(flow.ask), "headers": [list(header) for header in flow.ask.headers]}
    sandboxed = flow.ask.page == "sandboxed"
    said = engine.run(_IN_FRAME, url, ask, _DO) if sandboxed else engine.run(_DO, url, ask)
    lines = [message.text for message in engine.console() if message.text][:_MOST]
    if said and said not in {"loaded", "slow"}:
        lines.append(f"Uncaught (in promise) {said}")
    raw = {"flow": flow.id, "cause": flow.cause, "engine": engine.name, "said": said, "url": url,
           "console": lines, "wires": made.wires[:4], "page": page_of(flow, made.places)}  # fmt: skip
    found: dict[str, Any] = json.loads(fixed(json.dumps(raw, ensure_ascii=False), made.places))
    return found


def write(found: list[dict[str, Any]]) -> None:
    """Write the recordings, one a line."""
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":")) for one in found)
    MET.write_text("[\n" + ",\n".join(lines) + "\n]\n")


def main() -> None:
    """Record the named engines, or all."""
    wanted = sys.argv[1:] or [kind.name for kind in ENGINES]
    process.may_start = True
    kept = [one for one in json.loads(MET.read_text()) if one["engine"] not in wanted] if MET.exists() else []
    for kind in ENGINES:
        if kind.name not in wanted:
            continue
        with ground() as made, kind() as engine:
            for number, flow in enumerate(flows()):
                if engine.name not in flow.engines:
                    continue
                try:
                    kept.append(meet(engine, made, flow, number))
                except Exception as error:
                    print(f"{engine.name} {flow.id}: {type(error).__name__} {str(error)[:200]}", flush=True)
        write(kept)
        print(engine.name, sum(one["engine"] == engine.name for one in kept), flush=True)


if __name__ == "__main__":
    main()
