"""What is allowed beside origins where a project says nothing: the lists of django-cors-headers, to extend.

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
"""The setting CORS_ALLOW_HEADERS of a project that has none, as names of request headers."""

default_methods: Final = ("DELETE", "GET", "OPTIONS", "PATCH", "POST", "PUT")
"""The setting CORS_ALLOW_METHODS of a project that has none."""

DEFAULT_MAX_AGE: Final = 86400
"""The setting CORS_PREFLIGHT_MAX_AGE of a project that has none, in seconds."""

DEFAULT_PREFLIGHT_STATUS: Final = 200
"""What projects that come from django-cors-headers assert in their own tests."""
