"""Views of every kind, with and without their own policy. Each records that it was called."""

import io
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.decorators import method_decorator, sync_and_async_middleware, sync_only_middleware
from django.utils.functional import classproperty
from django.views import View
from rest_framework.decorators import action, api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSet

from django_wsgicors import cors, cors_exempt

PARTNER = "https://partner.example"

called: list[str] = []
"""The views that were called."""

partners = cors(allow_origins=[PARTNER], allow_methods=["PUT"], allow_headers=["X-Partner"])
forbidding = cors(allow_origins=[PARTNER], refuse="forbid")


def plain(request: HttpRequest) -> HttpResponse:
    called.append("plain")
    return HttpResponse("plain")


async def plain_async(request: HttpRequest) -> HttpResponse:
    called.append("plain_async")
    return HttpResponse("plain")


def own_headers(request: HttpRequest) -> HttpResponse:
    """Sets CORS headers itself, and Vary."""
    response = HttpResponse("own")
    response.headers["access-control-allow-origin"] = "https://of-the-view.example"
    response.headers["Access-Control-Max-Age"] = "1"
    response.headers["Vary"] = request.GET.get("vary", "Cookie")
    return response


def fails(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a view that fails")


def streams(request: HttpRequest) -> StreamingHttpResponse:
    def chunks() -> Iterator[bytes]:
        yield b"one "
        yield b"two"

    return StreamingHttpResponse(chunks())


async def streams_async(request: HttpRequest) -> StreamingHttpResponse:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"one "
        yield b"two"

    return StreamingHttpResponse(chunks())


def sends_file(request: HttpRequest) -> FileResponse:
    return FileResponse(io.BytesIO(b"a file"), filename="a.txt")


@partners
def function(request: HttpRequest) -> HttpResponse:
    called.append("function")
    return HttpResponse("function")


@partners
async def function_async(request: HttpRequest) -> HttpResponse:
    called.append("function_async")
    return HttpResponse("function")


@login_required
@partners
def behind_login(request: HttpRequest) -> HttpResponse:
    raise AssertionError("nobody logs in")


@method_decorator(partners, name="dispatch")
class Class(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        called.append("Class")
        return HttpResponse("class")

    put = get


@method_decorator(partners, name="dispatch")
class ClassAsync(View):
    async def get(self, request: HttpRequest) -> HttpResponse:
        called.append("ClassAsync")
        return HttpResponse("class")

    put = get


class OneMethod(View):
    """Only its GET and HEAD have their own policy."""

    @classproperty
    def explodes(cls) -> object:
        raise AssertionError("looked at")

    @method_decorator(partners)
    def get(self, request: HttpRequest) -> HttpResponse:
        called.append("OneMethod")
        return HttpResponse("one method")

    def post(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("another")


@method_decorator(partners, name="dispatch")
class Api(APIView):  # type: ignore[misc]
    def get(self, request: Request) -> Response:
        called.append("Api")
        return Response({"api": True})

    put = get


@partners
@api_view(["GET", "PUT"])
def api_function(request: Request) -> Response:
    called.append("api_function")
    return Response({"api": True})


@method_decorator(partners, name="dispatch")
class Set(ViewSet):  # type: ignore[misc]
    def list(self, request: Request) -> Response:
        called.append("Set")
        return Response([])

    def update(self, request: Request) -> Response:
        return self.list(request)


class OneAction(ViewSet):  # type: ignore[misc]
    @method_decorator(partners)
    def list(self, request: Request) -> Response:
        called.append("OneAction")
        return Response([])

    @action(detail=False)
    def others(self, request: Request) -> Response:
        return Response([])


@forbidding
def forbids(request: HttpRequest) -> HttpResponse:
    called.append("forbids")
    return HttpResponse("forbids")


@cors_exempt
def exempt(request: HttpRequest) -> HttpResponse:
    called.append("exempt")
    return HttpResponse("exempt", headers={"Access-Control-Allow-Origin": "https://of-the-view.example"})


@sync_and_async_middleware
def early(get_response: Any) -> Any:
    """A middleware that answers some URLs itself."""
    if iscoroutinefunction(get_response):

        async def answer_async(request: HttpRequest) -> HttpResponseBase:
            return HttpResponse("early", status=429) if "early" in request.GET else await get_response(request)

        return answer_async

    def answer(request: HttpRequest) -> HttpResponseBase:
        return HttpResponse("early", status=429) if "early" in request.GET else get_response(request)

    return answer


class EarlyAtView:
    """A middleware that answers in place of a view once the view is known."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
        return HttpResponse("early at view", status=429) if "early-at-view" in request.GET else None


class OtherHost:
    """A middleware that serves a host by its own routes."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.urlconf = "tests.django.other_urls"
        return self.get_response(request)


@sync_only_middleware
def overriding(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A middleware that changes the method of a request, as for forms that can only POST."""

    def answer(request: HttpRequest) -> HttpResponse:
        request.method = request.headers.get("X-HTTP-Method-Override", request.method)
        return get_response(request)

    return answer


@sync_only_middleware
def sync_middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    return lambda request: get_response(request)


class Slotted:
    """A view that is called and has no `__dict__`."""

    __slots__ = ()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(b"slotted")


slotted = Slotted()
