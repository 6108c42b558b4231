"""``docs/at-the-edge.md``: its tables match the exports, and its three commands lead to a verified nginx."""

import re
import shlex
import signal
from pathlib import Path

import pytest
from click.testing import CliRunner

from docs import edge
from tests.export.edges import EDGES, Nginx
from tests.export.upstream import upstream
from tests.servers import process
from tests.servers.needs import need
from tests.servers.ports import ADDRESS, free_port
from wsgicors._cli import wsgicors
from wsgicors.export._target import Target
from wsgicors.export._targets import TARGETS

PAGE = edge.PAGE.read_text()
SCALE = edge.PAGE.with_name("at-the-edge-scale.md").read_text()


def test_the_tables_are_those_of_the_exports() -> None:
    assert edge.page() == PAGE, "python -m docs.edge"


@pytest.mark.parametrize("target", TARGETS.values(), ids=lambda target: target.name)
def test_every_target_stands_in_the_table(target: Target) -> None:
    row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{target.name}` |"))
    versions = re.sub(r"^[A-Z]\w+ |^nginx ", "", target.proven)
    assert versions in row


def test_the_simulation_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = re.findall(r"```(?:python|text)\n(.*?)```", SCALE, re.DOTALL)[:2]
    exec(code, {})
    assert capsys.readouterr().out == printed
    exec(code.replace("answered_at_the_edge = 0.0", "answered_at_the_edge = 1.0"), {})
    assert capsys.readouterr().out.count(" 0 a second at the app") == 5
    exec(code.replace("answers_of_a_url = 1", "answers_of_a_url = 3"), {})
    assert "max_age=7200: 400 million" in capsys.readouterr().out


@pytest.mark.servers
def test_three_commands_lead_to_a_verified_nginx(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nginx = next(one for one in EDGES if isinstance(one, Nginx))
    need(nginx.missing())
    monkeypatch.setattr("wsgicors.doctor.output._commands.PAUSE", 0)
    monkeypatch.chdir(tmp_path)
    tmp_path.chmod(0o755)
    port = free_port()
    toml, text = re.findall(r"```(?:toml|nginx)\n(.*?)```", PAGE, re.DOTALL)[:2]
    (tmp_path / "policy.toml").write_text(toml)
    commands = re.findall(r"^\$ (.*)$", re.split("commands: nginx", PAGE)[1].split("```")[1], re.MULTILINE)
    assert len(commands) == 3
    export, reload, verify = (
        shlex.split(command.replace("/etc/nginx", str(tmp_path)).replace("localhost", f"{ADDRESS}:{port}"))
        for command in commands
    )
    assert export[0] == verify[0] == "wsgicors"
    with upstream() as backend:
        text = text.replace("/etc/nginx", str(tmp_path)).replace("127.0.0.1:8000", f"{ADDRESS}:{backend}")
        text = text.replace("server {", f"server {{ listen {ADDRESS}:{port};", 1)
        temporary = "".join(
            f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        )
        head = f"daemon off; pid {tmp_path}/pid; error_log stderr; events {{ }}\n"
        (tmp_path / "nginx.conf").write_text(head + text.replace("http {", f"http {{ access_log off; {temporary}", 1))
        for file in ("wsgicors-http.conf", "wsgicors-server.conf"):
            (tmp_path / file).write_text("")  # nginx already runs, without a policy
        command = [str(nginx.program), "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)]
        with process.listening(command, port) as running:
            assert CliRunner().invoke(wsgicors, verify[1:]).exit_code == 1
            assert CliRunner().invoke(wsgicors, export[1:]).exit_code == 0
            assert reload == ["nginx", "-s", "reload"]
            running._process.send_signal(signal.SIGHUP)  # what `nginx -s reload` does
            for _ in range(100):
                done = CliRunner().invoke(wsgicors, verify[1:])
                if done.exit_code == 0:
                    break
            assert done.exit_code == 0, done.output
