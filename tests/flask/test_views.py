"""The policy of a decorated view: the right one is found, without calling any code of the app."""

import functools
import warnings
from collections.abc import Callable
from typing import Any, ClassVar

import flask
import pytest
from flask import Blueprint, Flask, Request, abort, redirect
from flask.views import MethodView, View
from werkzeug.routing import BaseConverter, MapAdapter, Rule
from werkzeug.test import EnvironBuilder

from flask_wsgicors import CORS, cors
from tests.flask.asking import STRANGER, A, B, allowed, ask, passes, preflight, problems
from wsgicors import Policy


def app_of() -> Flask:
    """An app whose every function fails: only requests answered before them pass."""
    app = Flask(__name__)

    @app.before_request
    def before() -> Any:
        raise AssertionError

    return app


def fail(*args: object, **kwargs: object) -> Any:
    raise AssertionError


def test_below_the_route() -> None:
    app = app_of()

    @app.put("/x")
    @cors(origins=A)
    def view() -> Any:
        raise AssertionError

    assert passes(preflight(app, "/x"))
    assert preflight(app, "/x", STRANGER).status_code == 403


def test_above_the_route() -> None:
    app = app_of()

    @cors(origins=A)
    @app.put("/x")
    def view() -> Any:
        raise AssertionError

    assert passes(preflight(app, "/x"))
    assert preflight(app, "/x", STRANGER).status_code == 403


def test_the_view_itself_stays_as_it_is() -> None:
    """Where it is also served without the decorator, it has no policy."""

    def view() -> str:
        return "hello"

    class Notes(MethodView):
        """The notes."""

        put = staticmethod(view)

    decorated, of_class = cors(origins=A)(view), cors(origins=A)(Notes)
    assert (decorated.__name__, decorated()) == ("view", "hello")
    assert (of_class.__name__, of_class.__doc__, of_class.__module__) == ("Notes", "The notes.", __name__)
    app = Flask(__name__)
    app.add_url_rule("/x", "x", decorated, methods=["PUT"])
    app.add_url_rule("/plain/x", "plain", view, methods=["PUT"])
    app.add_url_rule("/y", "y", of_class.as_view("y"))
    app.add_url_rule("/plain/y", "plain-y", Notes.as_view("plain-y"))
    for path in ("/x", "/y"):
        assert allowed(ask(app, path, A, "PUT")) == A
        assert allowed(ask(app, f"/plain{path}", A, "PUT")) is None


def test_above_the_route_of_a_class() -> None:
    app = Flask(__name__)

    def route(view: type[MethodView]) -> type[MethodView]:
        app.add_url_rule("/x", view_func=view.as_view("x"))
        return view

    @cors(origins=A)
    @route
    class Notes(MethodView):
        def put(self) -> str:
            return "written"

    assert passes(preflight(app, "/x"))


def test_a_wrapper_of_a_view_that_is_decorated_elsewhere() -> None:
    def view() -> str:
        return "hello"

    cors(origins=A)(view)

    @functools.wraps(view)
    def wrapper() -> str:
        return "wrapped"

    app = Flask(__name__)
    app.add_url_rule("/x", "x", wrapper)
    assert allowed(ask(app, "/x")) is None


def test_other_decorators_that_keep_the_views_attributes() -> None:
    def guarded(view: Callable[[], str]) -> Callable[[], str]:
        @functools.wraps(view)
        def guard() -> str:
            abort(401)

        return guard

    only_a = cors(origins=A)
    for view in (guarded(only_a(lambda: "")), only_a(guarded(lambda: ""))):
        app = Flask(__name__)
        app.add_url_rule("/x", "x", view, methods=["PUT"])
        assert passes(preflight(app, "/x"))
        response = ask(app, "/x", method="PUT")
        assert (response.status_code, allowed(response)) == (401, A)


def test_a_method_view_by_its_decorators() -> None:
    class Notes(MethodView):
        decorators: ClassVar = [cors(origins=A)]
        put = fail

    app = app_of()
    app.add_url_rule("/x", view_func=Notes.as_view("notes"))
    assert passes(preflight(app, "/x"))


def test_a_method_view_as_a_class() -> None:
    @cors(origins=A)
    class Notes(MethodView):
        put = fail

    class Drafts(Notes):
        pass

    app = app_of()
    app.add_url_rule("/x", view_func=Notes.as_view("notes"))
    app.add_url_rule("/y", view_func=Drafts.as_view("drafts"))
    assert passes(preflight(app, "/x"))
    assert passes(preflight(app, "/y"))


def test_the_methods_of_a_method_view() -> None:
    @cors(origins=STRANGER)
    class Notes(MethodView):
        @cors(origins=A)
        def get(self) -> str:
            return "read"

        @cors(origins=B)
        def put(self) -> str:
            return "written"

        def delete(self) -> str:
            return "deleted"

    class Files(MethodView):
        get = fail

        @cors(origins=B)
        def head(self) -> str:
            return ""

    app = Flask(__name__)
    app.add_url_rule("/x", view_func=Notes.as_view("notes"))
    app.add_url_rule("/files", view_func=Files.as_view("files"))
    CORS(app, origins=A)
    assert [allowed(ask(app, "/x", A, method)) for method in ("GET", "HEAD", "PUT", "DELETE")] == [A, A, None, None]
    assert [passes(preflight(app, "/x", B, method)) for method in ("PUT",)] == [True]
    assert preflight(app, "/x", A, "PUT").status_code == 403
    assert passes(preflight(app, "/x", STRANGER, "DELETE"))
    assert (allowed(ask(app, "/files", A, "HEAD")), allowed(ask(app, "/files", B, "HEAD"))) == (None, B)


@pytest.mark.parametrize("base", [MethodView, View])
def test_methods_that_a_class_names_in_lower_case(base: type[View]) -> None:
    class Pages(base):  # type: ignore[valid-type,misc]
        methods: ClassVar[list[str]] = ["get", "Put"]

        @cors(origins=[B])
        def get(self) -> str:
            return "get"

        @cors(origins=[B])
        def put(self) -> str:
            return "put"

        def dispatch_request(self) -> str:
            return getattr(self, flask.request.method.lower())()

    app = Flask(__name__)
    CORS(app, origins=[A])
    app.add_url_rule("/", view_func=Pages.as_view("pages"))
    for method in ("GET", "PUT"):
        assert allowed(ask(app, "/", B, method)) == B
        assert passes(preflight(app, "/", B, method))
        assert not passes(preflight(app, "/", A, method))


@pytest.mark.parametrize("base", [MethodView, View])
def test_methods_that_only_the_url_rule_names(base: type[View]) -> None:
    class Pages(base):  # type: ignore[valid-type,misc]
        @cors(origins=[B], methods=["REPORT"])
        def report(self) -> str:
            return "report"

        def dispatch_request(self) -> str:
            return getattr(self, flask.request.method.lower())()

    app = Flask(__name__)
    CORS(app, origins=[A])
    app.add_url_rule("/", view_func=Pages.as_view("pages"), methods=["report"])
    assert allowed(ask(app, "/", B, "REPORT")) == B
    assert passes(preflight(app, "/", B, "REPORT"))
    assert not passes(preflight(app, "/", A, "REPORT"))


def test_a_head_method_of_its_own() -> None:
    class Notes(MethodView):
        @cors(origins=B)
        def get(self) -> str:
            return "read"

        def head(self) -> str:
            return ""

    app = Flask(__name__)
    app.add_url_rule("/x", view_func=Notes.as_view("notes"))
    CORS(app, origins=A)
    assert allowed(ask(app, "/x", A, "HEAD")) == A
    assert allowed(ask(app, "/x", A)) is None


def test_a_view_class_without_methods() -> None:
    class Page(View):
        decorators: ClassVar = [cors(origins=A)]

        def dispatch_request(self) -> str:
            return "page"

    app = Flask(__name__)
    app.add_url_rule("/x", view_func=Page.as_view("page"))
    assert allowed(ask(app, "/x")) == A


def test_a_bound_method() -> None:
    class Notes:
        def write(self) -> str:
            return "written"

    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(Notes().write), methods=["PUT"])
    assert passes(preflight(app, "/x"))


def in_partial(view: Any) -> Any:
    """Wrap a view as decorators without a function of their own do."""
    return functools.update_wrapper(functools.partial(lambda view, **given: view(**given), view), view)


WRAPS = [functools.partial, lambda view: functools.partial(functools.partial(view)), in_partial]


@pytest.mark.parametrize("wrap", WRAPS)
def test_a_partial_of_a_decorated_view(wrap: Callable[[Any], Any]) -> None:
    class Pages(MethodView):
        @cors(origins=[B])
        def get(self) -> str:
            return "get"

    app = Flask(__name__)
    CORS(app, origins=[A])
    app.add_url_rule("/function", "function", wrap(cors(origins=[B])(lambda: "function")))
    app.add_url_rule("/class", "class", wrap(Pages.as_view("pages")))
    for at in ("/function", "/class"):
        assert allowed(ask(app, at, B)) == B
        assert passes(preflight(app, at, B, "GET"))
        assert not passes(preflight(app, at, A, "GET"))


def in_function(view: Any) -> Any:
    return functools.wraps(view)(lambda: view())


@pytest.mark.parametrize("wrap", [*WRAPS, in_function])
def test_a_view_whose_copy_is_served_behind_a_wrapper_stays_undecorated(wrap: Callable[[Any], Any]) -> None:
    view = lambda: "view"  # noqa: E731
    app = Flask(__name__)
    CORS(app, origins=[A])
    app.add_url_rule("/decorated", "decorated", wrap(cors(origins=[B])(view)))
    app.add_url_rule("/view", "view", view)
    assert [allowed(ask(app, at, B)) for at in ("/decorated", "/view")] == [B, None]
    assert passes(preflight(app, "/view", A, "GET"))


def test_a_wrapper_that_wraps_itself() -> None:
    view = cors(origins=[B])(lambda: "view")
    view.__dict__["__wrapped__"] = view
    app = Flask(__name__)
    app.add_url_rule("/x", "x", view)
    assert allowed(ask(app, "/x", B)) == B


def test_a_whole_policy() -> None:
    app = app_of()
    app.add_url_rule("/x", "x", cors(Policy(allow_origins=[A], allow_methods=["PUT"]))(lambda: ""), methods=["PUT"])
    CORS(app, origins=B, max_age=5)
    response = preflight(app, "/x")
    assert passes(response)
    assert "Access-Control-Max-Age" not in response.headers
    assert "Access-Control-Allow-Headers" not in preflight(app, "/x", headers="x-a").headers


def written(number: int = 1, *, more: str = "more") -> str:
    """What a view is."""
    return f"{number} {more}"


class Write(MethodView):
    def put(self) -> str:
        return "1 more"


class Writer:
    def write(self) -> str:
        return "1 more"


@pytest.mark.parametrize("view", [written, Write, Writer().write, functools.partial(written, more="more")])
def test_one_view_for_several_apps(view: Any) -> None:
    """A factory decorates existing views; each app has its own policy."""
    apps = {origin: Flask(__name__) for origin in (A, B, STRANGER)}
    for origin, app in apps.items():
        own = cors(origins=origin)(view)
        app.add_url_rule("/x", "x", own.as_view("x") if view is Write else own, methods=["PUT"])
        assert getattr(own, "__doc__", None) == getattr(view, "__doc__", None)
    for origin, app in apps.items():
        for page in apps:
            response = ask(app, "/x", page, "PUT")
            assert (response.text, allowed(response)) == ("1 more", page if page == origin else None)


def test_of_two_decorators_the_outer_one_counts() -> None:
    app = Flask(__name__)

    @app.put("/x")
    @cors(origins=A)
    @cors(origins=B)
    def view() -> str:
        return "hello"

    assert (allowed(ask(app, "/x", A, "PUT")), allowed(ask(app, "/x", B, "PUT"))) == (A, None)


def test_an_async_view_for_several_apps() -> None:
    async def view() -> str:
        return "hello"

    for origin in (A, B):
        app = Flask(__name__)
        app.add_url_rule("/x", "x", cors(origins=origin)(view))
        assert (ask(app, "/x").text, allowed(ask(app, "/x", origin))) == ("hello", origin)


def test_one_view_at_several_urls() -> None:
    app = app_of()
    view = cors(origins=A)(fail)
    app.add_url_rule("/x", "x", view, methods=["PUT"])
    app.add_url_rule("/y/<int:number>", "x", view, methods=["PUT"])
    assert passes(preflight(app, "/x"))
    assert passes(preflight(app, "/y/5"))


def test_urls_that_differ_by_method() -> None:
    app = app_of()
    app.add_url_rule("/x", "put", cors(origins=A)(lambda: ""), methods=["PUT"])
    app.add_url_rule("/x", "delete", cors(origins=B)(lambda: ""), methods=["DELETE"])
    app.add_url_rule("/x", "post", lambda: "", methods=["POST"])
    CORS(app, origins=STRANGER)
    for origin, method in ((A, "PUT"), (B, "DELETE"), (STRANGER, "POST")):
        assert passes(preflight(app, "/x", origin, method))
        for other in {A, B, STRANGER} - {origin}:
            assert preflight(app, "/x", other, method).status_code == 403


def test_a_rule_that_takes_every_method() -> None:
    app = Flask(__name__)
    app.url_map.add(Rule("/x", endpoint="x"))

    @app.endpoint("x")
    @cors(origins=A)
    def view() -> str:
        return ""

    assert passes(preflight(app, "/x", method="PATCH"))


def test_a_strict_slash_is_no_obstacle() -> None:
    app = Flask(__name__)

    @app.put("/notes/")
    @cors(origins=A)
    def view() -> str:
        return ""

    assert passes(preflight(app, "/notes"))
    response = ask(app, "/notes", method="PUT")
    assert (response.status_code, allowed(response)) == (308, A)
    for mount in ("a b", "~"):
        mounted = app.test_client().put("/notes", base_url=f"http://localhost/{mount}", headers={"Origin": A})
        assert (mounted.status_code, allowed(mounted)) == (308, A)


def test_a_strict_slash_behind_what_is_escaped_in_a_url() -> None:
    app = Flask(__name__)
    app.add_url_rule("/my notes/100%25/", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    assert passes(preflight(app, "/my%20notes/100%2525"))


def test_no_code_that_routes_reads_the_body() -> None:
    class Reading(Flask):
        def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
            if request is not None:
                request.get_data()
            return super().create_url_adapter(request)

    app = Reading(__name__)

    @app.put("/x")
    @cors(origins=A)
    def view() -> bytes:
        return flask.request.get_data()

    response = app.test_client().put("/x", data="written", headers={"Origin": A})
    assert response.text == "written"


def test_slashes_that_are_merged_are_no_obstacle() -> None:
    app = Flask(__name__)
    app.add_url_rule("/notes/<name>", "x", cors(origins=A)(lambda name: ""), methods=["PUT"])
    assert passes(preflight(app, "/notes//a%20%2525"))


def test_redirects_of_the_url_map() -> None:
    app = Flask(__name__)
    app.add_url_rule("/new", "new", cors(origins=A)(lambda: ""), methods=["PUT"])
    app.add_url_rule("/old", "old", redirect_to="/new", methods=["PUT"])
    app.add_url_rule("/away", "away", redirect_to="https://elsewhere.example/nothing", methods=["PUT"])
    CORS(app, origins=B, resources="/away")
    assert passes(preflight(app, "/old"))
    assert passes(preflight(app, "/away", B))


def test_redirects_of_a_view_are_the_views() -> None:
    app = Flask(__name__)
    app.add_url_rule("/old", "old", cors(origins=A)(lambda: redirect("https://elsewhere.example")))
    assert (ask(app, "/old").status_code, allowed(ask(app, "/old"))) == (302, A)


def test_what_the_app_does_not_serve_is_answered_by_its_path() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    CORS(app, origins=B)
    for path, method, status in (("/nothing", "PUT", 404), ("/x", "DELETE", 405)):
        assert passes(preflight(app, path, B, method))
        response = ask(app, path, B, method)
        assert (response.status_code, allowed(response)) == (status, B)


def test_without_a_rule_for_the_path_the_urls_views_answer() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    app.add_url_rule("/y", "y", lambda: "", methods=["PUT"])
    assert passes(preflight(app, "/x", A, "DELETE"))
    response = ask(app, "/x", A, "DELETE")
    assert (response.status_code, allowed(response)) == (405, A)
    for path in ("/y", "/nothing"):
        assert allowed(ask(app, path, A, "DELETE")) is None
        assert "Allow" in preflight(app, "/y", A, "DELETE").headers


def test_without_a_rule_for_the_path_any_method_with_a_policy_answers() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "get", lambda: "", methods=["GET"])
    app.add_url_rule("/x", "put", cors(origins=A)(lambda: ""), methods=["PUT"])
    response = ask(app, "/x", A, "DELETE")
    assert (response.status_code, allowed(response)) == (405, A)


def test_options_without_a_requested_method_are_the_apps() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    response = ask(app, "/x", method="OPTIONS")
    assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "PUT"}
    assert (response.status_code, allowed(response)) == (200, A)


def test_only_options_ask_for_another_method() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "put", cors(origins=A)(lambda: ""), methods=["PUT"])
    app.add_url_rule("/x", "get", cors(origins=B)(lambda: ""), methods=["GET"])
    assert allowed(ask(app, "/x", A, Access_Control_Request_Method="PUT")) is None
    assert allowed(ask(app, "/x", B, Access_Control_Request_Method="PUT")) == B


def test_the_environ_stays_as_it_is() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""))
    CORS(app, origins=B)
    environ = EnvironBuilder("/x").get_environ()
    before = dict(environ)
    assert app.extensions["cors"].find(environ).allow_origins == (A,)
    assert environ == before


def test_no_origin_is_no_preflight() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    response = app.test_client().options("/x", headers={"Access-Control-Request-Method": "PUT"})
    assert (response.status_code, response.headers["Vary"]) == (200, "Origin")


def test_a_converter_that_fails_is_the_apps_business() -> None:
    class Broken(BaseConverter):
        def to_python(self, value: str) -> Any:
            raise ZeroDivisionError

    app = Flask(__name__)
    app.url_map.converters["broken"] = Broken
    app.add_url_rule("/<broken:name>/x", "x", cors(origins=A)(lambda name: ""), methods=["PUT"])
    CORS(app, origins=B)
    assert passes(preflight(app, "/a/x", B))
    response = ask(app, "/a/x", B, "PUT")
    assert (response.status_code, allowed(response)) == (500, B)


def test_a_converter_that_fails_once_the_method_is_right() -> None:
    class Broken(BaseConverter):
        calls = 0

        def to_python(self, value: str) -> str:
            Broken.calls += 1
            raise ZeroDivisionError

    app = Flask(__name__)
    app.url_map.converters["broken"] = Broken
    app.add_url_rule("/<broken:name>/x", "x", cors(origins=A)(lambda name: ""), methods=["PUT"])
    response = app.test_client().options("/a/x", headers={"Origin": A, "Access-Control-Request-Method": "DELETE"})
    assert allowed(response) is None
    assert Broken.calls > 1, "by the app alone"


@pytest.mark.skipif("TRUSTED_HOSTS" not in Flask.default_config, reason="Flask 3.0 trusts every host")
def test_a_host_that_is_not_trusted_is_answered_by_the_path() -> None:
    app = Flask(__name__)
    app.config["TRUSTED_HOSTS"] = ["localhost"]
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""))
    CORS(app, origins=B)
    response = app.test_client().get("/x", base_url="http://evil.example", headers={"Origin": B})
    assert (response.status_code, allowed(response)) == (400, B)
    assert allowed(ask(app, "/x")) == A


def test_an_environ_with_next_to_nothing_in_it() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""))
    CORS(app, origins=B)
    assert app.extensions["cors"].find({}) == Policy(
        allow_origins=[B],
        allow_methods=["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"],
        allow_headers=["*", "Authorization"],
    )


def test_host_matching_and_subdomains() -> None:
    by_host = Flask(__name__, host_matching=True, static_host="static.example")
    by_host.add_url_rule("/x", "a", cors(origins=A)(lambda: ""), host="api.example")
    by_host.add_url_rule("/x", "b", cors(origins=B)(lambda: ""), host="other.example")
    by_subdomain = Flask(__name__, subdomain_matching=True)
    by_subdomain.config["SERVER_NAME"] = "example"
    by_subdomain.add_url_rule("/x", "a", cors(origins=A)(lambda: ""), subdomain="api")
    by_subdomain.add_url_rule("/x", "b", cors(origins=B)(lambda: ""), subdomain="other")
    for app in (by_host, by_subdomain):
        for host, origin in (("api.example", A), ("other.example", B)):
            for page in (A, B):
                response = app.test_client().get("/x", base_url=f"http://{host}", headers={"Origin": page})
                assert allowed(response) == (page if page == origin else None)
                asked = {"Origin": page, "Access-Control-Request-Method": "GET"}
                status = app.test_client().options("/x", base_url=f"http://{host}", headers=asked).status_code
                assert status == (204 if page == origin else 403)


def test_a_server_name_alone() -> None:
    """Flask 3.0 serves no other host, Flask 3.1 every host: the view's policy follows the view."""
    app = Flask(__name__)
    app.config["SERVER_NAME"] = "example"
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of Flask 3.0
        for host in ("example", "other.test"):
            response = app.test_client().get("/x", base_url=f"http://{host}", headers={"Origin": A})
            assert (response.status_code, allowed(response)) in ((200, A), (404, None))


def test_a_default_subdomain() -> None:
    app = Flask(__name__, subdomain_matching=True)
    app.url_map.default_subdomain = "www"
    app.add_url_rule("/x", "www", cors(origins=A)(lambda: "www"))
    app.add_url_rule("/x", "bare", cors(origins=B)(lambda: "bare"), subdomain="")
    response = ask(app, "/x", B)
    assert (response.text, allowed(response)) == ("bare", B)


def test_an_app_that_routes_in_its_own_way() -> None:
    class Own(Flask):
        def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
            path = "/own" + request.path if request is not None else None
            return self.url_map.bind("own", path_info=path)

    app = Own(__name__)
    app.add_url_rule("/own/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    app.add_url_rule("/x", "y", cors(origins=B)(lambda: ""), methods=["PUT"])
    assert passes(preflight(app, "/x"))
    assert allowed(ask(app, "/x", A, "PUT")) == A


def test_a_path_beyond_ascii() -> None:
    app = Flask(__name__)
    app.add_url_rule("/caffè/<name>", "x", cors(origins=A)(lambda name: ""), methods=["PUT"])
    assert passes(preflight(app, "/caff%C3%A8/%E2%82%AC"))


def test_faults_of_views_are_found_as_soon_as_they_can_be() -> None:
    app = Flask(__name__)
    app.add_url_rule("/x", "x", cors(methods=["PUT"])(lambda: ""))
    app.add_url_rule("/x/<y>", "x", app.view_functions["x"])
    app.add_url_rule("/y", "y", cors(supports_credentials=True, expose_headers="*")(lambda: ""))
    found = problems(lambda: CORS(app, origins="*", resources="/other"))
    assert found == [
        ("any-origin-with-credentials", "origins"),
        ("expose-any-with-credentials", "expose_headers of y"),
    ]


def test_a_fault_of_a_later_view_is_raised_for_that_view_alone() -> None:
    app = Flask(__name__)
    CORS(app, resources=[])
    app.add_url_rule("/x", "x", cors(methods=["PUT"])(lambda: ""), methods=["PUT"])
    app.add_url_rule("/y", "y", cors(origins=A)(lambda: ""))
    for _ in range(2):
        assert allowed(ask(app, "/y")) == A
        assert ask(app, "/other").status_code == 404
        assert problems(lambda: ask(app, "/x", method="PUT")) == [("no-origins", "origins of x")]
        assert problems(lambda: preflight(app, "/x")) == [("no-origins", "origins of x")]
    assert problems(lambda: app.extensions["cors"].entries()) == [("no-origins", "origins of x")]


def test_a_view_after_preflights_and_refusals_has_its_own_policy() -> None:
    """They never reach Flask, which takes views until its first request."""
    app = Flask(__name__)
    CORS(app, origins=[A], refuse="forbid")
    assert passes(preflight(app, "/late", A))
    assert ask(app, "/late", B).status_code == 403

    @app.put("/late")
    @cors(origins=[B])
    def late() -> str:
        return "late"

    assert not passes(preflight(app, "/late", A))
    assert passes(preflight(app, "/late", B))
    assert allowed(ask(app, "/late", B, "PUT")) == B
    with pytest.raises(AssertionError, match="has already handled its first request"):
        app.add_url_rule("/later", view_func=late)


def test_a_decorator_alone_is_enough() -> None:
    app = app_of()
    app.config["CORS_MAX_AGE"] = 5
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    assert "cors" not in app.extensions
    response = preflight(app, "/x")
    assert passes(response)
    assert response.headers["Access-Control-Max-Age"] == "5"


def test_a_decorator_alone_within_other_middleware() -> None:
    app = app_of()
    app.add_url_rule("/x", "x", cors(origins=A)(lambda: ""), methods=["PUT"])
    inner = app.wsgi_app
    calls: list[object] = []

    def outer(environ: Any, start_response: Any) -> Any:
        calls.append(environ)
        return inner(environ, start_response)

    app.wsgi_app = outer  # type: ignore[method-assign]
    for count in (1, 2):
        assert passes(preflight(app, "/x"))
        assert len(calls) == count


def test_an_app_without_decorators_is_left_alone() -> None:
    app = Flask(__name__)
    response = ask(app, "/")
    assert (response.status_code, allowed(response), "Vary" in response.headers) == (404, None, False)


def test_what_another_library_keeps_under_the_name_stays() -> None:
    app = Flask(__name__)
    app.extensions["cors"] = theirs = object()
    assert ask(app, "/").status_code == 404
    assert app.extensions["cors"] is theirs


def test_settings_of_the_resource_that_covers_the_url_rule() -> None:
    app = Flask(__name__)
    CORS(
        app,
        origins=A,
        max_age=1,
        resources={"/api/*": {"max_age": 2}, "/whole/*": Policy(allow_origins=[B]), r"/v\d/.*": {"max_age": 3}},
    )
    ages = {"/api/<name>": "2", "/whole/x": "1", "/other": "1", "/v1/<path:rest>": "3"}
    for rule in ages:
        app.add_url_rule(rule, rule.replace(".", ""), cors(methods=["PUT"])(lambda **_: ""), methods=["PUT"])
    for rule, age in ages.items():
        response = preflight(app, rule.replace("<name>", "n").replace("<path:rest>", "a/b"))
        assert response.headers["Access-Control-Max-Age"] == age


def test_settings_of_a_resource_that_a_later_call_has_again() -> None:
    app = Flask(__name__)
    CORS(app, origins=A, resources={"/x": {"max_age": 1}})
    CORS(app, origins=A, resources={"/x": {"max_age": 2}})
    app.add_url_rule("/x", "x", cors(methods=["PUT"])(lambda: ""))
    assert preflight(app, "/x", method="GET").headers["Access-Control-Max-Age"] == "2"


def test_settings_of_the_blueprint() -> None:
    app = Flask(__name__)
    blueprint = Blueprint("api", __name__, url_prefix="/api")
    CORS(blueprint, origins=A, max_age=1, resources={"/api/*": {}, "/api/deep/*": {"max_age": 2}})
    blueprint.add_url_rule("/x", "x", cors(methods=["PUT"])(lambda: ""), methods=["PUT"])
    blueprint.add_url_rule("/deep/x", "deep", cors(methods=["PUT"])(lambda: ""), methods=["PUT"])
    app.register_blueprint(blueprint)
    CORS(app, origins=B, max_age=5)
    assert preflight(app, "/api/x").headers["Access-Control-Max-Age"] == "1"
    assert preflight(app, "/api/deep/x").headers["Access-Control-Max-Age"] == "2"
    assert preflight(app, "/api/x", B).status_code == 403
