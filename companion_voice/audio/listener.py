"""From blocks of sound to moments of speech. Owns no thread and no device; it is given blocks and says what they mean.

What the person says goes to the recogniser while it is being said, beginning `PRE_ROLL` before the detected onset so
that no first syllable is lost.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from companion_voice.audio.vad import FRAME, FRAME_SECONDS, Glances, VoiceActivity
from companion_voice.conversation.endpoint import Endpoint, Manner, Moment, advance, begun, end_after, over
from companion_voice.events import (
    SilenceContinued,
    SpeechContinued,
    SpeechEnded,
    SpeechPaused,
    SpeechResumed,
    SpeechStarted,
)

SURE = 0.6
"""What a look between the frames must say: a little more than a frame, since there are seven times as many, and what is
left of an echo is seldom as sure."""

SURE_IF_LOUD = 0.45
"""The same for a sound that is too loud to be what is left of an echo. From 0.35 on downwards, knocks are taken for
speech (`benchmarks/onset.py`)."""

LOUD = 0.01
"""Such a sound, 0 to 1 (root mean square): -40 dB; of 27 echoes none left more than -49."""

PRE_ROLL = 0.48
"""Seconds before the detected onset that the recogniser hears as well."""

FAINT = 0.03
"""A frame this much quieter than the loudest of its utterance (30 dB) is silence: the network needs 60 ms more to
notice that a voice has stopped."""

SpeechEvent = SpeechStarted | SpeechContinued | SpeechPaused | SilenceContinued | SpeechResumed | SpeechEnded


_BEGUN: dict[Moment, type[SpeechStarted | SpeechContinued]] = {"started": SpeechStarted, "continued": SpeechContinued}
_SILENT: dict[Moment, type[SpeechPaused | SilenceContinued | SpeechEnded]] = {
    "paused": SpeechPaused,
    "silent": SilenceContinued,
    "ended": SpeechEnded,
}


class Hearing(Protocol):
    """Where the sound of an utterance goes."""

    def begin(self, utterance: int) -> None:
        """Start a new utterance."""

    def feed(self, utterance: int, samples: NDArray[np.float32]) -> None:
        """Take `float32[n] at 16 kHz` that follows what was fed before."""


class Listener:
    """Turns a stream of sound into events and utterances."""

    def __init__(
        self, manner: Manner, hearing: Hearing, clock: Callable[[], float], *, alert: Callable[[], bool] = lambda: False
    ) -> None:
        """Listen in a `manner`.

        While `alert`, one moment that may be speech is a beginning, and it is looked for every 4 ms: it can be taken
        back, and whoever talks over the companion should not have to wait for it.
        """
        self.level = 0.0
        """Loudness of the last frame, 0 to 1 (root mean square)."""
        self.utterance = 0
        """Number of the last utterance that began."""
        self._manner = manner
        self._alert_manner = replace(manner, onset=manner.speech_above)
        self._alert = alert
        self._hearing = hearing
        self._clock = clock
        self._activity = VoiceActivity()
        self._glances = Glances()
        self._glancing = False
        self._endpoint = Endpoint()
        self._rest = np.zeros(0, np.float32)
        self._shortened: tuple[int, float] | None = None
        self._loudest = 0.0
        self._before: deque[NDArray[np.float32]] = deque(maxlen=int(PRE_ROLL / FRAME_SECONDS) + 1)

    @property
    def quiet(self) -> bool:
        """Nobody is in the middle of an utterance."""
        return not self._endpoint.speaking

    def hear(self, block: NDArray[np.float32]) -> list[SpeechEvent]:
        """Take `float32[n] at 16 kHz` and return what began or ended in it."""
        events = []
        while len(self._rest) + len(block) >= FRAME:
            needed = FRAME - len(self._rest)
            events += [self._glance(block[:needed]), self._frame(np.concatenate([self._rest, block[:needed]]))]
            self._rest, block = block[:0], block[needed:]
        events.append(self._glance(block))
        self._rest = np.concatenate([self._rest, block])
        events.append(self._end_early())
        return [event for event in events if event is not None]

    def end_after(self, utterance: int, silence: float) -> None:
        """Take the pause of `utterance`, if it still lasts, for its end once it is `silence` seconds long.

        Called by another thread; it takes effect with the next block.
        """
        self._shortened = (utterance, silence)

    def reset(self) -> None:
        """Begin anew, as after a microphone was lost: what was being said is forgotten."""
        self._activity.reset()
        self._glancing = False
        self._endpoint = Endpoint()
        self._rest = self._rest[:0]
        self._before.clear()

    def _frame(self, frame: NDArray[np.float32]) -> SpeechEvent | None:
        probability = self._probability(frame)
        self._shorten()
        silence = self._endpoint.silent + FRAME_SECONDS
        manner = self._alert_manner if self._alert() else self._manner
        self._endpoint, moment = advance(self._endpoint, probability, FRAME_SECONDS, manner)
        self._before.append(frame)
        if moment == "started":
            self._begin()
        elif self._endpoint.speaking or moment == "ended":
            self._hearing.feed(self.utterance, frame)
        return self._event(moment, silence)

    def _shorten(self) -> None:
        if self._shortened:
            (utterance, pause), self._shortened = self._shortened, None
            if utterance == self.utterance:
                self._endpoint = end_after(self._endpoint, pause)

    def _end_early(self) -> SpeechEvent | None:
        """End a pause between two frames, once it has lasted for as long as it was just told to."""
        if not self._shortened:
            return None
        self._shorten()
        silence = self._endpoint.silent
        if not over(self._endpoint):
            return None
        self._endpoint = Endpoint(silent=silence)
        return self._event("ended", silence)

    def _glance(self, fresh: NDArray[np.float32]) -> SpeechEvent | None:
        """Look for a beginning in what came since the last frame, `fresh` being the last of it, if it is urgent."""
        if self._endpoint.speaking or not self._before or not self._alert():
            self._glancing = False
            return None
        if not self._glancing:
            self._glances.reset()
        self._glancing = True
        sound = np.concatenate([self._before[-1], self._rest, fresh])
        sure = SURE_IF_LOUD if _loudness(fresh) > LOUD else SURE
        if all(each < sure for each in self._glances.probabilities(sound, len(self._rest))):
            return None
        self._endpoint = begun()
        self._begin()
        return self._event("started", 0.0)

    def _begin(self) -> None:
        self.utterance += 1
        self._loudest = 0.0
        self._hearing.begin(self.utterance)
        self._hearing.feed(self.utterance, np.concatenate(self._before))

    def _event(self, moment: Moment | None, silence: float) -> SpeechEvent | None:
        at, utterance = self._clock(), self.utterance
        match moment:
            case None:
                return None
            case "started" | "continued":
                return _BEGUN[moment](at=at, utterance=utterance)
            case "resumed":
                return SpeechResumed(at=at, utterance=utterance, silence=silence - FRAME_SECONDS)
            case "paused" | "silent" | "ended":
                return _SILENT[moment](at=at, utterance=utterance, silence=silence)

    def _probability(self, frame: NDArray[np.float32]) -> float:
        """Return how likely a frame is speech, 0 to 1."""
        probability = self._activity.probability(frame)
        self.level = _loudness(frame)
        if self._endpoint.speaking:
            self._loudest = max(self._loudest, self.level)
            return 0.0 if self.level < FAINT * self._loudest else probability
        return probability


def _loudness(sound: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.dot(sound, sound) / max(1, len(sound))))
