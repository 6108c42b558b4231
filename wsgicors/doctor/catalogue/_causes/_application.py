"""Root 1: the application failed outside the CORS layer."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import OUTERMOST
from wsgicors.doctor.catalogue._remedies import django, flask, wsgi

CAUSES: Final = (
    Cause(
        id="app-error",
        root=1,
        title="The application failed, and its error page has no CORS headers",
        sentence=("The answer to {request} is an error of the application, made outside its CORS layer."),
        why=(
            "A layer above the one that adds the headers turns an uncaught exception into a 500, so the browser "
            "reports CORS instead of the error. CORS is not the problem."
        ),
        probe=(
            "The answer has a 5xx status and no Access-Control-Allow-Origin, and other paths of the server have it."
        ),
        remedies=(
            flask(
                (
                    "Read the traceback in the log and correct the error. Where decorators or after_request set "
                    "the headers, let the extension wrap the app instead."
                ),
                ('from flask_wsgicors import CORS\nCORS(app, origins=["{origin}"])'),
            ),
            django(
                (
                    "Read the traceback in the log and correct the error. Where another middleware stands first, put "
                    "this one first."
                ),
                'MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]',
            ),
            wsgi(
                (
                    "Correct the error. If the app raises, its server sends a 500 of its own, without CORS "
                    "headers: have middleware inside the CORS layer turn exceptions into responses."
                ),
                'app = CORS(ErrorPages(app), Policy(allow_origins=["{origin}"]))',
            ),
        ),
    ),
    Cause(
        id="preflight-error",
        root=1,
        title="The server failed on the preflight itself",
        sentence="The preflight for {url} was answered with {status}, a failure of the server.",
        why=(
            "A preflight passes only with a status from 200 to 299. Code that was never written for "
            "OPTIONS ran and failed."
        ),
        probe="The OPTIONS request is answered with a 5xx status.",
        remedies=OUTERMOST,
    ),
)
