"""The app that gunicorn loads: Django serves the table's path, the wrapped app all others."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.wsgi import get_wsgi_application

from tests.soak.site import TABLE, served

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

_django = get_wsgi_application()
_wrapped = served()


def app(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Pass a request on."""
    return (_django if environ["PATH_INFO"].startswith(TABLE) else _wrapped)(environ, start_response)
