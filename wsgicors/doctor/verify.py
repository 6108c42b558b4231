"""`verify`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis._verify import Verification, VerificationJson, verify
from wsgicors.doctor.output._schema import schema_of

__all__ = ["SCHEMA", "Verification", "verify"]

SCHEMA = schema_of("The report of `wsgicors verify --json`", VerificationJson)
"""The JSON Schema of `wsgicors.doctor.verify.Verification.to_json`."""
