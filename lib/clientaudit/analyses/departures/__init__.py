"""Report 06: who is going quiet, and when to act."""
