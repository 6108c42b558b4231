"""Root 2: the origin is not the one that is listed."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LIST_ORIGIN
from wsgicors.doctor.catalogue._remedies import client, django, flask, wsgi

CAUSES: Final = (
    Cause(
        id="origin-not-allowed",
        root=2,
        title="The page's origin is not on the server's list",
        sentence="The server answered {url}, but not with {origin} in Access-Control-Allow-Origin.",
        why=(
            "Origins are compared letter for letter: scheme, host and port. http is not https, "
            "www.example.com is not example.com, localhost is not 127.0.0.1, port 3000 is not 5173."
        ),
        probe=("Access-Control-Allow-Origin is missing for {origin}, and there for an origin that is on the list."),
        remedies=LIST_ORIGIN,
    ),
    Cause(
        id="origin-scheme",
        root=2,
        title="The listed origin has the other scheme",
        sentence="The server allows {value|another origin}, and not {origin}: only the scheme differs.",
        why="http and https are different origins, and a browser never treats one as the other.",
        probe="Access-Control-Allow-Origin is there with the other scheme and missing with the page's.",
        remedies=LIST_ORIGIN,
    ),
    Cause(
        id="origin-port",
        root=2,
        title="The listed origin has another port",
        sentence="The server allows {value|another origin}, and not {origin}: only the port differs.",
        why=(
            "The port is part of an origin, and left out it means the scheme's own: 80 or 443. "
            "Development servers take the next free one when theirs is in use."
        ),
        probe="Access-Control-Allow-Origin is there with the listed port and missing with the page's.",
        remedies=(
            *LIST_ORIGIN,
            wsgi(
                "In development, admit every port of the loopback name.",
                'Policy(allow_origins=["http://localhost:*"])',
            ),
        ),
    ),
    Cause(
        id="origin-www",
        root=2,
        title="The listed origin has www. in front, or lacks it",
        sentence=("The server allows {value|another origin}, and not {origin}: one has www., the other does not."),
        why="A name with www. and one without are two hosts, so two origins.",
        probe="Access-Control-Allow-Origin is there for one of the two names and missing for the other.",
        remedies=(
            *LIST_ORIGIN,
            client("Redirect one of the two names of the site to the other, and list that one."),
        ),
    ),
    Cause(
        id="origin-loopback",
        root=2,
        title="localhost and 127.0.0.1 are mixed up",
        sentence=(
            "The server allows {value|another origin}, and not {origin}: both are this machine, by different names."
        ),
        why="Origins are compared as text. localhost, 127.0.0.1 and [::1] are three origins.",
        probe="Access-Control-Allow-Origin is there for one loopback name and missing for the other.",
        remedies=(*LIST_ORIGIN, client("Open the page under the name that is listed.")),
    ),
    Cause(
        id="origin-slash",
        root=2,
        title="The listed origin ends in a slash or a path",
        sentence="The server sends {value|another origin}; an origin is scheme, host and port, with nothing after "
        "them.",
        why="Browsers send {origin}, without a slash, and compare letter for letter.",
        probe="Access-Control-Allow-Origin is there, and ends in a slash or a path.",
        remedies=LIST_ORIGIN,
    ),
    Cause(
        id="origin-case",
        root=2,
        title="The listed origin has capital letters",
        sentence="The server sends {value|another origin}; browsers send {origin}, always in lower case.",
        why="The header is compared letter for letter, although host names are case-insensitive.",
        probe="Access-Control-Allow-Origin is there, with capital letters in it.",
        remedies=LIST_ORIGIN,
    ),
    Cause(
        id="origin-list-typo",
        root=2,
        title="The list of origins is not the list that was meant",
        sentence="{origin} seems to be in the settings, yet the server does not know it.",
        why=(
            'Without a comma Python joins two strings into one: "https://a.example" '
            '"https://b.example" is one origin that nobody has. A single string where a list is '
            "meant, and a variable of the environment that was never split, end the same way."
        ),
        probe=("Access-Control-Allow-Origin is missing for {origin} although the settings seem to name it."),
        remedies=(
            flask("Check for a comma after every member.", ('CORS(app, origins=[\n    "{origin}",\n])')),
            django(
                "Check for a comma after every member; `manage.py check` names such members.",
                ('CORS_ALLOWED_ORIGINS = [\n    "{origin}",\n]'),
            ),
            wsgi(
                "Check for a comma after every member; a Policy with such a member does not build.",
                ('Policy(allow_origins=[\n    "{origin}",\n])'),
            ),
        ),
    ),
    Cause(
        id="insecure-origin",
        root=2,
        title="The page is plain http, which the policy does not allow with credentials",
        sentence="The server refuses {origin}, because it is plain http.",
        why=(
            "Anybody on the network path can change a page that is plain http, and read with it what the user's "
            "cookies give access to. A wsgicors policy with credentials allows such an origin only by name."
        ),
        probe="The server's answer says so; the same origin with https is allowed where it is on the list.",
        remedies=(
            client("Serve the page over https, and list that origin."),
            flask(
                "On a network that you trust, allow it by name.",
                'CORS(app, origins=["{origin}"], supports_credentials=True, dangerously_allow=["insecure-origin"])',
            ),
            django(
                "On a network that you trust, allow it by name.",
                'CORS_ALLOWED_ORIGINS = ["{origin}"]\nCORS_ALLOW_CREDENTIALS = True\n'
                'CORS_DANGEROUSLY_ALLOW = ["insecure-origin"]',
            ),
            wsgi(
                "On a network that you trust, allow it by name.",
                'Policy(allow_origins=["{origin}"], allow_credentials=True, dangerously_allow=["insecure-origin"])',
            ),
        ),
    ),
)
