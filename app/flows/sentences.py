"""What happened, said in one plain sentence: for the timeline, the terminal and the receipt."""

from functools import singledispatch
from pathlib import PurePath

from app.domain import events as ev
from app.domain.consent import (
    ColleagueGrant,
    ColleagueWish,
    FilesGrant,
    FilesWish,
    Grant,
    PortGrant,
    PortWish,
    Wish,
)
from app.domain.finding import Level
from app.domain.people import Role
from app.domain.records import Record
from app.domain.session import Session
from app.flows.sentences_beside import beside
from app.flows.sentences_of_talk import said
from app.system.translations import _, ngettext


def sentence(event: ev.Event) -> str:
    """The event as people read it in a timeline. Text from others stays as they wrote it."""
    return beside(event.body) or _say(event.body)


def size(count: int) -> str:
    """A number of bytes as people say it: `812 bytes`, `1.4 MB` (decimal, as files are sold and shown)."""
    for factor, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return ngettext("{n} byte", "{n} bytes", count).format(n=count)


@singledispatch
def _say(body: Record) -> str:
    newer = _("Something that a newer Bistand wrote ({kind})")
    return said(body) or newer.format(kind=getattr(body, "kind", "?"))


@_say.register
def _opened(body: ev.CaseOpened) -> str:
    return _("Asked for help: {about}").format(about=body.about)


@_say.register
def _shared(body: ev.DiagnosticsShared) -> str:
    return _("Shared what the computer found: {summary}").format(summary=findings_summary(body))


@_say.register
def _agreed(body: ev.ConsentGiven) -> str:
    if not body.grants.grants:
        return _("Agreed to no access to the computer")
    return _("Agreed to: {what}").format(what=", ".join(map(granted, body.grants.grants)))


def granted(grant: Grant | Wish) -> str:
    """What a grant or a wish is for, as a part of a sentence: `the folder Invoices`."""
    match grant:
        case FilesGrant() | FilesWish():
            folder = PurePath(grant.folder).name or grant.folder
            return (_("write in the folder {name}") if grant.write else _("read the folder {name}")).format(name=folder)
        case PortGrant() | PortWish():
            return _("reach {host}, port {port}").format(host=grant.host, port=grant.port)
        case ColleagueGrant() | ColleagueWish():
            text = _("let {name} look on and type") if grant.may_type else _("let {name} look on")
            return text.format(name=grant.name)
        case _:
            return _("use a terminal")


def asks(name: str, wish: Wish) -> str:
    """What a technician asks the customer for, without its full stop."""
    if isinstance(wish, ColleagueWish):
        return _("{name} asks that {what}").format(name=name, what=colleague_may(wish))
    return _("{name} asks: {what}").format(name=name, what=granted(wish))


def colleague_may(grant: ColleagueGrant | ColleagueWish) -> str:
    """What a colleague may do, as a part of a sentence: `Bo may look on`."""
    text = _("{name} may look on and type") if grant.may_type else _("{name} may look on")
    return text.format(name=grant.name)


@_say.register
def _withdrew(_body: ev.ConsentWithdrawn) -> str:
    return _("Took back what was agreed")


@_say.register
def _took(_body: ev.CaseTaken) -> str:
    return _("Took the case")


@_say.register
def _noted(body: ev.NoteAdded) -> str:
    return body.text


@_say.register
def _worked(body: ev.WorkRecorded) -> str:
    length = duration((body.end - body.start).total_seconds())
    text = f": {body.text}" if body.text else ""
    return _("Worked {length} ({kind}){text}").format(length=length, kind=body.work.value, text=text)


@_say.register
def _waits(_body: ev.SessionOffered) -> str:
    return _("Waits for a technician")


@_say.register
def _let_in(body: ev.SessionStarted) -> str:
    return _("Let {technician} in").format(technician=body.technician)


@_say.register
def _ended(body: ev.SessionEnded) -> str:
    return session_summary(body)


@_say.register
def _proposed(body: ev.SolutionProposed) -> str:
    sure = {
        ev.Certainty.VERIFIED: "",
        ev.Certainty.ASSUMED: _(" (built on something assumed)"),
        ev.Certainty.UNKNOWN: _(" (not known yet whether it holds)"),
        ev.Certainty.ASKED: _(" (a colleague is asked whether it holds)"),
    }[body.certainty]
    return _("Proposes that it is solved: {text}").format(text=body.text) + sure


@_say.register
def _closed(body: ev.CaseClosed) -> str:
    return _("Confirms that it is fixed. {thanks}").format(thanks=body.thanks).strip()


@_say.register
def _reopened(body: ev.CaseReopened) -> str:
    return _("Says that it is not fixed: {text}").format(text=body.text)


@_say.register
def _content_gone(_body: ev.ContentErased) -> str:
    return _("What stood here was erased")


@_say.register
def _person_gone(body: ev.PersonErased) -> str:
    return _("Erased the customer") if body.role is Role.CUSTOMER else _("Erased a technician's name")


def findings_summary(shared: ev.DiagnosticsShared) -> str:
    """How many problems and notices, in words."""
    problems = sum(finding.level is Level.PROBLEM for finding in shared.findings)
    notices = sum(finding.level is Level.NOTICE for finding in shared.findings)
    if not problems and not notices:
        return _("nothing stands out")
    return ", ".join(
        part
        for part in (
            ngettext("{n} problem", "{n} problems", problems).format(n=problems) if problems else "",
            ngettext("{n} notice", "{n} notices", notices).format(n=notices) if notices else "",
        )
        if part
    )


def duration(seconds: float) -> str:
    """A length of time as people say it: `40 s`, `14 min`, `2 h 05 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def session_summary(session: ev.SessionEnded | Session) -> str:
    """A finished session in a line: how long, how much, and why it ended."""
    commands = ngettext("{n} command", "{n} commands", session.commands).format(n=session.commands)
    files = ngettext("{n} file", "{n} files", session.files).format(n=session.files)
    reason = session.reason.value if session.reason else _("still open")
    return _("Session {length}, {commands}, {files}; {reason}").format(
        length=duration(session.seconds), commands=commands, files=files, reason=reason
    )
