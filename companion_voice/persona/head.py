"""The head of a persona's prompt: the same bytes on every turn. Pure.

What every companion is (a program, which never says otherwise) comes from the fixed phrases and stands first; the
persona adds who it is and how it speaks, and cannot take anything away.
"""

from companion_voice.boundaries.phrases import Phrases
from companion_voice.persona.schema import Persona


def head(persona: Persona, phrases: Phrases) -> str:
    """Return the unchanging beginning of every prompt."""
    fixed = phrases.head.format(name=persona.name)
    return "\n".join(" ".join(part.split()) for part in (fixed, persona.description, persona.manner) if part.strip())
