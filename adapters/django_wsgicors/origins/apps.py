"""The app: its table, and the signals that invalidate the cache."""

from django.apps import AppConfig


class _Config(AppConfig):  # pyright: ignore[reportUnusedClass]  # Django finds it
    """django_wsgicors.origins among INSTALLED_APPS."""

    name = "django_wsgicors.origins"
    label = "cors_origins"
    verbose_name = "CORS origins"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Invalidate the cache when a row is saved or deleted."""
        from django.db.models.signals import post_delete, post_save

        from django_wsgicors.origins.models import AllowedOrigin
        from django_wsgicors.origins.source import forget_after_commit

        for signal in (post_save, post_delete):
            signal.connect(forget_after_commit, sender=AllowedOrigin, dispatch_uid="django_wsgicors.origins")
