"""One attempt, step by step: nobody between the two can change anything and have it pass."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spake2 import SPAKE2_A, SPAKE2_B

from app.remote.errors import PairingError, PairingFraudError, WrongCodeError
from app.remote.keys import new_key, public_text
from app.remote.pairing.code import Code
from app.remote.pairing.messages import MAX_BYTES, Answer, Confirm, Confirmed, Hello, Message, read, write
from app.remote.pairing.steps import Offer, Opening, Paired, Subject
from app.system.clock import new_id

SUBJECT = Subject(session=new_id(), case=new_id())
CUSTOMER = public_text(new_key())
TECHNICIAN = public_text(new_key())
STRANGER = public_text(new_key())
FIELDS = [
    ("hello", "attempt"), ("hello", "pake"), ("hello", "key"), ("hello", "name"), ("answer", "attempt"),
    ("answer", "pake"), ("answer", "key"), ("confirm", "attempt"), ("confirm", "mac"),
    ("confirmed", "attempt"), ("confirmed", "mac"),
]  # fmt: skip


def begin(offer: Offer, subject: Subject = SUBJECT, code: Code | None = None) -> Opening:
    return Opening.begin(subject, code or offer.code, "Anna Ødegård", TECHNICIAN)


class Tamperer:
    """Carries messages, and puts another value into one field of one of them."""

    def __init__(self, kind: str = "", field: str = "", value: str = "") -> None:
        self._target = (kind, field, value)
        self.changed = False

    def carry(self, message: Message) -> Any:
        kind, field, value = self._target
        content = message.model_dump(mode="json")
        if message.kind == kind:
            self.changed = content[field] != value
            content[field] = value
        return read(json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode())


def exchange(tamperer: Tamperer, offer: Offer, opening: Opening) -> tuple[Paired, Paired]:
    """Both ends' results. Raises `PairingError`, or `AssertionError` where a message was not even one."""
    hello = tamperer.carry(opening.hello)
    assert isinstance(hello, Hello)
    answered = offer.greeted(hello)
    answer = tamperer.carry(answered.answer)
    assert isinstance(answer, Answer)
    proving = opening.answered(answer)
    confirm = tamperer.carry(proving.confirm)
    assert isinstance(confirm, Confirm)
    accepted = answered.proved(confirm)
    confirmed = tamperer.carry(accepted.confirmed)
    assert isinstance(confirmed, Confirmed)
    return accepted.paired, proving.confirmed(confirmed)


def test_the_right_code_gives_both_the_same() -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    theirs, ours = exchange(Tamperer(), offer, begin(offer))
    assert theirs == ours == Paired("Anna Ødegård", TECHNICIAN, CUSTOMER)


def test_another_code_never_passes() -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    wrong = Code(f"{(int(offer.code.digits) + 1) % 10**8:08d}")
    with pytest.raises(WrongCodeError):
        exchange(Tamperer(), offer, begin(offer, code=wrong))


@pytest.mark.parametrize("other", [Subject(new_id(), SUBJECT.case), Subject(SUBJECT.session, new_id())])
def test_another_session_or_case_never_passes(other: Subject) -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    with pytest.raises(WrongCodeError):
        exchange(Tamperer(), offer, begin(offer, other))


@pytest.mark.parametrize(("kind", "field"), FIELDS)
def test_another_honest_value_in_any_field_never_passes(kind: str, field: str) -> None:
    side = SPAKE2_A if kind == "hello" else SPAKE2_B
    values = {
        "attempt": "0" * 32, "key": STRANGER, "name": "Mallory", "mac": "0" * 64,
        "pake": base64.b64encode(side(b"00000000").start()).decode(),
    }  # fmt: skip
    offer = Offer.begin(SUBJECT, CUSTOMER)
    with pytest.raises(PairingError):
        exchange(Tamperer(kind, field, values[field]), offer, begin(offer))


@settings(max_examples=60)
@given(st.sampled_from(FIELDS), st.one_of(st.text(max_size=80), st.binary(min_size=33, max_size=33)))
def test_any_value_in_any_field_never_passes(place: tuple[str, str], value: str | bytes) -> None:
    text = value if isinstance(value, str) else base64.b64encode(b"AB"[value[0] % 2 :][:1] + value[1:]).decode()
    offer = Offer.begin(SUBJECT, CUSTOMER)
    tamperer = Tamperer(*place, text)
    with pytest.raises((PairingError, AssertionError)):
        exchange(tamperer, offer, begin(offer))
    assert tamperer.changed


@pytest.mark.parametrize("key", [CUSTOMER, TECHNICIAN], ids=["customer", "technician"])
def test_a_key_that_is_sent_back_to_its_owner_is_refused(key: str) -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    kind = "hello" if key == CUSTOMER else "answer"
    with pytest.raises(PairingFraudError):
        exchange(Tamperer(kind, "key", key), offer, begin(offer))


def test_an_offer_and_an_opening_serve_once() -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    opening = begin(offer)
    answered = offer.greeted(opening.hello)
    with pytest.raises(PairingFraudError):
        offer.greeted(begin(offer).hello)
    opening.answered(answered.answer)
    with pytest.raises(PairingFraudError):
        opening.answered(answered.answer)


def test_a_proof_sent_back_to_its_maker_does_not_hold() -> None:
    offer = Offer.begin(SUBJECT, CUSTOMER)
    opening = begin(offer)
    proving = opening.answered(offer.greeted(opening.hello).answer)
    with pytest.raises(PairingFraudError):
        proving.confirmed(Confirmed(attempt=opening.hello.attempt, mac=proving.confirm.mac))


@pytest.mark.parametrize("name", ["", " ", "a\nb", "a\x1b[31m", "\u202eevil", "x" * 201, " Anna"])
def test_a_name_is_one_plain_line(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        Opening.begin(SUBJECT, Code.fresh(), name, TECHNICIAN)


@given(st.binary(max_size=300))
def test_no_bytes_crash_the_reading_of_messages(body: bytes) -> None:
    assert read(body) is None


def test_oversized_deep_and_odd_messages_are_none() -> None:
    hello = write(begin(Offer.begin(SUBJECT, CUSTOMER)).hello)
    assert read(hello) is not None
    for body in (
        hello + b" ", b" " + hello, hello[:-1] + b',"x":1}', hello.replace(b'"v":1', b'"v":2'), b"[" * MAX_BYTES,
        hello.replace(b'"v":1', b'"v":1.0'), hello.replace(b'"v":1', b'"v":1,"v":1'), b'{"kind":"busy"}', b"null",
        hello.replace(b"hello", b"other"), b'{"attempt":"' + b"0" * 5000 + b'","kind":"busy"}',
    ):  # fmt: skip
        assert read(body) is None
