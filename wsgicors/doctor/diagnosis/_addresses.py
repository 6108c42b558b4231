"""What the address of a request tells of its failure: who answers there, and how two addresses differ."""

import re
from typing import Final
from urllib.parse import urlsplit

from wsgicors.browser import Stage
from wsgicors.doctor.evidence._facts import LOOPBACK, origin_of
from wsgicors.doctor.evidence._login import is_login
from wsgicors.origins import is_ip


def path_of(url: str) -> str:
    """Return the path of `url`, in lower case."""
    return urlsplit(url).path.lower()


_FILES: Final = (
    ".css", ".js", ".mjs", ".json", ".woff", ".woff2", ".ttf", ".otf", ".png", ".jpg", ".svg", ".wasm",
    ".map", ".mp3", ".mp4", ".webm", ".gltf", ".glb",
)  # fmt: skip


def is_file(url: str) -> bool:
    """Whether `url` names a file that web servers answer themselves."""
    return path_of(url).endswith(_FILES)


def is_of_socket_io(url: str) -> bool:
    """Whether Socket.IO polls `url`: it answers an origin that its list lacks with 400, without a header."""
    return "/socket.io/" in url or "/engine.io/" in url


def is_of_aws(url: str) -> bool:
    """Whether a service of AWS answers, such as S3: it refuses a preflight by its own rules of CORS, or has none."""
    return (urlsplit(url).hostname or "").endswith(".amazonaws.com")


def is_of_storage(url: str) -> bool:
    """Whether a service that stores files answers: no app decides there, and an image without CORS is cached too."""
    host = urlsplit(url).hostname or ""
    return host.endswith(_STORAGES) or (is_of_aws(url) and "s3" in host)


_STORAGES: Final = (
    "storage.googleapis.com", ".blob.core.windows.net", ".digitaloceanspaces.com", ".r2.cloudflarestorage.com",
    ".backblazeb2.com", ".wasabisys.com", ".aliyuncs.com", ".myqcloud.com",
)  # fmt: skip
"""Services that compare a preflight with a bucket's rules: where one name is missing, no header is sent at all."""


def has_no_public_name(url: str) -> bool:
    """Whether the host of `url` is this machine, or a bare address."""
    host = urlsplit(url).hostname or ""
    return host in LOOPBACK or ":" in host or is_ip(host)


def is_unknown_to_dns(url: str) -> bool:
    """Whether the host of `url` is one word, as a container's is, or ends in a name that leads nowhere (RFC 6761)."""
    host = urlsplit(url).hostname or ""
    return host.endswith(".invalid") or ("." not in host and ":" not in host and host not in LOOPBACK and bool(host))


def is_of_documentation(url: str) -> bool:
    """Whether the host of `url` is a name of documentation."""
    return (urlsplit(url).hostname or "").endswith(_OF_DOCUMENTATION)


_OF_DOCUMENTATION: Final = (".example.com", ".example.net", ".example.org")
"""Names of documentation (RFC 2606): a setting whose example was not replaced, or a name that a text hides."""


def most_frequent(stage: Stage | None, url: str) -> tuple[str, ...]:
    """Return the most frequent causes of a missing header at the server of `url`."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.port == _OLLAMA:
        return MOST_FREQUENT[::-1]
    if stage is Stage.PREFLIGHT and is_of_storage(url):
        return (*MOST_FREQUENT, "header-not-allowed", "method-not-allowed")
    if stage is Stage.PREFLIGHT and host.endswith(".supabase.co") and parts.path.startswith("/functions/"):
        return (*MOST_FREQUENT, "preflight-error")  # the function itself has to answer it
    if host.endswith(_PRIVATE_PORTS):
        asked = "preflight-authentication" if stage is Stage.PREFLIGHT else "authentication-without-headers"
        return (asked, *MOST_FREQUENT)
    if host.endswith(_FILTERS):
        return ("blocked-by-firewall", *MOST_FREQUENT)
    if host in _ENTRA:
        return MOST_FREQUENT[::-1]
    if host.endswith(_TUNNELS):
        return (*MOST_FREQUENT, "blocked-by-firewall")
    if host.endswith(_HOSTED):
        return (*MOST_FREQUENT, "proxy-bad-gateway")
    return (*MOST_FREQUENT, "proxy-drops-headers") if _NEXT_URL.match(parts.path) else MOST_FREQUENT


MOST_FREQUENT: Final = ("cors-absent", "origin-not-allowed")
"""The most frequent causes of a header that is missing from an answer of which nothing else is known.

The texts of WebKit and of old versions of Firefox that can also mean another value begin with them too. Of the public
threads of `tests.doctor.corpus` 82 ended with a server without CORS, and 28 with an origin that its list lacks.
"""

_OLLAMA: Final = 11434
"""The port of Ollama, which has a list of origins (``OLLAMA_ORIGINS``)."""

_HOSTED: Final = (".herokuapp.com", ".onrender.com", ".up.railway.app", ".fly.dev", ".azurewebsites.net", ".run.app",
            ".supabase.co")  # fmt: skip
"""Platforms whose router answers without the app's headers while an app sleeps or has crashed."""

_TUNNELS: Final = (".ngrok-free.app", ".ngrok-free.dev", ".ngrok.app", ".ngrok.io", ".loca.lt")
"""Tunnels that answer browsers with a page of warning of their own."""

_PRIVATE_PORTS: Final = (".gitpod.io", ".app.github.dev", ".githubpreview.dev", ".devtunnels.ms")
"""Development machines in a cloud: until a port is made public, their gateway asks for a login."""

_FILTERS: Final = (".zscaler.net", ".zscalertwo.net", ".zscloud.net")
"""What networks of companies redirect to."""

_ENTRA: Final = ("login.microsoftonline.com", "login.windows.net")
"""Microsoft's endpoints for tokens: they have headers for the redirect URIs of a single-page application alone.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes (AADSTS9002326)
"""

_NEXT_URL: Final = re.compile("/+https?:/")
"""The path of a relay such as cors-anywhere, which asks another server and should add the headers itself."""


def difference_of(value: str, origin: str) -> str:
    """Return the cause that tells how the header's `value` differs from `origin`; "" if they are wholly different."""
    allowed = origin_of(value)
    if not allowed or not origin:
        return ""
    if value not in {allowed, value.lower()} and value.rstrip("/").lower() == origin:
        return "origin-case"
    if allowed == origin:
        return "origin-slash" if value.startswith(allowed + "/") else "origin-port"
    theirs, ours = urlsplit(allowed), urlsplit(origin)
    hosts = {theirs.hostname or "", ours.hostname or ""}
    if theirs.netloc == ours.netloc:
        return "origin-scheme"
    if len(hosts) == 1:
        return "origin-port"
    if hosts <= LOOPBACK:
        return "origin-loopback"
    if len({host.removeprefix("www.") for host in hosts}) == 1:
        return "origin-www"
    return ""


def redirection(url: str, location: str) -> str:
    """Return which of the usual redirects leads from `url` to `location`."""
    if not url or not location:
        return ""
    here, there = urlsplit(url), urlsplit(location)
    if is_login(location) and not is_login(url):
        return "preflight-redirect-login"
    if (here.scheme, there.scheme) == ("http", "https") and here.hostname == there.hostname:
        return "preflight-redirect-https"
    if here.netloc != there.netloc:
        return ""
    if here.path.rstrip("/") == there.path.rstrip("/"):
        return "preflight-redirect-slash"
    prefix, _, rest = there.path[1:].partition("/")
    if "/" + rest == here.path and _LANGUAGE.fullmatch(prefix):
        return "preflight-redirect-language"
    return ""


_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?", re.IGNORECASE)
"""A language of two letters, perhaps with a region or a script: not ``v1`` or ``api``."""
