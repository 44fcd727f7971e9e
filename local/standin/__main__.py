"""The plugin's main program: prints its port, then serves until the engine ends it."""

import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import grpc

from local.standin.servicer import Servicer
from local.standin.version import NAME

_MESSAGE_BYTES: Final = 400 * 1024 * 1024
"""The engine's own limit for messages of its plugins."""
_CALLS: Final = 256
"""Calls at a time: each resource that is waited for holds one, and a Cancel must still get through."""


def main(arguments: list[str]) -> None:
    """Serve the engine whose address is the first argument."""
    addresses = [argument for argument in arguments if not argument.startswith("-")]
    servicer = Servicer(addresses[0] if addresses else None)
    server = grpc.server(
        ThreadPoolExecutor(_CALLS),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_BYTES),
            ("grpc.max_send_message_length", _MESSAGE_BYTES),
        ],
    )
    server.add_generic_rpc_handlers((servicer.handler(),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    print(f"{NAME} serves on port {port}", file=sys.stderr)
    server.wait_for_termination()


if __name__ == "__main__":
    main(sys.argv[1:])
