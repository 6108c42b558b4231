"""The shop's settings. It uses PostgreSQL if PGHOST is set, and Redis if REDIS_URL is set."""

import os
from pathlib import Path

FOLDER = Path(__file__).parents[1]

SECRET_KEY = os.environ.get("SECRET_KEY", "only for trying it out: a real shop has its own, fifty characters long")
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "shop.urls"
WSGI_APPLICATION = "shop.wsgi.application"
INSTALLED_APPS = [
    "django_wsgicors",  # the checks, and manage.py cors
    "django_wsgicors.origins",  # a table of origins in the admin
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "shop",
]
MIDDLEWARE = [
    "django_wsgicors.CorsMiddleware",  # first
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

# Our own pages, with cookies, unless a rule or a view has other settings.
CORS_ALLOWED_ORIGINS = ["https://www.shop.example", "http://localhost:3000"]
CORS_ALLOW_CREDENTIALS = True
CORS_EXPOSE_HEADERS = ["X-Total-Count"]
CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"  # and the origins in the admin's table
CORS_RULES = {"/prices": {"allow_all_origins": True, "allow_credentials": False}}

# Django also needs this to let those pages post with cookies.
CSRF_TRUSTED_ORIGINS = CORS_ALLOWED_ORIGINS
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "None"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

if "PGHOST" in os.environ:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "HOST": os.environ["PGHOST"],
            "PORT": os.environ.get("PGPORT", ""),
            "USER": os.environ.get("PGUSER", "shop"),
            "PASSWORD": os.environ.get("PGPASSWORD", ""),
            "NAME": os.environ.get("PGDATABASE", "shop"),
        }
    }
else:
    DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": FOLDER / "shop.sqlite3"}}
if "REDIS_URL" in os.environ:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": os.environ["REDIS_URL"],
            "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},  # seconds
        }
    }
else:  # files, which all processes share: each of them then refuses an origin that is deleted from the table
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
            "LOCATION": FOLDER / "shop.cache",
        }
    }

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
STATIC_URL = "/static/"
USE_TZ = True
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "loggers": {"wsgicors": {"handlers": ["console"], "level": "INFO"}},  # a line for each refusal
}
