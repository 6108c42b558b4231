"""`wsgicors why`, `explain`, `probe` and `audit`, as people and programs call them."""

import codecs
import contextlib
import io
import json
import os
import pty
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner, Result

from docs.codes import pages
from tests.browsers.site import Request as Arrived
from tests.browsers.site import response, scripted, serve
from tests.doctor.archives import Chromium
from tests.doctor.schemas import faults
from tests.doctor.wording_cases import MISSING, chromium
from tests.servers.ports import ADDRESS, free_port
from tests.wsgi import App, policy
from wsgicors import CORS, Policy
from wsgicors._catalogue import ALLOWABLE, CATALOGUE
from wsgicors._cli import SUBCOMMANDS, wsgicors
from wsgicors.browser import Response
from wsgicors.doctor import why
from wsgicors.doctor.audit import SCHEMA as AUDIT
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._weaknesses import WEAKNESSES
from wsgicors.doctor.evidence._wire import Reply, Trouble
from wsgicors.doctor.examination import SCHEMA as PROBE
from wsgicors.doctor.explain import SCHEMA as EXPLAIN
from wsgicors.doctor.output._help import entries, known, of_entries
from wsgicors.doctor.output._progress import on_terminal
from wsgicors.doctor.output._report import text
from wsgicors.doctor.why import SCHEMA as WHY
from wsgicors.problems import SITE, page_of
from wsgicors.verdict import Refusal

PAGE = "https://www.example.com"
URL = "https://api.example/items"
VARY = ("Vary", "Origin")
DOCTOR = [name for name, place in SUBCOMMANDS.items() if "doctor" in place and name != "help"]


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    result = CliRunner().invoke(wsgicors, words, input=stdin)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(autouse=True)
def _quick_audits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wsgicors.doctor.output._commands.PAUSE", 0)


# -- why ---------------------------------------------------------------------------------------------------------------


def test_why_reads_a_message() -> None:
    result = run("why", chromium(MISSING))
    assert result.exit_code == 0
    assert result.stdout.startswith("Blocked; possibly: ")


@pytest.mark.parametrize("words", [(), ("-",)])
def test_why_reads_standard_input(words: tuple[str, ...]) -> None:
    result = run("why", *words, stdin=b"\xff\n" + chromium(MISSING).encode())
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        run("why", chromium(MISSING)).stdout.splitlines()[0],
    )


def capture(tmp_path: Path, name: str = "capture.har") -> Path:
    archive = Chromium()
    archive.exchange("GET", 502, {}, error="net::ERR_FAILED")
    path = tmp_path / name
    path.write_text(archive.text())
    return path


def test_why_reads_a_har(tmp_path: Path) -> None:
    result = run("why", str(capture(tmp_path)))
    assert result.stdout.startswith("Blocked; likely: The proxy could not reach the application\n")
    assert "s3cret" not in result.output


def test_why_reads_both_together(tmp_path: Path) -> None:
    console = tmp_path / "console.log"
    console.write_text(chromium(MISSING))
    result = run("why", "--json", str(console), str(capture(tmp_path)))
    [finding] = json.loads(result.stdout)["findings"]
    assert (finding["lines"], finding["entries"]) == ([1], [0])
    assert (
        faults(
            json.loads(result.stdout),
            dict(WHY),
        )
        == []
    )


def test_why_of_a_har_without_blocks(tmp_path: Path) -> None:
    archive = Chromium()
    archive.exchange("GET", 200, {"Access-Control-Allow-Origin": "*"})
    path = tmp_path / "good.har"
    path.write_text(archive.text())
    result = run("why", str(path))
    assert (result.exit_code, result.stdout) == (0, "Found: 1 request to other origins, and none that was blocked.\n")


@pytest.mark.parametrize(("words", "said"), [(("hello",), "Unclear: "), (("",), "Found: nothing to read.")])
def test_why_of_what_is_no_message(words: tuple[str, ...], said: str) -> None:
    result = run("why", *words)
    assert result.exit_code == 2
    assert result.stdout.startswith(said)


def test_why_takes_one_har_at_a_time(tmp_path: Path) -> None:
    result = run("why", str(capture(tmp_path)), str(capture(tmp_path, "other.har")))
    assert (result.exit_code, result.stdout) == (2, "")
    assert "One HAR file at a time." in result.stderr


def test_why_of_a_broken_har(tmp_path: Path) -> None:
    path = tmp_path / "broken.har"
    path.write_text('{"log": {"entries": [')
    result = run("why", str(path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("Error: This is not a HAR")


@pytest.mark.parametrize("name", ["missing.har", "missing.log", "/nowhere/missing.txt"])
def test_why_of_a_file_that_is_not_there(name: str) -> None:
    result = run("why", name)
    assert (result.exit_code, result.stderr) == (2, f"Error: There is no file {name}.\n")


def test_why_of_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = capture(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert run("why", str(path)).stderr == f"Error: {path} cannot be read: Permission denied.\n"


@pytest.mark.parametrize("message", ["x" * 100_000, "a\0b"])
def test_why_of_what_is_no_file_s_name(message: str) -> None:
    assert run("why", message + chromium(MISSING)).exit_code == 0


# -- explain -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(f'allow_origins = ["{PAGE}"]\nallow_methods = ["PUT"]\nallow_headers = ["X-A"]\n')
    return path


def test_explain_tells_both_sides(settings: Path) -> None:
    result = run(
        "explain", "--policy", str(settings), "--origin", PAGE, "--method", "put", "--header", "X-A: 1", "--all"
    )
    assert result.exit_code == 0
    assert "The server's verdict" in result.stdout
    assert "Allowed: the page may read the answer" in result.stdout


@pytest.mark.parametrize(
    "more", [("--header", "X-B"), ("--credentials",), ("--private-network",), ("--method", "DELETE")]
)
def test_explain_of_a_refusal(settings: Path, more: tuple[str, ...]) -> None:
    result = run("explain", "--policy", str(settings), "--origin", PAGE, "--json", *more)
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert faults(told, dict(EXPLAIN)) == []
    assert told["decision"] == "blocked"


def test_explain_of_a_page_at_home(settings: Path) -> None:
    result = run("explain", "--policy", str(settings), "--origin", "https://a.example", "--url", "https://a.example/")
    assert result.exit_code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"allow_origins = []\nmax_age = -1\n", "Error: 2 problems:\n1. [no-origins]"),
        (b"allow_origins =", "policy.toml cannot be read: Invalid value"),
        (b"\xff", "policy.toml cannot be read: 'utf-8' codec"),
    ],
)
def test_explain_of_what_is_no_policy(settings: Path, content: bytes, said: str) -> None:
    settings.write_bytes(content)
    result = run("explain", "--policy", str(settings), "--origin", PAGE)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


@pytest.mark.parametrize(("url", "status", "rule"), [("/api/x", 0, "/api"), ("/other", 1, "none")])
def test_explain_chooses_the_rule_of_the_url(settings: Path, url: str, status: int, rule: str) -> None:
    settings.write_text(f'[rules."/api"]\nallow_origins = ["{PAGE}"]\n')
    result = run("explain", "--policy", str(settings), "--origin", PAGE, "--url", f"https://a.example{url}", "--json")
    assert result.exit_code == status
    assert json.loads(result.output)["heading"] == [["Rule", rule]]


def test_explain_of_what_no_browser_asks(settings: Path) -> None:
    result = run("explain", "--policy", str(settings), "--origin", f"{PAGE}/")
    assert (result.exit_code, result.stderr) == (2, f"Error: no browser has the origin '{PAGE}/'; write {PAGE}.\n")


def test_explain_needs_a_policy() -> None:
    assert run("explain", "--policy", "/nowhere", "--origin", PAGE).exit_code == 2


# -- probe -------------------------------------------------------------------------------------------------------------


def test_probe_of_what_is_allowed() -> None:
    with serve(CORS(App(), policy(PAGE, allow_methods=["PUT"], allow_headers=["X-A"], allow_credentials=True))) as site:
        result = run(
            "probe", f"{site.origin}/x", "--origin", PAGE, "--method", "PUT", "--header", "X-A: s3cret",
            "--credentials", "--cookie", "sid=s3cret", "--data", "note", "--timeout", "5", "--header",
            "content-type: text/plain",
        )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "Allowed: the page may read the answer" in result.stdout
    assert "s3cret" not in result.output
    assert [site.requests[1].field(name) for name in ("Cookie", "X-A", "Content-Length")] == [
        "sid=s3cret",
        "s3cret",
        "4",
    ]


def test_probe_of_what_is_blocked() -> None:
    with serve(CORS(App(), policy(PAGE))) as site:
        result = run("probe", f"{site.origin}/x", "--origin", "https://example.com", "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert faults(told, dict(PROBE)) == []
    assert told["suspects"][0]["id"] == "origin-www"


def test_probe_of_what_cannot_be_told() -> None:
    result = run("probe", f"http://{ADDRESS}:{free_port()}/x", "--origin", PAGE)
    assert result.exit_code == 2
    assert "Unclear: Nothing answers at this address" in result.stdout


def test_probe_follows_only_where_it_is_told_to() -> None:
    with scripted(lambda _: response(200, [("Access-Control-Allow-Origin", "*")])) as there:
        leading = response(302, [("Location", f"{there.origin}/"), ("Access-Control-Allow-Origin", "*")])
        with scripted(lambda _: leading) as here:
            stopped = run("probe", here.origin, "--origin", PAGE)
            assert (stopped.exit_code, there.requests) == (2, [])
            assert "was not followed; --follow follows it." in stopped.stdout
            assert run("probe", here.origin, "--origin", PAGE, "--follow").exit_code == 0


def test_probe_may_keep_the_request_back() -> None:
    with serve(CORS(App(), policy(PAGE, allow_methods=["DELETE"]))) as site:
        result = run("probe", site.origin, "--origin", PAGE, "--method", "DELETE", "--preflight-only")
        assert (result.exit_code, site.methods) == (0, ["OPTIONS"])


@pytest.mark.parametrize(("given", "sent"), [("a\udcff", b"a\xff"), ("@{file}", b"from a file")])
def test_probe_takes_a_body(tmp_path: Path, given: str, sent: bytes) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"from a file")
    with serve(CORS(App(), policy(PAGE))) as site:
        result = run("probe", site.origin, "--origin", PAGE, "--method", "POST", "--data", given.format(file=path))
        assert result.exit_code == 0
        [request] = site.requests
        assert request.field("Content-Length") == str(len(sent))
        assert request.field("Content-Type") == "text/plain;charset=UTF-8"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("api.example", "--origin", PAGE), "write http:// or https:// in front"),
        ((URL, "--origin", "www.example.com"), f"write {PAGE}"),
        ((URL, "--origin", PAGE, "--data", "@/nowhere"), "/nowhere cannot be read"),
        ((URL, "--origin", PAGE, "--cookie", "a=b"), "--cookie needs --credentials"),
        ((URL,), "Missing option '--origin'"),
        ((URL, "--origin", PAGE, "--timeout", "0"), "--timeout"),
    ],
)
def test_probe_of_what_cannot_be_asked(words: tuple[str, ...], said: str) -> None:
    result = run("probe", *words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr


# -- audit -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("fail_on", "status"), [(None, 0), ("high", 0), ("medium", 0), ("low", 0), ("untidy", 1)])
def test_audit_fails_from_a_level_on(fail_on: str | None, status: int) -> None:
    with serve(CORS(App(), Policy(allow_origins="*"))) as site:
        words = ["--fail-on", fail_on] if fail_on else []
        result = run("audit", site.origin, "--origin", PAGE, *words)
    assert result.exit_code == status
    assert "UNTIDY: Everybody may read, without credentials (public)" in result.stdout


def reflecting(request: Arrived) -> bytes:
    origin = request.field("Origin") or "*"
    return response(200, [("Access-Control-Allow-Origin", origin), ("Access-Control-Allow-Credentials", "true")])


def test_audit_in_json() -> None:
    with scripted(reflecting) as site:
        result = run("audit", site.origin, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert faults(told, dict(AUDIT)) == []
    assert [finding["id"] for finding in told["findings"]][:2] == ["any-origin", "null-trusted"]


def test_audit_of_what_cannot_be_asked() -> None:
    result = run("audit", "api.example")
    assert (result.exit_code, result.stdout) == (2, "")
    assert run("audit", f"http://{ADDRESS}:{free_port()}/").exit_code == 2


# -- What all have in common -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DOCTOR)
def test_the_help_has_examples_and_exit_statuses(name: str) -> None:
    help_ = run(name, "--help").stdout
    assert f"  wsgicors {name} " in help_
    assert "Exit status: 0 " in help_
    assert "--json" in help_
    assert "--no-color" in help_


@pytest.mark.parametrize("name", DOCTOR)
def test_the_examples_can_be_typed(name: str) -> None:
    command = wsgicors.get_command(click.Context(wsgicors), name)
    assert command
    known = {option for parameter in command.params for option in parameter.opts}
    help_ = re.sub(r"\\\n", " ", run(name, "--help").stdout)
    examples = re.findall(rf"^ +(?:.*\| )?wsgicors {name}(.*)$", help_, re.MULTILINE)
    assert len(examples) >= 2
    for example in examples:
        assert {word for word in shlex.split(example) if word.startswith("--")} <= known


def on(terminal: int, *words: str, **environ: str) -> "subprocess.Popen[bytes]":
    """Run the command on a terminal, and close this process's side of it."""
    clean = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR"}}
    process = subprocess.Popen(
        [sys.executable, "-m", "wsgicors", *words], stdout=terminal, stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL, env={**clean, "TERM": "xterm-256color", "COLUMNS": "80", **environ},
    )  # fmt: skip
    os.close(terminal)
    return process


def reading(terminal: int) -> Iterator[str]:
    """Yield what is written to a terminal until its other side is closed."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with contextlib.suppress(OSError):  # the other side is closed
        while part := os.read(terminal, 4096):
            yield decoder.decode(part)


def on_a_terminal(*words: str, **environ: str) -> str:
    """What the command writes to a terminal."""
    main, other = pty.openpty()
    process = on(other, *words, **environ)
    said = "".join(reading(main))
    process.wait(60)
    os.close(main)
    return said


def test_a_terminal_gets_colours_and_lines_that_fit() -> None:
    said = on_a_terminal("why", chromium(MISSING))
    assert "\x1b[1;31mBlocked; possibly: " in said
    plain = re.sub(r"\x1b\[[0-9;]*m", "", said)
    assert all(len(line) <= 80 or line.lstrip().startswith("https://") for line in plain.splitlines())


@pytest.mark.parametrize(("words", "environ"), [(("--no-color",), {}), ((), {"NO_COLOR": "1"})])
def test_colours_can_be_done_without(words: tuple[str, ...], environ: dict[str, str]) -> None:
    said = on_a_terminal("why", chromium(MISSING), *words, **environ)
    assert "Blocked; possibly: " in said
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", said)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("words", [(), ("--no-color",)])
def test_what_is_printed_on_a_terminal(words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr(sys, "stdout", Terminal())
    wsgicors.main(["why", chromium(MISSING), *words], standalone_mode=False)
    assert isinstance(sys.stdout, Terminal)
    assert ("\x1b[1;31m" in sys.stdout.getvalue()) == (not words)


def test_a_pipe_gets_plain_lines() -> None:
    said = run("why", chromium(MISSING), "--all").stdout
    assert "\x1b" not in said
    assert any(len(line) > 100 for line in said.splitlines())


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("wsgicors p", "probe"),
        ("wsgicors probe --cred", "--credentials"),
        ("wsgicors probe x --method p", "POST"),
        ("wsgicors probe x --header auth", "Authorization"),
        ("wsgicors audit x --fail-on m", "medium"),
        ("wsgicors why ", "file"),
    ],
)
def test_shells_complete_it(typed: str, offered: str) -> None:
    *words, last = typed.split(" ")[1:]
    completions = ShellComplete(wsgicors, {}, "wsgicors", "_WSGICORS_COMPLETE").get_completions(words, last)
    assert offered in [completion.value or completion.type for completion in completions]


def test_a_shell_is_answered() -> None:
    code = "from wsgicors.__main__ import main; main()"
    asked = {"_WSGICORS_COMPLETE": "bash_complete", "COMP_WORDS": "wsgicors p", "COMP_CWORD": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout == "plain,probe\n"


def test_the_messages_that_a_probe_is_named_in_can_be_typed() -> None:
    text = "Request header field x-b is not allowed by Access-Control-Allow-Headers in preflight response."
    [finding] = why(chromium(text)).findings
    words = shlex.split(finding.probe)[1:]
    command = wsgicors.get_command(click.Context(wsgicors), "probe")
    assert command
    context = command.make_context("probe", words[1:])
    assert context.params["headers"] == ("x-b",)


# -- What is printed, and how much -------------------------------------------------------------------------------------


def test_a_width_breaks_sentences_and_leaves_commands_whole() -> None:
    whole = run("why", chromium(MISSING), "--all").stdout
    narrow = run("why", chromium(MISSING), "--all", "--width", "60").stdout
    assert narrow.split() == whole.split()
    for line in narrow.splitlines():
        assert line == line.rstrip()
        assert len(line) <= 60 or line in whole.splitlines()  # a line of code, or one URL


def test_the_short_report_is_short_and_names_where_there_is_more() -> None:
    said = run("why", chromium(MISSING), "--width", "80").stdout.splitlines()
    assert said[0].startswith("Blocked; possibly: ")
    assert len(said) <= 25
    assert "    wsgicors help cors-absent" in said
    assert any(line.startswith("    wsgicors probe ") for line in said)


# -- help --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "kinds"),
    [
        ("origin-not-allowed", ["refusal", "cause"]),
        ("origin-trailing-slash", ["problem"]),
        ("wsgicors.origin-trailing-slash", ["problem"]),
        ("any-origin", None),
        ("CORS-Absent", ["cause"]),
        ("vary-missing", ["weakness", "mistake"]),
    ],
)
def test_help_explains_any_code(code: str, kinds: list[str] | None) -> None:
    result = run("help", code)
    assert result.exit_code == 0
    found = re.findall(r"^[a-z-]+ \((\w+)\)", result.stdout, re.MULTILINE)
    assert found
    assert kinds is None or found == kinds


def test_help_shows_settings_with_a_problem_and_without() -> None:
    told = run("help", "origin-path").stdout
    assert '  Wrong:\n      Policy(allow_origins=["https://www.example.com/app"])\n  Right:\n' in told
    assert 'CORS(app, origins="*", resources="/shops/*/items")' in run("help", "resource-star").stdout


def test_help_names_settings_and_says_once_what_lets_a_problem_through() -> None:
    for code in CATALOGUE:
        told = text(of_entries(entries(code)[:1]))
        assert told.count(f'["{code}"]') == (code in ALLOWABLE), code
        assert not re.search(r"<(?:or_)?(?:any|allow)_", told), code


def test_help_knows_every_code() -> None:
    for code in [*CATALOGUE, *CAUSES, *WEAKNESSES, *(refusal.value for refusal in Refusal)]:
        for entry in entries(code):
            assert entry.text
            assert entry.kind == "problem" or entry.advice or entry.remedies
            assert "{" not in entry.text + entry.advice


def test_help_of_what_is_none_names_the_nearest() -> None:
    result = run("help", "origin-slsh")
    assert result.exit_code == 2
    assert "Did you mean origin-slash?" in result.stderr
    assert "Did you mean" not in run("help", "qqqqqq").stderr


def test_help_alone_lists_the_commands() -> None:
    assert "probe" in run("help").stdout


def test_a_misspelt_command_is_answered_with_the_nearest() -> None:
    result = run("prob", "x")
    assert result.exit_code == 2
    assert "Did you mean probe?" in result.stderr
    assert "Did you mean" not in run("qqqqqq").stderr


def test_the_list_of_commands_is_not_cut() -> None:
    assert "..." not in run("--help").stdout.partition("Commands:")[2]


# -- Certificates ------------------------------------------------------------------------------------------------------


def test_a_file_of_issuers_may_be_given(tmp_path: Path) -> None:
    nothing = tmp_path / "none.pem"
    nothing.write_text("")
    result = run("probe", "https://localhost:1/", "--origin", PAGE, "--cacert", str(nothing))
    assert result.exit_code == 2
    assert "holds no certificates" in result.stderr


def test_insecure_is_said_loudly() -> None:
    result = run("audit", f"https://127.0.0.1:{free_port()}/", "--origin", PAGE, "--insecure")
    assert "WARNING: certificates are not checked" in result.stderr
    assert result.exit_code == 2
    assert "Nothing was found" not in result.stdout
    assert "Unclear" in result.stdout


@pytest.mark.parametrize("command", ["probe", "audit"])
def test_a_server_that_no_name_leads_to_yet(command: str) -> None:
    page = "http://www.example.com"
    with serve(CORS(App(), policy(page))) as site:
        url = f"http://api.example:{site.port}/x"
        result = run(command, url, "--origin", page, "--resolve", f"*.example:*:{ADDRESS}", "--all")
        assert f"The server was asked at {ADDRESS}, as --resolve says." in result.stdout
        assert "Local Network" not in result.stdout  # how a browser reaches the server is unknown
    assert (result.exit_code, {request.field("Host") for request in site.requests}) == (0, {f"api.example:{site.port}"})


def test_what_resolves_nothing() -> None:
    result = run("probe", "http://api.example/", "--origin", PAGE, "--resolve", "api.example=127.0.0.1")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is not HOST:PORT:ADDRESS" in result.stderr


def test_audit_sends_what_the_server_asks_for() -> None:
    with scripted(lambda _: response(200)) as site:
        run("audit", site.origin, "--origin", PAGE, "--header", "Authorization: Bearer x", "--cookie", "a=b")
    gets = [request for request in site.requests if request.method == "GET"]
    assert gets
    assert all(request.field("Authorization") == "Bearer x" and request.field("Cookie") == "a=b" for request in gets)
    assert not any(request.field("Cookie") for request in site.requests if request.method == "OPTIONS")


def test_a_person_who_waits_sees_each_step_while_it_is_taken() -> None:
    """The server answers the actual request only after the terminal has shown the preflight's response."""
    main, other = pty.openpty()
    seen = threading.Event()

    def answer(request: Arrived) -> bytes:
        if request.method != "OPTIONS":
            assert seen.wait(30)
        return response(200, [("Access-Control-Allow-Origin", PAGE), ("Access-Control-Allow-Methods", "PUT"), VARY])

    with scripted(answer) as site:
        process = on(other, "probe", f"{site.origin}/notes?token=s3cret", "--origin", PAGE, "--method", "PUT")
        said = ""
        for part in reading(main):
            said += part
            if f"OPTIONS {site.origin}/notes?token=…: 200 after " in said:
                seen.set()
        process.wait(60)
    os.close(main)
    assert [request.method for request in site.requests] == ["OPTIONS", "PUT"]
    assert f"PUT {site.origin}/notes?token=…: 200 after " in said
    assert "s3cret" not in said
    assert said.index("PUT") < said.index("Allowed: ")


def test_what_is_shown_of_a_request_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    received = on_terminal("GET", "https://api.example/[bold]?token=s3cret")
    received(Reply(Response(204), seconds=0.25))
    on_terminal("PUT", URL)(Reply(Response(0), trouble=Trouble("timed-out", "No answer.")))
    said = terminal.getvalue()
    assert "GET https://api.example/[bold]?token=…: 204 after 250 ms" in said
    assert f"PUT {URL}: No answer. after 0 ms" in said


def test_a_person_who_waits_sees_why_no_answer_came() -> None:
    url = f"http://{ADDRESS}:{free_port()}/"
    assert f"GET {url}: The connection failed: connection refused. after " in on_a_terminal(
        "probe", url, "--origin", PAGE
    )


def test_help_knows_every_code_and_links_to_pages_that_are_there() -> None:
    site = re.search(r'^ogp_site_url = "(.*)"$', Path("docs/conf.py").read_text(), re.MULTILINE)
    assert site is not None
    assert site[1] == SITE
    assert pages().keys() - {"index"} == set(known())
    for code in known():
        told = text(of_entries(entries(code)))
        assert told.startswith(f"{code} (")
        assert page_of(code) in told
    assert entries("django_wsgicors.middleware-order")[0].kind == "check"
    assert entries("unanchored")[0].kind == "mistake"


def test_help_without_django_knows_the_other_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "django_wsgicors._checks", None)
    assert entries("middleware-order") == []
    assert entries("unanchored") != []
