"""An API for our own pages, prices for every page, and an export for a partner's pages."""

import json

from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.views.decorators.http import require_GET, require_http_methods

from django_wsgicors import cors
from shop.models import Item


@require_GET
def token(request):
    """Return the token for X-CSRFToken: a page of another origin cannot read the cookie."""
    return JsonResponse({"token": get_token(request)})


@require_http_methods(["GET", "PUT", "DELETE"])
def item(request, name):
    """Read, write or delete an item."""
    if request.method == "PUT":
        given = json.loads(request.body)
        Item.objects.update_or_create(name=name, defaults={"price": given["price"], "stock": given["stock"]})
        return HttpResponse(status=204)
    if request.method == "DELETE":
        Item.objects.filter(name=name).delete()
        return HttpResponse(status=204)
    found = Item.objects.filter(name=name).first()
    if found is None:
        return JsonResponse({"error": "no such item"}, status=404)
    return JsonResponse({"name": found.name, "price": found.price, "stock": found.stock})


@require_GET
async def items(request):
    """Return all items."""
    listed = [{"name": item.name, "stock": item.stock} async for item in Item.objects.order_by("name")]
    return JsonResponse({"items": listed}, headers={"X-Total-Count": str(len(listed))})


@require_GET
def prices(request):
    """Return the prices, for every page."""
    return JsonResponse({item.name: item.price for item in Item.objects.all()})


@cors(allow_origins=["https://partner.example"], refuse="forbid")
@require_GET
def export(request):
    """Return the export, which only the partner's pages may request."""
    return JsonResponse({"items": list(Item.objects.values("name", "price", "stock"))})
