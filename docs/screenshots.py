"""Take the pictures of README.

Run::

    python -m docs.screenshots

Writes docs/_static/playground.png and docs/_static/terminal.png. Needs Chromium.
"""

import html
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from tests.browsers.chromium import Chromium
from wsgicors.demo._serving import served

PICTURES: Final = Path(__file__).resolve().parent / "_static"

COMMAND: Final = (
    "wsgicors why \"Access to fetch at 'https://api.example/' from origin 'https://www.example.com' has been blocked "
    "by CORS policy: The value of the 'Access-Control-Allow-Origin' header in the response must not be the "
    "wildcard '*' when the request's credentials mode is 'include'.\""
)
"""The command in the terminal, whose real output is shown."""

PAGE: Final = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; padding: 20px; background: #14171c; color: #e6e9ee; }}
pre {{ margin: 0; font: 15px/1.5 "DejaVu Sans Mono", monospace; white-space: pre-wrap; }}
b {{ color: #74d892; }}
</style><pre><b>$</b> {command}
{output}</pre>"""


def main() -> None:
    """Take both pictures."""
    with Chromium() as browser, tempfile.TemporaryDirectory() as folder:
        with served(0, 0) as demo:
            browser.visit(f"{demo.page_origin}/playground.html#scenario=credentials-wildcard")
            browser.text("#verdict", containing="as predicted")
            browser.screenshot(PICTURES / "playground.png", 1200, 900)
        done = subprocess.run(  # noqa: S603 - the command stands above
            [sys.executable, "-m", *shlex.split(COMMAND)],
            capture_output=True,
            text=True,
            check=False,  # 1 says that a cause was found
        )
        page = Path(folder, "terminal.html")
        page.write_text(PAGE.format(command=html.escape(COMMAND), output=html.escape(done.stdout)), "utf-8")
        browser.visit(page.as_uri())
        browser.screenshot(PICTURES / "terminal.png", 960, 310)


if __name__ == "__main__":
    main()
