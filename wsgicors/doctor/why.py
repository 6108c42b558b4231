"""`why`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis.why import SCHEMA, Diagnosis, why

__all__ = ["SCHEMA", "Diagnosis", "why"]
