import re._constants as sre_constants
import re._parser as sre_parser
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor import wording_cases
from tests.doctor.element_cases import ELEMENTS
from tests.doctor.identifier_cases import CASES as NAMED
from tests.doctor.net_errors import CASES as NET
from tests.doctor.shortened_cases import SHORTENED
from tests.doctor.wording_cases import ALL, MISSING, PAGE, PF, TRANSLATED, URL, chromium, firefox
from wsgicors.browser import Failure, Stage
from wsgicors.doctor import report, why
from wsgicors.doctor.catalogue._net_errors import net_error_cause
from wsgicors.doctor.catalogue._readers import Speaker
from wsgicors.doctor.catalogue._wording import Role
from wsgicors.doctor.catalogue._wordings import WORDINGS
from wsgicors.doctor.evidence import _flat_text, _phrases, _translations, _unphrased
from wsgicors.doctor.evidence._console import LONGEST_TEXT, MOST_MESSAGES, Console
from wsgicors.doctor.evidence._console import read_console as read
from wsgicors.doctor.evidence._flat_text import plain
from wsgicors.doctor.evidence._message import Message

EVERY = [*ALL, *SHORTENED, *ELEMENTS, *NAMED, *NET]


def only(text: str) -> Message:
    [message] = read(text).messages
    return message


def ids(case: wording_cases.Case) -> str:
    return case.wording


@pytest.mark.parametrize("case", EVERY, ids=ids)
def test_every_member_of_the_closed_lists_is_recognised(case):
    assert only(case.text).wording == case.wording


@pytest.mark.parametrize("case", EVERY, ids=ids)
def test_every_member_of_the_closed_lists_leads_to_its_cause(case):
    [finding] = why(case.text).findings
    first = finding.suspects[0]
    assert (first.cause.id, str(first.certainty)) == (case.cause, case.certainty)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.phrase[:40])
def test_every_phrase_is_of_a_case(wording):
    of_this = [case.text for case in EVERY if case.wording == wording.id]
    assert any(wording.phrase in plain(text) for text in of_this)


@pytest.mark.parametrize("wording", WORDINGS, ids=lambda wording: wording.phrase[:40])
def test_every_phrase_is_found_by_itself_or_is_of_everyday_words(wording):
    alone = read(f"x {wording.phrase} y").messages  # none if other words have to stand around it
    assert [found.wording for found in alone] in ([wording.id], [])
    assert wording.phrase == wording.phrase.lower()


def test_no_phrase_is_there_for_nothing(monkeypatch):
    texts = {case.text: plain(case.text) for case in EVERY}
    whole = {text: read(text) for text in texts}
    needless, every = [], _phrases._WHOLE_WORDS
    for wording in (each for each in WORDINGS if not each.id.endswith("/net")):  # whole lists, prefixes among them
        monkeypatch.setattr(_phrases, "_WHOLE_WORDS", tuple(other for other in every if other[0] is not wording))
        of_this = [text for text, lower in texts.items() if wording.phrase in lower]
        if all(read(text) == whole[text] for text in of_this):
            needless.append(wording.phrase)
    assert needless == []


DISABLED = [
    "CORS deaktiviert", "CORS désactivé", "CORS desactivado", "CORS desativado", "CORS отключён", "CORS 未启用",
    "CORS が無効", "wyłączone CORS", "CORS disattivato",
]  # fmt: skip
REDIRECTED = [
    "Externe Weiterleitung der CORS-Anfrage verboten", "la redirection externe de requêtes CORS n’est pas autorisée",
    "No se permite la redirección externa de la solicitud CORS", "Внешнее перенаправление запроса CORS не разрешено",
    "redirecionamento externo de requisição CORS não permitido", "不允许 CORS 请求外部重定向",
    "CORS 要求の外部リダイレクトは許可されない", "niedozwolone zdalne przekierowanie żądania CORS",
    "redirect non consentito per richiesta CORS esterna",
]  # fmt: skip


@pytest.mark.parametrize(
    ("reason", "cause"),
    [*((reason, "cors-disabled") for reason in DISABLED), *((reason, "preflight-redirect") for reason in REDIRECTED)],
)
def test_what_firefox_has_its_own_words_for_in_every_language(reason, cause):
    [finding] = why(f"Anfrage blockiert: … {URL} (Grund: {reason}).").findings
    assert finding.suspects[0].cause.id == cause


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("méthode manquante dans l’en-tête « Access-Control-Allow-Methods ».", "method-not-allowed"),
        ("risposta CORS preliminare (“preflight”) non riuscita. Codice di stato: 405.", "preflight-method-refused"),
        (
            "la credencial no se admite si la cabecera CORS 'Access-Control-Allow-Credentials' es '*'",
            "credentials-wildcard",
        ),
    ],
)
def test_where_a_translation_is_unlike_the_others(reason, cause):
    [finding] = why(f"Blocage d’une requête (Cross-Origin Request) : … {URL}. Raison : {reason}").findings
    assert finding.suspects[0].cause.id == cause


@pytest.mark.parametrize(
    ("line", "message", "cause"),
    [
        (f"OPTIONS {URL} 401 (Unauthorized)", PF + "It does not have HTTP ok status.", "preflight-authentication"),
        (f"OPTIONS {URL} 405 (Method Not Allowed)", PF + MISSING, "preflight-method-refused"),
        (f"POST {URL} net::ERR_FAILED 500 (Internal Server Error)", MISSING, "app-error"),
        (f"GET {URL} net::ERR_FAILED 524", MISSING, "proxy-timeout"),
        (f"GET {URL} net::ERR_FAILED 520 (unknown)", MISSING, "proxy-bad-gateway"),
    ],
)
def test_the_line_above_the_message_has_the_status(line, message, cause):
    for text in (f"{line}\n{chromium(message)}", f"{chromium(message)}\nx.js:3  {line}"):
        [finding] = why(text).findings
        assert finding.suspects[0].cause.id == cause


LOGIN = "https://login.idp.example/common/oauth2/authorize"


@pytest.mark.parametrize(
    "tail",
    [
        PF + MISSING,
        PF + "Redirect is not allowed for a preflight request.",
        MISSING,
        "Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.",
    ],
)
@pytest.mark.parametrize("origin", [PAGE, "null"])
def test_a_redirect_to_a_login_is_the_end_of_a_session(tail, origin):
    text = (
        f"Access to fetch at '{LOGIN}' (redirected from '{URL}') from origin '{origin}' has been blocked by CORS "
        f"policy: {tail}"
    )
    [finding] = why(text).findings
    assert finding.suspects[0].cause.id == "session-ended"
    assert len({suspect.cause.id for suspect in finding.suspects}) > 1  # it is a guess


def test_what_was_redirected_to_a_login_is_told_and_probed():
    text = (
        f"Access to fetch at '{LOGIN}' (redirected from '{URL}') from origin '{PAGE}' has been blocked by CORS policy: "
        f"{MISSING}"
    )
    [finding] = why(text).findings
    assert finding.suspects[0].cause.sentence.startswith(f"{URL} was redirected to a login")
    assert finding.probe == f"wsgicors probe {URL} --origin {PAGE} --follow"


def test_a_redirect_within_a_server_needs_no_following():
    text = (
        f"Access to fetch at '{URL}/b' (redirected from '{URL}/a') from origin '{PAGE}' has been blocked by CORS "
        f"policy: {PF}{MISSING}"
    )
    [finding] = why(text).findings
    assert finding.probe == f"wsgicors probe {URL}/a --origin {PAGE} --header Content-Type"


def test_webkit_s_redirection_to_a_login_is_the_end_of_a_session():
    text = (
        f"Cross-origin redirection to {LOGIN} denied by Cross-Origin Resource Sharing policy: Origin {PAGE} is not "
        "allowed by Access-Control-Allow-Origin. Status code: 302"
    )
    [finding] = why(text).findings
    assert finding.suspects[0].cause.id == "session-ended"
    assert finding.suspects[0].cause.sentence.startswith("The request was redirected to a login")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_no_cache_answers_what_changes_something(method):
    text = f"{method} {URL} net::ERR_FAILED 200 (OK)\n{chromium(MISSING)}"
    [finding] = why(text).findings
    assert finding.suspects
    assert "cached-origin" not in {suspect.cause.id for suspect in finding.suspects}


def test_a_refusal_of_socket_io_is_its_own():
    address = "http://localhost:5000/socket.io/?EIO=4"
    text = f"GET {address} 400 (BAD REQUEST)\n{chromium(MISSING).replace(URL, address)}"
    [finding] = why(text).findings
    assert finding.suspects[0].cause.id == "websocket-origin"


def test_the_origin_that_socket_io_refuses_is_no_address():
    [finding] = why(f"{PAGE} is not an accepted origin.").findings
    assert (finding.facts.url, finding.facts.origin) == ("", PAGE)


@pytest.mark.parametrize("text", ["blocked by CORS policy", "blocked by CORS policy: Response to preflight request"])
def test_a_message_that_breaks_off_names_no_step(text):
    [finding] = why(text).findings
    assert (finding.failure, finding.step) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        "WebSocket connection to 'wss://api.example/ws' failed: ",
        'Fetch API cannot load ftp://files.example/a. URL scheme "ftp" is not supported.',
    ],
)
def test_no_probe_is_proposed_for_what_it_cannot_ask(text):
    [finding] = why(text).findings
    assert finding.probe == ""
    assert "look from the outside" not in report.text(report.of_diagnosis(why(text)))


@pytest.mark.parametrize("text", ["Disallowed CORS headers", "Reject: headers '[x-id]' are not allowed"])
def test_a_refusal_of_a_list_is_probed_with_a_preflight(text):
    [finding] = why(text).findings
    assert "--header" in finding.probe


def test_a_login_that_asks_itself_is_no_end_of_a_session():
    text = (
        f"Access to fetch at '{LOGIN}' (redirected from '{LOGIN}/x') from origin '{PAGE}' has been blocked by CORS "
        f"policy: {MISSING}"
    )
    [finding] = why(text).findings
    assert finding.suspects[0].cause.id != "session-ended"


def test_the_address_tells_socket_io_and_files():
    for url, cause in (
        ("https://api.example/socket.io/?EIO=4&transport=polling", "websocket-origin"),
        ("https://cdn.example/a.woff2", "outside-static"),
    ):
        [finding] = why(chromium(MISSING).replace(URL, url)).findings
        assert finding.suspects[0].cause.id == cause


# -- Facts ---------------------------------------------------------------------------------------------------------


def test_chromium_tells_url_origin_and_kind():
    message = only(chromium(MISSING, kind="XMLHttpRequest"))
    assert (message.facts.url, message.facts.origin, message.facts.kind) == (URL, PAGE, "XMLHttpRequest")
    assert message.stage is Stage.ACTUAL


@pytest.mark.parametrize("kind", ["fetch", "XMLHttpRequest", "script", "font", "image", "CSS", "internal"])
def test_whatever_asked(kind):
    assert only(chromium(MISSING, kind=kind)).facts.kind == kind.split(" ", maxsplit=1)[0]


def test_a_kind_of_two_words_is_not_shown_but_the_rest_is():
    assert only(chromium(MISSING, kind="CSS stylesheet")).facts.url == URL


def test_the_preflight_is_told_from_the_request():
    assert only(chromium(PF + MISSING)).stage is Stage.PREFLIGHT


def test_redirected_from():
    message = only(
        "Access to fetch at 'https://b.example/x' (redirected from 'https://a.example/y') from origin 'null' has been"
        f" blocked by CORS policy: {MISSING}"
    )
    assert message.facts.url == "https://b.example/x"
    assert message.facts.redirected_from == "https://a.example/y"
    assert message.facts.origin == "null"


def test_an_old_redirect():
    message = only(f"Redirect from '{URL}' to 'https://b.example/' has been blocked by CORS policy: {MISSING}")
    assert (message.facts.redirected_from, message.facts.url) == (URL, "https://b.example/")


def test_an_old_font():
    message = only(
        "Font from origin 'https://cdn.example' has been blocked from loading by Cross-Origin Resource Sharing policy:"
        f" {MISSING} Origin '{PAGE}' is therefore not allowed access."
    )
    assert (message.facts.url, message.facts.origin, message.facts.kind) == ("https://cdn.example", PAGE, "Font")


def test_an_old_failure_to_load_with_its_status():
    message = only(
        f"Failed to load {URL}: {PF}{MISSING} Origin '{PAGE}' is therefore not allowed access. The response had HTTP"
        " status code 405. If an opaque response …"
    )
    assert (message.facts.url, message.facts.origin, message.facts.status) == (URL, PAGE, 405)
    assert message.stage is Stage.PREFLIGHT


def test_an_old_kind():
    assert only(f"Fetch API cannot load {URL}. {MISSING}").facts.kind == "fetch"
    assert only(f"XMLHttpRequest cannot load {URL}. {MISSING}").facts.kind == "XMLHttpRequest"


def test_a_summary_without_url():
    message = only(f"Access blocked by CORS policy: {PF}{MISSING}")
    assert (message.stage, message.facts.url) == (Stage.PREFLIGHT, "")


def test_a_tail_alone():
    assert only(MISSING).stage is None


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        (chromium("Method PATCH is not allowed by Access-Control-Allow-Methods in preflight response."), "method",
         "PATCH"),
        (
            chromium("Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response."),
            "header",
            "x-a",
        ),
        (chromium(wording_cases.MULTIPLE), "value", f"{PAGE}, {PAGE}"),
        (chromium(wording_cases.INVALID), "value", "app.example"),
        (chromium(wording_cases.MISMATCH), "value", "http://app.example"),
        (chromium(wording_cases.WILDCARD), "credentials", True),
        (chromium(wording_cases.CREDENTIALS), "credentials", True),
        (firefox("CORS header ‘Access-Control-Allow-Origin’ missing", " Status code: 404."), "status", 404),
        (firefox("CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://b.example’"), "value",
         "https://b.example"),
        (firefox("missing token ‘x-a’ in CORS header ‘Access-Control-Allow-Headers’ from CORS preflight channel"),
         "header", "x-a"),
        (firefox("header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from"), "header",
         "x-a"),
        (firefox("invalid token ‘a b’ in CORS header ‘Access-Control-Allow-Methods’"), "value", "a b"),
        (firefox("expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’"), "credentials", True),
        (f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 401", "status", 401),
        (f"Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 401", "origin", PAGE),
        ("Preflight response is not successful. Status code: 301", "status", 301),
        ("Header Access-Control-Allow-Methods has an invalid value: A B Fetch API cannot load x", "value", "A B"),
        ('Credentials flag is true, but Access-Control-Allow-Credentials is not "true".', "credentials", True),
        (("Cross-origin redirection to https://b.example/?t=1 denied by Cross-Origin Resource Sharing policy: Origin"
         f" {PAGE} is not allowed by Access-Control-Allow-Origin."), "location", "https://b.example/?t=…"),
        ("denied by Cross-Origin Resource Sharing policy: redirection URL https://u:p@b.example/ has credentials",
         "location", "https://b.example/"),
        (f"Fetch API cannot load {URL} due to access control checks.", "kind", "fetch"),
        (f"XMLHttpRequest cannot load {URL} due to access control checks.", "url", URL),
        (f"PUT {URL} net::ERR_FAILED 502 (Bad Gateway)", "status", 502),
        (f"PUT {URL} net::ERR_FAILED 502 (Bad Gateway)", "method", "PUT"),
        (f"PUT {URL} net::ERR_FAILED", "status", None),
        (f"{URL} - Failed to load resource: net::ERR_FAILED", "url", URL),
        (f"{URL} - Failed to load resource: the server responded with a status of 503 ()", "status", 503),
        (f"{URL} - Failed to load resource: the server responded with a status of 503 ()", "url", URL),
        ("Failed to load resource: the server responded with a status of x", "status", None),
        ("Forbidden (Origin checking failed - https://app.example does not match any", "origin", PAGE),
        ((f"Mixed Content: The page at '{PAGE}/' was loaded over HTTPS, but requested an insecure script "
         "'http://api.example/a'."), "origin", PAGE),
        ((f"Mixed Content: The page at '{PAGE}/' was loaded over HTTPS, but requested an insecure script "
         "'http://api.example/a'."), "url", "http://api.example/a"),
        ('Refused to get unsafe header "X-Total"', "header", "X-Total"),
        ("Attempt to set a forbidden header was denied: Host. x", "header", "Host"),
        (chromium("Redirect location 'https://u:p@b.example/' contains a username and password, which is disallowed"),
         "location", "https://b.example/"),
    ],
)  # fmt: skip
def test_facts(text, fact, value):
    assert getattr(only(text).facts, fact) == value


def test_the_same_sentence_is_told_apart_by_its_end():
    assert only("Method PUT is not allowed by Access-Control-Allow-Methods.").speaker is Speaker.WEBKIT
    assert only("Method PUT is not allowed by Access-Control-Allow-Methods in preflight").speaker is Speaker.CHROMIUM
    assert only(chromium("Method PUT is not allowed by Access-Control-Allow-Methods")).speaker is Speaker.CHROMIUM


def test_a_network_error_with_a_name_is_a_reason_and_one_without_an_echo():
    assert only("GET https://a.example/ net::ERR_NAME_NOT_RESOLVED").role is Role.REASON
    assert only("GET https://a.example/ net::ERR_FAILED").role is Role.ECHO


def test_what_webkit_says_again_is_an_echo():
    text = f"Failed to load resource: Origin {PAGE} is not allowed by Access-Control-Allow-Origin. Status code: 200"
    assert only(text).role is Role.ECHO


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("err_address_unreachable", "unreachable"),
        ("err_proxy_connection_failed", "unreachable"),
        ("err_tunnel_connection_failed", "unreachable"),
        ("err_internet_disconnected", "name-not-found"),
        ("err_empty_response", "connection-broken"),
        ("err_blocked_by_orb", "opaque-response-blocking"),
        ("err_blocked_by_csp", "content-security-policy"),
        ("err_blocked_by_administrator", "blocked-by-extension"),
        ("err_something_new", ""),
    ],
)
def test_network_errors(code, cause):
    assert net_error_cause(code) == cause


# -- Text around a message -----------------------------------------------------------------------------------------

PLAIN = chromium(PF + "It does not have HTTP ok status.")


@pytest.mark.parametrize(
    "noise",
    [
        "{}",
        "2026-11-22T13:12:00.123Z ERROR {}",
        "[13:12:01.333] {} app.js:12:3",
        "app.js:12 {}",
        "login.js:33:9 Uncaught {}",
        "\x1b[31m{}\x1b[0m",
        "\x1b]8;;http://x\x07{}\x1b]8;;\x07",
        "console.error: [Error] {} (x, line 0)",
        "> {}",
        "// {}",
        "| 12 | {} |",
        '"{}"',
        'level=error msg="{}"',
        'INFO:CONSOLE(1)] "{}", source: http://a.example/ (1)',
        "{}\r\n",
        "﻿{}",
    ],
)
def test_noise_is_passed_over(noise):
    message = only(noise.format(PLAIN))
    assert message.wording == "chromium/PreflightInvalidStatus"
    assert (message.facts.url, message.facts.origin, message.stage) == (URL, PAGE, Stage.PREFLIGHT)


@pytest.mark.parametrize("quotes", ["‘’", "“”", "„“", "`´", "«»", '""'])
def test_kinds_of_quotes(quotes):
    parts = PLAIN.replace("doesn't", "doesn’t").split("'")
    text = parts[0] + "".join(quotes[index % 2] + part for index, part in enumerate(parts[1:]))
    assert only(text).facts.origin == PAGE


@pytest.mark.parametrize("width", [30, 47, 80, 100])
def test_wrapped_lines(width):
    words, lines = PLAIN.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    message = only("\n".join(lines))
    assert (message.facts.url, message.facts.origin) == (URL, PAGE)


@pytest.mark.parametrize("broken", ["Access-Control-\nAllow-Origin", "Access-Control- Allow-Origin"])
def test_a_word_broken_at_its_hyphen(broken):
    assert only(f"No '{broken}' header is present on the requested resource").line == 1


def test_colours_within_a_message():
    coloured = PLAIN.replace("'https", "\x1b[4m'https").replace("CORS policy", "\x1b[1;31mCORS\x1b[0m policy")
    assert only(coloured).facts.url == URL
    assert only(coloured.replace("blocked", "\x1b]8;;x\x1b\\blocked")).stage is Stage.PREFLIGHT


def test_what_stands_far_in_front_belongs_to_something_else():
    beginning, tail = chromium("{}" + MISSING).split("{}")
    assert only(f"{beginning}{'x ' * 3000}{tail}").facts.url == ""
    assert only(f"{beginning}{tail}").facts.url == URL


def test_quotes_escaped_in_json():
    assert only(PLAIN.replace("'", "\\'")).facts.origin == PAGE
    assert only('Refused to get unsafe header \\"X-Total\\"').facts.header == "X-Total"


def test_lines_are_numbered():
    text = f"\n\n{PLAIN}\n\x1b[0m\n  \n{firefox('CORS disabled')}\n"
    assert [message.line for message in read(text).messages] == [3, 6]


def test_a_long_console_keeps_messages_apart():
    other = PLAIN.replace("items", "users")
    text = "\n".join(f"{PLAIN}\nsomething else {number}\n{other}" for number in range(300))
    found = read(text).messages
    assert len(found) == 600
    assert {message.facts.url for message in found} == {URL, URL.replace("items", "users")}


def test_nothing():
    assert read("") == Console((), cut=False)
    assert read("Access to the server room is blocked. CORS is a policy.").messages == ()


POLICY = f"{{}} '{URL}' because it violates the following Content Security Policy directive: \"{{}} 'self'\"."


@pytest.mark.parametrize(
    ("text", "directive"),
    [
        (POLICY.format("Refused to connect to", "connect-src"), "connect-src"),
        (POLICY.format("Refused to load the script", "default-src") + " Note that 'script-src-elem' was not set.",
         "default-src"),
        (f"Content-Security-Policy: The page’s settings blocked the loading of a resource (script-src-elem) at {URL}",
         "script-src-elem"),
        (f"Content-Security-Policy: The page’s settings blocked a script at {URL}", ""),
    ],
)  # fmt: skip
def test_the_directive_that_a_policy_lacks_the_address_in(text, directive):
    assert (only(text).facts.url, only(text).facts.value) == (URL, directive)
    cause = why(text).findings[0].suspects[0].cause
    assert all(f"{directive or 'connect-src'} 'self'" in remedy.code for remedy in cause.remedies)


def test_the_url_of_a_scheme_that_is_not_supported():
    assert only('Fetch API cannot load app://x/y. URL scheme "app" is not supported.').facts.url == "app://x/y"


# -- Firefox in other languages ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "cause"),
    [(frame.format(reason), cause) for frame, reasons in TRANSLATED for reason, cause in reasons],
)
def test_firefox_in_any_language(text, cause):
    message = only(f"12:00:01 {text} app.js:12:3")
    assert message.wording == "firefox/translated"
    assert message.facts.url == URL
    assert cause in [suspect.cause.id for suspect in why(text).findings[0].suspects[:14]]
    single = len(message.failures) + len(message.causes) == 1
    vague = message.failures == (Failure.NO_RESPONSE,)
    if single and not vague:
        assert why(text).findings[0].suspects[0].cause.id == cause


def test_a_url_that_is_not_http_in_any_language():
    text = "Blocage (Cross-Origin Request) : la ressource située sur file:///a.json. Raison : la requête CORS n’utilise"
    whole = f"{text} pas HTTP."
    assert only(whole.replace("file:///a", "file://host/a")).causes == ("url-scheme", "redirect-scheme")


def test_a_translated_warning_is_one():
    frame, reasons = TRANSLATED[1]
    assert only(frame.format(reasons[-1][0])).role is Role.WARNING


def test_a_translated_echo_is_one():
    frame, reasons = TRANSLATED[0]
    assert only(frame.format(reasons[0][0])).role is Role.ECHO


@pytest.mark.parametrize(
    "line",
    [
        'fetch("https://api.example/") // CORS needs Access-Control-Allow-Origin: *',
        "see https://developer.example/docs/CORS for more",
        "https://api.example/ (see below)",
        f"https://api.example/{'x' * 5000} (CORS)",
    ],
)
def test_what_is_no_message(line):
    assert read(line).messages == ()


# -- Bounds --------------------------------------------------------------------------------------------------------


def test_what_is_too_long_is_cut():
    console = read(" " * LONGEST_TEXT + PLAIN)
    assert (console.messages, console.cut) == ((), True)


def test_what_is_too_much_is_cut():
    console = read((PLAIN + "\n") * (MOST_MESSAGES + 1))
    assert (len(console.messages), console.cut) == (MOST_MESSAGES, True)
    lines = TRANSLATED[1][0].format(TRANSLATED[1][1][1][0]) + "\n"
    assert len(read(lines * (MOST_MESSAGES + 1)).messages) == MOST_MESSAGES


HOSTILE = [
    "Access to fetch at '", "net::err_", "'", "http://", "(cors ", "- \n", "\x1b[", "\x1b]", "x\n", '\\"', " ",
    "Origin a is not allowed by Access-Control-Allow-Origin. ", "http://a.b/ (cors 'x' ", "İ", "\u202e",
    "' in cors header 'access-control-allow-methods'", "Cross-origin redirection to ", "Reason: CORS disabled\n",
    "GET http://a/ net::ERR_FAILED\n",
]  # fmt: skip


def work(text: str) -> int:
    """The number of Python lines that run to read `text`."""
    lines = 0

    def count(frame, event, argument):
        nonlocal lines
        lines += event == "line"
        return count

    previous = sys.gettrace()
    sys.settrace(count)
    try:
        read(text)
    finally:
        sys.settrace(previous)
    return lines


@pytest.mark.parametrize("piece", HOSTILE, ids=ascii)
def test_work_grows_with_the_length_and_no_faster(piece):
    small, large = (work(piece * (size // len(piece))) for size in (4_000, 64_000))
    assert large <= 17 * small


@pytest.mark.parametrize(
    "expression", [_flat_text._COLOURS, _unphrased._URL, _translations._BLOCKED, _translations._STATUS]
)
def test_no_expression_repeats_a_repetition(expression):
    """Backtracking is bounded if no unbounded repetition contains another."""

    def depths(parsed, depth=0):
        for operator, argument in parsed:
            if operator in {sre_constants.MAX_REPEAT, sre_constants.MIN_REPEAT}:
                _, high, inner = argument
                yield depth + (high == sre_constants.MAXREPEAT)
                yield from depths(inner, depth + (high == sre_constants.MAXREPEAT))
            elif operator is sre_constants.SUBPATTERN:
                yield from depths(argument[3], depth)
            elif operator is sre_constants.BRANCH:
                for inner in argument[1]:
                    yield from depths(inner, depth)

    assert max(depths(sre_parser.parse(expression.pattern)), default=0) <= 1


@given(st.text())
def test_no_text_makes_it_raise(text):
    read(text)


FRAGMENTS = st.sampled_from([
    *(wording.phrase for wording in WORDINGS), *HOSTILE, URL, PAGE, "'", " cannot load ", "remote resource at ",
    "blocked by cors policy: ", "access to ", " from origin '", "redirect from '", "status code: 404", "(null).",
    "Access-Control-Allow-Headers", "http://[::1", "https://u:p@h:99999/", "\n", "\ud800",
])  # fmt: skip


@given(st.lists(st.one_of(FRAGMENTS, st.text(max_size=8)), max_size=12))
def test_no_mixture_of_fragments_makes_it_raise(parts):
    for finding in why("".join(parts)).findings:
        assert finding.suspects
        assert finding.to_json()


@given(st.lists(st.one_of(FRAGMENTS, st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])), max_size=12))
def test_nothing_comes_out_unescaped(parts):
    for finding in why("".join(parts)).findings:
        for value in finding.facts.known().values():
            assert not isinstance(value, str) or value.isprintable()
        assert finding.probe.isprintable()
