"""The tour as people take it: they predict, their browser sends, and the screen shows what happened."""

from collections.abc import Generator
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.browsers.chromium import Chromium
from tests.browsers.engine import Engine
from wsgicors.demo._questions import Question, questions
from wsgicors.demo._serving import Demo, served
from wsgicors.demo._tour import ORIGIN, Lesson, lessons

pytestmark = pytest.mark.browsers

API, HERE, STRANGER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://localhost:2"
LESSONS = lessons(HERE, STRANGER, API)
QUESTIONS = questions()
RIGHT = {
    "origin": 1, "simple-request": 0, "preflight": 2, "credentials": 2, "headers": 1, "caches": 0,
}  # fmt: skip
"""The option of each step that happens in every browser."""


@pytest.fixture(scope="module")
def demo() -> Generator[Demo]:
    with served(0, 0) as running:
        yield running


def opened(engine: Engine, demo: Demo, fragment: str) -> None:
    """Load a screen anew."""
    engine.visit(urljoin(demo.page_origin, "/facts"))
    engine.visit(f"{demo.page_origin}/tour.html{fragment}")
    engine.text("#progress", containing=" of 6")


def texts(engine: Engine, selector: str) -> list[str]:
    found: Any = engine.run("return [...document.querySelectorAll(args[0])].map(e => e.textContent)", selector)
    return found


def predict(engine: Engine, option: int) -> list[str]:
    """Choose an option; return the outcome, and what really happened."""
    engine.click(f"#options button:nth-of-type({option + 1})")
    engine.text("#after .cause")
    return texts(engine, "#after .outcome, #after .cause")


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_a_step(chromium: Chromium, demo: Demo, lesson: Lesson) -> None:
    opened(chromium, demo, f"#step={lesson.id}")
    assert texts(chromium, "#title, #question") == [lesson.title, lesson.question]
    assert texts(chromium, "#options button") == [option.text for option in lesson.options]
    assert texts(chromium, "#after p") == []  # the reader predicts first
    assert texts(chromium, "#steps .next") == []
    right = RIGHT[lesson.id]
    assert predict(chromium, right) == ["You were right", lesson.options[right].text]
    assert lesson.after[0].replace(STRANGER, demo.stranger_origin) in texts(chromium, "#after p")
    assert texts(chromium, "#after .picture .head")
    assert any("/notes/1" in head for head in texts(chromium, "#after .picture .head"))
    assert chromium.run("return location.hash") == f"#step={lesson.id}&chosen={right}"
    assert len(texts(chromium, "#steps .next")) == 1


def test_a_wrong_prediction_is_not_quite(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "#step=preflight")
    assert predict(engine, 0) == ["Not quite", LESSONS[2].options[RIGHT["preflight"]].text]


def test_the_whole_tour_by_its_links(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "")
    assert ORIGIN in texts(engine, "#before p")[0]
    seen = []
    screens: list[Lesson | Question] = [*LESSONS, *QUESTIONS]
    for screen in screens:
        seen.append(texts(engine, "#question")[0])
        option = screen.right if isinstance(screen, Question) else RIGHT[screen.id]
        assert predict(engine, option)[0] == "You were right"
        if screen is not QUESTIONS[-1]:
            progress = texts(engine, "#progress")[0]
            engine.click("#steps .next")
            engine.run("while (document.getElementById('progress').textContent === args[0]) await 0", progress)
    assert seen == [*(lesson.question for lesson in LESSONS), *(question.text for question in QUESTIONS)]
    assert texts(engine, "#steps .next") == ["Open the playground"]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.lesson)
def test_a_question(chromium: Chromium, demo: Demo, question: Question) -> None:
    opened(chromium, demo, f"#question={question.lesson}")
    assert texts(chromium, "#after p") == []
    wrong = (question.right + 1) % len(question.claims)
    assert predict(chromium, wrong) == ["Not quite", question.claims[question.right].text]
    assert chromium.run("return document.querySelector('#after p:last-child a').hash") == f"#step={question.lesson}"


def test_back_and_reload_show_the_screen_of_their_url(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "#step=credentials")
    predict(engine, 0)
    engine.run("history.back()")
    engine.run("while (document.querySelector('#after p')) await new Promise(requestAnimationFrame)")
    assert engine.run("return location.hash") == "#step=credentials"
    engine.run("history.forward()")
    engine.text("#after .cause", containing="may not read")
    here = str(engine.run("return location.hash"))
    opened(engine, demo, here)
    assert engine.text("#after .cause", containing="may not read") == LESSONS[3].options[2].text
    opened(engine, demo, "#step=none&chosen=9")
    assert texts(engine, "#title") == ["Origin"]


def test_the_policy_is_shown_for_the_place_of_ones_choice(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "#step=preflight&chosen=2")
    engine.text("#code")
    for place, word in (
        ("Django", 'CORS_ALLOW_HEADERS = ["Content-Type"]'),
        ("Flask", 'allow_headers=["Content-Type"]'),
    ):
        engine.run("""
            const place = document.getElementById("place");
            place.value = args[0];
            place.dispatchEvent(new Event("change"));
        """, place)  # fmt: skip
        faulty, corrected = texts(engine, "#code code")
        assert (word in faulty, word in corrected) == (False, True)
        assert engine.run("return location.hash") == f"#step=preflight&chosen=2&place={place}"
    onward = "document.querySelector('#more p:last-child a').href"
    assert str(engine.run(f"return {onward}")).endswith("&place=Flask")
    engine.click("#steps .next")
    engine.text("#progress", containing="Step 4")
    predict(engine, 0)
    assert "supports_credentials" in texts(engine, "#code code")[1]  # the place stays


def test_a_step_is_continued_in_the_playground(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "#step=caches&chosen=0")
    engine.text("#after .cause", containing="stored response")
    engine.visit(str(engine.run("return document.querySelector('#after p:last-child a').href")))
    assert "A cache gives one origin's answer to another" in engine.text("#verdict", containing="as predicted")


def test_a_browser_that_does_something_else_is_told_of(engine: Engine, demo: Demo) -> None:
    opened(engine, demo, "#step=simple-request")
    engine.run("const once = send; globalThis.send = async request => { await once(request); return once(request); }")
    assert predict(engine, 1)[1] == "This browser does not follow the standard"


def test_the_demo_has_stopped(engine: Engine) -> None:
    with served(0, 0) as demo:
        opened(engine, demo, "#step=origin")
    assert "Is it still running?" in predict(engine, 1)[1]
