"""What browsers say of elements, windows and workers of other origins.

The attribute crossorigin loads a script, a style sheet, an audio or a video with CORS. Windows, isolation and service
workers have rules of their own.
"""

from typing import Final

from wsgicors.doctor.catalogue import _policy_readers as policies
from wsgicors.doctor.catalogue import _readers as read
from wsgicors.doctor.catalogue._wording import Role, Wording, says

_ATTRIBUTE: Final = (
    says("chromium/audio", "outputs zeroes due to cors access restrictions", "crossorigin-missing",
         read=read.url_after),
    says("firefox/audio", "a cross-origin resource, the node will output silence", "crossorigin-missing",
         read=read.nothing),
    says("chromium/integrity", "attribute, but the resource requires the request to be cors enabled",
         "crossorigin-missing", read=read.url_before),
    says("firefox/integrity", "is not eligible for integrity checks…cors", "crossorigin-missing", read=read.url_before),
    says("webkit/integrity", "content is not eligible for integrity validation", "crossorigin-missing",
         read=read.url_before),
    says("chromium/preload", "because the request credentials mode does not match", "crossorigin-missing",
         read=read.url_before, role=Role.WARNING),
    *(says("chromium/rules", f"'cssstylesheet': cannot access {what}", "crossorigin-missing", read=read.nothing)
      for what in ("rules", "stylesheet to")),
    says("firefox/rules", "not allowed to access cross-origin stylesheet", "crossorigin-missing", read=read.nothing),
    *(says("script/muted", phrase, "crossorigin-missing", read=read.nothing, role=Role.ECHO)
      for phrase in ("error: script error.", "'script error.'", "script error. (", "script error. at ")),
    says("script/muted", "a cross-origin error was thrown. react doesn't have access", "crossorigin-missing",
         read=read.nothing),
)  # fmt: skip

_ISOLATION: Final = (
    says("script/isolation", "sharedarraybuffer is not defined", "cross-origin-isolation", read=read.nothing),
    says("webkit/isolation", "can't find variable: sharedarraybuffer", "cross-origin-isolation", read=read.nothing),
    says("chromium/isolation", " transfer requires self.crossoriginisolated", "cross-origin-isolation",
         read=read.nothing),
    *(says("chromium/isolation", f"{name} will require cross-origin isolation", "cross-origin-isolation",
           read=read.nothing, role=Role.WARNING)
      for name in ("'sharedarraybuffer'", "sharedarraybuffer")),
    says("firefox/isolation", "cross-origin-embedder-policy http headers will enable this", "cross-origin-isolation",
         read=read.nothing),
    says("firefox/isolation", "containing a shared memory object to a cross-origin window", "cross-origin-isolation",
         read=read.nothing),
    says("chromium/isolation", "cross-origin-opener-policy header has been ignored", "cross-origin-isolation",
         read=read.nothing),
    says("script/isolation", "cross origin isolation - check web server configuration", "cross-origin-isolation",
         read=read.nothing),
    says("script/isolation", "sharedarraybuffer - check web server configuration", "cross-origin-isolation",
         read=read.nothing, role=Role.ECHO),
)  # fmt: skip

_EMBEDDER: Final = (
    says("chromium/embedder", "embedder policy to prevent this frame from being blocked", "resource-policy",
         read=read.nothing),
    says("chromium/embedder", "embedder policy (coep) enabled, each ", "resource-policy", read=read.nothing,
         role=Role.ECHO),
    says("chromium/embedder", "resource policy to prevent a resource from being blocked", "resource-policy",
         read=read.nothing),
    says("webkit/embedder", "in a frame because of cross-origin-embedder-policy", "resource-policy",
         read=read.url_before),
    says("webkit/embedder", "worker because of cross-origin-embedder-policy", "resource-policy",
         read=read.url_before),
)  # fmt: skip

_WINDOWS: Final = (
    says("chromium/frame", "from accessing a cross-origin frame", "frame-access", read=policies.origin_of_frame),
    says("webkit/frame", "from accessing a frame with …origin", "frame-access", read=policies.origin_of_frame),
    says("webkit/frame", "unsafe javascript attempt to access frame with url ", "frame-access", read=read.nothing),
    says("firefox/frame", "' on cross-origin object", "frame-access", read=read.nothing),
    says("chromium/frame", "unsafe attempt to initiate navigation for frame ", "frame-access", read=read.nothing),
    says("chromium/frame-options", "in a frame because it set multiple '", "frame-options", read=read.url_before),
    says("chromium/frame-options", "in a frame: it did not opt-into cross-origin embedding", "frame-options",
         read=read.url_before),
)  # fmt: skip

_WORKERS: Final = (
    says("firefox/service-worker", "a serviceworker intercepted the request and encountered an unexpected error",
         "response-invalid", read=read.url_before),
    says("firefox/service-worker", "a serviceworker passed a…to fetchevent", "response-invalid", read=read.url_before),
    says("firefox/service-worker", "a serviceworker is not allowed to synthesize a cors response", "response-invalid",
         read=read.url_before),
    says("firefox/service-worker", "a serviceworker passed an opaque response to fetchevent", "no-cors-mode",
         read=read.url_before),
    says("chromium/service-worker", "' resulted in a network error response: ", "response-invalid",
         read=read.url_before, role=Role.ECHO),
)  # fmt: skip

_ADDRESSES: Final = (
    says("firefox/module", "module source uri is not allowed in this document: '", "url-scheme", read=read.url_after),
    says("chromium/parse", "failed to parse url from ", "url-scheme", read=read.nothing),
    says("webkit/parse", "url is not valid or contains user credentials", "url-scheme", read=read.nothing),
    *(says("firefox/mixed-content", f"loading mixed (insecure) {sort} content '", "mixed-content",
           read=read.url_after, role=Role.WARNING)
      for sort in ("active", "display")),
)  # fmt: skip

ELEMENTS: Final[tuple[Wording, ...]] = (*_ATTRIBUTE, *_ISOLATION, *_EMBEDDER, *_WINDOWS, *_WORKERS, *_ADDRESSES)
"""Every one of these sentences."""
