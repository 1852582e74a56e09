"""The journal: what it holds, that it replays, that forgetting reaches it."""

import msgspec
import pytest

from companion_voice.errors import JournalError
from companion_voice.research import journal, lines, sessions
from companion_voice.research.lines import Entry, Resealed
from tests.research import playing
from tests.scenarios import theatre

ANNA = "my name is Anna Keller and I live in Lyon"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journal.jsonl"


@pytest.mark.parametrize("score", playing.SCORES, ids=lambda score: score.stem)
def test_every_scenario_replays_to_the_same_commands(path, score):
    played = playing.journal(path, theatre.load(score))
    done = journal.replay(path)
    assert done.differences == ()
    assert done.until or done.events == len(played.log)


def test_a_command_that_was_decided_otherwise_is_told_with_its_line(path):
    played = theatre.perform(playing.TALK)
    written = playing.opened(path, played)
    playing.observe(written, played, last=10)
    _, event, commands = played.log[10]
    written.observe(event, played.state, (*commands, *commands[-1:], *played.log[0][2]))
    written.close()
    assert [difference.line for difference in journal.replay(path).differences] == [12]


def test_only_its_owner_can_read_it(path):
    playing.journal(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_it_is_never_written_over(path):
    playing.journal(path)
    before = path.read_bytes()
    with pytest.raises(JournalError, match="already exists"):
        playing.journal(path)
    assert path.read_bytes() == before


def test_its_heading_tells_what_decided(path):
    playing.journal(path, models={"llm": "mind\nmind.gguf sha 1"}, study="s1", participant="p1", condition="a")
    heading = journal.heading(path)
    assert (heading.study, heading.participant, heading.condition) == ("s1", "p1", "a")
    assert heading.engines == {"llm": "mind"}
    hashes = heading.persona_hash, heading.prompt_hash, heading.settings_hash, heading.models_hash
    assert len(set(hashes)) == 4
    assert {len(one) for one in hashes} == {64}


def test_its_hashes_are_those_of_the_settings_and_not_of_the_day(path, tmp_path):
    first, second = (
        theatre.setup(wall=wall, conversation=wall) for wall in ("2026-01-01T10:00:00", "2027-01-01T10:00:00")
    )
    other = theatre.setup(hard_pause=0.7)
    hashes = [journal.begun(setup, started="").settings_hash for setup in (first, second, other)]
    assert hashes[0] == hashes[1] != hashes[2]


def test_a_journal_that_was_ended_and_one_that_just_ceases_are_told_apart(path, tmp_path):
    playing.journal(path)
    assert journal.verify(path).ending == "closed"
    played = theatre.perform(playing.TALK)
    ceased = playing.opened(tmp_path / "ceased.jsonl", played)
    playing.observe(ceased, played, last=9)
    ceased.leave()
    assert journal.verify(tmp_path / "ceased.jsonl")[::2] == (10, "open")


def test_nothing_said_off_the_record_is_in_it(path):
    playing.journal(path, playing.OFF_RECORD)
    text = path.read_text()
    assert playing.SECRET not in text
    assert "are you there now" in text
    gap = next(event for event in sessions.read(path).events if event.what == "off_record")
    assert gap.detail == "13 s"


def test_a_conversation_that_begins_off_the_record_is_not_written_until_it_is_over(path):
    score = playing.OFF_RECORD | {
        "setup": {"remembers": True, "off_record": True},
        "happens": playing.OFF_RECORD["happens"][1:],
        "memory": playing.OFF_RECORD["memory"][1:],
    }
    playing.journal(path, score)
    assert playing.SECRET not in path.read_text()
    assert "are you there now" in path.read_text()


def test_a_replay_goes_as_far_as_words_are_whole_and_says_so(path):
    playing.journal(path, playing.OFF_RECORD)
    done = journal.replay(path)
    assert done.until
    assert done.differences == ()


def test_nothing_of_a_crisis_is_in_it_but_that_there_was_one(path):
    playing.journal(path, theatre.load(next(score for score in playing.SCORES if score.stem == "crisis")))
    assert "kill" not in path.read_text().split("\n", 1)[1].casefold()
    assert [event.what for event in sessions.read(path).events].count("crisis") == 1


# --- striking --------------------------------------------------------------------------------------------------------


def test_struck_words_are_gone_and_the_rest_stays(path):
    playing.journal(path)
    assert journal.strike(path, [ANNA]) > 0
    assert "Keller" not in path.read_text()
    turns = sessions.read(path).turns
    assert [turn.text for turn in turns if turn.struck] == [None]
    assert [turn.words for turn in turns if turn.struck] == [10]
    assert "Paris is big. It has many bridges." in [turn.text for turn in turns]


def test_what_the_model_wrote_piece_by_piece_goes_with_the_answer(path):
    playing.journal(path)
    journal.strike(path, ["Sure. The lighthouse had a keeper. He was called Anton Weber."])
    for word in ("Sure", "lighthouse", "Anton", "Weber"):
        assert word not in path.read_text().split("\n", 1)[1]


def test_a_short_answer_is_struck_where_it_was_given_and_nowhere_else(path):
    playing.journal(path, playing.TALK | {"model": ["Yes.", "Yes. But rarely, and never at night."]})
    journal.strike(path, ["Yes. But rarely, and never at night."])
    assert [turn.text for turn in sessions.read(path).turns if turn.source == "model"] == ["Yes.", None]


def test_the_chain_is_sealed_anew_and_says_what_it_was(path):
    playing.journal(path)
    before = journal.verify(path)
    struck = journal.strike(path, [ANNA])
    after = journal.verify(path)
    assert (after.lines, after.ending) == (before.lines + 1, "closed")
    note = next(line for line in journal.read(path) if isinstance(line, Resealed))
    assert (note.before, note.struck) == (before.head, struck)
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_not_there_changes_nothing(path):
    playing.journal(path)
    before = path.read_bytes()
    assert journal.strike(path, ["somebody else's words altogether"]) == 0
    assert journal.strike(path, ["", "  "]) == 0
    assert path.read_bytes() == before


def test_striking_twice_strikes_once(path):
    playing.journal(path)
    assert journal.strike(path, [ANNA]) > 0
    assert journal.strike(path, [ANNA]) == 0


@pytest.mark.parametrize("level", ["metrics", "redacted"])
def test_a_journal_without_words_loses_what_tells_that_they_were_the_same(path, level):
    playing.journal(path, level=level)
    assert journal.strike(path, [ANNA]) > 0
    struck = [turn for turn in sessions.read(path).turns if turn.struck]
    assert [(turn.words, turn.text_hash) for turn in struck] == [(struck[0].words, "")]


def test_a_conversation_goes_on_in_the_journal_from_which_words_were_struck(path):
    played = theatre.perform(playing.TALK)
    written = playing.opened(path, played)
    half = next(n for n, (_, event, _) in enumerate(played.log) if getattr(event, "text", "") == ANNA) + 1
    playing.observe(written, played, last=half)
    assert journal.strike(path, [ANNA]) > 0
    playing.observe(written, played, first=half)
    written.close()
    entries = [line for line in journal.read(path) if isinstance(line, Entry)]
    assert journal.verify(path).ending == "closed"
    assert len(entries) == len(played.log)


def test_a_damaged_journal_is_not_struck_and_stays_as_it_is(path):
    playing.journal(path)
    path.write_bytes(path.read_bytes().replace(b"Anna Keller", b"Anna Kallar", 1))
    before = path.read_bytes()
    with pytest.raises(JournalError, match="line"):
        journal.strike(path, [ANNA])
    assert path.read_bytes() == before


def test_a_journal_whose_setup_a_later_program_no_longer_knows_is_still_read(path):
    playing.journal(path)
    first, *rest = path.read_bytes().splitlines(keepends=True)
    older = lines.decode(first)
    older = msgspec.structs.replace(older, setup=msgspec.Raw(b'{"of": "another time"}'))
    with path.open("wb") as file:
        head = ""
        for line in (older, *map(lines.decode, rest)):
            raw, head = lines.sealed(line, head)
            file.write(raw)
    assert journal.verify(path).ending == "closed"
    assert sessions.read(path).turns
    with pytest.raises(JournalError, match="another version"):
        journal.replay(path)
