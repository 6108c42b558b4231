"""``flask cors``: explain a request, list the policies, export them for a proxy, and verify a running server.

No view is called. Only ``verify`` sends requests.
"""

import json
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

import click
from flask.cli import AppGroup, ScriptInfo, pass_script_info
from werkzeug.test import EnvironBuilder

from flask_wsgicors._app import AppCORS
from flask_wsgicors._exporting import exportable
from flask_wsgicors._resources import shown_key
from wsgicors import PolicyError, doctor
from wsgicors.doctor.verify import verify as verify_url
from wsgicors.export._projects import (
    CannotCheckError,
    ExportError,
    Given,
    add_to_click,
    export_project,
    policies_alone,
)

__all__ = ["cors"]

cors: AppGroup = AppGroup("cors", help="Explain, list, export and verify the app's CORS policies.")
"""The command group ``flask cors``, to add to an app whose commands are not found by entry points."""


@cors.command()
@click.argument("url")
@click.option("--origin", required=True, help="The page's origin, as in https://www.example.com, or null.")
@click.option("--method", default="GET", show_default=True, help="The method of the page's request.")
@click.option("--header", "headers", multiple=True, help="A request header that the page's script sets. Repeatable.")
@click.option("--credentials", is_flag=True, help='As with credentials: "include".')
@click.option("--private-network", is_flag=True, help="The page is in a more public network than the server.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the documentation of the doctor has its schema.")
@pass_script_info
def explain(
    info: ScriptInfo,
    url: str,
    origin: str,
    method: str,
    headers: tuple[str, ...],
    *,
    credentials: bool,
    private_network: bool,
    as_json: bool,
) -> None:
    """Print the view and policy for a page's request for URL, the verdict, and what a browser makes of it.

    A path alone means one at http://localhost. The exit status is 1 if the page cannot read the response, 2 if no
    browser could make the request.
    """
    cors = AppCORS.of(info.load_app())
    url = urljoin("http://localhost", url)
    parts = urlsplit(url)
    found = cors.found(EnvironBuilder(parts.path, f"{parts.scheme}://{parts.netloc}", method=method).get_environ())
    key = found.paths.key_of(unquote(parts.path))
    rule = found.by or (shown_key(key) if key is not None else "none: the app's own headers stay unchanged")
    try:
        explained = doctor.explain(
            found.answerer,
            origin,
            url=url,
            method=method,
            headers=headers,
            credentials=credentials,
            private_network=private_network,
            heading=[("View", found.view or "none"), ("Rule", rule)],
            settings=cors.names,
            framework="flask",
        )
    except doctor.AskError as error:
        raise click.UsageError(str(error)) from None
    if as_json:
        click.echo(json.dumps(explained.to_json(), indent=2))
    else:
        click.echo(doctor.report.text(doctor.report.of_explained(explained)), nl=False)
    click.get_current_context().exit(explained.examination.decision.exit_status)


@cors.command()
@add_to_click
@pass_script_info
def export(info: ScriptInfo, /, **values: Any) -> None:
    """Write the app's policies as configuration for a proxy or gateway, which then answers as the app would.

    What only code can decide, such as the policy of a view for variable URLs, is named and refused. The exit status is
    1 if --check or --validate finds something, 2 if the server cannot express it or only code can decide it.
    """
    try:
        found = exportable(AppCORS.of(info.load_app()))
        given = Given.of(values, "flask cors export", afterwards="flask cors verify URL", notes=found.notes)
        status = export_project(found.by_path, found.routes, found.problems, given, _say)
    except (PolicyError, ExportError, CannotCheckError, OSError) as error:
        raise _Failed(str(error)) from None
    click.get_current_context().exit(status)


@cors.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print JSON; the documentation of the doctor has its schema.")
@pass_script_info
def verify(info: ScriptInfo, url: str, *, as_json: bool) -> None:
    """Compare a running server with the app's policies, and report every difference.

    URL is the absolute URL of something that pages read. The server gets few requests, and only a few a second. The
    exit status is 1 if something differs, 2 if that cannot be determined.
    """
    try:
        app = exportable(AppCORS.of(info.load_app()))
        exact = policies_alone(app.by_path, app.routes, app.problems)
        served = {route.path: route.methods for route in app.routes if route.methods}
        found = verify_url(app.by_path, url, exact=exact, served=served)
    except (PolicyError, ExportError, doctor.AskError, ModuleNotFoundError) as error:
        raise _Failed(str(error)) from None
    if as_json:
        click.echo(json.dumps(found.to_json(), indent=2))
    else:
        _say(doctor.report.text(doctor.report.of_verification(found)))
    click.get_current_context().exit(found.exit_status)


class _Failed(click.ClickException):
    exit_code = 2


def _say(text: str) -> None:
    click.echo(text, nl=False)


@cors.command("list")
@pass_script_info
def list_policies(info: ScriptInfo) -> None:
    """List decorated views, blueprints and paths with their policies."""
    cors = AppCORS.of(info.load_app())
    click.echo(doctor.report.text(doctor.report.of_policies(cors.entries(), cors.names)), nl=False)
