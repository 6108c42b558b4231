"""``wsgicors verify`` finds and names ten mistakes planted in real servers, and none on a correct one."""

import contextlib
import json
import re
import tempfile
from collections.abc import Callable, Generator, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from werkzeug.serving import make_server

from tests.export.edges import EDGES, Nginx
from tests.export.upstream import upstream
from tests.servers import process
from tests.servers.needs import need
from tests.servers.nginx import HEAD
from tests.servers.ports import ADDRESS, free_port
from wsgicors import CORS, Policy
from wsgicors._cli import wsgicors
from wsgicors.doctor.catalogue._mistakes import MISTAKES, Mistake
from wsgicors.doctor.diagnosis._verify import MOST_REQUESTS, Verification, verify
from wsgicors.doctor.diagnosis._verify_questions import samples
from wsgicors.doctor.evidence._wire import Wire
from wsgicors.doctor.output._report import of_verification
from wsgicors.doctor.verify import SCHEMA
from wsgicors.export._form import form_of
from wsgicors.export._target import Options, files
from wsgicors.export._targets import TARGETS
from wsgicors.rules import RuleSet

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NGINX = next(edge for edge in EDGES if edge.name == "nginx-debian")
SETTINGS: Mapping[str, Any] = {
    "allow_origins": ["https://www.example.com", "https://app.example.net:8443", "https://*.example.org"],
    "allow_methods": ["PUT"],
    "allow_headers": ["X-A"],
    "expose_headers": ["ETag"],
    "allow_credentials": True,
    "max_age": 600,
}
RULES: RuleSet = {"/": Policy(allow_origins="*"), "/api": Policy(**SETTINGS)}


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Cache-Control", "max-age=60")])
    return [b"answer"]


@contextlib.contextmanager
def served(rules: RuleSet) -> Generator[int]:
    """The port of an application wrapped in the core."""
    import threading

    server = make_server(ADDRESS, 0, CORS(app, rules), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def plain(text: str) -> str:
    return text


@contextlib.contextmanager
def nginx(
    backend: int,
    rules: RuleSet | None,
    *,
    http: Callable[[str], str] = plain,
    server: Callable[[str], str] = plain,
    location: str = "",
    before: str = "",
    host: str = "$http_host",
) -> Generator[str]:
    """The origin of an nginx with an export, changed by `http` and `server`, and its own directives."""
    need(NGINX.missing())
    assert isinstance(NGINX, Nginx)
    exported = files(TARGETS["nginx"], form_of(rules), Options()) if rules is not None else {}
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        home = Path(directory)
        home.chmod(0o755)
        (home / "nginx.conf").write_text(f"""\
{HEAD.format(home=home)}
proxy_cache_path {home}/cache keys_zone=tests:1m;
{http(exported.get("wsgicors-http.conf", ""))}
server {{
    listen {ADDRESS}:{port};
    {before}
    {server(exported.get("wsgicors-server.conf", ""))}
    location / {{
        proxy_pass http://{ADDRESS}:{backend};
        proxy_set_header Host {host};
        {location}
    }}
}}
}}
""")
        with process.listening([str(NGINX.program), "-c", str(home / "nginx.conf"), "-p", str(home)], port):
            yield f"http://{ADDRESS}:{port}"


def verified(rules: RuleSet, url: str) -> Verification:
    return verify(rules, url, wire=Wire(timeout=20))


def mistakes(found: Verification) -> set[Mistake]:
    return {difference.mistake for difference in found.differences}


pytestmark = pytest.mark.servers


def test_nothing_differs_where_the_export_is_right() -> None:
    with upstream() as backend, nginx(backend, RULES) as origin:
        found = verified(RULES, f"{origin}/api/x")
        assert not found.differences, [str(one) for one in found.differences]
        assert (found.exit_status, found.complete) == (0, True)
        assert 40 < found.asked <= MOST_REQUESTS


def test_nothing_differs_where_the_core_answers() -> None:
    rules = Policy(**SETTINGS, refuse="forbid")
    with served(rules) as port:
        assert not verified(rules, f"http://{ADDRESS}:{port}/x").differences


def test_headers_without_always() -> None:
    with served_missing() as backend, nginx(backend, RULES, server=lambda text: text.replace(" always", "")) as origin:
        assert Mistake.NOT_ALWAYS in mistakes(verified(RULES, f"{origin}/api/x"))


@contextlib.contextmanager
def served_missing() -> Generator[int]:
    """An application with one page."""
    import threading

    def one_page(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        found = not environ["PATH_INFO"].endswith("-missing")
        start_response("200 OK" if found else "404 Not Found", [("Content-Type", "text/plain")])
        return [b"answer"]

    server = make_server(ADDRESS, 0, one_page, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_location_without_the_include() -> None:
    own = 'add_header X-Frame-Options "DENY";'
    with served_missing() as backend, nginx(backend, RULES, location=own) as origin:
        found = verified(RULES, f"{origin}/api/x")
        assert Mistake.NOT_INCLUDED in mistakes(found)


def test_both_layers_add() -> None:
    def keep(text: str) -> str:
        return re.sub(r"proxy_hide_header.*;", "", text)

    with upstream() as backend, nginx(backend, RULES, server=keep) as origin:
        assert Mistake.BOTH_ADD in mistakes(verified(RULES, f"{origin}/api/x"))


def test_an_asterisk_says_nothing_of_how_origins_are_compared() -> None:
    rules, anybody = Policy(**SETTINGS), "add_header Access-Control-Allow-Origin * always;"
    with answering("200 OK", ("Access-Control-Allow-Origin", "*")) as port:
        assert mistakes(verified(rules, f"http://{ADDRESS}:{port}/x")) == {Mistake.ANY_ORIGIN}
    with served(rules) as backend, nginx(backend, None, location=anybody) as origin:
        assert mistakes(verified(rules, f"{origin}/x")) == {Mistake.BOTH_ADD, Mistake.ANY_ORIGIN}
    sentence, _ = MISTAKES[Mistake.ANY_ORIGIN]
    assert "every" not in sentence, "One path and one origin were seen"


def test_a_cache_without_vary() -> None:
    cache = "proxy_cache tests; proxy_cache_key $request_uri; proxy_ignore_headers Vary;"
    rules = Policy(**SETTINGS)
    with served(rules) as backend, nginx(backend, None, location=cache) as origin:
        assert Mistake.CACHE in mistakes(verified(rules, f"{origin}/x"))


def test_an_expression_without_anchors() -> None:
    def loosen(text: str) -> str:
        return text.replace(r"~^[^|]*\|https://www\.example\.com$", "~https://www.example.com")

    with upstream() as backend, nginx(backend, RULES, http=loosen) as origin:
        assert Mistake.UNANCHORED in mistakes(verified(RULES, f"{origin}/api/x"))


def test_a_map_that_ignores_case() -> None:
    def texts(text: str) -> str:
        return text.replace(r"~^[^|]*\|https://www\.example\.com$", "|https://www.example.com")

    with upstream() as backend, nginx(backend, RULES, http=texts) as origin:
        assert mistakes(verified(RULES, f"{origin}/api/x")) == {Mistake.CASE}


def test_options_are_swallowed() -> None:
    swallow = "if ($request_method = OPTIONS) { return 405; }"
    with upstream() as backend, nginx(backend, RULES, before=swallow) as origin:
        assert Mistake.OPTIONS in mistakes(verified(RULES, f"{origin}/api/x"))


def test_a_proxy_that_drops_the_port_of_host() -> None:
    rules = Policy(**SETTINGS, refuse="forbid")
    with served(rules) as backend, nginx(backend, None, host="$host") as origin:
        assert mistakes(verified(rules, f"{origin}/x")) == {Mistake.HOST_PORT}


def test_a_rule_that_an_encoded_letter_escapes() -> None:
    def undecoded(text: str) -> str:
        return re.sub(r'"~\S+" api;', r'"~^/api(?:/|$)" api;', re.sub(r'"~\S+" ambiguous;', "", text))

    with upstream() as backend, nginx(backend, RULES, http=undecoded) as origin:
        assert mistakes(verified(RULES, f"{origin}/api/x")) == {Mistake.ESCAPED}


def test_a_stale_export() -> None:
    fresh: RuleSet = {"/": Policy(allow_origins="*"), "/api": Policy(**{**SETTINGS, "allow_methods": ["PUT", "PATCH"]})}
    with upstream() as backend, nginx(backend, RULES) as origin:
        assert mistakes(verified(fresh, f"{origin}/api/x")) == {Mistake.STALE}


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_reports_and_has_an_exit_status(
    as_json: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgicors.doctor.output._commands.PAUSE", 0)
    policy = tmp_path / "policy.toml"
    policy.write_text('allow_origins = ["https://a.example"]\nexpose_headers = ["ETag"]\n')
    stale = Policy(allow_origins=["https://a.example"])
    with served(stale) as port:
        command = ["verify", "--policy", str(policy), f"http://{ADDRESS}:{port}/x", *(["--json"] if as_json else [])]
        done = CliRunner().invoke(wsgicors, command)
        assert done.exit_code == 1
        if as_json:
            found = json.loads(done.output)
            jsonschema(found)
            assert {one["mistake"] for one in found["differences"]} == {"stale"}
        else:
            assert "The configuration is of another policy, or has become stale. (stale)" in done.output
            assert "and in" in done.output
        policy.write_text('allow_origins = ["https://a.example"]\n')
        done = CliRunner().invoke(wsgicors, command)
        assert done.exit_code == 0, done.output


def jsonschema(found: Any) -> None:
    """Check the report against its schema."""
    difference = SCHEMA["properties"]["differences"]["items"]  # type: ignore[index]
    assert set(found) == set(SCHEMA["required"])  # type: ignore[call-overload]
    for one in found["differences"]:
        assert set(one) == set(difference["required"])
        assert one["mistake"] in difference["properties"]["mistake"]["enum"]


@pytest.mark.parametrize(
    ("text", "url", "said"),
    [
        ("allow_origins = '*'", "example", "is not a URL"),
        ("allow_origins = 5", "http://a.example/", "allow_origins"),
        ("allow_origins = ", "http://a.example/", "cannot be read"),
    ],
)
def test_what_cannot_be_verified_is_status_2(text: str, url: str, said: str, tmp_path: Path) -> None:
    policy = tmp_path / "policy.toml"
    policy.write_text(text)
    done = CliRunner().invoke(wsgicors, ["verify", "--policy", str(policy), url])
    assert done.exit_code == 2
    assert said in done.output


def test_a_server_that_does_not_answer_is_asked_once() -> None:
    found = verify(Policy(allow_origins="*"), f"http://{ADDRESS}:{free_port()}/", wire=Wire(timeout=5))
    assert (found.exit_status, found.asked, found.complete) == (2, 1, False)
    assert found.notes
    assert "not everything could be asked" in "\n".join(line.text for line in of_verification(found))


def test_where_no_rule_is_nothing_is_compared() -> None:
    with served({"/api": Policy(allow_origins="*")}) as port:
        found = verified({"/api": Policy(allow_origins="*")}, f"http://{ADDRESS}:{port}/x")
        assert found.notes == ("No rule covers /x: nothing is compared there.",)
        assert not found.differences


class Source:
    def __contains__(self, origin: str) -> bool:
        return False


def test_origins_of_a_source_are_not_known() -> None:
    assert samples(Policy(allow_origins=Source())) == []
    assert samples(Policy(allow_origins=["null", "https://a.example"])) == ["null", "https://a.example"]
    with served(Policy(allow_origins=Source())) as port:
        found = verified(Policy(allow_origins=Source()), f"http://{ADDRESS}:{port}/x")
        assert not found.differences
        assert "its origins live elsewhere" in found.notes[0]


def test_every_mistake_has_words() -> None:
    assert {*MISTAKES} == {*Mistake}


@contextlib.contextmanager
def answering(status: str, *headers: tuple[str, str], after: int = 0) -> Generator[int]:
    """An application wrapped in the core that answers differently after a number of requests."""
    import threading

    asked = iter(range(1000))
    right = CORS(app, Policy(**SETTINGS))

    def some(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if next(asked) < after:
            return right(environ, start_response)
        start_response(status, [("Content-Type", "text/plain"), *headers])
        return [b"answer"]

    server = make_server(ADDRESS, 0, some, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_server_that_has_had_enough_is_left_alone() -> None:
    with answering("429 Too Many Requests") as port:
        found = verified(Policy(**SETTINGS), f"http://{ADDRESS}:{port}/x")
    assert (found.asked, found.exit_status) == (1, 2)
    assert "429" in found.notes[0]


@pytest.mark.parametrize(("vary", "mistake"), [("Origin", Mistake.STALE), ("Cookie", Mistake.CACHE)])
def test_an_answer_that_has_lost_the_origin(vary: str, mistake: Mistake) -> None:
    with answering("200 OK", ("Vary", vary), after=1) as port:
        found = verified(Policy(**SETTINGS), f"http://{ADDRESS}:{port}/x")
    assert mistake in mistakes(found)


def test_there_is_an_end_to_the_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.diagnosis._verify.MOST_REQUESTS", 5)
    with served(Policy(**SETTINGS)) as port:
        found = verified(Policy(**SETTINGS), f"http://{ADDRESS}:{port}/x")
    assert (found.asked, found.complete) == (5, False)


def test_the_rule_of_the_url_is_asked_once() -> None:
    with served(RULES) as port:
        assert not verified(RULES, f"http://{ADDRESS}:{port}/api").differences
