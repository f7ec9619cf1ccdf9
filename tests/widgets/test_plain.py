"""Text from elsewhere in one line: bounded, and nothing in it that is not seen."""

from hypothesis import given
from hypothesis import strategies as some

from app.widgets.plain import breakable, plain_line


@given(some.text(max_size=2000), some.integers(min_value=8, max_value=400))
def test_it_is_one_bounded_line_of_letters_that_are_seen(untrusted: str, most: int) -> None:
    line = plain_line(untrusted, most)
    assert len(line) <= most
    assert line.isprintable()


@given(some.text(alphabet="abc /.", max_size=100))
def test_plain_words_stay_as_they_are(text: str) -> None:
    assert plain_line(text) == " ".join(text.split())


@given(some.text(max_size=2000))
def test_what_may_be_broken_reads_the_same(text: str) -> None:
    line = plain_line(text)
    assert breakable(line).replace("\N{ZERO WIDTH SPACE}", "") == line
    assert all(len(piece) <= 24 for word in breakable(line).split(" ") for piece in word.split("\N{ZERO WIDTH SPACE}"))


def test_the_end_of_a_long_path_is_seen() -> None:
    assert plain_line("/home/" + "x" * 5000 + "/Secrets", 100).endswith("/Secrets")


def test_letters_that_turn_the_direction_show() -> None:
    assert plain_line("a\N{RIGHT-TO-LEFT OVERRIDE}b") == "a\N{REPLACEMENT CHARACTER}b"


def test_marks_are_not_piled_up() -> None:
    assert plain_line("a" + "\N{COMBINING ACUTE ACCENT}" * 500 + "b") == "a" + "\N{COMBINING ACUTE ACCENT}" * 2 + "b"
