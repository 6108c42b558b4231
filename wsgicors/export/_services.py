"""Managed services and built-in CORS features, which cannot express a whole policy.

`SERVICES` says what each loses; the documentation is generated from it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from wsgicors.export import _service_files as files
from wsgicors.export._form import Grant

LOSSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "refusals": ("a preflight of an origin that is not allowed gets the service's own answer instead of 403."),
        "vary": "some answers that depend on Origin do not name it in Vary, and caches in front mix them up.",
        "own-headers": "CORS headers of the application stay on answers to origins that are not allowed.",
        "errors": "the service's own errors have no CORS headers.",
        "forbid": "requests of origins that are not allowed reach the application.",
        "private-network": "pages of a more public network are not allowed.",
        "credentials": "credentials are allowed for every listed origin, whether the policy allows them or not.",
        "expose-headers": ("there is only one list of headers: pages can read and send all of them."),
        "deep-subdomains": "a wildcard matches one label: *.example.com does not allow a.b.example.com.",
        "preflight-status": "a preflight is answered with the service's own status.",
    }
)
"""What can be lost, by the name for ``--accept-loss``."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that cannot express a whole policy.

    Attributes:
        name: The name for ``--to``.
        title: The service's own name.
        loses: What is lost if the policy has it, by the names in `LOSSES`.
        origins: The kinds of origins that it supports: ``exact``, ``subdomains``, ``expressions``.
        most_origins: The most origins that it accepts.
        methods: The expression that each method has to match.
        credentials: Whether it can allow credentials.
        file: The name of the file.
        place: Where the file belongs, in a sentence.
        write: Returns the file's content.
        exact: The expression that each exact origin has to match.
        headers: The expression that each header name has to match.
        has_own_headers: Whether it allows headers of its own if a policy allows none.
        shortest_age: The least ``max_age``, in seconds.
    """

    name: str
    title: str
    loses: tuple[str, ...]
    origins: tuple[str, ...]
    most_origins: int
    methods: str
    credentials: bool
    file: str
    place: str
    write: Callable[[Grant], str]
    exact: str = ".*"
    headers: str = ".*"
    has_own_headers: bool = False
    shortest_age: int = 0


_ALWAYS: Final = ("refusals", "own-headers", "errors", "forbid", "private-network", "preflight-status")
_STORED: Final = ("refusals", "forbid", "private-network", "preflight-status")
_WILDCARDS: Final = ("exact", "subdomains")
_NAMED_HOST: Final = r"https?://[A-Za-z0-9.-]+(:\d+)?"
_COMMON: Final = "GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS"
_STANDARD: Final = f"{_COMMON}|CONNECT|TRACE|[*]"

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        service.name: service
        for service in (
            Service(
                "s3", "Amazon S3", (*_STORED, "vary", "credentials"), _WILDCARDS, 100, "GET|HEAD|POST|PUT|DELETE", True,
                "cors.json", "aws s3api put-bucket-cors --bucket BUCKET --cors-configuration file://cors.json",
                files.s3,
            ),
            Service(
                "cloudfront", "a CloudFront response headers policy", _ALWAYS, _WILDCARDS, 100, _COMMON, True,
                "cloudfront.json",
                "aws cloudfront create-response-headers-policy --response-headers-policy-config file://cloudfront.json",
                files.cloudfront,
            ),
            Service(
                "apigateway", "an API Gateway HTTP API", _ALWAYS, ("exact",), 100, ".*", True, "cors.json",
                "aws apigatewayv2 update-api --api-id API --cors-configuration file://cors.json",
                files.api_gateway,
            ),
            Service(
                "gcs", "Google Cloud Storage", (*_STORED, "vary", "expose-headers"), ("exact",), 100, ".*", False,
                "cors.json", "gcloud storage buckets update gs://BUCKET --cors-file=cors.json",
                files.gcs,
            ),
            Service(
                "azure-storage", "Azure Storage", (*_STORED, "vary"), ("exact",), 64, _COMMON, False,
                "cors.json", "the body of a PUT of the storage account's blobServices/default, by ARM or az rest",
                files.azure,
            ),
            Service(
                "gateway-api", "the CORS filter of a Kubernetes HTTPRoute", (*_ALWAYS, "vary"), _WILDCARDS, 64,
                _STANDARD, True, "httproute.yaml", "in each item of spec.rules of the HTTPRoute",
                files.gateway_api, exact=_NAMED_HOST, headers="[^*]+", shortest_age=1,
            ),
            Service(
                "ingress-nginx", "ingress-nginx's annotations", (*_ALWAYS, "vary", "deep-subdomains"), _WILDCARDS, 100,
                "[A-Za-z]+", True, "ingress.yaml", "in the Ingress",
                files.ingress_nginx, exact=_NAMED_HOST, headers="[A-Za-z0-9_-]+", has_own_headers=True,
            ),
            Service(
                "istio", "an Istio corsPolicy", (*_ALWAYS, "vary"), (*_WILDCARDS, "expressions"), 100, _STANDARD, True,
                "virtualservice.yaml", "in each item of spec.http of the VirtualService",
                files.istio, shortest_age=1,
            ),
        )
    }
)  # fmt: skip
"""Each service, by the name for ``--to``.

ingress-nginx uses its own default, which is ``*`` for origins, instead of an annotation that its expressions do not
match; the schema of Gateway API's CORS filter and Istio's own check reject such values:
https://github.com/kubernetes/ingress-nginx/blob/main/internal/ingress/annotations/cors/main.go
"""
