"""CORS for Django: the settings of django-cors-headers, checked, and policies by path and by view.

.. code-block:: python

    INSTALLED_APPS = ["django_wsgicors", ...]  # the system checks and ``manage.py cors``
    MIDDLEWARE = ["django_wsgicors.CorsMiddleware", ...]  # first
    CORS_ALLOWED_ORIGINS = ["https://www.example.com"]
"""

from django_wsgicors._views import cors, cors_exempt
from django_wsgicors.defaults import default_headers, default_methods
from django_wsgicors.middleware import CorsMiddleware
from django_wsgicors.signals import check_request_enabled, request_refused

__all__ = [
    "CorsMiddleware",
    "check_request_enabled",
    "cors",
    "cors_exempt",
    "default_headers",
    "default_methods",
    "request_refused",
]
