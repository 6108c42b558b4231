"""The catalogue of problems: the code, sentence and remedy of every problem that settings can have.

The texts are here only: start-up errors, Django's checks, the documentation and the command line take them from here.
Codes are stable: programs can depend on them.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


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
        "{setting} is the text {value}, but has to be a list: each letter of it would be a member.",
        "Put the members into a list.",
    ),
    "not-a-token": Fault(
        "{value} in {setting} is not a name that HTTP allows: letters, digits and !#$%&'*+-.^_`|~ only.",
        "Give each name as a member of its own, without blanks, commas or colons.",
    ),
    # Origins.
    "no-origins": Fault(
        "{setting} lists no origin: no page of another origin could read a response.",
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
        "Give each origin as a member of its own, with a comma between two members.",
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
        "It is the scheme in the address of the page, such as https.",
    ),
    "origin-opaque-scheme": Fault(
        (
            "{value} in {setting}: the origin of such a page is opaque. Browsers send null, and some send file:// "
            "for a file."
        ),
        "Serve the page over HTTP, from localhost for instance, and list that origin.",
    ),
    "origin-pageless-scheme": Fault(
        "{value} in {setting}: browsers open no page with this scheme, so it would never match.",
        "A page that opens a WebSocket has an origin with http or https, and the handshake sends that one.",
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
        "It is the port in the address of the page, if there is one.",
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
        "It is the host in the address of the page, such as www.example.com.",
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
        "Correct it: re.compile has to accept it.",
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
        "{value} is not the path of a rule. Such a path begins with a slash, does not end in one, is written decoded, "
        "and has no pattern, query or dot segment.",
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
