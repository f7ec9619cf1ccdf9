"""What can keep a use case from being done, each with the sentence that helps.

FlowError
├── NotEnrolledError        this device is nobody's yet
├── RelayNotEnrolledError   this machine is no relay of that service
├── RelayFailedError        the relay's program has a fault
├── NoProviderError         it is not known whom to ask for help
├── OtherProviderError      this home holds cases of another provider (exit code 2)
├── NoSessionError          nobody waits for a technician on this case
├── SomebodyInError         a session is on already on this case, with somebody else in it
├── NobodyInError           no session is on that could be looked on at
├── NoSuchMachineError      a port's machine is not to be found
├── NoSuchFolderError       a folder that is asked for is not there
├── NotReachableError       nobody is let through to a port's address
├── UnknownCustomerError    no customer goes by what was typed, or more than one does (exit code 2)
├── NoSuchEntryError        a customer's card has no such entry (exit code 2)
├── NoAgreementError        the customer has no agreement
├── CurrenciesMixedError    a month's work is under agreements in several currencies
├── NotPlacedError          whose the problem is was not found out yet (exit code 2)
├── NoPriceError            no price waits for an answer
├── OverlapError            time was recorded already for a part of it (exit code 2)
├── NoSuchWorkError         no work on the case goes by what was typed (exit code 2)
├── NoSuchRefusedError      nothing refused goes by what was typed (exit code 2)
├── NothingOfferedError     nobody offered this case to anybody
├── NothingAskedError       no question on this case goes by what was typed, or waits for an answer (exit code 2)
├── NothingRecordedError    there is no recording to play or read
├── ReceiptNotWrittenError  the receipt's file cannot be written
├── TimesheetNotWrittenError the timesheet's file cannot be written
├── ReportNotWrittenError   the work report's file cannot be written
├── ExportNotWrittenError   the export's file cannot be written
├── NoKimaiTokenError       no token of this Kimai is kept
├── KimaiBusyError          another program of this home is telling Kimai
└── BadInputError           what was typed makes no sense (exit code 2)
"""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from app.domain.errors import BistandError, UsageError
from app.system.translations import _


class FlowError(BistandError):
    """A use case cannot be done as things stand."""


class NotEnrolledError(FlowError):
    """This device is nobody's yet."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This device is not enrolled. The owner makes a code with `bistand admin technician add NAME`; "
                "then: `bistand enrol URL CODE`."
            )
        )


class RelayNotEnrolledError(FlowError):
    """This machine is no relay of that service yet."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This machine is no relay of that service yet. The owner makes a code with "
                "`bistand admin relay add NAME`; then: `bistand relay --service URL --code CODE`."
            )
        )


class RelayFailedError(FlowError):
    """The program that feeds the relay has a fault; its traceback was logged."""

    def __init__(self) -> None:
        super().__init__(_("The relay failed; what is printed above says how. Start it again."))


class NoProviderError(FlowError):
    """It is not known whom to ask."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This device knows no provider yet. A technician's is enrolled: `bistand enrol URL CODE`. "
                "A customer names the address: --provider URL."
            )
        )


class OtherProviderError(FlowError, UsageError):
    """This home holds cases of another provider, who alone may read them."""

    exit_code = UsageError.exit_code

    def __init__(self, url: str) -> None:
        super().__init__(
            _(
                "What is kept here belongs to the provider at {url}, and no other provider may read it. "
                "Give each provider a home of its own: BISTAND_HOME names it."
            ).format(url=url)
        )


class NoSessionError(FlowError):
    """Nobody waits on this case."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody waits for a technician on this case just now. "
                "Ask the customer to press Get help and to read the code to you."
            )
        )


class SomebodyInError(FlowError):
    """A technician is in already. A second one is invited, or is not there."""

    def __init__(self, technician: str) -> None:
        super().__init__(
            _(
                "{technician} is on the customer's computer already. To look on, have {technician} ask the customer "
                "for you by your name, then use the code that the customer reads out for you: --watch."
            ).format(technician=technician)
        )


class NobodyInError(FlowError):
    """There is nothing to look on at."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "No colleague is on the customer's computer just now, so there is nothing to look on at. "
                "Ask them whether their session is on."
            )
        )


class NoSuchMachineError(FlowError):
    """A port cannot be granted: its machine is not to be found."""

    def __init__(self, host: str) -> None:
        super().__init__(
            _("This computer knows no machine called “{host}”. Check the name, or give its address.").format(host=host)
        )


class NoSuchFolderError(FlowError):
    """A folder cannot be granted: it is not there."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            _("This computer has no folder “{folder}”. Ask the technician to name it in full, from its root.").format(
                folder=folder
            )
        )


class NotReachableError(FlowError):
    """A port cannot be granted: nobody is ever let through to such an address."""

    def __init__(self, host: str) -> None:
        super().__init__(
            _(
                "Nobody is let through to “{host}”: its address is one at which computers keep secrets of their own, "
                "or one that names no machine."
            ).format(host=host)
        )


class NothingOfferedError(FlowError):
    """There is no handover to answer."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "Nobody has offered this case to a colleague. Whoever has it does so with "
                "`bistand handover CASE NAME`; `bistand sync` fetches what is new."
            )
        )


class NothingAskedError(FlowError, UsageError):
    """Nothing on the case can be meant."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str = "") -> None:
        super().__init__(
            _("Nothing on this case goes by “{name}”. `bistand case CASE` shows what is asked.").format(
                name=untrusted_name[:40]
            )
            if untrusted_name
            else _("Nothing of that kind waits on this case. `bistand sync` fetches what is new.")
        )


class NothingRecordedError(FlowError):
    """There is nothing to play."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no recording of this session on this machine. "
                "`bistand sync` fetches what colleagues recorded, once they have sent it."
            )
        )


class NoSuchRefusedError(FlowError, UsageError):
    """Nothing that waits for a decision goes by what was typed."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("Nothing refused goes by “{name}”. `bistand refused` lists what waits for you to decide.").format(
                name=untrusted_name[:40]
            )
        )


class ReceiptNotWrittenError(FlowError):
    """The file cannot be written. Nothing is lost: the receipt can be made again at any time."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(_("The receipt could not be written to {path}: {why}.").format(path=path, why=why))


class TimesheetNotWrittenError(FlowError):
    """The timesheet's file cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(_("The timesheet could not be written to {path}: {reason}.").format(path=path, reason=reason))


class ReportNotWrittenError(FlowError):
    """The file cannot be written. Nothing is lost: the report can be made again at any time."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(_("The report could not be written to {path}: {why}.").format(path=path, why=why))


class ExportNotWrittenError(FlowError):
    """The file cannot be written. What was at its place before is there still."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            _(
                "The export could not be written to {path}: {why}. Nothing of it is left there, and nothing in the "
                "store was changed. Free some space or name another place, then run the same command again."
            ).format(path=path, why=why)
        )


class NoKimaiTokenError(FlowError):
    """No token of this Kimai is kept."""

    def __init__(self, url: str) -> None:
        super().__init__(
            _(
                "No token for Kimai at {url} is kept here. Make one there, under your name and API access; "
                "then: `bistand kimai {url}`."
            ).format(url=url)
        )


class KimaiBusyError(FlowError):
    """Two that tell Kimai the same at once would both add it."""

    def __init__(self) -> None:
        super().__init__(
            _("Another Bistand on this machine is telling Kimai just now. Try again when that one is done.")
        )


class BadInputError(UsageError):
    """What was typed makes no sense; the text says what would."""


class UnknownCustomerError(FlowError, UsageError):
    """No customer goes by what was typed, or more than one does: `names` tell them apart."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str, names: Iterable[str] = ()) -> None:
        lines = "\n".join(f"  {name}" for name in names)
        text = (
            _("More than one customer goes by “{name}”. Name one by the id:\n{lines}")
            if lines
            else _(
                "No customer here goes by “{name}”. `bistand customers` lists them; "
                "`bistand customer NAME add` keeps a card of a new one."
            )
        )
        super().__init__(text.format(name=untrusted_name[:40], lines=lines))


class NoSuchEntryError(FlowError, UsageError):
    """A customer's card has no such entry."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("Nothing on this card goes by “{name}”. `bistand customer NAME` shows each entry's name.").format(
                name=untrusted_name[:40]
            )
        )


class NoAgreementError(FlowError):
    """The customer has no agreement, so nothing can be said of what work costs."""

    def __init__(self, customer: str) -> None:
        super().__init__(
            _(
                "{customer} has no agreement here, so what work costs is not known. The owner gives them one: "
                "`bistand admin agreement import FILE --customer NAME`; then `bistand sync` brings it."
            ).format(customer=customer)
        )


class CurrenciesMixedError(FlowError):
    """A month's work is under agreements in several currencies."""

    def __init__(self, customer: str, currencies: Iterable[str]) -> None:
        text = _("The work for {customer} is under agreements in {currencies}, which no bill can add up.")
        super().__init__(text.format(customer=customer, currencies=", ".join(currencies)))


class NotPlacedError(FlowError, UsageError):
    """Nobody found out yet whose the problem is, and what is about to start would cost extra."""

    exit_code = UsageError.exit_code

    def __init__(self) -> None:
        super().__init__(
            _(
                "This would cost extra, and whose the problem is comes before money: say where it lies and what shows "
                "it, `bistand whose CASE PLACE --because TEXT`. “unknown” is an answer too. Or say --responsibility."
            )
        )


class NoPriceError(FlowError):
    """No price waits for an answer."""

    def __init__(self) -> None:
        super().__init__(_("No price waits for an answer on this case."))


class OverlapError(FlowError, UsageError):
    """Time was recorded already for a part of it."""

    exit_code = UsageError.exit_code

    def __init__(self, name: str, start: datetime, end: datetime) -> None:
        super().__init__(
            _(
                "You have recorded {start:%Y-%m-%d %H:%M} to {end:%H:%M} on {case} already, and a part of this lies "
                "within it. Mend one of the two; or say --overlap, where both are right."
            ).format(case=name, start=start.astimezone(), end=end.astimezone())
        )


class NoSuchWorkError(FlowError, UsageError):
    """No piece of work on the case goes by what was typed."""

    exit_code = UsageError.exit_code

    def __init__(self, untrusted_name: str) -> None:
        super().__init__(
            _("No work on this case goes by “{name}”. `bistand work CASE` lists it.").format(name=untrusted_name[:40])
        )
