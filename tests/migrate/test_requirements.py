"""The migration of requirements."""

from pathlib import Path

import pytest

from tests.migrate.moving import move, write
from wsgicors.migrate._requirements import rewritten
from wsgicors.migrate._run import migrate


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("flask-cors\n", "wsgicors-policy[flask]\n"),
        (
            "Flask_Cors>=3,<5 ; python_version > '3.8'  # why\n",
            "wsgicors-policy[flask] ; python_version > '3.8'  # why\n",
        ),
        ("django-cors-headers==4\nflask.cors\nx", "wsgicors-policy[django,flask]\nx"),
        ("flask-cors-more\n# flask-cors\n", "flask-cors-more\n# flask-cors\n"),
        ("flask-cors==1 --hash=sha256:00\n", None),
        ("flask-cors==1 \\\n    --hash=sha256:00\n", None),
        ("flask-cors @ https://a.example/#x\n", None),
        ("nothing\n", "nothing\n"),
    ],
)
def test_lines(before: str, after: str | None) -> None:
    assert rewritten(Path("requirements.txt"), before) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            '[project]\nkeywords = ["flask-cors"]\ndependencies = [\n  "flask-cors>=4",  # why\n  "x",\n]\n',
            '[project]\nkeywords = ["flask-cors"]\ndependencies = [\n  "wsgicors-policy[flask]",  # why\n  "x",\n]\n',
        ),
        (
            '[dependency-groups]\ntest = ["django-cors-headers", {include-group = "x"}]\n',
            '[dependency-groups]\ntest = ["wsgicors-policy[django]", {include-group = "x"}]\n',
        ),
        (
            '[project.optional-dependencies]\nweb = ["flask-cors"]\n',
            '[project.optional-dependencies]\nweb = ["wsgicors-policy[flask]"]\n',
        ),
        (
            '[tool.poetry.dependencies]\nflask-cors = "^4"  # front\ndjango-cors-headers = {version = "4"}\nx = "1"\n',
            (
                '[tool.poetry.dependencies]\nwsgicors-policy = {version = "*", extras = ["flask", "django"]}  # '
                'front\nx = "1"\n'
            ),
        ),
        ('[tool.poetry.dependencies.flask-cors]\nversion = "4"\n', None),
        ("[flask-cors\n", None),
    ],
)
def test_pyproject(before: str, after: str | None) -> None:
    assert rewritten(Path("pyproject.toml"), before) == after


def test_setup_py(tmp_path: Path) -> None:
    before = "setup(name='flask-cors-shop', install_requires=['django-cors-headers>=4', \"flask-cors\"])\n"
    after = "setup(name='flask-cors-shop', install_requires=['wsgicors-policy[django]', \"wsgicors-policy[flask]\"])\n"
    assert move(tmp_path, {"setup.py": before})[0]["setup.py"] == after


@pytest.mark.parametrize("name", ["Pipfile", "environment.yml", "environment.yaml", "setup.cfg"])
def test_other_formats_are_named(name: str, tmp_path: Path) -> None:
    write(tmp_path, {name: "flask-cors\n"})
    assert [left.path.name for left in migrate([tmp_path]).left] == [name]
    write(tmp_path, {name: "flask\n"})
    assert migrate([tmp_path]).left == []
