"""The remedies for services that cannot run here, checked by the service's own model, parser or declarations.

The check finds wrong names, missing members and values of a wrong kind; it does not show the service's responses.
"""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import botocore.session
import octorules_wirefilter
import pytest
from botocore.validate import ParamValidator

from tests.doctor.places import PAGE
from tests.servers.needs import NODE_MODULES, need
from wsgicors.doctor.catalogue._causes import CAUSES
from wsgicors.doctor.catalogue._remedies import Place

FACTS: Final = {
    "origin": PAGE,
    "header": "X-Id",
    "method_list": '"GET", "PUT"',
    "header_list": '"X-Id"',
    "header_line": "X-Id",
    "asked_method": '"PUT"',
    "asked_list": '"X-Id"',
    "method_line": "GET, PUT",
}
AWS: Final = {
    Place.S3: ("s3", "CORSRules"),
    Place.CLOUDFRONT: ("cloudfront", "ResponseHeadersPolicyCorsConfig"),
    Place.API_GATEWAY: ("apigatewayv2", "Cors"),
}
"""The shape of each place's lines in the service's model."""


def lines(*places: Place) -> Iterator[tuple[Place, str]]:
    """Every remedy with lines for the places, each once."""
    for place in places:
        found = (one.code for cause in CAUSES.values() for one in cause.filled(FACTS).remedies if one.place is place)
        for code in dict.fromkeys(filter(None, found)):
            yield place, code


def mistakes(place: Place, value: Any) -> list[str]:
    """The errors that AWS's model of the service reports for a value."""
    service, name = AWS[place]
    shape = botocore.session.get_session().get_service_model(service).shape_for(name)
    report = ParamValidator().validate(value, shape).generate_report()
    return [*report.splitlines(), *unknown_values(value, shape)]


def unknown_values(value: Any, shape: Any) -> Iterator[str]:
    """Texts outside the model's lists; its validator accepts them."""
    if shape.type_name == "structure":
        for name, inner in value.items():
            yield from unknown_values(inner, shape.members[name]) if name in shape.members else [name]
    elif shape.type_name == "list":
        for inner in value:
            yield from unknown_values(inner, shape.member)
    elif getattr(shape, "enum", None) and value not in shape.enum:
        yield str(value)


@pytest.mark.parametrize(("place", "code"), list(lines(*AWS)))
def test_the_model_of_the_service_takes_the_lines(place: Place, code: str) -> None:
    assert mistakes(place, json.loads(code.replace("..., ", ""))) == []


def test_the_model_finds_what_is_missing_misspelt_and_unknown() -> None:
    assert mistakes(Place.CLOUDFRONT, {"OriginOverride": True})
    assert mistakes(Place.API_GATEWAY, {"AllowedOrigins": [PAGE]})
    assert mistakes(Place.API_GATEWAY, {"AllowOrigins": PAGE})
    [(_, code)] = lines(Place.CLOUDFRONT)
    assert mistakes(Place.CLOUDFRONT, json.loads(code.replace("GET", "FETCH"))) == ["FETCH"]


def test_the_parser_of_cloudflares_rules_takes_the_expression() -> None:
    [(_, code)] = lines(Place.CLOUDFLARE)
    when, then = code.splitlines()
    assert then == f"Set static: Access-Control-Allow-Origin = {PAGE}"
    read = octorules_wirefilter.parse_expression(when.removeprefix("When: "))
    assert "error" not in read
    assert read["fields"] == ["http.request.headers"]
    assert "error" in octorules_wirefilter.parse_expression('http.request.header["origin"][0] eq "x"')
    assert "error" in octorules_wirefilter.parse_expression('http.request.headers["origin"] eq "x"')


_PROGRAM: Final = """\
import type Client from "@keycloak/keycloak-admin-client/lib/defs/clientRepresentation.js";
export const client: Client = {lines};
// @ts-expect-error: where the name is misspelt
export const misspelt: Client = {misspelt};
// @ts-expect-error: where the list is none
export const single: Client = {{ "webOrigins": "{page}" }};
"""


@pytest.mark.servers
def test_keycloaks_declaration_of_a_client_takes_the_lines() -> None:
    """TypeScript, in Deno, finds the two mistakes and no other."""
    name = "@keycloak/keycloak-admin-client"
    need(None if (NODE_MODULES / name).is_dir() and (NODE_MODULES / ".bin/deno").exists() else f"deno, {name}")
    [(_, code)] = lines(Place.KEYCLOAK)
    with tempfile.TemporaryDirectory() as home:
        Path(home, "node_modules").symlink_to(NODE_MODULES)
        Path(home, "package.json").write_text(json.dumps({"dependencies": {name: "*"}}))
        misspelt = code.replace("webOrigins", "webOrigin")
        Path(home, "program.ts").write_text(_PROGRAM.format(lines=code, misspelt=misspelt, page=PAGE))
        checked = subprocess.run(
            [f"{NODE_MODULES}/.bin/deno", "check", "--node-modules-dir=manual", "program.ts"],
            cwd=home,
            env={"DENO_DIR": home, "PATH": os.environ["PATH"], "DENO_NO_UPDATE_CHECK": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    assert checked.returncode == 0, checked.stderr
