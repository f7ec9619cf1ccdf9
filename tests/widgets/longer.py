"""Makes all texts 40 % longer, to see whether windows have room for other languages."""

from app.system import translations


def lengthen_texts() -> None:
    """Call before any window is made, and before the modules that show texts ask for them."""
    catalogue = translations._catalogue(translations.language())
    plain, plural = catalogue.gettext, catalogue.ngettext
    catalogue.gettext = lambda text: _longer(plain(text))  # type: ignore[method-assign]
    catalogue.ngettext = lambda one, many, n: _longer(plural(one, many, n))  # type: ignore[method-assign]


def _longer(text: str) -> str:
    words = "ænderungsgesellschaft"
    return f"{text} {words[: max(1, round(len(text) * 0.4)) % len(words)]}".rstrip()
