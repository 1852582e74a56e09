"""What a model writes, made fit to be spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.engines.llm.written import Written

ENDS = ("<|im_end|>", "<|im_start|>")


def heard(pieces: list[bytes]) -> str:
    written = Written(ENDS)
    text = "".join(written.add(piece) for piece in pieces if not written.over)
    return text + ("" if written.over else written.add(b"", last=True))


def bytewise(text: str) -> list[bytes]:
    return [bytes([byte]) for byte in text.encode()]


@pytest.mark.parametrize(
    ("raw", "spoken"),
    [
        ("Hello.", "Hello."),
        ("\n\n Hello.", "Hello."),
        ("<think>\nHm.\n</think>\n\nHello.", "Hello."),
        ("<think>never finished", ""),
        ("Héllo, 😀!", "Héllo, 😀!"),
        ("Hello.<|im_end|>\n<|im_start|>user\nMore?", "Hello."),
        ("5 < 6 and <|im_| is no end", "5 < 6 and <|im_| is no end"),
        ("<b>Hello.", "<b>Hello."),
        ("I <think> so.", "I <think> so."),
        ("Hello <|im", "Hello <|im"),
        ("", ""),
    ],
)
def test_a_reply_is_the_same_however_it_is_cut(raw: str, spoken: str) -> None:
    assert heard([raw.encode()]) == spoken
    assert heard(bytewise(raw)) == spoken


@given(st.text(), st.lists(st.integers(1, 5), min_size=1))
def test_no_cut_through_a_character_shows(raw: str, cuts: list[int]) -> None:
    data, pieces, n = raw.encode(), [], 0
    while data:
        size = cuts[n % len(cuts)]
        pieces.append(data[:size])
        data, n = data[size:], n + 1
    assert heard(pieces) == heard([raw.encode()])


def test_words_are_not_held_back_longer_than_an_end_could_be() -> None:
    written = Written(ENDS)
    assert written.add(b"Hello <") == "Hello "
    assert written.add(b"3") == "<3"


def test_broken_bytes_become_a_replacement_character() -> None:
    assert heard([b"Hel\xfflo\xe2\x82"]) == "Hel\ufffdlo\ufffd"
