"""Root 12, the local network: the user's permission, and the header of old versions."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import LOCAL_NETWORK
from wsgicors.doctor.catalogue._remedies import client, django, flask, wsgi

CAUSES: Final = (
    Cause(
        id="local-network-permission",
        root=12,
        title="The user has not allowed access to the local network",
        sentence=(
            "The browser did not send the request: {url} is on the local network or this machine, and the page is not."
        ),
        why=(
            "Local Network Access asks the user before a public page may reach such an address. It "
            "happens before anything is sent; no header helps."
        ),
        probe="It says whether the address is public, local or loopback, and that Chromium will ask.",
        remedies=(LOCAL_NETWORK,),
    ),
    Cause(
        id="local-network-insecure",
        root=12,
        title="A page without https asks for an address of the local network",
        sentence=("The page is served over plain http, and {url} is in a more private network than the page."),
        why="Only secure pages may ask the user for access to the local network.",
        probe=("It says whether the address is public, local or loopback, and whether the page's origin is secure."),
        remedies=(LOCAL_NETWORK,),
    ),
    Cause(
        id="local-network-mismatch",
        root=12,
        title="targetAddressSpace does not name the network of the address",
        sentence="The request said which network it would reach, and {url} is in another.",
        why=(
            'fetch takes targetAddressSpace: "loopback" for this machine and "local" for the local '
            "network; the wrong one blocks the request."
        ),
        probe="It says whether the address is public, local or loopback.",
        remedies=(client("Name the right one, or leave it out.", 'fetch(url, { targetAddressSpace: "loopback" })'),),
    ),
    Cause(
        id="private-network-header",
        root=12,
        title="An older Chromium asks for Access-Control-Allow-Private-Network",
        sentence="The preflight for {url} lacked Access-Control-Allow-Private-Network: true.",
        why=(
            "Before Local Network Access, Chromium asked the server itself whether public pages may "
            "reach it. Newer versions ask the user instead."
        ),
        probe="Without the header in the preflight's answer it says so.",
        remedies=(
            flask(
                "Allow it, only for servers that public pages are meant to reach.",
                'CORS(app, origins=["{origin}"], allow_private_network=True)',
            ),
            django(
                "Allow it, only for servers that public pages are meant to reach.",
                "CORS_ALLOW_PRIVATE_NETWORK = True",
            ),
            wsgi(
                "Allow it, only for servers that public pages are meant to reach.",
                'Policy(allow_origins=["{origin}"], allow_private_network=True)',
            ),
        ),
    ),
)
