"""Piper, on a voice of our own making."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from piper.patch_voice_with_alignment import add_alignment_output

from companion_voice.conversation.alignment import words_heard
from companion_voice.engines.child import Child
from companion_voice.engines.messages import Sound, Synthesise
from companion_voice.engines.protocols import EngineOptions, Samples
from companion_voice.engines.tts import piper
from companion_voice.engines.tts.durations import with_durations
from companion_voice.engines.tts.piper import Piper
from companion_voice.errors import ConfigurationError
from tests.synthetic_voice import PHONEME


def voice_of(file: Path, **tuning: str) -> Piper:
    return piper.load(EngineOptions(model=str(file), threads=1, tuning=tuning))


def said(voice: Piper, text: str, language: str = "en", role: str = "persona") -> Samples:
    return np.concatenate([np.zeros(0, np.float32), *voice.speak(text, language=language, role=role)])


def test_every_phoneme_of_a_sentence_sounds(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    [phonemes] = voice._voice.phonemize("Hello.")
    sound = said(voice, "Hello.")
    assert sound.dtype == np.float32
    assert sound.size == len(voice._voice.phonemes_to_ids(phonemes)) * round(PHONEME * voice.sample_rate)


def test_a_text_of_two_sentences_comes_in_two_pieces(micro_voice: Path) -> None:
    assert len(list(voice_of(micro_voice).speak("Hello. How are you?", language="en", role="persona"))) == 2


def test_a_faster_voice_takes_less_time_and_the_program_keeps_the_usual_pace(micro_voice: Path) -> None:
    usual, fast = voice_of(micro_voice), voice_of(micro_voice, speed="2")
    assert said(fast, "Hello.").size == pytest.approx(said(usual, "Hello.").size / 2, rel=0.01)
    assert said(fast, "Hello.", role="system").size == said(usual, "Hello.").size


def test_another_language_is_pronounced_by_its_own_rules(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert not np.array_equal(said(voice, "Les chats", "en"), said(voice, "Les chats", "fr"))
    assert np.array_equal(said(voice, "Les chats", "en"), said(voice, "Les chats", "xx"))


def test_phonemes_a_person_types_are_text(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert np.array_equal(said(voice, "[[aaaa]]"), said(voice, "[aaaa]]"))


@pytest.mark.parametrize("text", ["", "   ", "\0"])
def test_nothing_to_say_is_no_sound(micro_voice: Path, text: str) -> None:
    assert said(voice_of(micro_voice), text).size == 0


@pytest.mark.parametrize("text", ["😀", "…", "\ud800", "漢字", "a" * 5000])
def test_odd_text_does_no_harm(micro_voice: Path, text: str) -> None:
    voice = voice_of(micro_voice)
    assert np.isfinite(said(voice, text)).all()
    assert said(voice, "Hello.").size


def test_a_long_text_comes_in_parts(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    assert 0 < next(voice.speak("word " * 10_000, language="en", role="persona")).size < 120 * voice.sample_rate


@pytest.mark.parametrize("tuning", [{"speed": "0"}, {"speed": "quick"}, {"sped": "1"}])
def test_a_setting_that_makes_no_sense_is_refused_by_name(micro_voice: Path, tuning: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError, match="speed"):
        voice_of(micro_voice, **tuning)


TEXTS = {
    "en": "There was a keeper of the lighthouse — Dr. Smith, born in 1984. He said: well, it's 3.5 km!",
    "fr": "Les amis sont arrivés en 1984, aujourd'hui à 22h30 : ça va ? Est-ce que tu es là-bas !",
}


@pytest.mark.parametrize("language", TEXTS)
def test_it_is_known_where_every_word_ends(micro_voice: Path, language: str) -> None:
    voice, text = voice_of(micro_voice), TEXTS[language]
    said(voice, text, language)
    assert len(voice.word_ends) == len(text.split())
    assert list(voice.word_ends) == sorted(voice.word_ends)
    assert 0 < voice.word_ends[0] < voice.word_ends[-1] < 1


def test_a_word_ends_with_the_last_of_its_phonemes(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    seconds = said(voice, "Hello there.").size / voice.sample_rate
    [phonemes] = voice._voice.phonemize("Hello there.")
    begin_and_gap, each = 2 * PHONEME, 2 * PHONEME  # every phoneme is followed by a gap, which has an id of its own
    expected = [begin_and_gap + each * count for count in (phonemes.index(" "), len(phonemes) - 1)]
    assert [end * seconds for end in voice.word_ends] == pytest.approx(expected, rel=1e-3)


def test_what_was_heard_of_two_sentences_is_told_to_the_word(micro_voice: Path) -> None:
    voice, text = voice_of(micro_voice), "Hello there. It was born in 1984, I think."
    sound = said(voice, text)
    heard = [words_heard(text, voice.word_ends, played / sound.size) for played in range(0, sound.size, 64)]
    assert list(dict.fromkeys(heard)) == [" ".join(text.split()[:count]) for count in range(len(text.split()) + 1)]


def test_a_faster_voice_ends_its_words_at_the_same_share(micro_voice: Path) -> None:
    usual, fast = voice_of(micro_voice), voice_of(micro_voice, speed="2")
    for voice in (usual, fast):
        said(voice, "Hello there.")
    assert fast.word_ends == pytest.approx(usual.word_ends, rel=0.01)


def test_word_ends_are_of_the_text_spoken_last_and_only_once_all_of_it_is(micro_voice: Path) -> None:
    voice = voice_of(micro_voice)
    said(voice, "Hello there.")
    speech = voice.speak("One. Two.", language="en", role="persona")
    next(speech)
    assert voice.word_ends == ()
    list(speech)
    assert len(voice.word_ends) == 2


@pytest.mark.parametrize("text", ["", "a" * 5000, "one\0two"])
def test_where_words_cannot_be_told_apart_no_ends_are_given(micro_voice: Path, text: str) -> None:
    voice = voice_of(micro_voice)
    said(voice, text)
    assert voice.word_ends == ()


def test_a_long_text_has_all_its_ends(micro_voice: Path) -> None:
    voice, text = voice_of(micro_voice), "well-known words " * 40
    said(voice, text)
    assert len(voice.word_ends) == 80
    assert voice.word_ends[-1] < 1


def written(model: onnx.ModelProto, folder: Path) -> Path:
    """Write a changed voice into `folder`, with the description of the micro voice beside it."""
    file = folder / "voice.onnx"
    onnx.save(model, str(file))
    return file


def outputs(file: Path) -> list[str]:
    with with_durations(file) as found:
        session = onnxruntime.InferenceSession(found, providers=["CPUExecutionProvider"])
        return [output.name for output in session.get_outputs()]


def test_the_output_is_the_one_that_pipers_own_patch_adds(micro_voice: Path, tmp_path: Path) -> None:
    model = onnx.load(str(micro_voice))
    name = add_alignment_output(model)
    assert outputs(micro_voice) == ["output", name]
    assert outputs(written(model, tmp_path)) == ["output", name], "and it is not added twice"


def test_a_node_that_has_a_name_is_found_as_well(micro_voice: Path, tmp_path: Path) -> None:
    model = onnx.load(str(micro_voice))
    [node] = [node for node in model.graph.node if node.op_type == "Ceil"]
    node.name, node.output[0] = "/Ceil", "/Ceil_output_0"
    assert outputs(written(model, tmp_path)) == ["output", "/Ceil_output_0"]


@pytest.mark.parametrize("count", [0, 2])
def test_a_voice_that_cannot_tell_speaks_all_the_same(micro_voice: Path, tmp_path: Path, count: int) -> None:
    model = onnx.load(str(micro_voice))
    [node] = [node for node in model.graph.node if node.op_type == "Ceil"]
    model.graph.node.remove(node)
    for number in range(count):
        model.graph.node.append(onnx.helper.make_node("Ceil", node.input, [f"ceil{number}"]))
    file = written(model, tmp_path)
    description = micro_voice.with_name(f"{micro_voice.name}.json")
    file.with_name("voice.onnx.json").write_bytes(description.read_bytes())
    voice = voice_of(file)
    assert outputs(file) == ["output"]
    assert said(voice, "Hello there.").size
    assert voice.word_ends == ()


def test_the_ends_of_words_cross_the_border_of_the_process_with_the_last_sound(
    ready: Callable[..., Child], micro_voice: Path
) -> None:
    child = ready("tts", "piper", model=str(micro_voice))
    child.send(Synthesise(1, 0, "Hello there.", "en", "persona"))
    answers = [child.receive()]
    while not (isinstance(answers[-1], Sound) and answers[-1].last):
        answers.append(child.receive())
    *before, last = answers
    assert [answer.ends for answer in before] == [()] * len(before)
    assert len(last.ends) == 2
