"""``manage.py cors``: explain a request, list the policies, export them for a proxy, and verify a running server."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal
from urllib.parse import unquote, urljoin, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.http import HttpRequest

from django_wsgicors._project import Project, project
from django_wsgicors._routing import own_policies, rerouting_middleware, view_of
from django_wsgicors._views import dotted_name, policy_of
from django_wsgicors.signals import check_request_enabled
from wsgicors import Policy, PolicyError, doctor
from wsgicors.doctor.verify import verify
from wsgicors.export._projects import (
    CannotCheckError,
    ExportError,
    Given,
    Refused,
    Route,
    add_to_parser,
    covering,
    export_project,
    policies_alone,
    refused,
)

HOST: Final = "http://testserver"
"""The project's own host for a URL without one, as in Django's tests."""

_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Command(BaseCommand):
    """The command. It calls no view, and only ``verify`` sends requests."""

    help = "Explains, lists, exports and verifies the project's CORS policies."
    # The command itself reports the problems of the settings.
    requires_system_checks: list[str] | tuple[str, ...] | Literal["__all__"] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add ``explain``, ``export``, ``list`` and ``verify``."""
        commands = parser.add_subparsers(dest="command", required=True)
        explaining = commands.add_parser(
            "explain",
            help="Explain one request of a page. The exit status is 1 if the page cannot read the response, 2 if "
            "no browser could make the request.",
        )
        explaining.add_argument("url", help="a URL of the project, or its path")
        explaining.add_argument("--origin", required=True, help="the page's, such as https://www.example.com, or null")
        explaining.add_argument("--method", default="GET", help="the request's method (default: GET)")
        explaining.add_argument(
            "--header", action="append", default=[], help="a request header that the page's script sets; repeatable"
        )
        explaining.add_argument("--credentials", action="store_true", help='as with credentials: "include"')
        explaining.add_argument("--private-network", action="store_true", help="the page is in a more public network")
        explaining.add_argument(
            "--json", action="store_true", help="print JSON; the documentation of the doctor has its schema"
        )
        exporting = commands.add_parser(
            "export",
            help="Write the policies as configuration for a proxy or gateway. The exit status is 1 if --check or "
            "--validate finds something, 2 if the server cannot express them or only code can decide them.",
        )
        add_to_parser(exporting)
        verifying = commands.add_parser(
            "verify",
            help="Compare a running server with the policies. It gets few requests, and only a few a second. The exit "
            "status is 1 if something differs, 2 if that cannot be determined.",
        )
        verifying.add_argument("url", help="an absolute URL that pages read")
        verifying.add_argument(
            "--json", action="store_true", help="print JSON; the documentation of the doctor has its schema"
        )
        commands.add_parser("list", help="List every rule, and every view that has a policy of its own.")

    def handle(self, *args: object, **options: Any) -> None:
        """Run ``explain``, ``export``, ``list`` or ``verify``."""
        try:
            current = project()
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from None
        if options["command"] == "explain":
            self._explain(current, options)
        elif options["command"] == "export":
            self._export(current, options)
        elif options["command"] == "verify":
            self._verify(current, options)
        else:
            for covered, policies, names in (*current.listed(), *_views()):
                lines = doctor.report.of_policies(
                    [(covered, policies)], {name: _key(own) for name, own in names.items()}
                )
                self.stdout.write(doctor.report.text(lines), ending="")

    def _explain(self, current: Project, options: Mapping[str, Any]) -> None:
        url: str = urljoin(HOST, options["url"])
        request = HttpRequest()
        request.path_info = unquote(urlsplit(url).path) or "/"
        request.META = {"HTTP_HOST": urlsplit(url).netloc, "REQUEST_METHOD": options["method"]}
        view = view_of(request)
        own = policy_of(view, options["method"]) if view is not None else None
        policy = own.policy if own is not None else current.find(request.path_info)
        named = dotted_name(view, options["method"]) if view is not None else "none"
        rule = f"the decorator of {named}" if own is not None else current.rule(request.path_info)
        heading = [("View", named), ("Rule", rule or "none: the view's own headers stay unchanged")]
        if view is None and (slashed := _redirect(request)):
            heading.append(("Redirect", f"to {slashed}, by APPEND_SLASH: have the page ask for that"))
        try:
            explained = doctor.explain(
                policy,
                options["origin"],
                url=url,
                method=options["method"],
                headers=options["header"],
                credentials=options["credentials"],
                private_network=options["private_network"],
                heading=heading,
                settings=current.names(policy) if own is None else {},
                framework="django",
            )
        except doctor.AskError as error:
            raise CommandError(str(error), returncode=2) from None
        status = explained.examination.decision.exit_status
        if options["json"]:
            self.stdout.write(json.dumps(explained.to_json(), indent=2))
        else:
            self.stdout.write(doctor.report.text(doctor.report.of_explained(explained)), ending="")
            if status and check_request_enabled.receivers:
                self.stdout.write("\nHandlers of check_request_enabled may allow this request all the same.")
        if status:
            sys.exit(status)

    def _export(self, current: Project, options: Mapping[str, Any]) -> None:
        given = Given.of(options, "python manage.py cors export", afterwards="python manage.py cors verify URL")

        def say(text: str) -> None:
            self.stdout.write(text, ending="")

        try:
            status = export_project(current.rules, _routes(current), _unsayable(current), given, say)
        except (PolicyError, ExportError, CannotCheckError, OSError) as error:
            raise CommandError(str(error), returncode=2) from None
        if status:
            sys.exit(status)

    def _verify(self, current: Project, options: Mapping[str, Any]) -> None:
        try:
            exact = policies_alone(current.rules, _routes(current), _unsayable(current))
            found = verify(current.rules, options["url"], exact=exact)
        except (PolicyError, ExportError, doctor.AskError, ModuleNotFoundError) as error:
            raise CommandError(str(error), returncode=2) from None
        shown = (
            json.dumps(found.to_json(), indent=2) + "\n"
            if options["json"]
            else doctor.report.text(doctor.report.of_verification(found))
        )
        self.stdout.write(shown, ending="")
        if found.exit_status:
            sys.exit(found.exit_status)


def _unsayable(current: Project) -> Iterator[Refused]:
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


def _routes(current: Project) -> Iterator[Route]:
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


def _views() -> Iterator[tuple[str, tuple[Policy, ...], Mapping[str, str]]]:
    for own in own_policies(settings.ROOT_URLCONF):
        yield f"{own.method} {own.route} ({own.view})".lstrip(), own.policies, {}


def _key(name: str) -> str:
    """Return the key of a rule's setting, from its whole name, which includes the path."""
    return name.rpartition('["')[2].removesuffix('"]')
