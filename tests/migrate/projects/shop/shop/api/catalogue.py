from flask import Blueprint, jsonify
from flask_cors import CORS, cross_origin

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")
CORS(bp, methods=["GET"])  # anybody may read it


@bp.route("/")
def index():
    return jsonify(items=["tea", "coffee"])


@bp.route("/search", methods=["GET", "POST"])
@cross_origin(origin="*", headers=["Content-Type"])
def search():
    return jsonify(found=[])
