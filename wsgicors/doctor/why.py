"""`why`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis.why import Diagnosis, DiagnosisJson, why
from wsgicors.doctor.output.schema import schema_of

__all__ = ["SCHEMA", "Diagnosis", "why"]

SCHEMA = schema_of("The diagnosis of `wsgicors why --json`", DiagnosisJson)
"""The JSON Schema of `Diagnosis.to_json`."""
