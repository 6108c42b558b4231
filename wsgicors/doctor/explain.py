"""`explain`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis.explain import SCHEMA, Explained, explain

__all__ = ["SCHEMA", "Explained", "explain"]
