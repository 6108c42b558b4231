"""The texts of the command: questions, notes and findings, in addition to the core's catalogue of problems."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wsgicors.problems import SITE

FLASK_GUIDE: Final = f"{SITE}migrating-from-flask-cors.html"
DJANGO_GUIDE: Final = f"{SITE}migrating-from-django-cors-headers.html"
STARLETTE_GUIDE: Final = f"{SITE}start/asgi.html"


class Asked(NamedTuple):
    """A question that only the project's owner can answer.

    Attributes:
        text: The question. It can contain ``{value}``, ``{credentials}``, ``{private_network}``, ``{origins}``,
            ``{any_origin}``, ``{or_any}``, ``{dangerously}``, ``{instead}`` and the facts of its kind.
        answers: Two or three answers, each with what to write.
        unsafe: Whether ``--check`` reports it, because the project is unsafe in its current state.
    """

    text: str
    answers: tuple[str, ...]
    unsafe: bool = False


QUESTIONS: Final[Mapping[str, Asked]] = {
    "any-origin-with-credentials": Asked(
        "every site on the web is let in with the cookies of your users. Which origins do you trust with them?",
        (
            "these pages: {origins} = {listed}{without_switch}",
            "nobody: any page may read, without cookies; leave out {credentials}",
        ),
        unsafe=True,
    ),
    "null-with-credentials": Asked(
        (
            '"null" is let in with the cookies of your users, and every site can make a page with that origin. Who '
            "needs it?"
        ),
        ('nobody: take out "null"', "pages without cookies: leave out {credentials}"),
        unsafe=True,
    ),
    "any-origin-with-private-network": Asked(
        "every site on the web may reach this server in its private network. Which pages need to?",
        (
            "these pages: {origins} = {listed}{without_switch}",
            "none: leave out {private_network}",
            'all, knowingly: {dangerously} = ["any-origin-with-private-network"]',
        ),
        unsafe=True,
    ),
    "null-with-private-network": Asked(
        (
            '"null" may reach this server in its private network, and every site can make a page with that origin. '
            "Who needs it?"
        ),
        ('nobody: take out "null"', "pages without it: leave out {private_network}"),
        unsafe=True,
    ),
    "insecure-origin": Asked(
        "{value}: anybody on the network of a user can put a page under a plain http origin, and {with_setting} "
        "trusts it. Can that page be served over https?",
        (
            "yes: write its https origin",
            "no, and it needs no more than the data: leave out {with_setting}",
            'no, and the network is trusted: {dangerously} = ["insecure-origin"]',
        ),
        unsafe=True,
    ),
    "public-suffix": Asked(
        "{value} lets in every name under {host}, where anybody can register one. Which names are yours?",
        (
            "these: list each, as in {example}",
            'all, knowingly: {dangerously} = ["public-suffix"]',
        ),
        unsafe=True,
    ),
    "any-host-of-scheme": Asked(
        "{value} lets in every page of the scheme {scheme}, of everybody's extensions and apps, and {with_setting} "
        "trusts it. Which of them are yours?",
        (
            'these: list each, as in "{scheme}://your-id"',
            "none that needs it: leave out {with_setting}",
            'all, knowingly: {dangerously} = ["any-host-of-scheme"]',
        ),
        unsafe=True,
    ),
    "file-origin": Asked(
        "{value} lets in every file on the disk of a user, downloaded pages among them. Which page is meant?",
        (
            "one that can be served from localhost: list that origin",
            'files, knowingly: {dangerously} = ["file-origin"]',
        ),
        unsafe=True,
    ),
    "open-expression": Asked(
        "the expression {value} lets in foreign origins. Which hosts are meant?",
        (
            'these: name them, as in "https://*.example.com"',
            "{or_any}",
        ),
        unsafe=True,
    ),
    "empty-expression": Asked(
        "the expression {value} matches every origin. Was that meant?",
        ("no: remove it", "yes: {any_origin}"),
        unsafe=True,
    ),
    "star-in-list": Asked(
        '"*" in {setting} let nobody in with django-cors-headers. Which origins does it mean?',
        (
            'these pages: {origins} = ["https://www.example.com"]',
            "{or_any}",
            "nobody: remove this comment",
        ),
    ),
    "pattern-in-list": Asked(
        "{value} let no such origin in with the old library, and lets in every one that the star stands for here. "
        "Was that meant?",
        ("yes: add {value} to {origins}", "no: list the origins of the pages"),
    ),
    "origins-from-config": Asked(
        (
            "flask-cors let every origin in unless {key} said otherwise, and that may be set where this command "
            "does not see it ({place})."
        ),
        (
            "it is set there: change nothing and remove this comment",
            "it is not set: {call_with_any}, for data that any site may read",
        ),
    ),
    "options-from-elsewhere": Asked(
        "the options come from {value}, which this command does not see. Are origins among them?",
        ("yes: change nothing and remove this comment", 'no: add origins="*", or the list'),
    ),
    "origins-in-one-branch": Asked(
        "{value} names origins in some branches of the program; in the others flask-cors let every origin in. Was that "
        "meant?",
        ('yes: write "origins": "*" there', "no: list the origins there too"),
    ),
    "resources-in-origins": Asked(
        (
            "origins= holds a mapping of paths, whose keys flask-cors took for expressions: every origin was let "
            "in. Was resources= meant?"
        ),
        ("yes: resources={value}", "no: list the origins of the pages"),
        unsafe=True,
    ),
    "dead-resource": Asked(
        (
            "the resource {value} covered no path with flask-cors, as every path begins with a slash. Which paths "
            "are meant?"
        ),
        ("those below it: {instead}", "none: remove it"),
    ),
    "unknown-import": Asked(
        "{value} is a private part of {library}, and has no counterpart. What does the code need it for?",
        ("the public names are {known}", "nothing any more: remove it"),
    ),
    "middleware-elsewhere": Asked(
        "{value} is not only added here: this file is left unchanged. What does the code need it for?",
        ("write policy=wsgicors.Policy(…) where it is added, and import it from wsgicors.asgi",),
    ),
    "options-in-mapping": Asked(
        "the options come from {value}: this file is left unchanged. What do they contain?",
        ("the settings of a policy: write policy=wsgicors.Policy(…), and import the middleware from wsgicors.asgi",),
    ),
    "nobody-let-in": Asked(
        "no origins are given, so no page is let in. Which pages are meant?",
        ('these: allow_origins=["https://www.example.com"]', "none: remove the middleware"),
    ),
    "handed-on": Asked(
        "{value} is passed on here, and called where this command does not see it. Does each call name its origins?",
        ("yes: change nothing and remove this comment", 'no: add origins="*", or the list'),
    ),
    "mistyped-origins": Asked(
        "{value} was never read by django-cors-headers, so no page is let in. Was {instead} meant?",
        ("yes: write {instead}", "no: give the project's own setting a name that does not begin with CORS_"),
    ),
    "problem": Asked("{message}", ("{remedy}",)),
}
"""Questions by code: codes of the core's problems for questions about problems, and the command's own codes."""

NOTES: Final[Mapping[str, str]] = {
    "any-origin": "Every site may read the responses, as before. List origins to restrict that.",
    "option-ignored": "{name} is not an option of flask-cors, which ignored it: removed.",
    "option-meaningless": "{name} has no meaning here: removed.",
    "removed": "{message} Removed.",
    "changed": "{message} Now {instead}.",
    "whole": "The expression {value} matches whole origins here, and no longer what only begins so.",
    "narrowed": "The expression {value} is now {instead}: whole origins only, and no foreign ones.",
    "resource": "The resource {value} is now {instead}: resources match whole paths here.",
    "decorator": "{name} of the decorated view is written out: decorators inherit from CORS(…) here.",
    "unread-config": "{key} is set after CORS(…) has read the configuration; neither library uses it.",
    "middleware": (
        "The CORS middleware stands first in MIDDLEWARE: redirects and errors of the others have CORS headers too."
    ),
    "hand-written": "{value} is set by hand here: where the library answers, its own header replaces this one.",
    "subclass": "A class overrides {value} of django-cors-headers, which is not called here: use the signal "
    "check_request_enabled, or CORS_ORIGIN_SOURCE.",
    "conf": "corsheaders.conf has no counterpart: read django.conf.settings.",
    "run-time": "{value} is set at run time, to a value that this command does not know.",
    "unknown-setting": "Neither library reads {value}.",
    "removed-setting": "{value} was removed from django-cors-headers, and has no effect: remove it. {successor}",
    "environment": "{value} comes from the environment: it is checked when the project starts.",
    "computed": "{value} is known at run time only: it is checked when the project starts.",
    "silenced": "{value} in SILENCED_SYSTEM_CHECKS: the checks have other ids here (django_wsgicors.*).",
    "starlette": (
        "Add wsgicors-policy to the requirements. It is better to wrap the app, as in app = wsgicors.asgi.CORS(app, "
        "policy): unhandled errors then have CORS headers too."
    ),
    "authorization": '"*" does not cover Authorization in browsers, and Starlette answered it: it is named now.',
    "mentions": "This file names {value}, and was left alone: change it by hand.",
}
"""Notes on what a run did, or saw but could not evaluate."""

FINDINGS: Final[Mapping[str, str]] = {
    "reflected-origin": (
        "The Origin of the request is answered without a check: every site may read the response{with_cookies}."
    ),
    "null-listed": '"null" is let in: every site can make a page with that origin, in a sandboxed frame.',
    "open-expression": (
        "The expression {value} lets in foreign origins: it leaves the host open, or only the beginning of an origin "
        "is compared."
    ),
}
"""What ``--check`` finds besides unsafe settings."""

NEXT: Final[Mapping[str, str]] = {
    "flask": "flask cors list",
    "django": "python manage.py check",
    "starlette": "python -c 'import your_app'",
}
"""What to run once the files are rewritten."""
