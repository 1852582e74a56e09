"""How personas grow, kept in memory: for the archive, in whose thread it runs. Decides nothing."""

from contextlib import suppress

import msgspec

from companion_voice.events import ChangeProposed, PersonaGrown
from companion_voice.memory.store import Memory
from companion_voice.persona.evolution import answers, drift
from companion_voice.persona.evolution.proposals import Proposal
from companion_voice.persona.evolution.requests import GoBack, Request, WhatChanged, WhyChanged
from companion_voice.persona.evolution.words import Probe
from companion_voice.persona.schema import Persona


class _OnPaper(msgspec.Struct, frozen=True):
    answer: str


class Growth:
    """What becomes of one persona of the cast with one person. Every method raises as the memory does."""

    def __init__(self, memory: Memory, key: str, persona: Persona, person: str) -> None:
        self._personas = memory.personas
        self._key = key
        self._persona = persona
        self._person = person

    def told(self, at: float) -> PersonaGrown:
        """Return how it has grown."""
        grown = self._personas.grown(self._key, self._persona.traits, self._person)
        return PersonaGrown(at=at, persona=self._key, grown=msgspec.to_builtins(grown))

    def considered(self, at: float) -> ChangeProposed | PersonaGrown:
        """Return the change that is to be asked about; where there is none, what it is now."""
        proposal = self._personas.consider(self._key, self._persona, self._person)
        if proposal is None:
            return self.told(at)
        return ChangeProposed(at=at, persona=self._key, proposal=msgspec.to_builtins(proposal))

    def decide(self, proposal: dict[str, object], *, kept: bool) -> None:
        """Keep what the person said to a proposal."""
        self._personas.decide(self._key, msgspec.convert(proposal, Proposal), kept=kept, person=self._person)

    def count(self, reply: str, language: str) -> None:
        """Count what a reply is made of."""
        self._personas.count_reply(self._key, reply, language, self._person)

    def judge(self, probe: Probe, form: bytes, language: str) -> None:
        """Note whether the persona answered a probe as it must. A form that was not filled in counts for nothing."""
        with suppress(msgspec.DecodeError):
            answer = msgspec.json.decode(form, type=_OnPaper).answer
            passed = drift.passes(probe, answer, name=self._persona.name, language=language)
            self._personas.count_probe(self._key, passed=passed, person=self._person)

    def answer(self, request: Request, language: str) -> tuple[str, str]:
        """Do what the person asks about its changes; return what to say, and what was done."""
        match request:
            case WhatChanged():
                return answers.what_changed(self._personas.history(self._key, self._person), language), "what_changed"
            case WhyChanged():
                return answers.why(self._personas.history(self._key, self._person), language), "why_changed"
            case GoBack(to=to):
                change = self._personas.go_back(self._key, self._persona.traits, to, self._person)
                return answers.gone_back(language, changed=change is not None), "go_back"
