"""Sentences that several pages say."""

from datetime import datetime

from app.flows.party import Party
from app.system.translations import _


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
