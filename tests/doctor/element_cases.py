"""What browsers say of elements, windows and workers of other origins, as their sources and language packs have it."""

from typing import Final

from tests.doctor.wording_cases import PAGE, URL, Case

_SCRIPT: Final = "https://cdn.example/app.js"

ELEMENTS: Final = [
    Case(
        f"MediaElementAudioSource outputs zeroes due to CORS access restrictions for {URL}",
        "chromium/audio",
        "crossorigin-missing",
    ),
    *(
        Case(
            f"The {what} has a cross-origin resource, the node will output silence.",
            "firefox/audio",
            "crossorigin-missing",
        )
        for what in (
            "HTMLMediaElement passed to createMediaElementSource",
            "MediaStream passed to createMediaStreamSource",
        )
    ),
    Case(
        f"Subresource Integrity: The resource '{_SCRIPT}' has an integrity attribute, but the resource requires the"
        " request to be CORS enabled to check the integrity, and it is not. The resource has been blocked because the"
        " integrity cannot be enforced.",
        "chromium/integrity",
        "crossorigin-missing",
    ),
    Case(
        f"“{_SCRIPT}” is not eligible for integrity checks since it’s neither CORS-enabled nor same-origin.",
        "firefox/integrity",
        "crossorigin-missing",
    ),
    Case(
        f"Cannot load script {_SCRIPT}. Failed integrity metadata check. Content is not eligible for integrity"
        " validation.",
        "webkit/integrity",
        "crossorigin-missing",
    ),
    Case(
        "A preload for 'https://cdn.example/x.woff2' is found, but is not used because the request credentials mode"
        " does not match. Consider taking a look at crossorigin attribute.",
        "chromium/preload",
        "crossorigin-missing",
    ),
    Case(
        "SecurityError: Failed to read the 'cssRules' property from 'CSSStyleSheet': Cannot access rules",
        "chromium/rules",
        "crossorigin-missing",
    ),
    Case(
        "SecurityError: Failed to execute 'insertRule' on 'CSSStyleSheet': Cannot access StyleSheet to insertRule",
        "chromium/rules",
        "crossorigin-missing",
    ),
    Case(
        "SecurityError: CSSStyleSheet.cssRules getter: Not allowed to access cross-origin stylesheet",
        "firefox/rules",
        "crossorigin-missing",
    ),
    Case("Uncaught Error: Script error.", "script/muted", "crossorigin-missing"),
    Case("window.onerror got 'Script error.' and the line 0", "script/muted", "crossorigin-missing"),
    Case("Script error. (:0)", "script/muted", "crossorigin-missing"),
    Case("Script error. at line 0", "script/muted", "crossorigin-missing"),
    Case(
        "A cross-origin error was thrown. React doesn't have access to the actual error object in development.",
        "script/muted",
        "crossorigin-missing",
    ),
    Case("ReferenceError: SharedArrayBuffer is not defined", "script/isolation", "cross-origin-isolation"),
    Case(
        "ReferenceError: Can't find variable: SharedArrayBuffer", "webkit/isolation", "cross-origin-isolation"
    ),
    Case(
        "DataCloneError: Failed to execute 'postMessage' on 'Worker': SharedArrayBuffer transfer requires"
        " self.crossOriginIsolated.",
        "chromium/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "`SharedArrayBuffer` will require cross-origin isolation. See https://developer.chrome.com/blog/",
        "chromium/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "[Deprecation] SharedArrayBuffer will require cross-origin isolation as of M92, around July 2021.",
        "chromium/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "TypeError: The WebAssembly.Memory object cannot be serialized. The Cross-Origin-Opener-Policy and"
        " Cross-Origin-Embedder-Policy HTTP headers will enable this in the future.",
        "firefox/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "Cannot post message containing a shared memory object to a cross-origin window.",
        "firefox/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "The Cross-Origin-Opener-Policy header has been ignored, because the URL's origin was untrustworthy.",
        "chromium/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "Cross Origin Isolation - Check web server configuration (send correct headers)",
        "script/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "SharedArrayBuffer - Check web server configuration (send correct headers)",
        "script/isolation",
        "cross-origin-isolation",
    ),
    Case(
        "Specify a Cross-Origin Embedder Policy to prevent this frame from being blocked",
        "chromium/embedder",
        "resource-policy",
    ),
    Case(
        "Because your site has the Cross-Origin Embedder Policy (COEP) enabled, each embedded iframe must also"
        " specify this policy.",
        "chromium/embedder",
        "resource-policy",
    ),
    Case(
        "Specify a Cross-Origin Resource Policy to prevent a resource from being blocked",
        "chromium/embedder",
        "resource-policy",
    ),
    Case(
        f"Refused to display '{URL}' in a frame because of Cross-Origin-Embedder-Policy.",
        "webkit/embedder",
        "resource-policy",
    ),
    Case(
        f"Refused to load '{_SCRIPT}' worker because of Cross-Origin-Embedder-Policy.",
        "webkit/embedder",
        "resource-policy",
    ),
    Case(
        f'SecurityError: Blocked a frame with origin "{PAGE}" from accessing a cross-origin frame.',
        "chromium/frame",
        "frame-access",
    ),
    Case(
        f'Blocked a frame with origin "{PAGE}" from accessing a frame with origin "https://b.example". Protocols,'
        " domains, and ports must match.",
        "webkit/frame",
        "frame-access",
    ),
    Case(
        'Error: Permission denied to access property "document" on cross-origin object', "firefox/frame", "frame-access"
    ),
    Case(
        f"Unsafe attempt to initiate navigation for frame with origin '{PAGE}' from frame with URL '{URL}'.",
        "chromium/frame",
        "frame-access",
    ),
    Case(
        f"Refused to display '{URL}' in a frame because it set multiple 'X-Frame-Options' headers with conflicting"
        " values ('DENY, SAMEORIGIN'). Falling back to 'deny'.",
        "chromium/frame-options",
        "frame-options",
    ),
    Case(
        f"Refused to display '{URL}' in a frame: It did not opt-into cross-origin embedding by setting either an"
        " 'X-Frame-Options' header, or a 'Content-Security-Policy' header containing a 'frame-ancestors' directive.",
        "chromium/frame-options",
        "frame-options",
    ),
    Case(
        f"Failed to load ‘{URL}’. A ServiceWorker intercepted the request and encountered an unexpected error.",
        "firefox/service-worker",
        "response-invalid",
    ),
    Case(
        f"Failed to load ‘{URL}’. A ServiceWorker passed a promise to FetchEvent.respondWith() that rejected with"
        " ‘TypeError’.",
        "firefox/service-worker",
        "response-invalid",
    ),
    Case(
        f"Failed to load ‘{URL}’ by responding ‘{URL}’. A ServiceWorker is not allowed to synthesize a cors Response"
        " for a same-origin Request.",
        "firefox/service-worker",
        "response-invalid",
    ),
    Case(
        f"Failed to load ‘{URL}’. A ServiceWorker passed an opaque Response to FetchEvent.respondWith() while handling"
        " a ‘cors’ FetchEvent. Opaque Response objects are only valid when the RequestMode is ‘no-cors’.",
        "firefox/service-worker",
        "no-cors-mode",
    ),
    Case(
        f'The FetchEvent for "{URL}" resulted in a network error response: the promise was rejected.',
        "chromium/service-worker",
        "response-invalid",
    ),
    Case(
        "Module source URI is not allowed in this document: “file:///home/me/app.js”.", "firefox/module", "url-scheme"
    ),
    Case(
        "TypeError: Failed to execute 'fetch' on 'Window': Failed to parse URL from localhost:8000",
        "chromium/parse",
        "url-scheme",
    ),
    Case("TypeError: URL is not valid or contains user credentials.", "webkit/parse", "url-scheme"),
    *(
        Case(
            f"Loading mixed (insecure) {sort} content “http://api.example/a” on a secure page",
            "firefox/mixed-content",
            "mixed-content",
        )
        for sort in ("active", "display")
    ),
]  # fmt: skip
