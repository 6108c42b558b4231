"""``flask cors``: why a request is or is not allowed, and what covers what. Offline: no view is called."""

from contextlib import suppress
from urllib.parse import unquote, urljoin, urlsplit

import click
from flask.cli import AppGroup, ScriptInfo, pass_script_info
from werkzeug.test import EnvironBuilder

from flask_wsgicors.resources import shown_key
from flask_wsgicors.wrapper import AppCORS
from wsgicors.explain import explain as explain_request
from wsgicors.explain import list_lines

cors = AppGroup("cors", help="Explain and list the app's CORS policies.")


@cors.command()
@click.argument("url")
@click.option("--origin", required=True, help="The page's origin, such as https://www.example.com.")
@click.option("--method", default="GET", show_default=True, help="The method of the page's request.")
@click.option("--header", "headers", multiple=True, help="A request header that the page's script sets. Repeatable.")
@click.option("--credentials", is_flag=True, help="Send cookies and the like.")
@click.option("--private-network", is_flag=True, help="The page is in a more public network than the server.")
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
) -> None:
    """Tell which view and policy a page's request of URL meets, the verdict, and what a browser makes of it.

    A path alone stands for one at http://localhost. The exit status is 1 where the page cannot read the answer.
    """
    app = info.load_app()
    url = urljoin("http://localhost", url)
    parts = urlsplit(url)
    environ = EnvironBuilder(parts.path, f"{parts.scheme}://{parts.netloc}", method=method).get_environ()
    cors = AppCORS.of(app)
    found = cors.found(environ)
    view = ""
    with suppress(Exception):  # 404 and its like: no view
        view = cors.url_rule(environ, method).endpoint
    key = (cors.unserved if found.below_prefix else cors.paths).key_of(unquote(parts.path))
    explanation = explain_request(
        found.answerer,
        url,
        origin,
        method=method,
        headers=headers,
        credentials=credentials,
        private_network=private_network,
        view=view,
        rule=found.by or (shown_key(key) if key is not None else ""),
    )
    click.echo("\n".join(explanation.lines()))
    click.get_current_context().exit(not explanation.allowed)


@cors.command("list")
@pass_script_info
def list_policies(info: ScriptInfo) -> None:
    """List decorated views, blueprints and paths with their policies."""
    for line in list_lines(AppCORS.of(info.load_app()).entries()):
        click.echo(line)
