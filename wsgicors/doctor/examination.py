"""`examine` and `probe` return an `Examination`; its JSON Schema."""

from wsgicors.doctor.diagnosis.examination import SCHEMA, Decision, Examination, examine

__all__ = ["SCHEMA", "Decision", "Examination", "examine"]
