from django.http import HttpResponse
from django.urls import path

urlpatterns = [path("office/staff/", lambda request: HttpResponse("[]"))]
