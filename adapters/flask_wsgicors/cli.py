"""``flask cors``: explain a request, list the policies, export them for a proxy, and verify a running server."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import SplitResult, unquote

import click
from flask import Flask
from flask.cli import AppGroup, ScriptInfo, pass_script_info
from werkzeug.test import EnvironBuilder

from flask_wsgicors._app import AppCORS
from flask_wsgicors._exporting import exportable
from flask_wsgicors._resources import shown_key
from wsgicors import Policy
from wsgicors._command_options import add_to_click
from wsgicors._project_commands import HELP_OF, OPTIONS_OF, CommandFailedError, Project, Served
from wsgicors.export._projects import Exportable

__all__ = ["cors"]

cors: AppGroup = AppGroup("cors", help="Explain, list, export and verify the app's CORS policies.")
"""The command group ``flask cors``, to add to an app whose commands are not found by entry points."""


class _App(Project):
    framework = "flask"
    command = "flask cors"
    host = "http://localhost"

    def __init__(self, app: Flask) -> None:
        self._cors = AppCORS.of(app)

    def served(self, url: SplitResult, method: str) -> Served:
        """Return the policy for a request, with the decorator, blueprint or resource that it comes from."""
        builder = EnvironBuilder(url.path, f"{url.scheme}://{url.netloc}", method=method)
        found = self._cors.found(builder.get_environ())
        key = found.paths.key_of(unquote(url.path))
        return Served(
            found.answerer, found.view, found.by or (shown_key(key) if key is not None else ""), self._cors.names
        )

    def listed(self) -> Iterator[tuple[str, tuple[Policy, ...], Mapping[str, str]]]:
        """Return decorated views, blueprints and paths."""
        return ((covered, policies, self._cors.names) for covered, policies in self._cors.entries())

    def exportable(self) -> Exportable:
        """Return the policies of resources, blueprints and decorated views."""
        return exportable(self._cors)


class _Failed(click.ClickException):
    exit_code = 2


def _say(text: str) -> None:
    click.echo(text, nl=False)


def _add(name: str) -> None:
    @cors.command(name, help=HELP_OF[name], short_help=HELP_OF[name].partition(". ")[0].removesuffix(".") + ".")
    @add_to_click(OPTIONS_OF[name])
    @pass_script_info
    def run(info: ScriptInfo, /, **values: Any) -> None:  # pyright: ignore[reportUnusedFunction]
        try:
            status = _App(info.load_app()).run(name, values, _say)
        except CommandFailedError as error:
            raise _Failed(str(error)) from None
        click.get_current_context().exit(status)


for _name in OPTIONS_OF:
    _add(_name)
