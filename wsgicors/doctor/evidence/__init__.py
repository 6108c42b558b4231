"""The evidence: consoles, HAR files, answers over HTTP, addresses. All facts that it returns are clean."""
