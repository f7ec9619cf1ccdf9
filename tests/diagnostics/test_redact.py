"""Redaction by example: what must not be shown, and what may stay."""

from datetime import UTC, datetime

import pytest

from app.diagnostics.identity import Identity
from app.diagnostics.redact import Redactor, redact, redact_text
from app.diagnostics.report import Report
from app.diagnostics.traces import Kind
from app.domain.finding import Evidence, Finding, Level

MOLLER = Identity(
    users=("Møller", "al"),
    homes=("/home/møller", r"C:\Users\Møller"),
    hosts=("PC-2", "pc-2.moller.dk", "moller.dk", "pc-old"),
    serials=("ABC-1234",),
    hardware=("52:54:00:ab:cd:01",),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("MØLLER and moller and Mo\u0308ller", "user-1 and user-1 and user-1"),
        ("mollersInvoice.pdf, my_møller_file", "user-1.pdf, my_user-1_file"),
        ("al in the alps", "user-2 in the alps"),
        ("/home/MØLLER/x, /home/bo/y", "home-1/x, home-3/y"),
        (r"c:\users\moller\x and C:/Users/Møller/x", r"home-2\x and home-2/x"),
        (r"C:\Users\Anna Berg\Documents", r"home-3\Documents"),
        (r"\\FILESRV\share\møller\x", r"\\host-5\share\user-1\x"),
        ("C:\\Users\\Public\\Desktop", "C:\\Users\\Public\\Desktop"),
        ("pc-2 PC-2.Moller.dk mail.moller.dk PC-OLD", "host-1 host-2 mail.host-3 host-4"),
        ("10.1.2.3, ip-10-1-2-3, 10_1_2_3 and 010.001.002.003", "ip-1, ip-1, ip-1 and ip-1"),
        ("ip-10-1-2-3.eu-west-1.compute.internal", "ip-1.eu-west-1.compute.internal"),
        ("from 192.168.1.7/24 port 22, 10.0.0.1.443", "from ip-1/24 port 22, ip-2"),
        ("127.0.0.1 0.0.0.0 ::1 :: 255.255.255.0", "127.0.0.1 0.0.0.0 ::1 :: 255.255.255.0"),
        ("fe80::1%eth0, [2001:DB8::1]:443, 2001:db8:0:0:0:0:0:1", "ip-1, [ip-2]:443, ip-2"),
        ("address:fe80::1: up, ::ffff:10.0.0.9 and 10.0.0.9", "address:ip-1: up, ip-2 and ip-2"),
        ("2001-db8--7.ipv6-literal.net", "ip-1"),
        ("52:54:00:AB:CD:01 52-54-00-ab-cd-01 5254.00ab.cd01 525400abcd01 enx525400abcd01", " ".join(["mac-1"] * 5)),
        ("(0:1c:b3:9:85:15)", "(mac-2)"),
        ("Anna.B@Example.ORG or anna.b@example.org, bo%40x.dk", "mail-1 or mail-1, mail-2"),
        ("al@10.0.0.1", "mail-1"),
        ("anna@müller.de and 安娜@例え.jp", "mail-1 and mail-2"),
        ("abc-1234; Serial Number: XY999Z12; serial 77AB12", "serial-1; Serial Number: serial-2; serial serial-3"),
        ("id 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "id serial-2"),
        ("S-1-5-21-1004336348-1177238915-682003330-512", "serial-2"),
    ],
)  # fmt: skip
def test_what_points_to_somebody_is_replaced(text: str, shown: str) -> None:
    assert redact_text(text, MOLLER) == shown
    assert redact_text(shown, MOLLER) == shown, "a second time changes nothing"


@pytest.mark.parametrize(
    "text",
    [
        "version 6.1.0.13 and v6.1.0.13",
        "Chrome 120.0.6099.109 on Windows 10.0.19045.3803",
        "6.1.0-13-amd64",
        "at 12:30:45 on 2026-11-22-10-30",
        "std::deque and a::nothing",
        "the serial port and /dev/ttyS0",
        "Debian GNU/Linux 12 (bookworm)",
        "84.6 GB of 270.6 GB",
    ],
)
def test_what_is_nobodys_is_left_alone(text: str) -> None:
    assert redact_text(text, MOLLER) == text


def test_a_four_part_number_that_nobody_calls_a_version_is_taken_for_an_address() -> None:
    assert redact_text("kernel 6.1.0.13", MOLLER) == "kernel ip-1"


def test_a_computer_that_is_really_called_like_a_pseudonym_is_not_shown() -> None:
    subject = Identity(users=("user-1",), hosts=("web", "host-1"))
    assert redact_text("user-1 on web and host-1", subject) == "user-2 on host-2 and host-3"
    assert redact_text("user-2 on host-2 and host-3", subject) == "user-2 on host-2 and host-3"


def test_a_user_who_is_called_like_the_kind_of_a_pseudonym_leaves_pseudonyms_whole() -> None:
    subject = Identity(users=("host", "1"), hosts=("pc1",))
    assert redact_text("host 1 at pc1", subject) == "user-1 user-2 at host-1"
    assert redact_text("user-1 user-2 at host-1", subject) == "user-1 user-2 at host-1"


def test_invisible_characters_hide_nothing() -> None:
    assert redact_text("mø\u200bller", MOLLER) == "user-1"


@pytest.mark.timeout(20)
@pytest.mark.parametrize("piece", ["a", "1.", ":", "fe80:", "a@", "00:", "//a", "/home/", "ø"])
def test_a_long_text_made_to_be_slow_is_not(piece: str) -> None:
    assert redact_text((piece * 20_000)[:20_000], Identity(users=("aaaa", "aa", "oooo")))


def test_a_report_is_redacted_in_every_string_and_shows_what_was_replaced() -> None:
    report = _report(
        "The disk /media/møller/usb is full.",
        Evidence(name="/media/møller/usb free", value=0.1, unit="GB"),
        Evidence(name="address", value="10.0.0.5"),
        Evidence(name="up", value=True),
    )
    redacted = redact(report, MOLLER)
    (finding,) = redacted.report.findings
    assert finding.sentence == "The disk /media/user-1/usb is full."
    assert [(fact.name, fact.value) for fact in finding.evidence] == [
        ("/media/user-1/usb free", 0.1),
        ("address", "ip-1"),
        ("up", True),
    ]
    assert [(entry.kind, entry.pseudonym, entry.original, entry.count) for entry in redacted.replaced] == [
        (Kind.USER, "user-1", "Møller", 2),
        (Kind.ADDRESS, "ip-1", "10.0.0.5", 1),
    ]
    assert "ller" not in redacted.report.model_dump_json()


def test_a_sentence_that_grows_past_its_limit_is_shortened() -> None:
    redacted = redact(_report("al " * 166), MOLLER)
    sentence = redacted.report.findings[0].sentence
    assert len(sentence) == 500
    assert Report.model_validate_json(redacted.report.model_dump_json()) == redacted.report


def test_one_redactor_gives_several_texts_the_same_numbers() -> None:
    redactor = Redactor(MOLLER)
    assert redactor.text("10.0.0.7") == "ip-1"
    assert redactor.text("10.0.0.8 and 10.0.0.7") == "ip-2 and ip-1"
    assert [entry.count for entry in redactor.replaced()] == [2, 1]


def _report(sentence: str, *evidence: Evidence) -> Report:
    finding = Finding(check="disks", level=Level.PROBLEM, sentence=sentence, evidence=evidence, seconds=0)
    return Report(at=datetime(2026, 11, 1, tzinfo=UTC), seconds=0, findings=(finding,))
