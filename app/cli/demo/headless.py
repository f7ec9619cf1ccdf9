"""The demo without a display: it plays both windows by itself, off screen, through the controls that people use."""

from functools import partial
from pathlib import Path
from uuid import UUID

from app.cli.demo.stage import Stage, open_stage
from app.cli.demo.world import World
from app.domain.case import Status
from app.flows.receipt import save_receipt

ABOUT = "I cannot open an invoice: it says that it is locked. I need it for a customer at three."
ADVICE = "If it says locked again: close every program that has the invoice open, wait a minute, and try once more.\n"
_A_GLANCE_MS = 500


def play(world: World, out: Path) -> UUID:
    """The whole main job, step by step. Returns the case."""
    with open_stage(world.lone, world.anna) as stage:
        code = _lone_asks(world, stage)
        case_id = stage.case_id
        _anna_comes_in(world, stage, code)
        _anna_finds_it(world, stage, out)
        _anna_writes_it_down(world, stage)
        _lone_confirms(world, stage)
        save_receipt(world.lone, case_id, out / "receipt.html")
        world.narrator.tell("Lone keeps a receipt of everything that was done on her computer.")
    return case_id


def _lone_asks(world: World, stage: Stage) -> str:
    lone, tell = stage.customer, world.narrator.tell
    lone.type("about", ABOUT)
    lone.type("name", "Lone Møller")
    lone.press("getHelp")
    tell("Lone writes what is wrong and presses Get help; her computer looks at itself.")
    lone.press("share")
    tell("She reads what it found, with names and addresses replaced, and shares it.")
    lone.press("agreeTerminal")
    lone.press("agreeFolder")
    lone.type("folder", str(world.documents))
    lone.press("agree")
    code = stage.code()
    tell(f"She allows a terminal and one folder for a while. Her window shows a code: {code[:4]} {code[4:]}")
    return code


def _anna_comes_in(world: World, stage: Stage, code: str) -> None:
    anna = stage.desk
    stage.open_case()
    anna.press("take")
    stage.wait_for_entry("Took the case")
    world.narrator.tell("The case is in Anna's queue with its findings. She takes it, and asks Lone for the code.")
    anna.type("code", f"{code[:4]} {code[4:]}")
    anna.press("connect")
    session = stage.session()
    world.narrator.tell(
        f"Both keys are pinned by the code. Anna is in after {session.connect_seconds:.2f} s, "
        f"through the relay at {session.relay}, which can read nothing of it."
    )


def _anna_finds_it(world: World, stage: Stage, out: Path) -> None:
    anna, tell, session = stage.desk, world.narrator.tell, stage.session()
    stage.wait_for_prompt()
    anna.type("terminal", f"cd '{world.documents}' && ls\n")
    stage.wait_for_output("invoice-2041.txt.lock")
    anna.type("terminal", "cat invoice-2041.txt\n")
    stage.wait_for_output("4,200 kr.")
    tell("She looks around in the terminal. Lone's window shows it live; it is recorded before either sees it.")
    lock = f"{world.documents}/invoice-2041.txt.lock"
    found = anna.meanwhile(partial(session.run, f"cat '{lock}'"))
    done = anna.meanwhile(partial(session.run, f"rm -- '{lock}'"))
    tell(f"A program that crashed left a lock: “{found.stdout.strip()}”. She removes it (status {done.exit_status}).")
    advice = world.folder / "if-it-happens-again.txt"
    advice.write_text(ADVICE)
    sent = anna.meanwhile(partial(session.put, advice, f"{world.documents}/{advice.name}"))
    tell(
        f"She leaves advice for Lone in the folder: {advice.name}, {sent.bytes} bytes, "
        f"the same SHA-256 at both ends: {sent.sha256[:12]}…"
    )
    anna.type("noteText", "A stale lock file from a crashed program held the invoice. Removed it.")
    anna.pick("noteCertainty", "verified")
    anna.press("addNote")
    stage.wait_for_entry("stale lock file")
    anna.live(_A_GLANCE_MS)  # until the desk has shown that it is sent
    stage.customer.picture(out / "gethelp.png")
    anna.picture(out / "desk.png")


def _anna_writes_it_down(world: World, stage: Stage) -> None:
    anna = stage.desk
    anna.press("endSession")
    stage.wait_for_end()
    world.narrator.tell("Anna ends the session. Both ends sign the same audit; the clock's time is filled in.")
    anna.press("recordWork")
    stage.wait_for_entry("Worked")
    anna.press("showSolution")
    anna.type("resolveText", "A program had crashed and left the invoice locked. It opens again.")
    anna.press("resolve")
    stage.wait_for_entry("Proposes")
    world.narrator.tell("Note, time and solution are on record, and sent.")


def _lone_confirms(world: World, stage: Stage) -> None:
    lone = stage.customer
    lone.type("thanks", "Thank you, it opens! And I could see what you did.")
    lone.press("fixed")
    stage.wait_for_status(lambda view: view.case.status is Status.CLOSED)
    world.narrator.tell("Lone tries it, says that it is fixed, and thanks Anna. Only she could close the case.")
