"""CORS for Pyramid: a tween built on `wsgicors.adapting`. A view's own policy is its ``cors`` option.

.. code-block:: python

    config.registry.settings["cors.rules"] = {"/": Policy(allow_origins=["https://www.example.com"])}
    config.include("cors")


    @view_config(route_name="notes", request_method="PUT", cors=Policy(allow_origins=["https://app.example.com"]))
    def write(request): ...
"""

from pyramid.interfaces import IRoutesMapper
from pyramid.tweens import INGRESS

from wsgicors import adapting


def includeme(config):
    config.add_view_deriver(keep_policy, name="cors")
    config.add_tween(f"{__name__}.tween_factory", under=INGRESS)


def keep_policy(view, info):
    return view  # unchanged: Pyramid keeps its options, where `policy_for` finds them


keep_policy.options = ("cors",)


def tween_factory(handler, registry):
    rules = adapting.Rules(registry.settings["cors.rules"])

    def tween(request):
        policy = policy_for(request, registry) or rules.find(adapting.path_of(request.environ))
        if policy is None:
            return handler(request)
        verdict = adapting.decide(request.environ, policy)
        adapting.report(verdict, request.environ)
        if verdict.status is not None:
            answer = adapting.answer(verdict, policy)
            return request.ResponseClass(answer.body, status=answer.status, headerlist=[*answer.headers])
        response = handler(request)
        response.headerlist = adapting.merge_headers(response.headerlist, verdict)
        return response

    return tween


def policy_for(request, registry):
    """Return the policy of the view for a request or, for a preflight, for the request that it asks for."""
    route = registry.getUtility(IRoutesMapper)(request)["route"]
    preflight = adapting.is_preflight(request.environ)
    method = request.headers["Access-Control-Request-Method"] if preflight else request.method
    for entry in registry.introspector.get_category("views") or ():
        view = entry["introspectable"]
        methods = view["request_methods"] or (method,)
        if route is not None and view["route_name"] == route.name and method in methods and view.get("cors"):
            return view["cors"]
    return None
