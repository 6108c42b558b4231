"""``manage.py cors``: explain a request, list the policies, export them for a proxy, and verify a running server."""

import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal
from urllib.parse import SplitResult, unquote

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest

from django_wsgicors import _project
from django_wsgicors._routing import own_policies, rerouting_middleware, view_of
from django_wsgicors._views import dotted_name, policy_of
from django_wsgicors.signals import check_request_enabled
from wsgicors import Policy
from wsgicors._command_options import add_to_parser
from wsgicors._project_commands import HELP_OF, OPTIONS_OF, CommandFailedError, Project, Served
from wsgicors.export._projects import Exportable, Refused, Route, covering, refused

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_HANDLERS: Final = "Handlers of check_request_enabled may allow this request all the same."


class Command(BaseCommand):
    """The command. It calls no view, and only ``verify`` sends requests."""

    help = "Explains, lists, exports and verifies the project's CORS policies."
    # The command itself reports the problems of the settings.
    requires_system_checks: list[str] | tuple[str, ...] | Literal["__all__"] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``explain``, ``export``, ``list`` and ``verify``."""
        commands = parser.add_subparsers(dest="command", required=True)
        for name, options in OPTIONS_OF.items():
            add_to_parser(commands.add_parser(name, help=HELP_OF[name]), options)

    def handle(self, *args: object, **options: Any) -> None:
        """Run ``explain``, ``export``, ``list`` or ``verify``."""

        def say(text: str) -> None:
            self.stdout.write(text, ending="")

        try:
            status = _Project().run(options["command"], options, say)
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        except CommandFailedError as error:
            raise CommandError(str(error), returncode=2) from None
        if status:
            sys.exit(status)


class _Project(Project):
    framework = "django"
    command = "python manage.py cors"
    host = "http://testserver"  # as in Django's tests

    def __init__(self) -> None:
        self._current = _project.project()

    def served(self, url: SplitResult, method: str) -> Served:
        """Return the policy for a request, with the decorator or the setting that it comes from."""
        request = HttpRequest()
        request.path_info = unquote(url.path) or "/"
        request.META = {"HTTP_HOST": url.netloc, "REQUEST_METHOD": method}
        view = view_of(request)
        own = policy_of(view, method) if view is not None else None
        named = dotted_name(view, method) if view is not None else ""
        caveat = _HANDLERS if check_request_enabled.receivers else ""
        if own is not None:
            return Served(own.policy, named, f"the decorator of {named}", {}, caveat=caveat)
        path = request.path_info
        policy, rule = self._current.find(path), self._current.rule(path)
        slashed = _redirect(request) if view is None else ""
        heading = (("Redirect", f"to {slashed}, by APPEND_SLASH: have the page ask for that"),) if slashed else ()
        return Served(policy, named, rule, self._current.names(policy), heading, caveat)

    def listed(self) -> Iterator[tuple[str, tuple[Policy, ...], Mapping[str, str]]]:
        """Yield the rules of the settings, and the views with their own policy."""
        for covered, policies, names in self._current.listed():
            yield covered, policies, {name: _key(own) for name, own in names.items()}
        for own in own_policies(settings.ROOT_URLCONF):
            yield f"{own.method} {own.route} ({own.view})".lstrip(), own.policies, {}

    def exportable(self) -> Exportable:
        """Return the policies of the settings and of the views."""
        return Exportable(self._current.rules, [*_routes(self._current)], [*_unsayable(self._current)])


def _unsayable(current: _project.Project) -> Iterator[Refused]:
    """Yield what is decided by code, or cannot be expressed by path."""
    if current.urls is not None:
        facts = {"setting": "CORS_URLS_REGEX", "expression": current.urls.pattern}
        yield refused("paths-by-expression", "every target", **facts)
    if check_request_enabled.receivers:
        yield refused("handlers", "every target")
    if settings.FORCE_SCRIPT_NAME:
        yield refused("script-name", "every target", path=settings.FORCE_SCRIPT_NAME)
    for setting in ["CORS_URLCONF"] if current.urlconf is not None else rerouting_middleware():
        yield refused("urlconf", "every target", setting=setting)


def _routes(current: _project.Project) -> Iterator[Route]:
    """Yield the URLs of views with their own policy. The first route that matches a path serves it."""
    for own in own_policies(settings.ROOT_URLCONF):
        otherwise = covering(current.rules, own.begins)
        if own.varies:
            answers = [own.policies, *([otherwise] if own.method else [])]
        else:
            request = HttpRequest()
            request.path_info = own.begins
            view = view_of(request)
            found = [policy_of(view, method) if view is not None else None for method in _METHODS]
            answers = [otherwise if one is None else (one.policy,) if one.policy else () for one in found]
        yield Route(own.begins, own.varies, own.view, tuple(answers))


def _redirect(request: HttpRequest) -> str:
    """Return the path that CommonMiddleware redirects to, or ``""``."""
    if not settings.APPEND_SLASH or request.path_info.endswith("/"):
        return ""
    request.path_info += "/"
    return request.path_info if view_of(request) is not None else ""


def _key(name: str) -> str:
    """Return the key of a rule's setting, from its whole name, which includes the path."""
    return name.rpartition('["')[2].removesuffix('"]')
