"""Examples of problems, for the documentation and ``wsgicors help``: settings that have them, and that do not."""

from collections.abc import Mapping
from typing import Final

PROBLEMS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "Every setting": {
        "unknown-setting": (
            'Policy.from_mapping({"allow_origin": "*"})',
            'Policy.from_mapping({"allow_origins": "*"})',
        ),
        "wrong-type": (
            "Policy(allow_origins=None)",
            'Policy(allow_origins="*")',
        ),
        "text-for-list": (
            'Policy(allow_origins="https://www.example.com")',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "not-a-token": (
            'Policy(allow_origins="*", allow_methods=["PUT, DELETE"])',
            'Policy(allow_origins="*", allow_methods=["PUT", "DELETE"])',
        ),
    },
    "Origins": {
        "no-origins": (
            "Policy(allow_origins=[])",
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "any-origin-beside-others": (
            'Policy(allow_origins=["*", "https://www.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-empty": (
            'Policy(allow_origins=["https://www.example.com", ""])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-blanks": (
            'Policy(allow_origins=["https://www.example.com "])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-several": (
            'Policy(allow_origins=["https://a.example https://b.example"])',
            'Policy(allow_origins=["https://a.example", "https://b.example"])',
        ),
        "origin-characters": (
            "Policy(allow_origins=['\"https://www.example.com\"'])",
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-scheme-missing": (
            'Policy(allow_origins=["www.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-scheme": (
            'Policy(allow_origins=["1https://www.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-opaque-scheme": (
            'Policy(allow_origins=["file:///home"])',
            'Policy(allow_origins=["http://localhost:8000"])',
        ),
        "origin-pageless-scheme": (
            'Policy(allow_origins=["wss://www.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-trailing-slash": (
            'Policy(allow_origins=["https://www.example.com/"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-path": (
            'Policy(allow_origins=["https://www.example.com/app"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-user-info": (
            'Policy(allow_origins=["https://me@www.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-upper-case": (
            'Policy(allow_origins=["https://WWW.example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-default-port": (
            'Policy(allow_origins=["https://www.example.com:443"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-port": (
            'Policy(allow_origins=["http://localhost:65536"])',
            'Policy(allow_origins=["http://localhost:*"])',
        ),
        "origin-unicode-host": (
            'Policy(allow_origins=["https://bücher.example"])',
            'Policy(allow_origins=["https://xn--bcher-kva.example"])',
        ),
        "origin-a-label": (
            'Policy(allow_origins=["http://xn--f"])',
            'Policy(allow_origins=["http://xn--bcher-kva.example"])',
        ),
        "origin-host": (
            'Policy(allow_origins=["https://www..example.com"])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "origin-trailing-dot": (
            'Policy(allow_origins=["http://127.0.0.1."])',
            'Policy(allow_origins=["http://127.0.0.1"])',
        ),
        "origin-ipv4": (
            'Policy(allow_origins=["http://127.1"])',
            'Policy(allow_origins=["http://127.0.0.1"])',
        ),
        "origin-ipv6": (
            'Policy(allow_origins=["http://[0:0:0:0:0:0:0:1]"])',
            'Policy(allow_origins=["http://[::1]"])',
        ),
        "origin-null-spelling": (
            'Policy(allow_origins=["NULL"])',
            'Policy(allow_origins=["null"])',
        ),
        "origin-wildcard-host": (
            'Policy(allow_origins=["https://*"])',
            'Policy(allow_origins=["https://*.example.com"])',
        ),
        "origin-wildcard-place": (
            'Policy(allow_origins=["https://www.*.example.com"])',
            'Policy(allow_origins=["https://*.example.com"])',
        ),
        "origin-wildcard-ip": (
            'Policy(allow_origins=["http://*.127.0.0.1"])',
            'Policy(allow_origins=["http://127.0.0.1"])',
        ),
        "origin-regex": (
            'Policy(allow_origins=[r"https://[a-z]+\\.example\\.com"])',
            'Policy(allow_origins=[re.compile(r"https://[a-z]+\\.example\\.com")])',
        ),
        "regex-bytes": (
            'Policy(allow_origins=[re.compile(rb"https://[a-z]+\\.example\\.com")])',
            'Policy(allow_origins=[re.compile(r"https://[a-z]+\\.example\\.com")])',
        ),
        "regex-invalid": (
            'Policy.from_mapping({"allow_origins": [{"regex": "https://("}]})',
            'Policy.from_mapping({"allow_origins": [{"regex": r"https://[a-z]+\\.example\\.com"}]})',
        ),
        "regex-no-origin": (
            'Policy(allow_origins=[re.compile(r"https://www\\.example\\.com/")])',
            'Policy(allow_origins=[re.compile(r"https://www\\.example\\.com")])',
        ),
        "regex-scheme": (
            'Policy(allow_origins=[re.compile(r"[a-z]+\\.example\\.com")])',
            'Policy(allow_origins=[re.compile(r"https://[a-z]+\\.example\\.com")])',
        ),
        "regex-empty": (
            'Policy(allow_origins=[re.compile("/*")])',
            'Policy(allow_origins=["https://*.example.com"])',
        ),
        "regex-dot": (
            'Policy(allow_origins=[re.compile(r"https://www.example\\.com")])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "regex-any-host": (
            'Policy(allow_origins=[re.compile(r"https://.*")])',
            'Policy(allow_origins=[re.compile(r"https://.*\\.example\\.com")])',
        ),
        "regex-unproven": (
            'Policy(allow_origins=[re.compile(r"https://www\\.example\\.com.*")])',
            'Policy(allow_origins=["https://www.example.com"])',
        ),
        "public-suffix": (
            'Policy(allow_origins=["https://*.co.uk"])',
            'Policy(allow_origins=["https://*.example.co.uk"])',
        ),
        "file-origin": (
            'Policy(allow_origins=["file://"])',
            'Policy(allow_origins=["http://localhost:8000"])',
        ),
    },
    "Origins together with other settings": {
        "any-origin-with-credentials": (
            'Policy(allow_origins="*", allow_credentials=True)',
            'Policy(allow_origins=["https://www.example.com"], allow_credentials=True)',
        ),
        "null-with-credentials": (
            'Policy(allow_origins=["null"], allow_credentials=True)',
            'Policy(allow_origins=["https://www.example.com"], allow_credentials=True)',
        ),
        "any-origin-with-private-network": (
            'Policy(allow_origins="*", allow_private_network=True)',
            'Policy(allow_origins=["https://www.example.com"], allow_private_network=True)',
        ),
        "null-with-private-network": (
            'Policy(allow_origins=["null"], allow_private_network=True)',
            'Policy(allow_origins=["https://www.example.com"], allow_private_network=True)',
        ),
        "insecure-origin": (
            'Policy(allow_origins=["http://www.example.com"], allow_credentials=True)',
            'Policy(allow_origins=["https://www.example.com"], allow_credentials=True)',
        ),
        "any-host-of-scheme": (
            'Policy(allow_origins=["moz-extension://*"], allow_credentials=True)',
            'Policy(allow_origins=["chrome-extension://abcdefghijklmnopabcdefghijklmnop"], allow_credentials=True)',
        ),
        "file-with-credentials": (
            'Policy(allow_origins=["file://"], allow_credentials=True)',
            'Policy(allow_origins=["http://localhost:8000"], allow_credentials=True)',
        ),
        "file-with-private-network": (
            'Policy(allow_origins=["file://"], allow_private_network=True)',
            'Policy(allow_origins=["http://localhost:8000"], allow_private_network=True)',
        ),
    },
    "Methods, headers and numbers": {
        "method-forbidden": (
            'Policy(allow_origins="*", allow_methods=["TRACE"])',
            'Policy(allow_origins="*", allow_methods=["PUT"])',
        ),
        "method-case": (
            'Policy(allow_origins="*", allow_methods=["patch"])',
            'Policy(allow_origins="*", allow_methods=["PATCH"])',
        ),
        "method-pattern": (
            'Policy(allow_origins="*", allow_methods=["ALL"])',
            'Policy(allow_origins="*", allow_methods="*")',
        ),
        "header-pattern": (
            'Policy(allow_origins="*", allow_headers=["sentry-*"])',
            'Policy(allow_origins="*", allow_headers=["sentry-trace", "baggage"])',
        ),
        "header-forbidden": (
            'Policy(allow_origins="*", allow_headers=["Cookie"])',
            'Policy(allow_origins=["https://www.example.com"], allow_credentials=True)',
        ),
        "header-of-response": (
            'Policy(allow_origins="*", allow_headers=["Access-Control-Allow-Origin"])',
            'Policy(allow_origins="*")',
        ),
        "header-unreadable": (
            'Policy(allow_origins="*", expose_headers=["Set-Cookie"])',
            'Policy(allow_origins="*", expose_headers=["ETag"])',
        ),
        "expose-any-with-credentials": (
            'Policy(allow_origins=["https://a.example"], expose_headers="*", allow_credentials=True)',
            'Policy(allow_origins=["https://a.example"], expose_headers=["ETag"], allow_credentials=True)',
        ),
        "max-age-range": (
            'Policy(allow_origins="*", max_age=604800)',
            'Policy(allow_origins="*", max_age=86400)',
        ),
        "preflight-status-range": (
            'Policy(allow_origins="*", preflight_status=302)',
            'Policy(allow_origins="*", preflight_status=204)',
        ),
        "refuse-unknown": (
            'Policy(allow_origins="*", refuse="forbidden")',
            'Policy(allow_origins="*", refuse="forbid")',
        ),
        "permission-unknown": (
            'Policy(allow_origins="*", dangerously_allow=["insecure-origins"])',
            'Policy(allow_origins="*", dangerously_allow=["insecure-origin"])',
        ),
    },
    "Rules": {
        "no-app": (
            'CORS(None, Policy(allow_origins="*"))',
            'CORS(app, Policy(allow_origins="*"))',
        ),
        "asgi-app": (
            'CORS(awaited, Policy(allow_origins="*"))',
            'asgi.CORS(awaited, Policy(allow_origins="*"))',
        ),
        "no-asgi-app": (
            'asgi.CORS(None, Policy(allow_origins="*"))',
            'asgi.CORS(awaited, Policy(allow_origins="*"))',
        ),
        "wsgi-app": (
            'asgi.CORS(app, Policy(allow_origins="*"))',
            'CORS(app, Policy(allow_origins="*"))',
        ),
        "no-rules": (
            "CORS(app)",
            'CORS(app, Policy(allow_origins="*"))',
        ),
        "settings-for-policy": (
            'CORS(app, {"/api": {"allow_origins": "*"}})',
            'CORS(app, {"/api": Policy(allow_origins="*")})',
        ),
        "paste-default": (
            'filter_factory({"refuse": "withhold"}, allow_origins="*")',
            'filter_factory({"debug_mail": "admin@example.com"}, allow_origins="*", refuse="withhold")',
        ),
        "settings-beside-rules": (
            'CORS.from_mapping(app, {"max_age": 600, "rules": {"/api": {"allow_origins": "*"}}})',
            'CORS.from_mapping(app, {"rules": {"/api": {"allow_origins": "*", "max_age": 600}}})',
        ),
        "rule-path": (
            'CORS(app, {"/api/*": Policy(allow_origins="*")})',
            'CORS(app, {"/api": Policy(allow_origins="*")})',
        ),
        "policy-unreachable": (
            'CORS(app, [Policy(allow_origins="*"), Policy(allow_origins=["https://a.example"])])',
            'CORS(app, [Policy(allow_origins=["https://a.example"]), Policy(allow_origins="*")])',
        ),
    },
    "Sources": {
        "number-range": (
            "CachedOrigins(lookup, keep_allowed=-1)",
            "CachedOrigins(lookup, keep_allowed=60)",
        ),
        "async-contains": (
            "Policy(allow_origins=AsyncContains())",
            "Policy(allow_origins=Contains())",
        ),
        "async-source": (
            "CORS(app, Policy(allow_origins=AsyncCachedOrigins(lookup)))",
            "asgi.CORS(awaited, Policy(allow_origins=AsyncCachedOrigins(lookup)))",
        ),
        "file-unfinished": (
            'FileOrigins("a-file-that-is-half-written.txt")',
            'FileOrigins("origins.txt")',
        ),
        "file-member": (
            'FileOrigins("a-file-that-holds-a-star.txt")',
            'FileOrigins("origins.txt")',
        ),
        "file-unreadable": (
            'FileOrigins("no-such-file.txt")',
            'FileOrigins("origins.txt")',
        ),
    },
}
"""For every problem of a policy, by section: settings that have it, and settings that do not."""

ADAPTERS: Final[Mapping[str, tuple[str, str]]] = {
    "resource-star": (
        'flask_wsgicors.CORS(app, origins="*", resources="/shops/*/items")',
        'flask_wsgicors.CORS(app, origins="*", resources=re.compile(r"/shops/[^/]+/items"))',
    ),
    "removed-setting": (
        "CORS_REPLACE_HTTPS_REFERER = True",
        'CSRF_TRUSTED_ORIGINS = ["https://www.example.com"]',
    ),
    "source-import": (
        'CORS_ORIGIN_SOURCE = "shop.origins.customers"',
        'CORS_ORIGIN_SOURCE = "django_wsgicors.origins.source.allowed_origins"',
    ),
}
"""The same for the problems that only a framework's settings can have."""
