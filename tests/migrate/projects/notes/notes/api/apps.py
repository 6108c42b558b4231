from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "notes.api"

    def ready(self):
        from corsheaders.signals import check_request_enabled

        from notes.api.handlers import allow_status

        check_request_enabled.connect(allow_status)
