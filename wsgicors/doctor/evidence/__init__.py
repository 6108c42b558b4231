"""What can be seen: consoles, HAR files, answers over HTTP, addresses. Facts come out of here clean."""
