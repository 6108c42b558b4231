"""The extension answers many threads as it answers one: their first requests, and while rules are swapped."""

import itertools
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import pytest
from flask import Blueprint, Flask

import wsgicors
from flask_wsgicors import CORS, cors
from tests.flask.asking import A, B
from tests.together import THREADS, State, ask_while_swapped, together
from tests.wsgi import App, Question, answer_of, preflight
from wsgicors import Policy

OF_APP: Final = Policy(allow_origins=[A], allow_methods=["PUT"])
OF_VIEW: Final = Policy(allow_origins=[B], allow_methods=["PUT"], max_age=5)
OF_BLUEPRINT: Final = Policy(allow_origins=[A, B], expose_headers=["ETag"])
OWN: Final = {"/view": OF_VIEW, "/blueprint": OF_BLUEPRINT}
"""What decorator and blueprint say, whatever the app's rules are."""

QUESTIONS: Final[list[Question]] = [
    (method, path, fields)
    for path in ("/view", "/blueprint/view", "/api/view", "/api/nothing", "/nothing")
    for origin in (A, B)
    for method, fields in (
        ("GET", (("Origin", origin),)),
        ("OPTIONS", tuple(preflight(origin, "PUT"))),
    )
]


def app_of() -> Flask:
    app, blueprint = Flask(__name__), Blueprint("blueprint", __name__, url_prefix="/blueprint")
    for path in ("/view", "/api/view"):
        view = cors(OF_VIEW)(lambda: "") if path == "/view" else lambda: ""
        app.add_url_rule(path, path, view, methods=["GET", "PUT"])
    blueprint.add_url_rule("/view", "view", lambda: "", methods=["GET", "PUT"])
    CORS(blueprint, resources={"/*": OF_BLUEPRINT})
    app.register_blueprint(blueprint)
    return app


def cors_of(app: Any, question: Question) -> dict[str, str]:
    return answer_of(app, question).cors


def by_the_core(rules: dict[str, Any]) -> dict[Question, dict[str, str]]:
    wrapped = wsgicors.CORS(App(), rules)
    return {question: cors_of(wrapped, question) for question in QUESTIONS}


def test_the_first_requests_come_together() -> None:
    expected = by_the_core({**OWN, "/": OF_APP})
    for _ in range(10):
        app = app_of()
        CORS(app, resources={"/*": OF_APP})

        def ask(app: Flask = app) -> None:
            for question in QUESTIONS:
                assert cors_of(app.wsgi_app, question) == expected[question], question

        together(*[ask] * THREADS)


def test_the_first_requests_to_a_decorated_view_come_together() -> None:
    """The app does not know of them before, and wraps itself."""
    expected = by_the_core({"/view": OF_VIEW})
    question = QUESTIONS[2]
    assert expected[question]
    for _ in range(30):
        app = Flask(__name__)
        app.add_url_rule("/view", "view", cors(OF_VIEW)(lambda: ""))

        def ask(app: Flask = app) -> None:
            assert cors_of(app.wsgi_app, question) == expected[question]

        together(*[ask] * THREADS)


class Watched(dict[str, Any]):
    """The extensions of an app, with a request of another thread as soon as one is added."""

    def __init__(self, ask: Callable[[], object]) -> None:
        super().__init__()
        self.ask, self.answers = ask, list[object]()

    def __setitem__(self, name: str, extension: object) -> None:
        super().__setitem__(name, extension)
        self.answers.append(self.ask())

    def setdefault(self, name: str, extension: object = None) -> Any:
        known = super().setdefault(name, extension)
        self.answers.append(self.ask())
        return known


def test_a_request_comes_while_another_wraps_the_app() -> None:
    app = Flask(__name__)
    app.add_url_rule("/view", "view", cors(OF_VIEW)(lambda: ""))
    extensions = app.extensions = Watched(lambda: cors_of(app.wsgi_app, QUESTIONS[2]))
    answer = cors_of(app.wsgi_app, QUESTIONS[2])
    assert answer
    assert extensions.answers == [answer]


class Contended:
    """A lock, with an event that is set once a thread has to wait for it."""

    def __init__(self, waits: threading.Event) -> None:
        self.lock, self.waits = threading.Lock(), waits

    def __enter__(self) -> None:
        if not self.lock.acquire(blocking=False):
            self.waits.set()
            self.lock.acquire()

    def __exit__(self, *_: object) -> None:
        self.lock.release()


def test_a_slow_preflight_does_not_replace_newer_views(monkeypatch: pytest.MonkeyPatch) -> None:
    app = Flask(__name__)
    CORS(app, origins=[A])
    held = app.extensions["cors"]
    seen, overtaken = threading.Event(), threading.Event()
    look = held.look_at_views

    def slowly() -> Any:
        views = look()
        if threading.current_thread() is slow:
            seen.set()
            assert overtaken.wait(10)
        return views

    slow = threading.Thread(target=cors_of, args=(app.wsgi_app, QUESTIONS[1]))
    monkeypatch.setattr(held, "look_at_views", slowly)
    monkeypatch.setattr(held, "_settling", Contended(overtaken))
    slow.start()
    assert seen.wait(10)
    app.add_url_rule("/view", "view", cors(OF_VIEW)(lambda: ""))
    asked: Question = ("GET", "/view", (("Origin", B),))
    answers = [cors_of(app.wsgi_app, asked)]
    overtaken.set()
    slow.join()
    answers.append(cors_of(app.wsgi_app, asked))
    assert [answer.get("Access-Control-Allow-Origin") for answer in answers] == [B, B]


def test_rules_are_swapped() -> None:
    app = app_of()
    CORS(app, resources={"/*": OF_APP})
    held = app.extensions["cors"]
    sets: list[dict[str, Any]] = [
        {"/": OF_APP},
        {"/api": OF_VIEW, "/": OF_BLUEPRINT},
        {"/nothing": [OF_VIEW, Policy(allow_origins="*")]},
        {},
    ]
    states = [State(partial(setattr, held, "rules", rules), by_the_core({**rules, **OWN})) for rules in sets]
    turns = [*itertools.islice(itertools.cycle(states), 17)]
    ask_while_swapped(lambda question: cors_of(app.wsgi_app, question), turns)
