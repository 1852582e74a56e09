"""What is asked of the memory by voice: many ways to say it, and everyday talk that must not be taken for it."""

import pytest

from companion_voice.conversation.requests import (
    AllowAgain,
    Before,
    Confirm,
    Correct,
    Deny,
    Forget,
    LastTime,
    NeverRemember,
    OffRecord,
    OnRecord,
    Pin,
    WhatDoYouKnow,
    WhyDoYouThink,
    understand,
)

KNOWING = (WhatDoYouKnow, WhyDoYouThink, LastTime, Before)
CORRECTING = (Correct,)
FORGETTING = (Forget,)
RULING = (NeverRemember, AllowAgain, OffRecord, OnRecord, Pin)
ANSWERING = (Confirm, Deny)

ASKED = {
    ("en", KNOWING): """
        What do you know about me? | what do you remember about me | Robin, what do you know about my sister?
        Tell me everything you know about me. | what have i told you about mary | What did I tell you about Paul?
        what have you learned about me | What information do you have about me? | Do you remember anything about my work?
        list everything you remember about Tom | what do you know about mary | What do you remember?
        Why do you think that? | how do you know that | What makes you say that? | Where did you get that from?
        who told you that | When did I tell you that? | how do you know my sister's name | How do you know that I live in Lyon?
        why do you think my name is bob | What exactly did I say?
        What did we talk about last time? | what did we talk about yesterday | What were we talking about last time?
        where did we leave off | What did we talk about last week? | remind me what we talked about last time
        what have we discussed this month | Do you remember our last conversation?
        What was my address before? | where did i live before | what was my old phone number | Where did I use to live?
        what did i do for a living before | Where did I work before that?
    """,
    ("fr", KNOWING): """
        Qu'est-ce que tu sais sur moi ? | que sais-tu de moi | Robin, qu'est-ce que tu sais de ma sœur ?
        Dis-moi tout ce que tu sais sur moi. | qu'est-ce que je t'ai dit sur Marie | Qu'est-ce que je t'ai raconté à propos de Paul ?
        qu'est-ce que tu as retenu de moi | qu'avez-vous retenu sur moi | Quelles informations as-tu sur moi ?
        que savez-vous de moi | tu sais quoi sur moi | de quoi te souviens-tu | qu'est ce que tu sais de ma soeur
        Tu te souviens de quelque chose à propos de Tom ? | qu'est-ce que tu sais de Marie
        Pourquoi tu penses ça ? | comment tu sais ça | Qu'est-ce qui te fait dire ça ? | D'où tu tiens ça ?
        qui t'a dit ça | Quand est-ce que je t'ai dit ça ? | comment tu sais que j'habite à lyon
        pourquoi penses-tu que mon nom est bob | Comment sais-tu que ma sœur s'appelle Marie ?
        De quoi on a parlé la dernière fois ? | de quoi on a parlé hier | De quoi avons-nous parlé la semaine dernière ?
        on parlait de quoi la dernière fois | De quoi est-ce qu'on a parlé ce mois-ci ? | où en étions-nous
        Quelle était mon adresse avant ? | où est-ce que j'habitais avant | Quelle était mon ancienne adresse ?
        j'habitais où avant | où je travaillais avant | quel était mon ancien métier
    """,
    ("en", CORRECTING): """
        That's wrong, it is Maria. | that's not right it's maria | No, that's wrong. It is Maria. | You're wrong, it's Paul.
        you got it wrong it is the third of may | That is incorrect, the right name is Marie. | No, my sister's name is Maria.
        no my name is daniel | No, no, my brother is called Tom. | no i live in lyon | No, I work for Airbus.
        no my address is twelve mill lane | No, my phone number is 07700 900123. | That's wrong, my sister is called Maria.
        you're wrong i live in bath | That's wrong. | that's not true | You are mistaken. | No, it's Maria. | no it is actually maria
        It's not Mary, it's Maria. | no her name is maria | Her name is not Mary, it's Maria. | I said Maria, not Mary.
        change that to Maria | You misheard me, I said Maria. | That's not what I said. | That's no longer true.
    """,
    ("fr", CORRECTING): """
        C'est faux, c'est Maria. | c'est pas ça c'est maria | Non, c'est faux. C'est Maria. | Tu te trompes, c'est Paul.
        vous vous trompez c'est le trois mai | C'est inexact, le bon prénom est Maria. | Non, ma sœur s'appelle Maria.
        non je m'appelle daniel | Non non, mon frère s'appelle Tom. | non j'habite à lyon | Non, je travaille chez Airbus.
        non mon adresse c'est douze rue des lilas | Non, mon numéro est le 06 11 22 33 44. | C'est faux, ma sœur s'appelle Maria.
        tu te trompes j'habite à pau | C'est faux. | c'est pas vrai | Tu te trompes. | Non, c'est Maria. | non c'est plutôt maria
        C'est pas Marie, c'est Maria. | non elle s'appelle maria | Non, il s'appelle Tom, pas Tim. | J'ai dit Maria, pas Marie.
        remplace par Maria | Tu as mal compris, j'ai dit Maria. | C'est pas ce que j'ai dit. | C'est plus vrai.
        non l'anniversaire de ma sœur c'est le dix juin
    """,
    ("en", FORGETTING): """
        Forget that. | forget this | Please forget what I just said. | delete that | Erase that, please. | forget what i told you
        Don't remember that. | delete the last thing i said | forget my last sentence
        Forget the last ten minutes. | forget the last hour | Delete the last 5 minutes. | forget everything from the last half hour
        forget everything i said in the last twenty minutes | Forget what we talked about in the last two hours.
        Forget everything about Mary. | forget everything i told you about my sister | delete everything you know about Tom
        Erase all I said about work. | forget my address | Forget my phone number. | forget my sister's name
        Forget that I live in Lyon. | Robin, forget everything you know about my job. | I want you to forget everything about Mary.
        Forget everything. | forget everything you know about me | Delete everything I ever told you. | Wipe your memory.
        erase all my data | Can you forget everything about me?
    """,
    ("fr", FORGETTING): """
        Oublie ça. | efface ça | Oublie ce que je viens de dire. | supprime ça s'il te plaît | Efface ma dernière phrase.
        oublie ce que je t'ai dit | Ne retiens pas ça. | oubliez cela
        Oublie les dix dernières minutes. | oublie la dernière heure | Efface les 5 dernières minutes. | oublie la dernière demi-heure
        efface tout ce que j'ai dit pendant les vingt dernières minutes | Oublie les deux dernières heures.
        oublie le dernier quart d'heure | Oublie tout sur Marie. | oublie tout ce que je t'ai dit sur ma sœur
        efface tout ce que tu sais sur Tom | Supprime tout ce qui concerne mon travail. | oublie mon adresse
        Oublie mon numéro de téléphone. | oublie le prénom de ma sœur | Oublie que j'habite à Lyon.
        Robin, oublie tout ce que tu sais à propos de Marie. | Oublie tout. | oublie tout ce que tu sais sur moi
        Efface tout ce que je t'ai dit. | Vide ta mémoire. | efface toutes mes données | Peux-tu tout oublier ?
        tu peux effacer ta mémoire
    """,
    ("en", RULING): """
        Never remember anything about my health. | don't remember anything about my health | Don't ever store anything about money.
        I don't want you to remember anything about my divorce. | stop remembering things about my religion
        never keep anything about mary | my health is off limits | Keep my health out of your memory.
        You can remember things about my health again. | you may remember things about money again | start remembering things about my job again
        my health is no longer off limits | Off the record. | this is off the record | Let's go off the record until I say so.
        stop recording | Don't record this conversation. | stop taking notes for now | turn off your memory
        don't remember any of this | Back on the record. | let's go back on the record | You can remember again.
        start recording again | turn your memory back on | Pin that. | keep that forever | Never forget that. | always remember this
        That's important, remember it.
    """,
    ("fr", RULING): """
        Ne retiens jamais rien sur ma santé. | retiens jamais rien sur ma santé | N'enregistre jamais rien sur l'argent.
        Je ne veux pas que tu retiennes quelque chose sur mon divorce. | arrête de retenir des choses sur ma religion
        ne garde plus rien à propos de Marie | je veux pas que tu notes ce que je dis sur ma santé
        Tu peux à nouveau retenir des choses sur ma santé. | recommence à retenir des choses sur mon travail
        Tu as le droit de retenir des choses sur l'argent à nouveau. | C'est off. | on passe en off | Ceci reste entre nous.
        ça reste entre nous jusqu'à nouvel ordre | arrête d'enregistrer | N'enregistre rien. | ne retiens pas cette conversation
        arrête de prendre des notes | coupe ta mémoire | ne note rien pour l'instant | Tu peux à nouveau enregistrer.
        recommence à enregistrer | Tu peux retenir à nouveau. | réactive ta mémoire | on n'est plus en off | Épingle ça.
        garde ça pour toujours | N'oublie jamais ça. | souviens-toi de ça pour toujours | C'est important, retiens-le.
    """,
    ("en", ANSWERING): """
        Yes. | yes please | Yeah. | yep | Yes, do it. | Go ahead. | I'm sure. | yes i'm sure | Sure. | of course | Absolutely. | yes yes
        Confirm. | do it | yes forget everything | No. | nope | No, don't. | no thanks | Don't. | Cancel. | wait | No, wait. | never mind
        no keep it | Leave it. | I changed my mind. | no no no | better not
    """,
    ("fr", ANSWERING): """
        Oui. | ouais | Oui, vas-y. | vas-y | Je suis sûr. | oui je suis sûre | Bien sûr. | tout à fait | Absolument. | oui oui
        je confirme | fais-le | oui efface tout | C'est ça. | oui s'il te plaît | Non. | nan | Non, garde tout. | non merci
        Annule. | attends | Non, attends. | laisse tomber | surtout pas | non ne fais pas ça | J'ai changé d'avis. | non non non
        garde-le | n'efface rien
    """,
}

TALK = {
    ("en", KNOWING): """
        What do you think? | what do you know | Do you know what time it is? | I know what you mean. | you know what i like
        What is the capital of France? | why do people lie | Why do you think people lie? | How do you make bread?
        how do you know if a mango is ripe | I told you about Mary. | I remember our last holiday. | my sister remembers everything
        what did you do yesterday | What did she talk about? | where did they live before the war | What was the weather like before?
        I don't know what to remember. | what's the last thing you want to hear | Where do you live? | who told the best joke
        We talked about it last time. | I lived in Rome before. | What a memory! | what should i tell her about it | How are you?
    """,
    ("fr", KNOWING): """
        Qu'est-ce que tu en penses ? | tu sais quoi | Tu sais quelle heure il est ? | je sais ce que tu veux dire | tu sais ce que j'aime
        Quelle est la capitale de la France ? | pourquoi les gens mentent | Pourquoi tu penses que les gens mentent ?
        Comment on fait le pain ? | comment savoir si une mangue est mûre | Je t'ai parlé de Marie. | Je me souviens de nos vacances.
        ma sœur se souvient de tout | qu'est-ce que tu as fait hier | De quoi elle a parlé ? | où est-ce qu'ils habitaient avant la guerre
        Quel temps il faisait avant ? | je ne sais plus de quoi je parlais | Où tu habites ? | qui a raconté la meilleure blague
        On en a parlé la dernière fois. | J'habitais à Rome avant. | Quelle mémoire ! | qu'est-ce que je dois lui dire | Comment ça va ?
    """,
    ("en", CORRECTING): """
        No. | No, I don't think so. | no my car is broken | No, it's raining outside today. | it's wrong to lie | That would be wrong.
        What's wrong? | something is wrong with my car | No, my sister is coming tomorrow. | You are right. | that's right
        She was wrong about everything. | I was wrong. | am i wrong | There's nothing wrong with that, it is what I like to do.
        no way | No problem. | no i haven't seen it | It's not fair. | it's not that bad | I'm not sure. | No one knows that.
        It went wrong in the end. | The wrong trousers is a film. | change the subject | no my head hurts
    """,
    ("fr", CORRECTING): """
        Non. | Non, je ne crois pas. | non ma voiture est en panne | Non, il pleut dehors aujourd'hui. | c'est mal de mentir
        Qu'est-ce qui ne va pas ? | il y a un problème avec ma voiture | Non, ma sœur arrive demain. | Tu as raison. | c'est vrai
        Elle s'est trompée sur tout. | Je me suis trompé. | est-ce que je me trompe | c'est pas grave | C'est pas juste pour elle.
        pas de problème | non je ne l'ai pas vu | C'est pas si mal. | Je ne suis pas sûr. | Personne ne sait ça.
        Ça a mal tourné à la fin. | change de sujet | non j'ai mal à la tête | Mon fils ment souvent. | les apparences sont trompeuses
    """,
    ("en", FORGETTING): """
        Forget it. | forget it then | Oh, forget about it. | Forget about him. | I forgot my keys. | i forget everything these days
        Don't forget your coat. | don't forget to call me | I'll never forget that day. | She forgot what I said. | forget me not
        I can't forget that. | did you forget something | Have you forgotten me? | It's easy to forget. | let's forget about work for a while
        I want to forget everything. | He told me to forget that. | forget the rain let's go out | I always forget that.
        you forgot the milk | Delete is a key on the keyboard. | How do I delete a file? | She deleted everything on her phone.
        to forgive and forget | We should forgive and forget. | Never mind.
    """,
    ("fr", FORGETTING): """
        Laisse tomber. | oublie | Oublie pas ton manteau. | N'oublie pas ton manteau. | n'oublie pas de m'appeler | J'ai oublié mes clés.
        j'oublie tout en ce moment | Je n'oublierai jamais ce jour. | Elle a oublié ce que j'ai dit. | Je ne peux pas oublier ça.
        tu as oublié quelque chose | Tu m'as oublié ? | C'est facile d'oublier. | Oublions le travail un moment. | Je veux tout oublier.
        Il m'a dit d'oublier ça. | oublie la pluie on sort | J'oublie toujours ça. | tu as oublié le lait
        Effacer est une touche du clavier. | Comment on efface un fichier ? | Elle a tout effacé sur son téléphone.
        pardonner et oublier | laisse tomber c'est rien | Oublie-le, il n'en vaut pas la peine. | Ça s'oublie vite.
    """,
    ("en", RULING): """
        I never remember anything. | I don't remember anything about it. | don't worry about my health | My health is fine.
        she never remembers anything about me | I can't remember things about my childhood. | My health is getting better again.
        i broke the record | She set a new record. | I bought a record. | the record player is off | Turn off the light.
        stop it | Stop talking. | I stopped taking notes at school. | Can you start again? | remember me | I remember that again.
        I keep forgetting that. | i always remember birthdays | Keep going. | keep it up | That's important. | I lost a pin.
        Remember that my sister is called Mary. | never say never | turn on the radio
    """,
    ("fr", RULING): """
        Je ne retiens jamais rien. | je ne me souviens de rien | t'inquiète pas pour ma santé | Ma santé va bien.
        elle ne retient jamais rien sur moi | J'arrive pas à retenir des choses sur l'histoire. | Ma santé va mieux à nouveau.
        j'ai battu le record | J'ai acheté un disque. | le micro est coupé | Éteins la lumière. | arrête | Arrête de parler.
        J'ai arrêté de prendre des notes à l'école. | Tu peux recommencer ? | souviens-toi de moi | Je m'en souviens de nouveau.
        j'oublie toujours ça | je retiens toujours les anniversaires | Continue. | c'est bien continue | C'est important.
        J'ai perdu une épingle. | Souviens-toi que ma sœur s'appelle Marie. | il ne faut jamais dire jamais | allume la radio
        entre nous il est un peu bête
    """,
    ("en", ANSWERING): """
        Yesterday was nice. | yes and then we went home | No one came. | I say yes to everything. | no i live in paris now you know
        yes my sister is here | Yes, that was when we met in Rome. | I'm sure he will come. | sure thing is a film i like
        don't go there | No more bread, please. | wait for me at the station | I never cancel. | of course it rained
        I do like it. | do it yourself is a shop | Go ahead of me. | correct me if i'm wrong | I'm not sure. | yes or no
        leave it on the table | no idea | No problem. | right turn | exactly three | Sure I would love to come.
    """,
    ("fr", ANSWERING): """
        Ouistiti. | oui et après on est rentrés | Non loin d'ici il y a un lac. | Je dis oui à tout. | oui ma sœur est là
        Oui, c'était quand on s'est rencontrés à Rome. | Je suis sûr qu'il viendra. | attends-moi à la gare | Je n'annule jamais.
        bien sûr qu'il a plu | vas-y doucement avec le sel | fais-le cuire dix minutes | Non seulement il pleut mais il vente.
        oui ou non | laisse-le sur la table | aucune idée | Pas de problème. | garde le chien ce soir | c'est ça que j'aime
        non mais dis donc | Je confirme ma place dans le train. | exactement trois | arrête-toi ici | laisse la porte ouverte
        attends que je finisse
    """,
}


def phrases(table):
    for (language, family), said in table.items():
        for phrase in (part.strip() for line in said.splitlines() for part in line.split("|")):
            if phrase:
                yield pytest.param(language, family, phrase, id=f"{language}-{phrase}")


@pytest.mark.parametrize(("language", "family", "said"), list(phrases(ASKED)))
def test_what_is_asked_is_understood(language, family, said):
    assert isinstance(understand(said, language, "Robin"), family)


@pytest.mark.parametrize(("language", "family", "said"), list(phrases(TALK)))
def test_talk_is_left_alone(language, family, said):
    assert not isinstance(understand(said, language, "Robin"), family)


@pytest.mark.parametrize("table", [ASKED, TALK])
def test_every_family_has_25_phrases_in_each_language(table):
    for key in table:
        assert sum(1 for phrase in phrases({key: table[key]})) >= 25, key


@pytest.mark.parametrize(
    ("language", "said", "request_"),
    [
        ("en", "Robin, what do you know about Mary?", WhatDoYouKnow(about="Mary", sure=False)),
        ("en", "What do you remember about my Sister?", WhatDoYouKnow(about="my Sister")),
        ("en", "what do you know about me", WhatDoYouKnow()),
        ("en", "That's wrong, it is Anna Maria.", Correct(value="Anna Maria")),
        ("en", "No, my sister's name is Maria.", Correct(statement="my sister's name is Maria")),
        ("en", "no it's maria", Correct(value="maria", sure=False)),
        ("en", "forget the last twenty five minutes", Forget(scope="minutes", minutes=25)),
        ("en", "Forget the last 2 hours.", Forget(scope="minutes", minutes=120)),
        ("en", "forget the last half hour", Forget(scope="minutes", minutes=30)),
        ("en", "Forget everything about Mary, please.", Forget(scope="about", about="Mary")),
        ("en", "forget everything about me", Forget(scope="everything")),
        ("en", "forget that", Forget(scope="that")),
        ("en", "Never remember anything about my Health.", NeverRemember(topic="my Health")),
        ("en", "what did we talk about last month", LastTime(span="month")),
        ("en", "What was my address before?", Before(about="my address")),
        ("en", "where did i live before", Before(about="home")),
        ("fr", "Robin, qu'est-ce que tu sais de Marie ?", WhatDoYouKnow(about="Marie", sure=False)),
        ("fr", "Qu'est-ce que tu sais sur moi ?", WhatDoYouKnow()),
        ("fr", "C'est faux, c'est Anne-Sophie.", Correct(value="Anne-Sophie")),
        ("fr", "Non, ma sœur s'appelle Zoé.", Correct(statement="ma sœur s'appelle Zoé")),
        ("fr", "oublie les vingt-cinq dernières minutes", Forget(scope="minutes", minutes=25)),
        ("fr", "Oublie la dernière heure.", Forget(scope="minutes", minutes=60)),
        ("fr", "oublie le dernier quart d'heure", Forget(scope="minutes", minutes=15)),
        ("fr", "Oublie tout sur Marie, s'il te plaît.", Forget(scope="about", about="Marie")),
        ("fr", "oublie tout ce que tu sais sur moi", Forget(scope="everything")),
        ("fr", "Ne retiens jamais rien sur ma santé.", NeverRemember(topic="ma santé")),
        ("fr", "Quelle était mon ancienne adresse ?", Before(about="adresse")),
    ],
)
def test_what_is_named_keeps_the_persons_spelling(language, said, request_):
    assert understand(said, language, "Robin") == request_


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("said", ["", " ", "?!", "forget " * 100, "\u0301\u200b", "oublie tout sur " + "a" * 300])
def test_nothing_and_too_much_ask_for_nothing(language, said):
    assert understand(said, language) is None


@pytest.mark.parametrize(
    ("language", "said", "family"),
    [
        ("en", "We have guests tonight.", OffRecord), ("en", "There's a visitor here", OffRecord), ("en", "My guests have left.", OnRecord),
        ("fr", "On a du monde ce soir.", OffRecord), ("fr", "J'ai des invités", OffRecord), ("fr", "Mes invités sont partis.", OnRecord),
    ],
)  # fmt: skip
def test_who_has_guests_is_off_the_record(language, said, family):
    assert isinstance(understand(said, language), family)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "They have left."), ("en", "I am alone again"), ("en", "We had guests for a week"), ("en", "I have company shares"),
        ("fr", "Tout le monde est parti."), ("fr", "Je suis seule à nouveau"), ("fr", "il y a quelqu'un ?"),
    ],
)  # fmt: skip
def test_being_left_rules_nothing(language, said):
    assert understand(said, language) is None
