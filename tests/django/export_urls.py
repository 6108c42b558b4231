"""A project whose policies can all be exported."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path

from django_wsgicors import cors, cors_exempt
from tests.django.views import PARTNER
from wsgicors import Policy

PARTNERS = Policy(allow_origins=[PARTNER], allow_methods=["PUT"], allow_headers=["X-Partner"], refuse="forbid")


def plain(request: HttpRequest, **given: object) -> HttpResponse:
    return HttpResponse("plain")


@cors(PARTNERS)
def partners(request: HttpRequest, **given: object) -> HttpResponse:
    return HttpResponse("partners")


@cors_exempt
def own(request: HttpRequest) -> HttpResponse:
    return HttpResponse("own", headers={"Access-Control-Allow-Origin": "https://own.example"})


urlpatterns = [
    path("", plain),
    path("partners/", partners),
    path("own/", own),
    path("api/", include([path("any/<int:number>/", plain), path("partners/", partners)])),
    re_path(r"^old\.html$", partners),
    re_path(r"^ruled/", include([re_path(r"^(?P<name>\w+)/$", partners)])),
    path("<str:shadows>/any/", plain),
    path("shadowed/any/", partners),
]
