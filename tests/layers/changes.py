"""The changes that these versions of servers and frameworks make by themselves.

`test_layers.py` fails for a change that is not listed here, and for a listed one that no longer happens. In requests:
fields and paths that the app gets differently, and requests refused before the app runs. In responses: headers added,
omitted or written differently. No change affects what a policy allows: the verdict is on the request that the app
gets, and its headers reach the client.
"""

from typing import Final, NamedTuple

from tests.layers.exchanges import ASGI, DJANGO, DJANGO_ASGI, FLASK, WSGI


class Changes(NamedTuple):
    """The changes of one server.

    Attributes:
        version: The tested version.
        always: Under every layer.
        under: Under one layer only.
    """

    version: str
    always: tuple[str, ...]
    under: dict[str, tuple[str, ...]]


LAYERS: Final[dict[str, tuple[str, ...]]] = {
    WSGI: (),
    FLASK: (),
    DJANGO: ("has the content-type None in an answer of the layer",),
    ASGI: (
        "hands on the path '/\\xef\\xbf\\xbdber': the target /%FCber",
        "joins Access-Control-Request-Headers by commas and blanks",
        "joins Access-Control-Request-Method by commas and blanks",
        "joins Origin by commas and blanks",
        "refuses: Origin with a blank before its colon",
    ),
    DJANGO_ASGI: (
        "hands on the path '/\\xef\\xbf\\xbdber': the target /%FCber",
        "has the content-type None in an answer of the layer",
        "joins Access-Control-Request-Headers by commas",
        "joins Access-Control-Request-Method by commas",
        "joins Origin by commas",
        "refuses: Origin with a blank before its colon",
    ),
}
"""Under every server: changes of the framework, or of all servers."""

_GUNICORN: Final = (
    "adds Connection",
    "adds Date",
    "adds Server",
    "adds Transfer-Encoding",
    "joins Access-Control-Request-Headers by commas",
    "joins Access-Control-Request-Method by commas",
    "joins Origin by commas",
    "refuses: 200 fields",
    "refuses: 8 KB of other fields",
    "refuses: Origin with a blank before its colon",
    "refuses: an origin before a folded blank line",
    "refuses: an origin of 200 KB",
    "refuses: an origin on two folded lines",
    "refuses: an origin with DEL",
    "refuses: two hosts",
)
"""With every kind of worker."""

SERVERS: Final[dict[str, Changes]] = {
    "wsgiref": Changes(
        "Python 3.11",
        (
            "adds Date",
            "adds Server",
            "answers by HTTP/1.0",
            "answers the first alone: pipelined: a preflight and its request",
            "answers the first alone: pipelined: a refused preflight and another request",
            "answers the first alone: three pipelined requests",
            "hands on Access-Control-Request-Method 'PUT': an asked method by underscores",
            "hands on Origin 'https://a.example': an origin before a folded blank line",
            "hands on the path '/public': the target //public",
            "hands on the path 'http://127.0.0.1/public': the target http://127.0.0.1/public",
            "joins Access-Control-Request-Headers by commas",
            "joins Access-Control-Request-Method by commas",
            "joins Host by commas",
            "joins Origin by commas",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: an origin of 200 KB",
        ),
        {
            WSGI: (
                "adds Content-Length",
                "answers 500 itself: the app raises",
            ),
            FLASK: ("adds Content-Length",),
            DJANGO: ("answers 404: the target http://127.0.0.1/public",),
        },
    ),
    "gunicorn-sync": Changes(
        "gunicorn 27.0.1",
        (
            *_GUNICORN,
            "answers the first alone: pipelined: a preflight and its request",
            "answers the first alone: pipelined: a refused preflight and another request",
            "answers the first alone: three pipelined requests",
        ),
        {
            WSGI: (
                "answers 500 itself: the app raises",
                "keeps the headers of the first start: a second start for an error",
            ),
        },
    ),
    "gunicorn-gthread": Changes(
        "gunicorn 27.0.1",
        _GUNICORN,
        {
            WSGI: (
                "answers 500 itself: the app raises",
                "keeps the headers of the first start: a second start for an error",
            ),
        },
    ),
    "waitress": Changes(
        "waitress 3.0.2",
        (
            "adds Connection",
            "adds Date",
            "adds Server",
            "adds Transfer-Encoding",
            "answers the first alone: pipelined: a preflight and its request",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on Origin 'https://a.example': an origin before a folded blank line",
            "hands on the path '/public': the target //public",
            "joins Access-Control-Request-Headers by commas and blanks",
            "joins Access-Control-Request-Method by commas and blanks",
            "joins Host by commas and blanks",
            "joins Origin by commas and blanks",
            "refuses: Origin with a blank before its colon",
            "refuses: an origin with DEL",
        ),
        {
            WSGI: ("answers 500 itself: the app raises",),
            DJANGO: ("answers the first alone: three pipelined requests",),
        },
    ),
    "uwsgi": Changes(
        "pyuwsgi 2.0.30.post1",
        (
            "answers the first alone: pipelined: a preflight and its request",
            "answers the first alone: pipelined: a refused preflight and another request",
            "answers the first alone: three pipelined requests",
            "hands on Access-Control-Request-Headers 'x-a ,\\t, content-type\\t': a preflight with headers in blanks",
            "hands on Access-Control-Request-Method 'PUT': an asked method by underscores",
            "hands on Origin 'https://a.example \\t': an origin before blanks",
            "hands on Origin 'https://a.example\\r\\n ': an origin before a folded blank line",
            "hands on the path '/': the target /public/../",
            "hands on the path '/public': the target /./public",
            "hands on the path '/public': the target /x/../public",
            "hands on the path '/public/x': the target /public/./x",
            "hands on the path '/x': the target /public/../x",
            "hands on the path 'http://127.0.0.1/public': the target http://127.0.0.1/public",
            "joins Access-Control-Request-Headers by commas and blanks",
            "joins Access-Control-Request-Method by commas and blanks",
            "joins Host by commas and blanks",
            "joins Origin by commas and blanks",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: a preflight for 7 KB of allowed headers",
            "refuses: a preflight for 8 KB of headers",
            "refuses: an origin of 200 KB",
            "refuses: an origin of 8 KB",
        ),
        {
            WSGI: (
                "refuses: the app raises",
                "sends the body b'': a second start for an error",
            ),
            DJANGO: ("answers 404: the target http://127.0.0.1/public",),
        },
    ),
    "cheroot": Changes(
        "cheroot 11.1.2",
        (
            "adds Connection",
            "adds Date",
            "adds Server",
            "adds Transfer-Encoding",
            "hands on Access-Control-Request-Method 'PUT': an asked method by underscores",
            "hands on Origin '': an origin before a folded blank line",
            "hands on Origin '.example': an origin on two folded lines",
            "hands on Origin 'https://a.example': Origin with a blank before its colon",
            "hands on the path '/public%2F..%2Fx': the target /public%2f..%2fx",
            "refuses: the target //public",
            "refuses: the target http://127.0.0.1/public",
            "takes the last Access-Control-Request-Headers of several",
            "takes the last Access-Control-Request-Method of several",
            "takes the last Host of several",
            "takes the last Origin of several",
        ),
        {
            WSGI: (
                "answers 500 itself: the app raises",
                "keeps the headers of the first start: a second start for an error",
            ),
        },
    ),
    "werkzeug": Changes(
        "werkzeug 3.1.9",
        (
            "adds Connection",
            "adds Date",
            "adds Server",
            "adds Transfer-Encoding",
            "answers the first alone: pipelined: a preflight and its request",
            "answers the first alone: pipelined: a refused preflight and another request",
            "answers the first alone: three pipelined requests",
            "hands on Access-Control-Request-Headers 'x-a ,\\t, content-type\\t': a preflight with headers in blanks",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on Origin 'https://a.example ': an origin before a folded blank line",
            "hands on Origin 'https://a.example \\t': an origin before blanks",
            "hands on the path '/\\xef\\xbf\\xbdber': the target /%FCber",
            "hands on the path '/public': the target //public",
            "joins Access-Control-Request-Headers by commas",
            "joins Access-Control-Request-Method by commas",
            "joins Host by commas",
            "joins Origin by commas",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: an origin of 200 KB",
        ),
        {
            WSGI: ("answers 500 itself: the app raises",),
        },
    ),
    "granian": Changes(
        "granian 2.8.9",
        (
            "adds connection",
            "adds date",
            "adds server",
            "adds transfer-encoding",
            "hands on Access-Control-Request-Method 'PUT': an asked method by underscores",
            "hands on Origin '': a preflight of an origin with bytes above 127",
            "hands on Origin '': a refused GET",
            "hands on Origin '': a refused POST",
            "hands on Origin '': an origin in UTF-8",
            "hands on Origin '': an origin of bytes above 127",
            "hands on Origin '': an origin with a byte above 127",
            "joins Access-Control-Request-Headers by commas",
            "joins Access-Control-Request-Method by commas",
            "joins Host by commas",
            "joins Origin by commas",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: Origin with a blank before its colon",
            "refuses: an origin before a folded blank line",
            "refuses: an origin on two folded lines",
            "refuses: an origin with DEL",
            "writes names in lower case",
        ),
        {
            WSGI: (
                "adds content-length",
                "answers 200 itself: a start with the first part",
                "answers 500 itself: the app raises",
                "answers 500 itself: write()",
            ),
            FLASK: (),
        },
    ),
    "mod_wsgi": Changes(
        "Apache 2.4.71, mod_wsgi 4.9.4",
        (
            "adds Connection",
            "adds Date",
            "adds Server",
            "adds Transfer-Encoding",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on the path '/': the target /public/../",
            "hands on the path '/public': the target /./public",
            "hands on the path '/public': the target //public",
            "hands on the path '/public': the target /x/../public",
            "hands on the path '/public/x': the target /public/./x",
            "hands on the path '/public/x': the target /public//x",
            "hands on the path '/x': the target /public/%2e%2e/x",
            "hands on the path '/x': the target /public/../x",
            "joins Access-Control-Request-Headers by commas and blanks",
            "joins Access-Control-Request-Method by commas and blanks",
            "joins Origin by commas and blanks",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: Origin with a blank before its colon",
            "refuses: PUT with a body in chunks",
            "refuses: an origin before a folded blank line",
            "refuses: an origin of 200 KB",
            "refuses: an origin with DEL",
            "refuses: the target /public%2f..%2fx",
            "refuses: two hosts",
            "writes vary without blanks",
        ),
        {
            WSGI: (
                "answers 500 itself: the app raises",
                "leaves content-type out: 304",
            ),
            DJANGO: ("leaves content-type out: 304",),
        },
    ),
    "granian-asgi": Changes(
        "granian 2.8.9",
        (
            "adds connection",
            "adds date",
            "adds server",
            "adds transfer-encoding",
            "refuses: 200 fields",
            "refuses: 8 KB of other fields",
            "refuses: an origin before a folded blank line",
            "refuses: an origin on two folded lines",
            "refuses: an origin with DEL",
        ),
        {
            ASGI: ("joins Host by commas and blanks",),
            DJANGO_ASGI: (
                "adds content-length",
                "joins Host by commas",
                "writes names in lower case",
            ),
        },
    ),
    "uvicorn": Changes(
        "uvicorn 0.54.0",
        (
            "adds Connection",
            "adds Transfer-Encoding",
            "adds date",
            "adds server",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on Origin 'https://a.example': an origin before a folded blank line",
            "hands on the path 'http://127.0.0.1/public': the target http://127.0.0.1/public",
            "refuses: an origin of 200 KB",
            "refuses: two hosts",
        ),
        {
            DJANGO_ASGI: ("answers 404: the target http://127.0.0.1/public",),
        },
    ),
    "hypercorn": Changes(
        "hypercorn 0.18.0",
        (
            "adds Connection",
            "adds Transfer-Encoding",
            "adds date",
            "adds server",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on Origin 'https://a.example': an origin before a folded blank line",
            "hands on the path 'http://127.0.0.1/public': the target http://127.0.0.1/public",
            "refuses: an origin of 200 KB",
            "refuses: two hosts",
        ),
        {
            DJANGO_ASGI: ("answers 404: the target http://127.0.0.1/public",),
        },
    ),
    "daphne": Changes(
        "daphne 4.2.3",
        (
            "adds Connection",
            "adds Server",
            "adds Transfer-Encoding",
            "hands on Origin 'https://a .example': an origin on two folded lines",
            "hands on Origin 'https://a.example': an origin before a folded blank line",
            "hands on the path 'http://127.0.0.1/public': the target http://127.0.0.1/public",
            "refuses: an origin of 200 KB",
        ),
        {
            ASGI: (
                "joins Host by commas and blanks",
                "writes names in title case",
            ),
            DJANGO_ASGI: (
                "answers 404: the target http://127.0.0.1/public",
                "joins Host by commas",
            ),
        },
    ),
}
SERVERS["mod_wsgi-subinterpreter"] = SERVERS["mod_wsgi"]
