"""Names and keys in syntax trees."""

import libcst as cst


def subscript_key(node: cst.Subscript) -> str | None:
    """Return the key of ``mapping["key"]``, or None if it is not a text."""
    index = node.slice[0].slice
    if not isinstance(index, cst.Index) or not isinstance(index.value, cst.SimpleString):
        return None
    value = index.value.evaluated_value
    return value if isinstance(value, str) else None


def cst_text(node: cst.CSTNode) -> str:
    """Return a dotted name as text; calls inside it lose their arguments; ``""`` for anything else."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return f"{cst_text(node.value)}.{node.attr.value}"
    if isinstance(node, cst.Call):
        return cst_text(node.func) + "()"
    return ""
