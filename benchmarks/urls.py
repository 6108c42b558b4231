"""The URLconf of the Django apps that are measured; filled in by `benchmarks.frameworks.configure_django`."""

urlpatterns: list[object] = []
