"""The closed loop: what the speaker plays comes back into the microphone, and must not be heard as a person."""

import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from companion_voice.audio.echo import FRAME, LATENCY, LINGER, EchoCanceller
from companion_voice.audio.ring import Block
from tests.audio.room import HEARD, PLAYED, STORY, Sound, clean, decibels, echo, onsets, voice

GAINS = (-6, -12, -20)
DELAYS = (0.02, 0.08, 0.2)
LOOPS = list(product(GAINS, DELAYS))


@pytest.fixture(scope="module")
def story() -> Sound:
    return voice(STORY)


@pytest.fixture(scope="module")
def person() -> Sound:
    return voice("wait a moment, what time is it?", "rms", rate=HEARD, level=-24)


def silence(seconds: float, rate: int = HEARD) -> Sound:
    return np.zeros(round(seconds * rate), np.float32)


def joined(*sounds: Sound) -> Sound:
    return np.concatenate(sounds)


@pytest.mark.parametrize(("gain", "delay"), LOOPS)
def test_the_companion_does_not_hear_itself_from_the_first_word_on(story: Sound, gain: int, delay: float) -> None:
    heard = echo(story, gain=gain, delay=delay)
    cleaned = clean(EchoCanceller(), story, heard)
    assert onsets(heard), "uncancelled, it does"
    assert onsets(cleaned) == []
    assert decibels(heard[HEARD:]) - decibels(cleaned[HEARD:]) > 25


@pytest.mark.parametrize(("gain", "delay"), LOOPS)
def test_a_person_who_talks_over_the_companion_is_heard(story: Sound, person: Sound, gain: int, delay: float) -> None:
    begin = 3 * HEARD
    heard = echo(story, gain=gain, delay=delay)
    heard[begin : begin + len(person)] += person
    heard_at = onsets(clean(EchoCanceller(), story, heard))
    assert heard_at
    assert 3 < heard_at[0] < 3 + len(person) / HEARD


@pytest.mark.parametrize("delay", [0.01, 0.3, 0.45])
def test_the_delay_may_be_as_short_or_long_as_sound_servers_make_it(story: Sound, delay: float) -> None:
    assert onsets(clean(EchoCanceller(), story, echo(story, gain=-12, delay=delay))) == []


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 192_000])
def test_a_speaker_of_any_rate_is_cancelled(rate: int) -> None:
    story = voice(STORY, rate=rate)
    heard = echo(story, gain=-6, delay=0.08, rate=rate)
    assert onsets(clean(EchoCanceller(), story, heard, rate=rate)) == []


@pytest.mark.parametrize("late", [3, 40, 150])
def test_a_listener_who_is_late_hears_no_echo_either(story: Sound, late: int) -> None:
    assert onsets(clean(EchoCanceller(), story, echo(story, gain=-6, delay=0.08), late=late)) == []


def test_after_a_rest_the_room_is_still_known(story: Sound) -> None:
    rest = LINGER + 4
    played = joined(story, silence(rest, PLAYED), story)
    heard = echo(played, gain=-6, delay=0.08)
    cleaned = clean(EchoCanceller(), played, heard)
    again = slice(round(len(story) / PLAYED * HEARD + rest * HEARD), None)
    assert onsets(cleaned) == []
    assert decibels(heard[again][:HEARD]) - decibels(cleaned[again][:HEARD]) > 25


def test_while_nothing_is_played_sound_passes_untouched_and_at_once(person: Sound) -> None:
    canceller = EchoCanceller()
    for block in np.array_split(person, 50):
        canceller.far(np.zeros(3 * len(block), np.float32), PLAYED)
        assert canceller.near(block) is block


def test_not_a_sample_is_lost_or_doubled_where_cleaning_begins_and_ends(person: Sound) -> None:
    heard = joined(*[person] * 8)
    word = voice("yes", level=-70)
    played = joined(silence(2, PLAYED), word, silence(20, PLAYED))
    cleaned = clean(EchoCanceller(), played, heard)
    changed = np.flatnonzero(cleaned != heard[: len(cleaned)])
    assert len(cleaned) == len(heard) // FRAME * FRAME
    assert changed[0] >= 2 * HEARD - LATENCY
    assert changed[-1] < (2 + len(word) / PLAYED + LINGER) * HEARD + FRAME, "afterwards every sample is where it was"
    assert np.abs(np.diff(cleaned)).max() <= 1.1 * np.abs(np.diff(heard)).max(), "no clicks"


@pytest.mark.parametrize("size", [1, 100, 160, 256, 1000])
def test_it_does_not_matter_how_the_sound_is_cut(person: Sound, size: int) -> None:
    def cleaned(size: int) -> Sound:
        canceller = EchoCanceller()
        canceller.far(np.full(480, 0.01, np.float32), PLAYED)
        return joined(*[canceller.near(person[start : start + size]) for start in range(0, HEARD, size)])

    both = cleaned(size), cleaned(FRAME)
    length = min(map(len, both))
    assert HEARD - length <= LATENCY + FRAME
    assert np.array_equal(both[0][:length], both[1][:length])


def test_what_was_heard_and_played_before_a_reset_is_forgotten(person: Sound) -> None:
    canceller = EchoCanceller()
    clean(canceller, np.ones(PLAYED, np.float32), person[:HEARD])
    canceller.reset()
    assert np.array_equal(clean(canceller, silence(1, PLAYED), person[:HEARD]), person[:HEARD])


def test_a_reference_that_nobody_reads_keeps_two_seconds() -> None:
    reference = EchoCanceller().reference
    for number in range(1000):
        reference.push(Block(silence(0.01, PLAYED), at=number / 100))
    assert reference.dropped == 800


def python(program: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | environment, capture_output=True, text=True, check=True
    )
    return done.stdout + done.stderr


ASK = """
import sys
{}
from companion_voice.audio.echo import EchoCanceller
from companion_voice.errors import AudioError
try:
    EchoCanceller()
except AudioError as error:
    print(error.sentence)
"""
UNAVAILABLE = "Echo cancellation cannot be had: the livekit package is missing or does not fit this machine.\n"


def test_a_missing_library_is_said_in_a_sentence() -> None:
    assert python(ASK.format("sys.modules['livekit'] = None")) == UNAVAILABLE


def test_a_library_that_cannot_be_loaded_is_said_in_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "liblivekit_ffi.so"
    broken.write_bytes(b"\x7fELF and then nothing")
    assert python(ASK.format(""), LIVEKIT_LIB_PATH=str(broken)) == UNAVAILABLE


def test_the_library_opens_no_connection() -> None:
    program = """
import os, re
import numpy as np
from pathlib import Path
from companion_voice.audio.echo import EchoCanceller
canceller = EchoCanceller()
for _ in range(200):
    canceller.far(np.ones(480, np.float32) / 9, 48_000)
    canceller.near(np.ones(160, np.float32) / 9)
ours = set()
for number in os.listdir("/proc/self/fd"):
    try:
        ours |= set(re.findall(r"socket:\\[(\\d+)\\]", os.readlink(f"/proc/self/fd/{number}")))
    except FileNotFoundError:
        pass  # the folder's own
network = "".join(path.read_text() for kind in ("tcp", "udp", "raw") for path in Path("/proc/net").glob(kind + "*"))
print(ours & set(re.findall(r"\\d+", network)))
"""
    assert python(program) == "set()\n"
