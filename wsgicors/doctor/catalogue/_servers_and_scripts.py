"""The sentences of servers and of pages' scripts, each identified by a phrase in it.

Most are in tables by subject: `_servers`, `_routers`, `_refusals`, `_products`, `_platforms`, `_failing_apps`,
`_logins`, `_hosts`, `_tokens`, `_sockets`, and those of client libraries in `_clients`.
"""

from typing import Final

from wsgicors.browser import Failure
from wsgicors.doctor.catalogue import _policy_readers as policies
from wsgicors.doctor.catalogue import _readers as read
from wsgicors.doctor.catalogue import _refusals as refusals
from wsgicors.doctor.catalogue import _server_readers as logs
from wsgicors.doctor.catalogue import _servers as servers
from wsgicors.doctor.catalogue._clients import KNOWING, SILENT
from wsgicors.doctor.catalogue._failing_apps import FAILING
from wsgicors.doctor.catalogue._hosts import HOSTS
from wsgicors.doctor.catalogue._logins import BODIES, LOGINS
from wsgicors.doctor.catalogue._platforms import BACKENDS, PLATFORMS
from wsgicors.doctor.catalogue._products import PRODUCTS
from wsgicors.doctor.catalogue._routers import NO_OPTIONS
from wsgicors.doctor.catalogue._sockets import HANDSHAKES, WEBSOCKETS
from wsgicors.doctor.catalogue._tokens import SEVERAL, TOKENS, UNTRUSTED
from wsgicors.doctor.catalogue._wording import ANY_REFUSAL, Role
from wsgicors.doctor.catalogue._wording import says as _says

FAILURE_LINE: Final = "server/failure-line"
"""The wording of a line about a failed request, which explains a browser's message and has no meaning alone."""

SERVERS_AND_SCRIPTS: Final = (
    _says("server/django-origin", "origin checking failed - ", "csrf-origin", read=logs.origin_after),
    _says("server/django-referer", "referer checking failed - ", "csrf-origin", read=logs.origin_after),
    _says("server/django-token", "csrf cookie not set", "csrf-token", read=read.nothing),
    _says("server/django-token", "csrf token missing", "csrf-token", read=read.nothing),
    _says("server/django-token", "csrf token from ", "csrf-token", read=logs.django_token),
    _says("server/django-token", "csrf verification failed. request aborted",
          "csrf-origin", "csrf-token", read=read.nothing, role=Role.ECHO),
    _says("server/flask-token", "the csrf token is missing.", "csrf-token", read=read.nothing),
    _says("server/flask-token", "the csrf session token is missing", "csrf-token", read=read.nothing),
    _says("server/flask-token", "the csrf tokens do not match", "csrf-token", read=read.nothing),
    _says("server/socketio", " is not an accepted origin", "websocket-origin", read=logs.refused_origin),
    _says("server/pi-hole", "failed cors: ", "origin-not-allowed", "origin-port", "origin-scheme",
          read=logs.origin_after),
    _says("server/starlette", "disallowed cors ", "origin-not-allowed", read=logs.starlette),
    _says("server/wsgicors", " is not allowed here: it is plain http", "insecure-origin", read=logs.origin_before),
    _says("server/wsgicors", " is not allowed here", "origin-not-allowed", read=logs.own_refusal),
    _says("server/wsgicors", " is not allowed to post a form here", "navigation-not-allowed",
          read=logs.origin_before),
    _says("server/wsgicors", "a page of another origin sent this request, which has no origin header", "cross-site",
          read=read.nothing),
    _says("server/wsgicors", " is allowed could not be found out", "source-failed", read=logs.origin_before),
    _says("server/wsgicors", "the path can be read in several ways, which lead to", "ambiguous-path",
          read=read.nothing),
    _says("server/wsgicors", "' is not an origin", "malformed-request", read=logs.own_malformed),
    _says("server/wsgicors", "access-control-request-method '…' is not a method", "malformed-request",
          read=read.nothing),
    _says("server/wsgicors", "access-control-request-headers holds names that are not field names", "malformed-request",
          read=read.nothing),
    _says("server/wsgicors", "these request headers are not allowed here: ", "header-not-allowed",
          read=logs.own_headers),
    _says("server/wsgicors", "to this private network are not allowed here", "private-network-header",
          read=read.nothing),
    _says("server/spring", "invalid cors request", *ANY_REFUSAL, read=logs.cors_filter),
    _says("server/relay", "one or more headers requested are not allowed", "header-not-allowed", read=read.nothing),
    _says("server/relay", "some headers are not allowed.", "header-not-allowed", read=read.nothing),
    *(_says("server/jupyter", phrase, "origin-not-allowed", read=logs.origin_named)
      for phrase in ("blocking cross origin api request", "blocking cross origin request")),
    _says("server/aspnet", "does not have permission to access the resource", "origin-not-allowed",
          read=logs.origin_before_blank),
    _says("server/aspnet", "' not allowed in cors policy", "header-not-allowed", read=logs.aspnet_header),
    _says("server/aspnet", " not allowed in cors policy", "header-not-allowed", read=logs.aspnet_name),
    _says("server/aspnet", "does not allow specifying a wildcard (any) origin and credentials at the same time",
          "credentials-wildcard", read=read.nothing),
    _says("server/express", "not allowed by cors", "origin-not-allowed", read=logs.refused_by_cors),
    _says("server/origin-check", "origin not allowed", "origin-not-allowed", "csrf-origin", read=logs.origin_logged),
    _says("server/hapi", "'cors.credentials' must be one of [false]", "credentials-wildcard", read=read.nothing),
    # Next.js 15 only warns of what a later version will refuse.
    _says("server/next-later", "cross origin request detected from ", "origin-not-allowed", read=read.nothing,
          role=Role.WARNING),
    _says("server/heroku", "at=error code=h", "proxy-bad-gateway", read=logs.router),
    *(_says(f"server/{name}", phrase, *causes, read=read.of_preflight if "options" in phrase else read.nothing)
      for name, phrase, causes in NO_OPTIONS),
    _says("server/slim", "method not allowed. must be one of: ", "preflight-method-refused", "http-error",
          read=read.nothing),
    *(_says(f"server/{name}", phrase, "csrf-token", read=read.nothing) for name, phrase in TOKENS),
    *(_says(f"server/{name}", phrase, "csrf-origin", read=logs.origin_behind) for name, phrase in UNTRUSTED),
    *(_says(f"server/{name}", phrase, "websocket-origin", read=logs.origin_behind) for name, phrase in WEBSOCKETS),
    _says("server/nv", "opening handshake response is not '101", "websocket-origin", read=logs.handshake_refused),
    *(_says(f"server/{name}", phrase, *causes, read=logs.of_phrase(phrase))
      for table in (refusals.REFUSALS, refusals.LAYERS, refusals.SETTINGS, refusals.SERVICES, PRODUCTS, LOGINS, HOSTS,
                    SEVERAL, HANDSHAKES, PLATFORMS, FAILING)
      for name, phrase, causes in table),
    *(_says(f"server/{name}", phrase, *causes, read=read.nothing, role=Role.ECHO) for name, phrase, causes in BODIES),
    *(_says(f"server/{name}", phrase, *causes, read=logs.of_backend) for name, phrase, causes in BACKENDS),
    *(_says(f"script/{name}", phrase, *causes, read=read.nothing) for name, phrase, causes in KNOWING),
    *(_says(f"script/{name}", phrase, "unspecified", read=read.nothing, role=Role.ECHO) for name, phrase in SILENT),
    *(_says("server/laravel", f"419 {unknown}", "csrf-token", read=read.url_begun)
      for unknown in ("(unknown status)", "unknown status")),
    _says("server/koa", " is not a valid origin", "origin-not-allowed", read=logs.word_before),
    _says("server/spring", "' origin is not allowed", "origin-not-allowed", read=logs.word_before),
    _says("server/node", "unexpected server response: 403", "websocket-origin", read=read.nothing, role=Role.ECHO),
    _says("script/registry", "check your connection and your registry must have",
          Failure.ALLOW_ORIGIN_MISSING, Failure.NO_RESPONSE, read=read.nothing, role=Role.ECHO),
    _says("server/s3", "cors is not enabled for this bucket", "cors-absent", read=read.nothing),
    _says("server/s3", "this cors request is not allowed", *ANY_REFUSAL, read=read.nothing),
    _says("server/api-gateway", "'message':'missing authentication token'",
          "not-found-without-headers", "preflight-not-found", read=read.nothing),
    *(_says("server/nginx", phrase, cause, read=read.nothing) for phrase, cause in servers.NGINX),
    *(_says("server/gateway", phrase, cause, read=read.nothing) for phrase, cause in servers.GATEWAYS),
    _says("server/gateway", "task timed out after ", "proxy-timeout", read=logs.of_lambda),
    _says("server/cors-anywhere", "not found because of proxy error: ", "proxy-bad-gateway", read=logs.node_error),
    _says("server/node", "unable_to_verify_leaf_signature", "certificate", read=read.nothing),
    *(_says(FAILURE_LINE, phrase, "app-error", read=read.nothing, role=Role.ECHO) for phrase in servers.FAILURES),
    _says("server/django-cors-headers", "(corsheaders.e0", "origin-list-typo", read=read.nothing),
    _says("script/angular", ": 0 unknown error", "unspecified", read=read.url_before, role=Role.ECHO),
    _says("script/flutter", "xmlhttprequest error", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/flutter", "xmlhttprequest onerror callback", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible reasons: cors", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible reasons:cors", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror: failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror): failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/swagger", "possible cross-origin (cors) issue?", "unspecified", read=read.url_after, role=Role.ECHO),
    *(_says("script/fetch", f"failed to fetch {scheme}", "unspecified", read=read.url_of(scheme), role=Role.ECHO)
      for scheme in ("http://", "https://")),
    _says("script/security", "the operation is insecure", "canvas-tainted", "worker-origin",
          Failure.FORBIDDEN_METHOD, read=read.nothing),
    _says("script/fetch", "networkerror when attempting to fetch resource",
          "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", "typeerror: load failed", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/xhr", "failed to execute 'send' on 'xmlhttprequest'", "unspecified", read=policies.script_send,
          role=Role.ECHO),
    _says("script/axios", "error: network error", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/axios", "error: 'network error'", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/xhr", phrase, "unspecified", read=read.nothing, role=Role.ECHO)
      for phrase in ("xhr poll error", "response with status: 0 ")),
    _says("script/flutter", "clientexception: failed to fetch, uri=", "unspecified", read=read.url_after,
          role=Role.ECHO),
    _says("script/fetch", "network request failed", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/fetch", " error: failed to fetch", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/fetch", f"{sort} failed loading: ", "unspecified", read=read.url_after, role=Role.ECHO)
      for sort in ("xhr", "fetch")),
    _says("script/axios", "err_fr_too_many_redirects", "redirect-loop", read=read.nothing),  # on Node
    _says("script/axios", "err_network", "unspecified", read=read.nothing, role=Role.ECHO),
    _says("script/xhr", "networkerror: a network error occurred", "unspecified", read=read.nothing, role=Role.ECHO),
    *(_says("script/browser-request", f"cors request rejected: {scheme}", "unspecified", read=read.url_of(scheme),
            role=Role.ECHO)
      for scheme in ("http://", "https://")),
    _says("script/superagent", "possible causes: the network is offline, origin is not allowed by", "unspecified",
          read=read.nothing, role=Role.ECHO),
    _says("script/opaque", "an 'opaque' response was used for a request whose type is not no-cors", "no-cors-mode",
          read=read.nothing),
)  # fmt: skip
