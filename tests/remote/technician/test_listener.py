"""Only programs of the same user are taken in at a port of this computer."""

import os
import socket
import subprocess
import sys
import threading

import pytest

from app.remote.errors import ListenError
from app.remote.technician.listener import Listener, is_same_user

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells whose a connection is")


def _connected_as(user: int | None, port: int) -> str:
    """What a program of that user's hears."""
    words = ["bash", "-c", f"cat < /dev/tcp/127.0.0.1/{port}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, user=user, cwd="/", timeout=20)
    return done.stdout


def _greet(connection: socket.socket) -> None:
    connection.sendall(b"hello")


def test_who_connects_is_found_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)), server.accept()[0] as inside:
            assert is_same_user(inside.getpeername(), port)
        assert not is_same_user(("127.0.0.1", port), 1)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a program as somebody else")
def test_another_user_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    listener = Listener(0, _greet, room=threading.Semaphore(2), name="test")
    listener.start()
    try:
        said = [_connected_as(user, listener.port) for user in (None, 65534)]
        assert said[0] == "hello"
        assert said[1] == ""
    finally:
        listener.close()


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ListenError, match="cannot be used"):
        Listener(taken.getsockname()[1], _greet, room=threading.Semaphore(1), name="test")
