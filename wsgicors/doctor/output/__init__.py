"""The output: reports for people, JSON for programs, the commands."""
