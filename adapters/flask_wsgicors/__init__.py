"""CORS for Flask: `wsgicors` with the options of flask-cors.

.. code-block:: python

    from flask import Flask
    from flask_wsgicors import CORS

    app = Flask(__name__)
    CORS(app, origins=["https://www.example.com"])

It wraps ``app.wsgi_app``, and so covers every response: of views, error pages, redirects, static files and
``before_request``. The core takes every decision; this adapter adds which view serves a request.
"""

from flask_wsgicors._app import AppCORS
from flask_wsgicors._decorator import cors, cross_origin
from flask_wsgicors._extension import CORS
from flask_wsgicors._options import AppOptions, CORSWarning, Options
from flask_wsgicors._resources import Resources
from flask_wsgicors._signals import request_refused

__all__ = [
    "CORS",
    "AppCORS",
    "AppOptions",
    "CORSWarning",
    "Options",
    "Resources",
    "cors",
    "cross_origin",
    "request_refused",
]
