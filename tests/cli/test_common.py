"""What people type as times, and what may be printed in their terminal."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.common import parse_moment, parse_span, plain
from app.domain.errors import UsageError

NOW = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


@pytest.mark.parametrize(("text", "minutes"), [("30m", 30), ("1h", 60), ("1H30m", 90), ("90s", 1.5), (" 2h ", 120)])
def test_a_length_of_time(text: str, minutes: float) -> None:
    assert parse_span(text) == timedelta(minutes=minutes)


@pytest.mark.parametrize("text", ["", "m", "0m", "-5m", "13h", "soon", "30", "99999999h", "1h 30m"])
def test_what_is_no_length_of_time(text: str) -> None:
    with pytest.raises(UsageError):
        parse_span(text)


def test_a_moment_in_each_form() -> None:
    local = NOW.astimezone()
    assert parse_moment("now", NOW) == NOW
    assert parse_moment("14:05", NOW) == local.replace(hour=14, minute=5, second=0, microsecond=0)
    assert parse_moment("2026-11-22T14:05+01:00", NOW) == datetime(2026, 11, 22, 13, 5, tzinfo=UTC)
    assert parse_moment("2026-11-22 14:05", NOW).tzinfo is UTC


@given(st.text(max_size=30))
def test_anything_else_is_a_clear_error(untrusted: str) -> None:
    with suppress(UsageError):
        assert parse_moment(untrusted, NOW).tzinfo is not None


@pytest.mark.parametrize("text", ["25:00", "14:61", "yesterday", "", "2026-13-01"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(UsageError, match="14:05"):
        parse_moment(text, NOW)


@given(st.text())
def test_printed_text_cannot_steer_the_terminal(untrusted: str) -> None:
    assert all(letter.isprintable() or letter in "\n\t" for letter in plain(untrusted))
