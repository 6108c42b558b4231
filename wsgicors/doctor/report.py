"""Turn results of the doctor into lines, and lines into text."""

from wsgicors.doctor.output._report import (
    Line,
    Style,
    of_audit,
    of_diagnosis,
    of_examination,
    of_explained,
    of_policies,
    of_verification,
    show,
    text,
)

__all__ = [
    "Line",
    "Style",
    "of_audit",
    "of_diagnosis",
    "of_examination",
    "of_explained",
    "of_policies",
    "of_verification",
    "show",
    "text",
]
