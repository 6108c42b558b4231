"""The shop: a JSON API for a storefront on another origin."""
import os

from flask import Flask, jsonify

from shop.extensions import cors


def create_app(config="shop.config.Development"):
    app = Flask(__name__)
    app.config.from_object(config)

    # The storefront sends cookies.
    cors.init_app(
        app,
        resources={
            r"/api/v[12]/*": {"origins": app.config["STOREFRONTS"]},  # versioned
            r"/health": {"origins": "*", "supports_credentials": False},
        },
        supports_credentials=True,
        vary_header=True,
    )

    from shop.api import admin, catalogue, orders

    app.register_blueprint(catalogue.bp)
    app.register_blueprint(orders.bp, url_prefix="/api/v1/orders")
    app.register_blueprint(admin.bp)

    @app.route("/health")
    def health():
        return jsonify(status="ok")

    return app
