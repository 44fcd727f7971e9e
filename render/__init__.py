"""Documents as plain dicts and lists: pure functions of settings and sizing, without Pulumi."""
