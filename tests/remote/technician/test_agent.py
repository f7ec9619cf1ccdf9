"""The SSH agent signs the way into its one session, and nothing else that the same key is good for."""

import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import paramiko
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.remote.keys import new_key
from app.remote.technician.agent import Agent

KEY = new_key()
SIGN, FAILURE = b"\x0d", b"\x05"


def login(user: str = "bistand", *, service: str = "ssh-connection", key: bytes = b"", tail: bytes = b"") -> bytes:
    """What a program has signed to log in (RFC 4252, section 7)."""
    message = paramiko.Message()
    message.add_string(b"\x07" * 32)
    message.add_byte(b"\x32")
    message.add_string(user)
    message.add_string(service)
    message.add_string("publickey")
    message.add_boolean(True)
    message.add_string("ssh-ed25519")
    message.add_string(key or KEY.asbytes())
    return message.asbytes() + tail


def request(data: bytes, *, key: bytes = b"", flags: int = 0) -> bytes:
    """The request to have this signed."""
    message = paramiko.Message()
    message.add_byte(SIGN)
    message.add_string(key or KEY.asbytes())
    message.add_string(data)
    message.add_int(flags)
    return message.asbytes()


@pytest.fixture
def agent(tmp_path: Path) -> Agent:
    """Not started: it answers when it is asked."""
    made = Agent(tmp_path / "a", KEY, "bistand")
    made._socket.close()
    return made


def test_it_signs_the_way_in(agent: Agent) -> None:
    reply = paramiko.Message(agent.answer(request(login())))
    assert reply.get_byte() == b"\x0e"
    public = paramiko.Ed25519Key(data=KEY.asbytes())
    assert public.verify_ssh_sig(login(), paramiko.Message(reply.get_string()))


@pytest.mark.parametrize(
    "message",
    [
        request(b'bistand audit head\n{"head":"00","lines":1,"session":"x"}'),
        request(b"bistand way technician\n{}"),
        request(login("root")),
        request(login(service="ssh-userauth")),
        request(login(key=new_key().asbytes())),
        request(login(tail=b"\0")),
        request(login(), flags=2),
        request(login(), key=new_key().asbytes()),
        request(login()) + b"\0",
        request(b""),
        b"\x1b" + b"\0\0\0\x18session-bind@openssh.com",
        b"\x11",
        b"\x0b\0",
        b"",
    ],
    ids=[
        "an audit's head",
        "a way's greeting",
        "another's login",
        "another service",
        "another key inside",
        "a tail inside",
        "flags",
        "another key",
        "a tail",
        "nothing to sign",
        "an extension",
        "a list and more",
        "half a length",
        "nothing",
    ],
)
def test_it_signs_nothing_else(agent: Agent, message: bytes) -> None:
    assert agent.answer(message) == FAILURE


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_whatever_else_is_said_is_refused(untrusted: bytes) -> None:
    agent = object.__new__(Agent)
    agent._key, agent._user = KEY, "bistand"
    if untrusted != b"\x0b":
        assert agent.answer(untrusted) == FAILURE
        assert agent.answer(SIGN + untrusted) == FAILURE


def test_it_answers_at_its_socket_and_hangs_up_on_nonsense(tmp_path: Path) -> None:
    agent = Agent(tmp_path / "a", KEY, "bistand")
    agent.start()
    try:
        assert (tmp_path / "a").stat().st_mode & 0o777 == 0o600
        assert KEY.asbytes() in _said(tmp_path / "a", lambda to: to.sendall(b"\0\0\0\x01\x0b"))
        assert _said(tmp_path / "a", lambda to: to.sendall(struct.pack(">I", 2**31))) == b""
        assert _said(tmp_path / "a", lambda to: to.sendall(b"\0\0\0\0")) == b""
        assert _said(tmp_path / "a", lambda to: to.sendall(b"\0\0\0\x09\x0b")) == b""
    finally:
        agent.close()


def _said(path: Path, speak: Callable[[socket.socket], None]) -> bytes:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(20)
        client.connect(str(path))
        speak(client)
        client.shutdown(socket.SHUT_WR)
        heard = b""
        with suppress(ConnectionResetError):
            while data := client.recv(4096):
                heard += data
        return heard
