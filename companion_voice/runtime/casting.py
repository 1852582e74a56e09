"""Making ready for another persona: which engines and voices it needs, and which of those that run may stay."""

from companion_voice.errors import CompanionError
from companion_voice.events import Become, Kind, PersonaRefused, PersonaTaken
from companion_voice.persona.schema import Persona
from companion_voice.runtime import selection
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.selection import Candidate
from companion_voice.runtime.supervisor import Supervisor
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings


class Casting:
    """Knows what runs, and answers `Become` with an event."""

    def __init__(
        self,
        settings: Settings,
        way: Way,
        cast: dict[str, Persona],
        chosen: dict[Kind, tuple[Candidate, ...]],
        *,
        supervisor: Supervisor,
        inbox: Inbox,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._way = way
        self._cast = cast
        self._chosen = chosen
        self._supervisor = supervisor
        self._inbox = inbox
        self._clock = clock

    def become(self, command: Become) -> None:
        """Let the supervisor know what the persona needs and tell the conversation, or why it cannot be had."""
        persona = self._cast[command.persona]
        languages = selection.languages(self._settings, persona)
        try:
            chosen = selection.choose(self._way.kinds, self._settings, persona, languages)
        except CompanionError as error:
            self._inbox.post(
                PersonaRefused(
                    at=self._clock.now(), epoch=command.epoch, persona=command.persona, reason=error.sentence
                )
            )
            return
        others = {kind: several for kind, several in chosen.items() if several != self._chosen.get(kind)}
        self._chosen = chosen
        self._supervisor.equip({(kind, one.engine): one.options for kind, several in others.items() for one in several})
        self._inbox.post(
            PersonaTaken(
                at=self._clock.now(),
                epoch=command.epoch,
                persona=command.persona,
                languages=languages,
                engines={kind: tuple(one.engine for one in several) for kind, several in others.items()},
            )
        )
