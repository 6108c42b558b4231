"""What went wrong between a page and a server, and what mends it.

`why` reads what a browser said, `explain` asks a policy, `probe` asks a server, `audit` asks it as hostile pages would.
Nothing is printed here; `report` makes lines of what they find. `probe` and `audit` need urllib3, of the ``cli`` extra.
"""

from wsgicors.doctor.asking import AskError, ask
from wsgicors.doctor.audit import Audit, audit
from wsgicors.doctor.causes import Cause
from wsgicors.doctor.examination import Decision, Examination, examine
from wsgicors.doctor.explain import Explained, explain
from wsgicors.doctor.probe import probe
from wsgicors.doctor.why import Diagnosis, why

__all__ = [
    "AskError",
    "Audit",
    "Cause",
    "Decision",
    "Diagnosis",
    "Examination",
    "Explained",
    "ask",
    "audit",
    "examine",
    "explain",
    "probe",
    "why",
]
