"""Settings that all environments share."""
import os
from datetime import timedelta

from corsheaders.defaults import default_headers, default_methods

SECRET_KEY = os.environ.get("SECRET_KEY", "not a secret")
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "notes.urls"
USE_TZ = True

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    # Third party
    "corsheaders",
    # Ours
    "notes.api",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    # CORS must come before CommonMiddleware.
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]

DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}

# CORS
CORS_URLS_REGEX = r"^/api/.*$"
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = list(default_headers) + [
    "x-note-version",  # optimistic locking
    "origin",
]
CORS_ALLOW_METHODS = (*default_methods, "TRACE")
CORS_EXPOSE_HEADERS = ["X-Total", "Set-Cookie"]
