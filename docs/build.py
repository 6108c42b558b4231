"""Writes what the documentation says of problems, refusals and causes, out of the package's own catalogues.

Run it after a change of theirs::

    python -m docs.build
"""

import contextlib
import inspect
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import wsgicors
from docs.doctor import causes, schemas, weaknesses
from wsgicors import asgi
from wsgicors._suffixes import list_version
from wsgicors.paste import filter_factory
from wsgicors.problems import ALLOWABLE, CATALOGUE, SETTINGS, PolicyError, Problem
from wsgicors.verdict import Refusal, Verdict

ROOT: Final = Path(__file__).parents[1]

SECTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "Every setting": {
        "unknown-setting": 'Policy.from_mapping({"allow_origin": "*"})',
        "wrong-type": "Policy(allow_origins=None)",
        "text-for-list": 'Policy(allow_origins="https://www.example.com")',
        "not-a-token": 'Policy(allow_origins="*", allow_methods=["PUT, DELETE"])',
    },
    "Origins": {
        "no-origins": "Policy(allow_origins=[])",
        "any-origin-beside-others": 'Policy(allow_origins=["*", "https://www.example.com"])',
        "origin-empty": 'Policy(allow_origins=["https://www.example.com", ""])',
        "origin-blanks": 'Policy(allow_origins=["https://www.example.com "])',
        "origin-several": 'Policy(allow_origins=["https://a.example https://b.example"])',
        "origin-characters": "Policy(allow_origins=['\"https://www.example.com\"'])",
        "origin-scheme-missing": 'Policy(allow_origins=["www.example.com"])',
        "origin-scheme": 'Policy(allow_origins=["1https://www.example.com"])',
        "origin-opaque-scheme": 'Policy(allow_origins=["file:///home"])',
        "origin-trailing-slash": 'Policy(allow_origins=["https://www.example.com/"])',
        "origin-path": 'Policy(allow_origins=["https://www.example.com/app"])',
        "origin-user-info": 'Policy(allow_origins=["https://me@www.example.com"])',
        "origin-upper-case": 'Policy(allow_origins=["https://WWW.example.com"])',
        "origin-default-port": 'Policy(allow_origins=["https://www.example.com:443"])',
        "origin-port": 'Policy(allow_origins=["http://localhost:65536"])',
        "origin-unicode-host": 'Policy(allow_origins=["https://bücher.example"])',
        "origin-a-label": 'Policy(allow_origins=["http://xn--f"])',
        "origin-host": 'Policy(allow_origins=["https://www..example.com"])',
        "origin-trailing-dot": 'Policy(allow_origins=["http://127.0.0.1."])',
        "origin-ipv4": 'Policy(allow_origins=["http://127.1"])',
        "origin-ipv6": 'Policy(allow_origins=["http://[0:0:0:0:0:0:0:1]"])',
        "origin-null-spelling": 'Policy(allow_origins=["NULL"])',
        "origin-wildcard-host": 'Policy(allow_origins=["https://*"])',
        "origin-wildcard-place": 'Policy(allow_origins=["https://www.*.example.com"])',
        "origin-wildcard-ip": 'Policy(allow_origins=["http://*.127.0.0.1"])',
        "origin-regex": 'Policy(allow_origins=[r"https://[a-z]+\\.example\\.com"])',
        "regex-bytes": 'Policy(allow_origins=[re.compile(rb"https://[a-z]+\\.example\\.com")])',
        "regex-invalid": 'Policy.from_mapping({"allow_origins": [{"regex": "https://("}]})',
        "regex-no-origin": 'Policy(allow_origins=[re.compile(r"https://www\\.example\\.com/")])',
        "regex-scheme": 'Policy(allow_origins=[re.compile(r"[a-z]+\\.example\\.com")])',
        "regex-empty": 'Policy(allow_origins=[re.compile("/*")])',
        "regex-dot": 'Policy(allow_origins=[re.compile(r"https://www.example\\.com")])',
        "regex-any-host": 'Policy(allow_origins=[re.compile(r"https://.*")])',
        "regex-unproven": 'Policy(allow_origins=[re.compile(r"https://www\\.example\\.com.*")])',
        "public-suffix": 'Policy(allow_origins=["https://*.co.uk"])',
        "file-origin": 'Policy(allow_origins=["file://"])',
    },
    "Origins together with other settings": {
        "any-origin-with-credentials": 'Policy(allow_origins="*", allow_credentials=True)',
        "null-with-credentials": 'Policy(allow_origins=["null"], allow_credentials=True)',
        "any-origin-with-private-network": 'Policy(allow_origins="*", allow_private_network=True)',
        "null-with-private-network": 'Policy(allow_origins=["null"], allow_private_network=True)',
        "insecure-origin": 'Policy(allow_origins=["http://www.example.com"], allow_credentials=True)',
        "any-host-of-scheme": 'Policy(allow_origins=["moz-extension://*"], allow_credentials=True)',
        "file-with-credentials": 'Policy(allow_origins=["file://"], allow_credentials=True)',
        "file-with-private-network": 'Policy(allow_origins=["file://"], allow_private_network=True)',
    },
    "Methods, headers and numbers": {
        "method-forbidden": 'Policy(allow_origins="*", allow_methods=["TRACE"])',
        "method-case": 'Policy(allow_origins="*", allow_methods=["patch"])',
        "method-pattern": 'Policy(allow_origins="*", allow_methods=["ALL"])',
        "header-pattern": 'Policy(allow_origins="*", allow_headers=["sentry-*"])',
        "header-forbidden": 'Policy(allow_origins="*", allow_headers=["Cookie"])',
        "header-of-response": 'Policy(allow_origins="*", allow_headers=["Access-Control-Allow-Origin"])',
        "header-unreadable": 'Policy(allow_origins="*", expose_headers=["Set-Cookie"])',
        "expose-any-with-credentials": (
            'Policy(allow_origins=["https://a.example"], expose_headers="*", allow_credentials=True)'
        ),
        "max-age-range": 'Policy(allow_origins="*", max_age=604800)',
        "preflight-status-range": 'Policy(allow_origins="*", preflight_status=302)',
        "refuse-unknown": 'Policy(allow_origins="*", refuse="forbidden")',
        "permission-unknown": 'Policy(allow_origins="*", dangerously_allow=["insecure-origins"])',
    },
    "Rules": {
        "no-app": 'CORS(None, Policy(allow_origins="*"))',
        "asgi-app": 'CORS(awaited, Policy(allow_origins="*"))',
        "no-asgi-app": 'asgi.CORS(None, Policy(allow_origins="*"))',
        "wsgi-app": 'asgi.CORS(app, Policy(allow_origins="*"))',
        "no-rules": "CORS(app)",
        "settings-for-policy": 'CORS(app, {"/api": {"allow_origins": "*"}})',
        "paste-default": 'filter_factory({"refuse": "withhold"}, allow_origins="*")',
        "settings-beside-rules": (
            'CORS.from_mapping(app, {"max_age": 600, "rules": {"/api": {"allow_origins": "*"}}})'
        ),
        "rule-path": 'CORS(app, {"/api/*": Policy(allow_origins="*")})',
        "policy-unreachable": 'CORS(app, [Policy(allow_origins="*"), Policy(allow_origins=["https://a.example"])])',
    },
    "Sources": {
        "number-range": "CachedOrigins(lookup, keep_allowed=-1)",
        "async-contains": "Policy(allow_origins=AsyncContains())",
        "async-source": "CORS(app, Policy(allow_origins=AsyncCachedOrigins(lookup)))",
        "file-unfinished": 'FileOrigins("a-file-that-is-half-written.txt")',
        "file-member": 'FileOrigins("a-file-that-holds-a-star.txt")',
        "file-unreadable": 'FileOrigins("no-such-file.txt")',
    },
}
"""For every problem the settings that have it: the page shows what the package says of them."""

PREFACE: Final = """\
# Problems, refusals, causes and weaknesses

Made by `python -m docs.build` from the catalogues of the package; do not edit it by hand.

Problems are found when a policy is built, all at once, and raised as one `PolicyError`. Refusals are what a request
meets while the server runs. Causes are what `wsgicors why` and `wsgicors probe` find behind a blocked request,
weaknesses what `wsgicors audit` finds. Their names are stable.

## Problems
"""

ADAPTERS: Final[Mapping[str, tuple[str, Problem]]] = {
    "resource-star": (
        'flask_wsgicors.CORS(app, origins="*", resources="/shops/*/items")',
        Problem("resource-star", "resources", "/shops/*/items", 're.compile(r"/shops/[^/]+/items")'),
    ),
    "removed-setting": (
        "CORS_REPLACE_HTTPS_REFERER = True",
        Problem(
            "removed-setting",
            "CORS_REPLACE_HTTPS_REFERER",
            "CORS_REPLACE_HTTPS_REFERER",
            "",
            {"successor": "CSRF_TRUSTED_ORIGINS names the origins whose pages may post."},
        ),
    ),
    "source-import": (
        'CORS_ORIGIN_SOURCE = "shop.origins.customers"',
        Problem(
            "source-import", "CORS_ORIGIN_SOURCE", "shop.origins.customers", "", {"reason": "No module named 'shop'"}
        ),
    ),
}
"""The problems that settings of a framework alone can have."""

SAMPLE: Final = Verdict(
    False, None, (), (), (), origin="https://other.example", method="PUT", refused_headers=("x-mine",)
)
"""What the refusals' sentences speak of, but for those of what no browser sends."""

MALFORMED: Final = SAMPLE._replace(origin="https://other.example/", method="PUT, DELETE", refused_headers=("x mine",))


class AsyncContains:
    """A source whose answer nobody awaits."""

    async def __contains__(self, origin: str) -> bool:
        """Return a coroutine, which counts as a yes."""
        return False


def hello(environ: Mapping[str, object], start_response: Callable[..., object]) -> list[bytes]:
    """Answer as the smallest app does."""
    start_response("200 OK", [])
    return [b"hello"]


async def awaited(scope: object, receive: object, send: object) -> None:
    """Stand for an ASGI app."""


def problem_of(source: str, code: str) -> Problem:
    """Return the problem `code` of the settings that `source` builds something of."""
    known = {name: getattr(wsgicors, name) for name in wsgicors.__all__} | {
        "re": re, "app": hello, "awaited": awaited, "lookup": bool, "AsyncContains": AsyncContains,
        "filter_factory": filter_factory,
        "asgi": asgi,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        Path("a-file-that-holds-a-star.txt").write_text("*\n", "utf-8")
        Path("a-file-that-is-half-written.txt").write_text("https://*.example.co", "utf-8")
        try:
            eval(source, known)  # noqa: S307 (one of the texts above)
        except PolicyError as error:
            for problem in error.problems:
                if problem.code == code:
                    return problem
    raise LookupError(f"{source} has no problem {code}")


def examples() -> dict[str, dict[str, tuple[str, Problem]]]:
    """By section and code: settings, and the problem that they have."""
    known = {
        title: {code: (source, problem_of(source, code)) for code, source in sources.items()}
        for title, sources in SECTIONS.items()
    }
    known["Settings of the adapters"] = dict(ADAPTERS)
    untold = set(CATALOGUE).difference(*known.values())
    if untold:
        raise LookupError(f"no example of {', '.join(sorted(untold))}")
    return known


def sentence_of(refusal: Refusal) -> str:
    """Return what a refusal says of the sample request."""
    sample = MALFORMED if refusal.value.startswith("malformed") else SAMPLE
    if refusal is Refusal.INSECURE_ORIGIN:
        sample = SAMPLE._replace(origin="http://other.example")
    return sample._replace(refusal=refusal).sentence


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table."""
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def errors() -> str:
    """Return the text of ``docs/errors.md``."""
    parts = [PREFACE]
    for title, problems in examples().items():
        parts.append(f"### {title}\n")
        for code, (source, found) in problems.items():
            # The page is the same whichever list of public suffixes is installed.
            message = found.message.replace(f"publicsuffixlist {list_version()}", "publicsuffixlist VERSION")
            parts += [f"#### {code}\n", f"```python\n{source}\n```\n", told(message, found.remedy)]
            if code in ALLOWABLE:
                parts.append(f'`dangerously_allow=["{code}"]` lets it through.\n')
    parts.append("## Refusals\n")
    for refusal in Refusal:
        parts += [f"#### {refusal.value}\n", told(sentence_of(refusal), refusal.remedy)]
    return "\n".join([*parts, *causes(), *weaknesses()])


def told(sentence: str, remedy: str) -> str:
    """Return a sentence and its remedy, if there is any, as they are printed."""
    return "```text\n" + "".join(f"{line}\n" for line in (sentence, remedy) if line) + "```\n"


def escaped(text: str) -> str:
    """Return `text` as a cell of a table shows it unchanged."""
    return re.sub(r"([*<|`\\])", r"\\\1", text)


def settings_table() -> str:
    """Return the settings of a policy with their defaults and the first sentence of their documentation."""
    parameters = inspect.signature(wsgicors.Policy).parameters
    documented = inspect.getdoc(wsgicors.Policy) or ""
    rows: list[list[str]] = []
    for name in SETTINGS:
        text = re.search(rf"^ +{name}: (.*?)(?=^ +[a-z_]+: |^$)", documented, re.DOTALL | re.MULTILINE)
        default = parameters[name].default
        said = " ".join(text.group(1).split()).replace("``", "`") if text else ""
        rows.append([f"`{name}`", "required" if default is inspect.Parameter.empty else f"`{default!r}`", said])
    return table(["Setting", "Default", "Meaning"], rows)


def refusals_table() -> str:
    """Return all refusals."""
    rows = [[f"`{refusal.value}`", escaped(sentence_of(refusal)), escaped(refusal.remedy)] for refusal in Refusal]
    return table(["Refusal", "Sentence", "Remedy"], rows)


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """Return `text` with all between ``<!-- name -->`` and ``<!-- end of name -->`` replaced by that name's block."""
    for name, block in blocks.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        head, _, rest = text.partition(begin)
        _, found, tail = rest.partition(end)
        if not found:
            raise LookupError(f"there is no place for {name}")
        text = f"{head}{begin}{block}{end}{tail}"
    return text


GUIDES: Final[Mapping[str, tuple[str, str]]] = {
    "django": ("migrating-from-django-cors-headers.md", "django-cors-headers"),
    "flask": ("migrating-from-flask-cors.md", "flask-cors"),
}
"""The guides, and the libraries that they are about."""


def moving(framework: str) -> Any:
    """What ``python -m tests.migrate`` last recorded of a guide's library."""
    return json.loads((ROOT / "docs" / "moving.json").read_text("utf-8"))[framework]


def differences(framework: str) -> str:
    """How many public configurations meet each difference, and how many start or are settled."""
    page, library = GUIDES[framework]
    found = moving(framework)
    section = (ROOT / "docs" / page).read_text("utf-8").partition("## What most projects meet")[2].partition("\n## ")[0]
    titles = {
        heading.lower().replace(" ", "-"): heading for heading in re.findall(r"^### (.*)$", section, re.MULTILINE)
    }
    rows = [
        [f"[{title}](#{anchor})", str(found["differences"].get(anchor, "none"))] for anchor, title in titles.items()
    ]
    total = found["configurations"]
    return (
        f"Measured on {total} public configurations. Of the {found['started']} that start with {library}, "
        f"{found['start']} start\nhere as they stand. One run of the command settles {found['settled']} of the "
        f"{total}; about the others it asks their owner.\n\n{table(['Difference', 'Configurations'], rows)}"
    )


def suite(framework: str) -> str:
    """How many tests of the old library's own suite pass."""
    library = GUIDES[framework][1]
    found = moving(framework)["suite"]
    failed = len(found["failed"])
    total = found["passed"] + found["skipped"] + failed
    skipped = f"{found['skipped']} is skipped, and " if found["skipped"] else ""
    return (
        f"**{found['passed']} of {total} pass**; {skipped}{failed} do not, each on purpose.\n"
        f"`python -m tests.migrate {library}=CHECKOUT` counts them.\n"
    )


def documents() -> dict[Path, str]:
    """Return what each document is to hold."""
    docs = ROOT / "docs"
    blocks = {
        docs / "settings.md": {"settings": settings_table()},
        docs / "log.md": {"refusals": refusals_table()},
        docs / "doctor.md": {"schemas": schemas()},
    } | {
        docs / page: {"differences": differences(framework), "suite": suite(framework)}
        for framework, (page, _) in GUIDES.items()
    }
    filled_pages = {page: filled(page.read_text("utf-8"), of_page) for page, of_page in blocks.items()}
    return {docs / "errors.md": errors(), **filled_pages}


if __name__ == "__main__":
    for path, text in documents().items():
        path.write_text(text, "utf-8")
