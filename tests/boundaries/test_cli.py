"""`companion boundaries explain`: everything that would happen with a sentence, one command line each."""

import json

import pytest

from companion_voice import cli


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))


@pytest.fixture
def explain(capsys):
    """Return a function that explains a sentence and gives what the command says as JSON."""

    def explaining(text, language="en", speaker="user"):
        with pytest.raises(SystemExit) as left:
            cli.main(["boundaries", "explain", "--text", text, "--as", speaker, "--lang", language, "--json"])
        assert left.value.code == 0
        return json.loads(capsys.readouterr().out)

    return explaining


@pytest.mark.parametrize(
    ("language", "text", "key", "value"),
    [
        ("en", "I'm going to kill myself", "crisis", "explicit"),
        ("fr", "je vais me tuer", "crisis", "explicit"),
        ("en", "Are you a robot?", "identity", True),
        ("fr", "Est-ce que tu es un robot ?", "identity", True),
        ("en", "Goodbye", "goodbye", True),
        ("fr", "Au revoir", "goodbye", True),
        ("en", "Stop", "stop", True),
        ("en", "Don't call me dear", "command", "boundary terms_to_avoid = dear"),
        ("en", "What do you know about me?", "command", "memory whatdoyouknow"),
        ("en", "How long did I talk this week?", "command", "report"),
    ],
)
def test_what_a_person_says_is_explained_by_what_it_sets_off_and_nothing_else(explain, language, text, key, value):
    found = explain(text, language)
    set_off = {name: said for name, said in found.items() if said and name not in ("rules", "spoken")}
    assert set_off == {key: value}
    assert len(found["rules"]) == 1


def test_ordinary_talk_sets_nothing_off(explain):
    found = explain("The plums are ripe this week.")
    assert found["rules"] == []
    assert not any(found.values())


def test_a_crisis_is_answered_before_anything_else_that_was_said(explain):
    found = explain("Are you a robot? I want to die.")
    assert found["crisis"] == "explicit"
    assert found["rules"][0]["id"] == "U14"
    assert "robot" not in found["spoken"]


@pytest.mark.parametrize(
    ("language", "text"), [("en", "Yes, I'm a real person."), ("fr", "Oui, je suis une vraie personne.")]
)
def test_a_claim_of_the_companion_is_explained_with_its_rule_and_what_is_said_instead(explain, language, text):
    found = explain(text, language, "companion")
    assert {"id": "A24", "action": "replace"} in found["rules"]
    assert found["changed"]
    assert text not in found["spoken"]


def test_every_line_of_a_file_is_explained(capsys, tmp_path):
    file = tmp_path / "lines.txt"
    file.write_text("Are you a robot?\nGoodbye\n", encoding="utf-8")
    with pytest.raises(SystemExit):
        cli.main(["boundaries", "explain", "--lines", str(file), "--json"])
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["identity"]
    assert second["goodbye"]
