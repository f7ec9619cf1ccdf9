"""Sentences that several pages say."""

from datetime import datetime

from app.domain.consent import ColleagueWish, FilesWish, PortWish, Wish
from app.flows.party import Party
from app.flows.sentences import duration
from app.system.translations import _
from app.widgets.plain import plain_line


def provider_name(party: Party) -> str:
    """Who helps, by name."""
    return party.settings.provider_name or _("your IT support")


def clock(moment: datetime) -> str:
    """The time of day where this computer stands, as `12:44`."""
    return moment.astimezone().strftime("%H:%M")


def elapsed(seconds: float) -> str:
    """How long since then, as `12:40`."""
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02d}"


def lasting(minutes: int) -> str:
    """A number of minutes on a button, as `10 min` or `8 h 00 min`."""
    return duration(60 * minutes)


def meaning(wish: Wish) -> str:
    """What a wish comes to, once it is granted."""
    match wish:
        case FilesWish():
            only = _("Only in this folder and what is in it.")
            return only if wish.write else f"{only} {_('Nothing in it can be changed.')}"
        case PortWish():
            return _("One connection, through your computer, to this one place.")
        case ColleagueWish():
            if wish.may_type:
                return _("They see the terminal, and can type in it.")
            return _("They see the terminal, and can type nothing.")
        case _:
            return _(
                "They type commands here, as you would. They can read and change whatever you can. You see it all."
            )


def whole_place(wish: Wish) -> str:
    """The folder that is asked for, named in full: its last part alone could be that of another one."""
    return plain_line(wish.folder, 160) if isinstance(wish, FilesWish) else ""
