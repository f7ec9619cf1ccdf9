"""What can go wrong around a session, each with the sentence that helps.

RemoteError
├── KeyTextError            text that should be a public key is none
├── RelayError              the meeting place
│   ├── SshdMissingError        OpenSSH's server is not installed
│   ├── RelayPlatformError      a relay cannot run on this system
│   ├── RelayStartError         sshd would not start, and why
│   ├── RelayStoppedError       sshd ended by itself
│   └── NotAdmittedError        no such session waits at this relay
├── PairingError            the two parties did not find each other
│   ├── CodeFormatError         what was typed is no code (a usage error)
│   ├── WrongCodeError          the code was wrong and is burnt now
│   ├── NotInvitedError         the code was right, and another person is invited by name
│   ├── NoAnswerError           the other side did not answer in time
│   ├── BusyError               the customer is pairing with a colleague at this moment
│   ├── PairingFraudError       the messages were tampered with
│   └── PairingCancelledError   ended from our own side
├── RecordingError          the recording cannot be written or read
├── LinkError               the way between the two computers
│   ├── RelayUnreachableError   the relay does not answer
│   ├── ProxyError              the proxy on the way does not let through
│   ├── ProxyUnusableError      a proxy is set that cannot be used
│   ├── WrongHostKeyError       somebody else answers in its place
│   ├── ConnectionLostError     it broke, or was never made
│   │   └── StrangerError           whoever came is not who may come, or says nothing that makes sense
│   ├── WayOverError            what was to be gone on with is over at the customer's end
│   └── SessionEndedError       the session is over, and why
├── GrantError              something that cannot be granted on this machine
├── HostingError            the customer's end cannot be started
├── RefusedByCustomerError  what was asked for is not granted
├── NotAnsweredError        a granted port did not answer
├── ListenError             a port of this computer cannot be had
├── ConfigNotWrittenError   the ssh_config for a session cannot be written
├── TransferError           a file did not arrive whole
└── AuditError              the audit
    ├── AuditWriteError         it cannot be written
    ├── TooManyRefusedError     it would be filled with what was refused
    └── AuditBrokenError        it does not hold: which line, and why
"""

from pathlib import Path

from app.domain.errors import BistandError, UsageError
from app.domain.events import EndReason


class RemoteError(BistandError):
    """Something about a remote session that a person can act on."""


class KeyTextError(RemoteError):
    """Text that should be one OpenSSH ed25519 public key is not."""


class RelayError(RemoteError):
    """The relay cannot do what was asked."""


class SshdMissingError(RelayError):
    """The relay is an unmodified sshd, and there is none."""

    def __init__(self) -> None:
        super().__init__(
            "OpenSSH's server (sshd) is not installed, and the relay needs it. On Debian and Ubuntu: "
            "`apt-get install openssh-server`. It need not be started: the relay runs one of its own."
        )


class RelayPlatformError(RelayError):
    """The relay leans on Linux to end what it started."""

    def __init__(self) -> None:
        super().__init__("A relay runs on Linux. Start the service here with --no-relay, and `bistand relay` on Linux.")


class RelayStartError(RelayError):
    """sshd would not start; the text says what it complained of."""


class RelayStoppedError(RelayError):
    """sshd, which must never end by itself, did."""

    def __init__(self) -> None:
        super().__init__("The relay's sshd has ended by itself, so nobody can come in. Start the relay again.")


class NotAdmittedError(RelayError):
    """A technician asks for a session that no customer waits in at this relay."""

    def __init__(self) -> None:
        super().__init__("The customer does not wait at this relay any more. Ask them to offer the session again.")


class PairingError(RemoteError):
    """Customer and technician did not find each other; nothing was opened."""


class CodeFormatError(PairingError, UsageError):
    """What was typed cannot be a code. Nothing was tried, so no code is burnt."""

    def __init__(self) -> None:
        super().__init__("A code has exactly 8 digits, like 4821 7305. Ask the customer to read theirs again.")


class WrongCodeError(PairingError):
    """The code did not fit, and nobody can use it any more."""

    def __init__(self) -> None:
        super().__init__(
            "The code was wrong or used up, and no longer holds: a code allows one try. "
            "Ask the customer for the fresh one."
        )


class NotInvitedError(PairingError):
    """The code was right, and is for a colleague of another name. Nobody can use it any more."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The customer has invited somebody of another name than {name}, so nothing was opened, and the code no "
            "longer holds. Have your colleague ask for you by exactly this name."
        )


class NoAnswerError(PairingError):
    """The customer's computer said nothing in time."""

    def __init__(self) -> None:
        super().__init__(
            "The customer's computer does not answer. Ask whether Get help is still open there and online, then ask "
            "for the code that it shows now."
        )


class BusyError(PairingError):
    """Another technician is pairing at this moment."""

    def __init__(self) -> None:
        super().__init__(
            "A colleague is connecting to this customer right now. Your code was not used; try again soon."
        )


class PairingFraudError(PairingError):
    """What came back fits no honest run: somebody between the two changed it."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody between you and the customer changed the messages, so nothing was opened. Tell the owner of "
            "the service, and ask the customer for a fresh code when it is put right."
        )


class PairingCancelledError(PairingError):
    """We ended it ourselves before it was done."""

    def __init__(self) -> None:
        super().__init__("The pairing was ended before it was done.")


class RecordingError(RemoteError):
    """The recording cannot be written or read."""


class LinkError(RemoteError):
    """There is no way, or no longer a way, to the other computer."""


class RelayUnreachableError(LinkError):
    """Nobody answers where the relay should be."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"The relay at {host}, port {port} cannot be reached ({why}). Check the network here; "
            "if it works, the relay may be down: ask whoever runs the service."
        )


class ProxyError(LinkError):
    """The proxy on the way does not let through. `proxy` is its host and port, `why` a clause."""

    def __init__(self, proxy: str, host: str, port: int, why: str) -> None:
        super().__init__(
            f"The proxy at {proxy}, which this machine's settings name, does not let through to the relay at {host}, "
            f"port {port}: {why}. Check HTTPS_PROXY, ALL_PROXY or the system's proxy settings, or have whoever runs "
            "the proxy allow that address; NO_PROXY names hosts that are reached without it."
        )


class ProxyUnusableError(LinkError):
    """This machine's settings name a proxy that is no proxy; the text says why."""


class WrongHostKeyError(LinkError):
    """The other end does not hold the key it must hold: somebody else answers in its place."""

    def __init__(self) -> None:
        super().__init__(
            "Another computer answered than the one agreed on, so nothing was opened. Somebody on the way may be "
            "trying to listen in: tell the owner of the service, and do not try again on this network."
        )


class ConnectionLostError(LinkError):
    """The connection broke, or could not be made."""


class StrangerError(ConnectionLostError):
    """Whoever came does not hold a key that is let in, or does not speak as our own ends do."""


class WayOverError(LinkError):
    """The customer's end does not know this way any more."""

    def __init__(self) -> None:
        super().__init__("The session is over at the customer's end. A new one needs a new code from the customer.")


class SessionEndedError(LinkError):
    """The session is over. `reason` says why, as both ends record it."""

    def __init__(self, reason: EndReason) -> None:
        super().__init__(f"The session is over: {reason.value}. A new one needs a new code from the customer.")
        self.reason = reason


class GrantError(RemoteError):
    """This cannot be granted on this machine; the text says why."""


class HostingError(RemoteError):
    """The customer's end of a session cannot be started."""


class RefusedByCustomerError(RemoteError):
    """The customer has not granted what was asked for."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The customer has not allowed this: {what}. Ask them to grant it.")


class NotAnsweredError(RemoteError):
    """The customer's computer could not connect to a port that is granted. `why` is what its system said."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"The customer's computer could not connect to {host}, port {port}: {why}. Check there whether the "
            "machine is on and the service runs."
        )


class ListenError(RemoteError):
    """A port of this computer cannot be listened on."""

    def __init__(self, port: int, why: str) -> None:
        super().__init__(f"Port {port} on this computer cannot be used: {why}. Name another one, or 0 for any.")


class ConfigNotWrittenError(RemoteError):
    """The ssh_config for a session cannot be written. A file of somebody's own is never replaced by it."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"The ssh_config {path} cannot be written: {why}. Name another file, one that is not there.")


class TransferError(RemoteError):
    """A file did not arrive whole; what was there before is untouched."""


class AuditError(RemoteError):
    """The audit cannot be written, or does not hold."""


class AuditWriteError(AuditError):
    """The audit cannot be written: the session must end, for nothing may happen unnoted."""


class TooManyRefusedError(AuditError):
    """The technician's end asks again and again for what was not granted, each time another line of the audit."""

    def __init__(self) -> None:
        super().__init__("The technician's program asked too often for what was not allowed.")


class AuditBrokenError(AuditError):
    """An audit that does not hold. `line` counts the file's lines from 1; `why` is a sentence."""

    def __init__(self, line: int, why: str) -> None:
        super().__init__(f"Line {line}: {why}")
        self.line = line
        self.why = why
