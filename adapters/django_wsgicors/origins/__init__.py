"""Origins in a database table, edited in Django's admin, cached through Django's cache framework.

.. code-block:: python

    INSTALLED_APPS = ["django_wsgicors", "django_wsgicors.origins", ...]
    CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"

After ``manage.py migrate`` the origins in the table are allowed, in addition to CORS_ALLOWED_ORIGINS.
"""
