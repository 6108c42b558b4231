"""What went wrong between a page and a server, and what mends it.

`why` reads what a browser said. It needs the standard library alone, and prints nothing.
"""

from wsgicors.doctor.causes import Cause
from wsgicors.doctor.why import Diagnosis, why

__all__ = ["Cause", "Diagnosis", "why"]
