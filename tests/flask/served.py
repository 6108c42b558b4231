"""A Flask app for the servers, with a view of each kind."""

from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Flask, Response, abort, request, send_file, stream_with_context

from flask_wsgicors import CORS, cors
from tests.flask.asking import A, B

app = Flask(__name__)
public = Blueprint("public", __name__, url_prefix="/public")
CORS(public, origins="*")


@public.get("/x")
def x() -> str:
    return "public"


app.register_blueprint(public)
CORS(app, resources={"/api/*": {"origins": A, "methods": ["PUT"], "max_age": 60}, "/crash": {"origins": B}})


@app.before_request
def log_in() -> None:
    if request.path.startswith("/api/private"):
        abort(401)


@app.put("/api/notes/<int:number>")
def write(number: int) -> str:
    return f"{number} written"


@app.get("/api/stream")
def stream() -> Response:
    def parts() -> Iterator[str]:
        for number in range(3):
            yield f"{request.path} {number}\n"

    return Response(stream_with_context(parts()))


@app.get("/api/file")
def file() -> Response:
    return send_file(__file__, conditional=True)


@app.put("/decorated/")
@cors(origins=B)
def decorated() -> str:
    return "decorated"


@app.get("/crash")
def crash() -> Any:
    raise ZeroDivisionError
