"""Codes: what people type, and that nothing shows them by accident."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.errors import UsageError
from app.remote.errors import CodeFormatError
from app.remote.pairing.code import Code
from app.remote.pairing.customer import CodeShown
from app.system.clock import SystemClock


@pytest.mark.parametrize("text", ["48217305", "4821 7305", "4821-7305", " 4821 7305 ", "4821\u00a07305", "48 21 73 05"])
def test_a_code_is_read_as_people_write_it(text: str) -> None:
    assert Code.parse(text) == Code("48217305")


@pytest.mark.parametrize(
    "text", ["", "4821730", "482173055", "4821x305", "48217305\n1", "٤٨٢١٧٣٠٥", "4821_7305", "4" * 1000, "-" * 41]
)
def test_what_is_no_code_is_a_usage_error_with_an_example(text: str) -> None:
    with pytest.raises(CodeFormatError, match="exactly 8 digits, like 4821 7305") as caught:
        Code.parse(text)
    assert isinstance(caught.value, UsageError)
    assert caught.value.exit_code == 2
    assert text == "" or text not in str(caught.value)


@given(st.text(max_size=60))
def test_no_text_crashes_the_reading_of_codes(text: str) -> None:
    with suppress(CodeFormatError):
        assert len(Code.parse(text).digits) == 8


def test_a_code_does_not_show_itself() -> None:
    code = Code("48217305")
    shown = CodeShown(code.digits, SystemClock().now())
    assert "4821" not in f"{code} {code!r} {[code]} {shown} {shown!r}"


def test_fresh_codes_differ() -> None:
    assert len({Code.fresh().digits for _ in range(100)}) == 100
