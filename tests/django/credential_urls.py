"""A route whose view accepts cookies from pages of another origin."""

from django.urls import path

from django_wsgicors import cors, cors_exempt
from tests.django import views

urlpatterns = [
    path("", cors(allow_origins=["https://of-a-view.example"], allow_credentials=True)(views.plain)),
    path("without/", views.plain),
    path("exempt/", cors_exempt(views.plain)),
]
