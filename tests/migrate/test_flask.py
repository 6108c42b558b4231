"""The migration of each use of flask-cors."""

from pathlib import Path

import pytest

from tests.migrate.moving import FLASK, codes, move, note_codes


def moved(folder: Path, source: str, **others: str) -> str:
    after, result = move(folder, {"app.py": FLASK + source, **{f"{name}.py": text for name, text in others.items()}})
    assert codes(result) == []
    return after["app.py"].replace("flask_wsgicors", "flask_cors").removeprefix(FLASK)


def asked(folder: Path, source: str, **others: str) -> list[str]:
    after, result = move(folder, {"app.py": FLASK + source, **{f"{name}.py": text for name, text in others.items()}})
    assert after["app.py"].count("# TODO(cors): ") + sum(text.count("# TODO(cors): ") for text in after.values()) >= 1
    return codes(result)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("import flask_cors\n", "import flask_wsgicors\n"),
        ("import flask_cors as fc\nfc.CORS(a, origins=[])\n", "import flask_wsgicors as fc\nfc.CORS(a, origins=[])\n"),
        ("import flask_cors\nx = flask_cors.CORS\n", "import flask_wsgicors\nx = flask_wsgicors.CORS\n"),
        ("from flask_cors import *\n", "from flask_wsgicors import *\n"),
        ("from flask_cors import CORS as C  # why\n", "from flask_wsgicors import CORS as C  # why\n"),
        ("from flask_cors.decorator import cross_origin\n", "from flask_wsgicors import cross_origin\n"),
        ("from flask.ext.cors import CORS\n", "from flask_wsgicors import CORS\n"),
        (
            "try:\n    from flask_cors import CORS\nexcept ImportError:\n    CORS = None\n",
            "try:\n    from flask_wsgicors import CORS\nexcept ImportError:\n    CORS = None\n",
        ),
    ],
)
def test_imports(before: str, after: str, tmp_path: Path) -> None:
    assert move(tmp_path, {"a.py": before})[0]["a.py"] == after


@pytest.mark.parametrize(
    "source",
    [
        "from flask_cors.core import get_cors_options\n",
        "import flask_cors.core\n",
        "import flask_cors\nflask_cors.core.LOG\n",
        "import flask.ext.cors\n",
        "import flask_cors\nprint(flask_cors)\n",
    ],
)
def test_private_parts_are_asked_about_and_left(source: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"a.py": source})
    assert codes(result) == ["unknown-import"]
    assert after["a.py"].endswith(source)


def test_what_is_public_moves_beside_what_is_private(tmp_path: Path) -> None:
    after, result = move(tmp_path, {"a.py": "from flask_cors import CORS, core\n"})
    assert after["a.py"].endswith("from flask_wsgicors import CORS, core\n")
    assert codes(result) == ["unknown-import"]


NOTE = "# Any site may read the responses, as with flask-cors. List origins to restrict that.\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CORS(app)\n", f'{NOTE}CORS(app, origins="*")\n'),
        ("CORS(app=app)\n", f'{NOTE}CORS(app=app, origins="*")\n'),
        ("cors = CORS()\n", f'{NOTE}cors = CORS(origins="*")\n'),
        ("cors: CORS = CORS()\n", f'{NOTE}cors: CORS = CORS(origins="*")\n'),
        ("cors = CORS()\ncors.init_app(app)\n", f'cors = CORS()\n{NOTE}cors.init_app(app, origins="*")\n'),
        ('cors = CORS(origins="*")\ncors.init_app(app)\n', 'cors = CORS(origins="*")\ncors.init_app(app)\n'),
        ("CORS(\n    app,\n    max_age=60,\n)\n", f'{NOTE}CORS(\n    app,\n    origins="*",\n    max_age=60,\n)\n'),
        ("CORS(\n    app,\n)\n", f'{NOTE}CORS(\n    app,\n    origins="*",\n)\n'),
        ("CORS(\n    app\n)\n", f'{NOTE}CORS(\n    app,\n    origins="*"\n)\n'),
        (
            "@cross_origin(\n    max_age=60,\n)\ndef f(): ...\n",
            '@cross_origin(\n    origins="*",\n    max_age=60,\n)\ndef f(): ...\n',
        ),
        ('CORS(app, origins="*", send_wildcard=True)\n', 'CORS(app, origins="*")\n'),
        (
            'CORS(\n    app,\n    origins="*",\n    vary_header=True,  # why\n)\n',
            'CORS(\n    app,\n    origins="*",\n)\n',
        ),
        ('CORS(app, vary_header=True, origins="*")\n', 'CORS(app, origins="*")\n'),
        ('CORS(app, allow_origins="*")\n', 'CORS(app, allow_origins="*")\n'),
        ('CORS(app, origin="*")\n', f'{NOTE}CORS(app, origins="*")\n'),
        ("@cross_origin('*')\ndef f(): ...\n", '@cross_origin(origins="*")\ndef f(): ...\n'),
        ('O = {"origins": "*", "headers": "X"}\nCORS(app, **O)\n', 'O = {"origins": "*"}\nCORS(app, **O)\n'),
        (
            'CORS(app, resources={"/a": {"origins": "*", "vary_header": True}})\n',
            'CORS(app, resources={"/a": {"origins": "*"}})\n',
        ),
        (
            'CORS(app, resources={"/a": dict(origins="*", x=1)})\n',
            'CORS(app, resources={"/a": dict(origins="*")})\n',
        ),
        (
            'CORS(app, resources={"/a": {"max_age": 1}})\n',
            f'{NOTE}CORS(app, origins="*", resources={{"/a": {{"max_age": 1}}}})\n',
        ),
    ],
)
def test_options(before: str, after: str, tmp_path: Path) -> None:
    assert moved(tmp_path, before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('["https://a.example/", "https://a.example"]', '["https://a.example"]'),
        ("['HTTPS://A.example:443']", "['https://a.example']"),
        ("('localhost:3000',)", "('http://localhost:3000',)"),
        ("{'localhost:3000'}", "{'http://localhost:3000'}"),
        ('"https://a.example, https://b.example/"', '["https://a.example", "https://b.example"]'),
        ('"https://a.example/"', '"https://a.example"'),
        ('["https://a.example", "*"]', '"*"'),
        ('["https://a.example", ""]', '["https://a.example"]'),
        ('["https://a.example https://b.example"]', '["https://a.example", "https://b.example"]'),
        (r'r"/*"', '"*"'),
        ('".*"', '"*"'),
        ('re.compile(".*")', '"*"'),
        (r'[r"https://a\.example"]', None),
        (r're.compile(r"https://.*a.example", re.I)', None),
        ('X.split(",")', '[member.strip() for member in X.split(",") if member.strip()]'),
    ],
)
def test_origins(before: str, after: str | None, tmp_path: Path) -> None:
    found = moved(tmp_path, f"import re\nCORS(app, origins={before})\n")
    if after is None:
        assert found != f"import re\nCORS(app, origins={before})\n"
    else:
        assert found == f"import re\nCORS(app, origins={after})\n"


def test_an_expression_brings_its_import(tmp_path: Path) -> None:
    source = (
        '"""Texts."""\nfrom __future__ import annotations\n\n# Ours.\nimport os\nfrom flask_cors import '
        'CORS\nCORS(a, origins=[r"https://.*\\.a\\.example$"])\n'
    )
    after, _ = move(tmp_path, {"app.py": source})
    assert after["app.py"].startswith('"""Texts."""\nfrom __future__ import annotations\n')
    compile(after["app.py"], "app.py", "exec")
    if "re.compile" in after["app.py"]:
        assert "\n# Ours.\nimport re\nimport os\n" in after["app.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('allow_headers="A,B"', 'allow_headers=["A", "B"]'),
        ('allow_headers=["A", "Origin"]', 'allow_headers=["A"]'),
        ('allow_headers=["A: b"]', 'allow_headers=["A"]'),
        ('methods=["get", "TRACE"]', 'methods=["GET"]'),
        ('methods="get"', 'methods="GET"'),
        ("max_age=60 * 60 * 48", "max_age=86400"),
        ("max_age=timedelta(2)", "max_age=86400"),
        ("max_age=timedelta(minutes=2)", "max_age=timedelta(minutes=2)"),
        ("max_age=-1", "max_age=0"),
        ("max_age='60'", "max_age=60"),
        ("supports_credentials='yes'", "supports_credentials=True"),
        ('expose_headers="Set-Cookie"', "expose_headers=[]"),
        ("expose_headers='*', supports_credentials=True", "expose_headers=[], supports_credentials=True"),
    ],
)
def test_other_settings(before: str, after: str, tmp_path: Path) -> None:
    assert moved(tmp_path, f'CORS(app, origins="https://a.example", {before})\n') == (
        f'CORS(app, origins="https://a.example", {after})\n'
    )


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("CORS(app, supports_credentials=True)\n", "any-origin-with-credentials"),
        ('CORS(app, origins=["*", "https://a.example"], supports_credentials=True)\n', "any-origin-with-credentials"),
        ('CORS(app, origins=".*", supports_credentials=True)\n', "any-origin-with-credentials"),
        ('CORS(app, origins="*", allow_private_network=True)\n', "any-origin-with-private-network"),
        ('CORS(app, origins=["null"], supports_credentials=True)\n', "null-with-credentials"),
        ('CORS(app, origins=["http://a.example"], supports_credentials=True)\n', "insecure-origin"),
        ('CORS(app, origins=["https://*.github.io"], supports_credentials=True)\n', "public-suffix"),
        ('CORS(app, origins=["https://.*"])\n', "open-expression"),
        ('CORS(app, origins={"/*": {}})\n', "resources-in-origins"),
        ("CORS(app, **options)\n", "options-from-elsewhere"),
        ('CORS(app, origins="*", resources={"api/*": {}})\n', "dead-resource"),
        ('CORS(app, origins="https://a.example", allow_headers=["X-.*"])\n', "header-pattern"),
        ('X = "https://" + HOST\nCORS(app, origins=[f"https://{HOST}"], max_age=1.5)\n', "wrong-type"),
        ('HOST = "a.example"\nCORS(app, origins=[f"https://{HOST}/"])\n', "origin-trailing-slash"),
        ('app.config.from_envvar("X")\nCORS(app)\n', "origins-from-config"),
        ("app.config.from_object(elsewhere.Config)\nCORS(app)\n", "origins-from-config"),
        ("app.config.from_pyfile('x.py')\nCORS(app)\n", "origins-from-config"),
        ("app.config.from_prefixed_env()\nCORS(app)\n", "origins-from-config"),
        ("app.config.from_object()\nCORS(app)\n", "origins-from-config"),
        (
            (
                'app.config["CORS_ORIGINS"] = ["https://a.example"]\nCORS(app, origins="*")\n@cross_origin()\ndef '
                "f(): ...\n"
            ),
            "origins-from-config",
        ),
    ],
)
def test_questions(source: str, code: str, tmp_path: Path) -> None:
    assert code in asked(tmp_path, source)


FROM_CONFIG = "from config import Config\napp.config.from_object(Config)\n"


@pytest.mark.parametrize(
    ("config", "call", "questions"),
    [
        (
            "CORS_ORIGINS = '*'\n    CORS_SUPPORTS_CREDENTIALS = True",
            "CORS(app)",
            {"config.py": ['CORS_ORIGINS = ["https://www.example.com"]', "leave out CORS_SUPPORTS_CREDENTIALS"]},
        ),
        (
            "CORS_ORIGINS = '*'",
            "CORS(app, supports_credentials=True)",
            {"config.py": ['CORS_ORIGINS = ["https://www.example.com"]', "leave out supports_credentials"]},
        ),
        (
            "CORS_SUPPORTS_CREDENTIALS = True",
            "CORS(app, origins='*')",
            {"app.py": ['origins = ["https://www.example.com"]', "leave out CORS_SUPPORTS_CREDENTIALS"]},
        ),
        (
            "CORS_ORIGINS = ['http://a.example']\n    CORS_SUPPORTS_CREDENTIALS = True",
            "CORS(app)",
            {"config.py": ["and CORS_SUPPORTS_CREDENTIALS trusts", 'CORS_DANGEROUSLY_ALLOW = ["insecure-origin"]']},
        ),
        (
            "CORS_ORIGINS = ['https://a.example']\n    CORS_ALLOW_HEADERS = ['X-.*']",
            "CORS(app)",
            {"config.py": ["in CORS_ALLOW_HEADERS is a pattern", 'or write CORS_ALLOW_HEADERS = "*"']},
        ),
        (
            "CORS_ORIGINS = ['https://.*']",
            "CORS(app)",
            {"config.py": ["foreign origins", 'any: CORS_ORIGINS = "*"']},
        ),
        (
            "CORS_ORIGINS = ['http://a.example']\n    CORS_SUPPORTS_CREDENTIALS = True",
            "CORS(app, resources={'/a/*': {'origins': ['http://b.example']}})",
            {
                "app.py": ["and CORS_SUPPORTS_CREDENTIALS trusts", 'dangerously_allow = ["insecure-origin"]'],
                "config.py": ['CORS_DANGEROUSLY_ALLOW = ["insecure-origin"]'],
            },
        ),
    ],
)
def test_questions_are_in_the_words_of_who_wrote_the_settings(
    config: str, call: str, questions: dict[str, list[str]], tmp_path: Path
) -> None:
    files = {"config.py": f"class Config:\n    {config}\n", "app.py": f"{FLASK}{FROM_CONFIG}{call}\n"}
    _, result = move(tmp_path, files)
    found: dict[str, str] = {}
    for one in result.questions:
        found[one.file.path.name] = found.get(one.file.path.name, "") + " ".join((one.text, *one.answers))
    assert found.keys() == questions.keys()
    for name, parts in questions.items():
        assert all(part in found[name] for part in parts), found[name]
    assert "in allow_headers" not in "".join(found.values())


def test_questions_of_one_statement_are_one(tmp_path: Path) -> None:
    source = 'CORS(app, origins=["http://a.example", "http://b.example"], supports_credentials=True)\n'
    after, result = move(tmp_path, {"app.py": FLASK + source})
    assert codes(result) == ["insecure-origin"]
    assert "'http://a.example', 'http://b.example'" in result.questions[0].text
    assert after["app.py"].count("TODO") == 1


@pytest.mark.parametrize(
    ("source", "others"),
    [
        ("app.config.from_object('config.Config')\nCORS(app)\n", {"config": "class Config:\n    DEBUG = True\n"}),
        ("import config\napp.config.from_object(config.Config)\nCORS(app)\n", {"config": "class Config: ...\n"}),
        ("from config import Config\napp.config.from_object(Config)\nCORS(app)\n", {"config": "class Config: ...\n"}),
        ("app.config.from_object(f'config.{name}')\nCORS(app)\n", {"config": "class Config: ...\n"}),
        ("app.config.from_object(__name__)\nCORS(app)\n", {}),
        ("class Config: ...\napp.config.from_object(Config())\nCORS(app)\n", {}),
        ("def create(config):\n    app.config.from_object(config)\n    CORS(app)\n", {}),
        ("from config import by_name\napp.config.from_object(by_name['x'])\nCORS(app)\n", {"config": "by_name = {}\n"}),
    ],
)
def test_a_configuration_of_the_project_is_read(source: str, others: dict[str, str], tmp_path: Path) -> None:
    assert 'origins="*"' in moved(tmp_path, source, **others)


def test_a_configuration_that_lists_origins_is_left_to(tmp_path: Path) -> None:
    config = "class Config:\n    CORS_ORIGINS = ['https://a.example/']\n    CORS_MAX_AGE = None\n"
    source = "app.config.from_object('config.Config')\nCORS(app)\n"
    after, _ = move(tmp_path, {"app.py": FLASK + source, "config.py": config})
    assert "'https://a.example']" in after["config.py"]
    assert "origins=" not in after["app.py"]


@pytest.mark.parametrize(
    "how",
    [
        'app.config["CORS_ORIGINS"] = X',
        "app.config.update(CORS_ORIGINS=X)",
        "app.config.from_mapping({'CORS_ORIGINS': X})",
        "app.config.setdefault('CORS_ORIGINS', X)",
    ],
)
def test_app_config_is_read(how: str, tmp_path: Path) -> None:
    source = f"{how}\nCORS(app)\n".replace("X", '["https://a.example/"]')
    assert moved(tmp_path, source) == f"{how}\nCORS(app)\n".replace("X", '["https://a.example"]')


def test_what_is_set_too_late_is_told(tmp_path: Path) -> None:
    source = 'CORS(app)\napp.config["CORS_ORIGINS"] = ["https://a.example"]\n'
    after, result = move(tmp_path, {"app.py": FLASK + source})
    assert 'CORS(app, origins="*")' in after["app.py"]
    assert "unread-config" in note_codes(result)


def test_a_blueprint_never_read_the_configuration(tmp_path: Path) -> None:
    source = 'app.config["CORS_ORIGINS"] = []\nbp = Blueprint("b", "b")\nCORS(bp)\n'
    assert 'CORS(bp, origins="*")' in moved(tmp_path, source)


def test_an_object_is_found_in_another_file(tmp_path: Path) -> None:
    files = {
        "pkg/__init__.py": (
            "from .extensions import cors\nfrom . import extensions\ncors.init_app(a)\nextensions.cors.init_app(b)\n"
        ),
        "pkg/extensions.py": "from flask_cors import CORS\ncors = CORS()\nother.init_app(a)\nx.y.init_app(b)\n",
    }
    after, _ = move(tmp_path, files)
    assert after["pkg/__init__.py"].count('origins="*"') == 2
    assert "CORS()" in after["pkg/extensions.py"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/api/*", "/api/*"),
        ("/api/v[12]/*", "/api/v[12](/.*)?"),
        ("^/api/.*$", "^/api/.*$"),
        ("/(a|b)", "/(a|b).*"),
        (r"\/api", r"\/api.*"),
    ],
)
def test_resources(before: str, after: str, tmp_path: Path) -> None:
    for value in ('{"KEY": {}}', '["KEY"]', '"KEY"'):
        source = f'CORS(app, origins="*", resources={value})\n'
        found = moved(tmp_path, source.replace('"KEY"', f'r"{before}"'))
        assert found == source.replace('"KEY"', f'r"{after}"')


def test_resources_of_the_configuration(tmp_path: Path) -> None:
    source = (
        'app.config["CORS_RESOURCES"] = {r"/(a|b)": {"origins": "*"}}\nCORS(app, '
        'resources=app.config["CORS_RESOURCES"])\n'
    )
    assert moved(tmp_path, source) == source.replace("(a|b)", "(a|b).*")
    source = 'app.config["CORS_RESOURCES"] = {r"/(a|b)": {"origins": ["https://a.example/"]}}\nCORS(app, origins="*")\n'
    assert '"https://a.example"]' in moved(tmp_path, source)


def test_decorators_keep_what_they_had(tmp_path: Path) -> None:
    source = (
        'CORS(app, origins=["https://a.example"], supports_credentials=True, methods=["GET"], allow_headers=["A"])\n'
        "@cross_origin(origins=X)\ndef f(): ...\n"
    )
    assert (
        '@cross_origin(methods=["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"], allow_headers="*", '
        "supports_credentials=False, origins=X)"
    ) in moved(tmp_path, source)


def test_a_project_that_has_moved_is_left_alone(tmp_path: Path) -> None:
    source = (
        "from flask_wsgicors import CORS, cors, cross_origin\nCORS(app, origins=['https://a.example'], "
        "send_wildcard=True)\n"
        "@cross_origin()\ndef f(): ...\n@cors()\ndef g(): ...\n"
    )
    after, result = move(tmp_path, {"app.py": source})
    assert after["app.py"] == source
    assert result.libraries == []


def test_names_that_only_look_alike(tmp_path: Path) -> None:
    source = "from other import CORS\nCORS(app)\ncors.init_app(app)\nfrom flask_cors_more import *\nCORS(x)\n"
    assert move(tmp_path, {"app.py": source})[0]["app.py"] == source


def test_texts_that_name_the_library_are_told(tmp_path: Path) -> None:
    _, result = move(tmp_path, {"app.py": 'logging.getLogger("flask_cors").level = 1\n'})
    assert note_codes(result) == ["mentions"]


def test_branches_that_exclude_each_other_do_not_meet(tmp_path: Path) -> None:
    source = (
        "if DEBUG:\n    origins, credentials = '*', False\nelse:\n    origins = ['https://a.example']\n    "
        "credentials = True\n"
        "CORS(app, origins=origins, supports_credentials=credentials)\n"
    )
    assert moved(tmp_path, source) == source
    source = "CORS(app, origins='*' if DEBUG else 'https://a.example', supports_credentials=True)\n"
    assert asked(tmp_path, source) == ["any-origin-with-credentials"]


@pytest.mark.parametrize(
    "source",
    [
        "class Config:\n    CORS_ORIGINS = {}\nCORS(app)\napp.config.from_object(Config)\n",
        "app.config['CORS_ORIGINS'] = {}\nCORS(app)\n",
        "CORS(app, resources={{'/api/*': {{'origins': {}}}}})\n",
        "CORS(app, origins={})\n",
    ],
)
def test_lists_of_the_environment_leave_out_empty_members(source: str, tmp_path: Path) -> None:
    split = "os.environ['FRONT'].split(',')"
    mended = f"[member.strip() for member in {split} if member.strip()]"
    after, result = move(tmp_path, {"app.py": FLASK + source.format(split)})
    assert after["app.py"].partition("\n")[2] == source.format(mended)
    assert note_codes(result) == ["environment"]


def test_options_of_a_call_of_dict_are_cleaned(tmp_path: Path) -> None:
    source = "OPTIONS = dict(origins='*', vary_header=True, max_age=5)\nCORS(app, **OPTIONS)\n"
    after, result = move(tmp_path, {"app.py": FLASK + source})
    assert after["app.py"].endswith("OPTIONS = dict(origins='*', max_age=5)\nCORS(app, **OPTIONS)\n")
    assert note_codes(result) == ["option-meaningless"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("CORS(app, origins='*', vary_header=True,)", "CORS(app, origins='*',)"),
        ("CORS(app, resources={'/a': {'x': 1, 'origins': '*'}})", "CORS(app, resources={'/a': {'origins': '*'}})"),
        ("CORS(app, origins=['https://(a'])", None),
        ("cors: CORS = CORS()\ncors.init_app(app, origins='*')", None),
        ("app.cors: CORS = CORS()\napp.cors.init_app(app, origins='*')", None),
        ("CORS(app, origins='*', resources=R)\nCORS(api, origins='*', resources=R)\nR = '/a/*'", None),
        ("R = '/v[12]/*'\nCORS(a, origins='*', resources=R)\nCORS(b, origins='*', resources=R)",
         "R = r'/v[12](/.*)?'\nCORS(a, origins='*', resources=R)\nCORS(b, origins='*', resources=R)"),
        ("app.config[k] = '*'\napp.config.setdefault(k, 5)\napp.config.setdefault('A')\nCORS(app, origins='*')", None),
        ("app.config.update(other, {name: 1, 'A': 2, **more})\nCORS(app, origins='*')", None),
        ("a.b, c[0] = 1, 2\nCORS(app, origins='*')", None),
        ("x = [CORS()]\nCORS(app, origins='*')", None),
        ("CORS(app, origins='*', allow_headers={'X-A': 1})", None),
        ("app.config['O'] = ['localhost:3000']\nCORS(app, origins=app.config.get('O'))",
         "app.config['O'] = ['http://localhost:3000']\nCORS(app, origins=app.config.get('O'))"),
        ("class C:\n    O = ['localhost:3000']\nCORS(app, origins=app.config['O'])",
         "class C:\n    O = ['http://localhost:3000']\nCORS(app, origins=app.config['O'])"),
        ("x.CORS(app)\nother(CORS=5)\nCORS(app, origins='*')", None),
    ],
)  # fmt: skip
def test_rare_forms(before: str, after: str | None, tmp_path: Path) -> None:
    found, _ = move(tmp_path, {"app.py": f"{FLASK}{before}\n"})
    lines = [line for line in found["app.py"].splitlines()[1:] if not line.startswith("#")]
    assert "\n".join(lines).replace('r"', "r'").replace('?"', "?'") == (after or before)


def test_a_star_import_brings_the_two_names_alone(tmp_path: Path) -> None:
    source = "from flask_cors import *\nfrom os import *\nsystem(app)\nCORS(app)\n"
    after, _ = move(tmp_path, {"app.py": source})
    assert after["app.py"].count('origins="*"') == 1


def test_the_module_s_name_elsewhere_is_no_use_of_it(tmp_path: Path) -> None:
    source = "import flask_cors\nx.flask_cors = f(flask_cors=1)\nflask_cors.CORS(app, origins='*')\n"
    after, _ = move(tmp_path, {"app.py": source})
    assert after["app.py"].splitlines()[1:] == [
        "x.flask_cors = f(flask_cors=1)",
        "flask_wsgicors.CORS(app, origins='*')",
    ]


@pytest.mark.parametrize("name", ["extensions.cors", "cors"])
def test_an_object_of_another_module(name: str, tmp_path: Path) -> None:
    imports = "import extensions" if "." in name else "from extensions import cors, db"
    app = f"{imports}\ncors_of_none.init_app(app)\ndb.init_app(app)\n{name}.init_app(app)\n"
    files = {"extensions.py": f"{FLASK}cors = CORS()\ndb = 1\nother = CORS(origins='*')\n", "app.py": app}
    after, result = move(tmp_path, files)
    assert codes(result) == []
    assert f'{name}.init_app(app, origins="*")' in after["app.py"]


def test_settings_of_a_configuration_that_are_none_are_not_given(tmp_path: Path) -> None:
    source = "app.config['CORS_MAX_AGE'] = None\nCORS(app, origins='*')\n"
    assert moved(tmp_path, source) == source


@pytest.mark.parametrize("imported", ["from pkg import conf", "from . import conf", "from ..pkg import conf"])
def test_members_that_a_module_beside_has(imported: str, tmp_path: Path) -> None:
    app = f"{FLASK}{imported}\nCORS(app, origins=conf.ORIGINS)\n"
    files = {"pkg/__init__.py": "", "pkg/conf.py": "ORIGINS = ['localhost:3000']\n", "pkg/app.py": app}
    assert move(tmp_path, files)[0]["pkg/conf.py"] == "ORIGINS = ['http://localhost:3000']\n"


def test_a_configuration_of_another_module_is_asked_about(tmp_path: Path) -> None:
    assert asked(tmp_path, "app.config.from_object('elsewhere')\nCORS(app)\n") == ["origins-from-config"]


PRODUCTION = "PROD = dict(BASE, origins=['https://a.example/'])\n"


@pytest.mark.parametrize(
    "options",
    [
        "BASE = {'max_age': 5}\n" + PRODUCTION + "CORS(app, **(DEV if D else PROD))\nDEV = 1\n",
        "BASE = {'max_age': 5}\nDEV = {**BASE, 'origins': '*'}\n" + PRODUCTION + "CORS(app, **(DEV if D else PROD))\n",
        "BASE = {'max_age': 5}\n" + PRODUCTION + "CORS(app, **PROD)\n",
        "BASE = {'max_age': 5}\nPROD = BASE | {'origins': ['https://a.example/']}\nCORS(app, **PROD)\n",
        "if D:\n    P = {'origins': '*'}\nelse:\n    P = {'origins': ['https://a.example/']}\nCORS(app, **P)\n",
        "from functools import partial\nc = partial(cross_origin, origins=['https://a.example/'])\n",
        "import functools\nc = functools.partial(CORS, origins=['https://a.example/'])\n",
    ],
)
def test_options_are_read_wherever_they_are_merged(options: str, tmp_path: Path) -> None:
    after, result = move(tmp_path, {"app.py": FLASK + options})
    assert "https://a.example/" not in after["app.py"]
    assert "origins" in after["app.py"]
    assert codes(result) == (["origins-in-one-branch"] if "DEV = 1" in options else [])


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ("CORS(app, **({'origins': 'https://a.example'} if D else {'max_age': 5}))\n", ["origins-in-one-branch"]),
        ("CORS(app, **({'origins': 'https://a.example'} if D else {'origins': '*'}))\n", []),
        ("OPTIONS = {'origins': 'https://a.example'} if D else f()\nCORS(app, **OPTIONS)\n", ["origins-in-one-branch"]),
        ("app.config['CORS_ORIGINS'] = '*'\nCORS(app, **({'origins': 'https://a.example'} if D else {}))\n", []),
        ("@cross_origin(**({'origins': 'https://a.example'} if D else {}))\ndef f(): ...\n", ["origins-in-one-branch"]),
    ],
)
def test_origins_of_one_branch_alone_are_asked_about(source: str, asked: list[str], tmp_path: Path) -> None:
    """In the other branch flask-cors allowed every origin: it is neither closed silently nor opened."""
    after, result = move(tmp_path, {"app.py": FLASK + source})
    assert codes(result) == asked
    assert after["app.py"].endswith(source.splitlines()[-1] + "\n")


@pytest.mark.parametrize(
    ("use", "is_asked"),
    [
        ("enable(app, CORS)", True),
        ("EXTENSIONS = [CORS]", True),
        ("EXTENSIONS = {'cors': CORS}", True),
        ("decorate = cross_origin", True),
        ("def f():\n    return CORS", True),
        ("isinstance(x, CORS)", False),
        ("if CORS is None: pass", False),
        ("cors: CORS = make()", False),
        ("CORS = None", False),
        ("partial(cross_origin, origins='*')", False),
    ],
)
def test_what_is_called_where_it_is_not_seen_is_asked_about(use: str, tmp_path: Path, *, is_asked: bool) -> None:
    after, result = move(tmp_path, {"app.py": f"{FLASK}{use}\n"})
    assert codes(result) == (["handed-on"] if is_asked else [])
    assert ("is passed on here, and called where this command does not" in after["app.py"]) == is_asked


def test_a_partial_call_keeps_its_function(tmp_path: Path) -> None:
    source = "open_to_all = partial(cross_origin, send_wildcard=True)\n"
    assert moved(tmp_path, source) == 'open_to_all = partial(cross_origin, origins="*")\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "os.environ.get('A', 'https://a.example,https://b.example/').split(',')",
            "[m.strip() for m in os.environ.get('A', 'https://a.example,https://b.example').split(',') if m.strip()]",
        ),
        (
            "json.loads(os.environ.get('A', '[\"https://a.example/\"]'))",
            "json.loads(os.environ.get('A', '[\"https://a.example\"]'))",
        ),
        ("'https://a.example/,https://b.example/'.split(',')", "'https://a.example,https://b.example'.split(',')"),
        ("['localhost:3000' + '']", "['http://localhost:3000' + '']"),
        ("'localhost:3000,localhost:3000'.split(',')", None),
        ("[f'https://{h}/' for h in ['a.example']]", None),
        (r"'https://\\w+\\.a\\.example'.split(',')", None),
    ],
)
def test_members_of_a_text_are_written_where_the_text_is(before: str, after: str | None, tmp_path: Path) -> None:
    source = f"import os, json\nALLOWED = {before}\nCORS(app, origins=ALLOWED, supports_credentials=True)\n"
    found, result = move(tmp_path, {"app.py": FLASK + source})
    if after is None:
        assert len(codes(result)) == 1
        assert f"ALLOWED = {before}\n" in found["app.py"]
    else:
        assert codes(result) == []
        assert f"\nALLOWED = {after}\n" in found["app.py"].replace("member", "m")


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        ("origins=f(x)", ["computed"]),
        ("origins=['https://a.example', f(x)]", ["computed"]),
        ("origins=os.environ['A']", ["environment"]),
        ("origins='https://a.example', supports_credentials=not D", ["computed"]),
        ("origins='https://a.example', supports_credentials=bool(D)", ["computed"]),
        ("origins='https://a.example', max_age=f(x)", []),
        ("origins='https://a.example'", []),
    ],
)
def test_what_only_the_running_program_knows_is_noted(options: str, notes: list[str], tmp_path: Path) -> None:
    _, result = move(tmp_path, {"app.py": f"{FLASK}CORS(app, {options})\n"})
    assert (note_codes(result), codes(result)) == (notes, [])


@pytest.mark.parametrize("grown", ["origins.append('https://a.example/')", "origins += ['https://a.example/']"])
def test_a_member_that_becomes_another_s_twin_is_written_or_taken_out(grown: str, tmp_path: Path) -> None:
    source = f"origins = ['https://a.example']\n{grown}\nCORS(app, origins=origins)\n"
    after, result = move(tmp_path, {"app.py": FLASK + source})
    assert codes(result) == []
    assert "https://a.example/" not in after["app.py"]


def test_a_file_of_another_kind_is_not_looked_at(tmp_path: Path) -> None:
    readme = "from flask_cors import CORS\nCORS(app)\n"
    after, result = move(tmp_path, {"README.md": readme, "app.py": "import flask_cors\n"})
    assert (after["README.md"], result.left) == (readme, [])


def test_an_empty_member_that_only_the_text_has_is_asked_about(tmp_path: Path) -> None:
    assert asked(tmp_path, 'CORS(app, origins=json.loads(\'["https://a.example", ""]\'))\n') == ["origin-empty"]


@pytest.mark.parametrize(
    ("configured", "may_say"),
    [
        ("for key in os.environ:\n    app.config[key] = os.environ[key]", True),
        ("app.config[f'CORS_{name}'] = value", True),
        ("app.config[1:2] = value", True),
        ("KEY = 'DEBUG'\napp.config[KEY] = True", False),
        ("app.config.update(load())", True),
        ("app.config.update(**load())", True),
        ("app.config.update({'DEBUG': True, **load()})", True),
        ("app.config.update({name: True})", True),
        ("app.config.from_mapping(os.environ)", True),
        ("app.config.setdefault(name, value)", True),
        ("OWN = {'DEBUG': True}\napp.config.update(OWN)", False),
        ("OWN = {'CORS_ORIGINS': 'https://a.example'}\napp.config.update(OWN)", True),
        ("app.config.update(DEBUG=True)", False),
        ("app.config.update({'DEBUG': True})", False),
    ],
)
def test_what_may_set_the_origins_is_not_overridden(configured: str, tmp_path: Path, *, may_say: bool) -> None:
    """The keyword would override the list in app.config, and open what was closed."""
    after, result = move(tmp_path, {"app.py": f"{FLASK}{configured}\nCORS(app)\n"})
    assert codes(result) == (["origins-from-config"] if may_say else [])
    assert ('CORS(app, origins="*")\n' in after["app.py"].replace("it is not set: CORS", "")) != may_say


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:5173", "http://[::1]:8080"])
def test_pages_of_the_machine_itself_may_have_cookies(origin: str, tmp_path: Path) -> None:
    source = f"CORS(app, origins=['{origin}'], supports_credentials=True)\n"
    assert moved(tmp_path, source) == source


def test_a_setting_that_nobody_reads_is_noted(tmp_path: Path) -> None:
    source = (
        "from flask import Flask\nfrom flask_cors import CORS\nclass Config:\n    CORS_HEADERS = 'Content-Type'\n"
        "app = Flask('a')\napp.config['CORS_HEADERS'] = 'Content-Type'\nCORS(app, origins='*')\n"
    )
    _, result = move(tmp_path, {"app.py": source})
    notes = [(note.line, note.text) for note in result.notes if note.code == "unknown-setting"]
    assert sorted(notes) == [(4, "Neither library reads CORS_HEADERS."), (6, "Neither library reads CORS_HEADERS.")]
