"""The shop's URLs."""

from django.contrib import admin
from django.urls import path

from shop import views

urlpatterns = [
    path("api/token/", views.token),
    path("api/items/", views.items),
    path("api/items/<str:name>/", views.item),
    path("prices/", views.prices),
    path("export/", views.export),
    path("admin/", admin.site.urls),
]
