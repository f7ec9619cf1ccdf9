"""Both parties at a real relay with the library that the program uses: bytes pass, whole and in order."""

import hashlib
import os
import queue
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from app.domain.relay import Door
from app.remote.keys import new_key, parse_public, public_text
from app.remote.relay.relay import Relay
from app.system.clock import new_id


@contextmanager
def at_the_door(door: Door, key: paramiko.Ed25519Key) -> Iterator[paramiko.Transport]:
    transport = paramiko.Transport(socket.create_connection((door.host, door.port), timeout=10))
    try:
        transport.connect(hostkey=parse_public(door.host_key), username=door.user, pkey=key)
        yield transport
    finally:
        transport.close()
        transport.join(10)


def send_back(incoming: "queue.Queue[paramiko.Channel]") -> None:
    """On a thread of its own: paramiko's must never wait."""
    channel = incoming.get(timeout=10)
    while data := channel.recv(32768):
        channel.sendall(data)
    channel.close()


def send_all(channel: paramiko.Channel, data: bytes) -> None:
    channel.sendall(data)
    channel.shutdown_write()


def test_bytes_pass_between_two_parties_at_the_relay() -> None:
    customer, technician, session = new_key(), new_key(), new_id()
    incoming: queue.Queue[paramiko.Channel] = queue.Queue()
    thread = threading.Thread(target=send_back, args=(incoming,))
    data = os.urandom(1 << 20)
    with Relay(None) as relay:
        customers_door = relay.admit_customer(session, public_text(customer))
        technicians_door = relay.admit_technician(session, public_text(technician))
        place = ("127.0.0.1", customers_door.forward_port)
        with at_the_door(customers_door, customer) as link, at_the_door(technicians_door, technician) as client:
            link.request_port_forward(*place, handler=lambda channel, _origin, _server: incoming.put(channel))
            thread.start()
            channel = client.open_channel("direct-tcpip", place, ("127.0.0.1", 0), timeout=15)
            sender = threading.Thread(target=send_all, args=(channel, data))
            sender.start()
            back = hashlib.sha256()
            while piece := channel.recv(65536):
                back.update(piece)
            sender.join(10)
            channel.close()
        thread.join(10)
    assert back.digest() == hashlib.sha256(data).digest()
