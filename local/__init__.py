"""For a machine that has nothing: programs, an embedded cluster, an engine, a stand-in (docs/adr/0001)."""
