"""The URLconf of the measured Django apps, filled in by `benchmarks.frameworks.configure_django`."""

urlpatterns: list[object] = []
