"""The Flask extension."""

from collections.abc import Iterator
from http import HTTPMethod

from flask import Flask, Response, abort, request

from flask_wsgicors import CORS
from tests.layers import recording
from tests.layers.site import PARTS, RULES, STATUSES, Broken, headers_of, parts_of, segment_of

flask = Flask(__name__, static_folder=None)
CORS(flask, resources={f"{path.rstrip('/')}/*": policy for path, policy in RULES.items()})


@flask.route("/", defaults={"path": ""}, methods=[*HTTPMethod], provide_automatic_options=False)
@flask.route("/<path:path>", methods=[*HTTPMethod], provide_automatic_options=False)
def view(path: str) -> Response:
    """Answer as the path's last segment says."""
    segment = segment_of(path)
    request.get_data()
    if segment == "raises":
        raise Broken
    if segment == "missing":
        abort(404)
    if segment == "raises-late":
        return Response(raises_late(), headers=headers_of(segment))
    if segment in {"stream", "endless"}:
        return Response(iter(parts_of(segment)), headers=headers_of(segment))
    return Response(b"".join(parts_of(segment)), STATUSES.get(segment, 200), headers_of(segment))


def raises_late() -> Iterator[bytes]:
    yield PARTS[0]
    raise Broken


app = recording.wsgi(flask)
