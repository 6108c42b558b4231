"""A notes service for pages on other origins, with different origins for each of its parts."""

import sqlite3
from contextlib import closing

from flask import Blueprint, Flask, Response, abort, current_app, g, jsonify, request, session

from flask_wsgicors import CORS, cors, request_refused
from wsgicors import CachedOrigins, Verdict

SCHEMA = """
CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS partner (origin TEXT PRIMARY KEY);
INSERT OR IGNORE INTO partner VALUES ('https://partner.example');
"""


def connect(path: str) -> sqlite3.Connection:
    """A connection to the database."""
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def database() -> sqlite3.Connection:
    """The connection of this request."""
    if "database" not in g:
        g.database = connect(current_app.config["DATABASE"])
    connection: sqlite3.Connection = g.database
    return connection


api = Blueprint("api", __name__, url_prefix="/api")

# Logged-in users read and write notes, but only from our own pages.
CORS(
    api,
    origins=["https://www.notes.example", "http://localhost:*"],
    methods=["PUT", "PATCH", "DELETE"],
    expose_headers="X-Total-Count",
    supports_credentials=True,
    max_age=600,
)


@api.before_request
def log_in() -> None:
    """Require a login. Preflights, which have no cookies, never get here."""
    if "user" not in session and request.endpoint != "api.start_session":
        abort(401)


@api.post("/session")
def start_session() -> Response:
    """Log in, without checking who it is."""
    session["user"] = "demo"
    return Response(status=204)


@api.get("/notes/")
def read() -> Response:
    """Return all notes; the page reads their number from a header."""
    notes = [dict(row) for row in database().execute("SELECT id, text FROM note ORDER BY id")]
    answer = jsonify(notes)
    answer.headers["X-Total-Count"] = str(len(notes))
    return answer


@api.put("/notes/<int:number>")
def write(number: int) -> Response:
    """Keep a note."""
    text = request.get_json()["text"]
    database().execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (number, text))
    database().commit()
    return Response(status=204)


def create_app(path: str = "notes.sqlite") -> Flask:
    """The app, with its database in a file."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY="for this example only", DATABASE=path)
    app.config.from_prefixed_env()
    with closing(connect(app.config["DATABASE"])) as connection:
        connection.executescript(SCHEMA)

    def is_partner(origin: str) -> bool:
        # Without a request context: preflights are answered before there is one.
        with closing(connect(app.config["DATABASE"])) as own:
            return own.execute("SELECT 1 FROM partner WHERE origin = ?", (origin,)).fetchone() is not None

    app.register_blueprint(api)

    # Only the count is for everybody.
    CORS(app, resources={"/public/*": {"origins": "*"}})

    @app.get("/public/count")
    def count() -> Response:
        return jsonify(count=database().execute("SELECT count(*) FROM note").fetchone()[0])

    # Partners are rows of a table. They can change while the app runs, and the database can fail.
    @app.get("/export")
    @cors(origins=CachedOrigins(is_partner, keep_allowed=60))
    def export() -> Response:
        return jsonify([row["text"] for row in database().execute("SELECT text FROM note ORDER BY id")])

    @app.teardown_appcontext
    def close(error: BaseException | None) -> None:
        if "database" in g:
            g.pop("database").close()

    @request_refused.connect_via(app)
    def tell(sender: Flask, verdict: Verdict, environ: dict[str, str]) -> None:
        sender.logger.warning("%s: %s", environ["PATH_INFO"], verdict.sentence)

    return app
