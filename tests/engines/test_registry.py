"""Engines by name."""

import pytest

from companion_voice.engines import registry
from companion_voice.errors import EngineError
from companion_voice.events import Kind


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("stt", {"faster-whisper", "pocketsphinx"}),
        ("llm", {"llama-cpp", "rules"}),
        ("tts", {"espeak", "piper"}),
    ],
)
def test_our_own_engines_come_in_by_the_door_for_everybody(kind: Kind, known: set[str]) -> None:
    assert known <= set(registry.names(kind))


def test_an_unknown_engine_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(EngineError, match=r"no stt engine called “faster-wisper”; did you mean “faster-whisper”\?"):
        registry.load("stt", "faster-wisper")


def test_an_engine_like_no_other_is_refused_with_all_the_names() -> None:
    with pytest.raises(EngineError, match=r"known engines are: .*llama-cpp.*rules"):
        registry.load("llm", "xyzzy")


def test_an_engine_is_found_but_of_another_kind() -> None:
    with pytest.raises(EngineError, match="no tts engine called “pocketsphinx”"):
        registry.load("tts", "pocketsphinx")
