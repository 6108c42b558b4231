"""The middleware: applies the core's verdicts to Django's requests, and their headers to Django's responses.

It goes first in MIDDLEWARE, above everything that can answer instead of a view.
"""

import functools
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from django_wsgicors._project import project
from django_wsgicors._routing import (
    own_policies_ask_elsewhere,
    own_policy,
    policies_ahead,
    policies_by_language,
    urlconf_of,
)
from django_wsgicors._views import View, ViewPolicy
from django_wsgicors.signals import check_request_enabled, request_refused
from wsgicors import Verdict, adapting
from wsgicors.adapting import Answerer

__all__ = ["CorsMiddleware"]

ProcessView = Callable[
    [HttpRequest, View, tuple[object, ...], Mapping[str, object]],
    Awaitable[HttpResponse | None] | HttpResponse | None,
]
GetResponse = Callable[[HttpRequest], HttpResponseBase] | Callable[[HttpRequest], Awaitable[HttpResponseBase]]

_DECIDED: Final = "_django_wsgicors"
"""The attribute of a request that holds its `Decided`.

Using ``request.__dict__`` instead slows down every later attribute, and took a seventh of this middleware's time.
"""


class Decided:
    """The verdict on a request.

    Attributes:
        own: The policy of the view that it comes from, or None for the settings'.
        verdict: The verdict; None if nothing covers the request.
        view: The view that Django has reached; None before that.
        answered: Whether it was answered without calling the view.
    """

    __slots__ = ("answered", "own", "verdict", "view")

    def __init__(self, own: ViewPolicy | None, verdict: Verdict | None) -> None:
        self.own: ViewPolicy | None = own
        self.verdict: Verdict | None = verdict
        self.view: View | None = None
        self.answered: bool = False


class CorsMiddleware:
    """Answer preflights, and add CORS headers to all other responses.

    What is allowed comes from the settings ``CORS_…``, the decorators `django_wsgicors.cors` and
    `django_wsgicors.cors_exempt`, and the signal `django_wsgicors.check_request_enabled`. Sync and async.

    Raises:
        django.core.exceptions.ImproperlyConfigured: when Django loads it, with every problem of the settings.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response: Callable[[HttpRequest], Any] = get_response
        self._is_async = iscoroutinefunction(get_response)  # pyright: ignore[reportDeprecated]
        self.process_view: ProcessView = _reach_view_async if self._is_async else reach_view
        """Django's hook, called with a view before the view itself."""
        if self._is_async:
            markcoroutinefunction(self)
        project()

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        """Answer a preflight or a forbidden request, or let the project answer and add the headers."""
        if self._is_async:
            return self._call_async(request)
        verdict = before(request)
        if verdict is not None and verdict.status is not None:
            return answer(request, verdict)
        return after(request, self.get_response(request), verdict)

    async def _call_async(self, request: HttpRequest) -> HttpResponseBase:
        # Without a coroutine around each of these functions: saves 6,100 of 63,700 instructions.
        verdict = await sync_to_async(before)(request) if waits(request) else before(request)
        if verdict is not None and verdict.status is not None:
            return await sync_to_async(answer)(request, verdict) if waits(request) else answer(request, verdict)
        response: HttpResponseBase = await self.get_response(request)
        return (
            await sync_to_async(after)(request, response, verdict)
            if waits(request)
            else after(request, response, verdict)
        )


def before(request: HttpRequest) -> Verdict | None:
    """Decide on a request by the policies that can apply to it: if there are several, all must grant it.

    Returns:
        The verdict, with a status if the request has to be answered at once; None if nothing covers the request.
    """
    ahead = policies_ahead(request)
    if ahead.certain:
        own = ahead.policies[0]
        verdict = decide(request, own)
        setattr(request, _DECIDED, Decided(own, verdict))
        return verdict
    verdict = _strictest(request, ahead.policies)
    if verdict is not None and not adapting.is_preflight(request.META):
        return verdict._replace(status=None)  # decided once the view is known
    return verdict


def _strictest(request: HttpRequest, policies: tuple[ViewPolicy | None, ...]) -> Verdict | None:
    """Return the verdict of the first policy that refuses, else of one that leaves the request alone, else a grant."""
    return min((decide(request, own) for own in policies), key=_grants)


def _grants(verdict: Verdict | None) -> int:
    return 1 if verdict is None else 2 * verdict.allowed


def reach_view(
    request: HttpRequest, view: View, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> HttpResponse | None:
    """Decide on a request whose view is now known, and answer instead of the view if the verdict forbids it."""
    decided = by_view(request, view)
    if decided.verdict is None or decided.verdict.status is None:
        return None
    decided.answered = True
    return answer(request, decided.verdict)


async def _reach_view_async(
    request: HttpRequest, view: View, args: tuple[object, ...], kwargs: Mapping[str, object]
) -> HttpResponse | None:
    return (
        await sync_to_async(reach_view)(request, view, args, kwargs)
        if waits(request)
        else reach_view(request, view, args, kwargs)
    )


def after(request: HttpRequest, response: HttpResponseBase, verdict: Verdict | None) -> HttpResponseBase:
    """Add the verdict's headers to the project's response, instead of those that a view has set itself.

    Args:
        request: The request.
        response: The response.
        verdict: The result of `before`. It applies if no view was reached; else the view's policy decides.
    """
    decided: Decided | None = getattr(request, _DECIDED, None)
    match = request.resolver_match
    if match is not None:
        if decided is None or decided.view is not match.func:
            decided = by_view(request, match.func)  # a middleware above answered before `reach_view`
        if decided.answered:
            return response
        verdict = decided.verdict
    elif decided is None and not adapting.is_preflight(request.META):
        verdict = before(request)  # by the URLconf that a middleware has set since
    if verdict is UP_TO_HANDLERS:
        patch_vary_headers(response, UP_TO_HANDLERS.vary)
    elif verdict is not None:
        if dropped := adapting.set_headers(response.headers, verdict):
            _report_dropped(request, dropped)
        report(request, verdict)
    return response


def _report_dropped(request: HttpRequest, names: list[str]) -> None:
    """Log that a view's own CORS headers are replaced, once for each view."""
    match = request.resolver_match
    _log_dropped(f"the view {match.view_name}" if match is not None else "a middleware", ", ".join(sorted(names)))


@functools.lru_cache(maxsize=1000)
def _log_dropped(setter: str, names: str) -> None:
    adapting.log().warning(
        "%s sets %s, which CorsMiddleware replaces: take it out, or mark the view with @cors_exempt", setter, names
    )


def by_view(request: HttpRequest, view: View) -> Decided:
    """Decide on a request that a view serves, unless `before` expected a view with the same policy."""
    own = own_policy(request, view)
    decided: Decided | None = getattr(request, _DECIDED, None)
    if decided is None or decided.own is not own:
        # A preflight has no cookie, so its language can differ from that of the request that it asks for.
        others = policies_by_language(request) if adapting.is_preflight(request.META) else ()
        verdict = _strictest(request, (own, *others))
        decided = Decided(own, verdict)
        setattr(request, _DECIDED, decided)
    decided.view = view
    return decided


def decide(request: HttpRequest, own: ViewPolicy | None) -> Verdict | None:
    """Return the verdict on a request.

    Args:
        request: The request.
        own: The policy of its view, or None for that of the settings.
    """
    policy = policy_for(request, own)
    verdict = _verdict(request, policy)
    if not check_request_enabled.receivers or (own is not None and own.policy is None):
        return verdict
    if verdict is not None and verdict.refusal is None:
        return verdict
    if is_enabled(request):
        enabled = _verdict(request, own.enabled if own is not None else project().enabled(policy))
        if enabled is not None and (verdict is not None or enabled.refusal is None):
            return enabled
    return verdict or UP_TO_HANDLERS


def policy_for(request: HttpRequest, own: ViewPolicy | None) -> Answerer | None:
    """Return the policy for a request: its view's own, or the settings'; None if neither covers it."""
    return own.policy if own is not None else project().find(request.path_info)


def _verdict(request: HttpRequest, policy: Answerer | None) -> Verdict | None:
    return adapting.decide(request.META, policy, host=functools.partial(_host, request)) if policy is not None else None


def _host(request: HttpRequest) -> str:
    """Return the project's own host, which can come from a proxy (USE_X_FORWARDED_HOST)."""
    try:
        return request.get_host()
    except DisallowedHost:
        return ""  # Django answers 400


UP_TO_HANDLERS: Final = Verdict(True, None, (), ("Origin",), ())
"""The verdict on an uncovered request, if a handler of `check_request_enabled` could enable another origin.

A cache must not serve one origin's response to another (RFC 9111, 4.1).
"""


def is_enabled(request: HttpRequest) -> bool:
    """Return whether a handler of `check_request_enabled` lets a request in. Django logs what handlers raise."""
    answers = check_request_enabled.send_robust(sender=None, request=request)
    return any(answer and not isinstance(answer, Exception) for _, answer in answers)


def answer(request: HttpRequest, verdict: Verdict) -> HttpResponse:
    """Return the response to a preflight or a forbidden request."""
    report(request, verdict)
    whole = _debugged(request, verdict) if project().debug else adapting.answer(verdict)
    response = HttpResponse(whole.body, status=whole.status, headers=dict(whole.headers))
    if not whole.body:
        del response.headers["Content-Type"]
    return response


def _debugged(request: HttpRequest, verdict: Verdict) -> adapting.Answer:
    """Return the answer with CORS_DEBUG: a refusal includes its remedy, with the names of settings or decorator."""
    own = policies_ahead(request).policies[0]
    policy = policy_for(request, own)
    return adapting.answer(verdict, policy, debug=True, names=project().names(policy) if own is None else {})


def report(request: HttpRequest, verdict: Verdict) -> None:
    """Log a refusal, and send `request_refused`."""
    if verdict.refusal is not None:
        adapting.report(verdict, request.META)
        request_refused.send_robust(sender=CorsMiddleware, request=request, verdict=verdict)


def waits(request: HttpRequest) -> bool:
    """Return whether a verdict on a request, or its report, can block, and therefore needs a thread."""
    if check_request_enabled.receivers or request_refused.receivers:
        return True
    if "HTTP_ORIGIN" not in request.META:
        return False
    return project().asks_elsewhere or own_policies_ask_elsewhere(urlconf_of(request))
