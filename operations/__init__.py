"""What people run: `tracectl`, and what `make up`, `down`, `status`, `preview` and `ui` do."""
