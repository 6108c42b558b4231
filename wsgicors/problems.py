"""Every problem that settings can have, with its code, sentence and remedy; and the error that carries problems.

The texts are here only: start-up errors, Django's checks, the documentation and the command line take them from
`CATALOGUE`. Codes are stable: programs can depend on them.
"""

from collections.abc import Iterable, Mapping
from typing import ClassVar, Final, NamedTuple, TypedDict

from wsgicors._records import Record

__all__ = ["ALLOWABLE", "PolicyError", "Problem"]

SHOWN: Final = 120
"""The most characters of an offending value that a message shows."""


class Fault(NamedTuple):
    """A kind of problem.

    Texts can contain ``{value}``, ``{setting}``, any setting of a policy, the problem's facts, and ``{any_origin}``:
    what to write to admit every origin. ``{or_any_origin}`` offers that, unless cookies or a private network forbid it.
    """

    message: str
    remedy: str
    allowable: str = ""
    """When it is acceptable to name the code in ``dangerously_allow``; ``""`` if that is not possible."""
    harmless: str = ""
    """What an adapter does instead of raising, if the value has no effect in any browser; else ``""``."""


SETTINGS: Final = (
    "allow_origins",
    "allow_methods",
    "allow_headers",
    "expose_headers",
    "allow_credentials",
    "max_age",
    "allow_private_network",
    "preflight_status",
    "refuse",
    "dangerously_allow",
)
"""The settings of a policy, in the order of `wsgicors.Policy`."""

CATALOGUE: Final[Mapping[str, Fault]] = {
    # Every list and number.
    "unknown-setting": Fault(
        "There is no setting {value}.",
        "The settings are {known}.",
    ),
    "removed-setting": Fault(
        "There is no setting {value} any more: django-cors-headers removed it too.",
        "Take it out. {successor}",
    ),
    "wrong-type": Fault(
        "{setting} cannot hold {value}, which is of type {type}.",
        "It takes {wanted}.",
    ),
    "text-for-list": Fault(
        "{setting} is the text {value} where a list is meant; its letters would be taken for members.",
        "Put the members into a list.",
    ),
    "not-a-token": Fault(
        "{value} in {setting} is not a name that HTTP allows: letters, digits and !#$%&'*+-.^_`|~ only.",
        "Give each name as a member of its own, without blanks, commas or colons.",
    ),
    # Origins.
    "no-origins": Fault(
        "{setting} is empty: no page of another origin could ever read anything.",
        'List the origins of the pages that may, such as ["https://www.example.com"]{or_any_origin}.',
    ),
    "any-origin-beside-others": Fault(
        'In {setting}, "*" stands beside other origins. It admits every origin, so the others mean nothing.',
        'Leave out "*"{or_any_origin}.',
    ),
    "origin-empty": Fault(
        "{setting} has an empty member.",
        "Take it out; an environment variable with a trailing comma is a frequent cause.",
    ),
    "origin-blanks": Fault(
        "{value} in {setting} has blanks around it, and no browser sends them.",
        "",
    ),
    "origin-several": Fault(
        "{value} in {setting} is several origins in one text.",
        "Give each origin as a member of its own.",
    ),
    "origin-characters": Fault(
        "{value} in {setting} has characters that no origin has.",
        "An origin is scheme://host or scheme://host:port, in ASCII.",
    ),
    "origin-scheme-missing": Fault(
        "{value} in {setting} has no scheme, and browsers always send one.",
        "",
    ),
    "origin-scheme": Fault(
        "{value} in {setting} has no valid scheme: letters, digits, + - . and at most {limit} characters.",
        "",
    ),
    "origin-opaque-scheme": Fault(
        (
            "{value} in {setting}: the origin of such a page is opaque. Browsers send null, and some send file:// "
            "for a file."
        ),
        "Serve the page over HTTP, from localhost for instance, and list that origin.",
    ),
    "origin-trailing-slash": Fault(
        "{value} in {setting} ends in a slash. An origin has none, so it would never match.",
        "",
    ),
    "origin-path": Fault(
        "{value} in {setting} is a URL. An origin is only its scheme, host and port.",
        "",
    ),
    "origin-user-info": Fault(
        "{value} in {setting} has a user name or password in it, which no origin has.",
        "",
    ),
    "origin-upper-case": Fault(
        "{value} in {setting} has upper-case letters. Browsers send origins in lower case, so it would never match.",
        "",
    ),
    "origin-default-port": Fault(
        (
            "{value} in {setting} spells out the default port of its scheme. Browsers leave it out, so it would "
            "never match."
        ),
        "",
    ),
    "origin-port": Fault(
        "{value} in {setting} has no valid port: 1 to 65535 without leading zeros, or * for any.",
        "",
    ),
    "origin-unicode-host": Fault(
        "{value} in {setting} has a Unicode host. Browsers send its ASCII form, so it would never match.",
        "",
    ),
    "origin-a-label": Fault(
        (
            "{value} in {setting} has a label that begins with xn-- and is the ASCII form of no Unicode label. "
            "Browsers refuse such a URL."
        ),
        "Write the name in Unicode: the problem then says what its ASCII form is.",
    ),
    "origin-host": Fault(
        (
            "{value} in {setting} has no valid host: labels of 1 to 63 letters, digits, - and _, {limit} "
            "characters at most."
        ),
        "",
    ),
    "origin-trailing-dot": Fault(
        "{value} in {setting} has an IP address that ends in a dot, which browsers leave out.",
        "",
    ),
    "origin-ipv4": Fault(
        "{value} in {setting} has an IPv4 address that browsers spell otherwise: four decimal numbers up to 255.",
        "",
    ),
    "origin-ipv6": Fault(
        "{value} in {setting} has an IPv6 address that browsers spell otherwise: compressed, lower case, in brackets.",
        "",
    ),
    "origin-null-spelling": Fault(
        "{value} in {setting} is not the null origin: browsers send it in lower case.",
        "Mind that any sandboxed frame and any file on a disk has this origin.",
    ),
    "origin-wildcard-host": Fault(
        "{value} in {setting} admits every host.",
        'Name the host, as in "https://*.example.com"{or_any_origin}.',
    ),
    "origin-wildcard-place": Fault(
        "{value} in {setting} has * where it means nothing.",
        "* stands for labels in front of a host (https://*.example.com), inside the first label "
        "(https://pr-*.example.com) or for the port (http://localhost:*).",
    ),
    "origin-wildcard-ip": Fault(
        "{value} in {setting}: an IP address has no subdomains.",
        "",
    ),
    "origin-regex": Fault(
        "The text {value} in {setting} is a regular expression; texts are matched as they stand.",
        "",
    ),
    "regex-bytes": Fault(
        "The regular expression {value} in {setting} is made of bytes; origins are text.",
        "",
    ),
    "regex-invalid": Fault(
        "The regular expression {value} in {setting} does not compile: {reason}.",
        "",
    ),
    "regex-no-origin": Fault(
        "The regular expression {value} in {setting} matches no origin that a browser sends.",
        "It has to match the whole of scheme://host or scheme://host:port, in lower case and without a default port.",
    ),
    "regex-scheme": Fault(
        "The regular expression {value} in {setting} leaves the scheme open.",
        "Begin it with the scheme, as in https://.",
    ),
    "regex-empty": Fault(
        "The regular expression {value} in {setting} matches the empty text and no origin. Libraries that compare only "
        "the beginning of an origin let every origin in by it.",
        "Name the hosts in it{or_any_origin}.",
    ),
    "regex-dot": Fault(
        "The regular expression {value} in {setting} has an unescaped dot: it stands for any character, so that it "
        "admits {stranger}.",
        "",
        harmless="The dots of 127.0.0.1 are read as dots.",
    ),
    "regex-any-host": Fault(
        "The regular expression {value} in {setting} admits the origin {stranger}, and so anybody's.",
        "Name the hosts in it{or_any_origin}.",
    ),
    "regex-unproven": Fault(
        "The regular expression {value} in {setting} {reason}.",
        "Spell out the registrable domain behind :// or a dot, and nothing but a port after it, as in "
        r're.compile(r"https://pr-\d+\.example\.com(:\d+)?").',
        allowable="Where somebody has read the expression and knows every origin that it matches.",
    ),
    # Origins that other settings forbid.
    "any-origin-with-credentials": Fault(
        "{any_origin} with {allow_credentials}: every site on the web could act as the logged-in user.",
        "List the origins that are trusted with the user's cookies, or leave out {allow_credentials}.",
    ),
    "null-with-credentials": Fault(
        '"null" in {allow_origins} with {allow_credentials}: every site can make a page with that origin (a '
        "sandboxed frame) and act as "
        "the logged-in user.",
        'Leave out "null", or leave out {allow_credentials}.',
    ),
    "any-origin-with-private-network": Fault(
        "{any_origin} with {allow_private_network}: every site on the web could reach this server behind its firewall.",
        "List the origins, or leave out {allow_private_network}.",
        allowable="Where the server answers nothing but public data and no request has an effect.",
    ),
    "null-with-private-network": Fault(
        '"null" in {allow_origins} with {allow_private_network}: every site can make a page with that origin.',
        'Leave out "null", or leave out {allow_private_network}.',
    ),
    "insecure-origin": Fault(
        (
            "{value} in {allow_origins} with {with_setting}: anybody on the user's network can put a page under a "
            "plain http origin."
        ),
        "Serve that page over https; or leave out {with_setting}; or, on a network that you trust, write "
        '{dangerously_allow} = ["insecure-origin"].',
        allowable="On a network that you trust, such as an intranet or a machine for development.",
    ),
    "public-suffix": Fault(
        "{value} in {allow_origins} admits {example}, which anybody can register: {host} is a public suffix by the "
        "list of publicsuffixlist {list}.",
        (
            "Name the registered domain, as in https://*.example.com. If it built before, an update of the list is "
            "the reason."
        ),
        allowable="Where the suffix is your own, and nobody else can have a name below it.",
    ),
    "any-host-of-scheme": Fault(
        "{value} in {allow_origins} with {with_setting}: it admits every page of the scheme {scheme}, such as "
        "those of every browser extension that the user has.",
        "List the origins; or leave out {with_setting}.",
        allowable="Where every page of that scheme may act as the user, as in a browser that you manage.",
    ),
    "file-origin": Fault(
        "{value} in {allow_origins}: every file on the user's disk has this origin, downloaded pages among them.",
        "Serve the page over HTTP, from localhost for instance, and list that origin.",
        allowable="Where an app of yours loads its pages from the disk and cannot serve them.",
    ),
    "file-with-credentials": Fault(
        (
            "{value} in {allow_origins} with {allow_credentials}: every file on the user's disk could act as the "
            "logged-in user."
        ),
        "Leave out {value}, or leave out {allow_credentials}.",
    ),
    "file-with-private-network": Fault(
        (
            "{value} in {allow_origins} with {allow_private_network}: every file on the user's disk could reach "
            "this server."
        ),
        "Leave out {value}, or leave out {allow_private_network}.",
    ),
    # Methods, headers and numbers.
    "method-forbidden": Fault(
        "{value} in {setting}: no browser lets a page send this method.",
        "Take it out.",
        harmless="It is ignored.",
    ),
    "method-case": Fault(
        "{value} in {setting}: methods are compared with their case, and this one is {upper}.",
        "Where a client says {value}, correct it there too: browsers do not change patch to PATCH.",
    ),
    "header-forbidden": Fault(
        "{value} in {setting}: no browser lets a page set this header, so there is nothing to allow.",
        "Take it out; for cookies there is {allow_credentials}.",
        harmless="It is ignored.",
    ),
    "header-of-response": Fault(
        "{value} in {setting} is a header of CORS answers. A client that sends it is mistaken.",
        "Take it out here, and take it out of the client's request.",
        harmless="It is ignored.",
    ),
    "header-unreadable": Fault(
        "{value} in {setting}: no page can read this header, whatever a server exposes.",
        "Take it out; for cookies there is {allow_credentials}.",
        harmless="It is ignored.",
    ),
    "expose-any-with-credentials": Fault(
        '{setting} = "*" with {allow_credentials}: browsers then take it for a header named *.',
        "Name the headers that pages read.",
    ),
    "method-pattern": Fault(
        "{value} in {setting} is not a method that a page sends; browsers compare methods as they stand.",
        'Name each method, or write {setting} = "*".',
    ),
    "header-pattern": Fault(
        "{value} in {setting} is a pattern; browsers compare names of headers as they stand.",
        "Name each header{or_any_header}.",
    ),
    "max-age-range": Fault(
        (
            "{value} for {setting} is outside 0 to 86400 seconds; no browser keeps a preflight's answer for longer "
            "than a day."
        ),
        "",
        harmless="A day is used.",
    ),
    "preflight-status-range": Fault(
        "{value} for {setting} is not a success: browsers accept 200 to 299 only.",
        "",
    ),
    "refuse-unknown": Fault(
        "{value} for {setting} is unknown.",
        'It is "withhold" (the app runs, the page cannot read) or "forbid" (403 before the app runs).',
    ),
    "permission-unknown": Fault(
        "{value} in {setting} is not a problem that can be let through.",
        "Those are {known}.",
    ),
    # Rules: which policy answers for which path.
    "no-rules": Fault(
        "{setting} holds no policy, so the middleware would do nothing.",
        "Give it a Policy, a list of them, or a mapping from paths to them.",
    ),
    "settings-beside-rules": Fault(
        "{value} beside the table {setting}: it is not clear which paths they are for.",
        "Put them into the table of a path.",
    ),
    "no-app": Fault(
        "{value} is not a WSGI app: it cannot be called.",
        "Give the app itself, such as Flask's app or Django's get_wsgi_application().",
    ),
    "asgi-app": Fault(
        "{value} is an ASGI app: it is awaited, which WSGI does not do.",
        "Wrap it with wsgicors.asgi.CORS.",
    ),
    "no-asgi-app": Fault(
        "{value} is not an ASGI app: it cannot be called.",
        "Give the app itself, such as FastAPI's app or Django's get_asgi_application().",
    ),
    "wsgi-app": Fault(
        "{value} is not an ASGI 3 app: it cannot be called with scope, receive and send.",
        "Wrap a WSGI app with wsgicors.CORS; or convert it with a2wsgi's WSGIMiddleware, and wrap that.",
    ),
    "settings-for-policy": Fault(
        "{value} in {setting}: settings instead of a policy.",
        "Write Policy(allow_origins=...) with these settings; or give them to CORS.from_mapping.",
    ),
    "paste-default": Fault(
        "{value} is in [DEFAULT] too, and PasteDeploy then drops what the section of the filter says.",
        "Give the setting another name in [DEFAULT], or take it out there.",
    ),
    "rule-path": Fault(
        "{value} is not the path of a rule: it begins with a slash, does not end in one, is written decoded, and "
        "has no pattern, query or dot segment.",
        "A rule covers its path and all that is below it.",
    ),
    "resource-star": Fault(
        (
            "{value} in {setting} has * where it means nothing: as a regular expression it repeats the character "
            "before it."
        ),
        "* stands at the end, for all that is below a path (/api/*).",
    ),
    "policy-unreachable": Fault(
        'In the list for {value}, a policy comes after one whose origins are "*", which answers everybody.',
        'Put the policy for "*" last.',
    ),
    # Sources: origins kept elsewhere.
    "source-import": Fault(
        "{value} of {setting} cannot be imported: {reason}.",
        "Give the dotted path of an OriginSource.",
    ),
    "async-contains": Fault(
        "The __contains__ of {value} in {setting} is an async function: what it returns counts as a yes for everybody.",
        "Make it a plain function; or name it allows, and wrap an ASGI app with wsgicors.asgi.",
    ),
    "async-source": Fault(
        "{value} in {setting} is a source that has to be awaited, which only wsgicors.asgi can do.",
        "Wrap an ASGI app with wsgicors.asgi.CORS; or give a source that answers origin in source.",
    ),
    "number-range": Fault(
        "{value} for {setting} is out of range.",
        "It is {wanted}.",
    ),
    "file-member": Fault(
        (
            "{value} in {setting}: a list kept apart from the policy holds single origins and the subdomains of "
            "registered domains only."
        ),
        "Put it into {allow_origins} of a policy, where its dangers are checked together with the other settings.",
    ),
    "file-unfinished": Fault(
        "The last line, {value}, in {setting} does not end in a line break: it may be half written.",
        "End the file with a line break, and replace it in one step: write another file, then rename it.",
    ),
    "file-unreadable": Fault(
        "The file {value} of {setting} cannot be read: {reason}.",
        "Give the path of a UTF-8 text file with one origin a line.",
    ),
}
"""Every kind of problem, by its code."""

ALLOWABLE: Final = frozenset(code for code, fault in CATALOGUE.items() if fault.allowable)
"""The codes that ``dangerously_allow`` accepts."""


HARMLESS: Final = frozenset(code for code, fault in CATALOGUE.items() if fault.harmless)
"""The codes of problems that adapters only warn about; the core raises `PolicyError`."""


class ProblemDict(TypedDict):
    """A problem in JSON."""

    code: str
    setting: str
    value: str
    message: str
    remedy: str
    instead: str


def shown(value: object) -> str:
    r"""Return `value` for a message: one line of printable ASCII, of limited length.

    >>> shown("https://a.example\r\n")
    "'https://a.example\\r\\n'"
    """
    text = ascii(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "..."


def one_line(text: str) -> str:
    r"""Return ``text`` with unprintable characters escaped, for a terminal or a log.

    >>> one_line("bad character range o-\x06")
    'bad character range o-\\x06'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the member of ``known`` that ``text`` most likely means, or ``""``.

    >>> nearest("allow_origin", ["allow_origins", "max_age"])
    'allow_origins'
    """
    import difflib

    return next(iter(difflib.get_close_matches(text, known, n=1)), "")


SITE: Final = "https://wsgicors-policy.readthedocs.io/en/stable/"
"""The address of the documentation."""


def page_of(code: str) -> str:
    """Return the address of a code's page on the site.

    >>> page_of("method-case")
    'https://wsgicors-policy.readthedocs.io/en/stable/errors/method-case.html'
    """
    return f"{SITE}errors/{code}.html"


class _Words(dict[str, str]):
    """Names of settings and facts for a template; a setting that is not renamed keeps its own name."""

    def __missing__(self, key: str) -> str:
        return key


class Problem(Record):
    """One problem of one setting.

    Attributes:
        code: The kind of problem, a key of ``CATALOGUE``.
        setting: The setting at fault, by its owner's name for it (``allow_origins``, ``CORS_ALLOWED_ORIGINS``, …).
        value: The offending value.
        instead: The exact text to write instead, or ``""`` if it cannot be inferred.
        facts: Other facts in the sentence.
        names: The owner's names of the core's settings, if they differ, and its ``any_origin``.

    >>> Problem("origin-trailing-slash", "allow_origins", "https://a.example/", "https://a.example").remedy
    'Write "https://a.example" instead.'
    """

    __match_args__: ClassVar[tuple[str, ...]] = ("code", "setting", "value", "instead", "facts", "names")
    __slots__ = __match_args__

    code: str
    setting: str
    value: object
    instead: str
    facts: Mapping[str, str]
    names: Mapping[str, str]

    def __init__(  # noqa: PLR0917
        self,
        code: str,
        setting: str,
        value: object,
        instead: str = "",
        facts: Mapping[str, str] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code, setting, value, instead, facts or {}, names or {})

    def __hash__(self) -> int:
        return hash((self.code, self.setting, self.instead))  # a value or facts can be unhashable

    def __repr__(self) -> str:
        return self._told(self.__match_args__[:-1])

    def _text(self, template: str) -> str:
        facts = {name: self.names.get(fact, fact) for name, fact in self.facts.items()}
        setting = self.names.get(self.setting, self.setting)
        any_origin = '{} = "*"'.format(self.names.get("allow_origins", "allow_origins"))
        any_origin = self.names.get("any_origin", any_origin)
        or_any_origin = f"; or write {any_origin} where the data is public"
        words = {
            "or_any_origin": or_any_origin, "or_any_header": f', or write {setting} = "*"', **self.names, **facts,
            "any_origin": any_origin, "setting": setting, "value": shown(self.value),
        }  # fmt: skip
        return one_line(template.format_map(_Words(words)))  # names of settings and paths come from files

    @property
    def url(self) -> str:
        """The address of the page on this problem."""
        return page_of(self.code)

    @property
    def message(self) -> str:
        """What is wrong, in one or two sentences."""
        return self._text(CATALOGUE[self.code].message)

    @property
    def remedy(self) -> str:
        """What to write instead."""
        general = self._text(CATALOGUE[self.code].remedy)
        if not self.instead:
            return general
        quoted = (
            self.instead
            if self.instead.startswith(("[", '"', "re.")) or self.instead.isdigit() or " = " in self.instead
            else f'"{self.instead}"'
        )
        return f"Write {one_line(quoted)} instead. {general}".strip()

    def renamed(self, names: Mapping[str, str]) -> "Problem":
        """Return the same problem with the owner's names of settings, such as an adapter's.

        >>> problem = Problem("no-origins", "allow_origins", ())
        >>> problem.renamed({"allow_origins": "CORS_ALLOWED_ORIGINS"}).message[:30]
        'CORS_ALLOWED_ORIGINS is empty:'
        """
        return self.__replace__(names={**self.names, **names})

    def as_dict(self) -> ProblemDict:
        """Return the problem as a dict for JSON, such as for a settings page."""
        return {
            "code": self.code,
            "setting": self.names.get(self.setting, self.setting),
            "value": shown(self.value),
            "message": self.message,
            "remedy": self.remedy,
            "instead": self.instead,
        }


class PolicyError(ValueError):
    """Raised for settings that do not make a policy. ``problems`` holds every problem of every setting.

    >>> from wsgicors import Policy
    >>> try:
    ...     Policy(allow_origins=["https://a.example/"], max_age=-1)
    ... except PolicyError as error:
    ...     print(error)  # doctest: +NORMALIZE_WHITESPACE
    2 problems:
    1. [origin-trailing-slash] 'https://a.example/' in allow_origins ends in a slash. An origin has none, so it would
       never match.
       Write "https://a.example" instead.
       See https://wsgicors-policy.readthedocs.io/en/stable/errors/origin-trailing-slash.html
    2. [max-age-range] -1 for max_age is outside 0 to 86400 seconds; no browser keeps a preflight's answer for longer
       than a day.
       Write 0 instead.
       See https://wsgicors-policy.readthedocs.io/en/stable/errors/max-age-range.html
    """

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        count = len(self.problems)
        lines = [f"{count} problem{'s' if count > 1 else ''}:"]
        for number, problem in enumerate(self.problems, 1):
            lines.append(f"{number}. [{problem.code}] {problem.message}")
            if problem.remedy:
                lines.append(f"   {problem.remedy}")
            if all(problem.code != before.code for before in self.problems[: number - 1]):
                lines.append(f"   See {problem.url}")
        return "\n".join(lines)

    def renamed(self, names: Mapping[str, str]) -> "PolicyError":
        """Return the same error with the owner's names of settings (see `Problem.renamed`)."""
        return PolicyError(problem.renamed(names) for problem in self.problems)
