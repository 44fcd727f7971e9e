"""Commands of `tracectl`, one per module; `operations.cli` lists them."""
