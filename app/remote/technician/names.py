"""The one place where a name from the customer's machine becomes a name on this one."""

import re
import unicodedata
from pathlib import Path

from app.remote.errors import TransferError

_LONGEST = 150
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)", re.IGNORECASE)
_FORBIDDEN = frozenset('<>:"|?*')


def local_name(untrusted_remote: str) -> str:
    """A file name that is safe on every system: the last component alone, without controls or reserved words.

    Raises `TransferError` where nothing is left to call it by.
    """
    last = re.split(r"[/\\]", untrusted_remote)[-1]
    plain = "".join("_" if letter in _FORBIDDEN else letter for letter in last if _is_plain(letter))
    name = plain.strip(" ").rstrip(". ").lstrip(".").strip(" ")[:_LONGEST].rstrip(". ")
    if not name:
        raise TransferError("The file has no name that could be used here. Say what to call it.")
    return f"_{name}" if _RESERVED.match(name) else name


def local_path(untrusted_remote: str, wanted: Path) -> Path:
    """Where a downloaded file goes: exactly `wanted`, or, where that is a folder, a safe name in it."""
    return wanted / local_name(untrusted_remote) if wanted.is_dir() else wanted


def _is_plain(letter: str) -> bool:
    return unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
