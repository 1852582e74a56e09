"""The ears: one thread that reads the microphone and tells what it hears. It reopens a microphone when it is told to.

A microphone that gives nothing for `PATIENCE` seconds is lost, whatever its driver claims. One that gives nothing but
zeros is lost as well, though it is listened to: it may be found again at any moment.
"""

import threading
import time
from collections.abc import Callable

from companion_voice.audio.listener import Listener
from companion_voice.audio.microphone import Microphone
from companion_voice.audio.resample import Samples
from companion_voice.audio.wake_word import WakeWord
from companion_voice.errors import AudioError
from companion_voice.events import InputEnded, MicrophoneFound, MicrophoneLost, SpeechEnded, WakeWordHeard
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.cards import Cards
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox

PATIENCE = 1.5

NAP = 0.09
"""Seconds of sound gathered before it is listened to, while nothing is going on: three decisions on speech in one
waking, of which the first costs ten times the others. The onset is noticed that much later, and nothing of it is lost.
"""
_BLOCK_TIMEOUT = 0.25


class Ears:
    """Owns the microphone."""

    def __init__(
        self,
        microphone: Microphone,
        listener: Listener,
        inbox: Inbox,
        clock: Clock,
        cards: Cards,
        *,
        wake_word: WakeWord | None = None,
        at_rest: Callable[[], bool],
        polite: bool,
    ) -> None:
        self.beat = Beat()
        self._microphone = microphone
        self._listener = listener
        self._wake_word = wake_word
        self._inbox = inbox
        self._clock = clock
        self._cards = cards
        self._at_rest = at_rest
        """Nothing is being heard, prepared or said."""
        self._polite = polite
        """Wait for each answer before hearing on: a recording that is read as fast as it goes would talk over it."""
        self._wanted = threading.Event()
        self._muted = False
        self._closing = False
        self._dumb = False
        """It gave nothing but zeros when it was last heard, and this has been told."""

    def open(self) -> None:
        """Ask for the microphone to be opened; `MicrophoneFound` or `MicrophoneLost` tells what came of it."""
        self._muted = False
        self._wanted.set()

    def mute(self) -> None:
        """Ask for the microphone to be closed until it is to be opened again."""
        self._muted = True

    def end_after(self, utterance: int, silence: float) -> None:
        """Take the pause of `utterance` for its end once it is `silence` seconds long."""
        self._listener.end_after(utterance, silence)

    def close(self) -> None:
        """Let the thread end."""
        self._closing = True
        self._wanted.set()

    def run(self) -> None:
        """Hear until closed (the thread's body)."""
        while not self._closing:
            self.beat.rest()
            self._wanted.wait()
            self.beat.beat()
            self._wanted.clear()
            if not (self._closing or self._muted) and self._try_open():
                self._hear_until_lost()
        self._cards.close(self._microphone)

    def _try_open(self) -> bool:
        try:
            name = self._cards.open(self._microphone)
        except AudioError as error:
            self._inbox.post(MicrophoneLost(at=self._clock.now(), reason=error.sentence))
            return False
        if self._dumb:
            self._inbox.post(_dumb(self._clock.now()))
            return True
        number = self._inbox.post(MicrophoneFound(at=self._clock.now(), name=name))
        self._begin()
        return not self._microphone.recorded or self._inbox.wait_until_settled(number)

    def _begin(self) -> None:
        self._listener.reset()
        if self._wake_word:
            self._wake_word.reset()

    def _hear_until_lost(self) -> None:
        last = self._clock.now()
        while not self._closing:
            self.beat.beat()
            if self._is_to_close():
                self._cards.close(self._microphone)
                return
            block = self._next()
            reason = self._microphone.lost()
            self._notice(self._microphone.dumb)
            if block is not None:
                last = self._clock.now()
                if self._wake_word and self._wake_word.heard(block):
                    self._inbox.post(WakeWordHeard(at=last))
                for event in self._listener.hear(block):
                    number = self._inbox.post(event)
                    if self._polite and isinstance(event, SpeechEnded):
                        self._inbox.wait_until_settled(number)
                if self._recording_is_over():
                    return
            elif self._clock.now() - last > PATIENCE:
                reason = reason or "The microphone gives no sound."
            if reason:
                self._cards.close(self._microphone)
                self._inbox.post(MicrophoneLost(at=self._clock.now(), reason=reason))
                return

    def _is_to_close(self) -> bool:
        """Tell when it is muted, or to be opened again: because somebody asks, or to let a new card be found."""
        if self._cards.asked and self._at_rest():
            self._wanted.set()
        return self._muted or self._wanted.is_set()

    def _notice(self, dumb: bool) -> None:
        """Tell when the microphone begins to give nothing but zeros, and when it gives sound again."""
        if dumb == self._dumb:
            return
        self._dumb, now = dumb, self._clock.now()
        if dumb:
            self._inbox.post(_dumb(now))
        else:
            self._begin()
            self._inbox.post(MicrophoneFound(at=now, name=""))

    def _next(self) -> Samples | None:
        if not self._microphone.recorded and self._at_rest():
            time.sleep(NAP)
        return self._microphone.read(_BLOCK_TIMEOUT)

    def _recording_is_over(self) -> bool:
        """Tell when a recording has nothing more to say; only silence would follow."""
        if not self._microphone.ended or not self._listener.quiet:
            return False
        self._inbox.post(InputEnded(at=self._clock.now()))
        return True


def _dumb(now: float) -> MicrophoneLost:
    return MicrophoneLost(at=now, reason="The microphone gives nothing but zeros.")
