"""`admin crossed-line [NAME TEXT]`: what technicians told the owner alone, and what was done about it (rule 14)."""

import argparse

from app.cli.common import Tasks, add_json, clock_time, plain, show
from app.cli.serve import add_database
from app.domain.crossed_line import Report
from app.domain.errors import UsageError
from app.domain.reference import reference
from app.wiring import owner_tasks

TASKS: tuple[str, ...] = ("crossed-line",)


def add_tasks(tasks: Tasks) -> None:
    """Declare it."""
    task = tasks.add_parser("crossed-line", help="what technicians told you alone; write down what you did about it")
    task.add_argument("name", metavar="NAME", nargs="?", help="the report that was followed up")
    task.add_argument("text", metavar="TEXT", nargs="?", help="what was done")
    add_database(task)
    add_json(task)


def run(options: argparse.Namespace) -> int:
    """List the reports, or write a follow-up."""
    tasks = owner_tasks(options.db, options.data)
    if options.name is None:
        found = tasks.crossed_lines()
        text = "\n".join(map(_text, found)) or "Nobody reported a crossed line."
        show(options, {"reports": [_facts(report) for report in found]}, text)
        return 0
    if options.text is None:
        raise UsageError("Say what was done: bistand admin crossed-line NAME TEXT")
    report = tasks.follow_up(options.name, options.text)
    text = f"Kept. Tell {plain(report.event.author.name)} yourself: no device brings it to them."
    show(options, _facts(report), text)
    return 0


def _facts(report: Report) -> dict[str, object]:
    return {
        "case": str(report.event.stream_id), "report": report.name, "at": report.event.at.isoformat(),
        "technician": report.event.author.name, "text": report.text, "asks_for": report.asks_for,
        "followed_up": [{"at": one.at.isoformat(), "text": getattr(one.body, "text", "")} for one in report.answers],
    }  # fmt: skip


def _text(report: Report) -> str:
    event = report.event
    lines = [f"{report.name}  {clock_time(event.at)}  {plain(event.author.name)}, case {reference(event.stream_id)}"]
    lines.append(f"  {plain(report.text)}")
    if report.asks_for:
        lines.append(f"  asks for: {plain(report.asks_for)}")
    lines += [f"  {clock_time(one.at)} you: {plain(getattr(one.body, 'text', ''))}" for one in report.answers]
    if not report.answers:
        lines.append(f"  not followed up yet: bistand admin crossed-line {report.name} TEXT")
    return "\n".join(lines)
