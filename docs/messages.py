"""Generate a page for each message of a browser, with its words as the title, and the causes that `why` names."""

from collections.abc import Mapping
from typing import Final

from wsgicors.doctor import why

_FETCH: Final = (
    "Access to fetch at 'https://api.example/notes' from origin 'https://www.example.com' has been blocked by CORS "
    "policy: "
)
_PREFLIGHT: Final = "Response to preflight request doesn't pass access control check: "
_FIREFOX: Final = (
    "Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at "
    "https://api.example/notes. (Reason: {}).{}"
)

MESSAGES: Final[Mapping[str, tuple[str, str, str]]] = {
    "no-allow-origin": (
        "Chromium",
        "No 'Access-Control-Allow-Origin' header is present on the requested resource.",
        _FETCH + "{}",
    ),
    "preflight-no-allow-origin": (
        "Chromium",
        (
            "Response to preflight request doesn't pass access control check: No 'Access-Control-Allow-Origin' "
            "header is present"
        ),
        _FETCH + "{} on the requested resource.",
    ),
    "preflight-redirect": (
        "Chromium",
        "Redirect is not allowed for a preflight request.",
        _FETCH + _PREFLIGHT + "{}",
    ),
    "preflight-status": ("Chromium", "It does not have HTTP ok status.", _FETCH + _PREFLIGHT + "{}"),
    "multiple-values": (
        "Chromium",
        (
            "The 'Access-Control-Allow-Origin' header contains multiple values 'https://www.example.com, *', but "
            "only one is allowed."
        ),
        _FETCH + "{}",
    ),
    "not-equal": (
        "Chromium",
        (
            "The 'Access-Control-Allow-Origin' header has a value 'https://example.com' that is not equal to the "
            "supplied origin."
        ),
        _FETCH + "{}",
    ),
    "invalid-value": (
        "Chromium",
        "The 'Access-Control-Allow-Origin' header contains the invalid value 'https://www.example.com/'.",
        _FETCH + "{}",
    ),
    "wildcard-with-include": (
        "Chromium",
        (
            "The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' "
            "when the request's credentials mode is 'include'."
        ),
        _FETCH + "{}",
    ),
    "credentials-not-true": (
        "Chromium",
        (
            "The value of the 'Access-Control-Allow-Credentials' header in the response is '' which must be 'true' "
            "when the request's credentials mode is 'include'."
        ),
        _FETCH + "{}",
    ),
    "method-not-allowed-by": (
        "Chromium",
        "Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.",
        _FETCH + "{}",
    ),
    "header-not-allowed-by": (
        "Chromium",
        "Request header field x-mine is not allowed by Access-Control-Allow-Headers in preflight response.",
        _FETCH + "{}",
    ),
    "local-network": (
        "Chromium",
        "Permission was denied for this request to access the `local` address space.",
        _FETCH + "{}",
    ),
    "unsafe-header": ("Chromium", 'Refused to get unsafe header "X-Total-Count"', "{}"),
    "firefox-missing": (
        "Firefox",
        "CORS header ‘Access-Control-Allow-Origin’ missing",
        _FIREFOX.format("{}", " Status code: 200."),
    ),
    "firefox-did-not-succeed": (
        "Firefox",
        "CORS request did not succeed",
        _FIREFOX.format("{}", " Status code: (null)."),
    ),
    "firefox-preflight": (
        "Firefox",
        "CORS preflight response did not succeed",
        _FIREFOX.format("{}", " Status code: 401."),
    ),
    "firefox-not-match": (
        "Firefox",
        "CORS header ‘Access-Control-Allow-Origin’ does not match ‘https://example.com’",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-multiple": (
        "Firefox",
        "Multiple CORS header ‘Access-Control-Allow-Origin’ not allowed",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-wildcard": (
        "Firefox",
        "Credential is not supported if the CORS header ‘Access-Control-Allow-Origin’ is ‘*’",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-credentials": (
        "Firefox",
        "expected ‘true’ in CORS header ‘Access-Control-Allow-Credentials’",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-method": (
        "Firefox",
        "Did not find method in CORS header ‘Access-Control-Allow-Methods’",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-header": (
        "Firefox",
        (
            "header ‘x-mine’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight "
            "response"
        ),
        _FIREFOX.format("{}", ""),
    ),
    "firefox-redirect": (
        "Firefox",
        "CORS request external redirect not allowed",
        _FIREFOX.format("{}", ""),
    ),
    "firefox-not-http": ("Firefox", "CORS request not http", _FIREFOX.format("{}", "")),
    "webkit-not-allowed": (
        "Safari",
        "Origin https://www.example.com is not allowed by Access-Control-Allow-Origin.",
        "{} Status code: 200",
    ),
    "webkit-several": ("Safari", "Access-Control-Allow-Origin cannot contain more than one origin.", "{}"),
    "webkit-wildcard": (
        "Safari",
        "Cannot use wildcard in Access-Control-Allow-Origin when credentials flag is true.",
        "{}",
    ),
    "webkit-credentials": (
        "Safari",
        'Credentials flag is true, but Access-Control-Allow-Credentials is not "true".',
        "{}",
    ),
    "webkit-preflight": ("Safari", "Preflight response is not successful.", "{} Status code: 404"),
    "webkit-method": ("Safari", "Method PUT is not allowed by Access-Control-Allow-Methods.", "{}"),
    "webkit-header": ("Safari", "Request header field x-mine is not allowed by Access-Control-Allow-Headers.", "{}"),
}
"""By the name of the page: the browser, its words, and the whole line in the console."""


def pages() -> dict[str, str]:
    """Return the Markdown of every page below ``blocked/`` by its name, without the suffix."""
    made = {name: _page(*message) for name, message in MESSAGES.items()}
    return {**made, "index": _index()}


def _page(browser: str, words: str, line: str) -> str:
    whole = line.replace("{}", words)
    (finding,) = why(whole).findings
    parts = [f"# {_escaped(words)}\n", f"{browser} says:\n", f"```text\n{whole}\n```\n", "## What it can be\n"]
    for number, suspect in enumerate(finding.suspects, 1):
        cause = suspect.cause
        parts.append(f"{number}. **[{_escaped(cause.title)}](../errors/{cause.id}.md)** ({suspect.certainty})\n")
        if number <= 3:
            parts.append(f"   {_escaped(cause.sentence)}\n")
    parts += [
        "## What to do next\n",
        "Ask the server as a browser would; the answer tells the causes apart:\n",
        f"```sh\n{finding.probe}\n```\n",
    ]
    return "\n".join(parts)


def _index() -> str:
    parts = [
        "# My page is blocked\n",
        "Find the browser's words below, or paste the whole message into the doctor:\n",
        (
            "```sh\nwsgicors why \"Access to fetch at 'https://api.example/' from origin … has been blocked by "
            'CORS policy: …"\n```\n'
        ),
        "No message at hand? Ask the server, whatever it runs:\n",
        "```sh\nwsgicors probe https://api.example/notes --origin https://www.example.com --method PUT\n```\n",
        "The commands come with the extra `cli`; [the doctor](../doctor.md) has all of them.\n",
    ]
    for browser in ("Chromium", "Firefox", "Safari"):
        title = {"Chromium": "Chrome, Edge and other Chromium browsers"}.get(browser, browser)
        parts.append(f"## {title}\n")
        parts += [
            f"- [{_escaped(words)}]({name}.md)" for name, (speaker, words, _) in MESSAGES.items() if speaker == browser
        ]
        parts.append("")
    return "\n".join([*parts, "```{toctree}", ":hidden:", "", *MESSAGES, "```", ""])


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("<", "\\<").replace("`", "\\`").replace("_", "\\_")
