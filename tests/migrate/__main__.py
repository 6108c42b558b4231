"""``python -m tests.migrate [LIBRARY=CHECKOUT …]``: measure the guides' figures, and write them into the guides.

LIBRARY is ``django-cors-headers`` or ``flask-cors``. CHECKOUT is a checkout of its repository; its test suite runs.
"""

import sys
from pathlib import Path

from docs import build
from tests.django import conftest as _configured  # noqa: F401 - Django's settings, for the process
from tests.migrate import figures

figures.record({name: Path(folder) for name, _, folder in (argument.partition("=") for argument in sys.argv[1:])})
for path, text in build.documents().items():
    path.write_text(text, "utf-8")
