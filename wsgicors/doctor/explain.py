"""`explain`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis.explain import Explained, ExplainedJson, explain
from wsgicors.doctor.output.schema import schema_of

__all__ = ["SCHEMA", "Explained", "explain"]

SCHEMA = schema_of("The report of `wsgicors explain --json`", ExplainedJson)
"""The JSON Schema of `Explained.to_json`."""
