"""CORS for Flask: `wsgicors` in the words of flask-cors.

.. code-block:: python

    from flask import Flask
    from flask_wsgicors import CORS

    app = Flask(__name__)
    CORS(app, origins=["https://www.example.com"])

It wraps ``app.wsgi_app``, so that every answer is covered: views, error pages, redirects, static files, and whatever a
``before_request`` answers. Every decision is the core's.
"""

from flask_wsgicors.decorator import cors, cross_origin
from flask_wsgicors.extension import CORS
from flask_wsgicors.options import AppOptions, Options
from flask_wsgicors.resources import Resources
from flask_wsgicors.signals import request_refused
from flask_wsgicors.wrapper import AppCORS

__all__ = ["CORS", "AppCORS", "AppOptions", "Options", "Resources", "cors", "cross_origin", "request_refused"]
