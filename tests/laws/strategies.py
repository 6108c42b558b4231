"""Texts, origins, patterns, header lists, policies, rules and requests for the laws.

The naive references beside the laws share only the documentation with the code that they judge.
"""

import pickle
import re
import string
from typing import Any, Final

from hypothesis import settings
from hypothesis import strategies as st

from wsgicors import Policy
from wsgicors.origins import is_serialization

EXAMPLES: Final = settings().max_examples

law: Final = settings(max_examples=3 * EXAMPLES)

latin_1 = st.text(st.characters(max_codepoint=0xFF), max_size=40)
labels = st.sampled_from(
    ["a", "b", "www", "example", "evil-example", "my_app", "com", "org", "co", "uk", "xn--bcher-kva"]
)
hosts = st.one_of(
    st.lists(labels, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["localhost", "app.localhost", "127.0.0.1", "10.0.0.255", "[::1]", "[2001:db8::1]", "1.example"]),
)
ports = st.sampled_from(["", "", ":1", ":80", ":443", ":3000", ":8443", ":65535"])
schemes = st.sampled_from(["https", "https", "http", "chrome-extension", "capacitor", "x"])
origins = (
    st.tuples(schemes, hosts, ports)
    .map(lambda parts: f"{parts[0]}://{parts[1]}{parts[2]}")
    .filter(lambda text: not re.fullmatch(r"https:.*:443|http:.*:80", text))
)
wildcards = st.tuples(
    st.sampled_from(["https", "http", "x"]),
    st.lists(labels, min_size=1, max_size=3).map(".".join),
    st.sampled_from(["", ":*", ":3000", ":8443"]),
).map(lambda parts: f"{parts[0]}://*.{parts[1]}{parts[2]}")
any_ports = st.tuples(schemes, hosts).map(lambda parts: f"{parts[0]}://{parts[1]}:*")
patterns = st.one_of(origins, wildcards, any_ports, st.just("null"))


@st.composite
def near(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text of `texts`, possibly with a fault."""
    text = draw(texts)
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        piece = draw(st.sampled_from([
            "", "", "/", ".", ":", "*", "*.", " ", "\t", ",", "A", "Ü", "例", "x", "0", "-", "_", "%41", "@", "u:p@",
            "#f", "?q",
            "\\", "[", "]", "::", ":443", ":80", ":0", ":99999", ":*", "null", "https://", "//", "\r\n", "\x00", "\x7f",
            "\N{KELVIN SIGN}", "(", ")?", ".*", "^", "$", '"', "'",
        ]))  # fmt: skip
        text = text[:at] + piece + text[at + draw(st.integers(0, 2)) :]
    return text


texts = st.one_of(near(patterns), near(patterns).map(str.upper), st.text(max_size=30))
pieces = st.lists(
    st.sampled_from([
        "https://www.example.com", "https://", "http://", "://", "chrome-extension://", "file://", "null", "NULL",
        ".com", "co.uk", "a.example", "localhost", "127.0.0.1", "127.*", "[::1]", "xn--", "xn--a", "XN--A", "é", ".",
        "*.", "*", ":*", ":80", ":443", ":8080", "^", "$", "\\.", ".*", "\\d", "(", "(?:", ")", "|", "?", "+", "[a-z]",
        ",", " ", "\n", "/", "\\", "@", '"', "'", "-",
    ]),
    max_size=6,
).map("".join)  # fmt: skip
"""What people write of origins, patterns, expressions and lists, in any order."""

field_names = st.one_of(
    st.sampled_from(["X-A", "x-a", "Content-Type", "Authorization", "authorization", "*", "X-B", "Range", "cookie"]),
    st.text(string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~", min_size=1, max_size=12),
)
lists = st.one_of(
    st.lists(field_names, max_size=5).map(",".join),
    st.lists(st.sampled_from([",", " ", "\t", "X-A", "x-b", "a b", "\xa0", "\x0b", "é", '"', ";"]), max_size=12).map(
        "".join
    ),
    latin_1,
)
methods = st.one_of(
    st.sampled_from(["GET", "PUT", "LET", "put", "patch", "*", "DELETE", "", "COPY"]), field_names, latin_1
)


class Everybody:
    """A source that admits everything, and must only be asked for origins."""

    def __contains__(self, origin: str) -> bool:
        assert is_serialization(origin)
        return True


class Broken:
    """A source that fails."""

    def __contains__(self, origin: str) -> bool:
        raise KeyError(origin)


def failing_hook(*_: object) -> None:
    raise ValueError("the hook's own error")


WWW = "https://www.example.com"
POLICIES = {
    "any": Policy(allow_origins="*", allow_methods="*", allow_headers=["*", "Authorization"], expose_headers="*"),
    "any, few": Policy(allow_origins="*", allow_methods=["PUT"], allow_headers=["X-A"], max_age=0),
    "echoes": Policy(
        allow_origins=["https://*.com:*", "https://*.org", "http://localhost:*"],
        allow_methods="*",
        allow_headers="*",
        allow_credentials=True,
        allow_private_network=True,
        dangerously_allow=["public-suffix"],
    ),
    "null": Policy(allow_origins=["null", WWW], allow_methods=["PUT"], refuse="forbid", preflight_status=200),
    "regex": Policy(allow_origins=[re.compile(r"https://(?:[^/]+\.)?example\.com(:\d+)?")], expose_headers=["X-A"]),
    "everybody": Policy(allow_origins=Everybody(), allow_methods=["DELETE"], refuse="forbid"),
    "everybody's cookies": Policy(allow_origins=Everybody(), allow_headers="*", allow_credentials=True),
    "broken": Policy(allow_origins=Broken()),
}
RULES: dict[str, Any] = {
    **POLICIES,
    "list": [POLICIES["null"], POLICIES["echoes"], POLICIES["any"]],
    "paths": {"/api": POLICIES["echoes"], "/a b": [POLICIES["null"], POLICIES["broken"]], "/é": POLICIES["any"]},
    "paths and all": {"/": POLICIES["null"], "/api": POLICIES["any, few"], "/api/v2": POLICIES["regex"]},
}

paths = st.one_of(
    st.lists(st.sampled_from(["/", "api", "v2", "..", ".", "a b", "Ã©", "API", "\r\n", "*", ""]), max_size=6).map(
        "/".join
    ),
    latin_1,
)
environs = st.fixed_dictionaries(
    {},
    optional={
        "REQUEST_METHOD": st.one_of(st.sampled_from(["OPTIONS", "OPTIONS", "OPTIONS", "GET", "HEAD", "POST"]), methods),
        "SCRIPT_NAME": paths,
        "PATH_INFO": paths,
        "HTTP_ORIGIN": st.one_of(st.just(WWW), origins, near(origins), st.just("null"), latin_1, st.just("a" * 400)),
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": methods,
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": lists,
        "HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK": st.sampled_from(["true", "True", "", "1"]),
        "HTTP_HOST": st.one_of(near(hosts), latin_1),
        "HTTP_SEC_FETCH_SITE": st.sampled_from(["same-origin", "none", "cross-site", "same-site", "", "\x00"]),
        "HTTP_VARY": st.just("Cookie"),
    },
)

preflights = st.fixed_dictionaries(
    {
        "REQUEST_METHOD": st.just("OPTIONS"),
        "PATH_INFO": st.sampled_from(["/", "/api", "/api/v2/x", "/a b"]),
        "HTTP_ORIGIN": st.sampled_from([WWW, "null", "https://a.org"]),
        "HTTP_ACCESS_CONTROL_REQUEST_METHOD": methods,
        "HTTP_ACCESS_CONTROL_REQUEST_HEADERS": lists,
    }
)


def new(name: str) -> Policy:
    """A policy without cached decisions; a copy would be the same object."""
    policy: Policy = pickle.loads(pickle.dumps(POLICIES[name]))
    return policy
