"""What all tests have in common."""

from hypothesis import HealthCheck, settings

# No test fails for being slow: other work on the machine decides on that.
settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("project")
