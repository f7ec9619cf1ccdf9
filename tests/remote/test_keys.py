"""Keys: fresh, one spelling, and signatures that hold for one purpose only."""

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.remote.errors import KeyTextError
from app.remote.keys import fingerprint, is_signed, new_key, parse_public, public_text, same_key, sign

KEY = new_key()
PUBLIC = public_text(KEY)


def test_two_keys_are_never_the_same() -> None:
    assert not same_key(PUBLIC, public_text(new_key()))


def test_a_public_key_reads_back_as_itself() -> None:
    assert same_key(public_text(parse_public(PUBLIC)), PUBLIC)


def test_a_fingerprint_is_spelled_as_openssh_does() -> None:
    said = subprocess.run(["ssh-keygen", "-l", "-f", "-"], input=PUBLIC, text=True, check=True, capture_output=True)
    assert fingerprint(PUBLIC) in said.stdout.split()


@pytest.mark.parametrize(
    "text",
    ["", "ssh-ed25519", "ssh-rsa AAAA", PUBLIC + " comment", PUBLIC + "\n", " " + PUBLIC, PUBLIC.replace(" ", "  "),
     "restrict " + PUBLIC, PUBLIC[:-4], PUBLIC + "AAAA", "ssh-ed25519 ø"],
    ids=["nothing", "no key", "another kind", "a comment", "a line's end", "a blank before", "two blanks",
         "options", "cut", "too long", "a letter"],
)  # fmt: skip
def test_anything_but_one_plain_key_is_refused(text: str) -> None:
    with pytest.raises(KeyTextError):
        parse_public(text)


@given(st.text(max_size=200))
def test_no_text_crashes_the_reading_of_keys(text: str) -> None:
    with pytest.raises(KeyTextError):
        parse_public(text)


@given(st.binary(max_size=200))
def test_a_signature_holds(payload: bytes) -> None:
    assert is_signed(PUBLIC, "test", payload, sign(KEY, "test", payload))


def test_a_signature_holds_for_its_purpose_payload_and_key_only() -> None:
    signature = sign(KEY, "test", b"payload")
    assert not is_signed(PUBLIC, "other", b"payload", signature)
    assert not is_signed(PUBLIC, "test", b"payloae", signature)
    assert not is_signed(public_text(new_key()), "test", b"payload", signature)


@given(st.integers(0, 87), st.characters(max_codepoint=255))
def test_a_changed_signature_never_holds(place: int, character: str) -> None:
    signature = sign(KEY, "test", b"payload")
    changed = signature[:place] + character + signature[place + 1 :]
    assert changed == signature or not is_signed(PUBLIC, "test", b"payload", changed)


def test_a_purpose_is_one_line() -> None:
    with pytest.raises(ValueError, match="one line"):
        sign(KEY, "a\nb", b"")
