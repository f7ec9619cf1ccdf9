"""What names of machines mean, as this machine sees it."""

import socket


def addresses_of(host: str) -> tuple[str, ...]:
    """The addresses that a name stands for, in the system's order, or itself where it is one; none where it is unknown.

    Waits for the system's resolver.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))
