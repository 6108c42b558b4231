"""What a login check says of a request without a token, a key or a session.

Each sentence is identified by a phrase in lower case with plain quotes. A preflight has no credentials, so a check in
front of the CORS layer refuses it in the same words.
"""

from typing import Final

_LOGIN: Final = ("authentication-without-headers", "preflight-authentication")

LOGINS: Final = (
    (
        "authelia",
        "is not authorized to user …responding with",
        ("preflight-redirect-login", "preflight-authentication", "session-ended"),
    ),
    (
        "oauth2-proxy",
        "no valid authentication in request. ",
        ("preflight-redirect-login", "session-ended", "preflight-authentication"),
    ),
    ("hasura", "x-hasura-access-key required, but not found", ("authentication-without-headers", "http-error")),
    ("meilisearch", "must use the bearer authorization method", ("authentication-without-headers", "http-error")),
    ("neo4j", "'message':'no authentication header supplied", _LOGIN),
    ("elasticsearch", "missing authentication credentials for rest request", _LOGIN),
    (
        "spring",
        "full authentication is required to access this resource",
        ("preflight-authentication", "authentication-without-headers"),
    ),
    ("spring", "pre-authenticated entry point called. rejecting access", _LOGIN),
    ("spring", "failed to authorize filter invocation [options", ("preflight-authentication",)),
    ("web-api", "authorization has been denied for this request", _LOGIN),
    ("aspnet", "authenticationscheme: …was challenged", _LOGIN),
    (
        "aws",
        "authorization header requires 'credential' parameter",
        ("authentication-without-headers", "not-found-without-headers"),
    ),
    ("django-rest-framework", "authentication credentials were not provided", _LOGIN),
    ("devise", "need to sign in or sign up before continuing", _LOGIN),
    ("wordpress", "'jwt_auth_no_auth_header'", _LOGIN),
    ("kong", "no credentials found for given 'iss'", ("authentication-without-headers",)),
    ("kong", "hmac signature cannot be verified", _LOGIN),
    ("tyk", "attempted access with malformed header", _LOGIN),
    ("apisix", "'message':'missing jwt token in request", _LOGIN),
    ("aspnet", "denyanonymousauthorizationrequirement: requires", _LOGIN),
    ("express-jwt", "unauthorizederror: no authorization token was found", _LOGIN),
    ("laravel", "route [login] not defined", ("session-ended", "authentication-without-headers", "app-error")),
    ("symfony", "'jwt token not found'", _LOGIN),
    ("symfony", "missing jwt refresh token", _LOGIN),
    ("symfony", "a token was not found in the tokenstorage", _LOGIN),
    ("rails", "filter chain halted as :authenticate_", _LOGIN),
    (
        "ghost",
        "unable to determine the authenticated user or integration",
        ("authentication-without-headers", "third-party-cookies"),
    ),
    ("auth0", "oautherror':'login_required'", ("third-party-cookies", "session-ended")),
    ("entra", "aadb2c90077: ", ("third-party-cookies", "session-ended")),
    ("entra", "monitor_window_timeout", ("third-party-cookies", "frame-options", "timed-out")),
    ("nginx", "no user/password was provided for basic authentication", _LOGIN),
    ("azure", "server failed to authenticate the request. make sure the value of", _LOGIN),
    ("azure", "<code>authenticationfailed", _LOGIN),
    ("azure", "<code>noauthenticationinformation", _LOGIN),
    ("azure", "<code>publicaccessnotpermitted", _LOGIN),
    ("s3", "<code>invalidaccesskeyid", _LOGIN),
    ("s3", "<code>requesttimetooskewed", _LOGIN),
    ("s3", "<code>expiredtoken", _LOGIN),
    ("s3", "<code>authorizationqueryparameterserror", _LOGIN),
    ("aws", "the incoming token has expired", ("authentication-without-headers", "session-ended")),
    (
        "aws",
        "the security token included in the request is expired",
        ("authentication-without-headers", "session-ended"),
    ),
    (
        "aws",
        "the security token included in the request is invalid",
        ("authentication-without-headers", "session-ended"),
    ),
    ("aws", "unable to parse jwt token", ("authentication-without-headers", "session-ended")),
    ("aws", "is not authorized to perform: execute-api:invoke", _LOGIN),
    ("api-gateway", "x-amzn-errortype: forbiddenexception", _LOGIN),
    ("api-gateway", "x-amzn-errortype: accessdeniedexception", _LOGIN),
    ("api-gateway", "x-amzn-errortype: unauthorizedexception", _LOGIN),
    (
        "sabre",
        "header found. either the client didn't send one",
        ("preflight-authentication", "authentication-without-headers"),
    ),
    ("traefik", "remote error http…statuscode: 401", ("preflight-authentication", "authentication-without-headers")),
    ("api-umbrella", "api_key_missing", _LOGIN),
    ("envoy", "enforced denied, matched policy", _LOGIN),
    ("envoy", "jwt verification fails", _LOGIN),
    ("envoy", "audiences in jwt are not allowed", _LOGIN),
    ("envoy", "jwt issuer is not configured", _LOGIN),
    ("envoy", "jwks doesn't have key to match kid", _LOGIN),
    ("google", "empty google account oauth client id(s)/secret(s)", _LOGIN),
    ("couchdb", "server_admin access is required for this request", _LOGIN),
)
"""What a login check says, with the likeliest causes."""

BODIES: Final = (
    ("api-gateway", "{'message':'forbidden'}", _LOGIN),
    ("api-gateway", "{'message':'unauthorized'}", _LOGIN),
)
"""What says it in a whole body, and says nothing beside anything else: other servers use the same words."""
