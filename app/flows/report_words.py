"""A work report in the customer's language: all its words, times and money, ready to be laid out."""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from babel.dates import format_date
from babel.numbers import format_currency, get_currency_precision
from babel.units import format_unit

from app.domain.agreement import RoundingMode
from app.domain.charge import Line, Rule
from app.domain.events import WorkKind
from app.flows.work_report import ReportLine, WorkReport
from app.system.translations import texts

_LOCALES = {"en": "en_GB", "da": "da_DK", "nb": "nb_NO", "nl": "nl_NL", "de": "de_DE"}
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table. `figures` stand under the columns from the third on; `done` is what people wrote."""

    day: str
    title: str
    reference: str
    rule: str
    figures: tuple[str, ...]
    done: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole report in words. Nothing of it is markup, whoever wrote it."""

    language: str
    title: str
    period: str
    shop: str
    facts: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: tuple[str, ...]
    nothing: str
    favours: str
    notes: tuple[str, ...]

    def text(self) -> str:
        """All its letters, for whoever looks for a font that has them."""
        rows = (
            part for row in self.rows for part in (row.day, row.title, row.reference, row.rule, *row.figures, *row.done)
        )
        facts = (part for fact in self.facts for part in fact)
        heads = (
            self.title,
            self.period,
            self.shop,
            *self.columns,
            *self.total,
            self.nothing,
            self.favours,
            *self.notes,
        )
        return "".join((*heads, *facts, *rows))


def in_words(report: WorkReport, language: str) -> Sheet:
    """The report for somebody who reads this language, one of `LANGUAGES`."""
    return _Words(report, language).sheet()


class _Words:
    def __init__(self, report: WorkReport, language: str) -> None:
        self._report = report
        self._language = language
        self._locale = _LOCALES[language]
        self._say = texts("report", language)

    def sheet(self) -> Sheet:
        _, report = self._say, self._report
        return Sheet(
            language=self._language,
            title=_("Work report"),
            period=self._period(),
            shop=report.shop,
            facts=(
                (_("For"), report.customer),
                (_("Agreement"), report.agreement),
                (_("Made on"), self._day(report.made)),
            ),
            columns=self._columns(),
            rows=self._rows(),
            total=(_("Total"), *self._figures(report.worked, report.charged, "", report.total)) if report.lines else (),
            nothing="" if report.lines else _("Nothing was worked for you in this time."),
            favours=self._favours(),
            notes=self._notes(),
        )

    def _period(self) -> str:
        begins, ends = self._report.begins, self._report.ends
        if (
            begins.day == 1
            and (begins.year, begins.month) == (ends.year, ends.month)
            and ends.day == monthrange(ends.year, ends.month)[1]
        ):
            return format_date(begins, "LLLL y", locale=self._locale)
        return " – ".join(dict.fromkeys((self._day(begins), self._day(ends))))

    def _columns(self) -> tuple[str, ...]:
        _ = self._say
        first = (_("Day"), _("What was done"), _("Worked"))
        return first if self._report.in_house else (*first, _("Charged"), _("Per hour"), _("Amount"))

    def _rows(self) -> tuple[Row, ...]:
        lines = _jobs(self._report.lines) if self._report.in_house else self._report.lines
        worked = whole_seconds([line.charged.worked for line in lines])
        charged = whole_seconds([line.charged.charged for line in lines])
        return tuple(self._row(*each) for each in zip(lines, worked, charged, strict=True))

    def _row(self, line: ReportLine, worked: int, charged: int) -> Row:
        return Row(
            day=self._day(line.charged.day),
            title=line.title or self._say("Help"),
            reference=line.reference,
            rule="" if self._report.in_house else self._rule(line.charged),
            figures=self._figures(worked * _SECOND, charged * _SECOND, self._rate(line.charged), line.charged.amount),
            done=line.done,
        )

    def _figures(self, worked: int, charged: int, rate: str, amount: int) -> tuple[str, ...]:
        if self._report.in_house:
            return (self._length(worked),)
        return (self._length(worked), self._length(charged), rate, self._money(amount))

    def _rule(self, line: Line) -> str:
        _ = self._say
        if line.rule is Rule.GOODWILL:
            return _("A favour: not charged; it would have cost {value}").format(value=self._money(line.value))
        return {
            Rule.INCLUDED: _("Included in the agreement"),
            Rule.HOURLY: _("By the hour"),
            Rule.HOURLY_AFTER_HOURS: _("By the hour, outside opening hours"),
            Rule.SPECIAL: _("Outside the agreement, at the special rate"),
            Rule.SPECIAL_AFTER_HOURS: _("Outside the agreement, at the special rate, outside opening hours"),
            Rule.TRAVEL: _("Travel"),
            Rule.REWORK: _("It came back: not charged"),
            Rule.INTERNAL: "",
        }[line.rule]

    def _rate(self, line: Line) -> str:
        """What an hour of it costs, exactly; nothing where none of it is to be paid."""
        if not line.rate * line.percent:
            return ""
        rate = Decimal(line.rate * line.percent) / 100
        return format_currency(
            self._units(rate), self._report.currency, locale=self._locale, decimal_quantization=False
        )

    def _favours(self) -> str:
        _, report = self._say, self._report
        if report.in_house or not report.favours:
            return ""
        return _("Favours: {time}, worth {value}, given to you.").format(
            time=self._length(sum(line.charged.worked for line in report.favours)), value=self._money(report.goodwill)
        )

    def _notes(self) -> tuple[str, ...]:
        if self._report.in_house:
            return ()
        _, rounding = self._say, self._report.rounding
        step, least = self._minutes(rounding.step_minutes), self._report.minimum_minutes
        modes = {
            RoundingMode.NONE: "",
            RoundingMode.UP: _("The time of a job is rounded up to the next {step}.").format(step=step),
            RoundingMode.DOWN: _("The time of a job is rounded down to whole {step}.").format(step=step),
            RoundingMode.NEAREST: _("The time of a job is rounded to the nearest {step}.").format(step=step),
        }
        minimum = _("A job is charged at {time} at least.").format(time=self._minutes(least)) if least else ""
        job = _("A job is the work of one kind on one case on one day. The hours worked are kept as they were.")
        return tuple(note for note in (modes[rounding.mode], minimum, job) if note)

    def _money(self, minor: int) -> str:
        return format_currency(self._units(Decimal(minor)), self._report.currency, locale=self._locale)

    def _units(self, minor: Decimal) -> Decimal:
        return minor.scaleb(-get_currency_precision(self._report.currency))

    def _day(self, day: date) -> str:
        return format_date(day, "medium", locale=self._locale)

    def _minutes(self, minutes: int) -> str:
        return self._length(minutes * 60 * _SECOND)

    def _length(self, microseconds: int) -> str:
        """Hours, minutes and seconds, without those that are nought."""
        minutes, seconds = divmod(whole_seconds([microseconds])[0], 60)
        hours, minutes = divmod(minutes, 60)
        parts = ((hours, "duration-hour"), (minutes, "duration-minute"), (seconds, "duration-second"))
        told = [format_unit(count, unit, "short", locale=self._locale) for count, unit in parts if count]
        return " ".join(told) or format_unit(0, "duration-minute", "short", locale=self._locale)


def _jobs(lines: Sequence[ReportLine]) -> tuple[ReportLine, ...]:
    """A line a job: what parts it is what it costs, and that is not told."""
    jobs = (list(parts) for _, parts in groupby(lines, key=_job_of))
    return tuple(
        replace(first, charged=replace(first.charged, worked=sum(part.charged.worked for part in (first, *others))))
        for first, *others in jobs
    )


def _job_of(line: ReportLine) -> tuple[date, UUID, WorkKind]:
    return line.charged.day, line.charged.case, line.charged.kind


def whole_seconds(times: Sequence[int]) -> tuple[int, ...]:
    """Microseconds as whole seconds, each less than one off, whose sum is that of the times to the nearest second."""
    told, before, after = [], 0, 0
    for time in times:
        after += time
        told.append(_nearest(after) - _nearest(before))
        before = after
    return tuple(told)


def _nearest(microseconds: int) -> int:
    return (2 * microseconds + _SECOND) // (2 * _SECOND)
