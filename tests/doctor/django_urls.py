"""The views of the Django project in which remedies are tried."""

from collections.abc import Callable

from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import path

Respond = Callable[[HttpRequest], HttpResponse]


def view(_: HttpRequest) -> HttpResponse:
    return HttpResponse("items", headers={"X-Total-Count": "7"})


def wants_login(_: Respond) -> Respond:
    """A Django middleware that requires a login."""
    return lambda _: HttpResponse("Log in first.", status=401)


urlpatterns = [
    path("items", view),
    path("slashed/", view),
    *i18n_patterns(path("pages", view), prefix_default_language=True),
]
