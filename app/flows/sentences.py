"""What happened, said in one plain sentence: for the timeline, the terminal and the receipt."""

from app.domain import events as ev
from app.domain.finding import Level
from app.domain.session import Session
from app.system.translations import _, ngettext


def sentence(event: ev.Event) -> str:
    """The event as people read it in a timeline. Text from others stays as they wrote it."""
    match event.body:
        case ev.CaseOpened(about=about):
            return _("Asked for help: {about}").format(about=about)
        case ev.DiagnosticsShared() as shared:
            return _("Shared what the computer found: {summary}").format(summary=findings_summary(shared))
        case ev.ConsentGiven() as consent:
            return _agreed(consent)
        case ev.ConsentWithdrawn():
            return _("Took back what was agreed")
        case ev.CaseTaken():
            return _("Took the case")
        case ev.NoteAdded(text=text):
            return text
        case ev.WorkRecorded() as work:
            return _worked(work)
        case ev.SolutionProposed(text=text):
            return _("Proposes that it is solved: {text}").format(text=text)
        case ev.CaseClosed(thanks=thanks):
            return _("Confirms that it is fixed. {thanks}").format(thanks=thanks).strip()
        case ev.CaseReopened(text=text):
            return _("Says that it is not fixed: {text}").format(text=text)
        case ev.SessionOffered() | ev.SessionStarted() | ev.SessionEnded() as session:
            return _session(session)
        case _:
            return _("Something that a newer Bistand wrote ({kind})").format(kind=event.kind)


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


def _agreed(consent: ev.ConsentGiven) -> str:
    parts = [_("a terminal") if grant.capability == "terminal" else grant.folder for grant in consent.grants.grants]
    if not parts:
        return _("Agreed to no access to the computer")
    return _("Agreed to: {what}").format(what=", ".join(parts))


def _worked(work: ev.WorkRecorded) -> str:
    length = duration((work.end - work.start).total_seconds())
    text = f": {work.text}" if work.text else ""
    return _("Worked {length} ({kind}){text}").format(length=length, kind=work.work.value, text=text)


def _session(body: ev.SessionOffered | ev.SessionStarted | ev.SessionEnded) -> str:
    if isinstance(body, ev.SessionOffered):
        return _("Waits for a technician")
    if isinstance(body, ev.SessionStarted):
        return _("Let {technician} in").format(technician=body.technician)
    return session_summary(body)


def session_summary(session: ev.SessionEnded | Session) -> str:
    """A finished session in a line: how long, how much, and why it ended."""
    commands = ngettext("{n} command", "{n} commands", session.commands).format(n=session.commands)
    files = ngettext("{n} file", "{n} files", session.files).format(n=session.files)
    reason = session.reason.value if session.reason else _("still open")
    return _("Session {length}, {commands}, {files}; {reason}").format(
        length=duration(session.seconds), commands=commands, files=files, reason=reason
    )
