"""What people type as something to grant, to ask for, or to forward."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cli.permissions import parse_forward, parse_grants, parse_wish
from app.domain.consent import ColleagueWish, FilesGrant, FilesWish, PortGrant, PortWish, TerminalGrant, TerminalWish
from app.domain.errors import BistandError, UsageError

UNTIL = datetime(2026, 11, 22, 15, 30, tzinfo=UTC)


def test_grants_of_every_kind(tmp_path: Path) -> None:
    text = f"terminal, files={tmp_path},files-ro=/,port=127.0.0.1:80,port=[::1]:443"
    assert parse_grants(text, UNTIL).grants == (
        TerminalGrant(until=UNTIL),
        FilesGrant(folder=str(tmp_path.resolve()), write=True, until=UNTIL),
        FilesGrant(folder="/", write=False, until=UNTIL),
        PortGrant(host="127.0.0.1", port=80, address="127.0.0.1", until=UNTIL),
        PortGrant(host="::1", port=443, address="::1", until=UNTIL),
    )
    assert parse_grants("", UNTIL).grants == ()


@pytest.mark.parametrize(
    "text",
    ["all", "files", "files=", "files=/none/such", "port=80", "port=a:0", "port=a:65536", "port=a b:80", "Terminal",
     "terminal=1", "port=::1:80", "port=169.254.169.254:80", "port=[fe80::1]:80", "port=0.0.0.0:80"],
)  # fmt: skip
def test_what_cannot_be_granted(text: str) -> None:
    with pytest.raises(BistandError):
        parse_grants(text, UNTIL)


@pytest.mark.parametrize(
    ("text", "wish", "minutes"),
    [
        ("terminal", TerminalWish(), None),
        ("terminal:15", TerminalWish(), 15),
        ("files=/home/lone", FilesWish(folder="/home/lone"), None),
        ("write=/a b:c:5", FilesWish(folder="/a b:c", write=True), 5),
        ("port=printer:9100", PortWish(host="printer", port=9100), None),
        ("port=[fd00::1]:443:60", PortWish(host="fd00::1", port=443), 60),
        ("colleague=Bo Larsen", ColleagueWish(name="Bo Larsen"), None),
        ("colleague=Bo:type", ColleagueWish(name="Bo", may_type=True), None),
        ("colleague=Bo:20", ColleagueWish(name="Bo"), 20),
        ("colleague=Bo:type:20", ColleagueWish(name="Bo", may_type=True), 20),
    ],
)
def test_wishes(text: str, wish: object, minutes: int | None) -> None:
    assert parse_wish(text) == (wish, minutes)


@pytest.mark.parametrize(
    "text",
    ["", "everything", "files=relative", "files=", "port=x", "port=x:0", "terminal:now", "colleague", "colleague=",
     "colleague= ", "colleague=Bo:look", "colleague=Bo:type:x"],
)  # fmt: skip
def test_what_cannot_be_asked_for(text: str) -> None:
    with pytest.raises(UsageError, match="cannot be asked for"):
        parse_wish(text)


def test_forwards() -> None:
    assert parse_forward("8080:192.168.1.1:80") == (8080, "192.168.1.1", 80)
    assert parse_forward("0:[fd00::1]:443") == (0, "fd00::1", 443)
    for text in ("80", "8080:host", "8080:fd00::1:80", "65536:a:1", "1:a:0", "x:a:1", "1::2"):
        with pytest.raises(UsageError, match="LOCAL:HOST:PORT"):
            parse_forward(text)


@given(st.text(max_size=40))
def test_anything_else_is_a_clear_error(untrusted: str) -> None:
    for parse in (parse_wish, parse_forward):
        with suppress(UsageError):
            parse(untrusted)
