"""Where the ``wsgicors`` command starts, also as ``python -m wsgicors``: sees whether what it needs is installed."""

import importlib.util
import sys
from typing import Final

EXTRA: Final = ("click", "libcst", "rich", "tomlkit", "urllib3", "werkzeug")
"""What the ``cli`` extra installs. Flask installs click and Werkzeug only, so each is looked for."""


def main() -> None:
    """Run the command, or say how to get what it needs and exit with status 2."""
    missing = [name for name in EXTRA if importlib.util.find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"wsgicors: the command line needs {', '.join(missing)}. "
            "Run: python -m pip install 'wsgicors-policy[cli]'; in a checkout: python -m pip install '.[cli]'\n"
        )
        sys.exit(2)
    from wsgicors._cli import wsgicors

    wsgicors(prog_name="wsgicors")


if __name__ == "__main__":
    main()
