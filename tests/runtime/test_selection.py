"""What a persona wants of its voice, as an engine is told it."""

import pytest
from msgspec.structs import replace

from companion_voice.persona import files
from companion_voice.persona.schema import VoiceChoice
from companion_voice.runtime import selection
from companion_voice.settings import Settings


def voice(language="en", persona="ada", **wanted):
    one = files.load(persona)
    one = replace(one, voice=VoiceChoice(**wanted))
    return selection.candidates("tts", Settings(), one, (language,))[0]


@pytest.fixture(autouse=True)
def nothing_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))


def test_a_persona_may_prefer_an_engine():
    assert voice(engine="espeak").engine == "espeak"


def test_only_what_differs_from_the_voice_itself_is_told():
    assert voice().options.tuning == {}
    assert voice(pauses=1.5, expressiveness=0.2).options.tuning == {"pauses": "1.5", "expressiveness": "0.2"}


def test_a_bilingual_persona_has_a_voice_for_each_language():
    names = {"en": "en-gb+f3", "fr": "fr-fr+f2"}
    assert [voice(code, "quill", espeak=names).options.tuning["voice"] for code in names] == list(names.values())
