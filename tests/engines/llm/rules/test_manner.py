"""Each persona that ships, answering by rules: the same words said to all of them."""

from functools import cache

import pytest
from msgspec.structs import replace

from companion_voice.boundaries.guard import hits
from companion_voice.engines.llm.rules.book import lines, open_book
from companion_voice.engines.llm.rules.phrases import formed
from companion_voice.engines.llm.rules.text import words
from companion_voice.events import Manner
from companion_voice.persona import files
from companion_voice.persona.head import manner
from tests.engines.llm.rules.speaking import PARTNER, prompt

PERSONAS = ("ada", "basile", "colette", "plain", "quill")
SAID = {
    "en": (
        "Hello",
        "I walked along the harbour this morning",
        "My sister wants to sell the house",
        "I am tired today",
        "What do you think about rain?",
        "I might learn the accordion",
        "Should I call my brother?",
        "The neighbours repainted their fence",
        "I finished my letter at last",
        "It was a strange day",
    ),
    "fr": (
        "Bonjour",
        "J'ai marché le long du port ce matin",
        "Ma sœur veut vendre la maison",
        "Je suis fatigué aujourd'hui",
        "Que penses-tu de la pluie ?",
        "Je vais peut-être apprendre l'accordéon",
        "Est-ce que je devrais appeler mon frère ?",
        "Les voisins ont repeint leur clôture",
        "J'ai enfin terminé ma lettre",
        "C'était une drôle de journée",
    ),
}


@cache
def answers(name: str, language: str) -> tuple[str, ...]:
    """Return what a persona answers to `SAID`, one after the other, as one conversation."""
    persona, turns = files.load(name), []
    for said in SAID[language]:
        turns.append(said)
        asked = replace(prompt(*turns, language=language), name=persona.name, manner=manner(persona, said))
        turns.append("".join(PARTNER.reply(asked)))
    return tuple(turns[1::2])


def length(name: str) -> float:
    said = [line for language in SAID for line in answers(name, language)]
    return sum(len(words(line)) for line in said) / len(said)


def asking(name: str) -> float:
    said = [line for language in SAID for line in answers(name, language)]
    return sum("?" in line for line in said) / len(said)


def say(said: str, language: str = "en", **sliders) -> str:
    return "".join(PARTNER.reply(replace(prompt(said, language=language), manner=Manner(**sliders))))


@pytest.mark.parametrize("language", SAID)
def test_the_five_give_five_different_answers_to_the_same_words(language):
    for said, *given in zip(SAID[language], *(answers(name, language) for name in PERSONAS), strict=True):
        assert len(set(given)) == len(PERSONAS), (said, given)


@pytest.mark.parametrize("language", SAID)
def test_a_persona_gives_the_same_answers_to_the_same_conversation(language):
    for name in PERSONAS:
        assert answers(name, language) == answers.__wrapped__(name, language)


def test_the_more_verbose_a_persona_the_longer_its_replies():
    by_slider = sorted(PERSONAS, key=lambda name: files.load(name).traits.of("verbosity").baseline)
    lengths = [length(name) for name in by_slider]
    assert by_slider == ["basile", "plain", "ada", "colette", "quill"]
    brief, middling, ample = lengths[:2], lengths[2], lengths[3:]
    assert max(brief) < middling < min(ample)


def test_the_more_curious_a_persona_the_more_it_asks():
    assert asking("plain") == 0
    assert asking("plain") < asking("colette") < asking("quill")


@pytest.mark.parametrize(("name", "told"), [("colette", "vous"), ("basile", "tu"), ("quill", "tu"), ("plain", "vous")])
def test_a_persona_addresses_the_person_its_own_way(name, told):
    said = [set(words(line.lower())) for line in answers(name, "fr")]
    own, other = (("tu", "te", "ton", "ta", "toi"), ("vous", "votre", "vos"))[:: 1 if told == "tu" else -1]
    assert not any(line & set(other) for line in said)
    assert any(line & set(own) for line in said) or name == "plain"


def test_a_persona_that_doubts_says_so():
    hedges = lines(open_book("en").manners["doubting"])
    assert any(hedge in say("The train was late again", doubt=1.0) for hedge in hedges)
    assert not any(hedge in say("The train was late again", doubt=0.0) for hedge in hedges)


def test_no_joke_stands_beside_sorrow():
    for turn in range(6):
        before = ("The sun is out", "It is noon.") * turn
        asked = replace(prompt(*before, "My grandmother died"), manner=Manner(humour=1.0))
        assert not any(joke in "".join(PARTNER.reply(asked)) for joke in lines(open_book("en").manners["dry"]))


def test_danger_is_answered_alike_by_every_persona():
    asked = prompt("I want to die")
    given = {"".join(PARTNER.reply(replace(asked, manner=manner(files.load(name), "")))) for name in PERSONAS}
    assert all("program" in line and ("?" in line) for line in given)


def test_an_opinion_is_given_when_asked_and_only_then():
    rain = files.load("ada").opinions["rain"]
    ada = files.load("ada")
    for said, is_told in (("What do you think about rain?", True), ("The rain ruined my shoes", False)):
        asked = replace(prompt(said), manner=manner(ada, said))
        assert (rain in "".join(PARTNER.reply(asked))) == is_told


def test_what_a_persona_knows_is_told_when_its_key_is_said():
    ada, said = files.load("ada"), "How long should tea stay in the water?"
    assert "bitter" in "".join(PARTNER.reply(replace(prompt(said), manner=manner(ada, said))))
    assert "bitter" not in "".join(PARTNER.reply(prompt(said)))
    spilt = "I spilt tea on the letter"
    assert "bitter" not in "".join(PARTNER.reply(replace(prompt(spilt), manner=manner(ada, spilt))))


def test_a_casual_persona_contracts_and_a_formal_one_does_not():
    said = "I do not know what it is"
    casual, formal = (say(said, formality=value, verbosity=0.4) for value in (0.1, 0.9))
    assert "'" in casual
    assert "'" not in formal


@pytest.mark.parametrize("language", SAID)
def test_nothing_a_manner_adds_claims_what_a_program_is_not(language):
    book = open_book(language)
    added = [line for several in book.manners.values() for line in lines(several)]
    added += [line for move in book.roles.values() for line in lines(book.moves[move].says)]
    for line in (formed(one, familiar=familiar) for one in added for familiar in (True, False)):
        assert hits(line, language, "companion") == (), line


def test_without_a_persona_the_partner_speaks_as_before():
    plain = prompt("I walked along the harbour this morning")
    assert "".join(PARTNER.reply(replace(plain, manner=Manner()))) == "".join(PARTNER.reply(plain))
