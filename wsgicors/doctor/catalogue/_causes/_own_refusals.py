"""Roots 1, 11 and 12: refusals of a wsgicors policy, which only its answer tells."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="navigation-not-allowed",
        root=12,
        title="A form of another origin was posted, and the policy refuses that",
        sentence="A page of {origin} posted a form to {url}, and was answered with 403.",
        why=(
            'CORS does not govern forms. A wsgicors policy with refuse = "forbid" answers 403 to what pages of '
            "other origins post, which also refuses logins and payments that return by a form."
        ),
        probe="The answer says so, where the request is a navigation; fetch and XMLHttpRequest make none.",
        remedies=(
            flask(
                "Give the path of the returning form a policy of its own.",
                '@app.post("/sso/return")\n@cors(origins=["https://www.example.com"], refuse="withhold")\n'
                "def sso_return(): ...",
            ),
            django(
                "Give the path of the returning form a policy of its own.",
                '@cors(allow_origins=["https://www.example.com"], refuse="withhold")\ndef sso_return(request): ...',
            ),
            wsgi(
                "Give the path of the returning form a rule of its own.",
                'pages = Policy(allow_origins=["https://www.example.com"], refuse="forbid")\n'
                'returning = Policy(allow_origins=["https://www.example.com"], refuse="withhold")\n'
                'app = CORS(app, {"/": pages, "/sso/return": returning})',
            ),
        ),
    ),
    Cause(
        id="cross-site",
        root=12,
        title="A request of another site's page lost its Origin header",
        sentence="{request|The request} came from a page of another origin, without an Origin header.",
        why=(
            "Browsers send Origin with every POST, PUT, PATCH and DELETE. Sec-Fetch-Site says that another "
            'origin asks, so a proxy or an extension removed the header, and a policy with refuse = "forbid" '
            "answers 403: it cannot know which page asks."
        ),
        probe="It always sends Origin; asked past the proxy and through it, the answers differ.",
        remedies=(
            nginx("Pass the header on, and remove what empties it.", "proxy_set_header Origin $http_origin;"),
            client("Try a window without extensions."),
            wsgi(
                "If pages of other origins may post here, give the path a rule of its own.",
                'pages = Policy(allow_origins=["https://www.example.com"], refuse="forbid")\n'
                'hooks = Policy(allow_origins=["https://www.example.com"], refuse="withhold")\n'
                'app = CORS(app, {"/": pages, "/hooks": hooks})',
            ),
        ),
    ),
    Cause(
        id="source-failed",
        root=1,
        title="The server could not find out whether the origin is allowed",
        sentence="The source that knows the allowed origins failed when it was asked for {origin}.",
        why="A source of origins (a database, a cache, a function) that raises an error allows nobody.",
        probe="The server's answer says so; the error is in its log.",
        remedies=(
            flask("Read the traceback in the log, and correct the source."),
            django("Read the traceback in the log, and correct the source."),
            wsgi("Read the traceback in the log, and correct the source."),
        ),
    ),
    Cause(
        id="ambiguous-path",
        root=11,
        title="The URL's path can be read in several ways",
        sentence="The path of {url} leads to different rules depending on how it is read, so no rule answers.",
        why=(
            "Servers read //, ../, %2F and backslashes in different ways. Where two readings lead to different "
            "rules, wsgicors applies neither."
        ),
        probe="The server's answer says so; the plain spelling of the path is allowed.",
        remedies=(
            client(
                "Ask for the path without dot segments, empty segments, parameters, backslashes and encoded slashes."
            ),
        ),
    ),
    Cause(
        id="malformed-request",
        root=12,
        title="The request has a header of CORS that no browser sends",
        sentence="The server could not read the request's own Origin or Access-Control-Request header.",
        why="Browsers write these headers themselves. Another client wrote them, or a proxy changed them.",
        probe="It sends the headers as a browser does, and is not refused for them.",
        remedies=(
            client("Leave Origin and Access-Control-Request-… to the browser; in other clients, send scheme://host."),
            nginx("Pass them on unchanged.", "proxy_set_header Origin $http_origin;"),
        ),
    ),
)
