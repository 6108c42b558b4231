"""What is given instead of an app, or of rules."""

import functools
from typing import Any

import pytest

from tests.middleware.asking import POLICY
from tests.wsgi import App
from wsgicors import CORS, PolicyError
from wsgicors import asgi as asgi_cors


async def asgi(scope: object, receive: object, send: object) -> None: ...


class AsgiApp:
    async def __call__(self, scope: object, receive: object, send: object) -> None: ...


class WsgiMethod:
    def answer(self, environ: object, start_response: object) -> list[bytes]:
        return []


@pytest.mark.parametrize(
    ("app", "code", "text"),
    [
        (None, "no-app", "None is not a WSGI app"),
        ("shop.wsgi:app", "no-app", "cannot be called"),
        (asgi, "asgi-app", "'asgi' is an ASGI app"),
        (AsgiApp(), "asgi-app", "'AsgiApp' is an ASGI app"),
        (AsgiApp().__call__, "asgi-app", "Wrap it with wsgicors.asgi.CORS"),
        (functools.partial(asgi, None), "asgi-app", "wsgicors.asgi.CORS"),
        (functools.partial(AsgiApp()), "asgi-app", "wsgicors.asgi.CORS"),
    ],
)
def test_an_app_of_another_kind_raises_with_all_problems_of_the_rules(app: Any, code: str, text: str) -> None:
    with pytest.raises(PolicyError, match=text) as error:
        CORS(app, {"api": POLICY})
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        (code, "app"),
        ("rule-path", "rules"),
    ]
    with pytest.raises(PolicyError) as error:
        CORS(app, POLICY)
    assert [problem.code for problem in error.value.problems] == [code]


@pytest.mark.parametrize("app", [App(), WsgiMethod().answer, functools.partial(App()), App, CORS(App(), POLICY)])
def test_any_other_callable_is_accepted_as_an_app(app: Any) -> None:
    assert CORS(app, POLICY).app is app


def test_without_rules_the_problem_says_what_to_give() -> None:
    with pytest.raises(PolicyError, match="Give it a Policy, a list of them, or a mapping") as error:
        CORS(App())
    assert [problem.code for problem in error.value.problems] == ["no-rules"]


@pytest.mark.parametrize(
    "rules",
    [
        {"/api": {"allow_origins": "*"}},
        {"/api": [POLICY, {"allow_origins": "*"}]},
        {"allow_origins": "*"},
        [{"allow_origins": "*"}],
    ],
)
def test_settings_instead_of_a_policy_raise_with_a_remedy(rules: Any) -> None:
    with pytest.raises(PolicyError, match=r"CORS\.from_mapping") as error:
        CORS(App(), rules)
    assert [problem.code for problem in error.value.problems] == ["settings-for-policy"]


@pytest.mark.parametrize("made", [CORS, lambda app, policy, **given: asgi_cors.CORS(asgi, policy, **given)])
@pytest.mark.parametrize(
    ("given", "settings"),
    [
        ({"debug": "0"}, ["debug"]),
        ({"debug": None, "on_refusal": "print"}, ["debug", "on_refusal"]),
    ],
)
def test_an_option_of_another_type_is_a_problem(made: Any, given: dict[str, Any], settings: list[str]) -> None:
    with pytest.raises(PolicyError) as error:
        made(App(), POLICY, **given)
    assert [(problem.code, problem.setting) for problem in error.value.problems] == [
        ("wrong-type", setting) for setting in settings
    ]
    assert made(App(), POLICY, debug=True, on_refusal=print).debug
