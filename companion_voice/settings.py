"""What the person may set, typed, with a default for everything. Knows nothing of what the settings do.

`DEFAULT_TEXT` is the commented file that `companion config edit` starts from; a test keeps it equal to the defaults.
"""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import msgspec

from companion_voice import documents, paths
from companion_voice.errors import ConfigurationError

Language: TypeAlias = Literal["en", "fr"]
Address: TypeAlias = Literal["always", "wake_word", "push_to_talk"]
"""The ways a person may show that they speak to the companion."""
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0.05, le=10)]


class Engine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which engine to use for one kind of work."""

    engine: str = "auto"
    """A name out of `companion models list`, or `auto` for the best that is installed."""
    model: str = ""
    """A name from the catalogue or a path; empty for the best that is installed. What a server calls it, with `url`."""
    url: str = ""
    """Where a remote engine's server is. Without it nothing that is said leaves this computer."""
    key_env: str = ""
    """The environment variable that holds the key for it."""
    key_file: str = ""
    """The file, readable by its owner alone, that holds it."""
    tuning: dict[str, str] = {}
    """Settings of that engine's own."""


class Audio(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which microphone and speaker."""

    microphone: str = "default"
    """Part of a device's name as `companion devices` prints it."""
    speaker: str = "default"


class Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the companion takes turns."""

    soft_pause: Seconds = 0.09
    """Silence, in seconds, after which it begins to prepare an answer it may throw away."""
    sure_pause: Seconds = 0.25
    """Silence after which it answers when what was said sounds finished."""
    hard_pause: Seconds = 0.6
    """Silence after which it answers when nothing can tell whether it sounds finished."""
    unsure_pause: Seconds = 0.8
    """Silence after which it answers when what was said sounds unfinished."""
    eager: bool = True
    """Begin to answer the words heard so far while the recogniser makes sure that they are all."""
    patience: Literal["learned", "fixed"] = "learned"
    """`learned`: the last two follow how long the person pauses in mid-sentence, from three quarters to twice."""
    late_answer: Seconds | None = None
    """Seconds after which an answer that is not there yet is announced by a short sound."""
    detector: Engine = Engine()
    """What tells whether it sounds finished."""


class Addressing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the person shows that they speak to the companion."""

    mode: Address = "always"
    """`always`: all they say is meant for it; `wake_word`: what follows that; `push_to_talk`: what follows a key."""
    wake_word: str = "okay_nabu"
    """okay_nabu, alexa, hey_jarvis or hey_mycroft."""
    window: Annotated[float, msgspec.Meta(ge=1, le=600)] = 15.0
    """Seconds after the last word of either in which no wake word is needed."""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `config.yaml`."""

    persona: str = "ada"
    """A name out of `companion persona list`, or the path of a persona file."""
    language: Literal["persona", "auto", "en", "fr"] = "persona"
    """`persona`: the one the persona speaks; `auto`: the one the person speaks, if the engines can."""
    stt: Engine = Engine()
    llm: Engine = Engine()
    tts: Engine = Engine()
    audio: Audio = Audio()
    turn: Turn = Turn()
    addressing: Addressing = Addressing()


_PAUSES = ("soft_pause", "sure_pause", "hard_pause", "unsure_pause")

DEFAULT_TEXT = """\
# Companion Voice. Everything here may be left out; what stands here is the default.

persona: ada          # one of `companion persona list`, or the path of a persona file
language: persona     # persona, auto, en or fr

stt:                  # hearing
  engine: auto        # auto takes the best installed: faster-whisper, else pocketsphinx (English)
  model: ""           # a name from `companion models list`, or a path

llm:                  # answering
  engine: auto        # llama-cpp, else rules; never another computer
  model: ""
  # engine: openai    # a server of your own choice answers (stt and tts likewise, see docs/remote.md):
  # url: http://host:8000/v1

tts:                  # speaking
  engine: auto        # piper, else espeak
  model: ""

audio:
  microphone: default # part of a name from `companion devices`
  speaker: default

turn:                 # seconds of silence …
  soft_pause: 0.09    # … after which an answer is prepared
  sure_pause: 0.25    # … after which it is spoken, when what you said sounds finished
  hard_pause: 0.6     # … when nothing can tell whether it does
  unsure_pause: 0.8   # … when it sounds unfinished
  eager: true         # begin on the words heard so far, while the recogniser makes sure that they are all
  patience: learned   # the last two follow how you pause; fixed keeps to them
  # late_answer: 1.2  # after so long without an answer, say that one is coming
  detector:           # what tells whether it does
    engine: auto      # smart-turn, where it is installed
    model: ""

addressing:
  mode: always        # always, wake_word, or push_to_talk (the space bar)
  wake_word: okay_nabu # okay_nabu, alexa, hey_jarvis or hey_mycroft
  window: 15          # seconds after the last word of either of you in which it is not needed
"""


def load(file: Path | None = None) -> Settings:
    """Return the settings in `file`, or in the usual place; the defaults where there is no usual file.

    Raises `ConfigurationError` when a file that was asked for is missing or wrong.
    """
    place = file or paths.settings_file()
    if file is None and not place.exists():
        return Settings()
    settings = documents.read(place, Settings)
    pauses = [(name, getattr(settings.turn, name)) for name in _PAUSES]
    for (shorter, least), (longer, most) in pairwise(pauses):
        if most < least:
            raise ConfigurationError(
                f"{place}: `turn.{longer}` ({most}) is shorter than `turn.{shorter}` ({least}).",
                "Make each of the four pauses at least as long as the one before it.",
            )
    return settings
