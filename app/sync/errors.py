"""What can go wrong between this device and the service, each with the sentence that helps.

SyncError
├── NoServiceError          the service does not answer
├── InsecureServiceError    its URL would send the token in the open
├── NotEnrolledError        this device has no token
├── UnauthorisedError       its token opens nothing (any more)
├── AnotherLogError         the service's log is not the one that was read
├── TooOldError             this program does not understand what the service says
├── SyncStoppedError        the person had it stopped
├── UnderWayError           another program is sending the same file
├── ServiceFaultError       the service failed, and says so
├── ServiceRefusedError     the service says no to this
└── KimaiError              time could not be told to Kimai
    ├── NoKimaiError            it does not answer
    ├── KimaiTokenError         the token opens nothing there
    ├── NotKimaiError           what answers there is not Kimai, or not one that is understood
    ├── KimaiFaultError         it failed, and says so
    └── KimaiRefusedError       it does not take this piece of work
"""

from app.domain.errors import BistandError, UsageError


class SyncError(BistandError):
    """Something stands between this device and the service. Nothing written here is lost by it.

    `retry_after` is how many seconds the service asks to be left alone, where it does.
    """

    retry_after: float | None = None


class NoServiceError(SyncError):
    """The service does not answer."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"The service is not reachable at {url} ({why}). Check the network and the address; "
            "what is written meanwhile is kept here and sent later."
        )
        self.url = url
        self.why = why


class InsecureServiceError(SyncError, UsageError):
    """The URL would send the token in the open, or is none."""

    exit_code = UsageError.exit_code

    def __init__(self, url: str) -> None:
        super().__init__(
            f"“{url[:200]}” cannot be a service's address: it must start with https://, or with http:// where the "
            "service runs on this machine."
        )


class NotEnrolledError(SyncError):
    """This device has no token."""

    def __init__(self) -> None:
        super().__init__("This device is not enrolled. The owner gives a code: `bistand enrol URL CODE`.")


class UnauthorisedError(SyncError):
    """The service does not know this device's token."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"The service at {url} does not let this device in: its access was taken away, or the service was set up "
            "anew. Ask the owner for a code, then `bistand enrol URL CODE`. What is written here is kept."
        )


class AnotherLogError(SyncError):
    """The service's log is not the one that this device has read. The synchroniser starts over at this."""


class TooOldError(SyncError):
    """This program does not understand what the service says."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"The service at {url} says something that this program does not understand. "
            "Update Bistand; nothing is lost."
        )


class SyncStoppedError(SyncError):
    """The person had the work stopped. It goes on from there when they want."""

    def __init__(self) -> None:
        super().__init__("Stopped. What was done stays done; the next sync goes on from there.")


class UnderWayError(SyncError):
    """Another program is sending the same file. The synchroniser leaves it to them and looks again later."""

    def __init__(self) -> None:
        super().__init__("Another program is sending this file at the moment. Let it go on; nothing is lost.")


class ServiceFaultError(SyncError):
    """The service failed, and says so."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(f"The service at {url} failed at this (HTTP {status}). It is tried again later.")


class ServiceRefusedError(SyncError):
    """The service says no. `reason` is its sentence, `kind` its word for programs, `status` the HTTP status."""

    def __init__(self, reason: str, status: int, kind: str = "") -> None:
        super().__init__(f"The service says: {reason}")
        self.reason = reason
        self.status = status
        self.kind = kind


class KimaiError(SyncError):
    """Time could not be told to Kimai. What it has taken it keeps, and sending again doubles nothing."""


class NoKimaiError(KimaiError):
    """It does not answer."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"Kimai is not reachable at {url} ({why}). Check the network and the address, then run the same command "
            "again: what Kimai has taken is not sent twice."
        )


class KimaiTokenError(KimaiError):
    """The token opens nothing there."""

    def __init__(self, url: str) -> None:
        super().__init__(
            f"Kimai at {url} does not know the token that is kept here. Make a new one there, under your name and API "
            f"access, then: `bistand kimai {url}`."
        )


class NotKimaiError(KimaiError):
    """What answers there is not Kimai, or not one that is understood."""

    def __init__(self, url: str, what: str) -> None:
        super().__init__(
            f"What answers at {url} is not Kimai as this program knows it ({what}). The address is the one that Kimai "
            "opens under in a browser, without what follows after its name."
        )


class KimaiFaultError(KimaiError):
    """It failed, and says so."""

    def __init__(self, url: str, status: int) -> None:
        super().__init__(
            f"Kimai at {url} failed at this (HTTP {status}). Run the same command again later: what it has taken is "
            "not sent twice."
        )


class KimaiRefusedError(KimaiError):
    """It does not take this. `reason` is its own words."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"Kimai says: {reason}")
        self.reason = reason
