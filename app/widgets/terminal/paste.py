"""What pasted text may say: letters, tabs and line ends. A paste cannot press a key or end its own marks."""

_START = b"\x1b[200~"
_END = b"\x1b[201~"
_KEPT = {9, 13}
_DROPPED = dict.fromkeys([code for code in range(32) if code not in _KEPT] + list(range(127, 160)))


def runs_by_itself(untrusted: str, bracketed: bool) -> bool:
    """Whether a shell would run this as soon as it is pasted: it has line ends, and nobody asked for marks."""
    return not bracketed and b"\r" in pasted(untrusted, bracketed)


def pasted(untrusted: str, bracketed: bool) -> bytes:
    """The bytes for a paste. `bracketed` says that the other side asked for pastes to be marked.

    Control characters are dropped, the escape that would end the marks among them.
    """
    text = untrusted.replace("\r\n", "\r").replace("\n", "\r").translate(_DROPPED).encode()
    if not text:
        return b""
    return _START + text + _END if bracketed else text
