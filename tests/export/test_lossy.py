"""What services lose: refused by name until accepted by name.

``python -m tests.export.test_lossy`` writes the golden files.
"""

import json
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.export.worlds import Nobody
from wsgicors import Policy
from wsgicors._cli import wsgicors
from wsgicors.export._form import form_of
from wsgicors.export._lossy import export
from wsgicors.export._refusals import ExportError
from wsgicors.export._services import LOSSES, SERVICES

NARROW = """
allow_origins = ["https://a.example", "https://b.example"]
allow_methods = ["PUT"]
allow_headers = ["X-A"]
expose_headers = ["X-A"]
max_age = 600
"""


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "policy.toml"
    path.write_text(NARROW)
    return path


def run(*args: object) -> Result:
    return CliRunner().invoke(wsgicors, ["export", *map(str, args)])


def accepting(*names: str) -> list[str]:
    return [f"--accept-loss={name}" for name in names]


@pytest.mark.parametrize("name", SERVICES)
def test_every_loss_has_to_be_accepted(name: str, policy: Path) -> None:
    refused = run("--to", name, policy)
    assert refused.exit_code == 2
    named = [loss for loss in LOSSES if f"loses {loss}:" in refused.output]
    assert "refusals" in named
    for left_out in named:
        assert run("--to", name, policy, *accepting(*{*named} - {left_out})).exit_code == 2
    written = run("--to", name, policy, *accepting(*named))
    assert written.exit_code == 0, written.output
    assert "https://a.example" in written.output
    assert "PUT" in written.output
    assert "X-A" in written.output


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("[rules.'/api']\nallow_origins = '*'", ["rules-by-path"]),
        ("[rules.'/']\nallow_origins = '*'\n[rules.'/api']\nallow_origins = '*'", ["rules-by-path"]),
        ("[[rules.'/']]\nallow_origins = ['https://a.example']\n[[rules.'/']]\nallow_origins = '*'", ["policy-lists"]),
        ("allow_origins = ['https://a.example']\nallow_methods = '*'\nallow_credentials = true", ["echo"]),
        ("allow_origins = '*'\nallow_headers = '*'", ["authorization"]),
    ],
)
def test_what_no_service_can_say_is_refused_whatever_is_accepted(
    name: str, text: str, codes: list[str], policy: Path
) -> None:
    policy.write_text(text)
    refused = run("--to", name, policy, *accepting(*LOSSES))
    assert refused.exit_code == 2
    assert all(f"{code}: " in refused.output for code in codes)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("s3", "allow_origins = ['http://localhost:*']", "origin-kind"),
        ("gcs", "allow_origins = ['https://*.example.com']", "origin-kind"),
        (
            "azure-storage",
            f"allow_origins = {json.dumps([f'https://s{at}.example' for at in range(65)])}",
            "too-many-origins",
        ),
        ("s3", "allow_origins = '*'\nallow_methods = ['PATCH']", "method"),
        ("gcs", "allow_origins = ['https://a.example']\nallow_credentials = true", "credentials"),
        # If its expressions do not match, ingress-nginx uses its default: "*" for origins.
        ("ingress-nginx", "allow_origins = ['null']\nallow_headers = ['X-A']", "origin-kind"),
        ("ingress-nginx", "allow_origins = ['http://[::1]:3000']\nallow_headers = ['X-A']", "origin-kind"),
        ("ingress-nginx", "allow_origins = ['https://a.example']", "default-headers"),
        ("ingress-nginx", "allow_origins = ['https://a.example']\nallow_headers = ['X.Y']", "header"),
        ("ingress-nginx", "allow_origins = '*'\nallow_headers = ['*', 'Authorization']", "header"),
        ("ingress-nginx", "allow_origins = '*'\nallow_methods = ['M-SEARCH']\nallow_headers = ['X-A']", "method"),
        ("ingress-nginx", "allow_origins = '*'\nallow_methods = '*'\nallow_headers = ['X-A']", "method"),
        ("gateway-api", "allow_origins = ['chrome-extension://abcdef']", "origin-kind"),
        ("gateway-api", "allow_origins = '*'\nallow_methods = ['COPY']", "method"),
        ("gateway-api", "allow_origins = '*'\nmax_age = 0", "max-age"),
        ("istio", "allow_origins = '*'\nmax_age = 0", "max-age"),
    ],
)
def test_what_a_service_cannot_say_is_refused(name: str, text: str, code: str, policy: Path) -> None:
    policy.write_text(text)
    refused = run("--to", name, policy, *accepting(*LOSSES))
    assert refused.exit_code == 2
    assert f"{code}: " in refused.output


def test_a_wildcard_is_written_as_the_service_has_it(policy: Path) -> None:
    policy.write_text("allow_origins = ['https://*.example.com']\nrefuse = 'forbid'")
    assert '"https://*.example.com"' in run("--to", "s3", policy, *accepting(*LOSSES)).output
    assert r"https://(?:[a-z0-9_-]{1,63}\\.)+example\\.com" in run("--to", "istio", policy, *accepting(*LOSSES)).output


@pytest.mark.parametrize("name", SERVICES)
def test_a_policy_that_allows_nobody_is_refused(name: str) -> None:
    form = form_of(Policy(allow_origins=Nobody()))
    with pytest.raises(ExportError) as caught:
        export(SERVICES[name], form, frozenset(LOSSES))
    assert [reason.code for reason in caught.value.reasons] == ["nobody"]


def test_a_public_policy_loses_little(policy: Path) -> None:
    policy.write_text("allow_origins = '*'")
    assert run("--to", "cloudfront", policy, *accepting("errors", "preflight-status")).exit_code == 0


def test_files_of_services_are_written_and_have_no_check(policy: Path, tmp_path: Path) -> None:
    policy.write_text("allow_origins = '*'")
    command = ["--to", "s3", policy, *accepting("preflight-status")]
    written = run(*command, "--output", tmp_path / "out").output
    assert written == f"{tmp_path}/out/cors.json: {SERVICES['s3'].place}\n"
    assert json.loads((tmp_path / "out" / "cors.json").read_text())["CORSRules"][0]["AllowedOrigins"] == ["*"]
    assert run(*command, "--validate").exit_code == 2


GOLDEN = Path(__file__).with_name("golden")
FAMILY = Policy(
    allow_origins=["https://a.example", "https://*.example.org"],
    allow_methods=["PUT"],
    allow_headers=["X-A"],
    expose_headers=["X-B"],
    allow_credentials=True,
    refuse="forbid",
)


def files_of(name: str) -> dict[str, str]:
    """Return the file of a service for a policy, with a family and credentials if it can express them."""
    try:
        return export(SERVICES[name], form_of(FAMILY), frozenset(LOSSES), "wsgicors export --to … policy.toml")
    except ExportError:
        narrow = Policy(**tomllib.loads(NARROW))
        return export(SERVICES[name], form_of(narrow), frozenset(LOSSES), "wsgicors export --to … policy.toml")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_writes_its_golden_file(name: str) -> None:
    for file, text in files_of(name).items():
        assert text == (GOLDEN / name / file).read_text(), f"{name}: python -m tests.export.test_lossy"


def test_losses_are_each_some_services() -> None:
    assert {loss for service in SERVICES.values() for loss in service.loses} == {*LOSSES}


def test_yaml_says_whose_policy_it_is_and_what_is_lost(policy: Path, tmp_path: Path) -> None:
    command = ["--to", "istio", policy, *accepting(*LOSSES)]
    text = run(*command).output
    assert "# Policy:   " in text
    accepted = " ".join(accepting(*LOSSES))
    assert f"# Made by:  wsgicors export --to istio {accepted} policy.toml\n" in text
    assert f"# Belongs:  {SERVICES['istio'].place}\n" in text
    assert f"# Loses:    vary: {LOSSES['vary']}\n" in text
    assert "# Loses:    forbid" not in text
    (tmp_path / "virtualservice.yaml").write_text(text)
    assert run(*command, "--check", tmp_path).exit_code == 0
    policy.write_text(NARROW.replace("600", "60"))
    assert run(*command, "--check", tmp_path).exit_code == 1


if __name__ == "__main__":
    for service in SERVICES:
        (GOLDEN / service).mkdir(exist_ok=True)
        for file, text in files_of(service).items():
            (GOLDEN / service / file).write_text(text)
