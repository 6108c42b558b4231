"""`audit`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis.audit import SCHEMA, Audit, audit

__all__ = ["SCHEMA", "Audit", "audit"]
