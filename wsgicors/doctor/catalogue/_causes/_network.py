"""Root 12, the connection: the request, or its answer, never got through."""

from typing import Final

from wsgicors.doctor.catalogue._causes._cause import Cause
from wsgicors.doctor.catalogue._causes._common_remedies import MEND_NETWORK, SERVE_TLS
from wsgicors.doctor.catalogue._remedies import client, nginx, wsgi

CAUSES: Final = (
    Cause(
        id="mixed-content",
        root=12,
        title="An https page asks for an http address",
        sentence="The page is https and {url} is http: the browser does not send the request.",
        why="Mixed content is blocked before anything is sent. No header helps.",
        probe="It says that the page's origin is https and the URL http, and whether https answers.",
        remedies=(
            client("Write https:// in the client's base URL."),
            SERVE_TLS,
        ),
    ),
    Cause(
        id="cleartext-forbidden",
        root=12,
        title="The app's platform forbids plain http",
        sentence="The app asked for {url}, and its platform sends no request over plain http.",
        why=(
            "Android and Apple's systems let an app ask over https only, unless its own settings name exceptions. "
            "Nothing is sent, so no header helps."
        ),
        probe="It says whether https answers too. The rule is the app's, so plain http is allowed here.",
        remedies=(
            client("Write https:// in the app's base URL."),
            SERVE_TLS,
            client(
                "In development, name the exception in the app's settings: a network security configuration on "
                "Android, NSAppTransportSecurity on Apple's systems."
            ),
        ),
    ),
    Cause(
        id="unreachable",
        root=12,
        title="Nothing answers at this address",
        sentence=("The connection to {url} failed: no server listens there, or something on the way refuses."),
        why="No answer means no headers, and some browsers report that as a CORS failure.",
        probe="It cannot connect either, and says why.",
        remedies=(
            wsgi(
                "Start the server; in a container let it listen on all addresses.",
                "gunicorn --bind 0.0.0.0:8000 app:app",
            ),
            client("Check scheme, host and port of the URL; http on an https port fails like this too."),
            MEND_NETWORK,
        ),
    ),
    Cause(
        id="name-not-found",
        root=12,
        title="The host name is not known",
        sentence="The name of the host in {url} could not be resolved.",
        why=(
            "The name is misspelt, is known only inside a container network, or the machine is "
            "offline. No answer means no headers."
        ),
        probe="It cannot resolve the name either.",
        remedies=(
            client("Use a name that the browser's machine knows; a container's service name is not one."),
            MEND_NETWORK,
        ),
    ),
    Cause(
        id="timed-out",
        root=12,
        title="The server did not answer in time",
        sentence="The connection to {url} timed out.",
        why=("A firewall that drops packets, a wrong address or a server that hangs. No answer means no headers."),
        probe="It times out too, and says in which step.",
        remedies=(MEND_NETWORK, wsgi("Check whether all workers are busy.")),
    ),
    Cause(
        id="certificate",
        root=12,
        title="The server's certificate is not trusted",
        sentence=(
            "The TLS connection to {url} failed: the browser does not accept the server's certificate or protocol."
        ),
        why=(
            "A page's request cannot click through a warning: it fails, and some browsers report that as a CORS "
            "failure. Self-signed certificates of development servers are the usual case."
        ),
        probe=("It says what is wrong with the certificate: expired, self-signed, another name, an unknown issuer."),
        remedies=(
            client("In development, open the URL once in a tab and accept the certificate, or trust your own issuer."),
            nginx(
                "Send a certificate for this name with its whole chain.",
                (
                    "# in server { }, in place of its own\n"
                    "ssl_certificate /etc/ssl/fullchain.pem;\n"
                    "ssl_certificate_key /etc/ssl/key.pem;"
                ),
            ),
        ),
    ),
    Cause(
        id="connection-broken",
        root=12,
        title="The connection ended before the answer was complete",
        sentence="The connection to {url} ended before an answer was complete.",
        why=(
            "The worker died, the body was not read, a proxy closed an idle connection, or the user's machine changed "
            "its network. For the page it is a network error, whatever the headers allow."
        ),
        probe="The connection ends without a response.",
        remedies=(
            wsgi("Find out from the log why the worker ended: memory, time-out, a crash in a C library."),
            MEND_NETWORK,
        ),
    ),
)
