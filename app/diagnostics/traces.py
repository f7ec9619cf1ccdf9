"""Finds what may point to a person or a machine in folded text: known names, and addresses by their shape.

Each finder gives the traces it sees; they may overlap. Text comes in folded (lower case, no accents), see `folding`.
A finder errs on the side of taking too much: a version number lost costs less than an address shown.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a trace is; the pseudonym begins with it."""

    USER = "user"
    HOME = "home"
    HOST = "host"
    ADDRESS = "ip"
    HARDWARE = "mac"
    MAIL = "mail"
    SERIAL = "serial"


@dataclass(frozen=True, slots=True)
class Trace:
    """A span of the folded text, and the original it stands for in the form by which it is known again."""

    start: int
    end: int
    kind: Kind
    original: str


Finder = Callable[[str], Iterator[Trace]]

_MAC = re.compile(
    r"(?<![0-9a-z])(?:"
    r"(?:enx|wlx|wwx)?[0-9a-f]{2}(?P<between>[:\-. ]?)[0-9a-f]{2}(?:(?P=between)[0-9a-f]{2}){4,18}"
    r"|[0-9a-f]{1,2}(?::[0-9a-f]{1,2}){5}"
    r"|[0-9a-f]{4}(?P<wide>[.:\-])[0-9a-f]{4}(?P=wide)[0-9a-f]{4}"
    r")(?![0-9a-z])"
)
_DOTTED = re.compile(r"(?<![0-9])[0-9]{1,3}(?:\.[0-9]+){3,}")
_DASHED = re.compile(r"(?<![0-9])(?:ip-)?[0-9]{1,3}([-_])[0-9]{1,3}\1[0-9]{1,3}\1[0-9]{1,3}(?![0-9])")
_VERSION_BEFORE = re.compile(r"(?:\bv|\bversion[ :=]{1,3}|\brelease[ :=]{1,3})$")
_COLONS = re.compile(r"(?<![0-9a-f:])[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*(?:(?:\.[0-9]+){3})?(?:%[0-9a-z._\-]+)?")
_LITERAL = re.compile(r"[0-9a-f\-]{2,45}(?:s[0-9a-z]+)?\.ipv6-literal\.net")
_ARPA = re.compile(r"(?<![0-9a-z.])(?:[0-9a-f]\.){4,}ip6\.arpa")
_MAIL = re.compile(r"[^\s@<>\"'(),;:\[\]/\\|]{1,64}(?:@|%40)[^\W_](?:[\w.\-]*[^\W_])?")
_PATH = re.compile(
    r"(?:(?<![0-9a-z])[a-z]:[\\/]{1,4}(?:users|documents and settings)|[\\/]{1,4}(?:home|users))[\\/]{1,4}"
    r"(?P<who>[^\\/:*?\"<>|\n]{1,64}(?=\\)|[^\\/\s:*?\"'<>|,;]{1,64})"
)
_SHARE = re.compile(r"(?<![0-9a-z:\\/])(?:\\\\|//)(?P<server>[0-9a-z][0-9a-z._\-]*)(?=[\\/])")
_SERIAL = re.compile(
    r"serial(?: ?(?:number|no|nr))?\.?(?:\s?[:=#]\s?|\s(?=[a-z\-]*[0-9]))(?P<value>[0-9a-z][0-9a-z\-]{3,})"
)
_UUID = re.compile(r"(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])")
_WINDOWS_ACCOUNT = re.compile(r"(?<![0-9a-z])s-1-5-21(?:-[0-9]+){3,}")
_NOBODYS_FOLDER = frozenset({"public", "shared", "default", "all users"})


def names(kind: Kind, original: str, name: str) -> Finder:
    """A finder of one known name, given folded.

    A name of four letters or more is found inside longer words too, a shorter one only as a word of its own.
    """

    def find(text: str) -> Iterator[Trace]:
        place = text.find(name)
        while place >= 0:
            end = place + len(name)
            if len(name) >= 4 or not (_cuts(text, place) or _cuts(text, end)):
                start, end = whole_words(text, place, end)
                yield Trace(start, end, kind, original)
                place = text.find(name, end)
            else:
                place = text.find(name, place + 1)

    return find


def whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    """The span widened to the ends of the words that it cuts."""
    while _cuts(text, start):
        start -= 1
    while _cuts(text, end):
        end += 1
    return start, end


def _cuts(text: str, place: int) -> bool:
    """Whether a cut there goes through a word."""
    return 0 < place < len(text) and text[place - 1].isalnum() and text[place].isalnum()


def by_shape(text: str) -> Iterator[Trace]:
    """Everything that has the shape of an address, a home folder, a serial number."""
    for find in (_mails, _hardware, _dotted, _dashed, _colons, _other_addresses, _homes, _shares, _serials):
        yield from find(text)


def _mails(text: str) -> Iterator[Trace]:
    for match in _MAIL.finditer(text):
        yield Trace(*match.span(), Kind.MAIL, match.group().replace("%40", "@"))


def _hardware(text: str) -> Iterator[Trace]:
    for match in _MAC.finditer(text):
        digits = match.group().removeprefix("enx").removeprefix("wlx").removeprefix("wwx")
        bare = digits.isalnum() and match["wide"] is None
        if bare and not (re.search("[a-f]", digits) and re.search("[0-9]", digits) and len(digits) in (12, 16, 40)):
            continue  # a plain word or number
        yield Trace(*match.span(), Kind.HARDWARE, mac(digits))


def mac(written: str) -> str:
    """A hardware address in the form by which it is known again, however it was written."""
    groups = re.split(r"[:\-. ]", written)
    if all(len(group) <= 2 for group in groups):
        groups = [group.zfill(2) for group in groups]
    digits = "".join(groups).lower()
    return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))


def _dotted(text: str) -> Iterator[Trace]:
    for match in _DOTTED.finditer(text):
        parts = [int(part) if len(part) <= 3 else 999 for part in match.group().split(".")]
        windows = [parts[place : place + 4] for place in range(len(parts) - 3)]
        if not any(all(part <= 255 for part in window) for window in windows):
            continue  # a part too large for an address: the version of a program
        if _is_harmless(parts) or _VERSION_BEFORE.search(text, max(0, match.start() - 20), match.start()):
            continue
        yield Trace(*match.span(), Kind.ADDRESS, ".".join(str(part) for part in parts))


def _dashed(text: str) -> Iterator[Trace]:
    for match in _DASHED.finditer(text):
        parts = [int(part) for part in re.split("[-_]", match.group().removeprefix("ip-"))]
        before, after = text[: match.start()][-2:], text[match.end() :][:2]
        longer = re.search(r"[0-9][-_]$", before) or re.match(r"[-_][0-9]", after)
        if longer and not match.group().startswith("ip-"):
            continue  # a date with its time
        if all(part <= 255 for part in parts) and not _is_harmless(parts):
            yield Trace(*match.span(), Kind.ADDRESS, ".".join(str(part) for part in parts))


def _is_harmless(parts: list[int]) -> bool:
    """The computer's own inner address, "everywhere", and masks."""
    return len(parts) == 4 and (parts[0] in (127, 255) or not any(parts))


def _colons(text: str) -> Iterator[Trace]:
    for match in _COLONS.finditer(text):
        written = _without_lone_colons(match.group().partition("%")[0])
        start = match.start() + match.group().index(written)
        end = match.end() if "%" in match.group() else start + len(written)
        touches = text[max(0, start - 1) : start].isalnum() or text[end : end + 1].isalnum()
        if touches and written.count(":") < 3:
            continue  # "std::deque", the name of a program's part
        if original := _ipv6(written):
            yield Trace(start, end, Kind.ADDRESS, original)


def _without_lone_colons(written: str) -> str:
    """An address without the colon of the sentence around it, as in "address:fe80::1: up"."""
    if written.startswith(":") and not written.startswith("::"):
        written = written[1:]
    return written[:-1] if written.endswith(":") and not written.endswith("::") else written


def _ipv6(written: str) -> str:
    """The address in the form by which it is known again; nothing where it is none, or is harmless."""
    try:
        address = ipaddress.IPv6Address(written)
    except ValueError:
        # Malformed, or with more run on to it. Times of day have fewer colons.
        looks_like_one = written.count(":") >= 3 and ("::" in written or written.count(":") >= 7)
        return written if looks_like_one else ""
    inner = address.ipv4_mapped or address
    return "" if inner.is_loopback or inner.is_unspecified else str(inner)


def _other_addresses(text: str) -> Iterator[Trace]:
    for pattern in (_LITERAL, _ARPA):
        for match in pattern.finditer(text):
            yield Trace(*match.span(), Kind.ADDRESS, match.group())


def _homes(text: str) -> Iterator[Trace]:
    for match in _PATH.finditer(text):
        if match["who"].strip() not in _NOBODYS_FOLDER:
            yield Trace(*match.span(), Kind.HOME, home(match.group()))


def home(written: str) -> str:
    """A home folder in the form by which it is known again, whichever way its slashes lean."""
    return re.sub(r"[\\/]+", "/", written)


def _shares(text: str) -> Iterator[Trace]:
    for match in _SHARE.finditer(text):
        yield Trace(*match.span("server"), Kind.HOST, match["server"])


def _serials(text: str) -> Iterator[Trace]:
    for match in _SERIAL.finditer(text):
        yield Trace(*match.span("value"), Kind.SERIAL, match["value"])
    for pattern in (_UUID, _WINDOWS_ACCOUNT):
        for match in pattern.finditer(text):
            yield Trace(*match.span(), Kind.SERIAL, match.group())
