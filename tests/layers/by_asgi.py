"""The ASGI wrapper around an app without a framework."""

from tests.layers import recording
from tests.layers.site import LIST, PARTS, RULES, STATUSES, Broken, headers_of, parts_of, segment_of
from wsgicors.asgi import CORS, Receive, Scope, Send


async def bare(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the path's last segment says."""
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    segment = segment_of(str(scope["path"]))
    while (await receive()).get("more_body"):
        pass
    if segment == "raises":
        raise Broken
    parts = () if scope["method"] == "HEAD" else parts_of(segment)
    headers = headers_of(segment)
    if segment not in {"stream", "endless", "raises-late", "unmodified"}:
        headers.append(("Content-Length", str(sum(map(len, parts_of(segment))))))
    lines = [(name.lower().encode(), value.encode()) for name, value in headers]
    await send({"type": "http.response.start", "status": STATUSES.get(segment, 200), "headers": lines})
    if segment == "raises-late":
        await send({"type": "http.response.body", "body": PARTS[0], "more_body": True})
        raise Broken
    for part in parts:
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body"})


app = recording.asgi(CORS(bare, {**RULES, **LIST}), joint=", ")
