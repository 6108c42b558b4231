"""The migration of each use of django-cors-headers."""

from pathlib import Path

import pytest

from tests.migrate.moving import FLASK, codes, move, note_codes

HEAD = 'INSTALLED_APPS = ["corsheaders"]\n'


def moved(folder: Path, source: str) -> str:
    after, result = move(folder, {"settings.py": HEAD + source})
    assert codes(result) == []
    return after["settings.py"].partition("\n")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("corsheaders.defaults import default_headers", "django_wsgicors.defaults import default_headers"),
        (
            "corsheaders.signals import check_request_enabled as c",
            "django_wsgicors.signals import check_request_enabled as c",
        ),
        ("corsheaders.middleware import CorsMiddleware", "django_wsgicors.middleware import CorsMiddleware"),
    ],
)
def test_imports(before: str, after: str, tmp_path: Path) -> None:
    assert move(tmp_path, {"a.py": f"from {before}\n"})[0]["a.py"] == f"from {after}\n"


@pytest.mark.parametrize(
    "source",
    [
        "from corsheaders.conf import conf\n",
        "from corsheaders.defaults import *\n",
        "import corsheaders.conf\n",
        "from corsheaders.middleware import CorsMiddleware, ACCESS_CONTROL_MAX_AGE\n",
    ],
)
def test_private_parts_are_asked_about_and_left(source: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"a.py": source})
    assert codes(result) == ["unknown-import"]
    assert after["a.py"].endswith(source)
    assert ("conf" in note_codes(result)) == ("conf" in source)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('MIDDLEWARE = ["a", "C", "b"]\n', 'MIDDLEWARE = ["D", "a", "b"]\n'),
        ('MIDDLEWARE = ["C", "a"]\n', 'MIDDLEWARE = ["D", "a"]\n'),
        ('MIDDLEWARE: list[str] = ["a", "C"]\n', 'MIDDLEWARE: list[str] = ["D", "a"]\n'),
        (
            'MIDDLEWARE = (\n    "a",  # one\n    # two\n    "C",\n)\n',
            'MIDDLEWARE = (\n    # two\n    "D",\n    "a",  # one\n)\n',
        ),
        ('MIDDLEWARE = ["a",\n              "C"]\n', 'MIDDLEWARE = ["D",\n              "a"]\n'),
        ('MIDDLEWARE += ["C"]\n', 'MIDDLEWARE = ["D", *MIDDLEWARE]\n'),
        ('MIDDLEWARE += ("a", "C", "b")\n', 'MIDDLEWARE = ["D", *MIDDLEWARE, "a", "b"]\n'),
        ('MIDDLEWARE.append("C")\n', 'MIDDLEWARE.insert(0, "D")\n'),
        ('MIDDLEWARE.insert(3, "C")\n', 'MIDDLEWARE.insert(0, "D")\n'),
        ('MIDDLEWARE.insert(0, "C")\n', 'MIDDLEWARE.insert(0, "D")\n'),
        ('stack.append("C")\n', 'stack.append("D")\n'),
        ('MIDDLEWARE = ["a"] + ["C"]\n', 'MIDDLEWARE = ["D"] + ["a"]\n'),
        ('x = "C"\n', 'x = "D"\n'),
        ('MIDDLEWARE = ["C", "corsheaders.middleware.CorsPostCsrfMiddleware"]\n', 'MIDDLEWARE = ["D"]\n'),
        (
            'MIDDLEWARE = [\n    "a",  # one\n    "C",\n    "corsheaders.middleware.CorsPostCsrfMiddleware",\n]\n',
            'MIDDLEWARE = [\n    "D",\n    "a",  # one\n]\n',
        ),
        ('MIDDLEWARE = ["a", # one\n"C"]\n', 'MIDDLEWARE = ["D",\n"a" # one\n]\n'),
        (
            'x = "corsheaders.middleware.CorsPostCsrfMiddleware"\n',
            'x = "corsheaders.middleware.CorsPostCsrfMiddleware"\n',
        ),
        ('A = ["corsheaders.apps.CorsHeadersAppConfig"]\n', 'A = ["django_wsgicors"]\n'),
    ],
)
def test_middleware(before: str, after: str, tmp_path: Path) -> None:
    old, new = "corsheaders.middleware.CorsMiddleware", "django_wsgicors.CorsMiddleware"
    assert moved(tmp_path, before.replace('"C"', f'"{old}"')) == after.replace('"D"', f'"{new}"')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CORS_ALLOWED_ORIGINS = ['https://a.example/']", "CORS_ALLOWED_ORIGINS = ['https://a.example']"),
        ("CORS_ALLOWED_ORIGINS = 'https://a.example/'", "CORS_ALLOWED_ORIGINS = ['https://a.example']"),
        ("CORS_ALLOW_METHODS = 'GET'", "CORS_ALLOW_METHODS = ['GET']"),
        ("CORS_PREFLIGHT_MAX_AGE = 60 * 60 * 48", "CORS_PREFLIGHT_MAX_AGE = 86400"),
        ("CORS_PREFLIGHT_MAX_AGE = 0", "CORS_PREFLIGHT_MAX_AGE = 0"),
        ("CORS_ALLOWED_ORIGINS = os.environ['X'].split(',')", None),
        ("CORS_ALLOWED_ORIGINS = config('X', default='https://a.example', cast=Csv())", ""),
        (
            "CORS_ALLOWED_ORIGINS = env.list('X', default=['https://a.example/'])",
            "CORS_ALLOWED_ORIGINS = env.list('X', default=['https://a.example'])",
        ),
        ("CORS_ALLOWED_ORIGIN_REGEXES = ['(']", ""),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [3]", ""),
        (
            "CORS_ALLOWED_ORIGIN_REGEXES = [r'^http(.*)://localhost(.*)$']",
            'CORS_ALLOWED_ORIGIN_REGEXES = [r"https?://localhost(:\\d+)?"]',
        ),
        ("CORS_ALLOWED_ORIGINS = ['*']\nCORS_ALLOW_ALL_ORIGINS = True", ""),
        ("CORS_ALLOW_HEADERS = [*default_headers, 'origin']", "CORS_ALLOW_HEADERS = [*default_headers]"),
        (
            "CORS_ALLOWED_ORIGINS = []\nCORS_ALLOWED_ORIGINS += ['https://a.example/']",
            "CORS_ALLOWED_ORIGINS = []\nCORS_ALLOWED_ORIGINS += ['https://a.example']",
        ),
        (
            "CORS_ALLOWED_ORIGINS = ['https://a.example']\nCORS_ALLOWED_ORIGINS.append('https://b.example/')",
            "CORS_ALLOWED_ORIGINS = ['https://a.example']\nCORS_ALLOWED_ORIGINS.append('https://b.example')",
        ),
        (
            "CORS_ALLOWED_ORIGINS = ['https://a.example']\nCORS_ALLOWED_ORIGINS.extend(['https://b.example/'])",
            "CORS_ALLOWED_ORIGINS = ['https://a.example']\nCORS_ALLOWED_ORIGINS.extend(['https://b.example'])",
        ),
    ],
)
def test_settings(before: str, after: str | None, tmp_path: Path) -> None:
    found = moved(tmp_path, f"{before}\n")
    if after is None:
        assert "for member in os.environ['X'].split(',') if member.strip()]" in found
    else:
        assert found == f"{after or before}\n"


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\n", "any-origin-with-credentials"),
        ("CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_PRIVATE_NETWORK = True\n", "any-origin-with-private-network"),
        ("CORS_ALLOWED_ORIGINS = ['*']\n", "star-in-list"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = ['']\n", "empty-expression"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = ['.*']\nCORS_ALLOW_CREDENTIALS = True\n", "any-origin-with-credentials"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = ['https://.*']\n", "open-expression"),
        ("CORS_ALLOWED_ORIGINS = ['http://a.example']\nCORS_ALLOW_CREDENTIALS = True\n", "insecure-origin"),
        ("CORS_ALLOWED_ORIGINS = [3]\n", "wrong-type"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'^wss://\\w+\\.e\\.example$']\n", "regex-no-origin"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'(?i)^wss://\\w+\\.e\\.example']\n", "regex-no-origin"),
        ("CORS_ALLOWED_ORIGIN_REGEXES = [r'https://a\\d*\\.\\d+\\.']\n", "open-expression"),
    ],
)
def test_questions(source: str, code: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"settings.py": HEAD + source})
    assert codes(result) == [code]
    assert "# TODO(cors): " in after["settings.py"]


def test_settings_that_are_split_are_read_together(tmp_path: Path) -> None:
    files = {
        "settings/base.py": HEAD + "CORS_ALLOW_CREDENTIALS = True\n",
        "settings/dev.py": "from .base import *\nCORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOWED_ORIGINS = ['https://a.example/']\n",
        "settings/live.py": "from settings.base import *\nCORS_ALLOWED_ORIGINS = ['https://a.example/']\n",
    }
    after, result = move(tmp_path, files)
    assert [(question.code, question.file.path.name) for question in result.questions] == [
        ("any-origin-with-credentials", "dev.py")
    ]
    assert result.questions[0].answers[0].endswith('= ["https://a.example"], without CORS_ALLOW_ALL_ORIGINS')
    assert after["settings/live.py"].endswith("['https://a.example']\n")


def test_branches_that_exclude_each_other_do_not_meet(tmp_path: Path) -> None:
    source = (
        "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\nelif TEST:\n    pass\nelse:\n    CORS_ALLOW_CREDENTIALS = True\n"
        "    CORS_ALLOWED_ORIGINS = ['https://a.example']\n"
    )
    assert moved(tmp_path, source) == source


def test_the_last_value_counts(tmp_path: Path) -> None:
    source = "CORS_ALLOW_ALL_ORIGINS = True\nCORS_ALLOW_CREDENTIALS = True\nCORS_ALLOW_ALL_ORIGINS = False\n"
    assert moved(tmp_path, source) == source


def test_classes_of_settings(tmp_path: Path) -> None:
    source = "class Live(Configuration):\n    CORS_ALLOWED_ORIGINS = ['https://a.example/']\n"
    assert moved(tmp_path, source) == source.replace("e/", "e")


def test_what_is_seen_and_not_known(tmp_path: Path) -> None:
    source = """\
        from corsheaders.middleware import CorsMiddleware
        from django.conf import settings

        class Ours(CorsMiddleware):
            def origin_found_in_white_lists(self, origin, url):
                return True

            def other(self): ...

        settings.CORS_ALLOW_ALL_ORIGINS = True
        setattr(settings, "CORS_ALLOW_CREDENTIALS", True)
        setattr(settings, name, True)
        setattr(other, name, True)
        SILENCED_SYSTEM_CHECKS = ["corsheaders.E013"]
        LOGGING = {"loggers": {"corsheaders.middleware": {}}}
        def view(request):
            response["Access-Control-Allow-Origin"] = "*"
    """
    _, result = move(
        tmp_path, {"a.py": source, "settings.py": "CORS_ALLOW_EVERYTHING = True\nCORS_ALLOW_CREDENTIALS = False\n"}
    )
    assert sorted(note_codes(result)) == [
        "hand-written", "mentions", "run-time", "run-time", "run-time", "silenced", "subclass", "unknown-setting",
    ]  # fmt: skip


def test_shared_names_are_django_s_in_its_settings(tmp_path: Path) -> None:
    files = {
        "settings.py": "CORS_EXPOSE_HEADERS = ['Set-Cookie']\n",
        "other.py": "CORS_EXPOSE_HEADERS = ['Set-Cookie']\n",
    }
    after, _ = move(tmp_path, files)
    assert after == {"settings.py": "CORS_EXPOSE_HEADERS = []\n", "other.py": "CORS_EXPOSE_HEADERS = ['Set-Cookie']\n"}


def test_lists_of_one_branch_are_read_beside_a_switch_of_the_other(tmp_path: Path) -> None:
    source = (
        "if DEBUG:\n    CORS_ALLOW_ALL_ORIGINS = True\nelse:\n    CORS_ALLOWED_ORIGINS = ['https://a.example/']\n"
        "CORS_ALLOW_METHODS = ['GET', 'TRACE']\n"
    )
    after = moved(tmp_path, source)
    assert after == source.replace(".example/", ".example").replace(", 'TRACE'", "")


def test_an_open_switch_that_the_environment_can_close_is_asked_about(tmp_path: Path) -> None:
    source = "CORS_ALLOW_ALL_ORIGINS = config('ALL', default=True, cast=bool)\nCORS_ALLOW_CREDENTIALS = True\n"
    assert codes(move(tmp_path, {"settings.py": HEAD + source})[1]) == ["any-origin-with-credentials"]


@pytest.mark.parametrize("member", ["origin", "origin.strip()"])
def test_a_comprehension_over_the_environment_leaves_out_empty_members(member: str, tmp_path: Path) -> None:
    split = "os.getenv('CORS', '').split(',')"
    after = moved(tmp_path, f"CORS_ALLOWED_ORIGINS = [{member} for origin in {split}]\n")
    assert after == f"CORS_ALLOWED_ORIGINS = [origin.strip() for origin in {split} if origin.strip()]\n"


@pytest.mark.parametrize(
    "rest", ["for origin in os.environ['A'].split(',') if origin", "for origin in A", "for f in g()"]
)
def test_other_comprehensions_stay(rest: str, tmp_path: Path) -> None:
    source = f"CORS_ALLOWED_ORIGINS = [origin {rest}]\n"
    assert moved(tmp_path, source) == source


def test_settings_that_were_removed_are_named_as_such(tmp_path: Path) -> None:
    _, result = move(tmp_path, {"settings.py": f"{HEAD}CORS_MODEL = 'shop.Origin'\nCORS_OWN = 1\n"})
    assert note_codes(result) == ["removed-setting", "unknown-setting"]
    assert "django_wsgicors.origins keeps origins" in result.notes[0].text


def test_every_extension_of_a_browser_with_cookies_is_asked_about(tmp_path: Path) -> None:
    source = "CORS_ALLOWED_ORIGIN_REGEXES = [r'moz-extension://.*']\nCORS_ALLOW_CREDENTIALS = True\n"
    _, result = move(tmp_path, {"settings.py": HEAD + source})
    assert codes(result) == ["any-host-of-scheme"]
    assert result.questions[0].answers == (
        'these: list each, as in "moz-extension://your-id"',
        "none that needs it: leave out CORS_ALLOW_CREDENTIALS",
        'all, knowingly: CORS_DANGEROUSLY_ALLOW = ["any-host-of-scheme"]',
    )


def test_a_project_of_flask_has_no_settings_of_django(tmp_path: Path) -> None:
    files = {"settings.py": "CORS_OPTIONS = {'origins': '*'}\n", "app.py": FLASK}
    assert note_codes(move(tmp_path, files)[1]) == []


@pytest.mark.parametrize(("cookies", "is_offered"), [("False", True), ("True", False)])
def test_every_origin_is_no_answer_where_cookies_are_on(cookies: str, is_offered: bool, tmp_path: Path) -> None:
    source = (
        f"CORS_ALLOW_CREDENTIALS = {cookies}\nCORS_ALLOWED_ORIGINS = ['*']\n"
        "CORS_ALLOWED_ORIGIN_REGEXES = [r'.*\\.a\\.example']\n"
    )
    _, result = move(tmp_path, {"settings.py": HEAD + source})
    assert codes(result) == ["star-in-list", "open-expression"]
    for question in result.questions:
        assert any("CORS_ALLOW_ALL_ORIGINS = True" in answer for answer in question.answers) == is_offered


def test_a_pattern_without_a_scheme_opens_nothing(tmp_path: Path) -> None:
    source = "CORS_ALLOWED_ORIGINS = ['*.a.example', 'https://b.example']\n"
    after, result = move(tmp_path, {"settings.py": HEAD + source})
    assert (codes(result), note_codes(result)) == (["pattern-in-list"], [])
    assert after["settings.py"].endswith("CORS_ALLOWED_ORIGINS = ['https://b.example']\n")
    assert "add 'https://*.a.example' to CORS_ALLOWED_ORIGINS" in after["settings.py"]


@pytest.mark.parametrize(
    ("listed", "code"),
    [
        ("['wss://b.example']", "origin-pageless-scheme"),
        ("['https://a.example', 'ws://localhost:3000/socket']", "origin-pageless-scheme"),
        ("['WSS://b.example']", "origin-upper-case"),
        ("[' wss://b.example']", "origin-blanks"),
        ("['https://a.example,wss://b.example']", "origin-several"),
        ("['https://a.examplewss://b.example']", "origin-several"),
    ],
)
def test_the_origin_of_a_websocket_opens_nothing(listed: str, code: str, tmp_path: Path) -> None:
    source = f"CORS_ALLOWED_ORIGINS = {listed}\nCORS_ALLOW_CREDENTIALS = True\n"
    after, result = move(tmp_path, {"settings.py": HEAD + source})
    assert (codes(result), note_codes(result)) == ([code], [])
    assert after["settings.py"].endswith(source)


def test_a_text_of_a_websocket_s_origin_opens_nothing(tmp_path: Path) -> None:
    after, result = move(tmp_path, {"settings.py": f"{HEAD}CORS_ALLOWED_ORIGINS = 'wss://a.example'\n"})
    assert codes(result) == ["origin-pageless-scheme"]
    assert after["settings.py"].endswith("CORS_ALLOWED_ORIGINS = ['wss://a.example']\n")


@pytest.mark.parametrize(
    "listed",
    [
        "['https://a.example', 'wss://a.example']",
        "['wss://a.example', 'https://a.example']",
        "['wss://a.example', 'https://a.example/']",
        "['WSS://a.example:443', 'https://a.example']",
    ],
)
def test_the_origin_of_a_websocket_is_dropped_beside_its_page_s(listed: str, tmp_path: Path) -> None:
    assert moved(tmp_path, f"CORS_ALLOWED_ORIGINS = {listed}\n") == "CORS_ALLOWED_ORIGINS = ['https://a.example']\n"


def test_files_of_users_are_asked_about(tmp_path: Path) -> None:
    _, result = move(tmp_path, {"settings.py": f"{HEAD}CORS_ALLOWED_ORIGINS = ['file://']\n"})
    assert codes(result) == ["file-origin"]
    assert 'files, knowingly: CORS_DANGEROUSLY_ALLOW = ["file-origin"]' in result.questions[0].answers


def test_sentences_that_name_the_old_library_are_left(tmp_path: Path) -> None:
    assert note_codes(
        move(tmp_path, {"settings.py": f"{HEAD}x = 'corsheaders is gone'\ny = 'corsheaders.x.Y'\n"})[1]
    ) == ["mentions"]


def test_settings_without_a_value_are_passed_over(tmp_path: Path) -> None:
    source = "from a import CORS_ALLOWED_ORIGINS\ndef CORS_ALLOW_HEADERS(): ...\n"
    assert moved(tmp_path, source) == source


def test_compiled_expressions_stay_compiled(tmp_path: Path) -> None:
    source = "import re\nCORS_ALLOWED_ORIGIN_REGEXES = [re.compile(r'https://\\w+.a.example')]\n"
    after = moved(tmp_path, source)
    assert after == 'import re\nCORS_ALLOWED_ORIGIN_REGEXES = [re.compile(r"https://\\w+\\.a\\.example")]\n'


def test_members_that_a_call_makes_are_asked_about(tmp_path: Path) -> None:
    source = "CORS_ALLOW_HEADERS = 'origin,x-a'.split(',')\nCORS_ALLOWED_ORIGINS = ['https://a.example']\n"
    after, result = move(tmp_path, {"settings.py": HEAD + source})
    assert codes(result) == ["header-forbidden"]
    assert after["settings.py"].endswith(source)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("MIDDLEWARE = MIDDLEWARE + ['C']", "MIDDLEWARE = ['C'] + MIDDLEWARE"),
        ("MIDDLEWARE = A + ['a', 'C'] + B", "MIDDLEWARE = ['C'] + A + ['a'] + B"),
        ("MIDDLEWARE = ['a', 'C'] + B", "MIDDLEWARE = ['C'] + ['a'] + B"),
        ("MIDDLEWARE = ['C'] + B", "MIDDLEWARE = ['C'] + B"),
        ("MIDDLEWARE = ['C'] + B + D", "MIDDLEWARE = ['C'] + B + D"),
        ("MIDDLEWARE = A + ('C',)", "MIDDLEWARE = ('C',) + A"),
        ("MIDDLEWARE: list = A + ['C']", "MIDDLEWARE: list = ['C'] + A"),
        ("f(A + ['C'])", "f(A + ['C'])"),
        ("f(['C'])", "f(['C'])"),
    ],
)
def test_the_middleware_of_a_sum_comes_first(before: str, after: str, tmp_path: Path) -> None:
    old, new = "corsheaders.middleware.CorsMiddleware", "django_wsgicors.CorsMiddleware"
    source = f"CORS_ALLOWED_ORIGINS = ['https://a.example']\n{before}\n".replace("'C'", f"'{old}'")
    found, result = move(tmp_path, {"settings.py": source})
    assert found["settings.py"].splitlines()[1] == after.replace("'C'", f"'{new}'")
    assert note_codes(result).count("middleware") == (before != after)


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ("CORS_ALLOWED_ORIGIN = ['https://a.example']", ["mistyped-origins"]),
        ("CORS_ORIGIN_WHITELISTS = ['https://a.example']", ["mistyped-origins"]),
        ("CORS_ALLOWED_ORIGIN = []\nCORS_ALLOWED_ORIGINS = ['https://a.example']", []),
        ("CORS_ALLOWED_ORIGIN = []\nCORS_ORIGIN_SOURCE = 'a.b'", []),
        ("CORS_COLOUR = 'blue'", []),
    ],
)
def test_a_typing_error_that_lets_nobody_in_is_asked_about(settings: str, asked: list[str], tmp_path: Path) -> None:
    source = f"INSTALLED_APPS = ['corsheaders']\n{settings}\n"
    assert codes(move(tmp_path, {"settings.py": source})[1]) == asked


@pytest.mark.parametrize(
    "how",
    ["globals().update(SETTINGS)", "globals()[name] = value", "vars()['CORS_ALLOW_CREDENTIALS'] = True",
     "locals().update(CORS_ALLOW_CREDENTIALS=True)"],
)  # fmt: skip
def test_settings_that_the_text_does_not_show_are_noted(how: str, tmp_path: Path) -> None:
    source = f"INSTALLED_APPS = ['corsheaders']\nCORS_ALLOWED_ORIGINS = ['https://a.example']\n{how}\n"
    assert note_codes(move(tmp_path, {"settings.py": source})[1]) == ["run-time"]


def test_a_switch_that_only_the_running_program_knows_is_noted(tmp_path: Path) -> None:
    source = (
        "INSTALLED_APPS = ['corsheaders']\nCORS_ALLOWED_ORIGINS = ['https://a.example']\n"
        "CORS_ALLOW_ALL_ORIGINS = os.environ['ALL'] == 'yes'\nCORS_ALLOW_CREDENTIALS = True\n"
    )
    _, result = move(tmp_path, {"settings.py": source})
    assert (note_codes(result), codes(result)) == (["computed"], [])


def test_blanks_that_are_stripped_now_are_not_asked_about(tmp_path: Path) -> None:
    source = (
        "INSTALLED_APPS = ['corsheaders']\n"
        "CORS_ALLOWED_ORIGINS = os.environ.get('A', 'https://a.example, https://b.example').split(',')\n"
    )
    _, result = move(tmp_path, {"settings.py": source})
    assert (note_codes(result), codes(result)) == (["environment"], [])


def test_a_note_has_the_list_that_replaced_a_text(tmp_path: Path) -> None:
    _, result = move(tmp_path, {"settings.py": 'INSTALLED_APPS = ["corsheaders"]\nCORS_EXPOSE_HEADERS = "X-Total"\n'})
    assert result.notes[0].text.endswith('Now ["X-Total"].')
