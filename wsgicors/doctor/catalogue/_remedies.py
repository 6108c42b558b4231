"""The places where a cause can be fixed, and the lines to write for products other than this library.

The lines set one CORS setting in each product. They contain facts in braces, like the texts of causes. Dots stand for
what is there already: a remedy that replaced it would undo the one before it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Place(StrEnum):
    """Where a cause can be fixed."""

    FLASK = "flask"
    DJANGO = "django"
    WSGI = "wsgi"
    NGINX = "nginx"
    APACHE = "apache"
    CADDY = "caddy"
    EXPRESS = "express"
    FASTAPI = "fastapi"
    SPRING = "spring"
    ASPNET = "aspnet"
    S3 = "s3"
    CLOUDFRONT = "cloudfront"
    API_GATEWAY = "api-gateway"
    CLOUDFLARE = "cloudflare"
    KEYCLOAK = "keycloak"
    SUPABASE = "supabase"
    VITE = "vite"
    CLIENT = "client"


TITLES: Final[Mapping[Place, str]] = MappingProxyType(
    {
        Place.FLASK: "Flask",
        Place.DJANGO: "Django",
        Place.WSGI: "WSGI",
        Place.NGINX: "nginx",
        Place.APACHE: "Apache",
        Place.CADDY: "Caddy",
        Place.EXPRESS: "Express",
        Place.FASTAPI: "FastAPI",
        Place.SPRING: "Spring",
        Place.ASPNET: "ASP.NET",
        Place.S3: "Amazon S3",
        Place.CLOUDFRONT: "CloudFront",
        Place.API_GATEWAY: "API Gateway",
        Place.CLOUDFLARE: "Cloudflare",
        Place.KEYCLOAK: "Keycloak",
        Place.SUPABASE: "Supabase",
        Place.VITE: "Vite",
        Place.CLIENT: "In the client",
    }
)
"""What people call each place."""

OWN: Final = frozenset({Place.FLASK, Place.DJANGO, Place.WSGI, Place.NGINX, Place.CLIENT})
"""Places that every cause has a remedy for where there is one; the others have those of a setting."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """What to change in one place: a sentence and, if there are any, the lines to write."""

    place: Place
    text: str
    code: str = ""


def flask(text: str, code: str = "") -> Remedy:
    """Return a remedy in Flask."""
    return Remedy(Place.FLASK, text, code)


def django(text: str, code: str = "") -> Remedy:
    """Return a remedy in Django."""
    return Remedy(Place.DJANGO, text, code)


def wsgi(text: str, code: str = "") -> Remedy:
    """Return a remedy in any other WSGI application."""
    return Remedy(Place.WSGI, text, code)


def nginx(text: str, code: str = "") -> Remedy:
    """Return a remedy in nginx."""
    return Remedy(Place.NGINX, text, code)


def client(text: str, code: str = "") -> Remedy:
    """Return a remedy in the client."""
    return Remedy(Place.CLIENT, text, code)


NGINX_BESIDE: Final = "# beside the other add_header lines\n"
"""Where a further header of nginx belongs: a block that has an add_header of its own inherits none."""

NGINX_ORIGIN: Final = (
    "# in server { }\n"
    "set $cors_origin ''; "
    'if ($http_origin = "{origin}") { set $cors_origin $http_origin; }\n'
    "# in location { }; with uwsgi_pass, write uwsgi_hide_header\n"
    "proxy_hide_header Access-Control-Allow-Origin;\n"
    "add_header Access-Control-Allow-Origin $cors_origin always;\n"
    "add_header Vary Origin always;"
)
"""Lines of nginx that send the header to a listed origin, in place of the application's own.

Not a map: its texts ignore case, and nginx does not start with one of 47 characters or more, such as an extension's
origin, unless map_hash_bucket_size is raised, which may stand only once. In a location, an if would turn try_files off.
"""

_LISTED = "List the exact origin."
_PREFLIGHTS = "Answer the preflight where the application does not."
_EXPOSE = "Add it to the headers that are exposed."

ORIGINS: Final = (
    Remedy(
        Place.APACHE,
        "Send the header to the listed origins only, with mod_headers.",
        "<If \"%{HTTP:Origin} == '{origin}'\">\n"
        '    Header always set Access-Control-Allow-Origin "{origin}"\n'
        "</If>\n"
        "Header always merge Vary Origin",
    ),
    Remedy(
        Place.CADDY,
        "Send the header to the listed origins only.",
        '@listed header Origin "{origin}"\nheader @listed Access-Control-Allow-Origin "{origin}"\nheader +Vary Origin',
    ),
    Remedy(Place.EXPRESS, _LISTED, 'app.use(cors({ origin: ["{origin}"] }));'),
    Remedy(Place.FASTAPI, _LISTED, 'app.add_middleware(CORSMiddleware, allow_origins=["{origin}"])'),
    Remedy(
        Place.SPRING,
        "List the exact origin; with Spring Security, http.cors(withDefaults()) puts it before the login.",
        'registry.addMapping("/**").allowedOrigins("{origin}");',
    ),
    Remedy(
        Place.ASPNET,
        "List the exact origin, and call UseCors before UseAuthorization. Behind a cache, send Vary: Origin too, which "
        "ASP.NET leaves out where one origin is listed.",
        "builder.Services.AddCors(options => options.AddDefaultPolicy(\n"
        '    policy => policy.WithOrigins("{origin}")));\n'
        "app.UseCors();",
    ),
    Remedy(
        Place.S3,
        "Add a rule for the exact origin to the bucket's CORS configuration, which is always written as a whole.",
        '[{"AllowedOrigins": ["{origin}"], "AllowedMethods": ["GET", "HEAD"], "MaxAgeSeconds": 3600}]',
    ),
    Remedy(
        Place.CLOUDFRONT,
        "Pass Origin on to the server with an origin request policy (Managed-CORS-S3Origin for a bucket), or attach a "
        "response headers policy, which overrides the server's CORS headers.",
        '{"AccessControlAllowOrigins": {"Quantity": 1, "Items": ["{origin}"]},\n'
        ' "AccessControlAllowMethods": {"Quantity": 1, "Items": ["GET"]},\n'
        ' "AccessControlAllowHeaders": {"Quantity": 1, "Items": ["Content-Type"]},\n'
        ' "AccessControlAllowCredentials": false, "OriginOverride": true}',
    ),
    Remedy(
        Place.API_GATEWAY,
        "List the exact origin in the API's CORS configuration, and deploy the API.",
        '{"AllowOrigins": ["{origin}"], "AllowMethods": ["GET"]}',
    ),
    Remedy(
        Place.CLOUDFLARE,
        "Purge the cache, which keeps one answer for all origins; a response header transform rule for the origin "
        "sets the header where the server does not.",
        'When: http.request.headers["origin"][0] eq "{origin}"\nSet static: Access-Control-Allow-Origin = {origin}',
    ),
    Remedy(Place.KEYCLOAK, "List the exact origin among the client's web origins.", '{"webOrigins": ["{origin}"]}'),
    Remedy(
        Place.SUPABASE,
        "Have the function answer OPTIONS, and set the header on every answer.",
        'const cors = { "Access-Control-Allow-Origin": "{origin}",\n'
        '  "Access-Control-Allow-Headers": "authorization, apikey, content-type, x-client-info" };\n'
        'if (request.method === "OPTIONS") return new Response("ok", { headers: cors });',
    ),
    Remedy(
        Place.VITE,
        "In development, have Vite's server pass the API's paths on: the page then asks its own origin.",
        'export default { server: { proxy: { "/api": "http://localhost:8000" } } };',
    ),
)
"""Access-Control-Allow-Origin for one origin that is listed."""

CREDENTIALS: Final = (
    Remedy(
        Place.APACHE,
        "Name the one origin, never *, and allow credentials.",
        "<If \"%{HTTP:Origin} == '{origin}'\">\n"
        '    Header always set Access-Control-Allow-Origin "{origin}"\n'
        "    Header always set Access-Control-Allow-Credentials true\n"
        "</If>\n"
        "Header always merge Vary Origin",
    ),
    Remedy(
        Place.CADDY,
        "Name the one origin, never *, and allow credentials.",
        '@listed header Origin "{origin}"\n'
        'header @listed Access-Control-Allow-Origin "{origin}"\n'
        "header @listed Access-Control-Allow-Credentials true\n"
        "header +Vary Origin",
    ),
    Remedy(
        Place.EXPRESS,
        "Name the origins and allow credentials.",
        'app.use(cors({ ..., origin: ["{origin}"], credentials: true }));',
    ),
    Remedy(
        Place.FASTAPI,
        "Name the origins and allow credentials.",
        'app.add_middleware(CORSMiddleware, ..., allow_origins=["{origin}"], allow_credentials=True)',
    ),
    Remedy(
        Place.SPRING,
        "Name the origins and allow credentials in the mapping.",
        '.allowedOrigins("{origin}").allowCredentials(true)',
    ),
    Remedy(
        Place.ASPNET,
        "Name the origins and allow credentials.",
        'policy.WithOrigins("{origin}").AllowCredentials();',
    ),
    Remedy(
        Place.API_GATEWAY,
        "Name the origins and allow credentials.",
        '{..., "AllowOrigins": ["{origin}"], "AllowCredentials": true}',
    ),
)
"""The same, and Access-Control-Allow-Credentials."""

METHODS: Final = (
    Remedy(
        Place.APACHE,
        "Add it to the list.",
        'Header always set Access-Control-Allow-Methods "{method_line}"',
    ),
    Remedy(Place.CADDY, "Add it to the list.", 'header Access-Control-Allow-Methods "{method_line}"'),
    Remedy(Place.EXPRESS, "Add it to the list.", "app.use(cors({ ..., methods: [{method_list}] }));"),
    Remedy(
        Place.FASTAPI,
        "Add it to the list.",
        "app.add_middleware(CORSMiddleware, ..., allow_methods=[{method_list}])",
    ),
    Remedy(
        Place.SPRING,
        "Add it to the mapping's list, and keep GET, HEAD and POST there: Spring refuses every other method.",
        ".allowedMethods({method_list})",
    ),
    Remedy(Place.ASPNET, "Add it to the list.", "policy.WithMethods({method_list});"),
    Remedy(
        Place.S3,
        "Add it to the list: GET, HEAD, PUT, POST and DELETE can be there, OPTIONS and PATCH cannot.",
        '[{"AllowedOrigins": ["{origin}"], "AllowedMethods": [{method_list}], "AllowedHeaders": [{asked_list}]}]',
    ),
    Remedy(
        Place.CLOUDFRONT,
        "Let the behavior accept the method and OPTIONS, and pass the headers of a preflight on with an origin request "
        "policy.",
    ),
    Remedy(
        Place.API_GATEWAY,
        "Add it to the list.",
        '{..., "AllowMethods": [{method_list}]}',
    ),
)
"""Access-Control-Allow-Methods."""

HEADERS: Final = (
    Remedy(
        Place.APACHE,
        "Add it to the list.",
        'Header always set Access-Control-Allow-Headers "{header_line}"',
    ),
    Remedy(Place.CADDY, "Add it to the list.", 'header Access-Control-Allow-Headers "{header_line}"'),
    Remedy(
        Place.EXPRESS,
        "Add it to the list.",
        "app.use(cors({ ..., allowedHeaders: [{header_list}] }));",
    ),
    Remedy(
        Place.FASTAPI,
        "Add it to the list.",
        "app.add_middleware(CORSMiddleware, ..., allow_headers=[{header_list}])",
    ),
    Remedy(
        Place.SPRING,
        "Add it to the mapping's list.",
        ".allowedHeaders({header_list})",
    ),
    Remedy(Place.ASPNET, "Add it to the list.", "policy.WithHeaders({header_list});"),
    Remedy(
        Place.S3,
        "Add it to the list.",
        '[{"AllowedOrigins": ["{origin}"], "AllowedMethods": [{asked_method}], "AllowedHeaders": [{header_list}]}]',
    ),
    Remedy(
        Place.API_GATEWAY,
        "Add it to the list.",
        '{..., "AllowHeaders": [{header_list}]}',
    ),
    Remedy(
        Place.SUPABASE,
        "Add it to the list that the function sends.",
        '"Access-Control-Allow-Headers": "{header_line}"',
    ),
)
"""Access-Control-Allow-Headers."""

PREFLIGHTS: Final = (
    Remedy(
        Place.APACHE,
        _PREFLIGHTS,
        "RewriteEngine On\n"
        "RewriteCond %{REQUEST_METHOD} =OPTIONS\n"
        "RewriteCond %{HTTP:Access-Control-Request-Method} .\n"
        "RewriteRule ^ - [R=204,L]\n"
        "<If \"%{HTTP:Origin} == '{origin}'\">\n"
        '    Header always set Access-Control-Allow-Origin "{origin}"\n'
        '    Header always set Access-Control-Allow-Methods "{method_line}"\n'
        '    Header always set Access-Control-Allow-Headers "{header_line}"\n'
        "</If>\n"
        "Header always merge Vary Origin",
    ),
    Remedy(
        Place.CADDY,
        _PREFLIGHTS,
        '@listed header Origin "{origin}"\n'
        'header @listed Access-Control-Allow-Origin "{origin}"\n'
        'header @listed Access-Control-Allow-Methods "{method_line}"\n'
        'header @listed Access-Control-Allow-Headers "{header_line}"\n'
        "header +Vary Origin\n"
        "@preflight {\n"
        "    method OPTIONS\n"
        "    header Access-Control-Request-Method *\n"
        "}\n"
        "respond @preflight 204",
    ),
    Remedy(
        Place.EXPRESS,
        "Add cors before the routes and before what asks for a login.",
        'app.use(cors({ origin: ["{origin}"] }));',
    ),
    Remedy(
        Place.FASTAPI,
        "Add the middleware, which answers preflights before any route.",
        'app.add_middleware(CORSMiddleware, allow_origins=["{origin}"], allow_methods=[{method_list}], '
        "allow_headers=[{header_list}])",
    ),
    Remedy(
        Place.SPRING,
        "Let Spring Security answer preflights before the login, for the origins that addCorsMappings lists.",
        "http.cors(withDefaults());",
    ),
    Remedy(
        Place.ASPNET,
        "Call UseCors, which applies the default policy of AddCors, before UseAuthentication and UseAuthorization.",
        "app.UseCors();",
    ),
    Remedy(
        Place.CLOUDFRONT,
        "Let the behavior accept OPTIONS, and pass the headers of a preflight on with an origin request policy.",
    ),
    Remedy(Place.API_GATEWAY, "Leave OPTIONS without an authorizer, or configure the API's own CORS."),
)
"""An answer to OPTIONS."""

EXPOSED: Final = (
    Remedy(Place.APACHE, _EXPOSE, 'Header always merge Access-Control-Expose-Headers "{header}"'),
    Remedy(Place.CADDY, _EXPOSE, 'header +Access-Control-Expose-Headers "{header}"'),
    Remedy(Place.EXPRESS, _EXPOSE, 'app.use(cors({ ..., exposedHeaders: ["{header}"] }));'),
    Remedy(
        Place.FASTAPI,
        _EXPOSE,
        'app.add_middleware(CORSMiddleware, ..., expose_headers=["{header}"])',
    ),
    Remedy(
        Place.SPRING,
        _EXPOSE,
        '.exposedHeaders("{header}")',
    ),
    Remedy(Place.ASPNET, _EXPOSE, 'policy.WithExposedHeaders("{header}");'),
    Remedy(
        Place.S3,
        _EXPOSE,
        '[{"AllowedOrigins": ["{origin}"], "AllowedMethods": [{asked_method}], "ExposeHeaders": ["{header}"]}]',
    ),
)
"""Access-Control-Expose-Headers."""
