"""What a customer at a console is told of colleagues who are invited: their codes, who is here, how to end it."""

from app.cli.common import plain
from app.flows.host_session import ColleagueCode, ColleagueCodeBurned, ColleagueCodeGone

ColleagueNews = ColleagueCode | ColleagueCodeBurned | ColleagueCodeGone


def facts_of(news: ColleagueNews) -> dict[str, object]:
    """For scripts."""
    match news:
        case ColleagueCode(name=name, code=code):
            return {"event": "colleague_code", "colleague": name, "code": code}
        case ColleagueCodeBurned(name=name, left=left, stranger=stranger):
            return {"event": "colleague_code_burned", "colleague": name, "left": left, "stranger": stranger}
        case ColleagueCodeGone(name=name):
            return {"event": "colleague_code_gone", "colleague": name}


def sentence_of(news: ColleagueNews) -> str:
    """For people. Nothing where there is nothing to do about it."""
    name = plain(news.name)
    match news:
        case ColleagueCode(code=code, until=until):
            return (
                f"Read this code to {name}, and to nobody else: {code[:4]} {code[4:]} "
                f"(until {until.astimezone():%H:%M}). It lets {name} in to what you allowed just now, and nobody else."
            )
        case ColleagueCodeBurned(stranger=stranger) if stranger:
            return f"Somebody called {plain(stranger)} knew {name}'s code. Nobody was let in; the code is void now."
        case ColleagueCodeBurned():
            return f"Somebody typed a wrong code in {name}'s place. Nobody was let in; the code is void now."
        case _:
            return ""


def here(name: str) -> str:
    """A colleague has come."""
    return f"{plain(name)} is here now, and sees the terminal. To end that, type `list`, and then take back its number."
