from django.urls import path

from notes.api import views

urlpatterns = [
    path("api/notes/", views.notes),
    path("api/status/", views.status),
    path("pages/", views.notes),
]
