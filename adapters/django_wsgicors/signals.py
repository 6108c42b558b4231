"""Django signals: one to allow a request, one to report a refusal."""

from typing import Final

from django.dispatch import Signal

check_request_enabled: Final = Signal()
"""Sent with ``request`` if the settings refuse an origin or do not cover the path: a true return value allows it.

The request then gets the headers of the policy that refused it. A handler that raises allows nothing, and Django logs
the exception.
"""

request_refused: Final = Signal()
"""Sent with ``request`` and ``verdict`` (`wsgicors.Verdict`) for every refused request, for metrics.

Exceptions of handlers are logged.
"""
