"""``manage.py cors``: what the project says of a page's request, and all that its settings and views say."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest

from django_wsgicors._project import Project, project
from django_wsgicors._routing import own_policies, view_of
from django_wsgicors._views import dotted_name, policy_of
from django_wsgicors.signals import check_request_enabled
from wsgicors import Policy
from wsgicors.explain import covering_rule, explain, list_lines

HOST: Final = "http://testserver"
"""Stands for the project's own host where a URL has none, as in Django's tests."""


class Command(BaseCommand):
    """The command. It sends nothing and calls no view."""

    help = "Explains what is answered to pages of other origins, and lists who is let in where."
    requires_system_checks = ()  # a faulty project is told of just the same

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``explain`` and ``list``."""
        commands = parser.add_subparsers(dest="command", required=True)
        explaining = commands.add_parser(
            "explain", help="Explain one request of a page. Exits with 1 if it is blocked."
        )
        explaining.add_argument("url", help="a URL of the project, or its path")
        explaining.add_argument("--origin", required=True, help="the page's, such as https://www.example.com")
        explaining.add_argument("--method", default="GET", help="the request's method (default: GET)")
        explaining.add_argument(
            "--header",
            action="append",
            default=[],
            help="a header that the page sets, as Name or 'Name: value'; repeatable",
        )
        explaining.add_argument("--credentials", action="store_true", help="the page sends cookies and the like")
        explaining.add_argument("--private-network", action="store_true", help="the page is in a more public network")
        commands.add_parser("list", help="List every rule, and every view that has a policy of its own.")

    def handle(self, *args: object, **options: Any) -> None:
        """Run ``explain`` or ``list``."""
        try:
            current = project()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        if options["command"] == "list":
            self._print(list_lines([*current.listed(), *_views()]))
        else:
            self._explain(current, options)

    def _explain(self, current: Project, options: Mapping[str, Any]) -> None:
        url: str = options["url"]
        request = HttpRequest()
        request.path_info = unquote(urlsplit(url).path) or "/"
        view = view_of(request)
        own = policy_of(view, options["method"]) if view is not None else None
        named = dotted_name(view) if view is not None else ""
        explanation = explain(
            current.find(request.path_info) if own is None else own.policy,
            urljoin(HOST, url),
            options["origin"],
            method=options["method"],
            headers=options["header"],
            credentials=options["credentials"],
            private_network=options["private_network"],
            view=named,
            rule=_rule(current, request.path_info) if own is None else f"the decorator of {named}",
        )
        self._print(explanation.lines())
        if explanation.allowed:
            return
        if check_request_enabled.receivers:
            self._print(["", "There are handlers of check_request_enabled, which may let the request in all the same."])
        sys.exit(1)

    def _print(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _rule(current: Project, path: str) -> str:
    """What says which policy answers for a path, in words."""
    rule = covering_rule(current.rules, path)
    if rule is not None:
        return f'CORS_RULES["{rule}"]' if rule in getattr(settings, "CORS_RULES", {}) else "the settings for every path"
    if current.urls is not None and current.urls.match(path):
        return "the settings for the paths of CORS_URLS_REGEX"
    return ""


def _views() -> Iterator[tuple[str, tuple[Policy, ...]]]:
    for own in own_policies(settings.ROOT_URLCONF):
        yield f"{own.method} {own.route} ({own.view})".lstrip(), own.policies
