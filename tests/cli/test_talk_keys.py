"""What keys do in a conversation at a terminal."""

import os
import pty

import pytest
from msgspec.structs import replace

from companion_voice.boundaries import phrases
from companion_voice.boundaries.settings import Boundaries, Microphone
from companion_voice.cli import talk
from companion_voice.conversation import remote
from companion_voice.conversation.addressing import Addressing
from companion_voice.conversation.state import Setup, begin
from companion_voice.events import CloseMicrophone, OpenMicrophone


class Talking:
    """What `talk` asks of a companion."""

    def __init__(self, *, mode="always", key="m", listens=True):
        boundaries = Boundaries(mic=Microphone(mute_key=key))
        self.setup = Setup(
            name="", head="", greeting="", farewell="", language="en", languages=("en",), listens=listens,
            boundaries=boundaries, addressing=Addressing(mode=mode), phrases={"en": phrases.load("en")},
        )  # fmt: skip


@pytest.fixture
def terminal(monkeypatch):
    """Yield the far side of a terminal that is the standard input."""
    far, near = pty.openpty()
    with os.fdopen(near, "r", closefd=False) as keyboard:
        monkeypatch.setattr("sys.stdin", keyboard)
        yield far
    os.close(far)
    os.close(near)


def test_the_key_that_is_set_mutes_the_microphone_and_opens_it_again(terminal):
    with talk._keys(Talking(mode="push_to_talk")) as keys:
        os.write(terminal, b"xm m")
        assert [keys(), keys(), keys()] == ["mute", "talk", "mute"]
    state = replace(begin(Talking().setup), muted=False)
    state, closed = remote.mute(state, muted=not state.muted)
    state, opened = remote.mute(state, muted=not state.muted)
    kinds = [type(command) for command in (*closed, *opened)]
    assert [kind for kind in kinds if kind in (CloseMicrophone, OpenMicrophone)] == [CloseMicrophone, OpenMicrophone]


def test_without_such_a_key_the_terminal_is_left_alone(terminal):
    for one in (Talking(key=""), Talking(listens=False)):
        with talk._keys(one) as keys:
            assert keys is None


def test_the_person_is_told_of_the_key(terminal):
    assert "“m”" in talk._how_to_address(Talking())
