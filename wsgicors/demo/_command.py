"""``wsgicors demo``."""

import contextlib
import logging
import signal
import threading
from collections.abc import Generator
from types import FrameType
from typing import Final

import click

from wsgicors.demo._serving import PortError, served

API_PORT: Final = 4280
PAGE_PORT: Final = 4281

_PORT: Final = click.IntRange(0, 65535)


@click.command(epilog="Both are served on the loopback interface only.")
@click.option(
    "--port", default=API_PORT, show_default=True, type=_PORT, help="Port of the notes API; 0 for any free one."
)
@click.option(
    "--page-port", default=PAGE_PORT, show_default=True, type=_PORT, help="Port of the page; 0 for any free one."
)
def demo(port: int, page_port: int) -> None:
    """Serve a notes API, and a page of another origin to try it."""
    logging.basicConfig(format="%(message)s")
    logging.getLogger("wsgicors").setLevel(logging.INFO)
    with stopped_by_signal() as stopped:
        try:
            with served(port, page_port) as running:
                click.echo(f"The notes:  {running.api_origin}/notes")
                click.echo(f"The page:   {running.page_origin}/")
                click.echo(f"The tour:   {running.page_origin}/tour.html")
                click.echo(f"Playground: {running.page_origin}/playground.html")
                click.echo("Open the page in a browser. Ctrl-C stops both.")
                stopped.wait()
        except PortError as error:
            raise click.ClickException(
                f"{error}; choose others with --port and --page-port, 0 for any free one."
            ) from None
    click.echo("Stopped.")


@contextlib.contextmanager
def stopped_by_signal() -> Generator[threading.Event]:
    """Yield an event that Ctrl-C and SIGTERM set, during a ``with`` block in the main thread."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
