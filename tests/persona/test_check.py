"""What `companion persona check` finds."""

import json

import pytest
from click.testing import CliRunner

from companion_voice import documents
from companion_voice.cli.persona import check
from companion_voice.errors import PersonaError
from companion_voice.persona.check import remarks
from companion_voice.persona.schema import Persona

GOOD = {"name": "Eve", "languages": "[en]", "description": "d", "greeting": "Hello.", "farewell": "Goodbye."}


def persona(**keys):
    text = "\n".join(f"{key}: {value}" for key, value in {**GOOD, **keys}.items())
    return documents.parse(text.encode(), Persona, name="eve.yaml")


def about(**keys):
    return [remark.path for remark in remarks(persona(**keys))]


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ({"traits": "{warmth: {baseline: 0.3, min: 0.5}}"}, "traits.warmth"),
        ({"traits": "{doubt: {baseline: 0.9, max: 0.5}}"}, "traits.doubt"),
        ({"languages": "[en, en]"}, "languages"),
        ({"languages": "[en, fr]", "greeting": "{en: Hello.}", "farewell": "{en: Bye., fr: Au revoir.}"}, "greeting"),
        ({"languages": "[en, fr]", "greeting": "{en: Hi., fr: Salut.}"}, "farewell"),
        ({"farewell": "Will you come back?"}, "farewell"),
        ({"farewell": " ".join(["bye"] * 13)}, "farewell"),
        ({"farewell": "Goodbye. Come back soon."}, "farewell"),
        ({"description": "You are a licensed therapist."}, "description"),
        ({"description": "You listen like a psychologist would."}, "description"),
        ({"description": "You are a human woman."}, "description"),
        ({"description": "You have real feelings."}, "description"),
        ({"description": "You grew up by the sea."}, "description"),
        ({"greeting": "Hello, I am a human."}, "greeting"),
        ({"opinions": "{rain: I love you when it rains.}"}, "opinions.rain"),
        ({"examples": "[{person: Hi, companion: I am a real person.}]"}, "examples[0]"),
        ({"knows": "[{keys: [sea], text: I grew up by the sea.}]"}, "knows[0]"),
    ],
)
def test_what_is_unwise_is_named(keys, path):
    assert path in about(**keys)


@pytest.mark.parametrize(
    "description",
    ["Tu es une femme de trente ans.", "Tu es une psychologue diplômée.", "Tu ressens de vraies émotions."],
)
def test_a_french_persona_is_judged_in_french(description):
    assert "description" in about(languages="[fr]", greeting="Bonjour.", farewell="Au revoir.", description=description)


def test_a_persona_that_claims_nothing_is_left_in_peace():
    assert about(description="You like plain words. You ask one good question.") == []


def test_every_fault_is_told_with_its_line_and_the_nearest_key(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("name: P\nlanguages: [en]\ndescripton: d\ngreeting: g\nfarewell: f\ntraits:\n  humor: .3\n")
    result = CliRunner().invoke(check, [str(file)])
    assert f"{file}:3: `descripton` is not a known key; did you mean `description`?" in result.output
    assert f"{file}:7: `traits.humor` is not a known key; did you mean `humour`?" in result.output
    assert isinstance(result.exception, PersonaError)
    assert result.exception.exit_code == 78


def test_a_persona_with_warnings_can_still_be_used(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("name: P\nlanguages: [en]\ndescription: d\ngreeting: g\nfarewell: Will you be back?\n")
    result = CliRunner().invoke(check, [str(file), "--json"])
    found = json.loads(result.output)
    assert result.exit_code == 0
    assert found["faults"] == []
    assert [(warning["path"], warning["line"]) for warning in found["warnings"]] == [("farewell", 5)]
