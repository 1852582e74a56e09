"""Five minutes of talk: nothing the partner says of its own stands there twice."""

from collections import Counter

import pytest

from companion_voice.engines.llm.rules.phrases import key
from companion_voice.engines.llm.rules.text import sentences
from tests.engines.llm.rules.speaking import conversation

ENGLISH = """\
good evening
how are you?
a bit tired, I worked all day
my name is Anna
I'm a nurse at the hospital
I like my work
but I'm worried about my mother
she lives alone in a big house
I don't know what to do
maybe
what time is it
give me an odd question
my grandmother's bread
I think I forgot how it tastes
what do you mean?
I want to write something about it
another
the kitchen was always warm
we sat around the table
my grandfather told stories about the war
I was afraid of the dark
what did I tell you about my mother?
yes
no
what is the meaning of life?
who invented bread?
why is that so?
what should I do with my evening?
I'm bored
yes please
the door of the old school
I hate winter
I have to get up early tomorrow
I can't sleep when it rains
remember that I want to call my mother
tell me a story
the dog barks three times
a woman opens the window
the end
what do I have to do tomorrow?
what did I ask you to remember?
thank you
goodbye
"""

FRENCH = """\
bonsoir
comment allez-vous ?
un peu fatiguée, j'ai travaillé toute la journée
je m'appelle Anna
je suis infirmière à l'hôpital
j'aime mon travail
mais je suis inquiète pour ma mère
elle vit seule dans une grande maison
je ne sais pas quoi faire
peut-être
quelle heure est-il
posez-moi une question insolite
le pain de ma grand-mère
je crois que j'ai oublié son goût
que voulez-vous dire ?
je voudrais écrire quelque chose là-dessus
une autre
la cuisine était toujours chaude
nous étions assis autour de la table
mon grand-père racontait des histoires de guerre
j'avais peur du noir
que vous ai-je dit de ma mère ?
oui
non
quel est le sens de la vie ?
qui a inventé le pain ?
pourquoi est-ce ainsi ?
qu'est-ce que je dois faire de ma soirée ?
je m'ennuie
oui, volontiers
la porte de la vieille école
je déteste l'hiver
je dois me lever tôt demain
je n'arrive pas à dormir quand il pleut
retenez que je veux appeler ma mère
racontez-moi une histoire
le chien aboie trois fois
une femme ouvre la fenêtre
fin
qu'est-ce que j'ai à faire demain ?
que vous ai-je demandé de retenir ?
merci
au revoir
"""


@pytest.mark.parametrize(("language", "script"), [("en", ENGLISH), ("fr", FRENCH)])
def test_no_sentence_stands_twice_in_five_minutes(language: str, script: str) -> None:
    replies = conversation(language, script.splitlines())
    spoken = Counter(key(sentence) for reply in replies for sentence in sentences(reply))
    assert [sentence for sentence, times in spoken.items() if times > 1] == []


@pytest.mark.parametrize(("language", "script"), [("en", ENGLISH), ("fr", FRENCH)])
def test_replies_are_short_enough_to_listen_to(language: str, script: str) -> None:
    for reply in conversation(language, script.splitlines()):
        assert len(sentences(reply)) <= 3, reply


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_same_words_again_get_other_words_back(language: str) -> None:
    replies = conversation(language, ["hm"] * 5)
    assert len(set(replies)) == len(replies)
