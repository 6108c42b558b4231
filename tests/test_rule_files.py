"""Rules in files."""

import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import example, given
from hypothesis import strategies as st

from tests.browsers.site import page, serve
from wsgicors import CORS, Policy, PolicyError
from wsgicors._cli import wsgicors
from wsgicors._rule_files import read_rules, rules_from_mapping
from wsgicors.export._form import digest
from wsgicors.rules import Policies

A = {"allow_origins": ["https://a.example"]}
B = {"allow_origins": ["https://b.example"]}


def app(environ: object, start_response: object) -> list[bytes]:
    return []


def test_settings_alone_are_one_policy() -> None:
    assert rules_from_mapping(A) == Policy(allow_origins=["https://a.example"])


def test_a_table_has_policies_and_lists_of_them_by_path() -> None:
    rules = {"/": {"allow_origins": "*"}, "/api": [A, B]}
    first, second = Policy(allow_origins=["https://a.example"]), Policy(allow_origins=["https://b.example"])
    assert rules_from_mapping({"rules": rules}) == {"/": Policy(allow_origins="*"), "/api": [first, second]}
    assert CORS.from_mapping(app, {"rules": rules}, debug=True).rules == rules_from_mapping({"rules": rules})
    assert [CORS.from_mapping(app, A).debug, CORS.from_mapping(app, A, debug=True).debug] == [False, True]


def test_toml_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text('[rules."/"]\nallow_origins = "*"\n[[rules."/api"]]\nallow_origins = ["https://a.example"]\n')
    assert read_rules(path) == {"/": Policy(allow_origins="*"), "/api": [Policy(allow_origins=["https://a.example"])]}
    path.write_bytes(b"\xff")
    with pytest.raises(ValueError, match="utf-8"):
        read_rules(path)


def test_a_policy_is_read(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    path.write_text('allow_origins = ["https://a.example"]\nallow_methods = ["PUT"]\n')
    assert read_rules(path) == Policy(allow_origins=["https://a.example"], allow_methods=["PUT"])
    path.write_text("allow_origins = []\nmax_age = -1\n")
    with pytest.raises(PolicyError) as caught:
        read_rules(path)
    assert len(caught.value.problems) == 2
    for wrong in (b"allow_origins =", b"\xff"):
        path.write_bytes(wrong)
        with pytest.raises(ValueError):  # noqa: PT011
            read_rules(path)
    with pytest.raises(OSError):  # noqa: PT011
        read_rules(tmp_path)


def test_a_policy_can_be_in_a_table_of_its_own(tmp_path: Path) -> None:
    """As in README.md."""
    path = tmp_path / "settings.toml"
    path.write_text('[cors]\nallow_origins = ["https://a.example"]\n\n[other]\nx = 1\n')
    assert read_rules(path) == Policy(allow_origins=["https://a.example"])
    path.write_text('[cors.rules."/api"]\nallow_origins = ["https://a.example"]\n')
    assert read_rules(path) == {"/api": Policy(allow_origins=["https://a.example"])}
    path.write_text("cors = 1\n")
    with pytest.raises(PolicyError):
        read_rules(path)


@pytest.mark.parametrize(
    ("mapping", "problems"),
    [
        ({"rules": {}}, [("no-rules", "rules")]),
        ({"rules": {"/": []}}, [("no-rules", "rules")]),
        ({"rules": "x"}, [("wrong-type", "rules")]),
        ({"rules": {"/": "x"}}, [("wrong-type", 'rules."/"')]),
        ({"rules": {"/": [A, "x"]}}, [("wrong-type", 'rules."/"[1]')]),
        ({"rules": {"/": {}}}, [("no-origins", "allow_origins")]),
        ({"rules": {"/": ["x"]}}, [("wrong-type", 'rules."/"[0]')]),
        ({"rules": {"api": A}}, [("rule-path", "rules")]),
        ({"rules": {"/": A}, "max_age": 5}, [("settings-beside-rules", "rules")]),
        ({"rules": {"/": A | {"max_age": -1}, "/a": B | {"refuse": "x", "ours": 1}}},
         [("max-age-range", "max_age"), ("unknown-setting", "ours"), ("refuse-unknown", "refuse")]),
    ],
)  # fmt: skip
def test_every_problem_of_every_rule_is_reported_at_once(mapping: dict[str, object], problems: object) -> None:
    with pytest.raises(PolicyError) as caught:
        rules_from_mapping(mapping)
    assert [(problem.code, problem.setting) for problem in caught.value.problems] == problems


def test_a_problem_names_the_type() -> None:
    with pytest.raises(PolicyError, match=r"rules cannot hold 'x', which is of type str\."):
        rules_from_mapping({"rules": "x"})


def test_a_problem_names_the_rule() -> None:
    with pytest.raises(PolicyError, match=r'rules\."/a"\[1\]\.max_age'):
        rules_from_mapping({"rules": {"/a": [A, B | {"max_age": -1}]}})


@given(path=st.text(), key=st.text(), value=st.text() | st.integers() | st.lists(st.text()))
@example(path="/a\n/b\x1b[31m", key="allow_origins", value=["https://a.example/"])
def test_a_problem_is_one_line_whatever_the_file_says(path: str, key: str, value: object) -> None:
    mappings: list[dict[str, object]] = [
        {"rules": {path: {key: value}}}, {"rules": {path: value}}, {key: value}, {"rules": {}, key: value},
    ]  # fmt: skip
    for mapping in mappings:
        try:
            rules_from_mapping(mapping)
        except PolicyError as error:
            problems = error.problems
        else:
            problems = ()
        assert all(problem.message.isprintable() and problem.remedy.isprintable() for problem in problems)


FILE = """
[rules."/"]
allow_origins = "*"

[[rules."/api"]]
allow_origins = ["https://a.example"]
allow_credentials = true

[[rules."/api"]]
allow_origins = ["https://b.example"]
max_age = 60
"""
SECOND = Policy(allow_origins=["https://b.example"], max_age=60)
RULES: dict[str, Policies] = {
    "/": Policy(allow_origins="*"),
    "/api": [
        Policy(allow_origins=["https://a.example"], allow_credentials=True),
        SECOND,
    ],
}


def test_one_file_says_the_same_to_explain_export_verify_and_the_middleware(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wsgicors.doctor.output._commands.PAUSE", 0)
    path = tmp_path / "policy.toml"
    path.write_text(FILE)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(wsgicors, arguments)

    cors = CORS.from_mapping(app, tomllib.loads(FILE))
    assert cors.rules == RULES

    assert f"Policy:      {digest(RULES)}" in run("export", "--to", "nginx", str(path)).output

    for url, origin, rule, status in (
        ("http://c.example/api/x", "https://b.example", "/api", 0),
        ("http://c.example/api/x", "https://c.example", "/api", 1),
        ("http://c.example/apix", "https://c.example", "/", 0),
    ):
        explained = run("explain", "--policy", str(path), "--origin", origin, "--url", url)
        assert (explained.exit_code, f"Rule: {rule}\n" in explained.output) == (status, True), explained.output

    with serve(CORS(page, RULES)) as site:
        verified = run("verify", "--policy", str(path), f"{site.origin}/api/x")
        assert (verified.exit_code, {"/", "/api", "/api/x"} <= {one.target for one in site.requests}) == (0, True)
    with serve(CORS(page, {**RULES, "/api": SECOND})) as site:
        assert run("verify", "--policy", str(path), f"{site.origin}/api/x").exit_code == 1
