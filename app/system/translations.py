"""Every text that a person reads goes through gettext. English stands in the code; the others in resources/locale."""

import gettext as _gettext
import locale
from collections.abc import Callable
from functools import cache
from pathlib import Path

_DOMAIN = "bistand"
LANGUAGES = ("en", "da", "nb", "nl", "de")


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    return _gettext.translation(_DOMAIN, resources() / "locale", [language], fallback=True)


def _(text: str) -> str:
    """The text in the person's language."""
    return _catalogue(language()).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """The text for a number of things, in the person's language."""
    return _catalogue(language()).ngettext(one, many, count)


def texts(domain: str, language: str) -> Callable[[str], str]:
    """Texts for somebody else, in their language (one of `LANGUAGES`), out of a catalogue of their own."""
    return _gettext.translation(domain, resources() / "locale", [language], fallback=True).gettext


@cache
def language() -> str:
    """The person's language as the system tells it, one of `LANGUAGES`."""
    try:
        code = (locale.getlocale()[0] or "en").split("_")[0].lower()
    except ValueError:
        code = "en"
    code = {"no": "nb", "nn": "nb"}.get(code, code)
    return code if code in LANGUAGES else "en"


def resources() -> Path:
    """The folder of pictures, texts and templates: beside `app` in a checkout, inside it when installed."""
    inside = Path(__file__).parent.parent / "resources"
    return inside if inside.is_dir() else inside.parent.parent / "resources"
