"""The real sounddevice on a sound card made of software. Each program runs in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import soundfile

from tests.audio.room import STORY, voice
from tests.pulse import RATE, PulseAudio


@contextmanager
def program(pulse: PulseAudio, text: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program that is ended if it has not ended by itself when the test is over."""
    process = subprocess.Popen(
        [sys.executable, "-c", text, *arguments],
        env=pulse.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tone(pitch: float, rate: int, seconds: float) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * pitch * np.arange(int(rate * seconds)) / rate)).astype(np.float32)


def pitch(sound: np.ndarray, rate: int) -> float:
    """Return the strongest frequency in Hz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return float(spectrum.argmax() * rate / len(sound))


def loud(sound: np.ndarray) -> np.ndarray:
    """Return `sound` from its first to its last audible sample."""
    audible = np.nonzero(np.abs(sound) > 0.02)[0]
    return sound[audible[0] : audible[-1] + 1] if len(audible) else sound[:0]


SPEAK = """
import json, time
import numpy as np
from companion_voice.audio.speaker import SoundCardSpeaker

def tone(pitch, seconds):
    return (0.5 * np.sin(2 * np.pi * pitch * np.arange(int(22050 * seconds)) / 22050)).astype(np.float32)

def say(epoch, pitch, seconds):
    for piece in np.array_split(tone(pitch, seconds), 7):
        speaker.play(epoch, 0, piece, 22050, last=False)
    speaker.play(epoch, 0, piece[:0], 22050, last=True)

def until(epoch, what):
    while not any(mark.epoch == epoch and mark.what == what for mark in marks):
        marks.extend(speaker.marks())
        time.sleep(0.005)

marks = []
speaker = SoundCardSpeaker()
speaker.open()
"""

LISTEN = """
import sys
import numpy as np
from companion_voice.audio.microphone import SoundCardMicrophone
from companion_voice.errors import DeviceError

def say(*words):
    print(*words, flush=True)

microphone = SoundCardMicrophone()
say(microphone.open())
"""


def test_a_sentence_is_heard_from_the_speaker_whole_and_marked(pulse: PulseAudio) -> None:
    text = f"""{SPEAK}
say(1, 660, 0.5)
speaker.release(1)
until(1, "spoken")
print(json.dumps([[mark.what, mark.at] for mark in marks]))
speaker.close()
"""
    with pulse.recording() as recording, program(pulse, text) as process:
        marks = json.loads(process.stdout.read())
    sound = loud(recording.speaker)
    assert len(sound) / RATE == pytest.approx(0.5, abs=0.02)
    assert pitch(sound, RATE) == pytest.approx(660, abs=3)
    assert np.abs(np.diff(sound)).max() < 1.3 * 0.5 * 2 * np.pi * 660 / RATE, "no clicks between the pieces"
    assert [what for what, _ in marks] == ["started", "spoken"]
    assert marks[1][1] - marks[0][1] == pytest.approx(0.5, abs=0.03)


def test_a_hushed_reply_breaks_off_and_the_next_is_heard(pulse: PulseAudio) -> None:
    text = f"""{SPEAK}
say(1, 660, 30)
say(2, 880, 0.3)
speaker.release(1)
until(1, "started")
time.sleep(0.1)
position = speaker.hush(2)
speaker.release(2)
until(2, "spoken")
print(json.dumps([position.epoch, position.index, position.fraction, speaker.backlog()]))
"""
    with pulse.recording() as recording, program(pulse, text) as process:
        epoch, index, fraction, backlog = json.loads(process.stdout.read())
    sound = loud(recording.speaker)
    assert (epoch, index, backlog) == (1, 0, 0)
    assert 0 < fraction < 1
    assert len(sound) / RATE == pytest.approx(30 * fraction + 0.3, abs=0.05)
    assert pitch(sound[: RATE // 10], RATE) == pytest.approx(660, abs=15)
    assert pitch(sound[-RATE // 5 :], RATE) == pytest.approx(880, abs=8)


def test_what_is_said_into_the_microphone_is_read_at_16_khz(pulse: PulseAudio) -> None:
    text = f"""{LISTEN}
heard = np.zeros(0, np.float32)
while not (np.abs(heard[:-16000]) > 0.1).any() or np.abs(heard[-3200:]).max() > 0.02:
    block = microphone.read(1)
    heard = heard if block is None else np.append(heard, block)
say(microphone.overflows, microphone.lost())
np.save(sys.stdin.readline().strip(), heard)
"""
    path = str(pulse.folder / "heard.npy")
    with program(pulse, text) as process:
        assert process.stdout.readline() == "default\n"
        pulse.speak_samples(tone(440, 44_100, 0.6), 44_100)
        assert process.stdout.readline() == "0 None\n"
        process.communicate(path)
    sound = loud(np.load(path))
    assert len(sound) / 16_000 == pytest.approx(0.6, abs=0.03)
    assert pitch(sound, 16_000) == pytest.approx(440, abs=3)


@pytest.mark.parametrize("kind", ["microphone", "speaker"])
def test_a_device_that_refuses_a_rate_is_opened_at_the_one_it_likes(pulse: PulseAudio, kind: str) -> None:
    text = f"""
import queue
from companion_voice.audio.devices import find
from companion_voice.audio.stream import LiveStream
blocks = queue.SimpleQueue()
device = find({kind!r}, "default")
stream = LiveStream(device, 1_000_000, lambda samples, frames, times, flags: blocks.put(samples.shape), block=0.01)
print(stream.rate == device.rate, stream.rate, *blocks.get())
stream.close()
"""
    with program(pulse, text) as process:
        assert process.communicate()[0] == "True 44100 441 1\n"


WATCH = """
while microphone.read(0.5) is None:
    pass
say("hears")
while not microphone.lost():
    microphone.read(0.1)
say(microphone.lost())
"""


def test_a_microphone_that_is_unplugged_is_noticed_and_comes_back(own_pulse: PulseAudio) -> None:
    text = f"""{LISTEN}{WATCH}
microphone.close()
try:
    microphone.open()
except DeviceError as error:
    say(error.sentence)
sys.stdin.readline()
say(microphone.open())
{WATCH}
"""
    with program(own_pulse, text) as process:
        assert [process.stdout.readline() for _ in range(2)] == ["default\n", "hears\n"]
        own_pulse.unplug()
        assert process.stdout.readline() == "The microphone “default” went away.\n"
        assert process.stdout.readline() == "The microphone “default” could not be opened.\n"
        own_pulse.plug_in()
        process.stdin.write("\n")
        process.stdin.flush()
        assert [process.stdout.readline() for _ in range(2)] == ["default\n", "hears\n"]


def test_a_microphone_that_stands_still_is_noticed_and_can_be_closed(pulse: PulseAudio) -> None:
    with program(pulse, f"{LISTEN}{WATCH}microphone.close()\nsay('closed')") as process:
        assert [process.stdout.readline() for _ in range(2)] == ["default\n", "hears\n"]
        pulse.stall_microphone()
        try:
            assert process.stdout.readline() == "The microphone “default” stands still.\n"
            assert process.stdout.readline() == "closed\n"
        finally:
            pulse.wake_microphone()


def test_a_speaker_that_is_unplugged_is_noticed_and_goes_on_when_it_is_back(own_pulse: PulseAudio) -> None:
    text = f"""{SPEAK}
import sys
say(1, 660, 1.5)
speaker.release(1)
until(1, "started")
print("speaks", flush=True)
while not speaker.lost():
    time.sleep(0.01)
print(speaker.lost(), flush=True)
sys.stdin.readline()
speaker.open()
until(1, "spoken")
print(speaker.lost(), flush=True)
"""
    with program(own_pulse, text) as process:
        assert process.stdout.readline() == "speaks\n"
        own_pulse.unplug()
        assert process.stdout.readline() == "The speaker “default” went away.\n"
        own_pulse.plug_in()
        assert process.communicate("\n")[0] == "None\n"


OVERHEAR = """
import json
import sys
import numpy as np
import soundfile
from companion_voice.audio.echo import EchoCanceller
from companion_voice.audio.microphone import SoundCardMicrophone
from companion_voice.audio.speaker import SoundCardSpeaker
from tests.audio.room import decibels, onsets

canceller = EchoCanceller()
cleaned, raw = SoundCardMicrophone(canceller=canceller), SoundCardMicrophone()
speaker = SoundCardSpeaker(reference=canceller.reference)
for device in (cleaned, raw, speaker):
    device.open()
story, rate = soundfile.read(sys.argv[1], dtype="float32")
speaker.play(1, 0, story, rate, last=True)
speaker.release(1)
heard, told = {cleaned: [], raw: []}, False
while not any(mark.what == "spoken" for mark in speaker.marks()):
    for microphone, blocks in heard.items():
        block = microphone.read(0.1)
        blocks += [] if block is None else [block]
    if not told and sum(map(len, heard[cleaned])) > 48_000:
        told = True
        print("go on", flush=True)
sounds = [np.concatenate(blocks) for blocks in heard.values()]
print(json.dumps([[onsets(sound), decibels(sound[16_000:48_000])] for sound in sounds]))
"""


def test_the_microphone_hears_a_person_but_not_the_speaker(pulse: PulseAudio) -> None:
    story = pulse.folder / "story.wav"
    soundfile.write(story, voice(STORY)[: 6 * RATE], RATE)
    person = voice("wait a moment, what time is it?", "rms", rate=RATE, level=-24)
    with pulse.open_speaker(-9, 50), program(pulse, OVERHEAR, str(story)) as process:
        assert process.stdout.readline() == "go on\n"
        pulse.speak_samples(person, RATE)
        (heard, left), (without, level) = json.loads(process.stdout.read())
    assert without[0] < 3, "uncancelled, it hears itself"
    assert heard[0] > 3, "cancelled, it hears the person only"
    assert level - left > 25
