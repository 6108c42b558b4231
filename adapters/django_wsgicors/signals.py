"""Django signals: one that decides, one that tells."""

from typing import Final

from django.dispatch import Signal

check_request_enabled: Final = Signal()
"""Sent with ``request`` where the settings refuse an origin or do not cover the path: a true return value allows it.

The request then gets the headers of the policy that refused it. A handler that raises lets nobody in, and Django logs
it.
"""

request_refused: Final = Signal()
"""Sent with ``request`` and ``verdict`` (`wsgicors.Verdict`) for every refused request, for metrics.

What a handler raises is logged.
"""
