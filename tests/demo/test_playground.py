"""The playground in process: its choices, its predictions, and the servers of experiments and their clients."""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import Client, TestResponse

from tests.servers.exchange import ask
from wsgicors import CORS, Policy
from wsgicors.browser import Request, Stage, fetch
from wsgicors.demo import _experiments as module
from wsgicors.demo._experiments import Chosen, Experiment, Experiments, _app, predict
from wsgicors.demo._exports import exports
from wsgicors.demo._faults import FAULTS
from wsgicors.demo._playground import FRAME_FILES, MAX_BODY, Playground
from wsgicors.demo._questions import questions
from wsgicors.demo._scenarios import Scenario, scenarios
from wsgicors.demo._serving import served
from wsgicors.demo._snippets import snippets
from wsgicors.demo._tour import ORIGIN
from wsgicors.doctor.catalogue._causes import CAUSES, ROOTS
from wsgicors.doctor.catalogue._fetch_steps import STEPS
from wsgicors.doctor.diagnosis._examination import Decision

API, HERE, STRANGER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://localhost:2"
ALL = scenarios(HERE, STRANGER)
BLOCKED = [scenario for scenario in ALL if scenario.root]
FETCH = {"Origin": HERE, "Sec-Fetch-Site": "same-origin"}
ASKED = {"method": "GET", "headers": [], "credentials": False, "sandboxed": False}
CHOICE = {"policy": {"allow_origins": [HERE]}, "asked": ASKED, "fault": "", "debug": False}


@pytest.fixture
def experiments() -> Experiments:
    return Experiments()


@pytest.fixture
def playground(experiments: Experiments) -> Playground:
    return Playground(api_origin=API, origins=(HERE, STRANGER), experiments=experiments)


@pytest.fixture
def client(playground: Playground) -> Client:
    return Client(playground)


def post(client: Client, choice: object, origin: str = HERE, **fields: str) -> TestResponse:
    headers = {**FETCH, "Origin": origin, **{name.replace("_", "-"): value for name, value in fields.items()}}
    return client.post("/experiments", json=choice, base_url=origin, headers=headers)


def begun(client: Client, choice: object) -> Any:
    answer = post(client, choice)
    assert answer.status_code == 200, answer.text
    return answer.json


# -- The ready-made choices --------------------------------------------------------------------------------------------


def test_there_is_one_for_each_root_cause() -> None:
    assert [scenario.root for scenario in BLOCKED] == list(ROOTS)
    for scenario in BLOCKED:
        assert CAUSES[scenario.cause].root == scenario.root
        assert scenario.name == f"{scenario.root}. {ROOTS[scenario.root]}"


def test_each_fault_is_played_in_one() -> None:
    assert {scenario.fault for scenario in ALL} == {"", *FAULTS}
    for fault in FAULTS.values():
        assert set(fault.causes) <= CAUSES.keys()


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_it_is_predicted_as_it_is_named(client: Client, scenario: Scenario) -> None:
    told = begun(client, {"policy": scenario.policy, "asked": scenario.asked, "fault": scenario.fault, "debug": False})
    predicted = told["predicted"]
    assert predicted["decision"] == ("blocked" if scenario.root else "allowed")
    assert [suspect["id"] for suspect in predicted["suspects"]] == ([scenario.cause] if scenario.root else [])
    assert (predicted["step"] in STEPS.values()) == bool(scenario.root)
    assert predicted["asked"]["origin"] == ("null" if scenario.asked["sandboxed"] else HERE)


STAGES = {
    "app-error": (Stage.ACTUAL, 500, "front"),
    "origin-loopback": (Stage.ACTUAL, 200, "app"),
    "preflight-redirect-slash": (Stage.PREFLIGHT, 308, "front"),
    "preflight-authentication": (Stage.PREFLIGHT, 401, "front"),
    "preflight-method-refused": (Stage.PREFLIGHT, 405, "front"),
    "two-layers": (Stage.ACTUAL, 200, "front"),
    "proxy-bad-gateway": (Stage.ACTUAL, 502, "front"),
    "credentials-wildcard": (Stage.ACTUAL, 200, "app"),
    "header-not-allowed": (Stage.PREFLIGHT, 204, "middleware"),
    "cached-origin": (Stage.ACTUAL, 200, "front"),
    "outside-static": (Stage.ACTUAL, 200, "front"),
    "null-origin": (Stage.ACTUAL, 200, "app"),
}


@pytest.mark.parametrize("scenario", BLOCKED, ids=lambda scenario: scenario.cause)
def test_where_it_fails_and_who_answers(scenario: Scenario) -> None:
    experiment = Experiment(chosen(scenario))
    conclusion = fetch(page_of(scenario), experiment.answer)
    assert conclusion.failed
    last = experiment.exchanges[-1]
    assert (conclusion.failed.stage, int(last["status"][:3]), last["by"]) == STAGES[scenario.cause]


def chosen(scenario: Scenario, fault: str | None = None) -> Chosen:
    return Chosen(Policy.from_mapping(scenario.policy), scenario.fault if fault is None else fault, STRANGER)


def page_of(scenario: Scenario) -> Request:
    asked = scenario.asked
    headers = [(name, value.strip()) for name, _, value in (line.partition(":") for line in asked["headers"])]
    origin = "null" if asked["sandboxed"] else HERE
    return Request(
        f"{API}/playground/0", origin, asked["method"], headers, "include" if asked["credentials"] else "omit"
    )


@pytest.mark.parametrize("scenario", [one for one in BLOCKED if one.fault], ids=lambda scenario: scenario.cause)
def test_without_its_fault_it_works(scenario: Scenario) -> None:
    assert predict(chosen(scenario, fault=""), page_of(scenario)).decision is Decision.ALLOWED


# -- Faults beyond the ready-made choices ------------------------------------------------------------------------------


def answers(fault: str, policy: Policy, *sent: Request) -> list[Any]:
    experiment = Experiment(Chosen(policy, fault, STRANGER))
    for request in sent:
        experiment.answer(request)
    return experiment.exchanges


@pytest.mark.parametrize(
    ("fault", "method", "headers", "by"),
    [
        ("login", "GET", [("Authorization", "Bearer x")], "app"),
        ("router", "PUT", [], "app"),
        ("cache", "PUT", [], "app"),
        ("files", "PUT", [], "app"),
        ("files", "HEAD", [], "front"),
        ("", "HEAD", [], "app"),
    ],
)
def test_what_a_fault_leaves_alone(fault: str, method: str, headers: list[tuple[str, str]], by: str) -> None:
    policy = Policy(allow_origins=[HERE])
    (exchange,) = answers(fault, policy, Request(f"{API}/x", HERE, method, [*headers, ("Origin", HERE)]))
    assert (exchange["status"], exchange["by"]) == ("200 OK", by)


def test_the_path_with_a_slash_is_not_redirected() -> None:
    (exchange,) = answers("redirect", Policy(allow_origins=[HERE]), Request(f"{API}/x/", HERE))
    assert exchange["by"] == "app"


def test_the_cache_gives_what_another_page_got_and_says_nothing_of_it() -> None:
    policy = Policy(allow_origins=[HERE, STRANGER])
    (exchange,) = answers("cache", policy, Request(f"{API}/x", HERE, headers=[("Origin", HERE)]))
    headers = dict(exchange["response"])
    assert headers["Access-Control-Allow-Origin"] == STRANGER
    assert headers.keys() & {"Vary", "Age"} == {"Age"}


def test_a_fault_that_explains_nothing_is_not_blamed() -> None:
    # The proxy's * is the only value: the policy has none for this page.
    asked = Request(f"{API}/x", HERE, credentials="include")
    found = predict(Chosen(Policy(allow_origins=[STRANGER]), "second-layer", STRANGER), asked)
    assert [suspect.cause.id for suspect in found.suspects] == ["credentials-wildcard"]


def test_what_the_policy_refuses_is_the_policys_fault() -> None:
    asked = Request(f"{API}/x", HERE, "PUT")
    found = predict(Chosen(Policy(allow_origins=[HERE]), "crash", STRANGER), asked)
    assert [suspect.cause.id for suspect in found.suspects] == ["method-not-allowed"]


def test_a_request_that_is_never_sent() -> None:
    found = predict(Chosen(Policy(allow_origins="*"), "", STRANGER), Request(f"{API}/x", HERE, "TRACE"))
    assert [suspect.cause.id for suspect in found.suspects] == ["forbidden-method"]
    assert not found.conclusion.exchanges


# -- The messages ------------------------------------------------------------------------------------------------------


def test_an_experiment_is_served_and_its_exchanges_are_kept(client: Client, experiments: Experiments) -> None:
    key = begun(client, CHOICE)["key"]
    headers = {"Origin": HERE, "X-Id": "7", "Cookie": "s=secret", "Authorization": "secret", "Content-Type": "a/b"}
    answer = Client(experiments, use_cookies=False).get(f"/{key}", headers=headers)
    assert (answer.status_code, answer.json) == (200, {"method": "GET", "from": "the app"})
    passed = client.get(f"/experiments/{key}", base_url=HERE)
    (exchange,) = passed.json["exchanges"]  # type: ignore[index]
    assert (exchange["method"], exchange["status"], exchange["by"]) == ("GET", "200 OK", "app")
    assert exchange["refused"] is None
    assert ["Origin", HERE] in exchange["request"]
    assert ["X-Id", "7"] in exchange["request"]
    assert ["Content-Type", "a/b"] in exchange["request"]
    assert "secret" not in passed.text
    assert {"Cookie", "Authorization"} <= {name for name, _ in exchange["request"]}
    assert ["Access-Control-Allow-Origin", HERE] in exchange["response"]


def test_both_lines_of_a_doubled_header_are_kept() -> None:
    (exchange,) = answers(
        "second-layer", Policy(allow_origins=[HERE]), Request(f"{API}/x", HERE, headers=[("Origin", HERE)])
    )
    doubled = [value for name, value in exchange["response"] if name == "Access-Control-Allow-Origin"]
    assert doubled == [HERE, "*"]


def test_a_refusal_is_told() -> None:
    asked = Request(f"{API}/x", HERE, headers=[("Origin", STRANGER)])
    (exchange,) = answers("", Policy(allow_origins=[HERE]), asked)
    assert exchange["refused"]["name"] == "origin-not-allowed"
    assert exchange["refused"]["sentence"] == f"The origin '{STRANGER}' is not allowed here."


def test_exchanges_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_EXCHANGES", 2)
    sent = [Request(f"{API}/{number}", HERE) for number in range(3)]
    assert [exchange["path"] for exchange in answers("", Policy(allow_origins="*"), *sent)] == ["/1", "/2"]


def test_experiments_are_bounded(monkeypatch: pytest.MonkeyPatch, client: Client, experiments: Experiments) -> None:
    monkeypatch.setattr(module, "KEPT", 2)
    keys = [begun(client, CHOICE)["key"] for _ in range(3)]
    found = [client.get(f"/experiments/{key}", base_url=HERE).status_code for key in keys]
    assert found == [404, 200, 200]
    assert Client(experiments).get(f"/{keys[0]}").status_code == 404


def test_a_policy_holds_for_its_own_experiment_alone(client: Client, experiments: Experiments) -> None:
    open_to_all = begun(client, {**CHOICE, "policy": {"allow_origins": "*"}})["key"]
    closed = begun(client, CHOICE)["key"]
    api = Client(experiments)
    allowed = [api.get(f"/{key}", headers={"Origin": STRANGER}).headers.get("Access-Control-Allow-Origin")
               for key in (open_to_all, f"{open_to_all}/x", closed, f"{closed}/x", "", f"{open_to_all}x")]  # fmt: skip
    assert allowed == ["*", "*", None, None, None, None]


def test_in_the_demo_nothing_but_the_experiment_changes() -> None:
    with served(0, 0) as demo:
        api, page = (int(origin.rpartition(":")[2]) for origin in (demo.api_origin, demo.page_origin))
        stranger = [("Origin", "https://evil.example")]
        body = json.dumps({**CHOICE, "policy": {"allow_origins": "*", "allow_methods": "*"}}).encode()
        fields = {"Origin": demo.page_origin, "Content-Type": "application/json"}
        begin = urllib.request.Request(f"{demo.page_origin}/playground/experiments", body, fields)
        with urllib.request.urlopen(begin, timeout=30) as started:
            told = json.load(started)
        assert told["request"]["url"] == f"{demo.api_origin}/playground/{told['key']}/notes/1"
        mine = ask(api, "GET", f"/playground/{told['key']}", stranger)
        assert mine.values("Access-Control-Allow-Origin") == ["*"]
        for path in ("/notes", "/archive", "/playground", "/playground/other"):
            assert ask(api, "GET", path, stranger).values("Access-Control-Allow-Origin") == []
        journal = json.loads(ask(page, "GET", "/journal").body)
        assert [exchange["path"] for exchange in journal] == ["/notes", "/archive"]


# -- The page's requests -----------------------------------------------------------------------------------------------


def test_the_choices(client: Client) -> None:
    told: Any = client.get("/choices", base_url=STRANGER).json
    ids = [scenario["id"] for scenario in told["scenarios"]]
    assert ids[:3] == ["write", "read-with-credentials", "app-error"]
    assert len(set(ids)) == len(ids)
    assert told["origin"] == ORIGIN
    assert len(told["scenarios"]) == len(ALL)
    assert told["scenarios"][0]["policy"]["allow_origins"] == [STRANGER]
    assert [fault["name"] for fault in told["faults"]] == list(FAULTS)
    assert told["faults"][0]["title"] == CAUSES["app-error"].title


def test_a_stranger_plays_too(client: Client) -> None:
    answer: Any = post(client, {**CHOICE, "policy": {"allow_origins": [HERE]}}, origin=STRANGER).json
    assert [suspect["id"] for suspect in answer["predicted"]["suspects"]] == ["origin-loopback"]


def test_what_the_browser_is_to_send(client: Client) -> None:
    asked = {"method": "put", "headers": ["X-A: 1", "x-b"], "credentials": True, "sandboxed": False}
    told = begun(client, {**CHOICE, "asked": asked})
    assert told["request"] == {
        "url": f"{API}/playground/{told['key']}/notes/1",
        "path": "/notes/1",
        "method": "PUT",
        "headers": [["X-A", "1"], ["x-b", "1"]],
        "credentials": "include",
        "sandboxed": False,
    }


def test_a_policy_that_does_not_build(client: Client) -> None:
    policy = {"allow_origins": ["https://a.example/"], "allow_methods": ["patch"], "allow_origin": 1, "max_age": -1}
    told = begun(client, {**CHOICE, "policy": policy})
    assert told.keys() == {"problems"}
    problems = {problem["code"]: problem for problem in told["problems"]}
    assert problems.keys() == {"unknown-setting", "origin-trailing-slash", "method-case", "max-age-range"}
    assert problems["origin-trailing-slash"]["remedy"] == 'Write "https://a.example" instead.'


@pytest.mark.parametrize("asked", [{"method": "P U T"}, {"headers": ["X Y: 1"]}, {"headers": ["X-A: \x00"]}])
def test_a_request_that_no_page_can_make(client: Client, experiments: Experiments, asked: Mapping[str, object]) -> None:
    told = begun(client, {**CHOICE, "asked": {**ASKED, **asked}})
    assert told.keys() == {"impossible"}
    assert told["impossible"]
    assert not experiments._kept


@pytest.mark.parametrize(
    "choice",
    [
        [],
        {},
        {**CHOICE, "policy": []},
        {**CHOICE, "policy": {"allow_origins": [{"regex": "https://(a+)+"}]}},
        {**CHOICE, "policy": {"allow_origins": {"regex": "https://(a+)+"}}},
        {**CHOICE, "policy": {"allow_origins": [1]}},
        {**CHOICE, "asked": None},
        {**CHOICE, "asked": {**ASKED, "method": 1}},
        {**CHOICE, "asked": {**ASKED, "headers": "X-A: 1"}},
        {**CHOICE, "asked": {**ASKED, "headers": [1]}},
        {**CHOICE, "asked": {**ASKED, "credentials": 1}},
        {**CHOICE, "asked": {**ASKED, "sandboxed": "no"}},
        {**CHOICE, "fault": "none"},
        {**CHOICE, "fault": None},
        {**CHOICE, "debug": "on"},
        {**CHOICE, "debug": None},
    ],
)
def test_what_is_no_choice(client: Client, choice: object) -> None:
    assert post(client, choice).status_code == 400


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * MAX_BODY], ids=["cut off", "not UTF-8", "deep"])
def test_what_is_no_json(client: Client, body: bytes) -> None:
    fields = {**FETCH, "Content-Type": "application/json"}
    assert client.post("/experiments", data=body, base_url=HERE, headers=fields).status_code == 400


ODD = st.text(st.characters(codec=None), max_size=9) | st.sampled_from(
    [
        "*",
        "null",
        HERE,
        "https://*.example.com",
        "PUT",
        "TRACE",
        "Authorization: x",
        "Cookie: a=1",
        "X-A: \ud800",
        "X-A: ☃",
    ]
)
ODD_SETTING = st.lists(ODD, max_size=3) | ODD | st.integers() | st.booleans() | st.none()


NAMES = st.sampled_from(
    ["allow_methods", "allow_headers", "expose_headers", "max_age", "refuse", "dangerously_allow", "odd"]
)


@given(
    settings_of_policy=st.dictionaries(NAMES, ODD_SETTING),
    origins=st.sampled_from(["*", [HERE], [STRANGER]]) | ODD_SETTING,
    method=ODD,
    headers=st.lists(ODD, max_size=3),
    sandboxed=st.booleans(),
    fault=st.sampled_from(["", *FAULTS]),
)
@settings(max_examples=100)
def test_whatever_is_typed_is_answered(
    settings_of_policy: dict[str, object],
    origins: object,
    method: str,
    headers: list[str],
    sandboxed: bool,
    fault: str,
) -> None:
    client = Client(Playground(api_origin=API, origins=(HERE, STRANGER), experiments=Experiments()))
    asked = {"method": method, "headers": headers, "credentials": True, "sandboxed": sandboxed}
    policy = {**settings_of_policy, "allow_origins": origins}
    told = begun(client, {"policy": policy, "asked": asked, "fault": fault, "debug": False})
    assert {"problems", "impossible", "key"} & told.keys()


def test_what_is_too_long(client: Client) -> None:
    choice = {**CHOICE, "policy": {"allow_origins": ["https://a.example"] * 1000}}
    answer = post(client, choice)
    assert (answer.status_code, answer.text) == (413, "The form is too long: 10,000 bytes are the limit.")


# -- Allowed clients ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"Origin": "https://evil.example"},
        {"Origin": STRANGER},  # by its other name, the same page is another origin
        {"Origin": "null"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {},
    ],
)
def test_a_page_of_another_origin_begins_nothing(
    client: Client, experiments: Experiments, fields: Mapping[str, str]
) -> None:
    answer = client.post("/experiments", json=CHOICE, base_url=HERE, headers=fields)
    assert answer.status_code == 403
    assert not experiments._kept


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
def test_what_needs_no_preflight_begins_nothing(client: Client, experiments: Experiments, kind: str | None) -> None:
    answer = client.post("/experiments", data=json.dumps(CHOICE), content_type=kind, base_url=HERE, headers=FETCH)
    assert answer.status_code == 415
    assert not experiments._kept


@pytest.mark.parametrize("host", ["evil.example:2", "127.0.0.1:3", "127.0.0.1", ""])
@pytest.mark.parametrize("path", ["/choices", "/lessons", "/experiments/0", "/frame.html"])
def test_a_rebound_name_is_answered_nothing(playground: Playground, host: str, path: str) -> None:
    answer = Client(playground).get(path, headers={"Host": host})
    assert answer.status_code == 403
    rebound = {"Origin": f"http://{host}", "Host": host}
    assert Client(playground).post("/experiments", json=CHOICE, headers=rebound).status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/", 404), ("GET", "/experiments", 405), ("OPTIONS", "/experiments", 405), ("GET", "/experiments/x", 404)],
)
def test_what_is_not_there(client: Client, method: str, path: str, status: int) -> None:
    assert client.open(path, method=method, base_url=HERE).status_code == status


@pytest.mark.parametrize("path", ["/choices", "/lessons", "/experiments/x", *(f"/{name}" for name in FRAME_FILES)])
def test_no_other_origin_may_read_it_or_frame_it(client: Client, path: str) -> None:
    headers = client.get(path, base_url=HERE, headers={"Origin": STRANGER}).headers
    assert not [name for name in headers.keys() if name.startswith("Access-Control-")]  # noqa: SIM118
    rules = dict(rule.strip().split(" ", 1) for rule in headers["Content-Security-Policy"].split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["connect-src"] == API
    assert rules["frame-ancestors"] == "'self'"
    assert rules["sandbox"] == "allow-scripts"  # and not allow-same-origin
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_sandboxed_page_loads_nothing_from_elsewhere(client: Client) -> None:
    for name in FRAME_FILES:
        text = client.get(f"/{name}", base_url=HERE).text
        assert len(text) > 100
        assert "//" not in text.replace("// ", "")


def test_the_code_is_that_of_the_policy(client: Client) -> None:
    policy = Policy(allow_origins=[HERE])
    told = begun(client, CHOICE)
    assert told["code"] == {**snippets(policy), **exports(policy)}
    assert told["corrected"] is None


def test_the_corrected_policy_stands_beside_the_faulty_one(client: Client) -> None:
    told = begun(client, {**CHOICE, "policy": {"allow_origins": [STRANGER]}})
    policy = Policy(allow_origins=[STRANGER, HERE])
    assert told["corrected"] == {**snippets(policy), **exports(policy)}


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_only_a_policy_at_fault_is_corrected(client: Client, scenario: Scenario) -> None:
    told = begun(client, {"policy": scenario.policy, "asked": scenario.asked, "fault": scenario.fault, "debug": False})
    at_fault = {"origin-loopback", "credentials-wildcard", "header-not-allowed"}
    assert (told["corrected"] is not None) == (scenario.cause in at_fault)


def test_no_text_names_the_path_of_the_experiment(client: Client) -> None:
    for scenario in ALL:
        told = begun(
            client, {"policy": scenario.policy, "asked": scenario.asked, "fault": scenario.fault, "debug": False}
        )
        assert told["key"] not in json.dumps({**told, "key": "", "request": ""})


def test_the_log_has_only_what_a_browser_sent(
    client: Client, experiments: Experiments, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO", logger="wsgicors"):
        key = begun(client, {**CHOICE, "policy": {"allow_origins": [STRANGER]}})["key"]
        client.get("/lessons", base_url=HERE)
        assert caplog.messages == []
        Client(experiments).get(f"/{key}/notes/1", headers={"Origin": HERE})
    (message,) = caplog.messages
    assert message.startswith(f"refused 'GET' '/{key}/notes/1': origin-not-allowed: ")


# -- Debug mode --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("debug", [False, True])
def test_what_is_shown_is_what_production_sends_but_for_debug_mode(debug: bool) -> None:
    policy = Policy(allow_origins=[HERE])
    experiment = Experiment(Chosen(policy, "", STRANGER, debug))
    fields = [("Origin", HERE), ("Access-Control-Request-Method", "PUT")]
    answer = experiment.answer(Request(f"{API}/x", HERE, "OPTIONS", fields))
    server = Client(CORS(_app, policy, debug=debug))
    same = server.open("/x", method="OPTIONS", headers=fields)
    assert answer.status == same.status_code
    assert dict(answer.headers) == dict(same.headers)


def test_the_form_reaches_the_middleware_with_its_debug_mode(client: Client, experiments: Experiments) -> None:
    for debug in (False, True):
        key = begun(client, {**CHOICE, "debug": debug})["key"]
        experiment = experiments.get(key)
        assert experiment is not None
        assert experiment.chosen.debug is debug


# -- The tour ----------------------------------------------------------------------------------------------------------


def test_the_lessons(client: Client) -> None:
    told: Any = client.get("/lessons", base_url=STRANGER).json
    assert [lesson["id"] for lesson in told["lessons"]] == [question["lesson"] for question in told["questions"]]
    assert told["lessons"][0]["policy"] == {"allow_origins": [HERE]}
    assert [question["right"] for question in told["questions"]] == [question.right for question in questions()]
