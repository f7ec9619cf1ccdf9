"""How the customer's computer and the provider stand, in the customer's words."""

from app.flows.progress import Progress, Work, amount
from app.flows.synchronise import SyncState, Trouble
from app.gethelp.wording import clock
from app.system.translations import _


def said_of(state: SyncState, provider: str) -> tuple[bool, str]:
    """Whether all is well, and a sentence or two."""
    if state.stopped:
        return False, _("Stopped. What you wrote is kept, and is sent when you press “Go on” or open this window anew.")
    if state.trouble is not None:
        return False, _trouble(state, state.trouble, provider)
    if not state.online:
        return True, _("One moment …")
    if state.refused:
        return False, _("{provider} could not take something that you wrote.").format(provider=provider)
    if state.pending:
        return True, _("What you wrote is on its way to {provider}.").format(provider=provider)
    time = clock(state.synced_at or state.at)
    return True, _("{provider} has all that you wrote ({time}).").format(provider=provider, time=time)


def doing_for(progress: Progress) -> str:
    """What takes long, and how much of it is done: `Sending what your computer found out: 3.1 of 12.0 MB`."""
    words = {
        Work.UPLOAD: _("Sending what your computer found out"),
        Work.SEND: _("Sending what you wrote"),
        Work.FETCH: _("Fetching what there is to know"),
        Work.DOWNLOAD: _("Fetching what was recorded"),
    }.get(progress.what, _("Putting things in order"))
    much = amount(progress.done, progress.total, progress.unit)
    return f"{words}: {much}" if much else f"{words} …"


def _trouble(state: SyncState, trouble: Trouble, provider: str) -> str:
    if trouble is Trouble.BUSY and state.again_at is not None:
        return _("{provider} has very much to do just now. It goes on by itself at {time}.").format(
            provider=provider, time=clock(state.again_at)
        )
    kept = _("What you wrote is kept here and sent by itself.") if state.pending else _("It is tried again by itself.")
    last = _(" They were last reached at {time}.").format(time=clock(state.synced_at)) if state.synced_at else ""
    words = {
        Trouble.OFFLINE: _("{provider} cannot be reached just now. {kept}{last}"),
        Trouble.BUSY: _("{provider} has very much to do just now. {kept}"),
        Trouble.READING_ANEW: _(
            "{provider} had to go back to older records. Your computer gives back what is missing there."
        ),
        Trouble.SHUT_OUT: _(
            "{provider} does not know this computer any more. Please call them; what you wrote is kept here."
        ),
        Trouble.FAULT: _("Something is wrong at {provider}. {kept}"),
    }[trouble]
    return words.format(provider=provider, kept=kept, last=last)
