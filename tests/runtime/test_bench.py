import json


def test_the_bench_says_what_each_stage_takes_in_the_order_they_happen(companion):
    done = companion("bench", "--turns", "1", "--json")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    stages = {name: stage["p50"] for name, stage in figures["stages"].items()}
    assert stages["prepared"] <= stages["heard"] <= stages["first_token"] <= stages["first_clause"]
    assert figures["voice_to_voice_ms"]["n"] == 1
    assert figures["voice_to_voice_ms"]["p50"] > stages["first_clause"]
    assert figures["models"] == {"stt": "pocketsphinx", "llm": "rules", "tts": "espeak"}
