"""The engine package, without an engine."""
