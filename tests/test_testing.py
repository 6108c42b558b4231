"""`wsgicors.testing` on a WSGI app and on the test clients of Flask, Django and WebTest."""

import asyncio
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import django
import flask
import httpx
import pytest
from django.conf import settings
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client
from django.test.utils import override_settings
from django.urls import path
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.routing import Route
from webtest import TestApp
from werkzeug.test import Client as WerkzeugClient

from tests.wsgi import App, cors, policy
from wsgicors import CORS, Policy, asgi
from wsgicors.doctor import AskError, Decision
from wsgicors.testing import assert_cors_allowed, assert_cors_refused, examine_app

PAGE = "https://www.example.com"
EVIL = "https://evil.example"


@pytest.fixture
def app() -> CORS:
    return cors(App(), policy(PAGE, allow_methods=["PUT"], allow_headers=["X-A"], allow_credentials=True))


# -- WSGI apps ---------------------------------------------------------------------------------------------------------


def test_what_is_allowed(app: CORS) -> None:
    found = assert_cors_allowed(app, origin=PAGE, method="PUT", headers=["X-A: 1"], path="/notes?a=b", credentials=True)
    assert found.decision is Decision.ALLOWED
    assert [exchange.request.method for exchange in found.conclusion.exchanges] == ["OPTIONS", "PUT"]


@pytest.mark.parametrize(
    "asking", [{"origin": EVIL}, {"origin": PAGE, "method": "DELETE"}, {"origin": PAGE, "headers": ["X-B"]}]
)
def test_what_is_refused(app: CORS, asking: dict[str, Any]) -> None:
    found = assert_cors_refused(app, **asking)
    assert found.decision is Decision.BLOCKED
    with pytest.raises(AssertionError) as caught:
        assert_cors_allowed(app, **asking)
    assert str(caught.value).startswith("This request should be allowed:\n\n")
    assert "\nBlocked" in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_a_failure_prints_the_doctor_s_report(app: CORS) -> None:
    with pytest.raises(AssertionError) as caught:
        assert_cors_refused(app, origin=PAGE)
    said = str(caught.value)
    assert said.startswith(f"This request should be refused:\n\nGET https://localhost/ from a page of {PAGE}\n")
    assert "\nAllowed: the page may read the answer\n" in said


def test_the_server_s_own_words_are_in_it(app: CORS) -> None:
    with pytest.raises(
        AssertionError, match=r"The server says: The origin 'https://other\.example' is not allowed here\."
    ):
        assert_cors_allowed(app, origin="https://other.example", method="DELETE")


def test_what_no_browser_asks(app: CORS) -> None:
    with pytest.raises(AskError):
        assert_cors_allowed(app, origin=f"{PAGE}/")


def test_the_environ_is_a_server_s() -> None:
    app = App()
    examine_app(
        cors(app, Policy(allow_origins="*")),
        origin=PAGE,
        path="http://a.example:8080/%C3%A4%2Fb?c=%20",
        headers=["Content-Type: text/plain"],
    )
    [environ] = app.requests
    assert environ["PATH_INFO"] == "/\u00c3\u00a4/b"
    expected = {
        "QUERY_STRING": "c=%20", "HTTP_HOST": "a.example:8080", "SERVER_NAME": "a.example", "SERVER_PORT": "8080",
        "wsgi.url_scheme": "http", "CONTENT_TYPE": "text/plain", "HTTP_ORIGIN": PAGE,
    }  # fmt: skip
    assert expected.items() <= environ.items()
    examine_app(app, origin=PAGE, path="http://a.example/")
    assert app.requests[1]["SERVER_PORT"] == "80"


def test_what_is_written_comes_first_and_what_can_be_closed_is() -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self):
            return iter([b"b"])

        def close(self) -> None:
            closed.append(True)

    def old(environ, start_response):
        start_response("403 Forbidden", [("Content-Type", "text/html"), ("Access-Control-Allow-Origin", "*")])(
            b"CSRF verification failed. Request aborted.</p><pre>CSRF cookie not set.</pre>"
        )
        return Body()

    found = assert_cors_allowed(old, origin=PAGE, method="POST")
    assert closed == [True]
    assert "csrf-token" in [remark.cause.id for remark in found.remarks if remark.cause]


def test_an_app_that_raises_says_so() -> None:
    def broken(environ, start_response):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        assert_cors_allowed(broken, origin=PAGE)


def redirecting(location: str) -> Callable[..., Any]:
    def app(environ, start_response):
        if environ["PATH_INFO"] == "/":
            start_response("302 Found", [("Location", location), ("Access-Control-Allow-Origin", "*")])
        else:
            start_response("200 OK", [("Access-Control-Allow-Origin", "*")])
        return []

    return app


def test_redirects_are_followed_within_the_app() -> None:
    found = assert_cors_allowed(redirecting("/there"), origin=PAGE)
    assert found.conclusion.exchanges[-1].request.url == "https://localhost/there"


@pytest.mark.parametrize("assertion", [assert_cors_allowed, assert_cors_refused])
def test_redirects_that_leave_the_app_settle_nothing(assertion: Callable[..., Any]) -> None:
    with pytest.raises(
        AssertionError, match=r"It is redirected to https://there\.example/, which this app does not answer for\."
    ):
        assertion(redirecting("https://there.example/"), origin=PAGE)


@pytest.mark.parametrize("nothing", [None, 7, "app", SimpleNamespace(open=1)])
def test_what_is_neither_app_nor_client(nothing: object) -> None:
    with pytest.raises(TypeError, match="neither an app nor a test client"):
        assert_cors_allowed(nothing, origin=PAGE)


def test_django_s_asynchronous_client_is_neither() -> None:
    with pytest.raises(TypeError):
        assert_cors_allowed(AsyncClient(), origin=PAGE)


def test_a_wsgi_app_has_the_environ_of_a_server() -> None:
    seen: list[Any] = []

    def app(environ: Any, start_response: Any) -> list[bytes]:
        seen.append(environ)
        start_response("204 No Content", [])
        return []

    assert_cors_allowed(CORS(app, policy(PAGE)), origin=PAGE, path="http://a.example/")
    environ = seen[-1]
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"], environ["SERVER_PORT"]) == ("127.0.0.1", "a.example", "80")
    assert not any(environ[f"wsgi.{name}"] for name in ("multithread", "multiprocess", "run_once"))


@pytest.mark.parametrize("attribute", ["build_request", "base_url", "open", "do_request"])
def test_half_a_client_is_none(attribute: str) -> None:
    with pytest.raises(TypeError, match="neither an app nor a test client"):
        assert_cors_allowed(SimpleNamespace(**{attribute: ""}), origin=PAGE)


# -- ASGI --------------------------------------------------------------------------------------------------------------


def starlette_app(lifespan: Any = None) -> Any:
    async def enter(request: Any) -> PlainTextResponse:
        answer = PlainTextResponse("in")
        answer.set_cookie("name", "somebody", secure=True, samesite="none")
        return answer

    async def me(request: Any) -> PlainTextResponse:
        name = request.cookies.get("name", "nobody")
        return PlainTextResponse(name, headers={"X-Name": name, "X-State": str(getattr(request.state, "ready", ""))})

    async def leave(request: Any) -> RedirectResponse:
        return RedirectResponse("/me")

    async def echo(request: Any) -> PlainTextResponse:
        base = f"{request.url.scheme}://{request.headers['host']}"
        seen = [base, request.scope["path"], request.url.query, *request.headers.getlist("x-a")]
        return PlainTextResponse("", headers={"X-Name": " ".join(seen)})

    routes = [Route("/in", enter), Route("/me", me), Route("/leave", leave), Route("/echo/{rest:path}", echo)]
    policy = Policy(
        allow_origins=[PAGE], allow_headers=["X-A"], allow_credentials=True, expose_headers=["X-Name", "X-State"]
    )
    return asgi.CORS(Starlette(routes=routes, lifespan=lifespan), policy)


def starlette_client() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Starlette prefers httpx2
        from starlette.testclient import TestClient as StarletteClient
    client = StarletteClient(starlette_app(), base_url="https://testserver")
    client.get("/in")
    return client


def httpx_client() -> Any:
    client = httpx.AsyncClient(transport=httpx.ASGITransport(starlette_app()), base_url="https://api.example")
    asyncio.run(client.get("/in"))
    return client


def wsgi_client() -> Any:
    client = httpx.Client(transport=httpx.WSGITransport(flask_app()), base_url="https://localhost")
    client.get("/in")
    return client


@pytest.mark.parametrize("make", [starlette_client, httpx_client, wsgi_client])
def test_the_cookies_of_httpx_s_clients_go_where_a_browser_s_do(make: Callable[[], Any]) -> None:
    client = make()
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me", credentials=True)) == "somebody"
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me")) == "nobody"
    assert_cors_refused(client, origin=EVIL, path="/me", credentials=True)
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me", credentials=True)) == "somebody"
    assert_cors_refused(client, origin=PAGE, method="PUT", path="/me")


def test_an_asgi_app_itself() -> None:
    app = starlette_app()
    found = assert_cors_allowed(app, origin=PAGE, path="/echo/%C3%A4?a=b", headers=["X-A: 1"])
    assert name_of(found) == "https://localhost /echo/ä a=b 1"
    elsewhere = assert_cors_allowed(app, origin=PAGE, path="http://a.example:8080/echo/")
    assert name_of(elsewhere) == "http://a.example:8080 /echo/"
    assert_cors_refused(app, origin=EVIL, path="/me")
    assert assert_cors_allowed(app, origin=PAGE, path="/leave").conclusion.exchanges[-1].request.url.endswith("/me")
    assert assert_cors_allowed(app, origin=PAGE, path="/nowhere").conclusion.status == 404


@pytest.mark.parametrize(
    ("url", "port"), [("https://a.example", 443), ("http://a.example", 80), ("http://a.example:8", 8)]
)
def test_an_asgi_app_has_the_scope_of_a_server(url: str, port: int) -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append((scope, await receive()))
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    assert_cors_allowed(
        asgi.CORS(app, policy(PAGE, allow_headers=["X-A"])), origin=PAGE, path=f"{url}/a%20b?c", headers=["X-A: \xe9"]
    )
    scope, message = seen[-1]
    assert message == {"type": "http.request", "body": b"", "more_body": False}
    headers = scope.pop("headers")
    assert headers[0] == (b"host", url.partition("//")[2].encode())
    assert (b"x-a", b"\xe9") in headers
    assert scope == {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": url.partition(":")[0],
        "path": "/a b",
        "raw_path": b"/a%20b",
        "query_string": b"c",
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "server": ("a.example", port),
        "state": {},
    }


def test_an_asgi_app_may_be_asked_while_a_loop_runs() -> None:
    async def test() -> None:
        assert_cors_allowed(starlette_app(), origin=PAGE, path="/me")
        assert_cors_refused(httpx.AsyncClient(transport=httpx.ASGITransport(starlette_app())), origin=EVIL, path="/me")

    asyncio.run(test())


def test_an_asgi_app_that_waits_for_its_client_to_leave_ends() -> None:
    async def waiting(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while (await receive())["type"] != "http.disconnect":
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body"})

    assert_cors_refused(waiting, origin=PAGE)


def test_an_asgi_app_that_raises_says_so() -> None:
    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        assert_cors_allowed(asgi.CORS(broken, policy(PAGE)), origin=PAGE)


# -- Clients -----------------------------------------------------------------------------------------------------------


def flask_app() -> flask.Flask:
    app = flask.Flask("tests")
    app.secret_key = "tests"

    @app.route("/in")
    def enter() -> str:
        flask.session["name"] = "somebody"
        return "in"

    @app.route("/me")
    def me() -> flask.Response:
        return flask.Response(
            flask.session.get("name", "nobody"), headers={"X-Name": flask.session.get("name", "nobody")}
        )

    app.wsgi_app = CORS(app.wsgi_app, policy(PAGE, allow_credentials=True, expose_headers=["X-Name"]))  # type: ignore[method-assign]
    return app


def name_of(found) -> str | None:
    return found.conclusion.response.get("X-Name")


def flask_client() -> object:
    client = flask_app().test_client()
    client.get("/in", base_url="https://localhost")
    return client


def werkzeug_client() -> object:
    client = WerkzeugClient(flask_app())
    client.get("/in", base_url="https://localhost").close()
    return client


def webtest_client() -> object:
    client = TestApp(flask_app(), extra_environ={"HTTP_HOST": "localhost", "wsgi.url_scheme": "https"})
    client.get("/in")
    return client


@pytest.mark.parametrize("make", [flask_client, werkzeug_client, webtest_client])
def test_a_client_s_cookies_go_where_a_browser_s_do(make: Callable[[], object]) -> None:
    client = make()
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me", credentials=True)) == "somebody"
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me")) == "nobody"
    assert_cors_refused(client, origin=EVIL, path="/me", credentials=True)
    assert name_of(assert_cors_allowed(client, origin=PAGE, path="/me", credentials=True)) == "somebody"
    assert assert_cors_allowed(client, origin=PAGE, path="/nowhere", credentials=True).conclusion.status == 404


def test_a_flask_app_itself() -> None:
    assert name_of(assert_cors_allowed(flask_app(), origin=PAGE, path="/me")) == "nobody"


# -- Django ------------------------------------------------------------------------------------------------------------


def me(request) -> HttpResponse:
    answer = HttpResponse(
        "me", headers={"X-Name": request.COOKIES.get("name", "nobody"), "X-Secure": str(request.is_secure())}
    )
    answer["Access-Control-Allow-Origin"] = PAGE
    answer["Access-Control-Allow-Credentials"] = "true"
    answer["Access-Control-Expose-Headers"] = "X-Name"
    answer.set_cookie("seen", "1", samesite="Lax")
    return answer


def streamed(request) -> StreamingHttpResponse:
    return StreamingHttpResponse([b"a", b"b"], headers={"Access-Control-Allow-Origin": "*"})


urlpatterns = [path("me", me), path("streamed", streamed)]


@pytest.fixture
def django_client():
    if not settings.configured:
        settings.configure(ALLOWED_HOSTS=["testserver"], SECRET_KEY="tests")
        django.setup()
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.cookies["name"] = "somebody"
        yield client


def test_django_s_client(django_client: Client) -> None:
    found = assert_cors_allowed(
        django_client, origin=PAGE, path="/me?a=b", credentials=True, headers=["Accept: text/html"]
    )
    assert name_of(found) == "somebody"
    assert found.conclusion.response.get("X-Secure") == "True"
    assert found.conclusion.request.url == "https://testserver/me?a=b"
    assert [remark.cause.id for remark in found.remarks if remark.cause] == ["cookie-samesite"]
    assert name_of(assert_cors_allowed(django_client, origin=PAGE, path="/me")) == "nobody"
    assert django_client.cookies["name"].value == "somebody"
    assert_cors_refused(django_client, origin=EVIL, path="/me")
    assert_cors_allowed(django_client, origin=EVIL, path="/streamed")


def test_the_cookies_are_there_again_after_an_error(django_client: Client) -> None:
    django_client.raise_request_exception = True
    with override_settings(MIDDLEWARE=["no.such.Middleware"]), pytest.raises(ImportError):
        assert_cors_allowed(django_client, origin=PAGE)
    assert django_client.cookies["name"].value == "somebody"


# -- Requirements ------------------------------------------------------------------------------------------------------


def test_it_needs_none_of_the_extras() -> None:
    code = (
        "import sys\n"
        "for name in ('click', 'rich', 'httpx', 'starlette', 'urllib3', 'flask', 'django', 'webtest', 'pytest'):\n"
        "    sys.modules[name] = None\n"
        "from wsgicors import CORS, Policy\n"
        "from wsgicors.testing import assert_cors_allowed, assert_cors_refused\n"
        "def app(environ, start_response):\n"
        "    start_response('200 OK', [])\n"
        "    return []\n"
        "app = CORS(app, Policy(allow_origins=['https://a.example']))\n"
        "assert_cors_allowed(app, origin='https://a.example')\n"
        "try: assert_cors_refused(app, origin='https://a.example')\n"
        "except AssertionError as error: print(str(error).splitlines()[0])\n"
    )
    root = Path(__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stdout == "This request should be refused:\n", done.stderr
