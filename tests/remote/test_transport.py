"""Channels of a hardened transport: what paramiko makes of them, and what we do not take over."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import paramiko
import pytest
from paramiko.common import AUTH_SUCCESSFUL, OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED, OPEN_SUCCEEDED

from app.remote.keys import new_key
from app.remote.transport import HardenedTransport, inner_transport

PATIENCE = 20.0
WINDOW = 64 * 1024


class _Brief(paramiko.ServerInterface):
    """Lets anybody in, says a word on each channel and closes it; one kind is refused."""

    def check_auth_none(self, username: str) -> int:
        return AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return OPEN_SUCCEEDED if kind == "session" else OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


@pytest.fixture
def near() -> Iterator[HardenedTransport]:
    """Our end of a connection whose far end closes every channel as soon as it has said something on it."""
    here, there = socket.socketpair()
    far, near = inner_transport(there, "far", WINDOW), inner_transport(here, "near", WINDOW)
    far.add_server_key(new_key())
    far.start_server(threading.Event(), _Brief())

    def close_all() -> None:
        with contextlib.suppress(OSError, EOFError):  # the near end may be gone by then
            while (channel := far.accept(PATIENCE)) is not None:
                channel.sendall(b"brief")
                channel.close()

    threading.Thread(target=close_all, daemon=True).start()
    near.start_client(timeout=PATIENCE)
    near.auth_none("anna")
    yield near
    for transport in (near, far):
        transport.shut()


def test_a_channel_that_was_closed_before_anybody_looked_is_no_refused_one(
    near: HardenedTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    unlink, look = near._unlink_channel, near._channels.get  # type: ignore[attr-defined]  # not in the stubs

    def closed(number: int) -> None:
        unlink(number)
        over.set()

    def look_late(number: int) -> paramiko.Channel | None:
        if threading.current_thread() is threading.main_thread() and look(number) is not None:
            over.wait(PATIENCE)  # a busy machine lets it come to this only now
        return look(number)

    monkeypatch.setattr(near, "_unlink_channel", closed)
    monkeypatch.setattr(near._channels, "get", look_late)
    channel = near.open_session(timeout=PATIENCE)
    assert channel.closed
    assert channel.recv(100) == b"brief"
    assert channel.recv(100) == b""


def test_a_refused_channel_is_one(near: HardenedTransport) -> None:
    near.open_session(timeout=PATIENCE)
    with pytest.raises(paramiko.ChannelException):
        near.open_channel("x11", src_addr=("127.0.0.1", 1), timeout=PATIENCE)
    near.close()
    with pytest.raises(paramiko.SSHException):
        near.open_session(timeout=PATIENCE)
