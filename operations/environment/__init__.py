"""What `make up`, `make down`, `make status` and `make preview` do, in order."""
