"""Every nginx remedy as it is printed: nginx starts, who may read what does not change, and no header is doubled."""

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
import pytest

from tests.browsers.site import serve
from tests.doctor.places import PAGE, at_levels
from tests.doctor.tls import openssl
from tests.servers import process
from tests.servers.needs import need
from tests.servers.nginx import HEAD, PACKAGE, PROGRAM
from tests.servers.ports import ADDRESS, free_port
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place, Remedy
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

pytestmark = pytest.mark.servers

STRANGER: Final = "https://stranger.example"
METHOD: Final = "Access-Control-Request-Method"
SINGLE: Final = frozenset({"access-control-allow-origin", "access-control-allow-credentials", "access-control-max-age"})
"""Headers that a browser reads as one value. The others are lists, which may have several lines."""


@dataclass(frozen=True)
class Frame:
    """The directives that a remedy presupposes, by their level, and the path that it is about."""

    server: str = ""
    location: str = ""
    path: str = "/items"


_LISTED: Final = f"if ($http_origin = '{PAGE}') {{{{ set $listed $http_origin; }}}}"
_SENT: Final = "add_header Access-Control-Allow-Origin $listed always;"

_IN_SERVER: Final = Frame(f"{_LISTED}\n{_SENT}\nproxy_hide_header Access-Control-Allow-Origin;")

FRAMES: Final = {
    **dict.fromkeys(
        [
            "header-not-exposed",
            "content-security-policy",
            "resource-policy",
            "cross-origin-isolation",
            "frame-options",
            "vary-missing",
        ],
        _IN_SERVER,
    ),
    "two-layers": Frame(_LISTED, _SENT),
    "preflight-redirect-slash": Frame("location /items/ {{ proxy_pass http://{address}:{backend}; }}"),
    "outside-static": Frame(path="/static/items"),
}

TO_EVERYBODY: Final = {"outside-static": "Its text says so: files that anybody may read."}
"""Remedies that let a stranger in, and why."""

OF_THE_APP: Final = {
    **dict.fromkeys(
        [
            "preflight-redirect-slash", "redirect-loop", "preflight-authentication", "proxy-body-too-large",
            "proxy-timeout", "cached-origin", "csrf-origin", "cross-site", "websocket-origin",
        ],
        "It lets the application's own answer through",
    ),
    **dict.fromkeys(["mixed-content", "certificate"], "It changes the connection"),
    **dict.fromkeys(
        [
            "header-not-allowed", "header-wildcard-authorization", "method-not-allowed", "allow-methods-malformed",
        ],
        "It adds a header to an answer of nginx to a preflight",
    ),
}  # fmt: skip
"""Remedies that allow nobody where the application does not, and why."""

REFUSING: Final = {
    "client-certificate": "It refuses who has no certificate: test_remedies_of_certificates has some",
}
"""Remedies that are only seen to start, and why."""


def remedies(origin: str = PAGE) -> list[tuple[str, Remedy]]:
    """Every nginx remedy with lines, each once, with the first cause or weakness that has it."""
    causes = [one.filled({**one.example, "origin": origin}) for one in CAUSES.values()]
    weaknesses = [one.filled({"origin": origin, "trusted": origin}) for one in WEAKNESSES.values()]
    found: dict[str, tuple[str, Remedy]] = {}
    for cause, there in [*((one.id, one.remedies) for one in causes), *((one.id, one.remedies) for one in weaknesses)]:
        for remedy in there:
            if remedy.place is Place.NGINX and remedy.code:
                found.setdefault(remedy.code, (cause, remedy))
    return [*found.values()]


REMEDIES: Final = remedies()
LONG: Final = (f"chrome-extension://{'abcdefghijklmnop' * 2}", f"https://{'a' * 63}.{'b' * 10}.example")
"""Origins of 51 and of 90 characters: nginx hashes the texts of a map, and does not start if one is too long."""
PLAIN: Final = App(headers=[("Content-Type", "application/json")])
ALLOWING: Final = CORS(
    PLAIN,
    Policy(allow_origins=[PAGE], allow_methods=["PUT"], allow_headers=["Authorization", "X-Id"],
           allow_credentials=True, expose_headers=["ETag"], max_age=60),
)  # fmt: skip

_SETTINGS: Final = (
    HEAD
    + """\
{http}
    server {{
        listen {address}:{port};
        root {home}/files;
        default_type application/json;
        {around}
{server}
        location / {{
            proxy_pass http://{address}:{backend};
            {inside}
{location}
        }}
    }}
}}
"""
)
_ANSWERED: Final = "if ($request_method = OPTIONS) {\n%s\n%s\nreturn 204;\n}"


@contextlib.contextmanager
def nginx(lines: str, backend: int, frame: Frame) -> Generator[str]:
    """An nginx whose configuration has the lines where their comments say; `nginx -t` has accepted it."""
    need(None if shutil.which(PROGRAM) else PACKAGE)
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)  # it runs as its own user if root starts it
        (home / "files" / "static").mkdir(parents=True)
        (home / "files" / "static" / "items").write_text("{}")
        (home / "users").write_text("user:{PLAIN}password\n")
        if "ssl_certificate" in lines:
            need(None if shutil.which("openssl") else "openssl")
            openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
                    "/CN=tests", "-keyout", f"{home}/key.pem", "-out", f"{home}/fullchain.pem")  # fmt: skip
        lines = lines.replace("/etc/ssl/", f"{home}/").replace("/etc/nginx/", f"{home}/")
        levels = at_levels(lines.replace("listen 443 ", f"listen {ADDRESS}:{free_port()} "))
        around, inside = frame.server, frame.location
        if "options" in levels:
            around, inside = _LISTED, _ANSWERED % (_SENT, levels.pop("options"))
        around = f"{around}\n{levels.pop('beside', '')}".format(address=ADDRESS, backend=backend)
        settings = home / "nginx.conf"
        settings.write_text(
            _SETTINGS.format(
                home=home, address=ADDRESS, port=port, backend=backend, around=around, inside=inside,
                **{"http": "", "server": "", "location": "", **levels},
            )
        )  # fmt: skip
        command = [PROGRAM, "-c", str(settings), "-p", str(home)]
        tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tried.returncode == 0, tried.stderr
        with process.listening(command, port):
            yield f"http://{ADDRESS}:{port}{frame.path}"


def allowed(response: httpx.Response, origin: str) -> bool:
    """Whether a browser lets a page read the response; no header that is one value is doubled."""
    for name in SINGLE:
        assert len(response.headers.get_list(name)) <= 1, (name, response.headers.get_list(name))
    return response.headers.get("access-control-allow-origin") in ("*", origin)


@pytest.mark.parametrize("app", [PLAIN, ALLOWING], ids=["plain", "allowing"])
@pytest.mark.parametrize(("cause", "remedy"), REMEDIES, ids=[cause for cause, _ in REMEDIES])
def test_a_remedy_works_as_it_is_printed_in_front_of_any_app(
    cause: str, remedy: Remedy, app: "WSGIApplication"
) -> None:
    frame = FRAMES.get(cause, Frame())
    with serve(app) as site, nginx(remedy.code, site.port, frame) as url:
        for method, more in (("GET", {}), ("OPTIONS", {METHOD: "PUT"})):
            sent = {"Authorization": "Basic dXNlcjpwYXNzd29yZA==", **more}
            page = httpx.request(method, url, headers={**sent, "Origin": PAGE})
            stranger = httpx.request(method, url, headers={**sent, "Origin": STRANGER})
            assert allowed(stranger, STRANGER) is (cause in TO_EVERYBODY)
            if cause not in REFUSING:
                ours = cause not in OF_THE_APP or (method == "OPTIONS" and "# where nginx answers" in remedy.code)
                assert allowed(page, PAGE) is (ours or app is ALLOWING), page.headers


@pytest.mark.parametrize(
    ("cause", "remedy", "origin"),
    [(cause, one, origin) for origin in LONG for cause, one in remedies(origin) if "$cors_origin" in one.code],
)
def test_a_remedy_lets_a_long_origin_in_as_it_is_written_alone(cause: str, remedy: Remedy, origin: str) -> None:
    with serve(PLAIN) as site, nginx(remedy.code, site.port, FRAMES.get(cause, Frame())) as url:
        for one in (origin, origin.replace("a", "A"), f"{origin}b", STRANGER):
            response = httpx.get(url, headers={"Origin": one})
            assert allowed(response, one) is (one == origin), (one, response.headers)


def test_a_remedy_leaves_try_files_alone() -> None:
    remedy = next(one.code for _, one in REMEDIES if "$cors_origin" in one.code)
    with serve(PLAIN) as site, nginx(remedy, site.port, Frame(location="try_files /missing =404;")) as url:
        response = httpx.get(url, headers={"Origin": PAGE})
        assert (response.status_code, allowed(response, PAGE)) == (404, True)


def test_every_exception_is_a_remedy() -> None:
    known = {cause for cause, _ in REMEDIES}
    assert known >= {*FRAMES, *TO_EVERYBODY, *OF_THE_APP, *REFUSING}
