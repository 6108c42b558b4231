"""The playground's code for Django runs, and allows what the policy allows."""

from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from werkzeug.test import Client

from tests.demo.code import HEADERS, POLICIES, outcomes
from tests.demo.test_snippets import app
from wsgicors import CORS, Policy
from wsgicors.demo._snippets import snippets


def view(request: HttpRequest) -> HttpResponse:
    return HttpResponse(headers=HEADERS)


class Urls:
    urlpatterns = (path("", view),)


@pytest.mark.django_db(transaction=True)  # a real handler checks the connections of other tests
@pytest.mark.parametrize("policy", POLICIES, ids=repr)
def test_the_django_code_runs(policy: Policy) -> None:
    names: dict[str, Any] = {"INSTALLED_APPS": [], "MIDDLEWARE": []}
    exec(snippets(policy)["Django"], names)
    settings = {name: value for name, value in names.items() if name.isupper()}
    with override_settings(ROOT_URLCONF=Urls, **settings):
        assert outcomes(Client(WSGIHandler())) == outcomes(Client(CORS(app, policy)))
