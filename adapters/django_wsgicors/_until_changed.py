"""Results that depend on settings: computed once, and again after Django's ``override_settings``."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.core.signals import setting_changed

Result = TypeVar("Result")


def until_changed(concerns: Callable[[str], bool]) -> Callable[[Callable[[], Result]], Callable[[], Result]]:
    """Keep a function's result until a setting changes whose name `concerns` accepts. The result is not None.

    With ``functools.cache`` and ``cache_clear``, a thread that read the settings before a change could store its result
    after it, for all later requests.
    """

    def decorate(compute: Callable[[], Result]) -> Callable[[], Result]:
        known: Result | None = None
        changes = 0
        lock = threading.Lock()

        def result() -> Result:
            kept = known
            return kept if kept is not None else computed()

        def computed() -> Result:
            nonlocal known
            while True:
                began = changes
                try:
                    computed = compute()
                except Exception:
                    if changes == began:
                        raise
                    continue  # it may have seen some settings before the change and others after it
                with lock:
                    if changes == began:
                        known = computed
                        return computed

        def forget(*, setting: str, **_: object) -> None:
            nonlocal known, changes
            if concerns(setting):
                with lock:
                    known = None
                    changes += 1

        setting_changed.connect(forget, weak=False)
        return result

    return decorate
