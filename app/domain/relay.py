"""What the parties must know to meet at a relay."""

from typing import Annotated

from pydantic import Field

from app.domain.records import Record

Port = Annotated[int, Field(ge=1, le=65535)]


class Door(Record):
    """One party's way to the relay, for one session.

    `host` and `port` are where the relay's sshd listens; `user` is the name to log in with; `host_key` is
    its public key (OpenSSH form); `forward_port` is the port on the relay's 127.0.0.1 that belongs to this
    session: the customer listens there, the technician connects there.
    """

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Port
    user: Annotated[str, Field(min_length=1, max_length=64)]
    host_key: Annotated[str, Field(min_length=1, max_length=2000)]
    forward_port: Port
