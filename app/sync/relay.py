"""What a further relay asks of the service: to be let in once, then for orders, again and again."""

from collections.abc import Callable
from uuid import UUID

from app.domain.relay import Orders, RelayReport
from app.sync.client import Enrolled, Enrolment
from app.sync.http import Http

LONGEST_WAIT = 10.0
"""How long one question may wait for orders, in seconds: the service counts on relays that it heard of lately."""
_PATIENCE = 6.0  # on a dead path, asking anew soon is what brings orders again


class RelayClient:
    """One service, as a further relay sees it. Raises `SyncError` (see its tree) from every call. Any thread."""

    def __init__(self, url: str, *, token: Callable[[], str | None]) -> None:
        """`token` is asked before each request. Raises `InsecureServiceError` for plain HTTP to another machine."""
        self._http = Http(url, token)

    @property
    def url(self) -> str:
        """Where the service is."""
        return self._http.url

    def enrol(self, code: str, device: UUID) -> Enrolled:
        """Make this machine the relay that the owner gave the code for. The code is used up by it."""
        body = Enrolment(code=code, device=device)
        return self._http.ask_for(Enrolled, "POST", "/v1/relays/enrol", body=body, with_token=False)

    def report(self, report: RelayReport, wait: float = LONGEST_WAIT) -> Orders:
        """Tell what is carried and what became of the last orders; the next ones, after `wait` seconds at most."""
        path = f"/v1/relays/report?wait={wait:g}"
        return self._http.ask_for(Orders, "POST", path, body=report, wait=wait, patience=_PATIENCE)

    def leave(self) -> None:
        """Say that nobody should be sent here any more."""
        self._http.ask("POST", "/v1/relays/leave", patience=_PATIENCE)

    def close(self) -> None:
        """End all requests that are under way; they raise `NoServiceError`."""
        self._http.close()
