"""Makes all texts 40 % longer, to see whether windows have room for other languages."""

from app.system import translations

_FILLING = "ændringsforespørgslen"


def lengthen_texts() -> None:
    """Call before any window is made."""
    catalogue = translations._catalogue(translations.language())
    plain, plural = catalogue.gettext, catalogue.ngettext

    def longer(message: str) -> str:
        return _longer(plain(message))

    def longer_plural(msgid1: str, msgid2: str, n: int) -> str:
        return _longer(plural(msgid1, msgid2, n))

    vars(catalogue).update(gettext=longer, ngettext=longer_plural)


def _longer(text: str) -> str:
    wanted = round(len(text) * 0.4)
    filling = (_FILLING[: len(_FILLING) // 2] + " " + _FILLING) * (wanted // len(_FILLING) + 1)
    return f"{text} {filling[: max(1, wanted - 1)]}".rstrip() if len(text) > 2 else text
