"""`examine` and `probe` return an `Examination`; its JSON Schema."""

from wsgicors.doctor.diagnosis._examination import Decision, Examination, ExaminationJson
from wsgicors.doctor.diagnosis._examining import examine
from wsgicors.doctor.output._schema import schema_of

__all__ = ["SCHEMA", "Decision", "Examination", "examine"]

SCHEMA = schema_of("The report of `wsgicors probe --json`", ExaminationJson)
"""The JSON Schema of `wsgicors.doctor.Examination.to_json`."""
