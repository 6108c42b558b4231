"""A Django project: ``tests.browsers.refusing.django_project:app``."""

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.urls import path

from tests.browsers.refusing import allowed


def notes(_: HttpRequest) -> HttpResponse:
    return HttpResponse("notes")


urlpatterns = [path("notes", notes)]

ALLOWED = allowed()
settings.configure(
    ALLOWED_HOSTS=["*"],
    SECRET_KEY="a secret of the tests",
    ROOT_URLCONF=__name__,
    MIDDLEWARE=["django_wsgicors.CorsMiddleware"],
    INSTALLED_APPS=["django_wsgicors"],
    CORS_ALLOWED_ORIGINS=ALLOWED["origins"],
    CORS_ALLOW_METHODS=ALLOWED["methods"],
    CORS_ALLOW_HEADERS=ALLOWED["headers"],
)
django.setup()
app = WSGIHandler()
