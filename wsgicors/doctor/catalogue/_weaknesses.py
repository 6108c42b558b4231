"""Weaknesses of a server's CORS: origins that it should not trust, and untidiness, with remedies by place.

The texts are here only. Identifiers are stable: programs can depend on them. Texts can contain ``{origin}``, the origin
that was sent, and ``{trusted}``, the one that the server is meant to trust; `Weakness.filled` inserts them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from wsgicors.doctor.catalogue._remedies import NGINX_BESIDE, NGINX_ORIGIN, Place, Remedy


class Level(StrEnum):
    """The severity, the worst first."""

    HIGH = "high"
    """Any page can read what a user's cookies give access to."""
    MEDIUM = "medium"
    """A page can read it, but an attacker needs something more: a place in the network, a hole in a neighbour."""
    LOW = "low"
    """The same without credentials, or a way to mislead caches."""
    UNTIDY = "untidy"
    """Nobody is let in; it does nothing, or not what it says."""

    def reaches(self, other: "Level") -> bool:
        """Whether this is at least as bad as `other`.

        >>> Level.HIGH.reaches(Level.LOW), Level.UNTIDY.reaches(Level.LOW)
        (True, False)
        """
        order = list(Level)
        return order.index(self) <= order.index(other)


@dataclass(frozen=True, slots=True)
class Weakness:
    """One thing that an audit can find.

    Attributes:
        id: The identifier, which is stable.
        level: The severity. For trust, it applies with credentials; without them it is `Level.LOW`.
        title: One line.
        sentence: What was seen.
        why: What it means.
        remedies: The remedies, by place.
    """

    id: str
    level: Level
    title: str
    sentence: str
    why: str
    remedies: tuple[Remedy, ...]

    def filled(self, facts: Mapping[str, str]) -> "Weakness":
        """Return this weakness with `facts` in its texts."""

        def fill(text: str) -> str:
            for name, value in facts.items():
                text = text.replace("{" + name + "}", value)
            return text

        remedies = tuple(Remedy(item.place, fill(item.text), fill(item.code)) for item in self.remedies)
        return replace(self, sentence=fill(self.sentence), why=fill(self.why), remedies=remedies)


_EXACT: Final = (
    Remedy(Place.WSGI, "List the exact origins; wsgicors makes no other comparison.",
           'Policy(allow_origins=["{trusted}"])'),
    Remedy(Place.FLASK, "List the exact origins.", 'CORS(app, origins=["{trusted}"])'),
    Remedy(Place.DJANGO, "List the exact origins.", 'CORS_ALLOWED_ORIGINS = ["{trusted}"]'),
    Remedy(
        Place.NGINX,
        "Compare whole origins, never $http_origin with a loose expression.",
        NGINX_ORIGIN.replace("{origin}", "{trusted}"),
    ),
)  # fmt: skip

_BOUNDARY: Final = (
    Remedy(
        Place.WSGI,
        "If you mean every subdomain, write that: wsgicors compares label by label.",
        'Policy(allow_origins=["https://*.example.com"])',
    ),
    *_EXACT,
)

_VARY: Final = (
    Remedy(Place.WSGI, "wsgicors sends Vary: Origin wherever the answer depends on it."),
    Remedy(Place.NGINX, "Say what the answer depends on.", NGINX_BESIDE + "add_header Vary Origin always;"),
)

_TIDY: Final = (
    Remedy(Place.WSGI, "Let one layer send the headers; wsgicors sends none without a meaning."),
    Remedy(Place.NGINX, "Remove the header, or hide the application's.",
           "proxy_hide_header Access-Control-Allow-Origin;"),
)  # fmt: skip


_CATALOGUE: Final = (
    Weakness(
        "any-origin",
        Level.HIGH,
        "Every origin is trusted",
        "A page of {origin}, an invented origin, is allowed.",
        (
            "The server sends back whatever Origin it gets, so that every page of the web can read what the user can "
            "read."
        ),
        _EXACT,
    ),
    Weakness(
        "null-trusted",
        Level.HIGH,
        "The origin null is trusted",
        "A page of the origin null is allowed.",
        "Any page can make itself a sandboxed frame whose origin is null, so that this allows everybody.",
        _EXACT,
    ),
    Weakness(
        "prefix",
        Level.HIGH,
        "Only the beginning of the origin is compared",
        "{origin} is allowed, because it begins like {trusted}.",
        (
            "The page belongs to the owner of the domain at its end: the comparison lacks its end, a $ or a port's "
            "boundary."
        ),
        _BOUNDARY,
    ),
    Weakness(
        "suffix",
        Level.HIGH,
        "Only the end of the origin is compared",
        "{origin} is allowed, because it ends like {trusted}.",
        "Anybody can register a name that ends like another: the comparison lacks the dot in front, or the scheme.",
        _BOUNDARY,
    ),
    Weakness(
        "contains",
        Level.HIGH,
        "The name need only occur somewhere in the origin",
        "{origin} is allowed, because it contains the name of {trusted}.",
        "The comparison looks for a part of the text where it should look at the whole.",
        _BOUNDARY,
    ),
    Weakness(
        "unescaped-dot",
        Level.HIGH,
        "A dot stands for any character",
        "{origin} is allowed: it is {trusted} with another character for a dot.",
        "In a regular expression a dot that is not escaped matches everything, and such a name can be registered.",
        _BOUNDARY,
    ),
    Weakness(
        "special-character",
        Level.HIGH,
        "A special character ends the comparison",
        "{origin} is allowed.",
        (
            "Some browsers accept such characters in host names, and the comparison stops at them: what follows "
            "is another domain."
        ),
        _BOUNDARY,
    ),
    Weakness(
        "public-suffix",
        Level.HIGH,
        "Names under a public suffix are trusted",
        "{origin} is allowed, a name that anybody can have.",
        "Everybody can register under such a name, or gets one from a hosting service: its customers are strangers.",
        _EXACT,
    ),
    Weakness(
        "any-tld",
        Level.HIGH,
        "The name is trusted under any top-level domain",
        "{origin} is allowed: it is {trusted} under another top-level domain.",
        "Anybody can register the name where its owner has not: the comparison ends before the top-level domain.",
        _EXACT,
    ),
    Weakness(
        "part",
        Level.HIGH,
        "A part of the trusted origin is enough",
        "{origin} is allowed, because {trusted} begins with it.",
        (
            "The comparison is the wrong way round: it looks for the request's origin in the text of the trusted one. "
            "The shorter name may be anybody's."
        ),
        _EXACT,
    ),
    Weakness(
        "http-downgrade",
        Level.MEDIUM,
        "The plain http origin is trusted too",
        "{origin} is allowed, without https.",
        ("Anybody on the network path, such as in a café, can make such a page and read with it what https protects."),
        _EXACT,
    ),
    Weakness(
        "any-subdomain",
        Level.MEDIUM,
        "Every subdomain is trusted",
        "{origin} is allowed, a subdomain that probably does not exist.",
        "One forgotten subdomain, or a hole in the page of one, opens this server too.",
        _EXACT,
    ),
    Weakness(
        "any-port",
        Level.MEDIUM,
        "Every port is trusted",
        "{origin} is allowed, another port of the trusted host.",
        "Whatever else runs on that machine, at any port, can read what its main page can.",
        _EXACT,
    ),
    Weakness(
        "loopback-trusted",
        Level.MEDIUM,
        "Pages of the user's own machine are trusted",
        "{origin} is allowed.",
        "An entry from development has stayed: any program that serves a page on the user's machine can read.",
        _EXACT,
    ),
    Weakness(
        "private-address",
        Level.MEDIUM,
        "Pages of private addresses are trusted",
        "{origin} is allowed.",
        "Every network has these addresses: in a café, somebody else serves the page.",
        _EXACT,
    ),
    Weakness(
        "extension-trusted",
        Level.MEDIUM,
        "Every browser extension is trusted",
        "{origin} is allowed, an extension that nobody has.",
        "Any extension that the user has installed can read, without asking for the permission to read this site.",
        (
            Remedy(
                Place.WSGI,
                "List the origin of your own extension.",
                'Policy(allow_origins=["chrome-extension://abcdefghijklmnopabcdefghijklmnop"])',
            ),
            *_EXACT,
        ),
    ),
    Weakness(
        "file-trusted",
        Level.MEDIUM,
        "Files are trusted as pages",
        "A page of the origin file:// is allowed.",
        (
            "Web views of apps send it for every local file: a file that the user was sent and opens there can read. "
            "Browsers send null."
        ),
        _EXACT,
    ),
    Weakness(
        "loopback-prefix",
        Level.HIGH,
        "What begins like localhost is trusted",
        "{origin} is allowed, because it begins like http://localhost.",
        (
            "The page belongs to the owner of the domain at its end: an entry from development compares the "
            "beginning only."
        ),
        _EXACT,
    ),
    Weakness(
        "trailing-dot",
        Level.LOW,
        "The name with a dot at its end is trusted",
        "{origin} is allowed.",
        "To browsers it is another origin, though the host is the same: the comparison takes off what it should not.",
        _EXACT,
    ),
    Weakness(
        "private-network",
        Level.MEDIUM,
        "Public pages are let into the private network",
        "A page of {origin} gets Access-Control-Allow-Private-Network: true.",
        "Older versions of Chromium take this as permission to reach a server behind the user's firewall.",
        (Remedy(Place.WSGI, "Leave allow_private_network out.", 'Policy(allow_origins=["{trusted}"])'),),
    ),
    Weakness(
        "vary-missing",
        Level.LOW,
        "Caches do not see that the answer depends on the origin",
        "The answer to {origin} differs from another's, and Vary lacks Origin.",
        "A cache gives one origin's answer to the next: access comes and goes, and an attacker can take it away.",
        _VARY,
    ),
    Weakness(
        "wildcard-with-credentials",
        Level.UNTIDY,
        "* stands beside Access-Control-Allow-Credentials",
        "The answer allows * and credentials; browsers accept neither with the other.",
        (
            "It looks as if credentials worked for everybody. They work for nobody, and the next change may "
            "reflect origins."
        ),
        _TIDY,
    ),
    Weakness(
        "public",
        Level.UNTIDY,
        "Everybody may read, without credentials",
        "The answer allows *.",
        "That is right for public data, and wrong where the network alone protects it: behind a firewall or a VPN.",
        _EXACT,
    ),
    Weakness(
        "fixed-origin",
        Level.UNTIDY,
        "The trusted origin is disclosed to everybody",
        "A page of {origin} gets another origin's name.",
        "Nobody is let in by it. It shows a constant, or a cache that gives one origin's answer to another.",
        _TIDY,
    ),
    Weakness(
        "origin-malformed",
        Level.UNTIDY,
        "Access-Control-Allow-Origin is not an origin",
        "The answer to {origin} has a list, a pattern or another text that no browser accepts.",
        "The header holds one origin or *; anything else blocks every page.",
        _TIDY,
    ),
    Weakness(
        "credentials-to-strangers",
        Level.UNTIDY,
        "Credentials are allowed for origins that are not allowed",
        "The answer to {origin} allows credentials, and not the origin.",
        "Without the origin it means nothing; it shows that the header is a constant.",
        _TIDY,
    ),
    Weakness(
        "max-age-too-long",
        Level.UNTIDY,
        "Access-Control-Max-Age is longer than any browser keeps it",
        "A preflight's answer is to be kept for longer than a day.",
        "Chromium keeps it for two hours, Firefox for a day, WebKit for ten minutes; a mistake in it lasts as long.",
        (Remedy(Place.WSGI, "Two hours are enough for most servers.", "Policy(allow_origins=[...], max_age=7200)"),),
    ),
    Weakness(
        "expose-wildcard",
        Level.UNTIDY,
        "Access-Control-Expose-Headers is * beside credentials",
        "The answer exposes * and allows credentials.",
        "With credentials * is only an asterisk: the page reads none of the headers that it seems to expose.",
        (Remedy(Place.WSGI, "Name the headers.", 'Policy(allow_origins=["{trusted}"], expose_headers=["X-Total"])'),),
    ),
)

WEAKNESSES: Final[Mapping[str, Weakness]] = MappingProxyType({weakness.id: weakness for weakness in _CATALOGUE})
"""Every weakness by its identifier, the worst first."""
