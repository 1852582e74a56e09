import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion_voice.conversation.echo import FEWEST_LETTERS, FEWEST_WORDS, is_echo

ENGLISH = (
    "Once there was a lighthouse on a small island.",
    "It had a keeper who lived alone with an old grey cat.",
    "Would you like me to go on, or shall I stop here? Just say yes or no.",
)
FRENCH = (
    "Il était une fois un phare sur une petite île.",
    "Son gardien vivait seul avec un vieux chat gris qui s'appelait Minou.",
    "Voulez-vous que je continue, ou dois-je arrêter ici ? Dites oui ou non.",
)


@pytest.mark.parametrize(
    ("heard", "spoken"),
    [
        ("once there was a lighthouse on a small island", ENGLISH),
        ("there was a lighthouse on a", ENGLISH),
        ("ones there was a light house on the small island", ENGLISH),
        ("small island it had a keeper", ENGLISH),
        ("lived alone with an old gray cat", ENGLISH),
        ("keep her who lived alone with an old grey", ENGLISH),
        ("would you like me to go on or shall I stop here", ENGLISH),
        ("Il était une fois un phare sur une petite île.", FRENCH),
        ("il etait une fois un fard sur une petite ile", FRENCH),
        ("vivait seul avec un vieux chat gris", FRENCH),
        ("vivait seule avec un vieux chat gris qui s’appelait minou", FRENCH),
        ("une petite île son gardien vivait seul", FRENCH),
        ("que je continue ou dois-je arrêter ici", FRENCH),
    ],
)
def test_the_companions_own_words_are_an_echo_even_when_misheard(heard: str, spoken: tuple[str, ...]) -> None:
    assert is_echo(heard, spoken)


@pytest.mark.parametrize(
    ("heard", "spoken"),
    [
        ("", ENGLISH),
        ("stop", ENGLISH),
        ("no", ENGLISH),
        ("yes", ENGLISH),
        ("no no no", ENGLISH),
        ("go on", ENGLISH),
        ("stop here", ENGLISH),
        ("a lighthouse?", ENGLISH),
        ("stop stop stop", ENGLISH),
        ("wait, what is a keeper?", ENGLISH),
        ("I live alone with a dog", ENGLISH),
        ("yes I would like you to go on", ENGLISH),
        ("stop once there was a lighthouse on a small island", ENGLISH),
        ("once there was a lighthouse on a small island please", ENGLISH),
        ("what time is it", ENGLISH),
        ("can you tell me more about the lighthouse", ENGLISH),
        ("who was the keeper of the cat", ENGLISH),
        ("non", FRENCH),
        ("oui", FRENCH),
        ("arrête", FRENCH),
        ("tais-toi", FRENCH),
        ("un phare ?", FRENCH),
        ("non non arrête", FRENCH),
        ("je vis seul avec un chien", FRENCH),
        ("attends, c'est quoi un gardien ?", FRENCH),
        ("oui je veux que tu continues", FRENCH),
        ("comment s'appelait le chat", FRENCH),
        ("quelle heure est-il", FRENCH),
        ("once there was a lighthouse on a small island", FRENCH),
        ("once there was a lighthouse on a small island", ()),
    ],
)
def test_a_person_is_heard_even_in_the_companions_words(heard: str, spoken: tuple[str, ...]) -> None:
    assert not is_echo(heard, spoken)


WORDS = st.lists(st.text("abcdefghijklmnopqrstuvwxyzéàç", min_size=1, max_size=9), max_size=25)


@given(WORDS, st.data())
def test_any_passage_that_was_played_is_an_echo_unless_it_is_short(words: list[str], data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(words)))
    passage = words[start : data.draw(st.integers(start, len(words)))]
    cut = data.draw(st.integers(0, len(words)))
    spoken = [" ".join(words[:cut]) + ".", " ".join(words[cut:]) + "!"]
    long = len(passage) >= FEWEST_WORDS and len("".join(passage)) >= FEWEST_LETTERS
    assert is_echo(" ".join(passage).upper() + "?", spoken) == long


@given(
    st.lists(st.text("abcdefghij", min_size=1), max_size=20), st.lists(st.text("klmnopqrst", min_size=1), max_size=20)
)
def test_words_that_were_not_played_are_never_an_echo(heard: list[str], played: list[str]) -> None:
    assert not is_echo(" ".join(heard), [" ".join(played)])


@given(st.text(), st.lists(st.text(), max_size=5))
def test_whatever_is_heard_there_is_an_answer(heard: str, spoken: list[str]) -> None:
    assert is_echo(heard, spoken) in (True, False)
    assert not is_echo(heard, [])
