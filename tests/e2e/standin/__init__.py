"""The stand-in provider, under the real engine and against the real API server."""
