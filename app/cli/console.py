"""A customer at a machine with no screen: asks, waits with a code and follows the session, all in a terminal."""

import argparse
import getpass
import queue
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from app.cli.answers import Answers, Reply
from app.cli.colleagues import ColleagueNews, facts_of, here, sentence_of
from app.cli.common import parse_span, plain, show, tell
from app.cli.permissions import parse_grants
from app.cli.typed import Echo, Order, Word, order_of, read_lines
from app.domain.consent import ColleagueWish, Grants, Wish
from app.domain.errors import UsageError
from app.flows.article_text import suggestion_facts, suggestion_lines
from app.flows.articles import tips_for
from app.flows.ask_for_help import HelpRequest, ask_for_help
from app.flows.deeds import QUIET, deed
from app.flows.diagnose import diagnose
from app.flows.host_session import (
    Activity,
    Asked,
    CodeBurned,
    CodeShown,
    ColleagueCode,
    ColleagueCodeBurned,
    ColleagueCodeGone,
    Ended,
    HelpSession,
    HostEvent,
    Output,
    Reach,
    Refused,
    SecretAsked,
    TechnicianJoined,
    host_session,
)
from app.flows.party import Party
from app.flows.sentences import colleague_may, granted
from app.wiring import open_party

_TOLD_OTHERWISE = frozenset({"grant_failed"})  # by a sentence that says why, too
_HELP = (
    "Type: pause, go on, stop; allow N or refuse N where something is asked for; list, and take back N; "
    "password, to type one for a program that waits for it. Ctrl-C stops the session at any time."
)


def ask(options: argparse.Namespace) -> int:
    """Do what the arguments of `bistand gethelp --console` say. Raises `UsageError` before anything is asked."""
    if not (options.about or "").strip():
        raise UsageError("Say what is wrong: --about TEXT. “I don't know” is fine.")
    with open_party(ephemeral=options.ephemeral, provider=options.provider) as party:
        grants = parse_grants(options.grant, party.clock.now() + parse_span(options.span))
        return _Console(options, party).ask(grants)


class _Interrupt:
    """Ctrl-C."""


class _EndOfInput:
    """Nobody can type anything any more. That answers nothing."""


_Happening = HostEvent | Reply | _Interrupt | _EndOfInput | str


class _Console:
    """A customer at a terminal. Events come on other threads and are dealt with on this one, which never waits else.

    What is typed comes as text. While a protected program asks for a password, the next line is that.
    """

    def __init__(self, options: argparse.Namespace, party: Party) -> None:
        self._options = options
        self._party = party
        self._events: queue.SimpleQueue[_Happening] = queue.SimpleQueue()
        self._echo = Echo()
        self._case = ""
        self._burnt_out = self._deaf = self._joined = False
        self._secret: SecretAsked | None = None
        self._typing_secret = False

    def ask(self, grants: Grants) -> int:
        """Ask, wait, let one technician in, and end with the session."""
        diagnosis = diagnose(self._party.settings.provider) if self._options.share_diagnostics else None
        name = self._options.name or getpass.getuser()
        case_id = ask_for_help(self._party, HelpRequest(name, self._options.about, diagnosis, grants))
        self._case = str(case_id)
        tips = tips_for(self._party, self._options.about)
        self._print({"event": "requested", "articles": suggestion_facts(tips)}, "Your request is written down.")
        if tips:
            tell(
                "\n".join(
                    ["You may try this meanwhile: bistand article show NAME", *map(plain, suggestion_lines(tips))]
                )
            )
        if not grants.grants:
            tell(
                "You let nobody in, so nobody can come in: say --grant for that. Your technicians write to you instead."
            )
            return 0
        session = host_session(self._party, case_id, grants, self._events.put)
        answers = Answers(session, self._events.put)
        try:
            with _interrupts(self._events):
                session.start()
                read_lines(self._events.put, lambda: self._events.put(_EndOfInput()))
                return self._follow(session, answers)
        finally:
            self._echo.on()
            answers.close()
            session.close()

    def _follow(self, session: HelpSession, answers: Answers) -> int:
        while True:
            event = self._events.get()
            match event:
                case _Interrupt():  # the session is stopped first, and its end is told like any other
                    self._stop(session)
                case _EndOfInput():
                    self._deaf = True
                    if self._burnt_out and not self._joined:  # nobody can ask for another code
                        self._stop(session)
                case str():
                    self._typed(event, session, answers)
                case Reply(text=text):
                    tell(plain(text))
                case Ended():
                    return self._ended(event)
                case _:
                    self._happened(event, session, answers)

    def _happened(self, event: HostEvent, session: HelpSession, answers: Answers) -> None:
        match event:
            case CodeShown() | CodeBurned():
                self._code(event, session)
            case ColleagueCode() | ColleagueCodeBurned() | ColleagueCodeGone():
                self._colleague(event, session)
            case TechnicianJoined(name=technician):
                self._joined = True
                text = f"{plain(technician)} is helping you now. Ctrl-C stops it; `help` tells what else you can type."
                self._print({"event": "joined", "technician": technician}, text)
            case Activity(at=at, kind=kind, detail=detail):
                self._did(at, kind, detail)
            case Reach(reached=reached):
                self._fact({"event": "reach", "reached": reached})
            case Asked():
                self._asked(event, answers)
            case SecretAsked():
                self._secret_asked(event)
            case Refused(why=why):
                self._fact({"event": "refused", "why": why})
                tell(f"{plain(why)} So it is not allowed after all.")
            case Output() | Ended():
                pass

    def _code(self, event: CodeShown | CodeBurned, session: HelpSession) -> None:
        if isinstance(event, CodeBurned):
            self._burned("Somebody typed a wrong code. That code is void now.", event.left, session)
            return
        half, rest = event.code[:4], event.code[4:]
        text = f"Read this code to your technician: {half} {rest} (until {event.until.astimezone():%H:%M})"
        self._print({"event": "code", "code": event.code}, text)

    def _did(self, at: datetime, kind: str, detail: str) -> None:
        sentence = deed(kind, detail, brief=True)
        self._fact({"event": "did", "at": at.isoformat(), "kind": kind, "detail": detail, "text": sentence})
        if not self._options.json and kind not in QUIET | _TOLD_OTHERWISE:
            tell(f"{at.astimezone():%H:%M:%S}  {plain(sentence)}")
        if kind == "colleague_came":
            tell(here(detail))

    def _colleague(self, news: ColleagueNews, session: HelpSession) -> None:
        self._fact(facts_of(news))
        if isinstance(news, ColleagueCodeBurned):
            self._burned(sentence_of(news), news.left, session)
        elif sentence_of(news):
            tell(sentence_of(news))

    def _asked(self, asked: Asked, answers: Answers) -> None:
        answers.asked(asked)
        facts = {"number": asked.number, "technician": asked.technician, "minutes": asked.minutes, "why": asked.why}
        self._fact({"event": "asked", **facts, "wish": asked.wish.model_dump(mode="json")})
        tell(
            f"{plain(asked.technician)} asks {plain(_what(asked.wish))}, for {asked.minutes} minutes: "
            f"“{plain(asked.why)}”\nType allow {asked.number}, or refuse {asked.number}. "
            "Until you do, it is not allowed."
        )

    def _secret_asked(self, asked: SecretAsked) -> None:
        """A program waits for a password, or has stopped doing so."""
        self._fact(
            {
                "event": "secret_asked",
                "terminal": asked.terminal,
                "program": asked.program,
                "protected": asked.protected,
            }
        )
        if not asked.program:
            if self._secret is not None and self._secret.terminal == asked.terminal:
                self._secret = None
                self._typing(False)
            return
        self._secret = asked
        name = plain(asked.program)
        if asked.protected:
            tell(f"“{name}” asks for a password. Type it here: nobody else sees it. An empty line types nothing.")
            self._typing(True)
        else:
            tell(
                f"“{name}” waits for something that is not shown. Careful: the technician started it, and it could "
                "keep what you type for them. Type `password` only if you know what it is for."
            )

    def _typing(self, secret: bool) -> None:
        self._typing_secret = secret
        if secret:
            self._echo.off()
        else:
            self._echo.on()

    def _typed(self, line: str, session: HelpSession, answers: Answers) -> None:
        order = order_of(line)
        if order is not None and order.word is Word.STOP:  # whatever else is asked for at this moment
            self._stop(session)
        elif self._typing_secret:
            asked = self._secret
            self._typing(False)
            if asked is not None and line:
                session.type_secret(asked, line)
            else:
                tell("Nothing was typed. Type `password` to type one after all.")
        elif order is None:
            tell(f"That means nothing here. {_HELP}")
        else:
            self._obey(order, session, answers)

    def _obey(self, order: Order, session: HelpSession, answers: Answers) -> None:
        match order.word:
            case Word.NOTHING if self._burnt_out:
                self._burnt_out = False
                session.fresh_code()
            case Word.PAUSE | Word.GO_ON as word:
                session.pause(word is Word.PAUSE)
            case Word.PASSWORD if self._secret is None:
                tell("No program asks for a password just now.")
            case Word.PASSWORD:
                tell("Type it here. An empty line types nothing.")
                self._typing(True)
            case Word.HELP:
                tell(_HELP)
            case Word.NOTHING:
                pass
            case _:
                answers.give(order)

    def _burned(self, text: str, left: int, session: HelpSession) -> None:
        tell(text)
        if left:
            return
        tell("That happened three times. If you are sure of who you talk to, press Enter for another code.")
        self._burnt_out = True
        if self._deaf and not self._joined:
            self._stop(session)

    def _stop(self, session: HelpSession) -> None:
        self._typing(False)
        tell("Stopping the session.")
        session.stop()

    def _ended(self, ended: Ended) -> int:
        facts: dict[str, object] = {
            "event": "ended",
            "audit_head": ended.audit_head.head,
            "reason": ended.reason.value,
            "audit": str(ended.audit),
        }
        record = f" Your record of it: {ended.audit}" if ended.audit.is_file() else " Nobody was in."
        self._print(facts, f"The session is over: {ended.reason.value}.{record}")
        if ended.forced:
            tell("It had to be ended by force. Nothing of it runs any more.")
        return 0

    def _fact(self, facts: dict[str, object]) -> None:
        """For scripts alone: people are told in a sentence, on stderr."""
        if self._options.json:
            self._print(facts, "")

    def _print(self, facts: dict[str, object], text: str) -> None:
        show(self._options, {**facts, "case": self._case}, text)


def _what(wish: Wish) -> str:
    return f"that {colleague_may(wish)}" if isinstance(wish, ColleagueWish) else f"to {granted(wish)}"


@contextmanager
def _interrupts(events: "queue.SimpleQueue[_Happening]") -> Iterator[None]:
    """Ctrl-C and a polite end become an event in the queue; in the background we go on, though nobody can type."""
    before = {
        number: signal.signal(number, lambda *_: events.put(_Interrupt())) for number in (signal.SIGINT, signal.SIGTERM)
    }
    if sys.platform != "win32":
        before[signal.SIGTTIN] = signal.signal(signal.SIGTTIN, signal.SIG_IGN)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
