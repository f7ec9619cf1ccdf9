"""Takes out of a report what points to a person or a machine, and puts a pseudonym in its place.

What is known of this machine gets its pseudonyms first, in `Identity`'s order, so "user-1" and "host-1" mean the same
in every report of the same machine. What is found by its shape is numbered as it turns up, and reports list their
findings in a stable order.
"""

from collections.abc import Iterable

from app.diagnostics.folding import Folded, folded
from app.diagnostics.identity import Identity
from app.diagnostics.pseudonyms import Pseudonyms, Replacement, standing_in
from app.diagnostics.report import Report
from app.diagnostics.traces import Finder, Kind, Trace, by_shape, home, mac, names
from app.domain.finding import Evidence, Finding
from app.domain.records import Record

_MOST_ROUNDS = 8
_LONGEST_SENTENCE = 500
_LONGEST_NAME = 200


class Redacted(Record):
    """A report without originals, and what was replaced in it. Only `report` is ever shared."""

    report: Report
    replaced: tuple[Replacement, ...]


def redact(report: Report, subject: Identity) -> Redacted:
    """The report with pseudonyms in every sentence and every piece of evidence.

    The names of checks and the units are the program's own words and stay.
    """
    redactor = Redactor(subject)
    findings = tuple(_redact_finding(finding, redactor) for finding in report.findings)
    return Redacted(report=report.model_copy(update={"findings": findings}), replaced=redactor.replaced())


def redact_text(text: str, subject: Identity) -> str:
    """One text with pseudonyms. To redact several texts with the same numbers, use one `Redactor`."""
    return Redactor(subject).text(text)


class Redactor:
    """Gives out pseudonyms: the same original gets the same one for as long as the redactor lives. One thread."""

    def __init__(self, subject: Identity) -> None:
        self._pseudonyms = Pseudonyms()
        self._finders = self._known(subject)

    def text(self, text: str) -> str:
        """The text with pseudonyms. A text that has them already is left as it is."""
        # What is put in may touch what stood beside it, so it looks again until nothing changes.
        for _round in range(_MOST_ROUNDS):
            before, text = text, self._once(text)
            if text == before:
                break
        return text

    def replaced(self) -> tuple[Replacement, ...]:
        """What was replaced so far, by kind and number."""
        return self._pseudonyms.replaced()

    def _known(self, subject: Identity) -> list[Finder]:
        by_kind = (
            (Kind.USER, subject.users),
            (Kind.HOME, subject.homes),
            (Kind.HOST, subject.hosts),
            (Kind.SERIAL, subject.serials),
        )
        known = [(kind, written, folded(written).text) for kind, group in by_kind for written in group]
        self._pseudonyms.avoid(name for _kind, _written, name in known)
        for kind, written, name in known:
            self._pseudonyms.of(kind, _key(kind, name), written)
        for address in subject.hardware:
            self._pseudonyms.of(Kind.HARDWARE, mac(address), address)
        finders = [names(kind, _key(kind, name), name) for kind, _written, name in known if name]
        # With marks between its digits it is found by its shape.
        bare = (mac(address) for address in subject.hardware)
        return finders + [names(Kind.HARDWARE, address, address.replace(":", "")) for address in bare if address]

    def _once(self, text: str) -> str:
        seen = folded(text)
        traces = [trace for find in (*self._finders, by_shape) for trace in find(seen.text)]
        parts, place = [], 0
        for trace in _apart(seen.text, self._without_pseudonyms(seen.text, traces)):
            start, end = seen.original_span(trace.start, trace.end)
            start = max(start, place)
            parts += [text[place:start], self._pseudonyms.used(trace.kind, trace.original, _as_written(seen, trace))]
            place = max(end, place)
        return "".join([*parts, text[place:]])

    def _without_pseudonyms(self, text: str, traces: Iterable[Trace]) -> list[Trace]:
        """The traces that are not merely a part of a pseudonym that stands there."""
        standing = [(start, end) for start, end in standing_in(text) if not self._pseudonyms.avoids(text[start:end])]

        def is_part(trace: Trace) -> bool:
            return any(start <= trace.start and trace.end <= end for start, end in standing)

        return [trace for trace in traces if not is_part(trace)]


def _apart(text: str, traces: Iterable[Trace]) -> list[Trace]:
    """The traces widened to whole words, and those that overlap made one: nothing of any of them may be left over."""
    apart: list[Trace] = []
    for trace in sorted(traces, key=lambda trace: (trace.start, -trace.end)):
        start, end = trace.start, trace.end
        # A pseudonym beside a letter would no longer be one.
        while start > 0 and text[start - 1].isalnum():
            start -= 1
        while end < len(text) and text[end].isalnum():
            end += 1
        if apart and start < apart[-1].end:
            last = apart[-1]
            apart[-1] = Trace(last.start, max(end, last.end), last.kind, last.original)
        else:
            apart.append(Trace(start, end, trace.kind, trace.original))
    return apart


def _key(kind: Kind, name: str) -> str:
    """The form by which a known name is known again when it is found by its shape."""
    return home(name) if kind is Kind.HOME else name


def _as_written(seen: Folded, trace: Trace) -> str:
    start, end = seen.original_span(trace.start, trace.end)
    return seen.original[start:end]


def _redact_finding(finding: Finding, redactor: Redactor) -> Finding:
    sentence = _shortened(redactor.text(finding.sentence), _LONGEST_SENTENCE)
    evidence = tuple(_redact_evidence(fact, redactor) for fact in finding.evidence)
    return finding.model_copy(update={"sentence": sentence, "evidence": evidence})


def _redact_evidence(fact: Evidence, redactor: Redactor) -> Evidence:
    name = _shortened(redactor.text(fact.name), _LONGEST_NAME)
    value = redactor.text(fact.value) if isinstance(fact.value, str) else fact.value
    return fact.model_copy(update={"name": name, "value": value})


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
