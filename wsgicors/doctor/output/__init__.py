"""How results are given: reports for people, JSON for programs, the commands."""
