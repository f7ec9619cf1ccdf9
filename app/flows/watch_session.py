"""A colleague's side of a session that is on already: come in with a code of their own, look on, and leave again."""

from collections.abc import Callable
from uuid import UUID

from app.domain.events import EndReason
from app.flows.doors import door_of
from app.flows.errors import NobodyInError
from app.flows.party import Party
from app.flows.synchronise import synchronise
from app.remote.errors import RemoteError
from app.remote.pairing.code import Code
from app.remote.technician.watching import WatchedSession, WatchOver, watch
from app.system.translations import _

__all__ = ["RemoteError", "WatchOver", "WatchedSession", "watch_over", "watch_session"]


def watch_session(
    party: Party,
    case_id: UUID,
    code: str,
    on_output: Callable[[bytes], None],
    on_reach: Callable[[bool], None] = lambda _: None,
) -> WatchedSession:
    """Look on at the session that is on, by the code that the customer reads out for this very colleague.

    Nothing of it is written here: the session is its technician's, whose end keeps audit and recording. Raises
    `NobodyInError` where no session is on, and what pairing raises: a wrong code burns it.
    """
    Code.parse(code)
    synchronise(party)
    live = party.store.case(case_id).live_session
    if live is None:
        raise NobodyInError
    return watch(
        session=live.id,
        case=case_id,
        colleague=party.me.name,
        code=code,
        mailbox=party.service.mailbox(live.id),
        door=lambda key: door_of(lambda: party.service.join_session(live.id, key)),
        on_output=on_output,
        on_reach=on_reach,
    )


def watch_over(over: WatchOver) -> str:
    """How it ended, in a sentence for the colleague."""
    if over.taken_back:
        return _(
            "You look on no more: the customer took it back, or the time for it ran out. "
            "The session goes on without you."
        )
    match over.reason:
        case None:
            return _("You have left. The session goes on without you.")
        case EndReason.CUSTOMER_STOPPED:
            return _("The customer has stopped the session.")
        case EndReason.TECHNICIAN_LEFT:
            return _("The session is over: your colleague has left.")
        case EndReason.CONNECTION_LOST:
            return _("The connection to the customer's computer was lost.")
        case reason:
            return _("The session is over: {reason}.").format(reason=reason.value)
