"""How an app says that it does not start, or fails on every request, because of how CORS was added to it.

Each sentence is identified by a phrase in lower case with plain quotes.
"""

from typing import Final

FAILING: Final = (
    ("fastify", "fst_err_bad_url", ("outside-order",)),
    ("django", "no module named 'corsheaders", ("app-error", "unreachable", "cors-absent")),
    ("flask", "no module named 'flask_cors", ("app-error", "unreachable", "cors-absent")),
    ("django", "no module named corsheaders", ("app-error", "unreachable", "cors-absent")),
    ("laravel", "binaryfileresponse::header()", ("app-error",)),
    ("laravel", "streamedresponse::header()", ("app-error",)),
    ("php", "cannot modify header information - headers already sent", ("cors-absent", "app-error")),
    ("laravel", "target class [cors] does not exist", ("app-error", "cors-absent")),
    ("laravel", "handlecors] does not exist", ("app-error", "cors-absent")),
    ("laravel", "handlecors' not found", ("app-error", "cors-absent")),
    ("laravel", "handlecors does not exist", ("app-error", "cors-absent")),
    ("apache", "invalid command 'header', perhaps misspelled", ("app-error", "cors-absent")),
    ("apache", "response header name 'access-control-…contains invalid char", ("app-error", "preflight-error")),
    ("aspnet", "unable to resolve service for type 'microsoft.aspnetcore.cors", ("app-error", "unreachable")),
    ("aspnet", "have been found in type 'microsoft.aspnetcore.cors", ("app-error", "unreachable")),
    ("fastify", "method 'options' already declared for route", ("app-error", "unreachable")),
    ("express", "typeerror: cors is not a function", ("app-error", "unreachable")),
    ("play", "scala.matcherror: options", ("preflight-error",)),
    ("api-gateway", "configuration error: unable to transform re", ("preflight-error", "app-error")),
    ("nginx", "invalid number of arguments in 'add_header' directive", ("cors-absent",)),
    ("nginx", "unknown directive 'more_set_headers'", ("cors-absent",)),
    ("traefik", "field not found, node: accesscontrol", ("cors-absent", "not-found-without-headers")),
    ("apache", "header takes two or three arguments, an action", ("cors-absent", "app-error")),
    ("iis", "with unique key attribute 'name' set to 'access-control-", ("two-layers", "app-error")),
    ("iis", "has invalid child element 'cors'", ("cors-absent", "app-error")),
)
"""How it says so, with the likeliest causes."""
