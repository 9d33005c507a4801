"""Report 00: what came in, and whether it can bear the audit."""
