"""`why`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis._why import Diagnosis, DiagnosisJson, Finding, Suspect, why
from wsgicors.doctor.evidence._har_entries import HarError
from wsgicors.doctor.output._schema import schema_of

__all__ = ["SCHEMA", "Diagnosis", "Finding", "HarError", "Suspect", "why"]

SCHEMA = schema_of("The diagnosis of `wsgicors why --json`", DiagnosisJson)
"""The JSON Schema of `wsgicors.doctor.Diagnosis.to_json`."""
