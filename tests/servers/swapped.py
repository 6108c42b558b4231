"""The soak's app, whose rules are swapped every 50 ms, for any server."""

import sys
import sysconfig

from tests.soak.site import served

app = served()
# A module that needs the lock turns it on for the whole process, unless PYTHON_GIL=0.
assert not sysconfig.get_config_var("Py_GIL_DISABLED") or not sys._is_gil_enabled()  # type: ignore[attr-defined,unused-ignore]
