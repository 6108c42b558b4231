"""Every target, by the name for ``--to``."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wsgicors.export._apache import APACHE
from wsgicors.export._caddy import CADDY
from wsgicors.export._envoy import ENVOY
from wsgicors.export._haproxy import HAPROXY
from wsgicors.export._nginx import NGINX
from wsgicors.export._target import Target
from wsgicors.export._traefik import TRAEFIK
from wsgicors.export._varnish import VARNISH
from wsgicors.export._worker import WORKER

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {target.name: target for target in (NGINX, HAPROXY, CADDY, APACHE, VARNISH, ENVOY, TRAEFIK, WORKER)}
)
