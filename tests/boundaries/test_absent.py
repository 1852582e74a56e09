"""What is not built stays unbuilt: no emotion is read from a voice, nobody is told apart by theirs, nothing rewards use."""

import ast
import re
from pathlib import Path

import pytest

from companion_voice.boundaries.settings import Boundaries

ROOT = Path(__file__).parent.parent.parent
SOURCES = sorted((ROOT / "companion_voice").rglob("*.py"))
LIBRARIES = re.compile(
    r"speechbrain|pyannote|resemblyzer|wespeaker|ecapa|titanet|opensmile|emotion2vec|deepface|hume|superb-er|x-?vector",
    re.IGNORECASE,
)
NAMES = re.compile(
    r"speaker_?(?:embedding|verification|identification|id\b)|voice_?print|diari[sz]|"
    r"(?:emotion|mood|arousal|valence)_(?:from|of|in)_(?:voice|audio|speech|sound)|"
    r"(?:voice|audio|speech|acoustic)_(?:emotion|mood|arousal|valence)|"
    r"streak|reward_points|loyalty|daily_bonus",
    re.IGNORECASE,
)
SETTINGS = {"emotion_from_voice", "speaker_id"}


def names(path):
    """Return every name that a source file gives to something."""
    for node in ast.walk(ast.parse(path.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.Name(id=name) | ast.arg(arg=name):
                yield name
            case ast.AnnAssign(target=ast.Name(id=name)) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_source_reads_emotion_from_sound_or_tells_speakers_apart(path):
    found = {name for name in names(path) if NAMES.search(name)} - SETTINGS
    assert found == set()


def test_no_library_for_it_is_depended_on():
    assert LIBRARIES.findall((ROOT / "pyproject.toml").read_text()) == []


def test_no_model_for_it_can_be_pulled():
    assert LIBRARIES.findall((ROOT / "models" / "catalogue.yaml").read_text()) == []


def test_no_setting_turns_it_on():
    assert (Boundaries().emotion_from_voice, Boundaries().speaker_id) == ("absent", "absent")


def test_the_search_would_find_it():
    assert NAMES.search("speaker_embedding")
    assert NAMES.search("emotion_from_audio")
    assert LIBRARIES.search("speechbrain>=1.0")
