"""The gate's rules, for every set of grants and every request."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.domain.consent import ColleagueGrant, FilesGrant, Grant, Grants, PortGrant, TerminalGrant
from app.remote.gate import Gate, Request, Snapshot, Verb, decide

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_moments = st.integers(-100, 100).map(lambda seconds: _NOW + timedelta(seconds=seconds))
_folders = st.sampled_from(["/a", "/a/b", "/tmp", "/tmpx", "/"])
_grants = st.lists(
    st.one_of(
        st.builds(TerminalGrant, until=_moments),
        st.builds(FilesGrant, folder=_folders, write=st.booleans(), until=_moments),
        st.builds(
            PortGrant,
            host=st.sampled_from(["router", "10.0.0.1"]),
            port=st.sampled_from([80, 3389]),
            address=st.just("10.0.0.1"),
            until=_moments,
        ),
        st.builds(ColleagueGrant, name=st.sampled_from(["Bo", "Cy"]), may_type=st.booleans(), until=_moments),
    ),
    max_size=6,
).map(lambda grants: Grants(grants=tuple(grants)))
_names = st.sampled_from(
    ["LANG", "LC_ALL", "PATH", "router:80", "router:3389", "10.0.0.1:80", "10.0.0.2:80", "router:", "Bo", "Cy", "Di"]
)
_requests = st.builds(Request, st.sampled_from(Verb), st.one_of(_folders, _names))


class _Clock:
    def __init__(self) -> None:
        self.moment = _NOW

    def now(self) -> datetime:
        return self.moment


def _covers(grant: Grant, request: Request) -> bool:
    """By the book: does this one grant, live at `_NOW`, allow the request by itself?"""
    if grant.until <= _NOW:
        return False
    if isinstance(grant, TerminalGrant):
        language = request.verb is Verb.ENVIRONMENT and request.scope in ("LANG", "LC_ALL")
        return language or request.verb in (Verb.SHELL, Verb.COMMAND, Verb.AUDIT)
    if request.verb is Verb.AUDIT:
        return True
    if isinstance(grant, PortGrant):
        return request.verb is Verb.PORT and request.scope in (f"{grant.host}:{grant.port}", f"10.0.0.1:{grant.port}")
    if isinstance(grant, ColleagueGrant):
        verbs = (Verb.WATCH, Verb.TYPE) if grant.may_type else (Verb.WATCH,)
        return request.scope == grant.name and request.verb in verbs
    verbs = (Verb.READ, Verb.WRITE) if grant.write else (Verb.READ,)
    return request.verb is Verb.FILES or (grant.folder == request.scope and request.verb in verbs)


@given(_grants, _requests)
def test_a_request_is_allowed_exactly_when_one_live_grant_allows_it(grants: Grants, request: Request) -> None:
    assert decide(Snapshot(grants), request, _NOW).allowed == any(_covers(grant, request) for grant in grants.grants)


@given(_requests)
def test_nothing_is_allowed_where_nothing_is_granted(request: Request) -> None:
    assert not decide(Snapshot(Grants()), request, _NOW).allowed


@given(_grants, _requests)
def test_taking_a_grant_away_never_allows_more(grants: Grants, request: Request) -> None:
    for left_out in range(len(grants.grants)):
        fewer = Grants(grants=grants.grants[:left_out] + grants.grants[left_out + 1 :])
        assert decide(Snapshot(grants), request, _NOW).allowed or not decide(Snapshot(fewer), request, _NOW).allowed


@given(_grants)
def test_once_the_last_grant_has_run_out_the_gate_refuses_everything(grants: Grants) -> None:
    clock = _Clock()
    gate = Gate(grants, clock)
    clock.moment = grants.last_until() or _NOW
    assert gate.seconds_left() <= 0
    assert not any(gate.decide(verb, grant.folder).allowed for verb in Verb for grant in grants.folders(_NOW))


def test_new_grants_count_from_the_moment_they_are_set() -> None:
    gate = Gate(Grants(), _Clock())
    assert not gate.decide(Verb.SHELL).allowed
    gate.replace(Grants(grants=(TerminalGrant(until=_NOW + timedelta(seconds=1)),)))
    assert gate.decide(Verb.SHELL).allowed


def test_a_refusal_says_why() -> None:
    assert decide(Snapshot(Grants()), Request(Verb.SHELL), _NOW).why == "the terminal is not granted now"
