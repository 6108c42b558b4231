"""Managed services and built-in CORS features, which cannot say all that a policy says.

`SERVICES` says what each loses; it is also the documentation.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from wsgicors.export._form import Grant
from wsgicors.export._yaml import Yaml, dump

SAFELISTED: Final = ("GET", "HEAD", "POST")

LOSSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "refusals": (
            "a preflight of an origin that is not allowed is not answered with 403, but as the service pleases."
        ),
        "vary": "some answers that depend on Origin do not say so in Vary, and caches in front mix them up.",
        "own-headers": "CORS headers of the application stay on answers to origins that are not allowed.",
        "errors": "the service's own errors have no CORS headers.",
        "forbid": "requests of origins that are not allowed reach the application.",
        "private-network": "no page of a more public network is let in.",
        "credentials": "credentials are allowed to every origin that is named, whether the policy allows them or not.",
        "expose-headers": (
            "there is one list of headers: those that may be read may also be sent, and the other way round."
        ),
        "deep-subdomains": "a wildcard stands for one label: a.b.example.com is not let in by *.example.com.",
        "preflight-status": "a preflight is answered with the service's own status.",
    }
)
"""What may be lost, by the name that ``--accept-loss`` has."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service that says less than a policy.

    Attributes:
        name: As in ``--to``.
        title: Its own name.
        loses: What is lost wherever the policy has it, by name in `LOSSES`.
        origins: What its origins can be: ``exact``, ``subdomains``, ``expressions``.
        most_origins: How many it takes.
        methods: The methods that it takes; empty for all.
        credentials: Whether it can allow credentials.
        file: The name of the file.
        write: The file's content.
    """

    name: str
    title: str
    loses: tuple[str, ...]
    origins: tuple[str, ...]
    most_origins: int
    methods: tuple[str, ...]
    credentials: bool
    file: str
    write: Callable[[Grant], str]


def methods_of(grant: Grant) -> list[str]:
    """Return the methods that are allowed, those that need no leave among them."""
    return list(dict.fromkeys([*SAFELISTED, *filter(None, grant.methods.split(", "))]))


def listed(text: str) -> list[str]:
    """Return the members of a header's value."""
    return [one for one in text.split(", ") if one]


def _origins(grant: Grant) -> list[str]:
    return ["*"] if grant.any_origin else [*grant.exact, *(family.pattern for family in grant.families)]


def _age(grant: Grant) -> int:
    """Seconds; without ``Access-Control-Max-Age`` browsers keep the answer for 5."""
    return int(grant.max_age or 5)


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def _s3(grant: Grant) -> str:
    rule = {
        "AllowedOrigins": _origins(grant),
        "AllowedMethods": methods_of(grant),
        "AllowedHeaders": listed(grant.headers),
        "ExposeHeaders": listed(grant.expose),
        "MaxAgeSeconds": _age(grant),
    }
    return _json({"CORSRules": [rule]})


def _cloudfront(grant: Grant) -> str:
    def items(values: list[str]) -> dict[str, object]:
        return {"Quantity": len(values), "Items": values}

    config = {
        "AccessControlAllowCredentials": grant.credentials,
        "AccessControlAllowHeaders": items(listed(grant.headers)),
        "AccessControlAllowMethods": items(methods_of(grant)),
        "AccessControlAllowOrigins": items(_origins(grant)),
        "AccessControlExposeHeaders": items(listed(grant.expose)),
        "AccessControlMaxAgeSec": _age(grant),
        "OriginOverride": True,
    }
    return _json({"Name": "wsgicors", "CorsConfig": config})


def _api_gateway(grant: Grant) -> str:
    return _json(
        {
            "AllowOrigins": _origins(grant),
            "AllowCredentials": grant.credentials,
            "AllowMethods": methods_of(grant),
            "AllowHeaders": listed(grant.headers),
            "ExposeHeaders": listed(grant.expose),
            "MaxAge": _age(grant),
        }
    )


def _gcs(grant: Grant) -> str:
    headers = list(dict.fromkeys([*listed(grant.headers), *listed(grant.expose)]))
    rule = {
        "origin": _origins(grant),
        "method": methods_of(grant),
        "responseHeader": headers,
        "maxAgeSeconds": _age(grant),
    }
    return _json([rule])


def _azure(grant: Grant) -> str:
    rule = {
        "AllowedOrigins": _origins(grant),
        "AllowedMethods": methods_of(grant),
        "AllowedHeaders": listed(grant.headers),
        "ExposedHeaders": listed(grant.expose),
        "MaxAgeInSeconds": _age(grant),
    }
    return _json({"CorsRules": [rule]})


def _cors(grant: Grant) -> dict[str, Yaml]:
    """Return what Gateway API and Istio call alike."""
    return {
        "allowCredentials": grant.credentials,
        "allowMethods": methods_of(grant),
        "allowHeaders": listed(grant.headers),
        "exposeHeaders": listed(grant.expose),
    }


def _gateway_api(grant: Grant) -> str:
    cors: Yaml = {"allowOrigins": _origins(grant), **_cors(grant), "maxAge": _age(grant)}
    return dump({"filters": [{"type": "CORS", "cors": cors}]})


def _istio(grant: Grant) -> str:
    exact: list[Yaml] = [{"exact": origin} for origin in (["*"] if grant.any_origin else grant.exact)]
    families: list[Yaml] = [{"regex": family.expression} for family in grant.families]
    return dump({"corsPolicy": {"allowOrigins": [*exact, *families], **_cors(grant), "maxAge": f"{_age(grant)}s"}})


def _ingress_nginx(grant: Grant) -> str:
    prefix = "nginx.ingress.kubernetes.io"
    annotations: dict[str, Yaml] = {
        f"{prefix}/enable-cors": "true",
        f"{prefix}/cors-allow-origin": ", ".join(_origins(grant)),
        f"{prefix}/cors-allow-credentials": "true" if grant.credentials else "false",
        f"{prefix}/cors-allow-methods": ", ".join(methods_of(grant)),
        f"{prefix}/cors-allow-headers": grant.headers,
        f"{prefix}/cors-expose-headers": grant.expose,
        f"{prefix}/cors-max-age": str(_age(grant)),
    }
    return dump({"metadata": {"annotations": {name: value for name, value in annotations.items() if value}}})


_ALWAYS: Final = ("refusals", "own-headers", "errors", "forbid", "private-network", "preflight-status")
_STORED: Final = ("refusals", "forbid", "private-network", "preflight-status")
_WILDCARDS: Final = ("exact", "subdomains")

SERVICES: Final[Mapping[str, Service]] = MappingProxyType(
    {
        service.name: service
        for service in (
            Service("s3", "Amazon S3", (*_STORED, "vary", "credentials"), _WILDCARDS, 100,
                    ("GET", "HEAD", "POST", "PUT", "DELETE"), True, "cors.json", _s3),
            Service("cloudfront", "a CloudFront response headers policy", _ALWAYS, _WILDCARDS, 100,
                    ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"), True, "cloudfront.json", _cloudfront),
            Service("apigateway", "an API Gateway HTTP API", _ALWAYS, ("exact",), 100, (), True, "cors.json",
                    _api_gateway),
            Service("gcs", "Google Cloud Storage", (*_STORED, "vary", "expose-headers"), ("exact",), 100, (), False,
                    "cors.json", _gcs),
            Service("azure-storage", "Azure Storage", (*_STORED, "vary"), ("exact",), 64,
                    ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"), False, "cors.json", _azure),
            Service("gateway-api", "the CORS filter of a Kubernetes HTTPRoute", (*_ALWAYS, "vary"), _WILDCARDS, 64, (),
                    True,
                    "httproute.yaml", _gateway_api),
            Service("ingress-nginx", "ingress-nginx's annotations", (*_ALWAYS, "vary", "deep-subdomains"), _WILDCARDS,
                    100, (),
                    True, "ingress.yaml", _ingress_nginx),
            Service("istio", "an Istio corsPolicy", (*_ALWAYS, "vary"), (*_WILDCARDS, "expressions"), 100, (), True,
                    "virtualservice.yaml", _istio),
        )
    }
)  # fmt: skip
"""Each service, by the name that ``--to`` has."""
