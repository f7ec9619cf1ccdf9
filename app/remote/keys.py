"""Keys that live for one session: made fresh, kept in memory only, compared exactly.

A public key is always its OpenSSH text without a comment, `ssh-ed25519 AAAA...`, in the one canonical spelling.
Signatures say what they are for (`purpose`), so that one made for an audit can never pass for anything else.
"""

import base64
import binascii
import hashlib
import hmac
import io

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from paramiko import Ed25519Key, Message, PKey, SSHException

from app.remote.errors import KeyTextError

_KIND = "ssh-ed25519"
_BLOB_BYTES = 51  # two lengths, the kind, 32 bytes of key
_SIGNATURE_BYTES = 64


def new_key() -> Ed25519Key:
    """A fresh ed25519 key pair, in memory only."""
    return read_private(new_private_text())


def new_private_text() -> str:
    """A fresh private key in OpenSSH's file format, not encrypted: for an sshd that lives as long as we do."""
    return (
        Ed25519PrivateKey.generate()
        .private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
        .decode()
    )


def read_private(text: str) -> Ed25519Key:
    """The key pair that `new_private_text` made."""
    return Ed25519Key(file_obj=io.StringIO(text))


def public_text(key: PKey) -> str:
    """The public half of an ed25519 key: `ssh-ed25519 AAAA...`."""
    return f"{_KIND} {base64.b64encode(key.asbytes()).decode()}"


def parse_public(untrusted_text: str) -> Ed25519Key:
    """The key that the text is. Raises `KeyTextError` for anything but one canonical ed25519 public key."""
    kind, _, encoded = untrusted_text.partition(" ")
    try:
        blob = base64.b64decode(encoded, validate=True)
        if kind != _KIND or len(blob) != _BLOB_BYTES:
            raise KeyTextError("This is not an ed25519 public key in OpenSSH's form.")
        key = Ed25519Key(data=blob)
    except (binascii.Error, ValueError, SSHException) as error:
        raise KeyTextError("This is not an ed25519 public key in OpenSSH's form.") from error
    if public_text(key) != untrusted_text:
        raise KeyTextError("This public key is not spelled the one way that keys are compared by.")
    return key


def same_key(one: str, other: str) -> bool:
    """Whether two public keys are exactly the same text. Takes the same time wherever they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def fingerprint(public: str) -> str:
    """The fingerprint as OpenSSH prints it: `SHA256:...`. Raises `KeyTextError`."""
    digest = hashlib.sha256(parse_public(public).asbytes()).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def sign(key: Ed25519Key, purpose: str, payload: bytes) -> str:
    """Our signature over the payload for this purpose only: raw ed25519, base64. Any thread."""
    message = key.sign_ssh_data(_statement(purpose, payload)).asbytes()
    return base64.b64encode(message[-_SIGNATURE_BYTES:]).decode()


def is_signed(public: str, purpose: str, payload: bytes, untrusted_signature: str) -> bool:
    """Whether the holder of `public` signed exactly this payload for this purpose. Raises `KeyTextError`."""
    key = parse_public(public)
    try:
        signature = base64.b64decode(untrusted_signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    if len(signature) != _SIGNATURE_BYTES or base64.b64encode(signature).decode() != untrusted_signature:
        return False  # one signature has one spelling
    message = Message()
    message.add_string(_KIND)
    message.add_string(signature)
    message.rewind()
    return key.verify_ssh_sig(_statement(purpose, payload), message)


def _statement(purpose: str, payload: bytes) -> bytes:
    if "\n" in purpose:
        raise ValueError("a purpose is one line")
    return b"bistand " + purpose.encode() + b"\n" + payload
