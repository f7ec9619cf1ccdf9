"""What holds of redaction for every text and every name: nothing survives, twice is once, the same is the same."""

import ipaddress
import re
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from app.diagnostics.folding import folded
from app.diagnostics.identity import Identity
from app.diagnostics.redact import Redactor, redact_text
from app.diagnostics.traces import Kind

_PSEUDONYM = re.compile(rf"(?:{'|'.join(Kind)})-[0-9]+")
_CASES: tuple[Callable[[str], str], ...] = (str, str.lower, str.upper, str.title, str.swapcase, str.casefold)


anything = st.text(max_size=30)
name = st.text(st.characters(categories=["L", "Nd"]), min_size=4, max_size=12).filter(lambda text: folded(text).text)
host = st.from_regex(r"[a-z][a-z0-9]{1,6}(-[a-z0-9]{1,6})?(\.[a-z]{2,8}){0,2}", fullmatch=True)
short = st.from_regex(r"[a-z]{2,3}", fullmatch=True)
case = st.sampled_from(_CASES)
ipv4 = st.ip_addresses(v=4).filter(lambda address: address.packed[0] not in (0, 127, 255))
ipv6 = st.ip_addresses(v=6).filter(lambda address: int(address) >> 32 not in (0, 0xFFFF))
mac = st.binary(min_size=6, max_size=6).map(lambda raw: raw.hex(":"))
# What may stand around an address without being a part of it.
around = st.text(st.characters(categories=["L", "P", "Z", "S"], exclude_characters=".:-_%@/\\"), max_size=12)


def _rest(shown: str) -> str:
    """What is left of a text when its pseudonyms are taken out."""
    return folded(_PSEUDONYM.sub(" ", shown)).text


@given(name=name, case=case, before=anything, after=anything)
def test_no_known_name_survives_in_any_case_and_any_surroundings(
    name: str, case: Callable[[str], str], before: str, after: str
) -> None:
    shown = redact_text(before + case(name) + after, Identity(users=(name,)))
    assert folded(name).text not in _rest(shown)


@given(host=host, case=case, before=around, after=around)
def test_no_host_name_survives_between_other_words(
    host: str, case: Callable[[str], str], before: str, after: str
) -> None:
    shown = redact_text(f"{before} {case(host)} {after}", Identity(hosts=(host,)))
    assert not re.search(rf"(?<![0-9a-z]){re.escape(host)}(?![0-9a-z])", _rest(shown))


@given(name=short, folder=st.sampled_from(["/home/{}/x", r"\\srv\{}\x", "C:\\Users\\{}", "{}@pc", "/srv/{}_old"]))
def test_no_short_name_survives_in_a_path(name: str, folder: str) -> None:
    shown = redact_text(folder.format(name.upper()), Identity(users=(name,)))
    assert name not in re.split("[^a-z]", _rest(shown))


@given(
    address=ipv4,
    form=st.sampled_from(["{}", "{}/24", "[{}]", "{}:80", "ip-{}", "{}.", "x={}"]),
    dashed=st.booleans(),
    before=around,
    after=around,
)
def test_no_ipv4_address_survives(
    address: ipaddress.IPv4Address, form: str, dashed: bool, before: str, after: str
) -> None:
    written = str(address).replace(".", "-") if dashed else str(address)
    shown = redact_text(f"{before} {form.format(written)} {after}", Identity())
    assert written not in _rest(shown)


@given(
    address=ipv6,
    form=st.sampled_from(["{}", "{}%eth0", "[{}]:80", "{}/64", "{},", "<{}>"]),
    upper=st.booleans(),
    exploded=st.booleans(),
    before=around,
    after=around,
)
def test_no_ipv6_address_survives(
    address: ipaddress.IPv6Address, form: str, upper: bool, exploded: bool, before: str, after: str
) -> None:
    written = address.exploded if exploded else address.compressed
    shown = redact_text(f"{before} {form.format(written.upper() if upper else written)} {after}", Identity())
    assert written not in _rest(shown)


@given(address=mac, upper=st.booleans(), before=around, after=around, between=st.sampled_from([":", "-", ".", " "]))
def test_no_hardware_address_survives(address: str, upper: bool, before: str, after: str, between: str) -> None:
    digits = address.replace(":", "")
    written = f"{digits[:4]}.{digits[4:8]}.{digits[8:]}" if between == "." else address.replace(":", between)
    shown = redact_text(f"{before} {written.upper() if upper else written} {after}", Identity())
    assert written not in _rest(shown)


@given(address=st.emails(), before=around, after=around)
def test_no_mail_address_survives(address: str, before: str, after: str) -> None:
    person, _at, domain = address.rpartition("@")
    if not re.fullmatch(r"[A-Za-z0-9.+_\-]+", person):  # rarer marks are shown cut, with the domain gone
        person = address
    shown = redact_text(f"{before} {address} {after}", Identity())
    assert f"{person}@{domain}".lower() not in shown.lower()


glue = st.sampled_from(
    ["user-1", "host-2", "ip-1", "-", ".", ":", "@", "/home/", "C:\\Users\\", "\\\\", "10.0.0.", "serial "]
)
addresses = mac | ipv4.map(str) | ipv6.map(str)
tricky = st.lists(anything | name | host | short | around | addresses | glue, max_size=8).map("".join)


@given(text=tricky, users=st.lists(name | short, max_size=3), hosts=st.lists(host, max_size=3))
def test_redacting_twice_is_redacting_once(text: str, users: list[str], hosts: list[str]) -> None:
    subject = Identity(users=tuple(users), hosts=tuple(hosts))
    once = redact_text(text, subject)
    assert redact_text(once, subject) == once


@given(text=tricky, users=st.lists(name | short, max_size=3))
def test_the_same_original_has_the_same_pseudonym_throughout(text: str, users: list[str]) -> None:
    subject = Identity(users=tuple(users))
    redactor = Redactor(subject)
    assert redactor.text(text) == redactor.text(text) == Redactor(subject).text(text)
    replaced = redactor.replaced()
    assert len({entry.pseudonym for entry in replaced}) == len(replaced)


@given(text=st.text(max_size=60))
def test_folding_knows_where_each_part_stood(text: str) -> None:
    seen = folded(text)
    for place in range(len(seen.text)):
        start, end = seen.original_span(place, place + 1)
        assert 0 <= start < end <= len(text)
        assert seen.text[place] in folded(text[start:end]).text
