"""Attacks on CORS libraries, tried on this library and on its peers in the configurations of their own documentation.

``python -m tests.attacks`` installs what is missing into a folder of its own, tries everything, and prints the table;
with ``--write`` it writes ``docs/attacks.md``.
"""
