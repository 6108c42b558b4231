"""The public test suites of the old libraries, run against this one through modules that only re-export names."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple
from xml.etree import ElementTree as ET

from tests.checkout import ROOT


class Suite(NamedTuple):
    """A public suite.

    Attributes:
        modules: The sources of the modules that re-export names, by path.
        environment: Environment variables that the suite needs.
    """

    modules: Mapping[str, str]
    environment: Mapping[str, str]


SUITES: Final[Mapping[str, Suite]] = {
    "django-cors-headers": Suite(
        {
            "corsheaders/__init__.py": "",
            "corsheaders/apps.py": """
from django.apps import AppConfig
from django_wsgicors._checks import register_checks


class CorsHeadersAppConfig(AppConfig):
    name = "corsheaders"
    ready = staticmethod(register_checks)
""",
            "corsheaders/checks.py": """
from django_wsgicors import _checks

CODES = {
    "django_wsgicors.origin-scheme-missing": "E013",
    "django_wsgicors.origin-host": "E013",
    "django_wsgicors.origin-path": "E014",
}
IDS = {
    "allow_headers": "E001", "allow_methods": "E002", "allow_credentials": "E003", "preflight_max_age": "E004",
    "allow_all_origins": "E005", "allowed_origins": "E006", "allowed_origin_regexes": "E007", "expose_headers": "E008",
    "urls_regex": "E009", "allow_private_network": "E015", "origin_allow_all": "E005", "origin_whitelist": "E006",
    "origin_regex_whitelist": "E007",
}


def check_settings(app_configs=None, **kwargs):
    messages = _checks.check_settings(app_configs, **kwargs)
    for message in messages:
        of_setting = next((id for name, id in IDS.items() if f"CORS_{name.upper()}" in message.msg), message.id)
        message.id = "corsheaders." + CODES.get(message.id, of_setting)
    return messages
""",
            "corsheaders/conf.py": "from django.conf import settings as conf\n",
            "corsheaders/defaults.py": "from django_wsgicors.defaults import *\n",
            "corsheaders/middleware.py": """
from django_wsgicors.middleware import CorsMiddleware

ACCESS_CONTROL_ALLOW_CREDENTIALS = "access-control-allow-credentials"
ACCESS_CONTROL_ALLOW_HEADERS = "access-control-allow-headers"
ACCESS_CONTROL_ALLOW_METHODS = "access-control-allow-methods"
ACCESS_CONTROL_ALLOW_ORIGIN = "access-control-allow-origin"
ACCESS_CONTROL_ALLOW_PRIVATE_NETWORK = "access-control-allow-private-network"
ACCESS_CONTROL_EXPOSE_HEADERS = "access-control-expose-headers"
ACCESS_CONTROL_MAX_AGE = "access-control-max-age"
""",
            "corsheaders/signals.py": "from django_wsgicors.signals import check_request_enabled\n",
        },
        {"DJANGO_SETTINGS_MODULE": "tests.settings"},
    ),
    "flask-cors": Suite(
        {
            "flask_cors/__init__.py": """
import flask_wsgicors


class CORS(flask_wsgicors.CORS):
    def init_app(self, app, **options):
        options = {**self._options, **options}
        said = "origins" in options or "CORS_ORIGINS" in app.config or "origins" in str(options.get("resources"))
        super().init_app(app, **({} if said else {"origins": "*"}), **options)


def cross_origin(*args, **options):
    return flask_wsgicors.cross_origin(*args, **{"origins": "*", **options})


__all__ = ["CORS", "cross_origin"]
""",
            "flask_cors/core.py": """
ACL_ORIGIN = "Access-Control-Allow-Origin"
ACL_METHODS = "Access-Control-Allow-Methods"
ACL_ALLOW_HEADERS = "Access-Control-Allow-Headers"
ACL_EXPOSE_HEADERS = "Access-Control-Expose-Headers"
ACL_CREDENTIALS = "Access-Control-Allow-Credentials"
ACL_MAX_AGE = "Access-Control-Max-Age"
ACL_RESPONSE_PRIVATE_NETWORK = "Access-Control-Allow-Private-Network"
ACL_REQUEST_METHOD = "Access-Control-Request-Method"
ACL_REQUEST_HEADERS = "Access-Control-Request-Headers"
ACL_REQUEST_HEADER_PRIVATE_NETWORK = "Access-Control-Request-Private-Network"
ALL_METHODS = ["GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"]
""",
        },
        {},
    ),
}


class Outcome(NamedTuple):
    """The outcome of a suite: the number of tests that passed, and the names of those that failed."""

    passed: int
    skipped: int
    failed: list[str]


def run(name: str, checkout: Path) -> Outcome:
    """Run the suite of `name` from its checkout."""
    suite = SUITES[name]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        shutil.copytree(checkout / "tests", place / "tests")
        for path, source in suite.modules.items():
            (place / path).parent.mkdir(exist_ok=True)
            (place / path).write_text(source, "utf-8")
        report = place / "report.xml"
        paths = os.pathsep.join(map(str, (place, ROOT / "adapters", ROOT)))
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "--rootdir",
                folder,
                "-c",
                os.devnull,
                f"--junitxml={report}",
                "tests",
            ],
            cwd=place,
            env={**os.environ, "PYTHONPATH": paths, **suite.environment},
            capture_output=True,
            check=False,
        )
        return _read(report)


def _read(report: Path) -> Outcome:
    passed, skipped, failed = 0, 0, list[str]()
    for case in ET.parse(report).iter("testcase"):
        if case.find("skipped") is not None:
            skipped += 1
        elif case.find("failure") is not None or case.find("error") is not None:
            failed.append(f"{case.get('classname', '')}.{case.get('name')}".removeprefix("tests."))
        else:
            passed += 1
    return Outcome(passed, skipped, sorted(failed))
