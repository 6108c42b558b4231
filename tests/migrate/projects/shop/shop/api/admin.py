import flask_cors
from flask import Blueprint, jsonify

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.route("/report", methods=["GET", "PUT"])
@flask_cors.cross_origin(
    origins=["https://office.shop.example"],
    max_age=600,
)
def report():
    return jsonify(rows=[])
