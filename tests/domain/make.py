"""Small facts for tests, by hand and by hypothesis."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import strategies as st

from app.domain import events as ev
from app.domain.people import Author, Role

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CASE = UUID("0190a000-0000-7000-8000-0000000000c5")
LONE = Author(role=Role.CUSTOMER, id=UUID(int=1), name="Lone Møller")
ANNA = Author(role=Role.TECHNICIAN, id=UUID(int=2), name="Anna")
BO = Author(role=Role.TECHNICIAN, id=UUID(int=3), name="Bo")
DEVICE = UUID(int=9)


def event(body: ev.Body, author: Author = ANNA, *, at: datetime = NOON, seq: int = 1, case: UUID = CASE) -> ev.Event:
    """An event on the usual case."""
    return ev.Event(
        id=uuid4(),
        stream=ev.Stream.CASE,
        stream_id=case,
        at=at,
        author=author,
        device=DEVICE,
        device_seq=seq,
        body=body,
    )


def opened(about: str = "The printer does not print") -> ev.Event:
    """The event that starts a case."""
    return event(ev.CaseOpened(about=about, machine="Linux"), LONE)


def note(text: str = "Spooler stopped", **more: object) -> ev.NoteAdded:
    """A note's body."""
    return ev.NoteAdded.model_validate({"text": text, "certainty": "verified", **more})


def work(minutes: float = 15, end: datetime = NOON) -> ev.WorkRecorded:
    """A piece of work that ends at `end`."""
    return ev.WorkRecorded(start=end - timedelta(minutes=minutes), end=end)


texts = st.text(min_size=1, max_size=40).filter(lambda text: text.strip())
moments = st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2035, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
bodies: st.SearchStrategy[ev.Body] = st.one_of(
    st.builds(ev.CaseOpened, about=texts, machine=texts),
    st.builds(ev.CaseTaken),
    st.builds(ev.NoteAdded, text=texts, certainty=st.sampled_from(ev.Certainty), audience=st.sampled_from(ev.Audience)),
    st.builds(ev.WorkRecorded, start=moments, end=moments),
    st.builds(ev.SessionOffered, session=st.uuids()),
    st.builds(ev.SolutionProposed, text=texts, certainty=st.sampled_from(ev.Certainty)),
    st.builds(ev.CaseClosed),
    st.builds(ev.CaseReopened, text=texts),
    st.builds(ev.CaseWaits, awaited=st.sampled_from(ev.Awaited), reason=texts),
    st.builds(ev.CaseResumed, text=texts),
    st.builds(ev.EstimateGiven, ready=moments, minutes=st.integers(1, 1000), reason=texts),
    st.builds(ev.HandoverOffered, to=st.sampled_from(["Anna", "Bo"]), tried=texts, assumed=texts, next=texts),
    st.builds(ev.HandoverAccepted, offer=st.uuids()),
    st.builds(ev.HandoverDeclined, offer=st.uuids(), reason=texts),
    st.builds(ev.HandoverWithdrawn, offer=st.uuids()),
    st.builds(ev.ColleagueAsked, text=texts, to=st.sampled_from(["", "Bo"])),
    st.builds(ev.ColleagueAnswered, question=st.uuids(), text=texts, certainty=st.sampled_from(ev.Certainty)),
    st.builds(ev.AlternativesOffered, text=texts, ways=st.just((ev.Way(title="New"), ev.Way(title="Used")))),
    st.builds(ev.AlternativeChosen, question=st.uuids(), way=st.none() | st.integers(1, 2), text=texts),
    st.builds(ev.CaseCameBack, earlier=st.uuids()),
    st.builds(ev.FixPlanned, text=texts, owner=st.sampled_from(["Anna", "Bo"]), due=st.just(NOON.date())),
    st.builds(ev.FixDone, fix=st.uuids(), text=texts),
    st.builds(ev.LineCrossed, text=texts, follow_up=texts),
    st.builds(ev.LineFollowedUp, report=st.uuids(), text=texts),
    st.builds(
        ev.ProblemPlaced,
        place=st.sampled_from(ev.Place),
        evidence=texts,
        name=texts,
        certainty=st.sampled_from(ev.Certainty),
    ),
    st.builds(ev.UnknownBody, kind=st.just("from_the_future"), anything=texts),
)
events: st.SearchStrategy[ev.Event] = st.builds(
    event, bodies, st.sampled_from([LONE, ANNA, BO]), at=moments, seq=st.integers(1, 10_000)
)
