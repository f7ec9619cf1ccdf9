"""Where the problem probably lies, told from the findings, with the evidence that says so (rule 5).

A suggestion is never more certain than its evidence: where nothing stands out it says so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.events import Certainty, Place
from app.domain.finding import Finding, Level
from app.system.translations import _


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A place, how sure that is, a sentence for the customer, and the findings that it rests on."""

    place: Place
    certainty: Certainty
    sentence: str
    because: tuple[Finding, ...]


# What lies further down explains what fails above it: no route, so no names, so no provider.
_ORDER: tuple[tuple[str, Place], ...] = (
    ("interfaces", Place.NETWORK),
    ("route", Place.NETWORK),
    ("dns", Place.NETWORK),
    ("provider", Place.PROVIDER),
    ("disks", Place.COMPUTER),
    ("memory", Place.COMPUTER),
    ("processor", Place.COMPUTER),
    ("uptime", Place.COMPUTER),
    ("busiest", Place.COMPUTER),
    ("system", Place.COMPUTER),
)


def suggest(findings: Iterable[Finding]) -> Suggestion:
    """The place that explains most, from the worst findings."""
    by_check = {finding.check: finding for finding in findings}
    for level, certainty in ((Level.PROBLEM, Certainty.ASSUMED), (Level.NOTICE, Certainty.UNKNOWN)):
        first = _first(by_check, level)
        if first is not None:
            place, finding = first
            because = tuple(other for other in by_check.values() if other.level is level)
            return Suggestion(place, certainty, _sentence(place, finding, certainty), because)
    return Suggestion(
        Place.UNKNOWN,
        Certainty.UNKNOWN,
        _("Nothing stands out on this computer. The technician will look further."),
        (),
    )


def _first(by_check: Mapping[str, Finding], level: Level) -> tuple[Place, Finding] | None:
    for check, place in _ORDER:
        finding = by_check.get(check)
        if finding is not None and finding.level is level:
            return place, finding
    # A check that a newer program made: all that we know is that it looked at this computer.
    other = next((finding for finding in by_check.values() if finding.level is level), None)
    return (Place.COMPUTER, other) if other is not None else None


def _sentence(place: Place, finding: Finding, certainty: Certainty) -> str:
    where = {
        Place.COMPUTER: _("It probably lies in this computer."),
        Place.NETWORK: _("It probably lies in the network."),
        Place.PROVIDER: _("It probably lies with your provider's service, not with you."),
    }
    if certainty is Certainty.UNKNOWN:
        return _("This may or may not be it: {finding}").format(finding=finding.sentence)
    return f"{where[place]} {finding.sentence}"
