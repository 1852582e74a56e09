"""A recording is the microphone: what is asked in it is answered aloud."""

import json
import os
import signal

import numpy as np
import pytest
import soundfile

from tests import synthetic_models

WHAT_IT_IS = """i am a program not a person what you say is stored on this computer under your control hello
what is on your mind i am ada a program i am not a human"""


def events(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_question_goes_in_and_an_intelligible_answer_comes_out(companion, spoken, recognise, tmp_path):
    out = tmp_path / "answer.wav"
    done = companion("talk", "--wav", str(spoken("what are you")), "--out", str(out), "--fast", "--json")
    assert done.returncode == 0, done.stderr
    assert [e["text"] for e in events(done) if e["event"] == "heard"] == ["what are you"]
    samples, rate = soundfile.read(out, dtype="float32")
    words = set(recognise(samples, rate).split())
    assert len(words & set(WHAT_IT_IS.split())) >= 5, words


def test_every_question_of_a_recording_is_answered_in_turn(companion, spoken, tmp_path):
    asked = ["what time is it", "my name is anna", "goodbye"]
    parts = [soundfile.read(spoken(text), dtype="float32") for text in asked]
    rate = parts[0][1]
    wav = tmp_path / "three.wav"
    soundfile.write(wav, np.concatenate([np.append(s, np.zeros(rate, np.float32)) for s, _ in parts]), rate)
    done = companion("talk", "--wav", str(wav), "--fast", "--json")
    assert done.returncode == 0, done.stderr
    assert [e["text"] for e in events(done) if e["event"] == "heard"] == asked
    assert [e["event"] for e in events(done)].count("speaking_started") == 4  # the greeting and three answers


def test_silence_and_noise_are_no_questions(companion, tmp_path):
    noise = np.random.default_rng(0).normal(0, 0.02, 16_000 * 4).astype(np.float32)
    wav = tmp_path / "noise.wav"
    soundfile.write(wav, np.append(np.zeros(32_000, np.float32), noise), 16_000)
    done = companion("talk", "--wav", str(wav), "--fast", "--json")
    assert done.returncode == 0, done.stderr
    assert not [e for e in events(done) if e["event"] == "heard"]


def test_the_three_real_libraries_work_together(companion, spoken, micro_whisper, micro_llama, micro_voice, tmp_path):
    out = tmp_path / "answer.wav"
    done = companion(
        "talk", "--wav", str(spoken("what time is it")), "--out", str(out), "--fast", "--json",
        "--stt", f"faster-whisper:{micro_whisper}", "--llm", f"llama-cpp:{micro_llama}", "--tts", f"piper:{micro_voice}",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert [e["text"] for e in events(done) if e["event"] == "heard"] == [synthetic_models.SENTENCE]
    said = " ".join(e["text"] for e in events(done) if e["event"] == "reply_sentence")
    assert said.endswith(synthetic_models.REPLY)
    assert soundfile.info(out).duration > 3


@pytest.mark.parametrize("kind", ["tts", "stt"])
def test_an_engine_killed_at_work_loses_nothing(talk, spoken, tmp_path, kind):
    conversation = talk("--wav", str(spoken("what are you")), "--out", str(tmp_path / "out.wav"))
    conversation.wait_for("ready")
    os.kill(conversation.children()[kind], signal.SIGKILL)
    conversation.wait_for("notice")
    conversation.wait_for("heard", text="what are you")
    conversation.wait_for("speaking_ended")
    assert conversation.finish() == 0


def test_a_recording_at_its_own_speed_can_interrupt(talk, spoken, tmp_path):
    first, rate = soundfile.read(spoken("what are you"), dtype="float32")
    second, _ = soundfile.read(spoken("stop"), dtype="float32")
    wav = tmp_path / "interrupting.wav"
    soundfile.write(wav, np.concatenate([first, np.zeros(int(rate * 2.5), np.float32), second]), rate)
    conversation = talk("--wav", str(wav), "--out", str(tmp_path / "out.wav"))
    conversation.wait_for("heard", text="what are you")
    conversation.wait_for("held")
    interrupted = conversation.wait_for("interrupted")
    assert interrupted["heard"].startswith("I am Ada")
    assert conversation.finish() == 0
