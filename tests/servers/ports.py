"""Ports of the loopback interface."""

import random
import socket

ADDRESS = "127.0.0.1"

# Below the ports that Linux takes for outgoing connections, which could be faster than a server that is
# still starting; above all ports that browsers block.
_FIRST, _LAST = 12_000, 32_000


def free_port() -> int:
    """A port on which nothing listens, for a program that cannot choose one itself."""
    while True:
        port = random.randint(_FIRST, _LAST)
        with socket.socket() as probe:
            try:
                probe.bind((ADDRESS, port))
            except OSError:
                continue
            return port


def is_listening(port: int) -> bool:
    """Whether a connection to the port is accepted."""
    with socket.socket() as probe:
        return probe.connect_ex((ADDRESS, port)) == 0
