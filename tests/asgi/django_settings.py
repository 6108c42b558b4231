"""A Django project without django_wsgicors."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

SECRET_KEY = "for tests"
ROOT_URLCONF = "tests.asgi.django_settings"
ALLOWED_HOSTS = ["*"]
USE_TZ = True


async def notes(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello")


async def broken(request: HttpRequest) -> HttpResponse:
    raise ValueError("the app's own error")


urlpatterns = [path("notes", notes), path("broken", broken)]
