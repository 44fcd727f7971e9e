"""A machine that has nothing: programs, an embedded cluster, an engine and a stand-in provider (docs/adr/0001)."""
