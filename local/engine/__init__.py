"""Drives one stack of a Pulumi project with the real engine, without a language host.

The program runs in this process (the Automation API's inline mode), so a `pulumi` binary is all that is
needed; state, plugins and passphrase live below the project's state folder.
"""

from local.engine.engine import Engine
from local.engine.errors import ChangesFoundError, EngineError, StoppedError
from local.engine.result import Output, Result

__all__ = ["ChangesFoundError", "Engine", "EngineError", "Output", "Result", "StoppedError"]
