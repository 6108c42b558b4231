"""The network errors of browsers, each with its cause: Chromium's, Firefox's, and those of Apple's systems.

Errors that name no cause are absent: the page gave the request up (``ERR_ABORTED``), the browser ran out of something
(``ERR_INSUFFICIENT_RESOURCES``), or it failed in itself. `tests.doctor.net_errors` has the browsers' whole lists.
"""

from collections.abc import Mapping
from typing import Final

from wsgicors.browser import Failure

_CHROMIUM: Final[Mapping[str, tuple[str, ...]]] = {
    "unreachable": (
        "connection_refused", "connection_failed", "address_invalid", "address_unreachable", "unsafe_port",
        "network_access_denied", "network_access_revoked", "proxy_connection_failed",
        "proxy_auth_unsupported", "proxy_auth_requested",
        "proxy_auth_requested_with_no_connection", "unexpected_proxy_auth", "tunnel_connection_failed",
        "https_proxy_tunnel_response_redirect", "proxy_unable_to_connect_to_destination",
        "proxy_delegate_canceled_connect_request", "proxy_delegate_canceled_connect_response",
        "mandatory_proxy_configuration_failed", "no_supported_proxies",
        "proxy_http_1_1_required", "pac_script_failed", "pac_script_terminated", "pac_not_in_dhcp",
        "socks_connection_failed", "socks_connection_host_unreachable",
    ),
    "name-not-found": (
        "name_not_resolved", "name_resolution_failed", "internet_disconnected", "icann_name_collision",
        "host_resolver_queue_too_large", "dns_malformed_response", "dns_server_requires_tcp", "dns_server_failed",
        "dns_timed_out", "dns_cache_miss", "dns_search_empty", "dns_sort_error", "dns_request_cancelled",
        "dns_secure_resolver_hostname_resolution_failed", "dns_no_matching_supported_alpn",
    ),
    "timed-out": ("timed_out", "connection_timed_out"),
    "certificate": (
        "cert_common_name_invalid", "cert_date_invalid", "cert_authority_invalid", "cert_contains_errors",
        "cert_no_revocation_mechanism", "cert_unable_to_check_revocation", "cert_revoked", "cert_invalid",
        "cert_weak_signature_algorithm", "cert_non_unique_name", "cert_weak_key", "cert_name_constraint_violation",
        "cert_validity_too_long", "certificate_transparency_required", "cert_symantec_legacy",
        "cert_known_interception_blocked", "cert_self_signed_local_network", "proxy_certificate_invalid",
        "insecure_response",
        "ssl_protocol_error", "ssl_version_or_cipher_mismatch", "ssl_renegotiation_requested", "ssl_no_renegotiation",
        "ssl_decompression_failure_alert", "ssl_bad_record_mac_alert", "ssl_handshake_not_completed",
        "ssl_bad_peer_public_key", "ssl_pinned_key_not_in_cert_chain", "ssl_decrypt_error_alert",
        "ssl_server_cert_changed", "ssl_unrecognized_name_alert", "ssl_server_cert_bad_format", "ssl_obsolete_cipher",
        "ssl_key_usage_incompatible", "no_ssl_versions_enabled", "alpn_negotiation_failed", "tls13_downgrade_detected",
        "wrong_version_on_early_data", "early_data_rejected", "invalid_ech_config_list", "ech_not_negotiated",
        "ech_fallback_certificate_invalid", "http2_inadequate_transport_security", "quic_cert_root_not_known",
    ),
    "client-certificate": (
        "ssl_client_auth_cert_needed", "bad_ssl_client_auth_cert", "client_auth_cert_type_unsupported",
        "ssl_client_auth_private_key_access_denied", "ssl_client_auth_cert_no_private_key",
        "ssl_client_auth_signature_failed", "ssl_client_auth_cert_bad_format",
        "ssl_client_auth_no_common_algorithms",
    ),
    "connection-broken": (
        "connection_closed", "connection_reset", "connection_aborted", "empty_response", "socket_not_connected",
        "network_changed", "network_io_suspended", "cert_database_changed", "cert_verifier_changed", "msg_too_big",
        "content_length_mismatch", "incomplete_chunked_encoding", "response_headers_truncated",
        "incomplete_http2_headers", "http2_protocol_error", "http2_server_refused_stream", "http2_ping_failed",
        "http2_flow_control_error", "http2_frame_size_error", "http2_compression_error",
        "http2_rst_stream_no_error_received", "http2_stream_closed", "http2_client_refused_stream",
        "http2_pushed_stream_not_available", "http2_claimed_pushed_stream_reset_by_server",
        "http2_pushed_response_does_not_match", "http_1_1_required", "syn_reply_not_received", "spdy_protocol_error",
        "quic_protocol_error", "quic_handshake_failed", "quic_goaway_request_can_be_retried",
    ),
    "response-invalid": (
        "invalid_response", "invalid_http_response", "invalid_chunked_encoding", "response_headers_too_big",
        "response_headers_multiple_content_length", "response_headers_multiple_content_disposition",
        "response_headers_multiple_location", "content_decoding_failed", "content_decoding_init_failed",
        "invalid_signed_exchange", "invalid_web_bundle",
    ),
    "http-error": ("http_response_code_failure",),
    "redirect-loop": ("too_many_redirects",),
    "redirect-scheme": ("unsafe_redirect", "invalid_redirect"),
    "url-scheme": (
        "invalid_url", "disallowed_url_scheme", "unknown_url_scheme", "file_not_found", "method_not_supported",
        "unrecognized_ftp_directory_listing_format", "ftp_failed", "ftp_service_unavailable", "ftp_transfer_aborted",
        "ftp_file_busy", "ftp_syntax_error", "ftp_command_not_supported", "ftp_bad_command_sequence",
    ),
    "cleartext-forbidden": ("cleartext_not_permitted",),
    "resource-policy": ("blocked_by_response",),
    "opaque-response-blocking": ("blocked_by_orb",),
    "content-security-policy": ("blocked_by_csp",),
    "blocked-by-extension": (
        "blocked_by_client", "blocked_by_administrator", "blocked_in_incognito_by_administrator",
        "blocked_by_fingerprinting_protection",
    ),
    "local-network-permission": (
        "blocked_by_private_network_access_checks", "blocked_by_local_network_access_checks",
        "local_network_permission_missing", "cached_ip_address_space_blocked_by_local_network_access_policy",
        "cached_ip_address_space_blocked_by_private_network_access_policy",
    ),
    "local-network-mismatch": ("inconsistent_ip_address_space",),
}  # fmt: skip
"""The errors of https://source.chromium.org/chromium/chromium/src/+/main:net/base/net_error_list.h, by their cause."""

NET_ERRORS: Final[Mapping[str, str]] = {f"err_{name}": cause for cause, names in _CHROMIUM.items() for name in names}
"""Chromium's errors in lower case, each with its cause."""

_FAMILIES: Final = (
    ("err_dns_name_https_only", ""),  # handled like a redirect
    ("err_cert_", "certificate"),
    ("err_ssl_client_", "client-certificate"),
    ("err_ssl_", "certificate"),
    ("err_ech_", "certificate"),
    ("err_dns_", "name-not-found"),
    ("err_proxy_", "unreachable"),
    ("err_connection_", "connection-broken"),
    ("err_http2_", "connection-broken"),
    ("err_spdy_", "connection-broken"),
    ("err_quic_", "connection-broken"),
    ("err_response_headers_", "response-invalid"),
    ("err_blocked_by_local_network", "local-network-permission"),
    ("err_blocked_by_", "blocked-by-extension"),
)
"""The cause of errors that versions before and after the list have, by the beginning of their names."""


def net_error_cause(code: str) -> str:
    """Return the cause behind Chromium's network error `code`, in lower case; "" if it implies none.

    >>> net_error_cause("err_cert_authority_invalid"), net_error_cause("err_failed")
    ('certificate', '')
    >>> net_error_cause("err_blocked_by_response.notsameorigin")
    'resource-policy'
    """
    known = NET_ERRORS.get(code.partition(".")[0].rstrip("_"))  # Markdown's emphasis ends in one
    return known or next((cause for prefix, cause in _FAMILIES if code.startswith(prefix)), "")


FIREFOX_ERRORS: Final[Mapping[str, tuple[Failure | str, ...]]] = {
    "NS_ERROR_DOM_BAD_URI": (Failure.ALLOW_ORIGIN_MISSING, Failure.PREFLIGHT_REDIRECTED),
    **dict.fromkeys(("NS_ERROR_DOM_CORP_FAILED", "NS_ERROR_DOM_COEP_FAILED", "NS_ERROR_DOM_COOP_FAILED"),
                    ("resource-policy",)),
    "NS_ERROR_REDIRECT_LOOP": ("redirect-loop",),
    **dict.fromkeys(("NS_ERROR_NET_INTERRUPT", "NS_ERROR_NET_PARTIAL_TRANSFER", "NS_ERROR_NET_HTTP2_SENT_GOAWAY",
                     "NS_ERROR_NET_HTTP3_PROTOCOL_ERROR", "NS_ERROR_HTTP2_FALLBACK_TO_HTTP1"),
                    ("connection-broken",)),
    **dict.fromkeys(("NS_ERROR_OFFLINE", "NS_ERROR_UNKNOWN_PROXY_HOST", "NS_ERROR_DEFINITIVE_UNKNOWN_HOST",
                     "NS_ERROR_DNS_LOOKUP_QUEUE_FULL"),
                    ("name-not-found",)),
    **dict.fromkeys(("NS_ERROR_PROXY_CONNECTION_REFUSED", "NS_ERROR_PORT_ACCESS_NOT_ALLOWED"), ("unreachable",)),
    "NS_ERROR_NET_TIMEOUT_EXTERNAL": ("timed-out",),
    **dict.fromkeys(("NS_ERROR_UNKNOWN_PROTOCOL", "NS_ERROR_MALFORMED_URI", "NS_ERROR_DOM_MALFORMED_URI"),
                    ("url-scheme",)),
    **dict.fromkeys(("NS_ERROR_INVALID_CONTENT_ENCODING", "NS_ERROR_CORRUPTED_CONTENT", "NS_ERROR_INTERCEPTION_FAILED",
                     "NS_ERROR_PARSING_HTTP_STATUS_LINE"),
                    ("response-invalid",)),
    **dict.fromkeys(("NS_ERROR_NET_ERROR_RESPONSE", "NS_ERROR_NET_EMPTY_RESPONSE"), ("http-error",)),
    "NS_ERROR_WEBSOCKET_CONNECTION_REFUSED": ("websocket-origin",),
    "NS_ERROR_LOCAL_NETWORK_ACCESS_DENIED": ("local-network-permission",),
    **dict.fromkeys(("NS_ERROR_CONTENT_BLOCKED", "NS_ERROR_CONTENT_BLOCKED_SHOW_ALT"),
                    ("blocked-by-extension", "content-security-policy")),
    **dict.fromkeys(
        (f"NS_ERROR_{listed}_URI"
         for listed in ("TRACKING", "FINGERPRINTING", "CRYPTOMINING", "SOCIALTRACKING", "EMAILTRACKING", "MALWARE",
                        "PHISHING", "UNWANTED", "BLOCKED", "HARMFUL", "HARMFULADDON")),
        ("blocked-by-extension",),
    ),
    **dict.fromkeys(("NS_ERROR_XFO_VIOLATION", "NS_ERROR_CSP_FRAME_ANCESTOR_VIOLATION"), ("frame-options",)),
    "NS_ERROR_CSP_FORM_ACTION_VIOLATION": ("content-security-policy",),
    "NS_ERROR_SRI_NOT_ELIGIBLE": ("crossorigin-missing",),
    **dict.fromkeys(("NS_ERROR_NET_INADEQUATE_SECURITY", "NS_ERROR_BAD_HSTS_CERT"), ("certificate",)),
    **dict.fromkeys(("SSL_ERROR_RX_CERTIFICATE_REQUIRED_ALERT", "SSL_ERROR_BAD_CERT_ALERT"), ("client-certificate",)),
    "SSL_ERROR_SYSCALL": ("connection-broken",),  # OpenSSL's: the connection ended during the handshake
}  # fmt: skip
"""Firefox's and NSS's errors, besides those whose message has the URL in front (`_policies`)."""

FIREFOX_FAMILIES: Final[Mapping[str, str]] = {
    "NS_ERROR_PROXY_": "unreachable",
    "SEC_ERROR_": "certificate",
    "SSL_ERROR_": "certificate",
    "MOZILLA_PKIX_ERROR_": "certificate",
}
"""The cause of Firefox's and NSS's other errors, by the beginning of their names."""

APPLE_ERRORS: Final[Mapping[str, tuple[str, str]]] = {
    "-1000": ("BadURL", "url-scheme"),
    "-1001": ("TimedOut", "timed-out"),
    "-1002": ("UnsupportedURL", "url-scheme"),
    "-1003": ("CannotFindHost", "name-not-found"),
    "-1004": ("CannotConnectToHost", "unreachable"),
    "-1005": ("NetworkConnectionLost", "connection-broken"),
    "-1006": ("DNSLookupFailed", "name-not-found"),
    "-1007": ("HTTPTooManyRedirects", "redirect-loop"),
    "-1009": ("NotConnectedToInternet", "name-not-found"),
    "-1010": ("RedirectToNonExistentLocation", "redirect-scheme"),
    "-1011": ("BadServerResponse", "response-invalid"),
    "-1014": ("ZeroByteResource", "connection-broken"),
    "-1015": ("CannotDecodeRawData", "response-invalid"),
    "-1016": ("CannotDecodeContentData", "response-invalid"),
    "-1017": ("CannotParseResponse", "response-invalid"),
    "-1018": ("InternationalRoamingOff", "name-not-found"),
    "-1019": ("CallIsActive", "name-not-found"),
    "-1020": ("DataNotAllowed", "name-not-found"),
    "-1022": ("AppTransportSecurityRequiresSecureConnection", "cleartext-forbidden"),
    "-1100": ("FileDoesNotExist", "url-scheme"),
    "-1101": ("FileIsDirectory", "url-scheme"),
    "-1102": ("NoPermissionsToReadFile", "url-scheme"),
    "-1200": ("SecureConnectionFailed", "certificate"),
    "-1201": ("ServerCertificateHasBadDate", "certificate"),
    "-1202": ("ServerCertificateUntrusted", "certificate"),
    "-1203": ("ServerCertificateHasUnknownRoot", "certificate"),
    "-1204": ("ServerCertificateNotYetValid", "certificate"),
    "-1205": ("ClientCertificateRejected", "client-certificate"),
    "-1206": ("ClientCertificateRequired", "client-certificate"),
}
"""NSURLErrorDomain, each with its name and its cause: https://developer.apple.com/documentation/foundation/nsurlerror."""
