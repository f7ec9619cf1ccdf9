"""What the hosting process tells the app: in order, and output that comes in crumbs as one."""

import base64
import os

from app.remote.customer import control
from app.remote.customer.voice import Voice


def _heard(tell: "list[bytes | control.FromHost]") -> list[bytes | control.FromHost]:
    """What arrives of this; output as its bytes."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as incoming:
        with os.fdopen(writing, "wb") as outgoing:
            voice = Voice(outgoing)
            for one in tell:
                if isinstance(one, bytes):
                    voice.show(one)
                else:
                    voice.say(one)
            voice.close()
        heard: list[bytes | control.FromHost] = []
        while (message := control.read(incoming, control.FROM_HOST)) is not None:
            assert not isinstance(message, bytes)
            heard.append(base64.b64decode(message.data) if isinstance(message, control.Shown) else message)
        return heard


def test_output_and_messages_keep_their_order() -> None:
    listening, wanted = control.Listening(), control.DoorWanted()
    heard = _heard([b"one", b"two", listening, b"three", wanted, wanted, b"four"])
    marks = {listening.kind: b"<listening>", wanted.kind: b"<wanted>"}
    said = b"".join(one if isinstance(one, bytes) else marks[one.kind] for one in heard)
    assert said == b"onetwo<listening>three<wanted><wanted>four"


def test_crumbs_of_output_come_as_one() -> None:
    heard = _heard([b"x"] * 50)
    assert b"".join(one for one in heard if isinstance(one, bytes)) == b"x" * 50
    assert len(heard) < 25
