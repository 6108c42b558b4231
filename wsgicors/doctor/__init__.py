"""What went wrong between a page and a server, and what mends it."""
