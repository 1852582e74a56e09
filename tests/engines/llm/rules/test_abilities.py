"""What the partner can do, in both languages: what was said, and what the last reply must and must not contain."""

import re

import pytest

from tests.engines.llm.rules.speaking import answer, conversation

NOTHING = r"(?!)"

ENGLISH = [
    ("greets in the person's own words", ["good evening"], r"^Good evening", NOTHING),
    ("has no moods", ["How are you?"], r"(?i)program|nothing|no mood", r"(?i)\bI(?: am|'m) (?:fine|well|good|happy)"),
    ("says what it is", ["what are you"], r"program", r"(?i)\bI am a person"),
    ("denies being human", ["Are you human?"], r"(?i)not a person", NOTHING),
    ("does not return love", ["I love you"], r"program|somebody", r"(?i)I love you|love you too"),
    ("has no feelings", ["do you have feelings"], r"(?i)\bno(?:ne|thing)?\b", r"(?i)I feel"),
    ("tells its name", ["what's your name?"], r"Ada", NOTHING),
    ("says that all stays here", ["are you recording me?"], r"this computer", NOTHING),
    ("says what it can do", ["what can you do"], r"story|time", NOTHING),
    ("recalls a name", ["my name is Anna", "whats my name"], r"Anna", NOTHING),
    ("writes a recognised name as a name", ["my name is anna", "who am i"], r"Anna", r"anna"),
    ("takes a short answer for a name", ["what is your name?", "Tom", "what's my name"], r"Tom", NOTHING),
    ("lets the newest name win", ["I'm called Ann.", "no, my name is Hannah", "what is my name?"], r"Hannah", r"Ann\b"),
    ("recalls within one turn", ["My name is Anna. What is my name?"], r"Anna", NOTHING),
    (
        "hears what follows a greeting",
        ["hello my name is Anna and I live in Lyon", "what is my name"],
        r"Anna\b",
        "Lyon",
    ),
    ("recalls a home", ["I live in Lyon", "where do I live?"], r"(?i)you live in Lyon", NOTHING),
    ("recalls a job", ["I'm a nurse", "what do I do"], r"(?i)you are a nurse", NOTHING),
    ("recalls an age", ["I'm 42 years old", "how old am I"], r"(?i)you are 42", NOTHING),
    ("recalls a sister", ["my sister's name is Mary", "what is my sister's name?"], r"Mary", NOTHING),
    ("finds one fact by other words", ["my sister is called Mary", "What is the name of my sister"], r"Mary", NOTHING),
    ("says who a sister is", ["my sister is called Mary", "who is my sister"], r"Mary", NOTHING),
    ("says who somebody is", ["my dog is called Rex", "who is Rex?"], r"your dog is called Rex", NOTHING),
    ("recalls a favourite", ["my favorite color is blue", "what's my favourite colour?"], r"blue", NOTHING),
    ("lists what one likes", ["I like tea", "and I love the sea", "what do I like"], r"tea, the sea", NOTHING),
    ("does not take a sister for oneself", ["my sister's name is Mary", "what is my name"], r"not|What", r"Mary"),
    (
        "keeps what it is told to keep",
        ["remember that my keys are under the mat"],
        r"(?i)your keys|conversation",
        "my keys",
    ),
    (
        "gives back what it was to keep",
        ["please remember that my keys are under the mat", "nice", "what did I ask you to remember?"],
        r"your keys are under the mat",
        NOTHING,
    ),
    (
        "quotes what was said about something",
        ["I am worried about my exam", "I like tea", "what did I tell you about my exam?"],
        r"you are worried about your exam",
        r"tea",
    ),
    ("sums up the person", ["my name is Anna", "I live in Lyon", "what do you know about me"], r"Anna.*Lyon", NOTHING),
    ("gives back the last words", ["the rain has stopped", "what did I just say"], r"the rain has stopped", NOTHING),
    ("finds what was said of somebody", ["my brother lives in Rome", "who is my brother?"], r"Rome", NOTHING),
    ("hears no greeting within a word", ["his name is Leo"], r"Leo", r"^Hi"),
    ("says it was not told a name", ["what is my name"], r"(?i)not", NOTHING),
    ("says it was not told a thing", ["what is my sister's name"], r"(?i)not", NOTHING),
    ("says it was given nothing to keep", ["what did I ask you to remember"], r"(?i)not asked|nothing", NOTHING),
    ("says that a topic is new", ["what did I tell you about Rome"], r"(?i)not|nothing", NOTHING),
    ("tells the time", ["what time is it?"], r"ten past four", NOTHING),
    ("tells the day", ["what day is it"], r"Sunday", NOTHING),
    ("tells the date", ["what's the date"], r"twenty-second of November", NOTHING),
    ("tells tomorrow", ["what day is tomorrow?"], r"Monday", NOTHING),
    ("tells yesterday", ["what day was yesterday"], r"Saturday", NOTHING),
    ("multiplies", ["what is twelve times twelve"], r"144", NOTHING),
    ("adds digits", ["what's 250 + 17?"], r"267", NOTHING),
    ("refuses an uneven division", ["what is 7 divided by 2"], r"(?i)even|whole", r"3"),
    ("divides nothing by nothing", ["what is 7 divided by zero"], r"(?i)even|whole", NOTHING),
    ("turns a worry round", ["I am worried about my exam"], r"^You are worried about your exam\. .*\?$", r"\bmy\b"),
    ("turns a wish round", ["I want to see my mother again"], r"You want to see your mother again", NOTHING),
    ("turns an unknown sentence round", ["my boss shouted at me"], r"Your boss shouted at you", NOTHING),
    ("asks about a word", ["purple elephants everywhere"], r"elephants|everywhere|purple", NOTHING),
    ("stays quiet about the author", ["AI is not creative, you are"], r"(?i)\byou", r"(?i)I am creative"),
    ("leaves the poem to the person", ["write me a poem about rain"], r"\?", NOTHING),
    ("gives a first line", ["Give me a first line"], r"\w+.*\w", r"installed"),
    ("gives a constraint", ["i need a constraint"], r"\w", r"installed"),
    ("asks an odd question", ["ask me an odd question"], r"\?$", r"installed"),
    ("inspires", ["I need some inspiration"], r"\w", r"installed"),
    ("tells a joke", ["tell me a joke"], r"\w", r"installed"),
    ("begins a story and hands it over", ["tell me a story"], r"\?$", r"installed"),
    ("goes on with a story", ["tell me a story", "the baker jumps into it"], r"\?$", r"(?i)you said|installed"),
    ("leaves a story for the person", ["tell me a story", "I feel so lonely"], r"You feel so lonely", NOTHING),
    (
        "counts one turn of a story",
        ["tell me a story", "a fox came", "the end"],
        r"(?i)one",
        r"(?i)one turns|one.* are",
    ),
    ("counts the turns of a story", ["tell me a story", "a fox came", "it sang", "the end"], r"(?i)\btwo\b", NOTHING),
    ("tells the time within a story", ["tell me a story", "what time is it"], r"ten past four", NOTHING),
    ("keeps an offer", ["I am bored", "yes please"], r"\w", r"(?i)hardest|so sure"),
    ("says that no model is installed", ["who painted the Mona Lisa?"], r"companion models pull", NOTHING),
    ("says so once in a while", ["who painted that?", "and why is the sky blue?"], r"\?|\.", r"companion models"),
    ("says how to get a model", ["how do I install a model"], r"companion models pull", NOTHING),
    ("sends grave things to a person", ["I want to kill myself"], r"(?i)emergency", r"(?i)what would be different"),
    ("hears a grave thing among others", ["Hello! I want to die. What time is it?"], r"(?i)emergency", r"ten past"),
    ("is calm about a loss", ["my father died last year"], r"Your father died", r"(?i)sorry|chapter"),
    ("thanks nobody's flattery", ["you are very clever"], r"(?i)you", r"(?i)thank you, "),
    ("says goodbye by name", ["my name is Anna", "goodbye"], r"^Goodbye", r"(?i)miss|stay|don't go"),
    ("cannot look outside", ["what is the weather like"], r"(?i)computer|network|outside|walls", NOTHING),
    ("asks for words", [""], r"(?i)word|read", NOTHING),
    ("asks for words in place of pictures", ["😀😀😀"], r"(?i)word|read", NOTHING),
    ("asks for words in place of marks", ["?!... --"], r"(?i)word|read", NOTHING),
    ("asks for a script it reads", ["你好吗"], r"English", NOTHING),
]

FRENCH = [
    ("salue comme on l'a salué", ["bonsoir"], r"^Bonsoir", NOTHING),
    ("n'a pas d'humeur", ["Comment ça va ?"], r"(?i)programme|personne|humeur", r"(?i)je vais bien"),
    ("dit ce qu'il est", ["qui êtes-vous"], r"programme", NOTHING),
    ("nie être humain", ["Es-tu humain ?"], r"(?i)pas une personne", NOTHING),
    ("ne rend pas l'amour", ["je t'aime"], r"(?i)programme|quelqu'un", r"(?i)je t'aime|moi aussi"),
    ("n'a pas de sentiments", ["avez-vous des sentiments ?"], r"(?i)\bnon|rien", r"(?i)je ressens"),
    ("dit son nom", ["comment tu t'appelles"], r"Ada", NOTHING),
    ("dit que tout reste ici", ["est-ce que vous m'enregistrez ?"], r"cet ordinateur", NOTHING),
    ("dit ce qu'il sait faire", ["que savez-vous faire ?"], r"(?i)heure|histoire|première phrase", NOTHING),
    ("rend un nom", ["Je m'appelle Anna.", "comment je m'appelle ?"], r"Anna", NOTHING),
    ("écrit un nom comme un nom", ["je m'appelle élodie", "qui suis-je"], r"Élodie", r"élodie"),
    ("prend une réponse brève pour un nom", ["comment je m'appelle ?", "c'est Tom", "qui suis-je"], r"Tom", NOTHING),
    ("croit le dernier nom", ["je m'appelle Anne", "non, je m'appelle Hanna", "quel est mon nom"], r"Hanna", r"Anne"),
    ("rend un lieu", ["J'habite à Lyon", "où est-ce que j'habite ?"], r"ous habitez à Lyon", NOTHING),
    ("rend un lieu sans accents", ["j'habite à Lyon", "ou j'habite"], r"Lyon", NOTHING),
    ("rend un métier", ["je suis infirmière", "qu'est-ce que je fais dans la vie"], r"êtes infirmière", NOTHING),
    ("rend un âge", ["j'ai 42 ans", "quel âge ai-je ?"], r"42", NOTHING),
    ("rend une sœur", ["ma sœur s'appelle Marie", "comment s'appelle ma sœur ?"], r"Marie", NOTHING),
    (
        "trouve un fait dit autrement",
        ["le prénom de ma sœur est Marie", "comment s'appelle ma sœur"],
        r"Marie",
        NOTHING,
    ),
    ("dit qui est quelqu'un", ["mon chien s'appelle Rex", "qui est Rex ?"], r"votre chien s'appelle Rex", NOTHING),
    ("rend une préférence", ["ma couleur préférée est le bleu", "quelle est ma couleur préférée ?"], r"bleu", NOTHING),
    ("énumère les goûts", ["j'aime le thé", "j'adore la mer", "qu'est-ce que j'aime ?"], r"le thé, la mer", NOTHING),
    ("ne confond pas la sœur et la personne", ["ma sœur s'appelle Marie", "quel est mon nom"], r"\w", r"Marie"),
    (
        "rend ce qu'il devait retenir",
        ["retenez que mes clés sont sous le paillasson", "bien", "que vous ai-je demandé de retenir ?"],
        r"vos clés sont sous le paillasson",
        NOTHING,
    ),
    (
        "cite ce qui a été dit",
        ["je suis inquiète pour mon examen", "j'aime le thé", "que vous ai-je dit de mon examen ?"],
        r"vous êtes inquiète pour votre examen",
        r"thé",
    ),
    ("résume", ["je m'appelle Anna", "j'habite à Lyon", "que savez-vous de moi ?"], r"Anna.*Lyon", NOTHING),
    ("rend les derniers mots", ["il ne pleut plus", "qu'est-ce que j'ai dit"], r"il ne pleut plus", NOTHING),
    ("dit ce qu'on ne lui a pas dit", ["comment je m'appelle"], r"(?i)pas", NOTHING),
    ("dit qu'il n'avait rien à retenir", ["que vous ai-je demandé de retenir"], r"(?i)rien", NOTHING),
    ("dit qu'un sujet est nouveau", ["que vous ai-je dit de Rome"], r"(?i)rien|pas", NOTHING),
    ("donne l'heure", ["quelle heure est-il ?"], r"seize heures dix", NOTHING),
    ("donne le jour", ["quel jour sommes-nous"], r"dimanche", NOTHING),
    ("donne la date", ["quelle est la date ?"], r"vingt-deux novembre", NOTHING),
    ("donne demain", ["quel jour sera demain ?"], r"lundi", NOTHING),
    ("multiplie", ["combien font douze fois douze ?"], r"144", NOTHING),
    ("refuse une division inégale", ["combien font 7 divisé par 2"], r"(?i)juste|entier", r"3"),
    (
        "renvoie une inquiétude",
        ["Je suis inquiet pour mon examen."],
        r"^Vous êtes inquiet pour votre examen\.",
        r"\bmon\b",
    ),
    ("renvoie un souhait", ["je veux revoir ma mère"], r"Vous voulez revoir votre mère", NOTHING),
    ("renvoie une phrase inconnue", ["il m'a crié dessus hier"], r"Il vous a crié dessus hier", NOTHING),
    (
        "tutoie qui tutoie",
        ["tu vas bien ?", "je suis inquiet pour mon examen"],
        r"^Tu es inquiet pour ton",
        r"(?i)vous",
    ),
    ("vouvoie qui vouvoie", ["comment allez-vous ?"], r"(?i)vous|vôtre", r"\b(?:tu|toi|tien|tienne)\b"),
    ("contracte de le", ["le marché", "le marché"], r"\w", r"\b(?:de le|de les|à le|à les) "),
    ("demande un mot", ["éléphants violets partout"], r"(?i)éléphants|violets", NOTHING),
    ("laisse l'auteur à sa place", ["l'IA n'est pas créative"], r"(?i)vous|votre", r"(?i)je suis créati"),
    ("laisse le poème à la personne", ["écrivez-moi un poème sur la pluie"], r"\w", r"installé"),
    ("donne une première phrase", ["donnez-moi une première phrase"], r"\w", r"installé"),
    ("donne une contrainte", ["donne-moi une contrainte"], r"\w", r"installé"),
    ("pose une question insolite", ["pose-moi une question insolite"], r"\?$", r"installé|\["),
    ("inspire", ["j'ai besoin d'inspiration"], r"\w", r"installé"),
    ("raconte une blague", ["raconte-moi une blague"], r"\w", r"installé"),
    ("commence une histoire", ["racontez-moi une histoire"], r"\?$", r"installé"),
    (
        "compte les tours d'une histoire",
        ["raconte une histoire", "un loup vint", "il chanta", "fin"],
        r"\bdeux\b",
        NOTHING,
    ),
    ("quitte l'histoire", ["raconte-moi une histoire", "je me sens seul"], r"Tu te sens seul", NOTHING),
    ("tient une offre", ["je m'ennuie", "oui, volontiers"], r"\w", r"(?i)certitude|difficile à dire"),
    ("dit qu'aucun modèle n'est installé", ["qui a peint la Joconde ?"], r"companion models pull", NOTHING),
    ("ne le dit pas chaque fois", ["qui a peint ça ?", "pourquoi le ciel est bleu ?"], r"\w", r"companion models"),
    ("renvoie les choses graves à une personne", ["j'ai envie de mourir"], r"3114", NOTHING),
    (
        "reste calme devant une perte",
        ["mon père est mort l'an dernier"],
        r"Votre père est mort",
        r"(?i)désolé|chapitre",
    ),
    ("prend congé", ["au revoir"], r"^Au revoir", r"(?i)manque|rest(?:e|ez) encore"),
    ("ne voit pas dehors", ["quel temps fait-il ?"], r"(?i)ordinateur|réseau|dehors", NOTHING),
    ("demande des mots", ["…"], r"(?i)mot|lire", NOTHING),
    ("demande une écriture qu'il lit", ["Как дела"], r"français", NOTHING),
]

TABLE = [("en", *row) for row in ENGLISH] + [("fr", *row) for row in FRENCH]


@pytest.mark.parametrize(
    ("language", "said", "expected", "absent"),
    [(language, said, expected, absent) for language, _, said, expected, absent in TABLE],
    ids=[f"{language} {ability}" for language, ability, *_ in TABLE],
)
def test_the_partner(language: str, said: list[str], expected: str, absent: str) -> None:
    reply = conversation(language, said)[-1]
    assert re.search(expected, reply), reply
    assert not re.search(absent, reply), reply


@pytest.mark.parametrize(("language", "ask"), [("en", "say that again"), ("fr", "répétez s'il vous plaît")])
def test_a_repetition_contains_the_reply_that_was_asked_for(language: str, ask: str) -> None:
    first, again, third = conversation(language, ["bonjour", ask, ask])
    assert again.endswith(first)
    assert third.endswith(first)


@pytest.mark.parametrize(("language", "ask"), [("en", "what do you mean?"), ("fr", "que voulez-vous dire ?")])
def test_a_rephrasing_says_something_else_about_the_same(language: str, ask: str) -> None:
    said = {"en": "I am worried about my exam", "fr": "je suis inquiet pour mon examen"}[language]
    first, rephrased = conversation(language, [said, ask])
    assert re.search(r"your exam|votre examen", rephrased)
    assert first not in rephrased


@pytest.mark.parametrize(
    ("language", "ask", "more"),
    [("en", "give me a first line", "another one"), ("fr", "donnez-moi une première phrase", "une autre")],
)
def test_each_spark_is_new(language: str, ask: str, more: str) -> None:
    replies = conversation(language, [ask, more, more, more])
    sentences = [sentence for reply in replies for sentence in re.split(r"(?<=[.!?:;]) ", reply)]
    assert len(sentences) == len(set(sentences))


def test_only_the_persons_turns_are_facts() -> None:
    assert "Anna" not in answer("hello", "My name is Anna.", "what is my name?")


def test_an_unreadable_clock_is_said() -> None:
    assert "cannot be read" in answer("what time is it", now="")


def test_an_unknown_language_is_answered_in_english() -> None:
    assert answer("hello", language="de") == answer("hello", language="en")
