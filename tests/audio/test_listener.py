"""From sound to moments of speech, with the real network and recorded voices."""

import shutil
import subprocess
from itertools import count

import numpy as np
import pytest
import soundfile
import soxr

from companion_voice.audio.listener import PRE_ROLL, Listener
from companion_voice.audio.vad import FRAME
from companion_voice.conversation.endpoint import Manner
from companion_voice.events import SpeechEnded, SpeechPaused

RATE = 16_000


class Notebook:
    """Keeps what the recogniser would have been given."""

    def __init__(self):
        self.utterances = {}

    def begin(self, utterance):
        self.utterances[utterance] = np.zeros(0, np.float32)

    def feed(self, utterance, samples):
        self.utterances[utterance] = np.append(self.utterances[utterance], samples)


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    if not shutil.which("flite"):
        pytest.skip("needs flite: sudo apt install flite")
    wav = tmp_path_factory.mktemp("voice") / "voice.wav"
    subprocess.run(["flite", "-voice", "slt", "-t", "what time is it", "-o", str(wav)], check=True)
    samples, rate = soundfile.read(wav, dtype="float32")
    return soxr.resample(samples, rate, RATE).astype(np.float32)


def listen(sound, block=160, *, alert=False):
    """Return the events of a sound, each with the sample at which it came, and what the recogniser was given."""
    heard, clock = Notebook(), count()
    listener = Listener(Manner(), heard, lambda: float(next(clock)), alert=lambda: alert)
    events = []
    for start in range(0, len(sound), block):
        events += [(start, type(e).__name__) for e in listener.hear(sound[start : start + block])]
    return events, heard.utterances


def silence(seconds):
    return np.zeros(int(seconds * RATE), np.float32)


def test_a_sentence_between_silences_is_one_utterance(voice):
    events, heard = listen(np.concatenate([silence(1), voice, silence(2)]))
    assert [name for _, name in events if name in ("SpeechStarted", "SpeechEnded")] == ["SpeechStarted", "SpeechEnded"]
    assert list(heard) == [1]


def test_at_least_300_ms_before_the_detected_onset_reach_the_recogniser(voice):
    mark = np.linspace(0, 1, RATE, dtype=np.float32) * 1e-3  # too quiet to be speech, different in every sample
    events, heard = listen(np.concatenate([mark, voice, silence(2)]))
    onset = next(at for at, name in events if name == "SpeechStarted")
    first = int(np.argmin(np.abs(mark - heard[1][0])))
    assert PRE_ROLL >= 0.3
    assert onset - first >= 0.3 * RATE


@pytest.mark.parametrize("alert", [False, True])
def test_nothing_of_the_utterance_is_lost_or_given_twice(voice, alert):
    sound = np.concatenate([silence(1), voice, silence(2)])
    _, heard = listen(sound, alert=alert)
    given = heard[1]
    where = np.flatnonzero(np.isclose(sound, given[np.argmax(np.abs(given))]))[0] - int(np.argmax(np.abs(given)))
    assert np.array_equal(sound[where : where + len(given)], given)
    assert where + len(given) >= RATE + len(voice)


@pytest.mark.parametrize("block", [1, 160, 333, FRAME, 5000])
def test_it_does_not_matter_how_the_sound_is_cut(voice, block):
    sound = np.concatenate([silence(0.5), voice, silence(1.5)])
    names = [name for _, name in listen(sound, block)[0]]
    assert names == [name for _, name in listen(sound, FRAME)[0]]


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(np.zeros(RATE * 3, np.float32), id="silence"),
        pytest.param(np.random.default_rng(0).normal(0, 0.01, RATE * 3).astype(np.float32), id="hiss"),
        pytest.param(np.sin(np.arange(RATE * 3) / RATE * 2 * np.pi * 50).astype(np.float32) * 0.2, id="hum"),
        pytest.param(np.eye(1, RATE * 3, RATE, dtype=np.float32)[0], id="click"),
    ],
)
@pytest.mark.parametrize("alert", [False, True])
def test_what_is_no_voice_is_no_speech(sound, alert):
    assert listen(sound, alert=alert) == ([], {})


def test_who_is_alert_notices_a_beginning_before_a_frame_is_full(voice):
    def noticed(offset, *, alert):
        sound = np.concatenate([silence(1), np.zeros(offset, np.float32), voice[: RATE // 2]])
        return next(at for at, name in listen(sound, 32, alert=alert)[0] if name == "SpeechStarted")

    sooner = [noticed(offset, alert=False) - noticed(offset, alert=True) for offset in range(0, FRAME, 64)]
    assert min(sooner) >= 0
    assert np.mean(sooner) > FRAME / 2


def test_after_a_reset_the_next_utterance_has_a_new_number(voice):
    heard = Notebook()
    listener = Listener(Manner(), heard, lambda: 0.0)
    listener.hear(np.concatenate([silence(0.5), voice[: RATE // 2]]))
    assert not listener.quiet
    listener.reset()
    assert listener.quiet
    listener.hear(np.concatenate([silence(0.5), voice, silence(1)]))
    assert list(heard.utterances) == [1, 2]


def test_a_pause_that_is_long_enough_already_ends_without_waiting_for_the_next_frame(voice):
    listener = Listener(Manner(), Notebook(), lambda: 0.0)
    sound = np.concatenate([voice, silence(1)])
    blocks = iter([sound[start : start + 160] for start in range(0, len(sound), 160)])
    paused = next(event for block in blocks for event in listener.hear(block) if isinstance(event, SpeechPaused))
    assert not listener.hear(next(blocks))
    listener.end_after(paused.utterance, paused.silence)
    assert [type(event) for event in listener.hear(next(blocks))] == [SpeechEnded]
    assert listener.quiet
