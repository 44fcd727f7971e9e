"""What the stand-in calls itself."""

from typing import Final

from local.standin.install import REQUIRED_VERSION

VERSION: Final = f"{REQUIRED_VERSION}+standin"
"""The SDK's version with a build mark: the engine compares without the mark, so it warns of nothing."""
NAME: Final = f"Kubernetes stand-in {VERSION}"
"""How it signs its errors and log lines."""
