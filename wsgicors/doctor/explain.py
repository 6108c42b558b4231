"""`explain`, and the JSON Schema of what it returns."""

from wsgicors.doctor.diagnosis._explain import Explained, ExplainedJson, explain
from wsgicors.doctor.output._schema import schema_of

__all__ = ["SCHEMA", "Explained", "explain"]

SCHEMA = schema_of("The report of `wsgicors explain --json`", ExplainedJson)
"""The JSON Schema of `wsgicors.doctor.Explained.to_json`."""
