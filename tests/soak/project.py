"""The Django project of the soak: its origins are in a PostgreSQL table, cached in Redis."""

import os

from django.http import HttpRequest, HttpResponse
from django.urls import re_path

from tests.soak.site import TABLE_POLICY

SECRET_KEY = "for tests"
ROOT_URLCONF = __name__
ALLOWED_HOSTS = ["*"]
INSTALLED_APPS = ["django_wsgicors", "django_wsgicors.origins"]
MIDDLEWARE = ["django_wsgicors.CorsMiddleware"]
USE_TZ = True
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "HOST": os.environ["PGHOST"],
        "PORT": os.environ["PGPORT"],
        "USER": os.environ["PGUSER"],
        "NAME": os.environ["PGDATABASE"],
    }
}
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": os.environ["REDIS_URL"],
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds
    }
}
CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"
CORS_ALLOW_METHODS = [*TABLE_POLICY.allow_methods]
CORS_ALLOW_HEADERS: list[str] = []
CORS_PREFLIGHT_MAX_AGE = TABLE_POLICY.max_age


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("hello", headers={"Content-Type": "text/plain", "X-Process": str(os.getpid())})


urlpatterns = [re_path("", view)]
