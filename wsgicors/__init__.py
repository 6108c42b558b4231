"""CORS for Python's WSGI world: who may read what from another origin, decided, answered and explained.

>>> from wsgicors import CORS, Policy
>>> def app(environ, start_response):
...     start_response("200 OK", [("Content-Type", "text/plain")])
...     return [b"hello"]
>>> app = CORS(app, Policy(allow_origins=["https://www.example.com"], allow_methods=["PUT"]))
"""

from wsgicors.middleware import CORS
from wsgicors.origins import OriginSource
from wsgicors.policy import Policy
from wsgicors.problems import PolicyError, Problem
from wsgicors.sources import CachedOrigins, FileOrigins
from wsgicors.verdict import Refusal, Verdict

__all__ = [
    "CORS",
    "CachedOrigins",
    "FileOrigins",
    "OriginSource",
    "Policy",
    "PolicyError",
    "Problem",
    "Refusal",
    "Verdict",
]
