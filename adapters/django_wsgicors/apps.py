"""The app: system checks and the command ``manage.py cors``."""

from django.apps import AppConfig


class _Config(AppConfig):  # pyright: ignore[reportUnusedClass]  # Django finds it
    """django_wsgicors among INSTALLED_APPS."""

    name = "django_wsgicors"
    verbose_name = "CORS"

    def ready(self) -> None:
        """Register the checks of `django_wsgicors._checks` for ``manage.py check``."""
        from django_wsgicors._checks import register_checks

        register_checks()
