"""Each service's own schema accepts its files: every policy is refused by name or written according to the schema.

For the annotations of ingress-nginx there is no schema; Kubernetes only requires texts. The clients are imported where
they are used: every process of the quick tests imports this file, and they would take a second of each.
"""

import itertools
import json
import re
import subprocess
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import yaml

from tests.servers.needs import NODE_MODULES, need
from wsgicors import Policy, PolicyError
from wsgicors.export._form import form_of
from wsgicors.export._lossy import export
from wsgicors.export._refusals import ExportError
from wsgicors.export._services import LOSSES, SERVICES

A, B = "https://a.example", "https://b.example:8443"
SETTINGS: Final[Mapping[str, Sequence[object]]] = {
    "allow_origins": (
        [A, B], "*", [A, "null"], [A, "http://[::1]:3000"], ["chrome-extension://abcdef"], ["https://*.example.com"],
        ["https://*.example.com:*"], ["https://x-*.example.org"], ["https://my_app.example"],
        [f"https://a{at}.example" for at in range(65)],
    ),
    "allow_methods": ((), ["PUT"], ["PATCH", "DELETE"], ["COPY"], ["M-SEARCH"], "*"),
    "allow_headers": ((), ["X-A", "Content-Type"], ["X.Y"], ["*", "Authorization"]),
    "expose_headers": ((), ["X-A", "Content-Type"], "*"),
    "allow_credentials": (False, True),
    "max_age": (None, 0, 1, 86400),
}  # fmt: skip


@cache
def policies() -> list[Policy]:
    """Return a part of the policies, one for each combination that builds."""
    found: list[Policy] = []
    for values in itertools.islice(itertools.product(*SETTINGS.values()), 0, None, 23):
        settings: dict[str, Any] = dict(zip(SETTINGS, values, strict=True))
        try:
            found.append(Policy(**settings))
        except PolicyError:
            continue
    return found


@cache
def written(name: str) -> list[str]:
    """Return the files of a service for all policies that it can express."""
    texts: list[str] = []
    for policy in policies():
        try:
            texts += export(SERVICES[name], form_of(policy), frozenset(LOSSES)).values()
        except ExportError:
            continue
    return list(dict.fromkeys(texts))


@cache
def input_shape(service: str, operation: str) -> Any:
    """Return what an operation of Amazon's takes, by its own client's model of the service."""
    import botocore.session

    return botocore.session.get_session().get_service_model(service).operation_model(operation).input_shape


def amazon(service: str, operation: str, parameter: str) -> Callable[[Any], None]:
    """Return the check of Amazon's own client before it sends a file."""

    def check(document: Any) -> None:
        from botocore.validate import ParamValidator

        shape = input_shape(service, operation)
        report = ParamValidator().validate(document, shape.members[parameter])
        assert not report.has_errors(), report.generate_report()

    return check


def google(document: Any) -> None:
    """Check against the API description in Google's own client."""
    from googleapiclient.discovery_cache import get_static_doc

    schema = json.loads(get_static_doc("storage", "v1"))["schemas"]["Bucket"]["properties"]["cors"]
    schema["items"]["additionalProperties"] = False
    jsonschema.validate(document, schema)


def azure(document: Any) -> None:
    """Read it with Azure's own client; a rule rebuilt from the known keys must be the same."""
    from azure.mgmt.storage.models import AllowedMethods, BlobServiceProperties, CorsRule

    (rule,) = BlobServiceProperties(document).cors.cors_rules
    assert {*rule.allowed_methods} <= {str(method.value) for method in AllowedMethods}
    again = CorsRule(
        allowed_origins=rule.allowed_origins,
        allowed_methods=rule.allowed_methods,
        allowed_headers=rule.allowed_headers,
        exposed_headers=rule.exposed_headers,
        max_age_in_seconds=rule.max_age_in_seconds,
    )
    assert document == {"properties": {"cors": {"corsRules": [again.as_dict()]}}}
    assert all(isinstance(one, str) for key in again if key != "maxAgeInSeconds" for one in again[key])
    assert isinstance(rule.max_age_in_seconds, int)


CLIENTS: Final[Mapping[str, Callable[[Any], None]]] = {
    "s3": amazon("s3", "PutBucketCors", "CORSConfiguration"),
    "cloudfront": amazon("cloudfront", "CreateResponseHeadersPolicy", "ResponseHeadersPolicyConfig"),
    "apigateway": amazon("apigatewayv2", "CreateApi", "CorsConfiguration"),
    "gcs": google,
    "azure-storage": azure,
}


@pytest.mark.parametrize("name", CLIENTS)
def test_the_client_of_the_service_takes_every_file(name: str) -> None:
    texts = written(name)
    assert len(texts) > 5
    for text in texts:
        CLIENTS[name](json.loads(text))


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("s3", lambda document: document["CORSRules"][0].update(MaxAge=5)),
        ("cloudfront", lambda document: document["CorsConfig"].pop("OriginOverride")),
        ("apigateway", lambda document: document.update(MaxAge="5")),
        ("gcs", lambda document: document[0].update(maxAgeSeconds="5")),
        ("azure-storage", lambda document: document["properties"]["cors"]["corsRules"][0].update(MaxAge=5)),
    ],
)
def test_the_client_of_the_service_finds_a_fault(name: str, change: Callable[[Any], object]) -> None:
    document = json.loads(written(name)[0])
    change(document)
    with pytest.raises((AssertionError, jsonschema.ValidationError)):
        CLIENTS[name](document)


# -- Kubernetes --------------------------------------------------------------------------------------------------------


def resource(name: str, fragment: Any) -> dict[str, Any]:
    """Return the resource that contains the file of a service."""
    named = {"metadata": {"name": "a"}}
    return {
        "gateway-api": {"kind": "HTTPRoute", **named, "spec": {"rules": [fragment]}},
        "istio": {"kind": "VirtualService", **named, "spec": {"hosts": ["a.example"], "http": [fragment]}},
        "ingress-nginx": {"kind": "Ingress", **fragment},
    }[name]


SCHEMAS: Final[Mapping[str, str]] = {
    "gateway-api": "@kubernetes-models/gateway-api/_schemas/IoK8sSigsGatewayApiApisV1HTTPCORSFilter.js",
    "istio": "@kubernetes-models/istio/_schemas/NetworkingIstioIoV1VirtualService.js",
    "ingress-nginx": "kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress.js",
}
"""The files that name the resource's keys. Kubernetes silently drops unknown keys."""


def faults(resources: list[dict[str, Any]]) -> list[str]:
    """Return the schema's objection to each resource."""
    command = ["node", str(Path(__file__).with_name("schemas.mjs")), str(NODE_MODULES)]
    done = subprocess.run(command, input=json.dumps(resources), capture_output=True, text=True, check=True)
    found: list[str] = json.loads(done.stdout)
    return found


@pytest.mark.servers
@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_of_kubernetes_takes_every_file(name: str) -> None:
    schema = NODE_MODULES / SCHEMAS[name]
    need(None if schema.exists() else "npm's @kubernetes-models/gateway-api and @kubernetes-models/istio")
    fragments = [yaml.safe_load(text) for text in written(name)]
    assert len(fragments) > 5
    assert {*faults([resource(name, fragment) for fragment in fragments])} == {""}
    for cors in (one["filters"][0]["cors"] for one in fragments if name == "gateway-api"):
        assert all(f"data.{key}" in schema.read_text() for key in cors)
        # Rules in CEL, which Kubernetes has besides the schema.
        lists = [members for members in cors.values() if isinstance(members, list)]
        assert all("*" not in members or len(members) == 1 for members in lists)
    for one in (one["metadata"]["annotations"] for one in fragments if name == "ingress-nginx"):
        # It replaces a list with any other member, even a space, by "*".
        listed = one["nginx.ingress.kubernetes.io/cors-allow-origin"].split(",")
        assert all(re.fullmatch(r"\*|https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?", origin) for origin in listed)
    for policy in (one["corsPolicy"] for one in fragments if name == "istio"):
        assert all(f"data.{key}" in schema.read_text() for key in ("corsPolicy", *policy))
        assert policy["maxAge"] != "0s"


@pytest.mark.servers
def test_the_schema_of_kubernetes_finds_a_fault() -> None:
    need(None if (NODE_MODULES / SCHEMAS["istio"]).exists() else "npm's @kubernetes-models/istio")
    wrong = [
        resource("gateway-api", {"filters": [{"type": "CORS", "cors": {"allowOrigins": ["null"], "maxAge": 5}}]}),
        resource("istio", {"corsPolicy": {"allowOrigins": [{"exact": "a", "regex": "b"}]}}),
        resource("ingress-nginx", {"metadata": {"annotations": {"a": 5}}}),
    ]
    assert all(faults(wrong))
