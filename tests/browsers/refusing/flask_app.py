"""A Flask app: ``tests.browsers.refusing.flask_app:app``."""

from flask import Flask

from flask_wsgicors import CORS
from tests.browsers.refusing import allowed

ALLOWED = allowed()
app = Flask(__name__)
CORS(app, origins=ALLOWED["origins"], methods=ALLOWED["methods"], allow_headers=ALLOWED["headers"])


@app.route("/notes", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
def notes() -> str:
    return "notes"
