"""The content of each target's files, and what is refused by name.

``python -m tests.export.test_targets`` writes the golden files.
"""

import re
from pathlib import Path
from typing import Final

import pytest

from tests.export.edges import EDGES
from tests.export.worlds import ANYBODY, CREDENTIALS, FAMILIES, STRICT, WORLDS
from wsgicors import Policy
from wsgicors.export._expressions import LABEL, escape
from wsgicors.export._form import form_of
from wsgicors.export._origins import Family
from wsgicors.export._refusals import REASONS, ExportError
from wsgicors.export._target import DIFFERENCES, Options, files
from wsgicors.export._targets import TARGETS
from wsgicors.export._yaml import dump
from wsgicors.rules import RuleSet

GOLDEN: Final = Path(__file__).with_name("golden")
RULES: Final[RuleSet] = {
    "/": ANYBODY,
    "/api": [CREDENTIALS, FAMILIES],
    "/api/admin": STRICT,
    "/any": Policy(allow_origins="*", allow_headers="*", allow_methods="*", expose_headers="*"),
}
OPTIONS: Final = Options(
    hosts=("service.example.net",), preflight_status=200, command="wsgicors export --to … policy.toml"
)


def exported(name: str) -> dict[str, str]:
    return files(TARGETS[name], form_of(RULES), OPTIONS)


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_writes_its_golden_files(name: str) -> None:
    for file, text in exported(name).items():
        assert text == (GOLDEN / file).read_text(), f"{file}: python -m tests.export.test_targets"


@pytest.mark.parametrize("name", TARGETS)
def test_the_head_of_a_file_says_what_it_is(name: str) -> None:
    target = TARGETS[name]
    for file, text in exported(name).items():
        head = text.split("\n\n", 1)[0]
        assert all(line.startswith(target.comment) for line in head.splitlines())
        for said in (form_of(RULES).digest, OPTIONS.command, target.proven, target.modules, target.place[file]):
            assert said in head
        assert all(f"{one}: {DIFFERENCES[one]}" in head for one in target.differs)


def test_nginx_gets_each_key_of_a_map_once() -> None:
    """It refuses a map with the same text twice, and two policies of a list can grant the same."""
    maps = files(TARGETS["nginx"], form_of({"/": [STRICT, STRICT]}), OPTIONS)["wsgicors-http.conf"]
    for lines in re.findall(r"^map .* \{\n((?:    .*\n)+)\}", maps, re.MULTILINE):
        keys = re.findall(r'^    "((?!~).*)" \S+;$', lines, re.MULTILINE)
        assert sorted(keys) == sorted({*keys})
    assert '"granted root-1' in maps


def test_every_target_is_proven_on_a_server() -> None:
    assert {edge.target.name for edge in EDGES} == {*TARGETS}


def test_every_difference_is_some_targets() -> None:
    assert {name for target in TARGETS.values() for name in target.differs} == {*DIFFERENCES}


@pytest.mark.parametrize("name", TARGETS)
def test_a_name_keeps_two_policies_apart(name: str) -> None:
    text = "".join(files(TARGETS[name], form_of(CREDENTIALS), Options(name="other", preflight_status=200)).values())
    body = text.split("\n\n", 1)[1]
    assert "other" in body or name == "worker"
    assert not re.search(r"\bcors[_-]", body)


class Source:
    def __contains__(self, origin: str) -> bool:
        return False


@pytest.mark.parametrize(
    ("rules", "codes"),
    [
        (Policy(allow_origins=Source()), ["origin-source"]),
        ({"/é": CREDENTIALS}, ["rule-path-not-ascii"]),
        ({"/é": Policy(allow_origins=Source()), "/": ANYBODY}, ["rule-path-not-ascii", "origin-source"]),
    ],
)
def test_what_no_target_can_say_is_refused_with_every_reason(rules: RuleSet, codes: list[str]) -> None:
    with pytest.raises(ExportError) as caught:
        form_of(rules)
    assert [reason.code for reason in caught.value.reasons] == codes
    assert all(reason.message and reason.remedy for reason in caught.value.reasons)


ECHO = Policy(allow_origins=["https://a.example"], allow_methods="*", allow_credentials=True)


@pytest.mark.parametrize(
    ("target", "rules", "codes"),
    [
        ("envoy", STRICT, ["own-hosts"]),
        ("traefik", STRICT, ["preflight-status", "own-hosts"]),
        ("traefik", ECHO, ["preflight-status", "echo"]),
    ],
)
def test_what_a_target_cannot_say_is_refused_by_name(target: str, rules: RuleSet, codes: list[str]) -> None:
    with pytest.raises(ExportError) as caught:
        files(TARGETS[target], form_of(rules), Options())
    assert [reason.code for reason in caught.value.reasons] == codes
    assert all("nginx" in reason.remedy for reason in caught.value.reasons)


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.parametrize("world", WORLDS)
def test_a_target_names_every_origin_or_the_targets_that_can(name: str, world: str) -> None:
    form = form_of(WORLDS[world].rules, WORLDS[world].exact)
    try:
        text = "".join(files(TARGETS[name], form, OPTIONS).values()).replace("\\", "")
    except ExportError as error:
        for reason in error.reasons:
            nearest = [target for target in TARGETS.values() if target.title in reason.remedy]
            assert len(nearest) > 2
            assert all(files(target, form, OPTIONS) for target in nearest)
    else:
        grants = [grant for rule in form.rules for grant in rule.grants]
        assert all(origin in text for grant in grants for origin in grant.exact)
        assert all(family.expression.replace("\\", "") in text for grant in grants for family in grant.families)


def test_the_digest_changes_with_every_setting_and_with_nothing_else() -> None:
    same = [form_of(CREDENTIALS), form_of({"/": CREDENTIALS}), form_of([CREDENTIALS])]
    assert len({form.digest for form in same}) == 1
    others = [
        STRICT,
        FAMILIES,
        ANYBODY,
        {"/api": CREDENTIALS},
        [CREDENTIALS, ANYBODY],
        {"/": STRICT, "/api": CREDENTIALS},
    ]
    assert len({form_of(one).digest for one in (CREDENTIALS, *others)}) == len(others) + 1


def test_names_of_rules_are_told_apart() -> None:
    rules = form_of(
        {"/": ANYBODY, "/a-b": ANYBODY, "/a/b": ANYBODY, "/root": ANYBODY, "/none": ANYBODY, "/~": ANYBODY}
    ).rules
    assert [rule.name for rule in rules] == ["root", "a_b", "a_b_2", "root_2", "none_2", "_", "ambiguous"]


@pytest.mark.parametrize(
    ("target", "rule"),
    [
        ("/x", "root"), ("/api", "api"), ("/api/", "api"), ("/api?x", "api"), ("/api/x", "api"), ("/apix", "root"),
        ("/API", "root"), ("/%61pi", "api"), ("/ap%69/x", "api"), ("/ap%2569", "root"), ("/api%2Fx", "api"),
        ("/api;v=1/x", "ambiguous"), ("/api%3Bx", "ambiguous"), ("/;x/api", "ambiguous"), ("/api/x;y", "api"),
        ("/api;a/admin", "ambiguous"), ("/x%252fapi", "ambiguous"), ("/x%0a", "ambiguous"), ("/apix;v", "root"),
        ("//api", "ambiguous"), ("/%2fapi", "ambiguous"), ("/api//x", "api"), ("/api/../x", "ambiguous"),
        ("/x/%2E%2e/api", "ambiguous"), ("/.well-known/x", "root"), ("/x/..a", "root"), ("/x/.", "ambiguous"),
        ("/x?/../api", "root"), ("/x\\api", "ambiguous"), ("/x%5capi", "ambiguous"), ("/x%00", "ambiguous"),
        ("http://h/api/x", "api"), ("/api/admin", "admin"), ("/api//admin", "ambiguous"), ("/api/%61dmin/x", "admin"),
        ("/a.b", "dotted"), ("/axb", "root"),
    ],
)  # fmt: skip
def test_a_request_target_leads_to_its_rule(target: str, rule: str) -> None:
    form = form_of({"/": ANYBODY, "/api": CREDENTIALS, "/api/admin": STRICT, "/a.b": ANYBODY})
    names = {path: one.name for path, one in zip(["/", "/api", "/api/admin", "/a.b"], form.rules, strict=False)}
    known = {names["/api/admin"]: "admin", names["/a.b"]: "dotted"}
    found = next((name for path, name in form.paths if re.search(path, target)), form.default)
    assert known.get(found, found) == rule


def test_a_bound_is_a_condition_besides() -> None:
    family = Family("https://[a-z.]+", "https://[a-z]+\\.example")
    assert re.fullmatch(family.whole, "https://a.example")
    assert not re.fullmatch(family.whole, "https://a.b.example")
    assert family.parts == ("https://[a-z.]+", "https://[a-z]+\\.example")
    assert Family("x").parts == ("x",)


def test_special_characters_are_escaped() -> None:
    text = "".join(map(chr, range(33, 127)))
    assert re.fullmatch(escape(text), text)
    assert re.fullmatch(LABEL, "my_app-1")


def test_reasons_can_all_be_told() -> None:
    assert all(message.endswith((".", "}")) and remedy.endswith(".") for message, remedy in REASONS.values())


def test_yaml_is_read_back_as_json_is() -> None:
    assert dump({"a": {}, "b": [], "c": [[1, True], {"d": {"e": 'f"'}}], "g": [{}]}) == (
        '"a": {}\n"b": []\n"c":\n  - - 1\n    - true\n  - "d":\n      "e": "f\\""\n"g":\n  - {}\n'
    )


def test_an_edge_takes_methods() -> None:
    assert all(edge.takes("PUT") for edge in EDGES)


if __name__ == "__main__":
    for target in TARGETS:
        for file, text in exported(target).items():
            (GOLDEN / file).write_text(text)
