"""Report 11: who deserves which treatment."""
