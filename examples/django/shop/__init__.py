"""A shop whose pages live elsewhere."""
