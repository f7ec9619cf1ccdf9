"""How far long work has come, said in a line: for the terminal and the desk."""

from app.domain.progress import Progress, Unit, Work
from app.flows.sentences import size
from app.system.translations import _

__all__ = ["Progress", "Unit", "Work", "amount", "doing"]


def doing(work: Work) -> str:
    """What is being done, as the beginning of a line."""
    return {
        Work.SEND: _("Sending what was written here"),
        Work.UPLOAD: _("Sending files"),
        Work.FETCH: _("Fetching what is new"),
        Work.FOLLOW: _("Bringing lists and search up to date"),
        Work.DOWNLOAD: _("Fetching files"),
        Work.INDEX: _("Making recordings searchable"),
        Work.CHECK: _("Checking the store"),
        Work.REBUILD: _("Making lists and search anew"),
    }[work]


def amount(done: int, total: int | None, unit: Unit) -> str:
    """How much: `12,000 of 80,000`, `3.1 of 12.0 MB`; nothing where there is nothing to say."""
    say = size if unit is Unit.BYTES else _grouped
    if not total:
        return say(done) if done else ""
    return _("{done} of {total}").format(done=_without_unit(say(done), say(total)), total=say(total))


def _grouped(count: int) -> str:
    return f"{count:,}"


def _without_unit(done: str, total: str) -> str:
    """`3.1 of 12.0 MB` reads better than the unit twice."""
    number, _space, unit = done.partition(" ")
    return number if unit and unit == total.partition(" ")[2] else done
