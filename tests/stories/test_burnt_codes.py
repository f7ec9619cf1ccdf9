"""Three wrong codes: from then on the customer is asked, and can still stop."""

from tests.stories.shop import Person, Running, Shop


def _burn_three(anna: Person, asked: Running) -> str:
    """Type three wrong codes. Returns the case."""
    case: str = asked.event("requested")["case"]
    for _ in range(3):
        code = asked.event("code")
        assert code["case"] == case
        wrong = f"{(int(code['code']) + 1) % 10**8:08d}"
        assert anna.types("connect", case, "--code", wrong, "--run", "true").code == 1
    return case


def test_after_three_wrong_codes_enter_gives_another_and_ctrl_c_still_stops(shop: Shop) -> None:
    anna = shop.technician("Anna")
    asked = shop.asks_for_help(shop.person("lone"), "It hums", "terminal")
    case = _burn_three(anna, asked)
    assert asked.process.stdin is not None
    asked.process.stdin.write("\n")
    asked.process.stdin.flush()
    code = asked.event("code")["code"]
    assert anna.types("connect", case, "--code", code, "--run", "true").code == 0
    assert asked.event("ended")["reason"] == "technician left"
    assert asked.end() == 0


def test_ctrl_c_stops_also_while_enter_is_waited_for(shop: Shop) -> None:
    anna = shop.technician("Anna")
    asked = shop.asks_for_help(shop.person("lone"), "It hums", "terminal")
    _burn_three(anna, asked)
    asked.interrupt()
    assert asked.event("ended")["reason"] == "customer stopped"
    assert asked.end() == 0


def test_where_nobody_can_press_enter_the_session_is_stopped(shop: Shop) -> None:
    anna = shop.technician("Anna")
    asked = shop.asks_for_help(shop.person("lone"), "It hums", "terminal")
    assert asked.process.stdin is not None
    asked.process.stdin.close()
    _burn_three(anna, asked)
    assert asked.event("ended")["reason"] == "customer stopped"
    assert asked.end() == 0
