"""How a reply that comes back as history is matched with the tokens it was written in."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.engines.llm.spelling import Piece, common


def pieces_of(*parts: str | bytes) -> tuple[Piece, ...]:
    return tuple(Piece(n, part if isinstance(part, bytes) else part.encode()) for n, part in enumerate(parts))


REPLY = pieces_of("Once", " there", " was", " a", " light", "house", ".", "\n\n", "It", " was", " old", ".")


@pytest.mark.parametrize(
    ("heard", "count", "rest"),
    [
        ("Once there was a lighthouse. It was old.", 12, ""),
        ("Once there was a lighthouse.", 7, ""),
        ("Once there was a lighthouse", 6, ""),
        ("Once there was", 3, ""),
        ("Once there was a light", 5, ""),
        ("Once there was a lighthouse. It is new.", 9, " is new."),
        ("Once there was a lightning.", 4, " lightning."),
        ("  Once   there\n", 2, ""),
        ("Twice there was", 0, "Twice there was"),
        ("Oncethere", 0, "Oncethere"),
        ("", 0, ""),
    ],
)
def test_the_part_that_was_heard_keeps_its_tokens_in_whole_words(heard: str, count: int, rest: str) -> None:
    assert common(REPLY, heard) == (count, rest)


def test_a_character_may_be_spelt_in_several_tokens() -> None:
    reply = pieces_of("Un", " caf", b"\xc3", b"\xa9", " noir", " \U0001f600".encode()[:3], " \U0001f600".encode()[3:])
    assert common(reply, "Un café") == (4, "")
    assert common(reply, "Un café noir") == (5, "")
    assert common(reply, "Un café noir \U0001f600 !") == (7, " !")
    assert common(reply, "Un cafe") == (1, " cafe")


@given(st.text(min_size=1, max_size=30), st.text(max_size=30), st.data())
def test_tokens_and_rest_together_are_the_text(reply: str, text: str, data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([text, reply, reply[: len(reply) // 2]]))
    encoded = reply.encode("utf-8", "replace")
    cuts = sorted(data.draw(st.sets(st.integers(0, len(encoded)))) | {0, len(encoded)})
    pieces = pieces_of(*(encoded[a:b] for a, b in itertools.pairwise(cuts)))
    count, rest = common(pieces, text)
    spelt = b"".join(piece.data for piece in pieces[:count]).decode("utf-8")
    assert " ".join((spelt + rest).split()) == " ".join(text.split())
