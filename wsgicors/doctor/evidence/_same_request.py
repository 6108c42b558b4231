"""Whether a line of a log or a pasted answer can be about the request of which a browser says that it failed.

>>> facts = Facts(url="https://api.example/items")
>>> sends(facts, Stage.PREFLIGHT, "OPTIONS") and logs_path("/items", facts.url)
True
>>> sends(facts, Stage.PREFLIGHT, "GET"), logs_path("/health", facts.url)
(False, False)
"""

from urllib.parse import SplitResult, urlsplit

from wsgicors.browser import Stage
from wsgicors.doctor.evidence._facts import Facts, clean_url


def sends(facts: Facts, stage: Stage | None, method: str) -> bool:
    """Whether a request with `method` can be the part of an exchange that failed; not if the method is unknown."""
    if method == "OPTIONS":
        return stage is not Stage.ACTUAL
    known = facts.method.upper()
    is_method = not known or method == known or (method, known) == ("HEAD", "GET")
    return bool(method) and is_method and stage is not Stage.PREFLIGHT


def is_at(pasted: str, url: str) -> bool:
    """Whether a pasted request can be the one of `url`; both can be unknown, and the pasted one a path alone.

    >>> [is_at(url, "https://api.example/a") for url in ("http://api.example/a", "/a", "", "https://other.example/a")]
    [True, True, True, False]
    """
    hosts = {_split(one).hostname for one in (pasted, url)} - {None}
    return len(hosts) < 2 and logs_path(pasted, url)


def logs_path(path: str, url: str) -> bool:
    """Whether a server can log `path` for a request of `url`: a proxy in front of it may change the beginning.

    >>> [logs_path(path, "https://api.example/v1/items") for path in ("/items?page=1", "/v1/items/", "", "/", "/b")]
    [True, True, True, False, False]
    """
    if not path or not url:
        return True
    logged, asked = (_path(one) for one in (path, url))
    return logged == asked or bool(logged and asked and (asked.endswith(logged) or logged.endswith(asked)))


def _path(url: str) -> str:
    """Return the path of a URL or of a path, without the parts that `Facts` leaves out."""
    return _split(clean_url(_split(url)._replace(scheme="https", netloc="a.example").geturl())).path.rstrip("/")


def _split(url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")
