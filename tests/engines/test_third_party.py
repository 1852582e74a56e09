"""Engines that somebody else wrote come in by the same door, however badly they behave."""

from collections.abc import Callable
from pathlib import Path

import pytest

from companion_voice.engines.messages import Ready, Refused, Sound, Synthesise
from tests.engines.conftest import Start

VOICE = """
import numpy as np

class Beep:
    sample_rate = 8000

    def speak(self, text, *, language, role):
        yield np.full(4, 0.5)
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that installs a package with a voice named `beep`, loaded by some lines of Python."""

    def install(load: str) -> None:
        site = tmp_path / "site"
        information = site / "beep-1.0.dist-info"
        information.mkdir(parents=True)
        body = "\n".join(f"    {line}" for line in load.splitlines())
        (site / "beep.py").write_text(f"{VOICE}\ndef load(options):\n{body}\n")
        (information / "METADATA").write_text("Metadata-Version: 2.1\nName: beep\nVersion: 1.0\n")
        (information / "entry_points.txt").write_text("[companion_voice.tts]\nbeep = beep:load\n")
        monkeypatch.setenv("PYTHONPATH", str(site))

    return install


def test_an_engine_of_somebody_else_is_found_and_used(install: Callable[[str], None], start: Start) -> None:
    install("return Beep()")
    child = start("tts", "beep")
    assert child.receive() == Ready("beep", {"rate": "8000"})
    child.send(Synthesise(1, 0, "Beep.", "en", "persona"))
    sound = child.receive()
    assert isinstance(sound, Sound)
    assert len(sound.samples) == 4 * 4


def test_what_it_prints_goes_into_the_log(install: Callable[[str], None], start: Start, tmp_path: Path) -> None:
    install("print('loading', flush=True)\nreturn Beep()")
    assert isinstance(start("tts", "beep").receive(), Ready)
    assert (tmp_path / "logs" / "tts.log").read_text() == "loading\n"


def test_one_that_ignores_the_polite_signal_is_ended_by_force(install: Callable[[str], None], start: Start) -> None:
    install("import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nreturn Beep()")
    child = start("tts", "beep")
    assert isinstance(child.receive(), Ready)
    child.close(timeout=0.05)
    assert child.epitaph() == "beep was killed (signal 9)."


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        ("import os\nos._exit(3)", "beep failed (exit code 3) while it was loading."),
        ("import os\nos.abort()", "beep aborted (signal 6) while it was loading."),
        ("import ctypes\nctypes.string_at(0)", "beep crashed (signal 11) while it was loading."),
        (
            "import os, sys\nos.write(int(sys.argv[3]), bytes([0, 0, 0, 1, 255]))\nimport time\ntime.sleep(60)",
            "beep said something that is no answer, so it was ended.",
        ),
    ],
)
def test_one_that_ends_while_it_loads_has_an_epitaph(
    install: Callable[[str], None], start: Start, load: str, sentence: str
) -> None:
    install(load)
    child = start("tts", "beep")
    assert child.receive() is None
    assert child.epitaph() == sentence


@pytest.mark.parametrize(
    ("load", "sentence"),
    [
        ("raise RuntimeError('no chip')", "beep could not be loaded (RuntimeError: no chip)."),
        (
            "import chip_that_nobody_has",
            "beep could not be loaded (ModuleNotFoundError: No module named 'chip_that_nobody_has').",
        ),
    ],
)
def test_one_that_cannot_load_is_refused_in_a_sentence(
    install: Callable[[str], None], start: Start, load: str, sentence: str
) -> None:
    install(load)
    answer = start("tts", "beep").receive()
    assert isinstance(answer, Refused)
    assert answer.sentence == sentence


def test_one_of_which_a_part_is_missing_is_refused_in_a_sentence(
    install: Callable[[str], None], start: Start, tmp_path: Path
) -> None:
    install("return Beep()")
    (tmp_path / "site" / "beep.py").write_text("import chip_that_nobody_has\n")
    answer = start("tts", "beep").receive()
    assert isinstance(answer, Refused)
    assert "“beep” cannot be used, because a part of it is missing" in answer.sentence
