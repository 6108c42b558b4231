"""The app: system checks and the command ``manage.py cors``."""

from django.apps import AppConfig


class DjangoWsgicorsConfig(AppConfig):
    """django_wsgicors among INSTALLED_APPS."""

    name = "django_wsgicors"
    verbose_name = "CORS"
