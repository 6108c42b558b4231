"""Find out why a page's request was blocked, and what to change.

`why` reads a browser's messages, `explain` asks a policy, `probe` asks a server, `audit` asks it as hostile pages
would. `report` turns their results into lines. `probe` and `audit` need urllib3, from the ``cli`` extra.

From the bottom up: `catalogue` holds the causes and remedies as data, `evidence` reads consoles, HAR files and answers,
`diagnosis` draws the conclusions, `output` prints them.
"""

from wsgicors.doctor import report
from wsgicors.doctor.audit import Audit, audit
from wsgicors.doctor.catalogue._causes import Cause
from wsgicors.doctor.diagnosis._asking import AskError, ask
from wsgicors.doctor.diagnosis._probe import probe
from wsgicors.doctor.examination import Decision, Examination, examine
from wsgicors.doctor.explain import Explained, explain
from wsgicors.doctor.why import Diagnosis, HarError, why

__all__ = [
    "AskError",
    "Audit",
    "Cause",
    "Decision",
    "Diagnosis",
    "Examination",
    "Explained",
    "HarError",
    "ask",
    "audit",
    "examine",
    "explain",
    "probe",
    "report",
    "why",
]
