"""Pulumi components: each puts documents and programs of one concern in place (docs/adr/0001)."""
