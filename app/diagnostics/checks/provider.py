"""Whether the provider of help can be reached from here."""

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from app.diagnostics.check import Outcome
from app.domain.finding import Evidence, Level
from app.system.translations import _

_TIMEOUT_SECONDS = 3.0
_CLOCK_SLACK_SECONDS = 300


class ProviderCheck:
    """Asks the provider's service for a sign of life, as the rest of the program will reach it."""

    name = "provider"
    limit_seconds = 8.0

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    @property
    def title(self) -> str:
        """What it looks at, in the person's language."""
        return _("Your provider")

    def run(self) -> Outcome:
        """A problem where it cannot be reached, with the reason; a notice where the clocks differ."""
        from requests import RequestException

        began = time.monotonic()
        try:
            status, behind = self._ask()
        except RequestException as error:
            return self._outcome(Level.PROBLEM, _reason(error))
        facts = [
            Evidence(name="status", value=status),
            Evidence(name="answered in", value=round(1000 * (time.monotonic() - began), 1), unit="ms"),
        ]
        if behind is not None:
            facts.append(Evidence(name="clock behind the provider's", value=behind, unit="s"))
        level, sentence = Level.OK, _("Your provider can be reached.")
        if status != 200:
            level, sentence = Level.PROBLEM, _("Something answers for your provider, but it is not well.")
        elif abs(behind or 0) > _CLOCK_SLACK_SECONDS:
            level = Level.NOTICE
            sentence = _("Your provider can be reached, but this computer's clock is wrong.")
        return self._outcome(level, sentence, facts)

    def _ask(self) -> tuple[int, int | None]:
        """The status of the answer, and by how many seconds this computer's clock is behind, where that is told."""
        import requests

        # The body is not read: the status is the answer, and a stranger's body could be endless.
        with requests.get(
            f"{self._url}/healthz", timeout=_TIMEOUT_SECONDS, stream=True, allow_redirects=False
        ) as answer:
            return answer.status_code, _seconds_behind(answer.headers.get("Date", ""))

    def _outcome(self, level: Level, sentence: str, facts: list[Evidence] | None = None) -> Outcome:
        where = Evidence(name="provider", value=urlsplit(self._url).hostname or "")
        return Outcome(level=level, sentence=sentence, evidence=(where, *(facts or [])))


def _reason(error: Exception) -> str:
    from requests import exceptions

    if isinstance(error, exceptions.SSLError):
        return _("Whoever answers cannot prove to be your provider. Please ring your provider.")
    if isinstance(error, exceptions.ProxyError):
        return _("Your network does not let this computer through to your provider.")
    if isinstance(error, exceptions.Timeout):
        return _("Your provider did not answer in time.")
    return _("Your provider could not be reached from this computer.")


def _seconds_behind(untrusted_date: str) -> int | None:
    """How far this computer's clock is behind the provider's, or None where it does not tell the time."""
    try:
        theirs = parsedate_to_datetime(untrusted_date)
    except ValueError:
        return None
    theirs = theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)
    return round((theirs - datetime.now(UTC)).total_seconds())
