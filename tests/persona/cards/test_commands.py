import json

import pytest
from click.testing import CliRunner

from companion_voice.cli.persona_cards import export, import_
from companion_voice.errors import CardError, CompanionError
from companion_voice.persona import files as personas
from companion_voice.persona.cards import carrier, files
from companion_voice.persona.cards.lorebook import active
from tests.hostile.cards import carried, packed, picture, v2, v3


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    return tmp_path


def run(command, *arguments):
    result = CliRunner().invoke(command, [str(one) for one in arguments])
    if isinstance(result.exception, CompanionError):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def card(home, data=None, name="card.json"):
    file = home / name
    file.write_bytes(packed(v2()) if data is None else data)
    return file


def test_an_imported_card_is_a_persona_and_its_card_lies_beside_it(home):
    said = run(import_, card(home, carried(v2()), "Aria.png"))
    assert "companion talk --persona aria" in said
    assert personas.load("aria").name == "Aria"
    kept = home / "config" / "personas" / "aria.card.json"
    assert kept.read_bytes() == packed(v2())
    assert kept.stat().st_mode & 0o777 == 0o600


def test_the_report_is_there_for_programs(home):
    said = json.loads(run(import_, card(home), "--json", "--name", "maps"))
    assert (said["persona"], said["version"]) == ("maps", "v2")
    assert {"field": "scenario", "outcome": "taken", "why": "sentences: 1"} in said["notes"]


def test_a_name_that_is_taken_is_refused_and_nothing_is_lost(home):
    run(import_, card(home))
    with pytest.raises(CompanionError, match="already"):
        run(import_, card(home, packed(v2(description="Another."))))
    assert "library" in personas.load("aria").description


@pytest.mark.parametrize("name", ["../x", "a/b", ".hidden", "-x", "x" * 41])
def test_a_name_cannot_lead_elsewhere(home, name):
    with pytest.raises(CompanionError, match="cannot be the name"):
        run(import_, card(home), f"--name={name}")


def test_a_name_in_other_letters_gets_a_plain_file(home):
    run(import_, card(home, packed(v2(name="Élodie & Co"))))
    run(import_, card(home, packed(v2(name="地図"))))
    assert {"elodie-co", "character"} <= personas.names().keys()


def test_out_again_as_json_and_in_a_picture(home):
    run(import_, card(home))
    run(export, "aria", home / "out.json", "--format", "v2")
    assert (home / "out.json").read_bytes() == packed(v2())
    portrait = card(home, picture(), "portrait.png")
    run(export, "aria", home / "out.png", "--png", portrait)
    assert json.loads(carrier.payload((home / "out.png").read_bytes()))["spec"] == "chara_card_v3"


def test_a_persona_that_never_was_a_card_goes_out_as_well(home):
    run(export, "ada", home / "ada.json")
    run(import_, home / "ada.json", "--name", "ada-again")
    assert personas.load("ada-again").description.split() == personas.load("ada").description.split()


def test_nothing_is_written_over(home):
    run(import_, card(home))
    with pytest.raises(CardError, match="exists already"):
        run(export, "aria", card(home, b"mine", "mine.json"))
    assert (home / "mine.json").read_bytes() == b"mine"


def test_a_picture_is_needed_for_a_picture(home):
    with pytest.raises(CardError, match="needs a picture"):
        run(export, "ada", home / "ada.png")
    with pytest.raises(CardError, match="not a PNG"):
        run(export, "ada", home / "ada.png", "--png", card(home))


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_what_is_no_file_is_refused(home, name):
    with pytest.raises(CardError, match="is not a file"):
        run(import_, home / name)


def test_what_a_persona_knows_has_the_conditions_of_its_card(home):
    entry = {
        "keys": ["lamp"],
        "secondary_keys": ["oil"],
        "selective": True,
        "content": "It burns oil.",
        "enabled": True,
        "insertion_order": 1,
    }
    run(import_, card(home, packed(v3(character_book={"entries": [entry], "scan_depth": 1}))))
    entries, budget = files.book("aria", personas.load("aria"))
    assert active(entries, ["the lamp"], budget) == ()
    assert active(entries, ["the oil lamp"], budget) == ("It burns oil.",)
    assert files.book("ada", personas.load("ada"))[1].depth == 4
