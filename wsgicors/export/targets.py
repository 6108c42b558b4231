"""Every target, by the name that ``--to`` has."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from wsgicors.export.apache import APACHE
from wsgicors.export.caddy import CADDY
from wsgicors.export.envoy import ENVOY
from wsgicors.export.haproxy import HAPROXY
from wsgicors.export.nginx import NGINX
from wsgicors.export.target import Target
from wsgicors.export.traefik import TRAEFIK
from wsgicors.export.varnish import VARNISH
from wsgicors.export.worker import WORKER

TARGETS: Final[Mapping[str, Target]] = MappingProxyType(
    {target.name: target for target in (NGINX, HAPROXY, CADDY, APACHE, VARNISH, ENVOY, TRAEFIK, WORKER)}
)
