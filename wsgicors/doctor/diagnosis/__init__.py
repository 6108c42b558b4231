"""From what was seen to the causes behind it: `why`, `explain`, `probe` and `audit`."""
