import pytest

from companion_voice.engines.llm.rules.book import open_book
from companion_voice.engines.llm.rules.mirror import Mirror

ENGLISH = Mirror(open_book("en"), familiar=False)
POLITE = Mirror(open_book("fr"), familiar=False)
FAMILIAR = Mirror(open_book("fr"), familiar=True)


@pytest.mark.parametrize(
    ("said", "turned"),
    [
        ("I am worried about my exam", "you are worried about your exam"),
        ("my mother told me that I was late", "your mother told you that you were late"),
        ("we lost our way", "you lost your way"),
        ("this book is mine and I wrote it myself", "this book is yours and you wrote it yourself"),
        ("The sea calms me", "the sea calms you"),
        ("Anna likes me", "Anna likes you"),
        ("I can not sleep", "you cannot sleep"),
    ],
)
def test_english_is_turned_round(said: str, turned: str) -> None:
    assert ENGLISH.turned(said) == turned


@pytest.mark.parametrize("said", ["", "I want you to help me", "word " * 40])
def test_what_would_limp_is_not_turned_round(said: str) -> None:
    assert ENGLISH.turned(said) is None


@pytest.mark.parametrize(
    ("said", "polite", "familiar"),
    [
        ("je suis inquiet pour mon examen", "vous êtes inquiet pour votre examen", "tu es inquiet pour ton examen"),
        ("j'ai perdu mon chat", "vous avez perdu votre chat", "tu as perdu ton chat"),
        ("je ne suis pas prête", "vous n'êtes pas prête", "tu n'es pas prête"),
        ("je suis pas prête", "vous n'êtes pas prête", "tu n'es pas prête"),
        ("je n'ai rien dit", "vous n'avez rien dit", "tu n'as rien dit"),
        ("je me suis levé", "vous vous êtes levé", "tu t'es levé"),
        ("je m'appelle Anna", "vous vous appelez Anna", "tu t'appelles Anna"),
        ("ma sœur m'a dit que je devrais partir", "votre sœur vous a dit que vous devriez partir", None),
        ("je prends le train et je lis", "vous prenez le train et vous lisez", "tu prends le train et tu lis"),
        ("je préfère le matin", "vous préférez le matin", "tu préfères le matin"),
        ("je finirai demain", "vous finirez demain", "tu finiras demain"),
        ("j'y pense souvent", "vous y pensez souvent", "tu y penses souvent"),
        ("je choisis et je viens", "vous choisissez et vous venez", "tu choisis et tu viens"),
        ("nous sommes allés chez nos amis", "vous êtes allés chez vos amis", "vous êtes allés chez vos amis"),
        ("je voulais que ce soit à moi", "vous vouliez que ce soit à vous", "tu voulais que ce soit à toi"),
    ],
)
def test_french_is_turned_round(said: str, polite: str, familiar: str | None) -> None:
    assert POLITE.turned(said) == polite
    assert familiar is None or FAMILIAR.turned(said) == familiar


@pytest.mark.parametrize("said", ["je veux que tu m'aides", "je romps"])
def test_french_that_would_limp_is_not_turned_round(said: str) -> None:
    assert POLITE.turned(said) is None


@pytest.mark.parametrize(
    ("mirror", "said", "topic"),
    [
        (ENGLISH, "the lawyer spoke about my exam", "your exam"),
        (ENGLISH, "I saw a dog in the garden", "the dog"),
        (ENGLISH, "my old blue car broke", None),
        (POLITE, "j'ai vu un chien", "ce chien"),
        (POLITE, "l'examen de ma sœur", "votre sœur"),
    ],
)
def test_a_topic_is_a_thing_that_stands_clear(mirror: Mirror, said: str, topic: str | None) -> None:
    assert mirror.topic(said) == topic
