"""The guides' figures, measured with the configurations in `tests/adoption` and the old libraries' tests."""

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from docs.build import moving
from tests.checkout import ROOT
from tests.migrate import suites
from tests.migrate.corpus import FLASK_HEADER, cases, django_source, migrated
from wsgicors.migrate._report import anchors
from wsgicors.migrate._run import Result

RECORD: Final = ROOT / "docs" / "moving.json"
LIBRARIES: Final = {"django": "django-cors-headers", "flask": "flask-cors"}


def record(checkouts: dict[str, Path]) -> None:
    """Measure, and write the record. A suite without a checkout keeps its last outcome."""
    measured = {"django": {**_starts_of_django(), **moves("django")}, "flask": {**_starts_of_flask(), **moves("flask")}}
    for name, library in LIBRARIES.items():
        suite = suites.run(library, checkouts[library])._asdict() if library in checkouts else moving(name)["suite"]
        measured[name]["suite"] = suite
    RECORD.write_text(json.dumps(measured, indent=1) + "\n", "utf-8")


def moves(library: str) -> dict[str, Any]:
    """Return how many configurations one run of ``wsgicors migrate`` settles, and how many have each difference."""
    results = list(_results(library))
    differences = Counter(anchor for result in results for anchor in anchors(result, library))
    return {
        "configurations": len(results),
        "settled": sum(result.is_settled for result in results),
        "differences": dict(sorted(differences.items(), key=lambda one: (-one[1], one[0]))),
    }


def _results(library: str) -> Iterator[Result]:
    for case in cases(f"{library}.json", "adoption"):
        source = django_source(case) if library == "django" else f"{FLASK_HEADER}{case['code']}\n"
        with tempfile.TemporaryDirectory() as folder, patch.dict(os.environ, case.get("env", {})):
            file = Path(folder, "settings.py" if library == "django" else "app.py")
            file.write_text(source, "utf-8")
            yield migrated(file)


def _starts_of_django() -> dict[str, int]:
    from django.test import override_settings

    from django_wsgicors._project import read
    from tests.django.test_adoption import starting

    old, new = starting(), 0
    for settings in old:
        with override_settings(**settings):
            new += read()[0] is not None
    return {"started": len(old), "start": new}


def _starts_of_flask() -> dict[str, int]:
    import flask_cors

    import flask_wsgicors
    from tests.flask.test_adoption import CASES, starts

    old = [case for case in CASES if starts(case, flask_cors.CORS, flask_cors.cross_origin)]
    new = [case for case in old if starts(case, flask_wsgicors.CORS, flask_wsgicors.cross_origin)]
    return {"started": len(old), "start": len(new)}
