"""``wsgicors export``: files, the check of existing files, the server's own check."""

import argparse
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.export.edges import EDGES
from tests.export.worlds import STRICT
from tests.servers.needs import need
from wsgicors._cli import wsgicors
from wsgicors._command_options import add_to_parser
from wsgicors.export import _validation as validation
from wsgicors.export._form import Form, form_of
from wsgicors.export._options import OPTIONS, Given
from wsgicors.export._target import Options, files
from wsgicors.export._targets import TARGETS

POLICY = """
[rules."/api"]
allow_origins = ["https://www.example.com", "https://*.example.org"]
allow_methods = ["PUT"]
refuse = "forbid"
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(POLICY)
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(wsgicors, ["export", *map(str, args)])


def test_an_export_is_printed(policy: Path) -> None:
    printed = run("--to", "haproxy", policy)
    assert printed.exit_code == 0
    assert "wsgicors export --to haproxy policy.toml" in printed.output
    assert "http-after-response" in printed.output


def test_the_head_has_the_command_that_makes_the_file_again(policy: Path) -> None:
    options = ["--to", "envoy", "--host=a.example", "--name=two", "--upstream=b", "--preflight-status=200"]
    printed = run(*options, policy)
    assert f"wsgicors export {' '.join(options)} policy.toml" in printed.output


def test_files_are_written_and_checked(policy: Path, tmp_path: Path) -> None:
    folder = tmp_path / "new"
    written = run("--to", "nginx", policy, "--output", folder)
    assert written.exit_code == 0, written.output
    assert "in http { }: include wsgicors-http.conf;" in written.output
    assert run("--to", "nginx", policy, "--check", folder).exit_code == 0
    policy.write_text(POLICY.replace("PUT", "PATCH"))
    stale = run("--to", "nginx", policy, "--check", folder)
    assert stale.exit_code == 1
    assert "differs from what the policy gives. Write it again: wsgicors export --to nginx policy.toml" in stale.output
    assert '-    "granted api-0" "PUT";' in stale.output
    (folder / "wsgicors-http.conf").unlink()
    assert run("--to", "nginx", policy, "--check", folder).exit_code == 1


def test_one_file_is_checked(policy: Path, tmp_path: Path) -> None:
    file = tmp_path / "cors.vcl"
    file.write_text(run("--to", "varnish", policy).output)
    assert run("--to", "varnish", policy, "--check", file).exit_code == 0
    file.write_text(file.read_text().replace("Origin", "origin"))
    assert run("--to", "varnish", policy, "--check", file).exit_code == 1


@pytest.fixture
def _programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the programs that come in wheels on the path, as if an administrator had installed them."""
    (envoy,) = (edge for edge in EDGES if edge.name == "envoy")
    if envoy.missing() is None:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "envoy").symlink_to(envoy.command(tmp_path, 1, 2)[0])
        monkeypatch.setattr(validation, "_PATH", f"{validation._PATH}:{tmp_path}/bin")


@pytest.mark.servers
@pytest.mark.usefixtures("_programs")
@pytest.mark.parametrize("name", validation.CHECKS)
def test_the_servers_own_check_finds_nothing(name: str, policy: Path) -> None:
    need(next(edge.missing() for edge in EDGES if edge.target.name == name))
    checked = run("--to", name, "--host=a.example", policy, "--validate")
    assert (checked.exit_code, checked.output.endswith("has no objection.\n")) == (0, True), checked.output


FAULTS = {"nginx": ("map", "nap"), "haproxy": ("http-request", "http-requests"), "caddy": ("header", "headed"),
          "apache": ("Header", "Headed"), "varnish": ("unset", "upset"), "envoy": ("status", "statute"),
          "worker": ("function", "fiction")}  # fmt: skip
"""For each server with a check, a word of its exports, and one that does not exist in its language."""


@pytest.mark.servers
@pytest.mark.usefixtures("_programs")
@pytest.mark.parametrize("name", validation.CHECKS)
def test_the_servers_own_check_finds_a_fault(name: str) -> None:
    need(next(edge.missing() for edge in EDGES if edge.target.name == name))
    exported = files(TARGETS[name], form_of(STRICT), Options(hosts=("a.example",)))
    wrong = {file: text.replace(*FAULTS[name]) for file, text in exported.items()}
    assert validation.problems(name, exported, "cors") == ""
    assert validation.problems(name, wrong, "cors")


@pytest.mark.servers
def test_what_the_server_says_is_printed(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    need(next(edge.missing() for edge in EDGES if edge.target.name == "nginx"))
    nginx = validation.CHECKS["nginx"]
    monkeypatch.setattr(validation, "CHECKS", {"nginx": nginx._replace(text="nonsense;" + nginx.text)})
    checked = run("--to", "nginx", policy, "--validate")
    assert checked.exit_code == 1
    assert "nonsense" in checked.output


def test_what_cannot_be_checked_is_said(policy: Path) -> None:
    checked = run("--to", "traefik", "--preflight-status=200", "--host=a.example", policy, "--validate")
    assert checked.exit_code == 2
    assert "Traefik is not installed here, or has no check of its own." in checked.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allow_origins = '*'\nrefuse = 'no'", "refuse"),
        ("allow_origins = ", "cannot be read"),
        ("allow_origins = '*'\n[rules.'/a']\nallow_origins = '*'", "it is not clear which paths they are for"),
    ],
)
def test_a_policy_that_cannot_be_read_is_status_2(text: str, said: str, policy: Path) -> None:
    policy.write_text(text)
    failed = run("--to", "nginx", policy)
    assert failed.exit_code == 2
    assert said in failed.output


def test_a_status_that_grants_nothing_is_a_fault_of_the_command_line(policy: Path) -> None:
    for status in ("404", "many"):
        failed = run("--to", "nginx", "--preflight-status", status, policy)
        assert failed.exit_code == 2
        assert "--preflight-status" in failed.output


def test_there_is_nothing_to_compare_with(policy: Path) -> None:
    failed = run("--to", "nginx", policy, "--check", "/nowhere/cors.conf")
    assert failed.exit_code == 2
    assert "/nowhere/cors.conf does not exist." in failed.output


def test_what_the_target_cannot_say_is_status_2(policy: Path) -> None:
    failed = run("--to", "traefik", policy)
    assert failed.exit_code == 2
    assert "preflight-status: Traefik answers preflights with 200 only, and /api has 204." in failed.output
    assert "own-hosts: Traefik cannot compare Origin with Host" in failed.output


def test_argparse_has_the_options_that_click_has(policy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parser = argparse.ArgumentParser()
    add_to_parser(parser, OPTIONS)
    options = ["--to", "envoy", "--host=a.example", "--host=b.example", "--upstream=b", "--preflight-status=200",
               "--accept-loss=vary", "--check=x", "--output=y", "--validate", "--name=z"]  # fmt: skip
    asked: list[Given] = []

    def record(form: Form, given: Given, say: object) -> int:
        asked.append(given)
        return 0

    monkeypatch.setattr("wsgicors.export._command.run", record)
    for arguments in (options, ["--to=nginx"]):
        assert run(*arguments, policy).exit_code == 0
        assert asked.pop() == Given.of(vars(parser.parse_args(arguments)), "wsgicors export", policy.name)
    with pytest.raises(SystemExit):
        parser.parse_args(["--to=none"])
    assert "--to NAME" in parser.format_help()
    assert "200 to 299" in parser.format_help()
