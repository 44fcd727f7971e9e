"""Traces as Jaeger's query API gives them: parsed, arranged as a tree, drawn in a terminal."""
