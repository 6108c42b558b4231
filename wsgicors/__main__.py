"""Start the ``wsgicors`` command, also as ``python -m wsgicors``, after checking that its libraries are installed."""

import importlib.util
import io
import sys
from typing import Final

EXTRA: Final = ("click", "libcst", "rich", "tomlkit", "urllib3", "werkzeug")
"""What the ``cli`` extra installs. Flask installs only click and Werkzeug, so each one is checked."""


def main() -> None:
    """Run the command, or say how to install what it needs and exit with status 2."""
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"wsgicors: the command line needs {', '.join(missing)}. "
            "Run: python -m pip install 'wsgicors-policy[cli]'; in a checkout: python -m pip install '.[cli]'\n"
        )
        sys.exit(2)
    from wsgicors._cli import wsgicors

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a terminal that is not in UTF-8 shows escapes, instead of failing
            stream.reconfigure(errors="backslashreplace")
    wsgicors(prog_name="wsgicors")


if __name__ == "__main__":
    main()
