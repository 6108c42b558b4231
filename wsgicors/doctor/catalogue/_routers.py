"""How routers say that a path has no handler for OPTIONS, each by a phrase in lower case with plain quotes."""

from typing import Final

NO_OPTIONS: Final = (
    ("express", "cannot options /", ("preflight-not-found",)),
    ("rails", "no route matches [options]", ("preflight-not-found",)),
    ("phoenix", "no route found for options /", ("preflight-not-found",)),
    ("fastify", "route options:/…not found", ("preflight-not-found",)),
    ("symfony", "no route found for 'options ", ("preflight-not-found", "preflight-method-refused")),
    ("laravel", "the options method is not supported for", ("preflight-method-refused",)),
    ("django-rest-framework", "method 'options' not allowed", ("preflight-method-refused",)),
    ("spring", "method 'options' not supported", ("preflight-method-refused",)),
    ("spring", "method 'options' is not supported", ("preflight-method-refused",)),
    ("micronaut", "method [options] not allowed", ("preflight-method-refused",)),
    ("django", "method not allowed (options)", ("preflight-method-refused",)),
    ("handler", "method not allowed: options", ("preflight-method-refused",)),
    ("web-api", "does not support http method 'options'", ("preflight-method-refused",)),
    ("handler", "method options not allowed", ("preflight-method-refused",)),
    ("restify", "'options is not allowed'", ("preflight-method-refused",)),
    ("codeigniter", "can't find a route for 'options", ("preflight-not-found",)),
    ("kubernetes", "cannot options path '", ("preflight-authentication",)),
    ("n8n", "this webhook is not registered for options requests", ("preflight-not-found",)),
    ("resteasy", "no resource method found for options, return ok", ("cors-absent",)),
    ("firebase", "request has invalid method. options", ("preflight-method-refused",)),
    ("akka", "http method not allowed, supported methods: ", ("preflight-method-refused", "http-error")),
    ("yii", "this url can only handle the following request methods", ("preflight-method-refused", "http-error")),
    (
        "spring",
        "was not included within the list of allowed http methods",
        ("preflight-method-refused", "method-not-allowed"),
    ),
    ("serverless-offline", "serverless-offline: route not found", ("preflight-not-found", "not-found-without-headers")),
    ("iis", "http verb used to access this page is not allowed", ("preflight-method-refused", "outside-order")),
    ("iis", "modulename='webdavmodule'", ("preflight-method-refused", "outside-order")),
    ("apps-script", "script function not found: do", ("not-found-without-headers", "preflight-not-found")),
    ("magento", "request does not match any route.", ("not-found-without-headers", "preflight-not-found")),
    ("couchdb", "'error':'method_not_allowed','reason':'only ", ("preflight-method-refused", "method-not-allowed")),
)
"""How routers say that they have no handler for OPTIONS at a path."""
