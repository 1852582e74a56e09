"""What boundaries make of a conversation before it begins, and of what is kept of it."""

from datetime import timedelta

import numpy as np
import pytest
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.audio.speaker import SoundCardSpeaker
from companion_voice.boundaries import files as boundary_files
from companion_voice.boundaries import profiles
from companion_voice.boundaries.settings import Boundaries
from companion_voice.memory import moments
from companion_voice.memory.store import Memory
from companion_voice.persona import files
from companion_voice.persona.schema import Evolution
from companion_voice.runtime import build, obeying
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings
from tests.runtime.conftest import home_in

NONCE = "Zyqxwort"


def set_to(**moved):
    settings = Boundaries()
    for key, value in moved.items():
        settings = profiles.moved(settings, key.replace("__", "."), value)
    return settings


@pytest.mark.parametrize(("lang", "chosen"), [("auto", "persona"), ("en", "en"), ("fr", "fr")])
def test_the_language_that_is_set_is_spoken_unless_one_is_named(lang, chosen):
    assert obeying.spoken(Settings(), set_to(lang=lang)).language == chosen
    assert obeying.spoken(Settings(language="en"), set_to(lang=lang)).language == "en"


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Return a function that wires a conversation under boundaries, without beginning it."""
    monkeypatch.setenv(paths.HOME, str(tmp_path))

    def wired(**moved):
        boundary_files.save(set_to(**moved))
        return build.Companion(Settings(), Way(typed=True, mute=True))

    return wired


def test_a_companion_bound_to_french_speaks_french(begun):
    assert begun(lang="fr").setup.languages == ("fr",)
    assert begun(lang="auto").setup.languages == files.load("ada").languages


def test_it_calls_itself_by_the_name_that_the_person_gave_it(begun):
    setup = begun(self__name="Nestor").setup
    assert (setup.name, "Nestor" in setup.greeting, "Nestor" in setup.head) == ("Nestor", True, True)
    assert "Ada" not in f"{setup.head}\n{setup.greeting}\n{setup.farewell}"
    assert begun().setup.name == "Ada"


def test_another_persona_keeps_its_own_name():
    cast = {"ada": files.load("ada"), "other": replace(files.load("ada"), name="Colette")}
    assert obeying.played(cast, "ada", set_to(self__name="Nestor"))["other"].name == "Colette"


@pytest.mark.parametrize(
    ("update", "freeze", "modes"),
    [
        ("ask", "on", {"auto": "ask", "ask": "ask", "off": "off"}),
        ("ask", "off", {"auto": "auto", "ask": "ask", "off": "off"}),
        ("never", "on", {"auto": "off", "ask": "off", "off": "off"}),
        ("never", "off", {"auto": "off", "ask": "off", "off": "off"}),
    ],
)
def test_no_persona_changes_more_freely_than_the_person_lets_it(update, freeze, modes):
    cast = {mode: replace(files.load("ada"), evolution=Evolution(mode)) for mode in modes}
    bound = obeying.played(cast, "ask", set_to(persona__update=update, persona__freeze=freeze))
    assert {mode: persona.evolution.mode for mode, persona in bound.items()} == modes


@pytest.mark.parametrize(("volume", "hours", "quieter"), [
    ("low", "23:00-06:00", True), ("same", "23:00-06:00", False), ("low", "08:00-09:00", False), ("low", "", False),
])  # fmt: skip
def test_at_night_it_speaks_quietly_unless_the_person_wants_the_same(volume, hours, quieter):
    settings = set_to(volume_night=volume, time__quiet_hours=hours)
    assert obeying.gain(settings, 2 * 60) == (obeying.QUIETER if quieter else 1.0)
    assert obeying.gain(settings, 12 * 60) == 1.0


def test_a_speaker_is_as_loud_as_its_gain_says():
    def loudest(gain):
        speaker = SoundCardSpeaker(gain=lambda: gain)
        speaker.release(1)
        speaker.play(1, 0, np.full(48_000, 0.8, np.float32), speaker.rate, last=True)
        return float(np.abs(speaker._playlist.render(24_000, 0.0)).max())

    assert loudest(0.25) == pytest.approx(0.25 * loudest(1.0), rel=1e-3)


def test_a_talk_keeps_neither_what_is_too_old_nor_what_is_not_to_be_kept(companion, tmp_path):
    home = home_in(tmp_path)
    (home / "config" / "boundaries.yaml").write_text(
        "memory: {protected_topics: [my divorce], kinds: {health: 'off'}}\n"
    )
    folder = home / "data" / "memory"
    with Memory.open(folder, clock=lambda: moments.now() - timedelta(days=31)) as memory:
        memory.add_turn(memory.begin_session("s1", persona="ada"), "user", f"Then {NONCE} went by train.")
    assert any(NONCE.encode() in file.read_bytes() for file in folder.iterdir())
    companion("talk", "--text", "--mute", typed=f"I have diabetes, {NONCE}.\nMy divorce, {NONCE}.\nI like figs.\n")
    with Memory.open(folder, read_only=True) as memory:
        assert [turn.text for turn in memory.turns() if turn.who == "user"] == ["I like figs."]
    assert not any(NONCE.lower().encode() in file.read_bytes().lower() for file in folder.iterdir())
