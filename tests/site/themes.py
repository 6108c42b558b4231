"""Questions about CORS with Python: the words for the search, and the page that answers."""

from typing import Final, NamedTuple


class Theme(NamedTuple):
    """A question: words for the search, and the page that must be among the results."""

    query: str
    page: str


THEMES: Final = (
    Theme("no header", "faq"),
    Theme("socket.io accepted origin", "recipes/websockets"),
    Theme("cookies", "understand/credentials"),
    Theme("error page exception", "faq"),
    Theme("rules by path", "settings"),
    Theme("preflight 405", "errors/preflight-method-refused"),
    Theme("SameSite", "understand/credentials"),
    Theme("session login", "recipes/session-django"),
    Theme("subdomains", "settings"),
    Theme("trailing slash", "errors/preflight-redirect-slash"),
    Theme("origin slash", "errors/origin-trailing-slash"),
    Theme("vary", "understand/caches"),
    Theme("cdn", "recipes/cdn"),
    Theme("vercel", "recipes/previews"),
    Theme("preflight login", "errors/preflight-authentication"),
    Theme("static files fonts", "recipes/static-files"),
    Theme("middleware order", "migrating-from-django-cors-headers"),
    Theme("oauth redirect", "recipes/single-sign-on"),
    Theme("lambda gateway", "recipes/serving"),
    Theme("tenants database", "recipes/tenants"),
    Theme("environment variable", "recipes/environment"),
    Theme("local network access", "recipes/local-network"),
    Theme("blueprint", "migrating-from-flask-cors"),
    Theme("restx", "recipes/frameworks"),
    Theme("mcp", "recipes/client-libraries"),
    Theme("sentry-trace", "recipes/client-libraries"),
    Theme("extension", "recipes/native-apps"),
    Theme("too many OPTIONS", "faq"),
    Theme("production", "faq"),
    Theme("postman", "faq"),
    Theme("two layers", "errors/two-layers"),
    Theme("ngrok", "recipes/ngrok"),
    Theme("curl", "faq"),
    Theme("Content-Disposition", "recipes/uploads-downloads"),
    Theme("body too large", "recipes/uploads-downloads"),
    Theme("electron capacitor", "recipes/native-apps"),
    Theme("server-sent events", "recipes/streaming"),
    Theme("add_header", "errors/origin-not-allowed"),
)
