"""Root 9: a header or method is not allowed."""

from typing import Final

from wsgicors.doctor.catalogue import _remedies as elsewhere
from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import NO_CREDENTIALS
from wsgicors.doctor.catalogue._remedies import client, django, flask, nginx, wsgi

_OF_PREFLIGHTS: Final = "# where nginx answers OPTIONS\n"

CAUSES: Final = (
    Cause(
        id="header-not-allowed",
        root=9,
        title="The request header {header|that the page sets} is not allowed",
        sentence=("The request has {headers}, and the preflight's Access-Control-Allow-Headers does not allow that."),
        why=(
            "Apart from a few safelisted ones, every header that a page sets has to be allowed by "
            "name. Content-Type is among them as soon as it is application/json."
        ),
        probe="With --header {header} the preflight fails; without, it passes.",
        remedies=(
            flask(
                "Add it to the list.",
                "CORS(app, ..., allow_headers=[{header_list}])",
            ),
            django(
                "Add it to the list.",
                ("CORS_ALLOW_HEADERS = [{header_list}]"),
            ),
            wsgi(
                "Add it to the list.",
                "Policy(..., allow_headers=[{header_list}])",
            ),
            nginx(
                "Name it where nginx answers the preflight.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Headers "{header_line}" always;',
            ),
            client("Leave the header out if nothing needs it."),
            *elsewhere.HEADERS,
        ),
    ),
    Cause(
        id="header-of-responses",
        root=9,
        title="{header|A header} is a header of responses, and the client sends it",
        sentence="The client sets {header|a header} on its request; it belongs on the server's answer.",
        why=("On a request it only makes a preflight necessary, which then fails. Servers should not allow it."),
        probe="Without --header {header} the preflight passes, or is not even needed.",
        remedies=(client("Take the header out of the client: headers, axios.defaults, interceptors."),),
    ),
    Cause(
        id="header-wildcard-authorization",
        root=9,
        title="* does not cover Authorization",
        sentence=("Access-Control-Allow-Headers is *, and the request carries Authorization, which has to be named."),
        why=(
            "The standard leaves Authorization out of the wildcard. Engines still let it pass, and "
            "Firefox warns that it will not always."
        ),
        probe="It notes that Authorization is covered by * alone.",
        remedies=(
            flask("Name it.", 'CORS(app, origins=["{origin}"], allow_headers=["*", "Authorization"])'),
            django("Name it.", 'CORS_ALLOW_HEADERS = ["*", "Authorization"]'),
            wsgi("Name it.", 'Policy(allow_origins=["{origin}"], allow_headers=["*", "Authorization"])'),
            nginx(
                "Name it.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Headers "*, Authorization" always;',
            ),
        ),
    ),
    Cause(
        id="wildcard-with-credentials",
        root=9,
        title="With credentials, * in the preflight's lists is only an asterisk",
        sentence=("The request carries credentials, and the server answers with * where it has to list names."),
        why=(
            "For a request with credentials, * in Access-Control-Allow-Headers or -Methods is a name "
            "like any other, and no request has it."
        ),
        probe="With --credentials the preflight fails at the list; without, it passes.",
        remedies=(
            flask(
                "List the names.",
                (
                    'CORS(app, origins=["{origin}"], supports_credentials=True, methods=[{method_list}], '
                    "allow_headers=[{header_list}])"
                ),
            ),
            django(
                "List the names.",
                ("CORS_ALLOW_METHODS = [{method_list}]\nCORS_ALLOW_HEADERS = [{header_list}]"),
            ),
            wsgi(
                "wsgicors sends the asked names instead of * where credentials are allowed.",
                ('Policy(allow_origins=["{origin}"], allow_credentials=True, allow_headers="*", allow_methods="*")'),
            ),
            nginx(
                "List the names.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Headers "{header_line}" always;',
            ),
            NO_CREDENTIALS,
        ),
    ),
    Cause(
        id="method-not-allowed",
        root=9,
        title="The method {method|of the request} is not allowed",
        sentence="The preflight asked for {method|a method}, and Access-Control-Allow-Methods does not name it.",
        why="Every method but GET, HEAD and POST has to be allowed by name.",
        probe="With --method {method} the preflight fails; with --method GET it is not needed.",
        remedies=(
            flask("Add it to the list.", "CORS(app, ..., methods=[{method_list}])"),
            django(
                "Add it to the list.",
                ("CORS_ALLOW_METHODS = [{method_list}]"),
            ),
            wsgi("Add it to the list.", "Policy(..., allow_methods=[{method_list}])"),
            nginx(
                "Name it where nginx answers the preflight.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Methods "{method_line}" always;',
            ),
            *elsewhere.METHODS,
        ),
    ),
    Cause(
        id="method-case",
        root=9,
        title="The client spells {method|the method} in lower case",
        sentence=(
            "The preflight asked for {method|a method}, in lower case, and methods are compared letter for letter."
        ),
        why=(
            "Browsers put get, post, put, delete, head and options into capitals, but not patch: a "
            "fetch with patch asks for a method that no server knows."
        ),
        probe="With --method {method} it is blocked; with the method in capitals it is allowed.",
        remedies=(client("Write the method in capitals.", 'fetch(url, { method: "PATCH" })'),),
    ),
    Cause(
        id="forbidden-method",
        root=9,
        title="No page may use {method|this method}",
        sentence="The client asks for {method|a method}, which scripts may not use: nothing is sent.",
        why="CONNECT, TRACE and TRACK are forbidden to pages, because a server's answer could show secrets.",
        probe="It refuses the method and says so.",
        remedies=(client("Use another method."),),
    ),
    Cause(
        id="allow-methods-malformed",
        root=9,
        title="Access-Control-Allow-Methods cannot be read",
        sentence="The preflight's Access-Control-Allow-Methods is not a list of method names.",
        why=(
            "It is a list of names with commas between them. Blanks, semicolons, quotes, brackets or "
            "colons between or around them make the whole header unreadable, and the preflight fails."
        ),
        probe="It shows the header's value and the member that is no name.",
        remedies=(
            flask("Give a list of names.", 'CORS(app, origins=["{origin}"], methods=["PUT", "DELETE"])'),
            django("Give a list of names.", 'CORS_ALLOW_METHODS = ["PUT", "DELETE"]'),
            wsgi("Give a list of names.", 'Policy(allow_origins=["{origin}"], allow_methods=["PUT", "DELETE"])'),
            nginx(
                "Commas between names, nothing else.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Methods "PUT, DELETE" always;',
            ),
        ),
    ),
    Cause(
        id="allow-headers-malformed",
        root=9,
        title="Access-Control-Allow-Headers cannot be read",
        sentence="The preflight's Access-Control-Allow-Headers is not a list of field names.",
        why=(
            "It is a list of names with commas between them. Blanks, semicolons, quotes, brackets or "
            "colons between or around them make the whole header unreadable, and the preflight fails."
        ),
        probe="It shows the header's value and the member that is no name.",
        remedies=(
            flask(
                "Give a list of names.",
                'CORS(app, origins=["{origin}"], allow_headers=["Content-Type", "X-Requested-With"])',
            ),
            django("Give a list of names.", 'CORS_ALLOW_HEADERS = ["content-type", "x-requested-with"]'),
            wsgi(
                "Give a list of names.",
                'Policy(allow_origins=["{origin}"], allow_headers=["Content-Type", "X-Requested-With"])',
            ),
            nginx(
                "Commas between names, nothing else.",
                _OF_PREFLIGHTS + 'add_header Access-Control-Allow-Headers "Content-Type, X-Requested-With" always;',
            ),
        ),
    ),
)
