"""A Django project whose settings contain root causes, for a server to run: ``tests.browsers.root_django:app``.

``PAGE`` in the environment is the origin of the allowed page.
"""

import os
from collections.abc import Callable

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

Respond = Callable[[HttpRequest], HttpResponse]


def require_login(respond: Respond) -> Respond:
    """A middleware above the CORS layer that requires a login, for preflights too."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.path.startswith("/private/") and "Authorization" not in request.headers:
            return HttpResponse("Log in first.", status=401)
        return respond(request)

    return middleware


def notes(_: HttpRequest) -> HttpResponse:
    return HttpResponse("notes")


urlpatterns = [path("notes/", notes), path("private/notes/", notes)]

settings.configure(
    DEBUG=True,  # the log goes to the console
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="a secret of the tests",
    ROOT_URLCONF=__name__,
    MIDDLEWARE=[
        f"{__name__}.require_login",
        "django_wsgicors.middleware.CorsMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
    ],
    INSTALLED_APPS=["django_wsgicors"],
    CORS_ALLOWED_ORIGINS=[os.environ["PAGE"]],
    CORS_ALLOW_CREDENTIALS=True,
    CORS_DEBUG=True,
)
django.setup()
app = WSGIHandler()
