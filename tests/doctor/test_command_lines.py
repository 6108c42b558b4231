"""A command that somebody sent by hand, with what came of it, is an exchange whatever the tool and the prompt."""

import pytest

from tests.doctor.findings import exchanges, only
from wsgicors.doctor import why
from wsgicors.doctor.evidence._command_lines import commands_of
from wsgicors.doctor.evidence._pasted import lines_of

API = "https://api.example/items"
PAGE = "https://app.example"

PREFLIGHTS = [
    f"curl -si -X OPTIONS -H 'Origin: {PAGE}' -H 'Access-Control-Request-Method: PUT' {API}",
    f'curl -i {API} -XOPTIONS -H "Origin: {PAGE}" -H "Access-Control-Request-Method: PUT"',
    f"curl --request OPTIONS --header 'origin: {PAGE}' --header 'access-control-request-method: PUT' {API}",
    f"http OPTIONS {API} Origin:{PAGE} Access-Control-Request-Method:PUT",
    f"https OPTIONS {API} 'Origin: {PAGE}' 'Access-Control-Request-Method: PUT'",
    f'Invoke-WebRequest {API} -Method OPTIONS -Headers @{{"Origin"="{PAGE}"; "Access-Control-Request-Method"="PUT"}}',
    f"iwr -Method Options -Headers @{{ Origin = '{PAGE}'; 'Access-Control-Request-Method' = 'PUT' }} {API}",
]  # fmt: skip
PROMPTS = ["{}", "$ {}", "# {}", "> {}", "% {}", "`{}`", "PS C:\\work> {}"]
STATUSES = {404: "preflight-not-found", 405: "preflight-method-refused", 500: "preflight-error"}


@pytest.mark.parametrize("prompt", PROMPTS)
@pytest.mark.parametrize("command", PREFLIGHTS)
def test_a_command_and_the_status_of_its_output(command: str, prompt: str) -> None:
    asked = prompt.format(command)
    for status, cause in STATUSES.items():
        for output in (
            f"\nHTTP/1.1 {status} X\nServer: nginx\nDate: today\nContent-Length: 0", f"\n{status}",
            f'\n\nreturns\n\n{{"statusCode":{status},"error":"x"}}', f"\nIt returned {status}.",
            f"\nInvoke-WebRequest : The remote server returned an error: ({status}) X.",
            f"\nResponse status code does not indicate success: {status} (X).",
        ):  # fmt: skip
            [finding] = why(asked + output).findings
            facts = finding.facts
            assert (finding.suspects[0].cause.id, facts.status) == (cause, status), output
            assert (facts.url, facts.origin, facts.method) == (API, PAGE, "PUT"), output


@pytest.mark.parametrize("behind", ["  # 404", " # => 404", "   // 404 Not Found"])
def test_a_status_behind_a_command(behind: str) -> None:
    for command in PREFLIGHTS:
        assert why(f"{command}{behind}").findings[0].suspects[0].cause.id == "preflight-not-found"
    assert why(f"`{PREFLIGHTS[0]}` -> 404").findings[0].suspects[0].cause.id == "preflight-not-found"


FILTERS = [
    "| grep -i access-control", "| grep -i '^access-control-'", '| egrep -i "access-control-allow"',
    "| rg -i access-control", "| Select-String access-control", '| findstr /i "access-control"',
    "2>&1 | grep -i access-control",
]  # fmt: skip
NOTHING = [
    "(no output)",
    "# (nothing)",
    "# => nothing",
    "<empty>",
    "returns nothing",
    "*nothing at all*",
    "This returns nothing.",
    "No headers.",
]


@pytest.mark.parametrize("found", FILTERS)
@pytest.mark.parametrize("command", PREFLIGHTS)
def test_a_search_that_finds_nothing_is_a_header_that_is_missing(command: str, found: str) -> None:
    for nothing in NOTHING:
        [finding] = why(f"$ {command} {found}\n{nothing}").findings
        assert finding.suspects[0].cause.id == "cors-absent", nothing
        assert (finding.facts.url, finding.facts.origin) == (API, PAGE)


@pytest.mark.parametrize("found", FILTERS)
def test_what_a_search_finds_is_judged(found: str) -> None:
    command = f"$ {PREFLIGHTS[0]} {found}\n"
    methods = f"access-control-allow-origin: {PAGE}\naccess-control-allow-methods: GET, POST"
    [finding] = why(command + methods).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("method-not-allowed", None)
    [finding] = why(f"{command}Access-Control-Allow-Origin: https://other.example").findings
    assert (finding.suspects[0].cause.id, finding.facts.value) == ("fixed-origin", "https://other.example")


def test_a_search_beside_one_that_finds_something() -> None:
    other = "https://other.example/items"
    command = "$ curl -si -H 'Origin: https://app.example' {} | grep -i access-control\n{}\n\n"
    [finding] = why(command.format(API, "nothing") + command.format(other, "access-control-allow-origin: *")).findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == ("cors-absent", API)


def test_a_search_for_one_header_says_nothing_of_the_others() -> None:
    command = f"$ {PREFLIGHTS[0]} | grep -i access-control-allow-origin\n"
    assert why(f"{command}access-control-allow-origin: {PAGE}").findings == ()
    [finding] = why(f"{command}access-control-allow-origin: https://other.example").findings
    assert finding.suspects[0].cause.id == "fixed-origin"


@pytest.mark.parametrize(
    "found",
    ["| grep -v -i access-control", "| grep -vi 'access-control'", "| grep --invert-match Access-Control-Allow-Origin",
     "| findstr /v /i access-control", "| Select-String access-control -NotMatch",
     "| grep -v date | grep -iv access-control"],
)  # fmt: skip
def test_a_search_for_the_other_lines_hides_the_headers(found: str) -> None:
    asked = f"$ curl -sI -H 'Origin: {PAGE}' {API}"
    for output in ("HTTP/2 200\nserver: nginx", "(nothing)"):
        [finding] = why(f"{asked} {found}\n{output}").findings
        assert finding.suspects[0].cause.id in {"unrecognised", "unspecified"}
    [finding] = why(f"{asked} | grep -v date\nHTTP/2 200\nserver: nginx").findings
    assert finding.suspects[0].cause.id == "cors-absent"
    [finding] = why(f"{asked} | grep -v date | grep -i access-control\n(nothing)").findings
    assert finding.suspects[0].cause.id == "cors-absent"


@pytest.mark.parametrize("other", ["| jq .", "| grep -i content-type", "| head -1", ""])
def test_another_search_that_finds_nothing_says_nothing(other: str) -> None:
    assert why(f"$ {PREFLIGHTS[0]} {other}\n(nothing)").findings[0].suspects[0].cause.id in {
        "unrecognised",
        "unspecified",
    }


@pytest.mark.parametrize(
    "line",
    ["http is a protocol", "https is safer", "I use curl for it", "httpie OPTIONS /", "Invoke-WebRequest : failed",
     "curl", "http error 404", "OPTIONS https://api.example/ 404"],
)  # fmt: skip
def test_what_is_no_command(line: str) -> None:
    assert commands_of(line) == []


FORMS = [
    'curl ^"{url}^" ^\n  -X ^"OPTIONS^" ^\n  -H ^"origin: {page}^" ^\n  -H ^"access-control-request-method: PUT^"',
    'curl "{url}" ^\n  -X "OPTIONS" ^\n  -H "origin: {page}" ^\n  -H "access-control-request-method: PUT"',
    "curl \"{url}\" `\n  -X OPTIONS `\n  -H 'origin: {page}' `\n  -H 'access-control-request-method: PUT'",
    "curl '{url}' \\\n  -X OPTIONS \\\n -H 'origin: {page}' \\\n-H 'access-control-request-method: PUT'",
    (
        'Invoke-WebRequest -UseBasicParsing -Uri "{url}" `\n-Method "OPTIONS" `\n-WebSession $session `\n-Headers @{{\n'
        '"authority"="api.example"\n  "method"="OPTIONS"\n  "origin"="{page}"\n  "sec-ch-ua"="`"Chromium`";v=`"130`""\n'
        '  "access-control-request-method"="PUT"\n}}'
    ),
    "irm {url} -Method OPTIONS -Headers @{{\n  Origin='{page}'\n  'Access-Control-Request-Method'='PUT'\n}} -Verbose",
    (
        'wget --method=OPTIONS --header="Origin: {page}" --header "Access-Control-Request-Method: PUT" -S -O - {url}\n'
        "--2026-01-02 10:00:00--  {url}\nResolving api.example... 192.0.2.1\nHTTP request sent, awaiting response... "
    ),
    "me@host:~/a-b$ curl -i -X OPTIONS -H origin:{page} -H 'access-control-request-method: PUT' {url}",
]
"""For Windows' command line, in two ways, for PowerShell, with its own command and table, for a shell, and for wget."""


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_command_in_several_lines(form: str, ending: str) -> None:
    text = f"{form.format(url=API, page=PAGE)}\nHTTP/1.1 405 X\nServer: x"
    [finding] = why(text.replace("\n", ending) if "\\" not in form else text).findings
    assert (finding.suspects[0].cause.id, finding.facts.status) == ("preflight-method-refused", 405)
    assert (finding.facts.url, finding.facts.origin, finding.facts.method) == (API, PAGE, "PUT")


@pytest.mark.parametrize(
    ("arguments", "url"),
    [
        ("-i -H 'Origin: http://x' localhost:11434/", "localhost:11434/"), ("localhost -H 'Origin: x'", "localhost"),
        ("-sS --compressed 127.0.0.1:8000/a?b=1 -v", "127.0.0.1:8000/a?b=1"), ("-XPOST api.example", "api.example"),
        ("--max-time=3 'api:80/a' | jq .x", "api:80/a"), ("-HOrigin:http://x api.example/a; date", "api.example/a"),
    ],
)  # fmt: skip
def test_curl_needs_no_scheme(arguments: str, url: str) -> None:
    assert [command.url for command in commands_of(f"curl {arguments}")] == [f"http://{url}"]


@pytest.mark.parametrize(
    "arguments",
    ["--cacert ca.pem", "-o a.html", "is at curl.se", "$URL/a.html", "-H 'Origin: x' /a.html", "--data a.example"],
)
def test_what_is_no_address(arguments: str) -> None:
    assert [command.url for command in commands_of(f"curl {arguments}")] == [""]


TWO = [
    "curl -i -H 'Origin: {0}' {1}/a && curl -i -X OPTIONS -H 'Access-Control-Request-Method: PUT' {1}/b",
    "curl -i -H 'Origin: {0}' {1}/a; curl -iX OPTIONS -H 'Access-Control-Request-Method: PUT' '{1}/b'; date",
    "curl -f {1}/a -H 'Origin: {0}' || curl -X OPTIONS -H 'Access-Control-Request-Method: PUT' {1}/b",
    "irm {1}/a -Headers @{{A='&&'; Origin='{0}'}}; irm -Method OPTIONS {1}/b -Headers @{{'{2}'='PUT'}}",
    "I ran `curl -H 'Origin: {0}' {1}/a; curl -X OPTIONS -H 'Access-Control-Request-Method: PUT' {1}/b`: it got 405",
    "I ran `curl -i -H 'Origin: {0}' {1}/a` and `curl -X OPTIONS -H 'Access-Control-Request-Method: PUT' {1}/b`",
]  # fmt: skip


@pytest.mark.parametrize("form", TWO)
def test_two_commands_in_one_line_are_two_requests(form: str) -> None:
    line = form.format(PAGE, API, "Access-Control-Request-Method")
    first, second = commands_of(line)
    assert (first.method, first.url, first.sent[-1]) == ("GET", f"{API}/a", ("Origin", PAGE))
    assert (second.method, second.url, second.sent) == (
        "OPTIONS",
        f"{API}/b",
        (("Access-Control-Request-Method", "PUT"),),
    )
    for output in ("HTTP/1.1 405 Method Not Allowed\nServer: x", "It returned 405."):
        assert {*why(f"{line}\n{output}").findings[0].facts.known()} <= {"status"}  # of which of the two?


def test_what_is_said_behind_each_command() -> None:
    line = f"`curl -H 'Origin: {PAGE}' {API}` prints nothing, `curl -H 'Origin: https://b.example' {API}/b` returns 403"
    [finding] = why(line).findings
    assert (finding.facts.url, finding.facts.origin, finding.facts.status) == (f"{API}/b", "https://b.example", 403)


def test_a_path_without_a_host_has_no_url() -> None:
    [finding] = why("http OPTIONS :8000/x Origin:https://a.example Access-Control-Request-Method:PUT\n404").findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == ("preflight-not-found", "")


OF_CURL = [
    ("-x http://proxy.example:3128", "GET"), ("--proxy http://proxy.example:3128", "GET"),
    ("-e https://ref.example/", "GET"), ("--referer=https://ref.example/", "GET"), ("-so https://out.example", "GET"),
    ("-d 'to=https://cb.example/x'", "POST"), ('--data-raw "{https://cb.example}"', "POST"),
    ("-G -d to=https://cb.example/", "GET"), ("-d to=https://cb.example/ --get", "GET"),
    ("-T https.txt", "PUT"), ("-b 'a=https://x.example'", "GET"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "method"), OF_CURL)
@pytest.mark.parametrize("origin", [f"-H 'Origin: {PAGE}'", f"-H Origin:{PAGE}", f"--header=Origin:{PAGE}"])
def test_the_value_of_an_option_is_not_the_url(options: str, method: str, origin: str) -> None:
    for line in (f"curl {options} {origin} {API}", f"curl {API} {options} {origin}"):
        [command] = commands_of(line)
        assert (command.method, command.url, command.sent) == (method, API, (("Origin", PAGE),))


def test_powershell_s_proxy_is_not_the_url() -> None:
    line = f"irm -Proxy http://proxy.example:3128 -Method POST -Uri {API} -Headers @{{ 'Origin' = '{PAGE}' }}"
    [command] = commands_of(line)
    assert (command.method, command.url, command.sent) == ("POST", API, (("Origin", PAGE),))


def test_a_command_within_a_sentence() -> None:
    [finding] = why(f"I ran `curl -X OPTIONS {API}` and it returned 405.").findings
    assert (finding.suspects[0].cause.id, finding.facts.url) == ("preflight-method-refused", API)
    [finding] = why(f"I ran `curl -X OPTIONS {API}`: Unauthorized").findings
    assert finding.suspects[0].cause.id == "preflight-authentication"


def test_the_member_of_a_list_is_no_body_of_an_error() -> None:
    text = f'curl -X OPTIONS {API}\n{{"items": [{{"code": 404}}]}}'
    assert why(text).findings[0].facts.url == ""
    assert why(f'curl -X OPTIONS {API}\n{{"error": {{"code": 404}}}}').findings[0].facts.url == API


@pytest.mark.parametrize(
    "command",
    ['curl -i -X OPTIONS "{}"', 'http OPTIONS "{}"', 'iwr -Method OPTIONS "{}"', 'wget --method=OPTIONS -S "{}"'],
)
@pytest.mark.parametrize(
    "url", ["https://api.example/it's", "https://api.example/a?name='x'&b", "https://o'b.example/"]
)
def test_an_apostrophe_does_not_end_a_url_in_quotes(command: str, url: str) -> None:
    assert [(one.method, one.url) for one in commands_of(command.format(url))] == [("OPTIONS", url)]
    [one] = commands_of(f"{command.format(url)} -H 'Origin: {PAGE}'")
    assert one.url == url


OF_WGET = [
    ("", "GET"), ("--post-data='a=https://b.example'", "POST"), ("--post-file a.txt", "POST"), ("--method PUT", "PUT"),
    ("--referer=https://ref.example/", "GET"), ("-O out.html", "GET"), ("-qO- -U https://agent.example", "GET"),
    ("--body-data=x --method=PATCH", "PATCH"), ("--max-redirect=0", "GET"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "method"), OF_WGET)
@pytest.mark.parametrize(
    "origin", ["--header='Origin: {}'", '--header "Origin: {}"', "'--header=Origin: {}'", "--header=Origin:{}"]
)
def test_the_request_of_wget(options: str, method: str, origin: str) -> None:
    for line in (f"wget {options} {origin.format(PAGE)} {API}", f"$ wget {API} {origin.format(PAGE)} {options}"):
        [command] = commands_of(line)
        assert (command.method, command.url, command.sent) == (method, API, (("Origin", PAGE),))
        assert command.follows == ("--max-redirect" not in options)


def test_wget_shows_each_answer_and_where_it_leads() -> None:
    text = f"""wget --header="Origin: {PAGE}" -S {API}
HTTP request sent, awaiting response...
  HTTP/1.1 301 Moved Permanently
  Location: https://other.example/items
Location: https://other.example/items [following]
--2026-01-02 10:00:01--  https://other.example/items
HTTP request sent, awaiting response...
  HTTP/1.1 200 OK
  Access-Control-Allow-Origin: https://b.example
Length: 12 [text/html]
Saving to: 'STDOUT'
Access-Control-Allow-Origin: *"""
    first, second = exchanges(text)
    assert (first.url, first.status, first.received) == (API, 301, [("Location", "https://other.example/items")])
    assert (second.url, second.status) == ("https://other.example/items", 200)
    assert second.received[0] == ("Access-Control-Allow-Origin", "https://b.example")
    assert len(second.received) < 3


def test_wget_without_the_headers_of_the_answer() -> None:
    asked = f"wget --method=OPTIONS --header='Origin: {PAGE}' {API}"
    finding = only(
        f"{asked}\nHTTP request sent, awaiting response... 403 Forbidden\n2026-01-02 10:00:00 ERROR 403: Forbidden."
    )
    assert (finding.facts.url, finding.facts.origin, finding.facts.status) == (API, PAGE, 403)


def test_a_table_that_does_not_end_is_none() -> None:
    assert len(lines_of("iwr https://api.example/ -Headers @{\n" + "a\n" * 200)) == 202
