"""The quality gate: what is counted of the exports, and what each check makes of it."""
