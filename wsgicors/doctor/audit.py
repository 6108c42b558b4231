"""`audit`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis._audit import Audit, AuditJson, audit
from wsgicors.doctor.output._schema import schema_of

__all__ = ["SCHEMA", "Audit", "audit"]

SCHEMA = schema_of("The report of `wsgicors audit --json`", AuditJson)
"""The JSON Schema of `wsgicors.doctor.Audit.to_json`."""
