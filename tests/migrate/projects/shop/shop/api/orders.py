from flask import Blueprint, jsonify, request

bp = Blueprint("orders", __name__)


@bp.route("/", methods=["GET", "POST"])
def orders():
    return jsonify(orders=[]), 201 if request.method == "POST" else 200


@bp.route("/<int:number>", methods=["DELETE"])
def cancel(number):
    return "", 204
