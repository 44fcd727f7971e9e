"""The stand-in, without a cluster."""
