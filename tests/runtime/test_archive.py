"""The archive: what is told is kept in order, found again, ruled over and forgotten, whatever the disk does."""

import threading
from datetime import timedelta

import msgspec
import pytest

from companion_voice.conversation import requests
from companion_voice.events import AskMemory, MemoryAnswered, MemoryFailed, Noted, Recall, Recalled, Record
from companion_voice.memory import cipher, database, encryption, moments, people
from companion_voice.memory.places import Place
from companion_voice.memory.store import Memory
from companion_voice.persona import files
from companion_voice.runtime import archive as archive_room
from companion_voice.runtime import lulls
from companion_voice.runtime.archive import Archive
from companion_voice.runtime.clock import Clock
from companion_voice.runtime.inbox import Inbox
from companion_voice.runtime.lulls import Lulls
from companion_voice.runtime.workers import Worker

NONCE = "Zyqxwort"
PATIENCE = 20
"""Seconds to wait for something that takes a moment."""


class Talk:
    """One conversation with an archive in its own thread."""

    def __init__(self, folder, language="en", **options):
        self.inbox = Inbox()
        self.language = language
        self.archive = Archive(
            self.inbox, Clock(), persona="ada", cast={"ada": files.load("ada")}, folder=folder, **options
        )
        self.worker = Worker("archive", self.archive.run, self.inbox)
        self.epoch = 0
        self.noted = []

    def person(self, text):
        self.archive.record(Record(who="person", text=text, said=text, language=self.language))

    def companion(self, text, said=""):
        self.archive.record(Record(who="companion", text=text, said=said or text, language=self.language))

    def next(self, kind):
        taken = self._taken(PATIENCE)
        assert taken, f"waited in vain for {kind.__name__}"
        assert isinstance(taken, kind), taken
        return taken

    def recall(self, text):
        self.epoch += 1
        self.archive.recall(Recall(epoch=self.epoch, text=text, language=self.language))
        answer = self.next(Recalled)
        assert answer.epoch == self.epoch
        return answer

    def ask(self, said, *, first=False):
        """Say a request as the conversation does, its turn recorded before it is answered (`first`) or after."""
        request = requests.understand(said, self.language, "Ada")
        assert request, said
        self.epoch += 1
        if first:
            self.person(said)
        self.archive.ask(AskMemory(epoch=self.epoch, request=msgspec.to_builtins(request), language=self.language))
        if not first:
            self.person(said)
        answer = self.next(MemoryAnswered)
        assert answer.epoch == self.epoch
        self.companion(answer.text)
        return answer

    def end(self):
        self.archive.close()
        self.worker.join(PATIENCE)
        return self.left()

    def left(self):
        """Return what is still in the inbox."""
        return list(iter(lambda: self._taken(0), None))

    def _taken(self, patience):
        """Return the next event; what only tells of something new is put aside."""
        while (taken := self.inbox.take(patience)) and isinstance(taken[1], Noted):
            self.noted += taken[1].facts
        return taken[1] if taken else None


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "memory"


@pytest.fixture
def begin(folder):
    """Return a function that begins a conversation with the memory of this test; all are ended after it."""
    begun = []

    def beginning(language="en", **options):
        begun.append(Talk(folder, language, **options))
        return begun[-1]

    yield beginning
    for talk in begun:
        talk.end()


def is_anywhere(folder, word=NONCE):
    return any(word.lower().encode() in file.read_bytes().lower() for file in folder.rglob("*") if file.is_file())


def texts(folder, **options):
    with Memory.open(folder, read_only=True) as memory:
        return [turn.text for turn in memory.turns(**options)]


LIVES = {
    "en": {
        "told": ("My sister's name is Mary.", "I live in Lyon.", "Yesterday I went to the market for apples."),
        "question": "Where did I go for apples?",
        "found": "market",
        "sister": ("What do you remember about my sister?", "Your sister is called Mary: you told me today."),
        "why": ("How do you know where I live?", "You told me today: “I live in Lyon”."),
        "last": ("What did we talk about last time?", "My sister's name is Mary"),
    },
    "fr": {
        "told": ("Ma sœur s'appelle Marie.", "J'habite à Lyon.", "Hier je suis allée au marché acheter des pommes."),
        "question": "Où est-ce que je suis allée acheter des pommes ?",
        "found": "marché",
        "sister": ("Que sais-tu de ma sœur ?", "Votre sœur s'appelle Marie, vous me l'avez dit aujourd'hui."),
        "why": ("Comment sais-tu où j'habite ?", "Vous m'avez dit aujourd'hui : « J'habite à Lyon »."),
        "last": ("De quoi avons-nous parlé la dernière fois ?", "Ma sœur s'appelle Marie"),
    },
}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_was_told_is_known_in_the_next_conversation(begin, language):
    life = LIVES[language]
    first = begin(language)
    for text in life["told"]:
        first.person(text)
        first.companion("Hm.")
    assert first.end() == []
    second = begin(language)
    recalled = second.recall(life["question"])
    assert recalled.sure
    assert life["found"] in recalled.items[0].text
    assert recalled.items[0].who == "person"
    assert recalled.items[0].time
    assert len(recalled.items) <= archive_room.MOST_QUOTED
    for asked, answer in (life["sister"], life["why"]):
        assert second.ask(asked).text == answer
    said = second.ask(life["last"][0]).text
    assert life["last"][1] in said


def test_a_turn_is_on_the_disk_before_the_search_that_was_asked_after_it(begin, folder):
    talk = begin()
    for number in range(30):
        talk.person(f"Number {number} is a lighthouse.")
        talk.recall("lighthouse")
        assert texts(folder)[-1] == f"Number {number} is a lighthouse."


def test_what_stands_in_this_conversation_already_is_not_recalled(begin):
    first = begin()
    first.person("The lighthouse of Brest is white.")
    first.end()
    second = begin()
    second.person("The lighthouse of Ouessant is striped.")
    found = second.recall("What colour is the lighthouse?")
    assert [item.text for item in found.items] == ["The lighthouse of Brest is white."]


def test_the_same_words_are_recalled_once(begin):
    for _ in range(3):
        talk = begin()
        talk.person("The lighthouse of Brest is white.")
        talk.end()
    assert len(begin().recall("What colour is the lighthouse of Brest?").items) == 1


def test_nothing_is_recalled_of_what_was_never_said(begin):
    found = begin().recall("What is my sister's name?")
    assert (found.items, found.sure) == ((), False)


FORGETTING = {
    "en": (f"My sister's name is {NONCE}.", f"Forget everything about {NONCE}.", "yes", "no"),
    "fr": (f"Ma sœur s'appelle {NONCE}.", f"Oublie tout sur {NONCE}.", "oui", "non"),
}


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_is_forgotten_is_in_no_byte_and_neither_is_the_request(begin, folder, language, first):
    told, forget, yes, _ = FORGETTING[language]
    earlier = begin(language)
    earlier.person(told)
    earlier.companion(f"{NONCE}!")
    earlier.end()
    talk = begin(language)
    talk.person(told)
    talk.companion(f"{NONCE}.")
    asked = talk.ask(forget, first=first)
    assert asked.asks
    assert "4" in asked.text
    talk.recall("-")
    assert is_anywhere(folder)
    done = talk.ask(yes, first=first)
    assert (done.operation, done.forgot, done.asks) == ("forget", True, False)
    assert "4" in done.text
    assert talk.end() == []
    assert not is_anywhere(folder)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_no_keeps_everything(begin, folder, language):
    told, forget, yes, no = FORGETTING[language]
    talk = begin(language)
    talk.person(told)
    assert talk.ask(forget).asks
    assert not talk.ask(no).forgot
    assert not talk.ask(yes).forgot
    talk.end()
    assert told in texts(folder)


def test_another_request_replaces_the_one_that_waits_for_a_yes(begin, folder):
    talk = begin()
    talk.person("I live in Lyon.")
    talk.companion("I see.")
    assert talk.ask("forget everything").asks
    assert not talk.ask("what do you remember about me").asks
    assert not talk.ask("yes").forgot
    talk.end()
    assert "I live in Lyon." in texts(folder)


@pytest.mark.parametrize("first", [False, True])
def test_that_is_what_was_said_before_the_request(begin, folder, first):
    talk = begin()
    talk.person("I live in Lyon.")
    talk.companion("I see.")
    talk.person(f"The word is {NONCE}.")
    talk.companion(f"{NONCE}, then.")
    assert talk.ask("forget that", first=first).asks
    assert talk.ask("yes", first=first).forgot
    talk.end()
    assert not is_anywhere(folder)
    assert "I live in Lyon." in texts(folder)


def test_a_fact_is_forgotten_by_what_it_is(begin, folder):
    talk = begin()
    talk.person(f"I live in {NONCE}.")
    talk.companion("I see.")
    talk.person("My name is Anna.")
    assert talk.ask("forget my home").asks
    assert talk.ask("yes").forgot
    talk.end()
    assert not is_anywhere(folder)
    assert "My name is Anna." in texts(folder)


def test_there_is_nothing_to_forget_of_what_was_never_said(begin):
    talk = begin()
    answer = talk.ask("forget everything about elephants")
    assert (answer.asks, answer.text) == (False, "There is nothing of that in my memory.")
    assert talk.ask("forget that").asks is False


@pytest.mark.parametrize(
    ("language", "told", "wrong", "question", "right"),
    [
        ("en", "My sister's name is Mary.", "That's wrong, it is Marie.", "What is my sister's name?", "Marie"),
        ("fr", "Ma sœur s'appelle Marie.", "C'est faux, c'est Maria.", "Comment s'appelle ma sœur ?", "Maria"),
    ],
)
def test_what_was_put_right_is_right_from_then_on(begin, language, told, wrong, question, right):
    talk = begin(language)
    talk.person(told)
    answer = talk.ask(wrong)
    assert (answer.operation, right in answer.text) == ("correct", True)
    [(said, put_right)] = answer.put_right
    assert said == told
    assert right in put_right
    talk.end()
    later = begin(language)
    quoted = [item.text for item in later.recall(question).items]
    assert any(right in text for text in quoted)
    assert told not in quoted


def test_a_statement_puts_right_what_it_is_about(begin):
    talk = begin()
    talk.person("My sister's name is Mary.")
    talk.person("I live in Lyon.")
    assert "Marie" in talk.ask("No, my sister's name is Marie.").text
    assert talk.ask("What do you remember about my sister?").text == "Your sister is called Marie: you told me today."


def test_what_may_mean_several_things_is_asked_about(begin):
    talk = begin()
    talk.person("My sister's name is Mary.")
    talk.person("I live in Lyon.")
    talk.ask("What do you remember about me?")
    assert talk.ask("That's wrong, it is Marie.").text == "I am sorry. What is right?"


def test_what_was_told_twice_is_put_right_at_once(begin):
    talk = begin()
    talk.person("My sister's name is Mary.")
    talk.person("My sister Mary lives in Rome.")
    assert talk.ask("That's wrong, it is Marie.").text == "I am sorry. What is right?"
    talk.ask("No, my sister's name is Marie.")
    assert talk.ask("What do you remember about my sister?").text == "Your sister is called Marie: you told me today."


def test_somebody_is_known_by_name_and_by_relation(begin):
    talk = begin()
    talk.person("My sister's name is Mary.")
    talk.person("Mary lives in Rome.")
    talk.person("My sister Mary lives in Rome.")
    for asked in ("What do you remember about my sister?", "What do you remember about Mary?"):
        answer = talk.ask(asked).text
        assert "Your sister is called Mary" in answer
        assert "lives in Rome" in answer


def test_what_is_no_fact_is_quoted_and_what_was_not_said_is_not_known(begin):
    talk = begin()
    talk.person("The lighthouse of Brest is white.")
    talk.person("I work as a nurse.")
    told = talk.ask("What do you remember about the lighthouse?").text
    assert told == "You told me today: “The lighthouse of Brest is white”."
    assert talk.ask("What do you remember about my address?").text == "I do not remember anything about “my address”."
    assert talk.ask("Why do you think I like cheese?").text == "I do not remember that."


def test_what_a_reader_keeps_on_the_disk_is_told_of_and_gone_at_the_next_opening(begin, folder, monkeypatch):
    monkeypatch.setattr(database, "PATIENCE", 0.1)
    talk = begin()
    talk.person(f"The word is {NONCE}.")
    talk.recall("-")
    with Memory.open(folder, read_only=True) as reader:
        reader._db.execute("BEGIN")
        assert reader.turns()
        talk.ask("forget that")
        answer = talk.ask("yes")
        assert (answer.forgot, "last traces" in answer.text) == (True, True)
    talk.end()
    begin().end()
    assert not is_anywhere(folder)


def test_what_was_before_a_change_is_known(begin):
    talk = begin()
    talk.person("I live in Lyon.")
    talk.person("I live in Paris now.")
    assert "I live in Lyon" in talk.ask("Where did I live before?").text
    assert talk.ask("What was my job before?").text == "I do not remember anything from before that."


@pytest.mark.parametrize(
    ("language", "off", "on"),
    [("en", "off the record", "back on the record"), ("fr", "hors micro", "tu peux de nouveau retenir")],
)
def test_off_the_record_nothing_is_written_or_read_until_it_is_said(begin, folder, language, off, on):
    talk = begin(language)
    talk.person("The lighthouse is white.")
    talk.end()
    talk = begin(language)
    assert talk.ask(off).operation == "off_record"
    talk.person(f"{NONCE} is a secret.")
    assert talk.recall("lighthouse").items == ()
    assert not is_anywhere(folder)
    talk.end()
    talk = begin(language)
    assert talk.recall("lighthouse").items == ()
    assert talk.ask(on).operation == "on_record"
    assert talk.recall("lighthouse").items
    assert not is_anywhere(folder)


def test_a_forbidden_topic_is_neither_written_nor_read_until_it_is_allowed(begin, folder):
    talk = begin()
    talk.person("My divorce was in June.")
    talk.end()
    talk = begin()
    assert talk.ask("never remember anything about my divorce").operation == "never"
    talk.person(f"The divorce cost {NONCE}.")
    assert talk.recall("When was my divorce?").items == ()
    assert not is_anywhere(folder)
    assert talk.ask("you may remember things about my divorce again").operation == "allow"
    assert talk.recall("When was my divorce?").items


def test_a_pin_keeps_the_turn_and_its_facts(begin, folder):
    talk = begin()
    assert talk.ask("pin that").text == "There is nothing to keep yet."
    talk.person("My sister's name is Mary.")
    assert talk.ask("pin that").text == "I will keep that."
    talk.end()
    with Memory.open(folder, read_only=True) as memory:
        assert [fact.value for fact in memory.facts() if fact.pinned] == ["Mary"]
        assert [turn.text for turn in memory.turns() if turn.pinned] == ["My sister's name is Mary."]


def test_a_guest_has_a_memory_apart(begin, folder):
    guest = begin(guest=True)
    guest.person("My name is Zoe.")
    assert "Zoe" in guest.ask("What do you remember about me?").text
    guest.end()
    owner = begin()
    assert owner.recall("What is my name?").items == ()
    assert texts(folder) == []


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_memory_that_another_program_writes_is_told_of_once_and_the_talk_goes_on(begin, folder, language):
    with Memory.open(folder):
        talk = begin(language)
        talk.person("I live in Lyon.")
        assert "Another program" in talk.next(MemoryFailed).reason
        assert talk.recall("Lyon").items == ()
        said = talk.ask({"en": "forget everything", "fr": "oublie tout"}[language])
        assert (said.asks, said.text[:1]) == (False, {"en": "I", "fr": "J"}[language])
        talk.person("More.")
        assert talk.end() == []


def test_an_encrypted_memory_opens_for_its_passphrase_and_is_else_told_of(begin, folder, monkeypatch):
    pytest.importorskip("sqlcipher3", reason="encryption is an option: pip install sqlcipher3")
    monkeypatch.setitem(cipher._COST, "n", 2**4)
    begin().end()
    encryption.encrypt(Place(folder), "correct horse battery", moments.now())
    told = begin(passphrase="correct horse battery")
    told.person(f"The word is {NONCE}.")
    told.end()
    assert not is_anywhere(folder)
    locked = begin()
    assert "passphrase was not given" in locked.next(MemoryFailed).reason
    assert locked.recall(NONCE).items == ()
    locked.end()
    assert NONCE in begin(passphrase="correct horse battery").recall("What is the word?").items[0].text


def test_a_damaged_memory_is_told_of_and_the_talk_goes_on(begin, folder):
    folder.mkdir()
    (folder / "memory.db").write_bytes(b"no database" * 1_000)
    talk = begin()
    assert talk.next(MemoryFailed).reason
    assert talk.recall("anything").items == ()


def test_a_folder_that_cannot_be_written_is_told_of(begin, tmp_path, folder):
    folder.mkdir()
    (folder / "lock").mkdir()
    talk = begin()
    assert "cannot be opened" in talk.next(MemoryFailed).reason
    assert talk.recall("anything").items == ()


class Smaller(Archive):
    """An archive whose disk is filled and emptied in its own thread, between what it does."""

    room = None

    def _serve(self, desk, command):
        if self.room is not None:
            pages = desk.memory._db.execute("PRAGMA page_count").fetchone()[0]
            desk.memory._db.execute(f"PRAGMA max_page_count = {pages + self.room}")
        super()._serve(desk, command)


def test_a_full_disk_is_told_of_once_and_nothing_is_lost_when_there_is_room_again(folder, monkeypatch):
    monkeypatch.setitem(globals(), "Archive", Smaller)
    talk = Talk(folder)
    talk.person("Before.")
    talk.recall("before")
    talk.archive.room = 0
    long = "word " * 2_000
    talk.person(long)
    talk.person(long)
    assert "disk is full" in talk.next(MemoryFailed).reason
    talk.recall("before")
    assert texts(folder) == ["Before."]
    assert talk.ask("forget that").operation == "failed"
    talk.archive.room = 10_000
    talk.person("After.")
    assert talk.end() == []
    kept = texts(folder)
    assert [text for text in kept if text in {"Before.", long, "After."}] == ["Before.", long, long, "After."]


def test_what_is_lost_with_a_full_disk_is_told_of_at_the_end(folder, monkeypatch):
    monkeypatch.setitem(globals(), "Archive", Smaller)
    talk = Talk(folder)
    talk.person("Before.")
    talk.recall("before")
    talk.archive.room = 0
    talk.person("word " * 2_000)
    first, last = talk.end()
    assert "disk is full" in first.reason
    assert "last 1 things said are lost" in last.reason


def test_what_has_no_place_in_the_queue_is_told_of_and_answered(folder, monkeypatch):
    monkeypatch.setattr(archive_room, "MOST_WAITING", 1)
    inbox = Inbox()
    archive = Archive(inbox, Clock(), persona="ada", cast={"ada": files.load("ada")}, folder=folder)
    archive.record(Record(who="person", text="First.", said="First."))
    archive.record(Record(who="person", text="Second.", said="Second."))
    archive.recall(Recall(epoch=7, text="first", language="en"))
    archive.ask(AskMemory(epoch=8, request={"request": "Pin"}, language="en"))
    posted = [inbox.take(0)[1] for _ in range(5)]
    assert [type(event) for event in posted] == [MemoryFailed, MemoryFailed, Recalled, MemoryFailed, MemoryAnswered]
    archive.close()
    thread = threading.Thread(target=archive.run)
    thread.start()
    thread.join(PATIENCE)
    assert texts(folder) == ["First."]


class Watched(Lulls):
    """Idle time that tells when all summaries are made, and when nobody but its person is left."""

    def __init__(self, reader):
        super().__init__(reader)
        self.summed_up = threading.Event()
        self.alone = threading.Event()

    def use(self, memory, session):
        begun = bool(self._unsummed)
        wait = super().use(memory, session)
        if begun and not self._unsummed:
            self.summed_up.set()
        if len(memory.people()) == 1:
            self.alone.set()
        return wait


def test_in_idle_time_what_was_talked_about_is_summed_up(folder, monkeypatch):
    monkeypatch.setattr(lulls, "IDLE", 0.01)
    monkeypatch.setattr(archive_room, "Lulls", Watched)
    talk = Talk(folder)
    talk.person("I went to the market for apples and pears.")
    assert talk.archive._lulls.summed_up.wait(PATIENCE)
    with Memory.open(folder, read_only=True) as memory:
        kept = [memory.last_summary(level) for level in ("session", "week", "month")]
    assert [summary.sentences[0].text for summary in kept] == ["I went to the market for apples and pears."] * 3
    assert talk.recall("anything").items == ()
    talk.end()


def test_a_guest_whose_time_is_over_is_forgotten_while_the_companion_runs(folder, monkeypatch):
    monkeypatch.setattr(lulls, "IDLE", 0.01)
    monkeypatch.setattr(lulls, "LULL", 0.01)
    monkeypatch.setattr(archive_room, "Lulls", Watched)
    soon = moments.now() - people.GUEST_STAYS + timedelta(seconds=0.5)
    with Memory.open(folder, clock=lambda: soon) as memory:
        guest = memory.add_person(NONCE, guest=True)
        memory.add_turn(memory.begin_session("s1", persona="ada", person=guest.id), "user", f"I like {NONCE}.")
    talk = Talk(folder)
    assert talk.archive._lulls.alone.wait(PATIENCE)
    assert talk.end() == []
    assert not is_anywhere(folder)


def at(text, day):
    return f'{{"id": "{day}", "session": "{day}", "time": "{day}T10:00:00", "who": "user", "text": "{text}"}}\n'


@pytest.mark.parametrize(
    ("said", "about"),
    [
        ("What did we talk about last week?", "the neighbours sold their old house"),
        ("What did we talk about last month?", "the orchestra played in the harbour"),
        ("What did we talk about last time?", "the neighbours sold their old house"),
    ],
)
def test_last_week_and_last_month_are_those_of_the_calendar(begin, folder, tmp_path, said, about):
    today = moments.now().date()
    week = today - timedelta(days=today.weekday() + 3)
    month = today.replace(day=1) - timedelta(days=20)
    file = tmp_path / "talks.jsonl"
    file.write_text(
        at("My aunt repaired the wooden boat", month - timedelta(days=60))
        + at("In summer the orchestra played in the harbour", month)
        + at("On Friday the neighbours sold their old house", week)
    )
    with Memory.open(folder) as memory:
        memory.bring(file)
    answer = begin().ask(said)
    assert about in answer.text
    assert "boat" not in answer.text


def test_there_was_no_last_time_in_the_first_conversation(begin):
    talk = begin()
    talk.person("I went to the market for apples and pears.")
    assert talk.ask("What did we talk about last time?").text == "I do not remember an earlier conversation."


def test_what_is_new_is_told_once(begin):
    talk = begin()
    for said in ("My sister's name is Mary.", "I live in Lyon.", "My sister is called Mary."):
        talk.person(said)
    talk.recall("What is my sister's name?")
    assert talk.noted == ["your sister is called Mary", "you live in Lyon"]
