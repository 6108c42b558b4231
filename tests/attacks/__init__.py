"""Attacks on CORS libraries, tried on this library and its peers, configured as their documentation shows.

``python -m tests.attacks`` installs missing libraries into its own folder, tries every attack, and prints the table;
with ``--write`` it writes ``docs/attacks.md``.
"""
