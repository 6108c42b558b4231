"""The remedies for ASP.NET, in ASP.NET Core: blocked before, allowed with the printed lines."""

from collections.abc import Mapping
from typing import Any, Final

import pytest

from tests.doctor.aspnet import Configuration, aspnet
from tests.doctor.places import PAGE
from tests.doctor.remedied import check, check_all_are_tried, for_both, printed
from tests.doctor.test_remedies import OTHER, probed
from wsgicors.doctor import Examination
from wsgicors.doctor.catalogue._remedies import Place

pytestmark = pytest.mark.servers


def with_policy(lines: str) -> Configuration:
    """The lines configure the default policy, which the application uses."""
    services = f"builder.Services.AddCors(options => options.AddDefaultPolicy(policy => {{ {lines} }}));"
    return Configuration(services, "app.UseCors();")


_LISTED: Final = with_policy(f'policy.WithOrigins("{PAGE}").WithMethods("PUT");').services
_LOGIN: Final = """\
builder.Services.AddAuthentication().AddBearerToken();
builder.Services.AddAuthorization(options => options.FallbackPolicy = options.DefaultPolicy);
"""
_CHECKS: Final = "app.UseAuthentication();\napp.UseAuthorization();\n"

FAULTS: Final[Mapping[str, tuple[dict[str, Any], Configuration]]] = {
    "cors-absent": ({}, Configuration()),
    "origin-not-allowed": ({}, with_policy(f'policy.WithOrigins("{OTHER}");')),
    "credentials-wildcard": ({"credentials": True}, with_policy("policy.AllowAnyOrigin();")),
    "credentials-not-allowed": ({"credentials": True}, with_policy(f'policy.WithOrigins("{PAGE}");')),
    "method-not-allowed": ({"method": "PUT"}, with_policy(f'policy.WithOrigins("{PAGE}").WithMethods("GET");')),
    "header-not-allowed": (
        {"headers": ["X-Known", "X-Id"]},
        with_policy(f'policy.WithOrigins("{PAGE}").WithHeaders("X-Known");'),
    ),
    "header-not-exposed": ({}, with_policy(f'policy.WithOrigins("{PAGE}");')),
    "preflight-method-refused": ({"method": "PUT"}, Configuration(_LISTED)),
    "preflight-authentication": ({"method": "PUT"}, Configuration(_LISTED + _LOGIN, _CHECKS + "app.UseCors();")),
}
"""A page's request, and the lines at fault."""


def remedied(cause: str, found: Examination) -> Configuration:
    """The printed lines in their places."""
    lines = printed(cause, Place.ASPNET, found)
    if lines.startswith("policy.With") and "Origins" not in lines:  # it adds to what is there
        there = FAULTS[cause][1].services.partition("{ ")[2].removesuffix(" }));")
        return with_policy(f"{there} {lines}")
    if lines.startswith("policy."):
        return with_policy(lines)
    services, _, pipeline = lines.rpartition("app.")
    pipeline = f"app.{pipeline}"
    if cause.startswith("preflight-"):
        at_fault = FAULTS[cause][1]
        return Configuration(at_fault.services, pipeline + at_fault.pipeline.replace(pipeline, ""))
    return Configuration(services, pipeline)


@pytest.fixture(scope="module")
def before() -> Mapping[str, Examination]:
    """The response that a page gets with each fault."""
    with aspnet(*(configuration for _, configuration in FAULTS.values())) as urls:
        return {cause: probed(url, asks) for url, (cause, (asks, _)) in zip(urls, FAULTS.items(), strict=True)}


@pytest.fixture(scope="module")
def after(before: Mapping[str, Examination]) -> Mapping[str, tuple[Examination, Examination]]:
    """The responses that the page, and a page of another origin, get with each remedy."""
    with aspnet(*(remedied(cause, found) for cause, found in before.items())) as urls:
        return {cause: for_both(url, FAULTS[cause][0]) for url, cause in zip(urls, FAULTS, strict=True)}


@pytest.mark.parametrize("cause", FAULTS)
def test_a_remedy_works_as_it_is_printed(
    cause: str, before: Mapping[str, Examination], after: Mapping[str, tuple[Examination, Examination]]
) -> None:
    check(cause, before[cause], after[cause])
    if cause != "header-not-exposed":
        assert cause in [suspect.cause.id for suspect in before[cause].suspects]


def test_every_remedy_is_tried() -> None:
    check_all_are_tried(Place.ASPNET, FAULTS)


def test_vary_is_left_out_where_one_origin_is_listed(after: Mapping[str, tuple[Examination, Examination]]) -> None:
    page, _ = after["cors-absent"]
    assert page.conclusion.response
    assert "vary" not in {name.lower() for name, _ in page.conclusion.response.headers}
