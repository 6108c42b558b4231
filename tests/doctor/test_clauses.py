"""The doctor's promises about its reports, one test each, in the words of a user.

Promises about single messages are in `tests.doctor.test_inputs`, about archives in `tests.doctor.test_har` and
`tests.doctor.test_har_as_a_whole`.
"""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.browsers.site import response, scripted, serve
from tests.doctor.tls import speaking_tls
from tests.servers.ports import ADDRESS
from tests.wsgi import App
from wsgicors import CORS, Policy
from wsgicors._cli import SUBCOMMANDS, wsgicors
from wsgicors.doctor import why
from wsgicors.doctor.catalogue._causes import CAUSES

PAGE = "https://www.example.com"
NO_ORIGIN = "blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource."
NOT_OK = "Response to preflight request doesn't pass access control check: It does not have HTTP ok status."


@pytest.fixture(autouse=True)
def _quick_audits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.output._commands.PAUSE", 0)


def printed(*words: str, code: Sequence[int] = (0, 1, 2), given: bytes | None = None) -> str:
    result = CliRunner().invoke(wsgicors, words, input=given)
    assert result.exit_code in code, result.output
    return result.stdout


# Nothing invented, nothing impossible.


def test_a_message_without_an_origin_names_none() -> None:
    for text in (NO_ORIGIN, NOT_OK):
        for whole in ((), ("--all",)):
            said = printed("why", text, *whole)
            assert PAGE not in said
            assert "api.example" not in said


def test_a_message_without_a_status_names_none() -> None:
    first = why(NOT_OK).findings[0].suspects[0].cause
    assert not set("0123456789") & set(first.sentence)


def test_a_cause_that_is_not_certain_is_no_fact_in_the_headline() -> None:
    assert printed("why", NO_ORIGIN).startswith("Blocked; possibly: ")
    assert printed("why", "Reason: CORS disabled").startswith("Blocked: ")


def test_no_cause_has_get_allowed_by_name() -> None:
    """The methods that Fetch calls safelisted need no list."""
    for method in ("GET", "HEAD", "POST"):
        text = f"Method {method} is not allowed by Access-Control-Allow-Methods in preflight response."
        [finding] = why(text).findings
        filled = finding.suspects[0].cause.filled({"method": method})
        assert "by name" not in filled.sentence


def test_a_header_of_an_answer_is_not_sent_by_the_probe_that_is_proposed() -> None:
    assert "--header" not in printed("why", 'Refused to get unsafe header "HX-Trigger"', "--all")


def test_a_message_about_a_preflight_proposes_a_probe_that_preflights() -> None:
    assert "--preflight-only" in printed("why", NOT_OK)


def test_a_probe_lists_no_cause_that_its_own_request_rules_out() -> None:
    app = CORS(App(), Policy(allow_origins=[PAGE]))
    with serve(app) as site:
        words = ("probe", f"{site.origin}/x", "--origin", PAGE, "--method", "PUT", "--header", "Content-Type")
        found = json.loads(printed(*words, "--json", code=[1]))
    named = {suspect["id"] for suspect in found["suspects"]}
    assert named == {"method-not-allowed"}


def test_an_audit_of_a_closed_port_found_out_nothing() -> None:
    said = printed("audit", "http://127.0.0.1:9/x", code=[2])
    assert said.startswith("Unclear: ")
    assert "Nothing was found" not in said


def test_explain_shows_the_vary_that_is_sent(tmp_path: Path) -> None:
    assert "Vary: Origin" in printed("explain", "--policy", table(tmp_path), "--origin", PAGE, "--all", code=[0])


def test_explain_takes_the_table_of_the_readme(tmp_path: Path) -> None:
    assert printed("explain", "--policy", table(tmp_path), "--origin", PAGE, code=[0]).startswith("Allowed: ")


def table(folder: Path) -> str:
    policy = folder / "policy.toml"
    policy.write_text(f'[cors]\nallow_origins = ["{PAGE}"]\n')
    return str(policy)


# Archives.


def archive(count: int) -> str:
    """`count` requests that fail alike."""
    entries = [
        {
            "_resourceType": "fetch",
            "request": {
                "method": "GET",
                "url": f"https://api.example/items/{number}",
                "headers": [{"name": "Origin", "value": PAGE}],
            },
            "response": {"status": 200, "headers": [], "_error": "net::ERR_FAILED"},
        }
        for number in range(count)
    ]
    return json.dumps({"log": {"creator": {"name": "WebInspector"}, "entries": entries}})


def test_many_failures_of_one_kind_are_one_screen_with_a_count(tmp_path: Path) -> None:
    captured = tmp_path / "capture.har"
    captured.write_text(archive(300))
    said = printed("why", str(captured), code=[0])
    assert "300 requests" in said
    assert len(said.splitlines()) <= 25
    assert len(printed("why", str(captured), "--all", code=[0]).splitlines()) < 200


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_and_standard_input_are_read_in_utf_16(tmp_path: Path, encoding: str) -> None:
    """PowerShell writes redirected output so."""
    bare = encoding in {"utf-16-le", "utf-16-be"}
    mark = "\ufeff" if bare else ""
    console = f"Access to fetch at 'https://api.example/' from origin '{PAGE}' has been {NO_ORIGIN}"
    for name, text in (("console.log", console), ("capture.har", archive(1))):
        path = tmp_path / name
        path.write_bytes((mark + text).encode(encoding))
        assert "from a page of https://www.example.com" in printed("why", str(path), code=[0])
    given = (mark + console).encode(encoding)
    assert "from a page of https://www.example.com" in printed("why", "-", code=[0], given=given)


# Wording.


def test_a_probe_gives_its_verdict_before_what_was_sent() -> None:
    with scripted(lambda _: response(200)) as site:
        for whole in ((), ("--all",)):
            lines = printed("probe", f"{site.origin}/x", "--origin", PAGE, *whole, code=[1]).splitlines()
            verdict = next(number for number, line in enumerate(lines) if line.startswith("Blocked"))
            assert verdict <= 2
            assert not any(line.lstrip().startswith((">", "<")) for line in lines[:verdict])


@pytest.mark.parametrize("command", ["probe", "audit"])
def test_probe_and_audit_take_the_same_options(command: str) -> None:
    shown = printed(command, "--help", code=[0])
    for option in ("--header", "--cookie", "--cacert", "--insecure", "--resolve", "--width", "--all", "--json"):
        assert option in shown


@pytest.mark.parametrize("words", [(), *((name,) for name in SUBCOMMANDS)])
def test_help_is_not_cut(words: tuple[str, ...]) -> None:
    shown = CliRunner().invoke(wsgicors, [*words, "--help"], terminal_width=80).stdout
    for line in shown.splitlines():
        assert line.startswith("Usage:") or not line.rstrip().endswith("..."), line


def test_a_misspelt_command_proposes_the_nearest() -> None:
    result = CliRunner().invoke(wsgicors, ["prob", "https://api.example/"])
    assert "Did you mean probe?" in result.stderr


@pytest.mark.parametrize("cause", CAUSES)
def test_every_report_names_its_code_and_links_to_its_page(cause: str) -> None:
    shown = printed("help", cause, code=[0])
    assert f"/errors/{cause}.html" in shown
    assert CAUSES[cause].title in " ".join(shown.split()) or "{" in CAUSES[cause].title


def test_no_report_breaks_code_or_ends_a_line_in_blanks() -> None:
    for width, text in itertools.product((40, 60, 80), (NO_ORIGIN, NOT_OK)):
        for line in printed("why", text, "--all", "--width", str(width)).splitlines():
            assert line == line.rstrip()
    said = printed("why", NOT_OK, "--width", "40")
    assert "wsgicors probe URL --origin ORIGIN --header Content-Type --preflight-only" in said


@pytest.mark.parametrize("command", ["probe", "audit"])
def test_probe_and_audit_trust_the_issuers_that_are_given_and_all_where_they_are_told_to(
    command: str, tmp_path: Path
) -> None:
    answer = response(200, [("Access-Control-Allow-Origin", PAGE), ("Vary", "Origin")])
    with speaking_tls(tmp_path, answer, "-addext", f"subjectAltName=IP:{ADDRESS}") as (port, certificate):
        words = (command, f"https://{ADDRESS}:{port}/x", "--origin", PAGE)
        assert "The certificate is not accepted" in printed(*words, code=[2])
        assert "certificate" not in printed(*words, "--cacert", str(certificate), code=[0])
        assert "certificate" not in printed(*words, "--insecure", code=[0])
