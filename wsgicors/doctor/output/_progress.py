"""Progress on a terminal: the request in progress, then one line with it and its answer."""

from collections.abc import Callable

from wsgicors.doctor.evidence._facts import clean_url
from wsgicors.doctor.evidence._wire import Reply


def on_terminal(method: str, url: str) -> Callable[[Reply], None]:
    """Show a request and its seconds on standard error, which leaves standard output to the report.

    Returns:
        A function to call with the reply.
    """
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
    from rich.text import Text

    request = f"{method} {clean_url(url)}"
    description = TextColumn("{task.description}", markup=False)
    under_way = Progress(
        SpinnerColumn(), TimeElapsedColumn(), description, console=Console(stderr=True), transient=True
    )
    under_way.add_task(request, total=None)
    under_way.start()

    def received(reply: Reply) -> None:
        under_way.stop()
        answer = reply.trouble.detail if reply.trouble else f"{reply.response.status}"
        took = f"after {reply.seconds * 1000:.0f} ms"
        under_way.console.print(Text(f"{request}: {answer} {took}", "dim"), soft_wrap=True)

    return received
