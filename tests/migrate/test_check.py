"""What `wsgicors migrate --check` finds unsafe, and what not."""

from pathlib import Path

import pytest

from tests.migrate.moving import FLASK, write
from wsgicors.migrate._check import findings


def found(folder: Path, **files: str) -> list[str]:
    write(folder, {f"{name}.py": text for name, text in files.items()})
    return [finding.code for finding in findings([folder])]


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("CORS(app)\n", []),
        ("CORS(app, supports_credentials=True)\n", ["any-origin-with-credentials"]),
        ("CORS(app, origins=[r'^https://[a-z]+\\.a\\.example$'])\n", []),
        ("CORS(app, origins=[r'https://.*\\.a\\.example'])\n", ["open-expression"]),
        ("import re\nCORS(app, origins=re.compile(r'https://[a-z]+\\.a\\.example'))\n", ["open-expression"]),
        ("CORS(app, origins=['wss://a.example', r'^wss://\\w+\\.a\\.example$'])\n", []),
        ("CORS(app, origins=[r'https://a\\d*\\.\\d+\\.'])\n", ["open-expression"]),
        ("CORS(app, origins=['null'])\n", ["null-listed"]),
        ("CORS(app, origins=['http://a.example'], supports_credentials=True)\n", ["insecure-origin"]),
        ("CORS(app, origins=['http://a.example'])\n", []),
        ("CORS(app, origins=['('])\n", []),
        ("CORS(app, origins=X, max_age=10 ** 9)\n", []),
    ],
)
def test_flask(source: str, codes: list[str], tmp_path: Path) -> None:
    assert found(tmp_path, app=FLASK + source) == codes


@pytest.mark.parametrize(
    ("source", "codes"),
    [
        ("CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n", ["any-origin-with-credentials"]),
        ("CORS_ALLOWED_ORIGIN_REGEXES = ['']\n", ["empty-expression"]),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'https://a\\.example']\n", ["open-expression"]),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'^https://a\\.example$']\n", []),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'^wss://\\w+\\.a\\.example$']\n", []),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'(?i)^wss://\\w+\\.a\\.example']\n", []),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'(?i)https://a\\.example']\n", ["open-expression"]),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'^https://a\\.example/$', r'wss?://a\\.example']\n", []),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'https://a\\d*\\.\\d+\\.']\n", ["open-expression"]),
        ("CORS_ALLOWED_ORIGINS = ['wss://a.example']\nCORS_ALLOW_CREDENTIALS = True\n", []),
    ],
)
def test_django(source: str, codes: list[str], tmp_path: Path) -> None:
    all_codes = found(tmp_path, settings="INSTALLED_APPS = ['corsheaders']\n" + source)
    assert all_codes[-len(codes) :] == codes if codes else all_codes == []


REFLECTING = """\
def after(request, response, wildcard=None):
    {before}
    {set}
    return response
"""


@pytest.mark.parametrize(
    "setting",
    [
        'response.headers["Access-Control-Allow-Origin"] = request.headers.get("Origin")',
        'response.headers.add("access-control-allow-origin", request.headers["origin"])',
        'response["Access-Control-Allow-Origin"] = request.META.get("HTTP_ORIGIN", "*")',
        'return Response(headers={"Access-Control-Allow-Origin": request.environ["HTTP_ORIGIN"]})',
        'start("200 OK", [("Access-Control-Allow-Origin", environ.get("HTTP_ORIGIN"))])',
        'response.headers["Access-Control-Allow-Origin"] = request.origin',
        (
            'if request.headers.get("Origin"):\n        response["Access-Control-Allow-Origin"] = '
            'request.headers.get("Origin")'
        ),
    ],
)
def test_a_reflected_origin(setting: str, tmp_path: Path) -> None:
    assert found(tmp_path, app=REFLECTING.format(before="pass", set=setting)) == ["reflected-origin"]


def test_a_reflected_origin_by_a_name(tmp_path: Path) -> None:
    before = 'origin = request.headers.get("Origin")'
    setting = (
        'response["Access-Control-Allow-Origin"] = origin\n    response["Access-Control-Allow-Credentials"] = "true"'
    )
    source = REFLECTING.format(before=before, set=setting)
    write(tmp_path, {"app.py": source})
    (finding,) = findings([tmp_path])
    assert finding.text.endswith("with cookies.")


@pytest.mark.parametrize(
    ("before", "setting"),
    [
        (
            'origin = request.headers.get("Origin")',
            'if origin in ALLOWED:\n        response["Access-Control-Allow-Origin"] = origin',
        ),
        (
            'origin = request.headers.get("Origin")\n    if origin not in ALLOWED:\n        return response',
            'response["Access-Control-Allow-Origin"] = origin',
        ),
        (
            'origin = request.headers.get("Origin")',
            'response["Access-Control-Allow-Origin"] = origin if ok(origin) else ""',
        ),
        ("pass", 'response["Access-Control-Allow-Origin"] = "*"'),
        ("pass", 'response["Access-Control-Allow-Origin"] = ORIGIN'),
        ("pass", 'print("Access-Control-Allow-Origin")'),
        ("pass", 'x = ["Access-Control-Allow-Origin"]'),
        ("pass", 'x = ("Access-Control-Allow-Origin", "b", request.headers["Origin"])'),
        ("pass", 'x = response["Access-Control-Allow-Origin"]'),
        ("pass", 'del response["Access-Control-Allow-Origin"]'),
    ],
)
def test_what_is_checked_or_constant_is_fine(before: str, setting: str, tmp_path: Path) -> None:
    assert found(tmp_path, app=REFLECTING.format(before=before, set=setting)) == []
