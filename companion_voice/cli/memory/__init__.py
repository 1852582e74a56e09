"""`companion memory`: what is remembered: see it, search it, correct it, forget it, take it along."""

from companion_voice.cli.memory import changing, files, looking
from companion_voice.cli.memory.common import memory

__all__ = ["changing", "files", "looking", "memory"]
