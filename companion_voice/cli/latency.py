"""How long the person waited for each reply, read off the events. Knows no clock of its own."""

from companion_voice.events import AnyCommand, AnyEvent, Hush, SentenceStarted, Show, SpeechEnded, Typed


class Latency:
    """Watches a conversation; `observe` returns seconds when a reply begins to be heard (or, without a voice, seen)."""

    def __init__(self, *, aloud: bool) -> None:
        self._aloud = aloud
        self._asked: float | None = None

    def observe(self, event: AnyEvent, commands: tuple[AnyCommand, ...]) -> float | None:
        """Take note of an event; return end of question → first sound, in seconds, where that is now known."""
        match event:
            case SpeechEnded(at=at, silence=silence):
                self._asked = at - silence
            case Typed(at=at):
                self._asked = at
        if not self._answered(event, commands) or self._asked is None:
            return None
        waited, self._asked = event.at - self._asked, None
        return waited

    def _answered(self, event: AnyEvent, commands: tuple[AnyCommand, ...]) -> bool:
        if self._aloud:
            return isinstance(event, SentenceStarted)
        return any(isinstance(c, Show) and c.kind in ("reply", "identity") for c in commands) and not any(
            isinstance(c, Hush) for c in commands
        )
