"""The signal for programs that count or report refused requests."""

from typing import Final

from blinker import NamedSignal, Namespace

request_refused: Final[NamedSignal] = Namespace().signal("request-refused")
"""Sent for every refused request by the Flask app, with ``verdict`` (`wsgicors.Verdict`) and the WSGI ``environ``.

It is sent outside of any Flask context. Exceptions of receivers are logged.

>>> import flask, wsgicors
>>> from flask_wsgicors import CORS
>>> app = flask.Flask("notes")
>>> _ = CORS(app, origins=["https://www.example.com"])
>>> def tell(sender, verdict, environ):
...     print(sender.name, environ["PATH_INFO"], verdict.sentence)
>>> with request_refused.connected_to(tell, app):
...     _ = app.test_client().get("/", headers={"Origin": "https://stranger.example"})
notes / The origin 'https://stranger.example' is not allowed here.
"""
