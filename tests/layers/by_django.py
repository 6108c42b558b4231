"""The Django adapter, as a WSGI app and as an ASGI app: a project in one module."""

import os
from collections.abc import AsyncIterator, Callable, Iterator

from django import setup
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import re_path

from tests.layers import recording
from tests.layers.site import LIST, PARTS, RULES, STATUSES, Broken, headers_of, parts_of, segment_of

SECRET_KEY = "for tests"
ROOT_URLCONF = __name__
ALLOWED_HOSTS = ["*"]
MIDDLEWARE = ["django_wsgicors.CorsMiddleware"]
USE_TZ = True
CORS_RULES = {**RULES, **LIST}


def view(request: HttpRequest) -> HttpResponseBase:
    """Answer as the path's last segment says."""
    segment = segment_of(request.path)
    _ = request.body
    headers = headers_of(segment)
    streams: Callable[[str], Iterator[bytes]] | Callable[[str], AsyncIterator[bytes]]
    streams = streamed_async if hasattr(request, "scope") else streamed
    match segment:
        case "raises":
            raise Broken
        case "missing":
            raise Http404
        case "stream" | "endless" | "raises-late":
            return StreamingHttpResponse(streams(segment), headers=dict(headers))
        case "cookies":
            response = HttpResponse(b"".join(PARTS), headers=dict(headers[:1]))
            response.set_cookie("a", "1")
            response.set_cookie("b", "2")
            return response
        case _:
            body = b"".join(parts_of(segment))
            return HttpResponse(body, status=STATUSES.get(segment, 200), headers=dict(headers))


def streamed(segment: str) -> Iterator[bytes]:
    if segment == "raises-late":
        yield PARTS[0]
        raise Broken
    yield from parts_of(segment)


async def streamed_async(segment: str) -> AsyncIterator[bytes]:
    for part in streamed(segment):
        yield part


urlpatterns = [re_path("", view)]

os.environ["DJANGO_SETTINGS_MODULE"] = __name__
setup()
app = recording.wsgi(get_wsgi_application())
asgi = recording.asgi(get_asgi_application(), joint=",")
