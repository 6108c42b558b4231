"""The default methods and headers, which are those of django-cors-headers, to extend.

.. code-block:: python

    from django_wsgicors import default_headers

    CORS_ALLOW_HEADERS = (*default_headers, "x-request-id")
"""

from typing import Final

default_headers: Final = (
    "accept",
    "authorization",
    "content-type",
    "user-agent",
    "x-csrftoken",
    "x-requested-with",
)
"""Names of request headers, the default of CORS_ALLOW_HEADERS."""

default_methods: Final = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
"""The default of CORS_ALLOW_METHODS."""

DEFAULT_MAX_AGE: Final = 86400
"""The default of CORS_PREFLIGHT_MAX_AGE, in seconds."""

DEFAULT_PREFLIGHT_STATUS: Final = 200
"""Names that projects with django-cors-headers use in their own tests."""
