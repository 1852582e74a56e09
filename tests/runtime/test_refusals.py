"""What cannot be done gets one sentence, the right exit code, and no traceback."""

import pytest

from tests.runtime.conftest import NO_SOUND


def refused(done, code, *parts):
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    for part in parts:
        assert part in done.stderr, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["--text", "--wav", "x.wav"], 2, "take one of them"),
        (["--fast"], 2, "--fast is about a recording"),
        (["--text", "--mute", "--out", "x.wav"], 2, "nothing to keep"),
        (["--nonsense"], 2, "No such option"),
        (["--text", "--mute", "--llm", "llama-cp"], 1, "did you mean “llama-cpp”"),
        (["--text", "--mute", "--llm", "llama-cpp"], 78, "companion models pull"),
        (["--text", "--mute", "--llm", "llama-cpp:/no/such.gguf"], 78, "There is no model at /no/such.gguf"),
        (["--text", "--mute", "--llm", "llama-cpp:qwen3-0.6"], 78, "qwen3-0.6b"),
        (["--text", "--mute", "--persona", "adda"], 78, "Did you mean `ada`?"),
        (["--text", "--mute", "--persona", "./none.yaml"], 78, "none.yaml cannot be read"),
        (["--text", "--mute", "--config", "none.yaml"], 78, "none.yaml cannot be read"),
        (["--wav", "none.wav"], 1, "none.wav does not exist"),
        (["--wav", "none.wav", "--persona", "colette"], 78, "companion models pull --lang fr"),
    ],
)
def test_it_is_refused_in_one_sentence(companion, arguments, code, part):
    refused(companion("talk", *arguments), code, part)


def test_a_typo_in_the_settings_names_the_nearest_key(companion, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("turn:\n  hard_pase: 1\n")
    refused(companion("talk", "--text", "--mute", "--config", str(file)), 78, "did you mean `hard_pause`?")


def test_a_persona_called_no_is_called_no(companion, tmp_path):
    file = tmp_path / "no.yaml"
    file.write_text("name: NO\nlanguages: [en]\ndescription: d\nmanner: m\ngreeting: Hi.\nfarewell: Bye.\n")
    done = companion("talk", "--text", "--mute", "--persona", str(file), typed="goodbye\n")
    assert done.stdout.splitlines()[-1] == "NO: Bye."


def test_without_a_microphone_it_says_so(companion):
    refused(companion("talk", environment=NO_SOUND), 1, "microphone", "companion talk --text")


@pytest.mark.parametrize("damage", ["garbage", "truncated", "empty"])
def test_a_damaged_model_gives_way_and_that_is_said(companion, micro_llama, tmp_path, damage):
    whole = micro_llama.read_bytes()
    file = tmp_path / "model.gguf"
    file.write_bytes({"garbage": b"not a model" * 999, "truncated": whole[: len(whole) // 3], "empty": b""}[damage])
    done = companion(
        "talk", "--text", "--mute", "--llm", f"llama-cpp:{file}", typed="my name is Anna\nwhat is my name?\n"
    )
    assert done.returncode == 0
    assert "I could not start the language model, so I answer with rules now." in done.stderr
    assert "Anna" in done.stdout.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_one_is_named(companion, tmp_path):
    file = tmp_path / "file"
    file.touch()
    refused(companion("talk", "--text", "--mute", environment={"COMPANION_VOICE_HOME": str(file)}), 78, str(file))
