"""What a device asks of the service, call by call. Every call blocks and may be made from any thread."""

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote
from uuid import UUID

from app.domain.events import Event
from app.domain.people import Author
from app.domain.records import Record
from app.domain.relay import Door
from app.sync.http import Http
from app.sync.mailbox import HttpMailbox
from app.sync.page import Unread, unread

LONGEST_WAIT = 25.0
"""How long one request may wait for news, in seconds."""


class Provider(Record):
    """Who runs the service, and where."""

    name: str
    url: str


class Enrolled(Record):
    """What this device is from now on. The token goes into the keyring, and nowhere else.

    `provider` is the name of who runs the service.
    """

    token: str
    me: Author
    provider: str


class Verdict(Record):
    """What became of one event: its version, or why it was refused."""

    id: UUID
    version: int | None = None
    reason: str | None = None


class _Named(Record):
    name: str


class Enrolment(Record):
    """A device that comes with the owner's code."""

    code: str
    device: UUID


class _Registration(Record):
    name: str
    device: UUID


class _Push(Record):
    cursor: str | None
    events: tuple[Event, ...]
    stamps: Mapping[UUID, str]


class _Pushed(Record):
    results: tuple[Verdict, ...]


class _Offer(Record):
    session: UUID
    case: UUID
    key: str


class _Joining(Record):
    key: str


class ServiceClient:
    """One service, as one device sees it. Raises `SyncError` (see its tree) from every call."""

    def __init__(self, url: str, *, token: Callable[[], str | None]) -> None:
        """`token` is asked before each request. Raises `InsecureServiceError` for plain HTTP to another machine."""
        self._http = Http(url, token)
        self._token = token

    @property
    def url(self) -> str:
        """Where the service is."""
        return self._http.url

    @property
    def http(self) -> Http:
        """The connection beneath, for the transfer of blobs."""
        return self._http

    def provider(self) -> Provider:
        """Who runs the service. Needs no token."""
        named = self._http.ask_for(_Named, "GET", "/v1/provider", with_token=False)
        return Provider(name=named.name, url=self.url)

    def enrol(self, code: str, device: UUID) -> Enrolled:
        """Make this device the technician's whom the owner gave the code to. The code is used up by it."""
        body = Enrolment(code=code, device=device)
        return self._http.ask_for(Enrolled, "POST", "/v1/enrol", body=body, with_token=False)

    def register_customer(self, name: str, device: UUID) -> Enrolled:
        """Make this device a customer's, who is known to the technicians by this name."""
        body = _Registration(name=name, device=device)
        return self._http.ask_for(Enrolled, "POST", "/v1/customers", body=body, with_token=False)

    def push(
        self, cursor: str | None, events: Sequence[Event], stamps: Mapping[UUID, str] | None = None
    ) -> tuple[Verdict, ...]:
        """Give events in `device_seq` order, at most 500. Giving one again changes nothing.

        Others' events are taken as well where the service once stamped them and has lost them since: `stamps`, by
        event id. Raises `AnotherLogError` where the cursor is of another log: nothing was taken then.
        """
        body = _Push(cursor=cursor, events=tuple(events), stamps=stamps or {})
        pushed = self._http.ask_for(_Pushed, "POST", "/v1/events", body=body)
        return pushed.results

    def pull(self, cursor: str | None, wait: float = 0) -> Unread:
        """Events after the cursor, waiting up to `wait` seconds (25 at most) where there are none yet. See page.py.

        Raises `AnotherLogError` where the cursor is of another log.
        """
        wait = min(wait, LONGEST_WAIT)
        query = f"wait={wait:g}" + (f"&after={quote(cursor)}" if cursor else "")
        return self._http.ask_and(unread, "GET", f"/v1/events?{query}", wait=wait)

    def offer_session(self, session: UUID, case: UUID, link_key: str) -> Door:
        """Ask for the customer's place at the relay. `link_key` is an OpenSSH ed25519 public key."""
        return self._http.ask_for(
            Door, "POST", "/v1/sessions", body=_Offer(session=session, case=case, key=_bare(link_key))
        )

    def join_session(self, session: UUID, link_key: str) -> Door:
        """Ask for the technician's place at the relay. `link_key` is an OpenSSH ed25519 public key."""
        return self._http.ask_for(Door, "POST", f"/v1/sessions/{session}/join", body=_Joining(key=_bare(link_key)))

    def end_session(self, session: UUID) -> None:
        """Have the relay put both parties out."""
        self._http.ask("DELETE", f"/v1/sessions/{session}")

    def mailbox(self, session: UUID) -> HttpMailbox:
        """This side's mailbox of a session, read from its start."""
        return HttpMailbox(self._http, session)

    def twin(self) -> "ServiceClient":
        """The same service and token with connections of its own, that can be closed by themselves."""
        return ServiceClient(self.url, token=self._token)

    def close(self) -> None:
        """End all requests that are under way; they raise `NoServiceError`."""
        self._http.close()


def _bare(key: str) -> str:
    """The key without the comment that may follow it."""
    return " ".join(key.split()[:2])
