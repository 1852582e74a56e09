"""Journals that somebody changed, cut, reordered, or that are none: the line is named, and nothing is lost."""

import resource

import pytest

from companion_voice.errors import JournalError
from companion_voice.research import journal
from tests.research import playing
from tests.scenarios import theatre


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "home"))
    playing.journal(tmp_path / "journal.jsonl")
    return tmp_path / "journal.jsonl"


def rewritten(path, change):
    path.write_bytes(b"".join(change(path.read_bytes().splitlines(keepends=True))))


def refusal(path):
    with pytest.raises(JournalError) as refused:
        journal.verify(path)
    return refused.value.sentence


@pytest.mark.parametrize("number", [2, 9, 30])
def test_an_edited_line_is_named(path, number):
    def edit(lines):
        lines[number - 1] = lines[number - 1].replace(b'"at":', b'"at":1', 1)
        return lines

    rewritten(path, edit)
    assert f"line {number} is not what was written: it was changed." in refusal(path)


def test_the_last_line_cannot_be_edited_either(path):
    rewritten(path, lambda lines: [*lines[:-1], lines[-1].replace(b"goodbye", b"stopped")])
    assert "it was changed" in refusal(path)


def test_a_line_taken_out_is_noticed_where_it_stood(path):
    rewritten(path, lambda lines: lines[:6] + lines[7:])
    assert "line 7 was line 8: lines before it were taken out or moved." in refusal(path)


def test_lines_that_changed_places_are_noticed(path):
    rewritten(path, lambda lines: [*lines[:4], lines[5], lines[4], *lines[6:]])
    assert "line 5 was line 6" in refusal(path)


def test_a_line_written_twice_is_noticed(path):
    rewritten(path, lambda lines: [*lines[:5], lines[4], *lines[5:]])
    assert "line 6 was line 5" in refusal(path)


def test_a_line_of_another_journal_is_noticed(path, tmp_path):
    playing.journal(tmp_path / "other.jsonl", playing.OFF_RECORD)
    other = (tmp_path / "other.jsonl").read_bytes().splitlines(keepends=True)
    rewritten(path, lambda lines: [*lines[:4], other[4], *lines[5:]])
    assert "line 5 is not what was written" in refusal(path)


def test_a_line_cut_in_its_middle_is_told_apart_and_the_rest_stands(path):
    whole = journal.verify(path)
    path.write_bytes(path.read_bytes()[:-20])
    assert journal.verify(path)[::2] == (whole.lines - 1, "torn")
    assert len([*journal.read(path)]) == whole.lines - 1


def test_a_journal_cut_between_two_lines_just_ceases(path):
    rewritten(path, lambda lines: lines[:10])
    assert journal.verify(path)[::2] == (10, "open")


def test_a_newer_version_is_refused_with_its_number(path):
    rewritten(path, lambda lines: [lines[0].replace(b'"version":2', b'"version":3', 1), *lines[1:]])
    assert "a newer program wrote it (version 3; this one reads 2)" in refusal(path)


def test_an_older_version_is_refused_with_its_number(path):
    path.write_bytes(b'{"version":1,"started":"2026","setup":{}}\n{"event":{},"commands":[]}\n')
    assert "version 1, which had no chain" in refusal(path)


@pytest.mark.parametrize("content", [b"not a journal\n", b"\xff\xfe\x00\n", b"{}\n", b"[1]\n", b"null\n", b"{" * 2000])
def test_what_is_no_journal_is_refused_by_its_first_line(path, content):
    path.write_bytes(content)
    assert "line 1 is not a line of a journal" in refusal(path)


def test_an_empty_file_is_refused(path):
    path.write_bytes(b"")
    assert "is empty" in refusal(path)


@pytest.mark.parametrize("name", ["none.jsonl", "."])
def test_what_cannot_be_read_is_refused(path, tmp_path, name):
    assert "cannot be read" in refusal(tmp_path / name)


def test_a_folder_that_is_none_is_refused(path):
    with pytest.raises(JournalError, match="cannot be written"):
        playing.journal(path / "inside.jsonl")


def test_a_full_disk_leaves_whole_what_stands(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "home"))
    played, path = theatre.perform(playing.TALK), tmp_path / "full.jsonl"
    written = playing.opened(path, played)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 4000, before[1]))
    try:
        with pytest.raises(JournalError, match="cannot be written: File too large"):
            playing.observe(written, played)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        written.leave()
    assert journal.verify(path).ending == "open"
    assert journal.verify(path).lines > 1
