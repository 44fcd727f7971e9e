"""Measurements of what users wait for; `make bench` prints them as a table for docs/benchmarks.md."""
