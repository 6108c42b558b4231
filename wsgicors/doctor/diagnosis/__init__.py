"""From evidence to causes: `why`, `explain`, `probe` and `audit`."""
