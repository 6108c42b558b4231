"""Compare each response with the core's verdict, and describe the changes of servers and frameworks in words."""

from collections.abc import Iterator

from tests.layers.exchanges import FLASK, Exchange, Sent
from tests.layers.recording import FIELDS, HANDED_BACK, HANDED_ON, KEYS, Lines, Request, unpacked
from tests.layers.site import LIST, RULES, headers_of, segment_of
from tests.servers.exchange import Reply
from wsgicors import Verdict
from wsgicors.adapting import Rules, answer, decide, merge_headers

RULES_OF = {layer: Rules(RULES if layer == FLASK else {**RULES, **LIST}) for layer in ("wsgi", FLASK, "django", "asgi")}


def judge(exchange: Exchange, layer: str, replies: list[Reply]) -> Iterator[str]:
    """Judge the responses of an exchange.

    Yields:
        Each change of the server or the framework.

    Raises:
        AssertionError: a response differs from the core's verdict on the request that the server passed on.
    """
    rules = RULES_OF[layer.removesuffix("-asgi")]
    if len(replies) < len(exchange.requests):
        yield f"{'answers the first alone' if replies else 'refuses'}: {exchange.kind}"
    for sent, reply in zip(exchange.requests, replies, strict=False):
        if not reply.values(HANDED_ON):
            assert cors_of(reply.fields) == [], reply
            # Its text may or may not arrive before it closes the connection.
            does = "refuses" if 400 <= reply.status < 500 else f"answers {reply.status} itself"
            yield f"{does}: {exchange.kind}"
            continue
        request = Request(*unpacked(reply.values(HANDED_ON)[0]))
        *before, last = reply.values(HANDED_BACK)
        if before:
            yield f"keeps the headers of the first start: {exchange.kind}"
        status, given = unpacked(last)
        headers: Lines = [(name, value) for name, value in given]
        yield from _changed_requests(exchange, sent, request)
        if layer == FLASK:  # Werkzeug routes //public as it does /public
            request = request._replace(path="/" + request.path.lstrip("/"))
        yield from _judge_layer(exchange, request, rules, status, headers)
        yield from _changed_responses(exchange, rules, request, status, headers, reply)


def cors_of(headers: Lines | tuple[tuple[str, str], ...]) -> Lines:
    """Return the headers that decide for browsers and caches, sorted by lower-case name."""
    lines = ((name.lower(), value) for name, value in headers)
    return sorted(line for line in lines if line[0].startswith("access-control-") or line[0] == "vary")


def verdict_on(request: Request, rules: Rules) -> tuple[Verdict | None, object]:
    policy = rules.find(request.path)
    return (decide(request.environ, policy), policy) if policy is not None else (None, None)


def _judge_layer(exchange: Exchange, request: Request, rules: Rules, status: int, headers: Lines) -> Iterator[str]:
    verdict, policy = verdict_on(request, rules)
    assert verdict is not None, request
    if verdict.status is None:
        if status != exchange.status:
            yield f"answers {status}: {exchange.kind}"
        own = headers_of(segment_of(request.path)) if status == exchange.status else []
        assert cors_of(headers) == cors_of(merge_headers(own, verdict)), (exchange.name, request, headers)
    else:
        due = answer(verdict, policy)
        assert (status, cors_of(headers)) == (due.status, cors_of(due.headers)), (exchange.name, request, headers)
        given, wanted = ({name.lower(): value for name, value in lines} for lines in (headers, due.headers))
        for name in sorted(given.keys() | wanted.keys()):
            if given.get(name) != wanted.get(name):
                yield f"has the {name} {given.get(name)} in an answer of the layer"


def _changed_requests(exchange: Exchange, sent: Sent, request: Request) -> Iterator[str]:
    name = exchange.kind
    if request.method != sent.method:
        yield f"hands on {request.method} for {sent.method}: {name}"
    if request.path != exchange.path:
        yield f"hands on the path {request.path!a}: {name}"
    for field in FIELDS:
        values = [value.strip(" \t") for spelled, value in sent.fields if spelled.lower() == field.lower()]
        if field == "Host" and not values:
            values = ["127.0.0.1"]
        seen = request.fields.get(KEYS[field])
        if values and seen is None:
            yield f"leaves {field} out: {name}"
        elif not values and seen is not None:
            yield f"hands on {field} {seen[:40]!a}: {name}"
        elif len(values) > 1 and seen is not None:
            how = {
                ",".join(values): "joins {} by commas",
                ", ".join(values): "joins {} by commas and blanks",
                values[0]: "takes the first {} of several",
                values[-1]: "takes the last {} of several",
            }
            yield how.get(seen, f"hands on {{}} {seen[:40]!a}: {name}").format(field)
        elif values and seen != values[0]:
            yield f"hands on {field} {str(seen)[:40]!a}: {name}"


def _changed_responses(
    exchange: Exchange, rules: Rules, request: Request, status: int, headers: Lines, reply: Reply
) -> Iterator[str]:
    name = exchange.kind
    if reply.status != status:
        yield f"answers {reply.status} for {status}: {name}"
    starts = len(reply.values(HANDED_BACK))
    told = {one.lower() for one, _ in headers}
    for header in sorted(told):
        given = [value.strip() for one, value in headers if one.lower() == header]
        got = reply.values(header)
        if got == given * starts:
            continue
        if not got:
            yield f"leaves {header} out: {reply.status}"
        elif [value.replace(", ", ",") for value in given] == got:
            yield f"writes {header} without blanks"
        else:
            yield f"writes {header} as {got} for {given}: {name}"
    spelled = {one for one, _ in headers}
    for one, _ in reply.fields:
        if one.lower() not in told | {HANDED_ON.lower(), HANDED_BACK.lower()}:
            yield f"adds {one}"
        elif one.lower() in told and one not in spelled:
            yield f"writes names in {'lower' if one == one.lower() else 'title'} case"
    if reply.version == 10:
        yield "answers by HTTP/1.0"
    verdict, policy = verdict_on(request, rules)
    assert verdict is not None
    if verdict.status is not None:
        body = b"" if request.method == "HEAD" else answer(verdict, policy).body
        assert reply.body == body, (exchange.name, reply)
    elif status == exchange.status and exchange.body is not None and reply.body != exchange.body:
        yield f"sends the body {reply.body[:40]!r}: {name}"
