"""The guides, word for word: the command makes each change that they show."""

import re
from pathlib import Path

import pytest

from docs.build import moving
from tests.checkout import ROOT
from tests.migrate.moving import FLASK, move
from wsgicors.migrate._report import LINKS

GUIDES = {
    "flask": ("docs/migrating-from-flask-cors.md", FLASK, FLASK.replace("flask_cors", "flask_wsgicors")),
    "django": (
        "docs/migrating-from-django-cors-headers.md",
        "import os\nINSTALLED_APPS = ['corsheaders']\n",
        "import os\nINSTALLED_APPS = ['django_wsgicors']\n",
    ),
}


def blocks(guide: str) -> list[str]:
    text = (ROOT / GUIDES[guide][0]).read_text("utf-8")
    section = text[text.index("## What most projects meet") : text.index("## By hand")]
    return re.findall(r"^```diff\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


CASES = [(guide, block) for guide in GUIDES for block in blocks(guide)]


@pytest.mark.parametrize(
    ("guide", "block"), CASES, ids=[f"{guide}-{number}" for number, (guide, _) in enumerate(CASES)]
)
def test_a_change_is_what_the_command_does(guide: str, block: str, tmp_path: Path) -> None:
    _, before, after = GUIDES[guide]
    lines = block.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] != "+")
    new = "".join(line[1:] for line in lines if line[0] != "-")
    found = move(tmp_path, {"settings.py": before + old})[0]["settings.py"]
    assert found.removeprefix("import re\n") == after + new


def slug(heading: str) -> str:
    return re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-")


@pytest.mark.parametrize("guide", GUIDES)
def test_the_ten_differences_stand_in_the_order_of_their_measured_frequency(guide: str) -> None:
    text = (ROOT / GUIDES[guide][0]).read_text("utf-8")
    section = text[text.index("## What most projects meet") : text.index("## By hand")]
    headings = [slug(heading) for heading in re.findall("^### (.*)$", section, re.MULTILINE)]
    measured = moving(guide)["differences"]
    counts = [measured.get(heading, 0) for heading in headings]
    assert len(headings) == 10
    assert measured.keys() <= {*headings}
    assert counts == sorted(counts, reverse=True)
    assert [anchor for anchor in dict.fromkeys(anchor for _, anchor in LINKS[guide]) if anchor in headings] == headings


@pytest.mark.parametrize("guide", GUIDES)
def test_links_lead_to_headings(guide: str) -> None:
    text = (ROOT / GUIDES[guide][0]).read_text("utf-8")
    anchors = {slug(heading) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    assert {anchor for _, anchor in LINKS[guide]} <= anchors
