"""Runs the notebooks of one engagement and publishes the result, all of it or nothing."""

import sys

# jsonschema, which nbformat loads, would compile grammars of web addresses that no notebook needs:
# a third of what a command takes to start.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
