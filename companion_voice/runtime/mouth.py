"""The mouth: one thread that opens the speaker when told to and tells what has been spoken.

Holding, hushing and releasing are done by the conductor directly, because they may not wait.
"""

import threading

from companion_voice.audio.speaker import Speaker
from companion_voice.errors import AudioError
from companion_voice.events import SentenceSpoken, SentenceStarted, SpeakerFound, SpeakerLost
from companion_voice.runtime.beats import Beat
from companion_voice.runtime.cards import Cards
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox

_BUSY = 0.01
_IDLE = 0.05
"""Seconds between looks while something is to be spoken, and while nothing is."""


class Mouth:
    """Owns the opening and closing of the speaker."""

    def __init__(self, speaker: Speaker, inbox: Inbox, clock: Clock, cards: Cards) -> None:
        self.beat = Beat()
        self._speaker = speaker
        self._inbox = inbox
        self._clock = clock
        self._cards = cards
        self._wanted = threading.Event()
        self._closing = False

    def open(self) -> None:
        """Ask for the speaker to be opened; `SpeakerFound` or `SpeakerLost` tells what came of it."""
        self._wanted.set()

    def close(self) -> None:
        """Let the thread end, once what was said has left the speaker."""
        self._closing = True
        self._wanted.set()

    def run(self) -> None:
        """Speak until closed (the thread's body)."""
        while not self._closing:
            self.beat.rest()
            self._wanted.wait()
            self.beat.beat()
            self._wanted.clear()
            if not self._closing and self._try_open():
                self._speak_until_lost()
        self._cards.close(self._speaker)

    def _try_open(self) -> bool:
        try:
            name = self._cards.open(self._speaker)
        except AudioError as error:
            self._inbox.post(SpeakerLost(at=self._clock.now(), reason=error.sentence))
            return False
        self._inbox.post(SpeakerFound(at=self._clock.now(), name=name))
        return True

    def _speak_until_lost(self) -> None:
        while not self._closing:
            self.beat.beat()
            self._tell()
            if reason := self._speaker.lost():
                self._cards.close(self._speaker)
                self._inbox.post(SpeakerLost(at=self._clock.now(), reason=reason))
                return
            backlog = self._speaker.backlog()
            if self._cards.asked and not backlog:
                self._cards.close(self._speaker)
                self._wanted.set()
                return
            self._wanted.wait(_BUSY if backlog else _IDLE)

    def _tell(self) -> None:
        for mark in self._speaker.marks():
            kind = SentenceStarted if mark.what == "started" else SentenceSpoken
            self._inbox.post(kind(at=self._clock.since_start(mark.at), epoch=mark.epoch, index=mark.index))
