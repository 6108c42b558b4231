"""The CORS configurations of services that cannot express a whole policy, one function each."""

import json
from typing import Final

from wsgicors.export._form import Grant
from wsgicors.export._yaml import Yaml, dump

_SAFELISTED: Final = ("GET", "HEAD", "POST")


def methods_of(grant: Grant) -> list[str]:
    """Return the allowed methods, including those that need no permission."""
    named = listed(grant.methods)
    return named if "*" in named else list(dict.fromkeys([*_SAFELISTED, *named]))


def listed(text: str) -> list[str]:
    """Return the members of a header's value."""
    return [one for one in text.split(", ") if one]


def _origins(grant: Grant) -> list[str]:
    return ["*"] if grant.any_origin else [*grant.exact, *(family.pattern for family in grant.families)]


def _age(grant: Grant) -> int:
    """Return seconds; without ``Access-Control-Max-Age`` browsers cache the answer for 5."""
    return int(grant.max_age or 5)


def _json(value: object) -> str:
    return json.dumps(value, indent=2) + "\n"


def s3(grant: Grant) -> str:
    """Return the configuration of ``aws s3api put-bucket-cors``."""
    rule = {
        "AllowedOrigins": _origins(grant),
        "AllowedMethods": methods_of(grant),
        "AllowedHeaders": listed(grant.headers),
        "ExposeHeaders": listed(grant.expose),
        "MaxAgeSeconds": _age(grant),
    }
    return _json({"CORSRules": [rule]})


def cloudfront(grant: Grant) -> str:
    """Return the configuration of ``aws cloudfront create-response-headers-policy``."""

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


def api_gateway(grant: Grant) -> str:
    """Return the configuration of ``aws apigatewayv2 update-api``."""
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


def gcs(grant: Grant) -> str:
    """Return the file of ``gcloud storage buckets update --cors-file``."""
    headers = list(dict.fromkeys([*listed(grant.headers), *listed(grant.expose)]))
    rule = {
        "origin": _origins(grant),
        "method": methods_of(grant),
        "responseHeader": headers,
        "maxAgeSeconds": _age(grant),
    }
    return _json([rule])


def azure(grant: Grant) -> str:
    """Return the properties of a storage account's service, in the format of ARM templates and ``az rest``."""
    rule = {
        "allowedOrigins": _origins(grant),
        "allowedMethods": methods_of(grant),
        "allowedHeaders": listed(grant.headers),
        "exposedHeaders": listed(grant.expose),
        "maxAgeInSeconds": _age(grant),
    }
    return _json({"properties": {"cors": {"corsRules": [rule]}}})


def _cors(grant: Grant) -> dict[str, Yaml]:
    """Return the fields that Gateway API and Istio have in common."""
    return {
        "allowCredentials": grant.credentials,
        "allowMethods": methods_of(grant),
        "allowHeaders": listed(grant.headers),
        "exposeHeaders": listed(grant.expose),
    }


def gateway_api(grant: Grant) -> str:
    """Return the filters of a rule of an HTTPRoute."""
    cors: Yaml = {"allowOrigins": _origins(grant), **_cors(grant), "maxAge": _age(grant)}
    return dump({"filters": [{"type": "CORS", "cors": cors}]})


def istio(grant: Grant) -> str:
    """Return a part of an HTTP route of a VirtualService."""
    exact: list[Yaml] = [{"exact": origin} for origin in (["*"] if grant.any_origin else grant.exact)]
    families: list[Yaml] = [{"regex": family.expression} for family in grant.families]
    return dump({"corsPolicy": {"allowOrigins": [*exact, *families], **_cors(grant), "maxAge": f"{_age(grant)}s"}})


def ingress_nginx(grant: Grant) -> str:
    """Return the metadata of an Ingress."""
    prefix = "nginx.ingress.kubernetes.io"
    annotations: dict[str, Yaml] = {
        f"{prefix}/enable-cors": "true",
        f"{prefix}/cors-allow-origin": ",".join(_origins(grant)),  # with a space, its check rejects all of them
        f"{prefix}/cors-allow-credentials": "true" if grant.credentials else "false",
        f"{prefix}/cors-allow-methods": ", ".join(methods_of(grant)),
        f"{prefix}/cors-allow-headers": grant.headers,
        f"{prefix}/cors-expose-headers": grant.expose,
        f"{prefix}/cors-max-age": str(_age(grant)),
    }
    return dump({"metadata": {"annotations": {name: value for name, value in annotations.items() if value}}})
