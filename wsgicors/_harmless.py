"""Policies without what has no effect in any browser: other libraries accept such values, so adapters only warn."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from wsgicors._catalogue import CATALOGUE, HARMLESS
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError, Problem


def build_policy(settings: Mapping[str, Any]) -> tuple[Policy, tuple[Problem, ...]]:
    """Build a policy as `wsgicors.Policy` does, but leave out what has no effect in any browser.

    Other libraries accept such values: a header that no page can set, a method that no page can send, a ``max_age``
    over a day, unescaped dots of ``127.0.0.1`` in an expression. Leaving them out changes nothing, so an adapter can
    warn instead of failing.

    Args:
        settings: The settings, by the names of `wsgicors.Policy`.

    Returns:
        The policy, and the problems to warn of.

    Raises:
        PolicyError: with every other problem.

    >>> settings = {"allow_origins": "*", "allow_headers": ["X-Mine", "Origin"], "max_age": 864000}
    >>> policy, problems = build_policy(settings)
    >>> policy
    Policy(allow_origins='*', allow_headers=['X-Mine'], max_age=86400)
    >>> [problem.code for problem in problems]
    ['header-forbidden', 'max-age-range']
    """
    # An iterator can be read only once, and the settings may be read twice.
    values: dict[str, Any] = {
        name: [*cast("Iterator[object]", value)] if isinstance(value, Iterator) else value
        for name, value in settings.items()
    }
    try:
        return Policy(**values), ()
    except PolicyError as error:
        harmless = tuple(problem for problem in error.problems if _is_harmless(problem))
        if not harmless:
            raise
    for problem in harmless:
        values[problem.setting] = _without(values[problem.setting], problem)
    return Policy(**values), harmless


def _is_harmless(problem: Problem) -> bool:
    match problem.code:
        case "not-a-token":
            # A header with its value: browsers would ignore it.
            return problem.setting == "expose_headers" and str(problem.value).lower().startswith("access-control-")
        case "regex-dot":
            return _with_loopback_dots(str(problem.value)) is not None
        case "max-age-range":
            return cast("int", problem.value) >= 0
        case code:
            return code in HARMLESS


def _without(value: Any, problem: Problem) -> object:
    """Return the value of a setting without the member that has no effect."""
    if problem.code == "max-age-range":
        return int(problem.instead)
    if isinstance(value, str):
        return value  # instead of a list, which is a problem of its own
    if problem.code == "regex-dot":
        return [_escaped(cast("object", member), problem) for member in value]
    return [name for name in value if name != problem.value]


def _escaped(member: object, problem: Problem) -> object:
    """Return a member of ``allow_origins``, with the dots of 127.0.0.1 escaped if the problem is about this member."""
    if not isinstance(member, re.Pattern):
        return member
    regex = cast("re.Pattern[str]", member)
    return (
        re.compile(_with_loopback_dots(regex.pattern) or "", regex.flags) if regex.pattern == problem.value else regex
    )


def _with_loopback_dots(pattern: str) -> str | None:
    r"""Return an expression with the dots of ``127.0.0.1`` escaped; None if it has any other fault.

    It then no longer admits names such as ``127a0b0c1``. No top-level domain begins with a digit, so such names do not
    resolve (RFC 3696, 2).

    >>> print(_with_loopback_dots(r"http://127.0.0.1:\d+"), _with_loopback_dots(r"https://www.example\.com"))
    http://127\.0\.0\.1:\d+ None
    """
    from wsgicors._suggestions import member_problem  # at start-up only

    literal = re.sub(r"(?<!\d)127\.0\.0\.1(?!\d)", r"127\\.0\\.0\\.1", pattern)
    proven = literal != pattern and member_problem(re.compile(literal)) is None
    return literal if proven else None


def ignored(problem: Problem) -> str:
    """Return the warning for a problem whose value `build_policy` left out.

    >>> _, [problem] = build_policy({"allow_origins": "*", "allow_methods": ["PUT", "TRACE"]})
    >>> ignored(problem)
    "'TRACE' in allow_methods: no browser lets a page send this method. It is ignored."
    """
    return f"{problem.message} {CATALOGUE[problem.code].harmless or 'It is ignored.'}"
