"""How frameworks besides Django and Flask protect against forgery: by a token, or by the request's origin.

Each sentence is identified by a phrase in lower case with plain quotes.
"""

from typing import Final

TOKENS: Final = (
    ("rails", "can't verify csrf token authenticity"),
    ("rails", "invalidauthenticitytoken"),
    ("laravel", "csrf token mismatch"),
    ("laravel", "tokenmismatchexception"),
    ("express", "invalid csrf token"),
    ("express", "ebadcsrftoken"),
    ("spring", "could not verify the provided csrf token"),
    ("drupal", "x-csrf-token request header is "),
    ("wordpress", "rest_cookie_invalid_nonce"),
    ("jenkins", "no valid crumb was included in the request"),
    ("tornado", "'_xsrf' argument missing from "),
    ("tornado", "xsrf cookie does not match "),
    ("apollo", "blocked as a potential cross-site request forgery"),
    ("kibana", "must contain a kbn-xsrf header"),
    ("sap", "csrf token validation failed"),
    ("yii", "unable to verify your data submission"),
    ("cakephp", "missing csrf token cookie"),
    ("play", "[csrf] check failed because"),
    ("gorilla", "forbidden - csrf token "),
    ("spring", "invalid csrf token 'null' was found"),
    ("plug", "invalid csrf (cross site request forgery) token"),
    ("aspnet", "antiforgery token validation failed"),
    ("aspnet", "the required antiforgery cookie "),
    ("codeigniter", "the action you have requested is not allowed"),
    ("fiber", "csrf: token not found"),
    ("fiber", "csrf: token invalid"),
    ("tomcat", "csrf nonce validation failed"),
    ("tomcat", "because no csrf nonce was found"),
    ("vertx", "token provided via http header/form is absent/empty"),
    ("vertx", "token provided via http header and via cookie are not equal"),
)
"""How frameworks besides Django and Flask say that a token against forgery is missing or wrong."""

UNTRUSTED: Final = (
    ("rails", "didn't match request.base_url"),
    ("rails", "sec-fetch-site header (cross-site) indicates a cross-site request"),
    ("sveltekit", " form submissions are forbidden"),
    ("sveltekit", "cross-site remote requests are forbidden"),
    ("next", "invalid server actions request"),
    ("next", "from a forwarded server actions request"),
    ("go", "cross-origin request detected from sec-fetch-site header"),
    ("go", "cross-origin request detected, and/or browser is out of date"),
    ("gorilla", "forbidden - origin invalid"),
    ("gorilla", "forbidden - referer "),
    ("fiber", "csrf: origin does not match host or trusted origins"),
    ("fiber", "csrf: referer does not match host or trusted origins"),
    ("fiber", "csrf: sec-fetch-site header invalid"),
    ("echo", "cross-site request blocked by csrf"),
    ("echo", "same-site request blocked by csrf"),
)
"""How they say that a page of this origin may not send what changes something."""
