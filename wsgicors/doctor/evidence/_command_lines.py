"""Read a request from a command line of curl, wget, HTTPie or PowerShell, with its prompt, its pipe and its comment.

>>> line = "$ curl -si -XOPTIONS -H 'Origin: https://a.example' https://b.example/x | grep access-control"
>>> [found] = commands_of(line)
>>> found.method, found.url, found.sent, found.shows_cors
('OPTIONS', 'https://b.example/x', (('Origin', 'https://a.example'),), True)
"""

import re
from typing import Final, NamedTuple

from wsgicors._http import is_token
from wsgicors.doctor.catalogue._readers import ANY_METHOD


class Command(NamedTuple):
    """A request as a command line makes it.

    Attributes:
        method: Its method.
        url: Its URL, or the path alone where the host is left out; "" if it has none.
        sent: Its headers.
        wanted: What the output is searched for, in lower case; "" if all of it is shown.
        rest: What somebody wrote behind the command.
        follows: Whether it follows redirects, and shows the answer to each request.
        hides_cors: Whether the output lacks headers of CORS, whether the answer has them or not.
    """

    method: str
    url: str
    sent: tuple[tuple[str, str], ...]
    wanted: str
    rest: str
    follows: bool = False
    hides_cors: bool = False

    @property
    def shows_cors(self) -> bool:
        """Whether the output has all headers of CORS and no others."""
        return self.wanted in _OF_CORS

    @property
    def shows_origin(self) -> bool:
        """Whether the output has Access-Control-Allow-Origin and nothing else."""
        return "allow-origin" in self.wanted


_OF_CORS: Final = frozenset(
    {"access-control", "access-control-", "access-control-allow", "access-control-allow-", "cors"}
)


def commands_of(line: str) -> list[Command]:
    """Return the requests of a line that is a command, or has several; none if it is not one.

    >>> [found.url for found in commands_of("curl -I https://a.example/ && curl -I https://b.example/; date")]
    ['https://a.example/', 'https://b.example/']
    """
    plain = _CARETS.sub("", line) if '^"' in line else line
    if _TOOL.search(plain) is None:
        return []
    return [command for part in _BEFORE_QUOTED.split(plain) for command in _commands_in(part)]


def _commands_in(text: str) -> list[Command]:
    """Return the commands in a text, which can begin with quoted ones; what is behind these is said of the only one."""
    quoted, behind = text, ""
    if text.startswith("`curl "):
        quoted, _, behind = text[1:].partition("`")
    found = [command for part in _apart_by_shell(quoted) if (command := _command_of(part))]
    return [found[0]._replace(rest=behind.strip())] if behind and len(found) == 1 else found


def _command_of(text: str) -> Command | None:
    match = _COMMAND.match(text)
    if match is None:
        return None
    arguments, rest = _apart(match[2], ends_quoted="`" in text[: match.start(1)])
    pipes = [*_FILTER.finditer(arguments)]
    shown = arguments[: pipes[0].start()] if pipes else arguments
    method, url, sent = _READERS[match[1].lower()](_QUOTED_URL.sub(_with_apostrophes_kept, shown))
    searches = [(pipe["wanted"].strip("'\"^ :").lower(), bool(_INVERTED.search(pipe[1] + pipe[3]))) for pipe in pipes]
    wanted = next((words for words, is_inverted in searches if not is_inverted), "")
    hides = any(is_inverted and _NAME_OF_CORS.search(words) for words, is_inverted in searches)
    bare = _QUOTED.sub("", shown)
    follows = bool(_FOLLOWS.search(bare)) if match[1] == "curl" else match[1] == "wget" and "--max-redirect" not in bare
    return Command(method, url.replace(_APOSTROPHE, "'"), tuple(sent), wanted, rest, follows, hides)


_QUOTED_URL: Final = re.compile(r'"https?://[^\s"]*"')
_APOSTROPHE: Final = "\ue000"
"""What stands for an apostrophe within quotes, where it does not end a word."""


def _with_apostrophes_kept(quoted: re.Match[str]) -> str:
    return quoted[0].replace("'", _APOSTROPHE)


def _apart_by_shell(line: str) -> list[str]:
    """Return the commands that a shell runs one after another."""
    parts = [""]
    for part in _WHOLE.split(line):
        if part in {"&&", "||", ";"}:
            parts.append("")
        else:
            parts[-1] += part or ""
    return [part.strip() for part in parts]


_CARETS: Final = re.compile(r"\^(?=[^\w\s])")
"""What Windows' command line has before a character that would mean something to it."""
_BEFORE_QUOTED: Final = re.compile(r"(?=`curl )")
_QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
_WHOLE: Final = re.compile(r"""(@\{[^}]{0,4000}\}|"[^"]*"|'[^']*'|&&|\|\||;)""")
"""What a shell takes as one: a table of PowerShell, a quoted text, a sign between two commands."""
_COMMAND: Final = re.compile(
    r"(?:PS[^>]{0,200}> ?|[\w.-]{1,60}@[\w.-]{1,60}[^$#%]{0,100}(?=[$#%] ))?[`$#>% ]{0,6}"
    rf"\b(curl|wget|(?:http|https|xh)(?= (?:{ANY_METHOD}) )"
    r"|(?i:invoke-webrequest|iwr|invoke-restmethod|irm)(?! ?:)) (.{1,4000})"
)
_TOOL: Final = re.compile(r"\b(?:curl|wget|https?|xh|invoke-webrequest|iwr|invoke-restmethod|irm) ", re.IGNORECASE)
_FLAGS: Final = "#0-9BfgGiIjJklLnNOpqRsSv"
"""The short options of curl without a value."""
_FOLLOWS: Final = re.compile(rf"(?<!\S)(?:-[{_FLAGS}]*L|--location)")
_FILTER: Final = re.compile(
    r"(?i:\| ?(?:e?grep|rg|findstr|select-string)\b(?P<options>(?: -(?!pattern )-?[\w-]+|(?: /\w+))*)"
    r" ?(?:-Pattern )?(?P<wanted>\"[^\"]*\"|'[^']*'|\S+)(?P<behind>(?: -notmatch\b)?))"
)
_INVERTED: Final = re.compile(r" (?:-[a-z]*v[a-z]*|--invert-match|-notmatch|/[a-z]*v[a-z]*)(?![\w-])", re.IGNORECASE)
"""The option of a search for lines without the words."""
_NAME_OF_CORS: Final = re.compile(r"access-control|allow-origin|cors")
_COMMENT: Final = re.compile(r"\s(?:#|//|→|=>|->)\s*(?!$)")


def _apart(text: str, *, ends_quoted: bool) -> tuple[str, str]:
    """Return a command, and what is written behind it: after its closing quote, or as a comment."""
    if ends_quoted:
        command, _, rest = text.partition("`")
        return command, rest.strip()
    match = _COMMENT.search(text)
    return (text[: match.start()], text[match.end() :].lstrip("#/=->→ ")) if match else (text, "")


_GIVEN: Final = r"""[ =]?(?:"[^"]*"|'[^']*'|\S+)"""
_OPTION: Final = re.compile(
    r"""(?<!\S)(?:-[a-zA-Z]{0,4}X ?|--request[ =])['"]?(?P<method>[A-Za-z]+)"""
    r"""|(?<!\S)(?:-[a-zA-Z]{0,4}H ?|--header[ =])(?:(?P<quote>["'])(?P<header>.*?)(?P=quote)|(?P<bare>[^\s'"]+))"""
    rf"""|(?<!\S)(?P<body>-d|-F|--data[a-z-]*|--form(?:-string)?|--json)\b(?:{_GIVEN})?"""
    rf"""|(?<!\S)(?P<upload>-T|--upload-file)\b{_GIVEN}"""
    r"""|(?<!\S)(?:(?P<head>-[a-zA-Z]{0,4}I|--head)|(?P<get>-[a-zA-Z]{0,4}G|--get))\b"""
    r"""|(?<!\S)(?:-[a-zA-Z]{0,4}[xeuAbow]|--(?:proxy|preproxy|referer|user|user-agent|cookie|output|write-out))\b"""
    rf"""{_GIVEN}"""
    r"""|(?P<url>https?://[^\s'"\\`]+)"""
)
"""What makes the request, and the options whose value may be another address."""


def _curl(arguments: str) -> tuple[str, str, list[tuple[str, str]]]:
    method, named, url, is_get = "GET", "", "", False
    sent: list[tuple[str, str]] = []
    for found in _OPTION.finditer(arguments):
        if found["method"]:
            named = found["method"].upper()
        elif option := next((name for name in _METHODS if found[name]), ""):
            method = method if is_get else _METHODS[option]
            is_get = is_get or option == "get"
        elif found["url"]:
            url = url or found["url"]
        elif header := header_of(found["header"] or found["bare"] or ""):
            sent.append(header)
    return named or method, url or _without_scheme(arguments), sent


def _without_scheme(arguments: str) -> str:
    """Return the URL of a command that leaves out the scheme, which curl takes for http; "" if that is not its form.

    >>> _without_scheme("-i -H 'Origin: http://a.example' localhost:8000/x"), _without_scheme("-o a.txt is a command")
    ('http://localhost:8000/x', '')
    """
    has_value = False
    for word in _WORD.findall(arguments):
        if has_value:
            has_value = False
        elif word.startswith("-"):
            has_value = not _ALONE.fullmatch(word)
        else:
            address = word.strip("'\"")
            return f"http://{address}" if _ADDRESS_ALONE.fullmatch(address) else ""
    return ""


_WORD: Final = re.compile(r"(?:\"[^\"]*\"|'[^']*'|[^\s'\"])+")
_ALONE: Final = re.compile(
    rf"-[{_FLAGS}]+|-[{_FLAGS}]*[^-{_FLAGS}].+|--[\w-]+=.*|--(?:compressed|fail|get|head|http[\d.]+|include|insecure|ipv[46]"
    r"|location(?:-trusted)?|no-buffer|show-error|silent|verbose)"
)
"""An option without a value, or with its value in the same word."""
_ADDRESS_ALONE: Final = re.compile(
    r"(?:localhost|\d{1,3}(?:\.\d{1,3}){3}|[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63}){0,8}(?:\.[a-z]{2,20}|(?=:)))"
    r"(?::\d{1,5})?(?:/[^\s;]{0,2000})?",
    re.IGNORECASE,
)


_METHODS: Final = {"body": "POST", "upload": "PUT", "head": "HEAD", "get": "GET"}
"""The method that an option implies; with --get the data are a query."""


_OF_WGET: Final = re.compile(
    r"""(?<!\S)--header[ =](?:(?P<quote>["'])(?P<header>.*?)(?P=quote)|(?P<bare>[^\s'"]+))"""
    r"""|(?<!\S)["']?--header=(?P<whole>[^"']+)["']"""
    r"""|(?<!\S)--method[ =]["']?(?P<method>[A-Za-z]+)"""
    rf"""|(?<!\S)(?P<body>--(?:post|body)-(?:data|file))\b{_GIVEN}"""
    rf"""|(?<!\S)(?:-[A-Za-z]*[aeioOPU]|--(?:referer|output-document|user|user-agent|load-cookies))\b{_GIVEN}"""
    r"""|(?P<url>https?://[^\s'"\\`]+)"""
)


def _wget(arguments: str) -> tuple[str, str, list[tuple[str, str]]]:
    method, named, url = "GET", "", ""
    sent: list[tuple[str, str]] = []
    for found in _OF_WGET.finditer(arguments):
        if found["method"]:
            named = found["method"].upper()
        elif found["body"]:
            method = "POST"
        elif found["url"]:
            url = url or found["url"]
        elif header := header_of(found["header"] or found["bare"] or found["whole"] or ""):
            sent.append(header)
    return named or method, url, sent


_HTTPIE_URL: Final = re.compile(r"(?<!\S)['\"]?(https?://[^\s'\"]+)|(?<!\S)['\"]?(?:[\w.-]*:\d{1,5})(/[^\s'\"]*)")
_HTTPIE_HEADER: Final = re.compile(r"(?<!\S)['\"]?([A-Za-z][A-Za-z-]{2,60}): ?([^\s'\"]+)")


def _httpie(arguments: str) -> tuple[str, str, list[tuple[str, str]]]:
    method, _, others = arguments.partition(" ")
    url = _HTTPIE_URL.search(others)
    sent = [found for found in _HTTPIE_HEADER.findall(others) if not found[1].startswith("//")]
    return method, (url[1] or url[2]) if url else "", [(name, value) for name, value in sent if not value.isdigit()]


_POWERSHELL_METHOD: Final = re.compile(r"-(?:Custom)?Method ['\"]?([A-Za-z]+)", re.IGNORECASE)
_POWERSHELL_HEADER: Final = re.compile(r"['\"]?([A-Za-z][A-Za-z-]{2,60})['\"]? ?= ?['\"]([^'\"]{1,300})['\"]")
_PSEUDO: Final = frozenset({"authority", "method", "path", "scheme"})
"""What Chrome has in the table besides headers."""
_ADDRESS: Final = re.compile(r"(?i:-Proxy ['\"]?\S+|-Uri ['\"]?(?=http))|(https?://[^\s'\"`]+)")


def _powershell(arguments: str) -> tuple[str, str, list[tuple[str, str]]]:
    method = _POWERSHELL_METHOD.search(arguments)
    before, _, hashed = arguments.partition("@{")
    addresses = _ADDRESS.finditer(f"{before} {hashed.partition('}')[2]}")
    url: str = next((found[1] for found in addresses if found[1]), "")
    table = re.sub("`['\"]", "", hashed.partition("}")[0])
    sent = [found for found in _POWERSHELL_HEADER.findall(table) if found[0] not in _PSEUDO]
    return method[1].upper() if method else "GET", url, sent


_READERS: Final = {
    "curl": _curl,
    "wget": _wget,
    **dict.fromkeys(("http", "https", "xh"), _httpie),
    **dict.fromkeys(("invoke-webrequest", "iwr", "invoke-restmethod", "irm"), _powershell),
}


def header_of(line: str) -> tuple[str, str] | None:
    """Return the name and the value of a header, with its colon."""
    name, colon, value = line.partition(":")
    return (name, value.strip()) if colon and is_token(name) else None
