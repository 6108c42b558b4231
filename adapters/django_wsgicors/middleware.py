"""The middleware: the core's verdicts on Django's requests, and their headers on Django's responses.

It stands first in MIDDLEWARE, above everything that answers in a view's stead.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from django_wsgicors.settings import Project, project
from django_wsgicors.signals import check_request_enabled, request_refused
from django_wsgicors.views import View, ViewPolicy, marks, own_policies_exist, own_policy, policy_of
from wsgicors import Policy, Verdict
from wsgicors._answers import INFO, answer, log, log_refusal
from wsgicors._http import Header, vary_line
from wsgicors._same_origin import is_same_origin
from wsgicors.rules import Answerer

GetResponse = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]

KNOWN_NAMES: Final = 1024
"""Response header names, in lower case, that are remembered to be none of CORS's business."""

_DECIDED: Final = "_django_wsgicors"
"""Where a request keeps the verdict by its view's own policy."""

logger: Final = log()

_ordinary: Final[set[str]] = set()

_UP_TO_HANDLERS: Final = Verdict(True, None, (), ("Origin",), vary_line(["Origin"]))
"""On what the settings do not cover, while a handler of `check_request_enabled` might say otherwise for another origin."""


class _Keys(dict[str, str]):
    """What Django keeps a header by, for the few names that verdicts have."""

    def __missing__(self, name: str) -> str:
        key = self[name] = name.lower()
        return key


_keys: Final = _Keys()


class CorsMiddleware:
    """Answers preflights, and adds to all other answers what lets pages of other origins read them.

    What is allowed is said by the settings CORS_…, by the decorators `django_wsgicors.cors` and
    `django_wsgicors.cors_exempt`, and by the signal `django_wsgicors.check_request_enabled`. Sync and async.

    Raises:
        ImproperlyConfigured: when Django loads it, with every fault of the settings.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response: Callable[[HttpRequest], Any] = get_response
        self._is_async = iscoroutinefunction(get_response)  # pyright: ignore[reportDeprecated]
        self.process_view = self._reach_view_async if self._is_async else self._reach_view
        """What Django calls with a view before it calls the view."""
        if self._is_async:
            markcoroutinefunction(self)
        project()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer a preflight, or have the project answer and see to the headers."""
        if self._is_async:
            return self._call_async(request)
        current = project()
        origin: str | None = request.META.get("HTTP_ORIGIN")
        known = current.ready.get(origin) if origin is not None else current.no_origin
        if known is not None and (origin is None or request.method != "OPTIONS"):
            response: HttpResponseBase = self.get_response(request)
            if not marks and request.resolver_match is not None:
                add(response, known)
                return response
            verdict = final(request, known)
        else:
            verdict = decide(request, current, origin)
            if verdict is not None and verdict.status is not None:
                if verdict.refusal is not None:
                    report(request, verdict)
                return answered(request, verdict)
            response = self.get_response(request)
            if marks or request.resolver_match is None:
                verdict = final(request, verdict)
        if verdict is not None:
            add(response, verdict)
            if verdict.refusal is not None and verdict.origin is not None:
                report(request, verdict)
        return response

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        current = project()
        origin: str | None = request.META.get("HTTP_ORIGIN")
        known = current.ready.get(origin) if origin is not None else current.no_origin
        if known is not None and (origin is None or request.method != "OPTIONS"):
            verdict: Verdict | None = known
        else:
            verdict = at_once(request, current, origin)
            if verdict is None:
                waits = current.asks_elsewhere or check_request_enabled.receivers or own_policies_exist(request)
                verdict = (
                    await sync_to_async(decide)(request, current, origin) if waits else decide(request, current, origin)
                )
                if verdict is not None and verdict.status is not None:
                    if verdict.refusal is not None:
                        await _report_async(request, verdict)
                    return answered(request, verdict)
        response: HttpResponseBase = await self.get_response(request)
        if marks or request.resolver_match is None:
            verdict = final(request, verdict) if is_final(request) else await sync_to_async(final)(request, verdict)
        if verdict is not None:
            add(response, verdict)
            if verdict.refusal is not None and verdict.origin is not None:
                await _report_async(request, verdict)
        return response

    def _reach_view(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> HttpResponseBase | None:
        """Decide for a view with a policy of its own; forbidden requests do not get to it."""
        own = policy_of(view, request.method or "") if marks else None
        if own is None:
            return None
        verdict = request.__dict__[_DECIDED] = by_view(request, own)
        return answered(request, verdict) if verdict is not None and verdict.status is not None else None

    async def _reach_view_async(
        self, request: HttpRequest, view: View, args: tuple[object, ...], kwargs: Mapping[str, object]
    ) -> HttpResponseBase | None:
        if not marks or policy_of(view, request.method or "") is None:
            return None
        return await sync_to_async(self._reach_view)(request, view, args, kwargs)


def at_once(request: HttpRequest, current: Project, origin: str | None) -> Verdict | None:
    """The verdict on an actual request where the settings alone give it, without waiting; None where there is more to it."""
    if origin is not None and (current.asks_elsewhere or request.method == "OPTIONS"):
        return None
    answerer = current.everywhere or current.find(request.path_info)
    if answerer is None:
        return None
    verdict = actual(answerer, origin)
    return verdict if is_settled(verdict) else None


def decide(request: HttpRequest, current: Project, origin: str | None) -> Verdict | None:
    """The verdict on a request, with a status where it is to be answered in the project's stead; None where it is left alone."""
    if origin is not None and request.method == "OPTIONS":
        method: str | None = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_METHOD")
        if method is not None:
            return _preflight(request, current, origin, method)
    answerer = current.everywhere or current.find(request.path_info)
    verdict = None
    if answerer is not None:
        verdict = actual(answerer, origin)
        if is_settled(verdict):
            return verdict
    if own_policy(request, request.method or "") is not None:
        return None  # decided when the view is reached
    enabled = current.enabled(answerer) if is_enabled(request) else None
    return _actual(request, verdict, enabled)


def actual(answerer: Answerer, origin: str | None) -> Verdict:
    """The verdict on an actual request. What is wrong with an origin that is refused is found out if somebody hears of it."""
    if (
        origin is not None
        and answerer.stranger is not None
        and not (request_refused.receivers or logger.isEnabledFor(INFO))
        and origin not in answerer.admitted
    ):
        return answerer.stranger[1]
    return answerer.actual(origin)


def is_settled(verdict: Verdict) -> bool:
    """Whether a request goes on to its view whatever the handlers and a policy of the view's own say."""
    return verdict.refusal is None or (verdict.status is None and not check_request_enabled.receivers)


def _preflight(request: HttpRequest, current: Project, origin: str, method: str) -> Verdict | None:
    own = own_policy(request, method)
    answerer = own.policy if own is not None else current.find(request.path_info)
    names = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    private_network = request.META.get("HTTP_ACCESS_CONTROL_REQUEST_PRIVATE_NETWORK") == "true"
    verdict = None
    if answerer is not None:
        verdict = answerer.preflight(origin, method, names, private_network=private_network)
        if verdict.refusal is None:
            return verdict
    if is_enabled(request):
        enabled = own.enabled if own is not None else current.enabled(answerer)
        if enabled is not None:
            return enabled.preflight(origin, method, names, private_network=private_network)
    return verdict


def by_view(request: HttpRequest, own: ViewPolicy) -> Verdict | None:
    """The verdict on an actual request by its view's own policy, as `decide` gives it."""
    if own.policy is None:
        return None
    verdict = actual(own.policy, request.META.get("HTTP_ORIGIN"))
    if verdict.refusal is None:
        return verdict
    return _actual(request, verdict, own.enabled if is_enabled(request) else None)


def _actual(request: HttpRequest, verdict: Verdict | None, enabled: Policy | None) -> Verdict | None:
    """The verdict on an actual request that was refused, or that nothing covers, in the light of what the handlers say."""
    if enabled is not None:
        lenient = enabled.actual(request.META.get("HTTP_ORIGIN"))
        if lenient.refusal is None:
            return lenient
    if verdict is None:
        return _UP_TO_HANDLERS if check_request_enabled.receivers else None
    if verdict.status is not None and _is_same_origin(request, verdict):
        return verdict._replace(status=None)
    return verdict


def _is_same_origin(request: HttpRequest, verdict: Verdict) -> bool:
    try:
        host = request.get_host()
    except DisallowedHost:
        host = ""  # what comes later answers 400
    return is_same_origin(verdict.origin or "", host, request.META.get("HTTP_SEC_FETCH_SITE"))


def is_enabled(request: HttpRequest) -> bool:
    """Whether a handler of `check_request_enabled` lets a request in. One that raises does not, and Django logs it."""
    if not check_request_enabled.receivers:
        return False
    answers = check_request_enabled.send_robust(sender=None, request=request)
    return any(answer and not isinstance(answer, Exception) for _, answer in answers)


def final(request: HttpRequest, verdict: Verdict | None) -> Verdict | None:
    """The verdict on an actual request that has been answered: its view's, where that has a policy of its own."""
    match = request.resolver_match
    method = request.method or ""
    own = own_policy(request, method) if match is None else policy_of(match.func, method)
    if own is None:
        return verdict
    return request.__dict__[_DECIDED] if _DECIDED in request.__dict__ else by_view(request, own)


def is_final(request: HttpRequest) -> bool:
    """Whether `final` has nothing to ask of anybody."""
    match = request.resolver_match
    if match is None:
        return not own_policies_exist(request)
    return _DECIDED in request.__dict__ or policy_of(match.func, request.method or "") is None


def answered(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """The answer to a request that is answered in the project's stead."""
    status, headers, body = answer(verdict, _nearest(request, verdict) if project().debug else None)
    response = HttpResponse(body, status=status, headers=dict(headers))
    if not body:
        del response.headers["Content-Type"]
    return response


def _nearest(request: HttpRequest, verdict: Verdict) -> str:
    own = own_policy(request, verdict.method or request.method or "")
    answerer = own.policy if own is not None else project().find(request.path_info)
    return answerer.nearest(verdict) if answerer is not None and verdict.refusal is not None else ""


def add(response: HttpResponseBase, verdict: Verdict) -> None:
    """Add a verdict's headers to a response, in the place of those that a view has set itself.

    Args:
        response: The project's.
        verdict: What was decided.
    """
    # Past the mapping, which converts and checks each text anew and takes longer over it than all else here together.
    headers = response.headers._store  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    for name in headers:
        if name not in _ordinary:
            _merge(response, headers, verdict)
            break
    else:
        for header in verdict.complete:
            headers[_keys[header[0]]] = header


def _merge(response: HttpResponseBase, headers: dict[str, Header], verdict: Verdict) -> None:
    """`add` to `headers` that are perhaps of CORS, or a ``Vary``."""
    if verdict is _UP_TO_HANDLERS:
        patch_vary_headers(response, verdict.vary)
        return
    varies = _clear(headers)
    for header in verdict.headers if varies else verdict.complete:
        headers[_keys[header[0]]] = header
    if varies:
        patch_vary_headers(response, verdict.vary)


def _clear(headers: dict[str, Header]) -> bool:
    """Take a view's own CORS headers out of a response's, and say whether there is a ``Vary`` among them."""
    for name in list(headers):
        if name.startswith("access-control-"):
            del headers[name]
        elif name != "vary" and len(_ordinary) < KNOWN_NAMES:
            _ordinary.add(name)
    return "vary" in headers


def report(request: HttpRequest, verdict: Verdict) -> None:
    """Log a refusal, and tell the handlers of `request_refused`. The project's own pages are refused nothing."""
    if (request_refused.receivers or logger.isEnabledFor(INFO)) and not _is_same_origin(request, verdict):
        log_refusal(verdict, request.method or "", request.path)
        request_refused.send_robust(sender=CorsMiddleware, request=request, verdict=verdict)


async def _report_async(request: HttpRequest, verdict: Verdict) -> None:
    if request_refused.receivers:
        await sync_to_async(report)(request, verdict)
    else:
        report(request, verdict)
