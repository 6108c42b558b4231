"""The tour in process: each step has one right prediction, and each question one answer from the engine."""

import re
from pathlib import Path
from typing import Any

import pytest

from wsgicors import Policy
from wsgicors.browser import Credentials, Request, fetch
from wsgicors.demo._experiments import Chosen, Experiment
from wsgicors.demo._questions import Claim, Question, questions
from wsgicors.demo._tour import ORIGIN, Lesson, lessons

API, HERE, STRANGER = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://localhost:2"
LESSONS = lessons(HERE, STRANGER, API)


def happened(lesson: Lesson) -> dict[str, Any]:
    """A browser's conclusion from a step's request."""
    experiment = Experiment(Chosen(Policy.from_mapping(lesson.policy), lesson.fault, STRANGER))
    asked = lesson.asked
    headers = [(name, value) for name, _, value in (line.partition(": ") for line in asked["headers"])]
    credentials: Credentials = "include" if asked["credentials"] else "same-origin"
    page = Request(f"{API}/notes/1", HERE, asked["method"], headers, credentials)
    conclusion = fetch(page, experiment.answer)
    return {
        "arrived": " ".join(exchange["method"] for exchange in experiment.exchanges),
        "read": conclusion.allowed,
        "counted": "x-total-count" in conclusion.readable,
    }


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_one_prediction_is_right(lesson: Lesson) -> None:
    facts = happened(lesson)
    right = [option for option in lesson.options if option.claims.items() <= facts.items()]
    assert len(right) == 1
    assert len(lesson.options) == 3


def test_the_steps_are_those_that_are_promised() -> None:
    assert [lesson.id for lesson in LESSONS] == [
        "origin", "simple-request", "preflight", "credentials", "headers", "caches",
    ]  # fmt: skip
    assert ORIGIN in LESSONS[0].before[0]


def test_the_right_answer_has_no_fixed_place() -> None:
    assert len({question.right for question in questions()}) > 2


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.lesson)
def test_the_engine_gives_one_answer_that_a_step_has_taught(question: Question) -> None:
    assert question.lesson in {lesson.id for lesson in LESSONS}
    assert [claim.holds() for claim in question.claims].count(True) == 1
    assert question.claims[question.right].holds()


@pytest.mark.parametrize("question", questions(), ids=lambda question: question.lesson)
def test_its_step_says_what_a_question_is_about(question: Question) -> None:
    (lesson,) = (lesson for lesson in LESSONS if lesson.id == question.lesson)
    assert question.taught in " ".join((*lesson.before, *lesson.after))


def test_the_tour_takes_six_minutes() -> None:
    """At 200 words a minute, which is slow, and 6 seconds for each prediction."""
    texts = [text for lesson in LESSONS for text in (lesson.title, *lesson.before, lesson.question, *lesson.after)]
    texts += [option.text for lesson in LESSONS for option in lesson.options]
    texts += [text for one in questions() for text in (one.text, one.taught, *(claim.text for claim in one.claims))]
    words = len(" ".join(texts).split())
    assert words / 200 + 12 * 6 / 60 <= 6


def test_a_question_with_two_answers_is_none() -> None:
    two = (Claim("one", lambda: True), Claim("two", lambda: True))
    with pytest.raises(ValueError, match="too many values"):
        _ = Question("origin", "", "Which?", two).right


def test_the_documentation_links_every_step() -> None:
    pages = Path(__file__).parents[2] / "docs" / "understand"
    linked = [
        step for page in pages.glob("*.md") for step in re.findall(r"/tour\.html#step=([a-z-]+)", page.read_text())
    ]
    assert sorted(linked) == sorted(lesson.id for lesson in LESSONS)
