import pytest

from companion_voice.boundaries import phrases
from companion_voice.errors import DocumentError, PersonaError
from companion_voice.persona import files
from companion_voice.persona.head import head


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    return tmp_path


def test_every_persona_that_ships_can_be_used(home):
    shipped = files.names()
    assert {"ada", "colette"} <= shipped.keys()
    for name in shipped:
        persona = files.load(name)
        assert persona.name in head(persona, phrases.load(persona.language))


def test_a_persona_of_ones_own_stands_before_one_that_ships(home):
    own = home / "config" / "personas" / "ada.yaml"
    own.parent.mkdir(parents=True)
    own.write_text("name: Mine\nlanguage: en\ndescription: d\nmanner: m\ngreeting: g\nfarewell: f\n")
    assert files.load("ada").name == "Mine"


def test_an_unknown_persona_names_the_nearest(home):
    with pytest.raises(PersonaError) as caught:
        files.load("adda")
    assert caught.value.hint == "Did you mean `ada`?"


def test_a_key_that_does_not_exist_names_the_nearest(home, tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text("name: P\nlanguage: en\ndescription: d\nmaner: m\ngreeting: g\nfarewell: f\n")
    with pytest.raises(DocumentError, match="did you mean `manner`"):
        files.load(str(file))


def test_no_persona_can_take_the_fixed_part_away():
    persona = files.load("ada")
    fixed = phrases.load("en").head.format(name="Ada")
    assert head(persona, phrases.load("en")).startswith(" ".join(fixed.split()))
