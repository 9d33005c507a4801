"""Audit of a firm's client base: intake, client summary, analyses, reports."""

__version__ = "0.1.0"
METHOD_VERSION = 2
SCHEMA_VERSION = 1
