"""The migration of each use of Starlette's and FastAPI's CORSMiddleware."""

from pathlib import Path
from typing import Any

import pytest

from tests.asgi.wire import call
from tests.migrate.moving import codes, move, note_codes, write
from wsgicors.migrate._check import findings
from wsgicors.migrate._report import text as report_text

IMPORT = "from fastapi.middleware.cors import CORSMiddleware\n"
MOVED = "import wsgicors\nfrom wsgicors.asgi import CORSMiddleware\n"


def moved(folder: Path, source: str) -> str:
    after, result = move(folder, {"app.py": IMPORT + source})
    assert codes(result) == []
    return after["app.py"].removeprefix(MOVED)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('allow_origins=["https://a.example"]', 'max_age=600, allow_origins=["https://a.example"]'),
        ('allow_origins=["*"], max_age=60', 'allow_origins=["*"], max_age=60'),
        (
            'allow_origins="*", allow_headers=["*", "authorization"], max_age=1',
            'allow_origins="*", allow_headers=["*", "authorization"], max_age=1',
        ),
        # Starlette's "*" covers Authorization
        ('max_age=1, allow_headers=["*"], allow_origins="*"',
         'max_age=1, allow_headers=["*", "Authorization"], allow_origins="*"'),
        ('max_age=1, allow_headers="*", allow_origins="*"',
         'max_age=1, allow_headers=["*", "Authorization"], allow_origins="*"'),
        (
            'allow_origins=["https://a.example"], allow_headers=["*"], allow_credentials=True, max_age=1',
            'allow_origins=["https://a.example"], allow_headers=["*"], allow_credentials=True, max_age=1',
        ),
        # Starlette matches substrings of a text
        ('allow_origins="https://a.example,http://b.example", max_age=1',
         'allow_origins=["https://a.example", "http://b.example"], max_age=1'),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "call",
    [
        "app.add_middleware(CORSMiddleware, {})\n",
        "x = [Middleware(CORSMiddleware, {})]\n",
        "app = CORSMiddleware(app, {})\n",
        "app = CORSMiddleware(app=app, {})\n",
        "app = CORSMiddleware({})\n",
    ],
)
def test_calls(before: str, after: str, call: str, tmp_path: Path) -> None:
    assert moved(tmp_path, call.format(before)) == call.format(f"policy=wsgicors.Policy({after})")


def test_comments_and_lines_stay(tmp_path: Path) -> None:
    before = """\
def make():
    app.add_middleware(
        CORSMiddleware,  # ours
        allow_origins=["https://a.example/"],  # the shop
        # cookies
        allow_credentials=True,
        max_age=60,
    )
"""
    after = """\
def make():
    app.add_middleware(
        CORSMiddleware,  # ours
        policy=wsgicors.Policy(
            allow_origins=["https://a.example"],  # the shop
            # cookies
            allow_credentials=True,
            max_age=60,
        ),
    )
"""
    assert moved(tmp_path, before) == after
    assert moved(tmp_path, before.replace("max_age=60,\n", "max_age=60\n")) == after.replace("=60,\n", "=60\n").replace(
        "),\n    )", ")\n    )"
    )


@pytest.mark.parametrize(
    ("options", "origins"),
    [
        (r'allow_origin_regex=r"https://.*\.example\.com"', r'[re.compile(r"https://.*\.example\.com")]'),
        (
            r'allow_origins=["https://a.example"], allow_origin_regex=r"https://(a|b)\.example\.com"',
            r'[*["https://a.example"], re.compile(r"https://(a|b)\.example\.com")]',
        ),
        (r'allow_origins=[], allow_origin_regex=r"https://(a|b)\.example\.com"', r"[re.compile(r"),
        ("allow_origins=ORIGINS, allow_origin_regex=REGEX", "[*ORIGINS, re.compile(REGEX)]"),
    ],
)
def test_an_expression_joins_the_origins(options: str, origins: str, tmp_path: Path) -> None:
    after, _ = move(tmp_path, {"app.py": f"{IMPORT}app.add_middleware(CORSMiddleware, {options})\n"})
    assert "allow_origin_regex" not in after["app.py"]
    assert "import re\n" in after["app.py"]
    assert f"allow_origins={origins}" in after["app.py"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (
            'app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)',
            "any-origin-with-credentials",
        ),
        ("app.add_middleware(CORSMiddleware, allow_methods=['PUT'])", "nobody-let-in"),
        ("app.add_middleware(CORSMiddleware)", "nobody-let-in"),
        ("app.add_middleware(CORSMiddleware, **options)", "options-in-mapping"),
        ("class Own(CORSMiddleware): ...", "middleware-elsewhere"),
        ('app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_origin=["*"])', "unknown-setting"),
        ('app.add_middleware(CORSMiddleware, allow_origins=[], allow_origin_regex="(")', "regex-invalid"),
        ('app.add_middleware(CORSMiddleware, allow_origins=["https://*.co.uk"])', "public-suffix"),
    ],
)
def test_what_is_asked(source: str, code: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"app.py": f"{IMPORT}{source}\n"})
    assert code in codes(result)
    assert "# TODO(cors): " in after["app.py"]
    if code in {"options-in-mapping", "middleware-elsewhere"}:
        assert IMPORT in after["app.py"]  # the whole file is unchanged


@pytest.mark.parametrize(
    "source",
    [
        "import starlette.middleware.cors\n",
        "from fastapi.middleware import cors\n",
        "from starlette.middleware.cors import *\n",
        "from starlette.middleware.cors import CORSMiddleware, SAFELISTED_HEADERS\n",
    ],
)
def test_other_imports_are_asked_about_and_left(source: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"app.py": source})
    assert codes(result) == ["unknown-import"]
    assert after["app.py"].endswith(source)


def test_other_middleware_is_left_alone(tmp_path: Path) -> None:
    source = (
        "from starlette.middleware.gzip import *\nfrom .middleware import cors\napp.add_middleware(GZip, a=1)\n# cors\n"
    )
    after, result = move(tmp_path, {"app.py": source})
    assert (after["app.py"], result.libraries) == (source, [])


def test_an_alias_stays(tmp_path: Path) -> None:
    source = "from starlette.middleware.cors import CORSMiddleware as Cors\n"
    after, _ = move(tmp_path, {"app.py": f'{source}app.add_middleware(Cors, allow_origins=["*"], max_age=1)\n'})
    assert "from wsgicors.asgi import CORSMiddleware as Cors\n" in after["app.py"]
    assert 'app.add_middleware(Cors, policy=wsgicors.Policy(allow_origins=["*"], max_age=1))\n' in after["app.py"]


def test_the_report_says_what_is_to_be_done(tmp_path: Path) -> None:
    write(tmp_path, {"app.py": f'{IMPORT}app.add_middleware(CORSMiddleware, allow_origins=["*"])\n'})
    _, result = move(tmp_path, {"app.py": f'{IMPORT}app.add_middleware(CORSMiddleware, allow_origins=["*"])\n'})
    assert note_codes(result) == ["starlette"]
    said = report_text(result, written=True)
    assert "Add wsgicors-policy to the requirements." in said
    assert "/start/asgi.html#from-starlettes-corsmiddleware" in said


def test_check_finds_what_is_unsafe(tmp_path: Path) -> None:
    options = "allow_origins=['null'], allow_origin_regex='https://www.example.com.*'"
    write(tmp_path, {"app.py": f"{IMPORT}app.add_middleware(CORSMiddleware, {options})\n"})
    assert [finding.code for finding in findings([tmp_path])] == ["null-listed", "open-expression"]


def test_what_is_rewritten_runs(tmp_path: Path) -> None:
    source = (
        "from fastapi import FastAPI\n"
        f"{IMPORT}"
        "app = FastAPI()\n"
        "app.add_middleware(\n"
        "    CORSMiddleware,\n"
        '    allow_origins=["https://a.example/"],\n'
        '    allow_origin_regex=r"https://(b|c)\\.example\\.com",\n'
        '    allow_headers=["*"],\n'
        ")\n"
    )  # fmt: skip
    names: dict[str, Any] = {}
    exec(move(tmp_path, {"app.py": source})[0]["app.py"], names)
    for origin in ("https://a.example", "https://b.example.com"):
        asked = [
            ("Origin", origin),
            ("Access-Control-Request-Method", "GET"),
            ("Access-Control-Request-Headers", "authorization"),
        ]
        response = call(names["app"], "OPTIONS", headers=asked)
        assert response.cors["access-control-allow-origin"] == origin
        assert response.cors["access-control-max-age"] == "600"
        assert response.cors["access-control-allow-headers"] == "*, Authorization"
    assert call(names["app"], headers=[("Origin", "https://d.example.com")]).cors == {}
