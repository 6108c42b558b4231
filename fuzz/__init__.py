"""The long forms of the tests: fuzzers of the core, and the small world in full. ``python -m fuzz --help``."""
