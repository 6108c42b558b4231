"""The app: system checks and the command ``manage.py cors``."""

from django.apps import AppConfig


class DjangoWsgicorsConfig(AppConfig):
    """django_wsgicors among INSTALLED_APPS."""

    name = "django_wsgicors"
    verbose_name = "CORS"

    def ready(self) -> None:
        """Have ``manage.py check`` make the checks of `django_wsgicors._checks`."""
        from django_wsgicors._checks import register_checks

        register_checks()
