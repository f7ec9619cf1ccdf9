"""Messages that no honest technician sends, made from a seed. Each is the bytes of one message, its number first."""

import random
import struct
from collections.abc import Callable, Iterator

from paramiko.common import (
    MSG_CHANNEL_CLOSE,
    MSG_CHANNEL_DATA,
    MSG_CHANNEL_EOF,
    MSG_CHANNEL_EXTENDED_DATA,
    MSG_CHANNEL_FAILURE,
    MSG_CHANNEL_OPEN,
    MSG_CHANNEL_OPEN_FAILURE,
    MSG_CHANNEL_OPEN_SUCCESS,
    MSG_CHANNEL_REQUEST,
    MSG_CHANNEL_SUCCESS,
    MSG_CHANNEL_WINDOW_ADJUST,
    MSG_DEBUG,
    MSG_EXT_INFO,
    MSG_GLOBAL_REQUEST,
    MSG_IGNORE,
    MSG_KEXINIT,
    MSG_NEWKEYS,
    MSG_REQUEST_FAILURE,
    MSG_REQUEST_SUCCESS,
    MSG_SERVICE_ACCEPT,
    MSG_SERVICE_REQUEST,
    MSG_UNIMPLEMENTED,
    MSG_USERAUTH_BANNER,
    MSG_USERAUTH_FAILURE,
    MSG_USERAUTH_INFO_RESPONSE,
    MSG_USERAUTH_REQUEST,
    MSG_USERAUTH_SUCCESS,
)

VERSION = b"SSH-2.0-attack\r\n"
EDGES = (0, 1, 4, 5, 255, 2**15, 2**16, 2**18, 2**20 - 1, 2**20, 2**31 - 1, 2**31, 2**32 - 1)
USERS = (*(b"bistand",) * 60, b"root", b"", b"bistand\0", b"BISTAND", b"\xff\xfe", b"a" * 5000)
METHODS = (b"none", b"password", b"publickey", b"keyboard-interactive", b"hostbased", b"gssapi-with-mic", b"")
KINDS = (b"session", b"direct-tcpip", b"forwarded-tcpip", b"x11", b"auth-agent@openssh.com", b"tun@openssh.com",
         b"direct-streamlocal@openssh.com", b"", b"session\0")  # fmt: skip
REQUESTS = (b"pty-req", b"shell", b"exec", b"env", b"subsystem", b"window-change", b"x11-req", b"signal", b"break",
            b"auth-agent-req@openssh.com", b"exit-status", b"exit-signal", b"xon-xoff", b"eow@openssh.com", b"",
            b"keepalive@openssh.com")  # fmt: skip
GLOBALS = (b"tcpip-forward", b"cancel-tcpip-forward", b"streamlocal-forward@openssh.com", b"keepalive@openssh.com",
           b"hostkeys-prove-00@openssh.com", b"no-more-sessions@openssh.com", b"")  # fmt: skip
OPENED = 4
"""How many channels stand open where a corpus of after the login begins."""
PROGRAMS = (b"id", b"", b"\0", b"\xff\xfe", b"touch made-by-attack", b"a" * 70_000)
SUBSYSTEMS = (b"sftp", b"bistand-audit", b"netconf", b"", b"sftp\0")

Maker = Callable[[random.Random], bytes]


def text(content: bytes) -> bytes:
    """A string as SSH writes it."""
    return struct.pack(">I", len(content)) + content


def number(value: int) -> bytes:
    """Four bytes."""
    return struct.pack(">I", value)


def packet(payload: bytes) -> bytes:
    """A message as it goes over the wire before there are keys."""
    padding = 8 - (len(payload) + 5) % 8
    padding += 8 if padding < 4 else 0
    return struct.pack(">IB", len(payload) + padding + 1, padding) + payload + bytes(padding)


def kexinit(rng: random.Random) -> bytes:
    """A key exchange as an honest client begins it."""
    lists = [b"curve25519-sha256@libssh.org,kex-strict-c-v00@openssh.com", b"ssh-ed25519"]
    lists += [b"aes128-gcm@openssh.com"] * 2 + [b"hmac-sha2-256-etm@openssh.com"] * 2 + [b"none"] * 2 + [b""] * 2
    return bytes([MSG_KEXINIT]) + rng.randbytes(16) + b"".join(map(text, lists)) + bytes(5)


def garbage(rng: random.Random) -> bytes:
    """Bytes, sometimes many."""
    return rng.randbytes(rng.choice((0, 1, 3, 4, 8, 40, 300, rng.randrange(5000))))


def lying_text(rng: random.Random) -> bytes:
    """A string that claims another length than it has."""
    return number(rng.choice(EDGES)) + garbage(rng)[:200]


def mutated(rng: random.Random, body: bytes) -> bytes:
    """The same message with something wrong in it; its number stays."""
    changed = bytearray(body)
    for _ in range(rng.randint(1, 3)):
        at = rng.randrange(1, len(changed)) if len(changed) > 1 else 0
        match rng.randrange(6):
            case 0 if at:
                changed[at] ^= 1 << rng.randrange(8)
            case 1 if at:
                del changed[at:]
            case 2:
                changed += garbage(rng)
            case 3 if at:
                changed[at : at + 4] = number(rng.choice(EDGES))
            case 4 if at:
                del changed[at : at + rng.randint(1, 8)]
            case _:
                changed[at + 1 : at + 1] = garbage(rng)[:50]
    return bytes(changed)


def auth_request(rng: random.Random) -> bytes:
    """Somebody tries to log in, in some way or other."""
    method = rng.choice(METHODS)
    body = bytes([MSG_USERAUTH_REQUEST]) + text(rng.choice(USERS)) + text(b"ssh-connection") + text(method)
    if method == b"publickey":
        blob = text(b"ssh-ed25519") + text(rng.randbytes(rng.choice((32, 32, 31, 0))))
        algorithm = rng.choice((*(b"ssh-ed25519",) * 20, b"ssh-rsa", b"ssh-ed25519-cert-v01@openssh.com", b""))
        signature = text(text(b"ssh-ed25519") + text(rng.randbytes(rng.choice((64, 64, 0, 63)))))
        signed = rng.random() < 0.7
        return body + bytes([signed]) + text(algorithm) + text(blob) + (signature if signed else b"")
    return body + (bytes([rng.randrange(2)]) + text(b"secret") * rng.randint(0, 3))


def _of(*parts: bytes | Maker) -> Maker:
    return lambda rng: b"".join(part if isinstance(part, bytes) else part(rng) for part in parts)


def _some(*choices: bytes) -> Maker:
    return lambda rng: text(rng.choice(choices))


def _edge(rng: random.Random) -> bytes:
    return number(rng.choice(EDGES))


def _flag(rng: random.Random) -> bytes:
    return bytes([rng.randrange(2)])


def _channel(rng: random.Random) -> bytes:
    """Mostly one of the channels that may be open."""
    return number(rng.choice((15, 16, 2**24 - 1, 2**32 - 1)) if rng.random() < 0.02 else rng.randrange(OPENED))


def _small(code: int) -> bytes:
    return bytes([code])


BEFORE_LOGIN: dict[str, Maker] = {
    "an attempt to log in": auth_request,
    "a mutated attempt": lambda rng: mutated(rng, auth_request(rng)),
    "a service": _of(_small(MSG_SERVICE_REQUEST), _some(b"ssh-userauth", b"ssh-userauth", b"ssh-connection", b"\xff")),
    "a service accepted": _of(_small(MSG_SERVICE_ACCEPT), text(b"ssh-userauth")),
    "a success": _of(_small(MSG_USERAUTH_SUCCESS), garbage),
    "a failure": _of(_small(MSG_USERAUTH_FAILURE), text(b"publickey"), _flag),
    "a banner": _of(_small(MSG_USERAUTH_BANNER), lying_text),
    "answers to nothing": _of(_small(MSG_USERAUTH_INFO_RESPONSE), _edge, garbage),
    "extensions": _of(_small(MSG_EXT_INFO), _edge, lying_text, lying_text),
    "a channel too early": _of(_small(MSG_CHANNEL_OPEN), _some(*KINDS), _edge, _edge, _edge),
    "a global request too early": _of(_small(MSG_GLOBAL_REQUEST), _some(*GLOBALS), _flag, garbage),
    "a channel request too early": _of(_small(MSG_CHANNEL_REQUEST), _channel, _some(*REQUESTS), _flag, garbage),
    "to be ignored": _of(_small(MSG_IGNORE), lying_text),
    "to be logged": _of(_small(MSG_DEBUG), _flag, lying_text, lying_text),
    "not implemented": _of(_small(MSG_UNIMPLEMENTED), _edge),
    "new keys": _of(_small(MSG_NEWKEYS), garbage),
    "a key exchange": kexinit,
    "a mutated key exchange": lambda rng: mutated(rng, kexinit(rng)),
    "a key": lambda rng: bytes([rng.randrange(30, 42)]) + text(rng.randbytes(rng.choice((0, 31, 32, 1216, 5000)))),
    "any number": lambda rng: bytes([rng.randrange(256)]) + garbage(rng),
}  # fmt: skip

_OPEN = _of(_small(MSG_CHANNEL_OPEN), text(b"session"), _edge, _edge, _edge)
HONEST_OPEN = bytes([MSG_CHANNEL_OPEN]) + text(b"session") + number(0) + number(2**20) + number(2**15)


def _channel_request(rng: random.Random) -> bytes:
    name = rng.choice(REQUESTS)
    wanted = {
        b"pty-req": text(b"xterm") + number(80) * 4 + text(b"\0"),
        b"exec": text(rng.choice(PROGRAMS)),
        b"env": text(rng.choice((b"LANG", b"LC_ALL", b"LD_PRELOAD", b"PATH", b"\xff"))) + text(rng.choice(PROGRAMS)),
        b"subsystem": text(rng.choice(SUBSYSTEMS)),
        b"window-change": b"".join(number(rng.choice(EDGES)) for _ in range(4)),
        b"x11-req": _flag(rng) + text(b"MIT-MAGIC-COOKIE-1") + text(b"00") + number(0),
        b"signal": text(rng.choice((b"KILL", b"TERM", b"", b"\xff", b"STOP"))),
        b"exit-status": _edge(rng),
    }.get(name, garbage(rng)[:100])
    return bytes([MSG_CHANNEL_REQUEST]) + _channel(rng) + text(name) + _flag(rng) + wanted


def _global_request(rng: random.Random) -> bytes:
    name = rng.choice(GLOBALS)
    where = text(rng.choice((b"", b"127.0.0.1", b"0.0.0.0", b"a" * 3000))) + _edge(rng)
    return bytes([MSG_GLOBAL_REQUEST]) + text(name) + _flag(rng) + where


def _direct(rng: random.Random) -> bytes:
    head = bytes([MSG_CHANNEL_OPEN]) + text(rng.choice((b"direct-tcpip", b"forwarded-tcpip", b"x11"))) + _edge(rng) * 3
    return head + (text(rng.choice((b"127.0.0.1", b"169.254.169.254", b"", b"a" * 3000))) + _edge(rng)) * 2


AFTER_LOGIN: dict[str, Maker] = {
    "a session": _OPEN,
    "a channel of any kind": _of(_small(MSG_CHANNEL_OPEN), _some(*KINDS), _edge, _edge, _edge, garbage),
    "a mutated channel": lambda rng: mutated(rng, _OPEN(rng)),
    "a connection elsewhere": _direct,
    "a request": _channel_request,
    "a mutated request": lambda rng: mutated(rng, _channel_request(rng)),
    "a global request": _global_request,
    "a mutated global request": lambda rng: mutated(rng, _global_request(rng)),
    "data": _of(_small(MSG_CHANNEL_DATA), _channel, lambda rng: text(garbage(rng))),
    "data that lies": _of(_small(MSG_CHANNEL_DATA), _channel, lying_text),
    "errors": _of(_small(MSG_CHANNEL_EXTENDED_DATA), _channel, _edge, lambda rng: text(garbage(rng))),
    "a window": _of(_small(MSG_CHANNEL_WINDOW_ADJUST), _channel, _edge),
    "an end": _of(_small(MSG_CHANNEL_EOF), _channel),
    "a close": _of(_small(MSG_CHANNEL_CLOSE), _channel),
    "success": _of(_small(MSG_CHANNEL_SUCCESS), _channel),
    "failure": _of(_small(MSG_CHANNEL_FAILURE), _channel),
    "a channel opened": _of(_small(MSG_CHANNEL_OPEN_SUCCESS), _channel, _edge, _edge, _edge),
    "a channel refused": _of(_small(MSG_CHANNEL_OPEN_FAILURE), _channel, _edge, lying_text, lying_text),
    "an answer": lambda rng: bytes([rng.choice((MSG_REQUEST_SUCCESS, MSG_REQUEST_FAILURE))]) + garbage(rng),
    **{name: BEFORE_LOGIN[name] for name in (
        "an attempt to log in", "a service", "a success", "answers to nothing", "extensions", "to be ignored",
        "to be logged", "not implemented", "a key exchange", "a mutated key exchange", "a key", "new keys",
    )},
    "any number": BEFORE_LOGIN["any number"],
}  # fmt: skip


def _banner(rng: random.Random) -> bytes:
    match rng.randrange(6):
        case 0:
            return garbage(rng)
        case 1:
            return b"x" * rng.randrange(20_000) + b"\n"
        case 2:
            return b"hello\r\n" * rng.randrange(200) + VERSION
        case 3:
            return rng.choice((b"SSH-1.5-x", b"SSH-2.0", b"SSH-", b"SSH-2.0-" + b"\xff" * 300, b"SSH-9-x")) + b"\r\n"
        case 4:
            return b"SSH-2.0-" + bytes(rng.randrange(3000)) + b"\r\n"
        case _:
            return b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


def _lying_packet(rng: random.Random) -> bytes:
    return number(rng.choice((*EDGES, rng.getrandbits(32)))) + bytes([rng.randrange(256)]) + garbage(rng)


def raw(rng: random.Random) -> Iterator[bytes]:
    """What a connection is sent before there are keys: a greeting, then packets, until it should be cut off."""
    if rng.random() < 0.15:
        yield _banner(rng)
        return
    yield VERSION
    if rng.random() < 0.5:
        yield packet(kexinit(rng))
    for _ in range(rng.randint(1, 12)):
        match rng.randrange(6):
            case 0:
                yield _lying_packet(rng)
            case 1:
                yield packet(mutated(rng, kexinit(rng)))
            case 2:
                yield packet(bytes([MSG_IGNORE]) + garbage(rng))
            case 3:
                yield packet(BEFORE_LOGIN["a key"](rng))
            case 4:
                yield packet(bytes([rng.choice((2, 3, 4, 5, 7, 20, 21, 50, 61, 80, 90, 98))]) + garbage(rng))
            case _:
                yield packet(bytes([rng.randrange(256)]) + garbage(rng))


def stream(rng: random.Random, corpus: dict[str, Maker], gentle: float = 0.95) -> Iterator[tuple[str, bytes]]:
    """Messages from a corpus, with their names. Most do not end a connection, so that many can follow each other."""
    names = list(corpus)
    mild = [name for name in names if name not in DEADLY]
    for _ in range(rng.randint(10, 120)):
        name = rng.choice(mild if rng.random() < gentle else names)
        yield name, corpus[name](rng)


DEADLY = frozenset({
    "any number", "a key exchange", "a mutated key exchange", "a key", "new keys", "a service accepted", "a failure",
    "a banner", "a success", "a mutated attempt", "a mutated request", "a mutated channel", "a mutated global request",
    "answers to nothing", "extensions", "a channel of any kind", "data that lies", "a channel refused", "a service",
    "a channel request too early", "an end", "a close", "failure", "to be logged",
})  # fmt: skip
