"""Local stand-ins for hosted services, each configured with the lines of a remedy."""

import contextlib
import json
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import Final

import botocore.session

from tests.servers import process
from tests.servers.needs import NODE_MODULES, need
from tests.servers.ports import ADDRESS, free_port


@contextlib.contextmanager
def s3(lines: str) -> Generator[str]:
    """An object in a bucket of s3rver, a server of S3's protocol, with the lines as the bucket's CORS configuration.

    AWS's client library writes the lines there, and checks them against the service's model.
    """
    program = NODE_MODULES / ".bin" / "s3rver"
    need(None if program.exists() else "s3rver")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        command = [str(program), "--address", ADDRESS, "--port", str(port), "--directory", directory, "--silent"]
        with process.listening(command, port):
            client = botocore.session.get_session().create_client(
                "s3",
                region_name="us-east-1",
                endpoint_url=f"http://{ADDRESS}:{port}",
                aws_access_key_id="S3RVER",
                aws_secret_access_key="S3RVER",
            )
            client.create_bucket(Bucket="files")
            client.put_object(
                Bucket="files", Key="items", Body=b"{}", ContentType="application/json", ACL="public-read"
            )
            if lines:
                client.put_bucket_cors(Bucket="files", CORSConfiguration={"CORSRules": json.loads(lines)})
            yield f"http://{ADDRESS}:{port}/files/items"


_FUNCTION: Final = """\
Deno.serve({{ hostname: "{address}", port: {port} }}, (request) => {{
  {lines}
  return new Response("{{}}", {{ headers: typeof cors === "undefined" ? {{}} : cors }});
}});
"""


@contextlib.contextmanager
def supabase(lines: str) -> Generator[str]:
    """The lines followed by a function, in Deno, which runs Supabase's functions."""
    program = NODE_MODULES / ".bin" / "deno"
    need(None if program.exists() else "deno")
    port = free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as directory:
        function = Path(directory, "index.js")
        function.write_text(_FUNCTION.format(address=ADDRESS, port=port, lines=lines))
        command = [str(program), "run", "--allow-net", "--no-config", str(function)]
        with process.listening(command, port, env={"DENO_DIR": directory, "DENO_NO_UPDATE_CHECK": "1"}):
            yield f"http://{ADDRESS}:{port}/items"
