"""HAR files as the network panels of three browsers export them, cut to what is needed and full of secrets."""

import json
from typing import Any

SECRETS = ("s3cret-cookie", "s3cret-bearer", "s3cret-query", "s3cret-body", "s3cret-password", "s3cret-set-cookie")
PAGE = "https://app.example"
URL = "https://api.example/items"

Entry = dict[str, Any]


def names(headers: dict[str, str | list[str]]) -> list[dict[str, str]]:
    lines = [(name, line) for name, value in headers.items() for line in ([value] if isinstance(value, str) else value)]
    return [{"name": name, "value": value} for name, value in lines]


class Panel:
    """The format of one browser."""

    creator = ""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, method, url, sent, status, received, **more) -> Entry:
        second = len(self.entries)
        secret = {"Authorization": "Bearer s3cret-bearer", "X-Api-Key": "s3cret-bearer"} if "cookie" in more else {}
        if more.pop("cookie", None):
            secret["Cookie"] = "sid=s3cret-cookie"
        entry = {
            "pageref": "page_1",
            "startedDateTime": more.pop("time", f"2026-11-22T13:12:{second:02}.000Z"),
            "time": 12,
            "request": {
                "method": method,
                "url": url,
                "httpVersion": "h2",
                "headers": names({":authority": "api.example", **sent, **secret}),
                "cookies": [{"name": "sid", "value": "s3cret-cookie"}] if "Cookie" in secret else [],
                "queryString": [{"name": "token", "value": "s3cret-query"}],
                "postData": {"mimeType": "application/json", "text": '{"password": "s3cret-password"}'},
                "headersSize": -1,
                "bodySize": -1,
            },
            "response": {
                "status": status,
                "statusText": "",
                "headers": names({**received, "Set-Cookie": "sid=s3cret-set-cookie"} if status else {}),
                "cookies": [{"name": "sid", "value": "s3cret-set-cookie"}],
                "content": {"mimeType": "application/json", "text": "s3cret-body"},
                "redirectURL": "",
                **more.pop("response", {}),
            },
            "cache": {},
            **more,
        }
        self.entries.append(entry)
        return entry

    def text(self, **log) -> str:
        pages = [{"id": "page_1", "title": f"{PAGE}/start?token=s3cret-query"}]
        return json.dumps(
            {
                "log": {
                    "version": "1.2",
                    "creator": {"name": self.creator},
                    "pages": pages,
                    "entries": self.entries,
                    **log,
                }
            }
        )


class Chromium(Panel):
    """The preflight is an entry of its own after its request; a blocked exchange has an error."""

    creator = "WebInspector"

    def exchange(
        self, method="GET", status=200, received=None, *, url=URL, sent=None, preflight=None, error=None, **more
    ) -> None:
        """`preflight` is a status and headers; the request was not sent if `status` is 0."""
        sent = {"origin": PAGE, "sec-fetch-mode": "cors", **(sent or {})}
        more.setdefault("_resourceType", "fetch")
        self.add(method, url, sent, status, received or {}, response={"_error": error}, **more)
        if preflight:
            asked = ",".join(sorted(name.lower() for name in sent if name.lower() not in {"origin", "sec-fetch-mode"}))
            self.add(
                "OPTIONS",
                url,
                {
                    "origin": PAGE,
                    "access-control-request-method": method,
                    **({"access-control-request-headers": asked} if asked else {}),
                },
                *preflight,
                response={"_error": None},
                _resourceType="preflight",
                _initiator={"type": "preflight", "url": url},
            )


class Firefox(Panel):
    """The preflight is an OPTIONS entry before its request; nothing is marked."""

    creator = "Firefox"

    def exchange(self, method="GET", status=200, received=None, *, url=URL, sent=None, preflight=None, **more) -> None:
        sent = {"Origin": PAGE, "Sec-Fetch-Mode": "cors", **(sent or {})}
        if preflight:
            asked = ",".join(sorted(name.lower() for name in sent if name.lower() not in {"origin", "sec-fetch-mode"}))
            self.add(
                "OPTIONS",
                url,
                {
                    "Origin": PAGE,
                    "Access-Control-Request-Method": method,
                    **({"Access-Control-Request-Headers": asked} if asked else {}),
                },
                *preflight,
            )
        self.add(method, url, sent, status, received or {}, **more)


class Safari(Panel):
    """Preflights are absent; a blocked exchange has an error in words."""

    creator = "WebKit Web Inspector"

    def exchange(self, method="GET", status=200, received=None, *, url=URL, sent=None, error=None, **more) -> None:
        response = {"_error": error} if error else {}
        more.setdefault("_fetchType", "Network Load")
        self.add(method, url, {"Origin": PAGE, **(sent or {})}, status, received or {}, response=response, **more)
