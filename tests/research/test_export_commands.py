"""The commands, with a real study: what is typed, what leaves, and that who withdrew does not."""

import json

import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from companion_voice.boundaries import files as boundary_files
from companion_voice.boundaries.settings import Boundaries, Research
from companion_voice.cli.study_export import codebook, export, pool, report
from companion_voice.errors import BoundaryError, ExportError, StudyError, UsageError
from companion_voice.research.study import consent, store
from companion_voice.research.study.withdrawal import withdraw
from tests.research import playing

LAB = {"entity": "Tea lab", "contact": "lab at example", "privacy_notice": "on the door"}
NOW = "2026-11-23T10:00:00+01:00"
LONG = {**playing.TALK, "happens": [*playing.TALK["happens"][:-1], {"at": 900.0, "type": "goodbye"}], "until": 1000}
"""Long enough for the exclusion rules of a new study."""
ALL = dict.fromkeys(("metrics", "labels", "redacted", "text"), True)


@pytest.fixture
def study(tmp_path, monkeypatch):
    """Return a frozen study, with an empty folder to work in."""
    from companion_voice.cli.study import freeze

    monkeypatch.chdir(tmp_path)
    store.begin("tea", LAB)
    run(freeze, "tea")
    return store.open_study("tea")


def run(command, *words):
    done = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def talk(study, code, session, *, reviewed=True, **consent):
    """Take somebody in who talks once; return their pseudonym."""
    one = study.enrol(code, {"language": "en"}, {**ALL, **consent}, at=NOW)
    path = study.begin_session(one.participant, session)
    playing.journal(path, LONG, study="tea", participant=one.participant, condition=one.arm, session=session)
    if reviewed:
        study.review(one.participant, session)
    return one.participant


def held(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_who_withdrew_is_in_no_byte_of_any_format(study, tmp_path):
    stays, goes = talk(study, "one", "aaaa1111"), talk(study, "two", "bbbb2222")
    withdraw(study, goes, at=NOW)
    formats = [word for name in ("parquet", "convokit", "psych-ds") for word in ("--format", name)]
    run(export, "tea", "--to", tmp_path / "out", *formats)
    run(report, "tea", "--to", tmp_path / "out" / "page.html")
    names = "".join(str(path) for path in (tmp_path / "out").rglob("*"))
    assert stays.encode() in held(tmp_path / "out")
    assert goes.encode() not in held(tmp_path / "out")
    assert b"bbbb2222" not in held(tmp_path / "out")
    assert goes not in names


def test_what_was_not_reviewed_waits(study, tmp_path):
    talk(study, "one", "aaaa1111")
    talk(study, "two", "bbbb2222", reviewed=False)
    said = run(export, "tea", "--to", tmp_path / "out")
    assert "1 sessions were left out" in said
    assert b"bbbb2222" not in held(tmp_path / "out" / "csv")


def test_who_takes_all_consent_back_is_left_out_and_counted_and_the_others_are_exported(study, tmp_path):
    stays, takes_back = talk(study, "one", "aaaa1111"), talk(study, "two", "bbbb2222")
    record = study.home(takes_back).parent / "consent.jsonl"
    consent.add(record, dict.fromkeys(ALL, False), "en", how="written", at=NOW)
    said = run(export, "tea", "--to", tmp_path / "out")
    assert "1 sessions were left out: their participant has taken all consent back." in said
    assert stays.encode() in held(tmp_path / "out")
    assert takes_back.encode() not in held(tmp_path / "out")


def test_words_end_where_consent_ends(study, tmp_path):
    talk(study, "one", "aaaa1111", redacted=False, text=False)
    run(export, "tea", "--to", tmp_path / "out", "--format", "parquet")
    assert b"tell me about Paris" not in held(tmp_path / "out")


def test_a_struck_turn_is_in_no_byte(study, tmp_path):
    who = talk(study, "one", "aaaa1111", reviewed=False)
    study.review(who, "aaaa1111", turns=[3])
    run(export, "tea", "--to", tmp_path / "out", "--format", "convokit")
    assert b"tell me about Paris" not in held(tmp_path / "out")
    assert b"my name is Anna Keller" in held(tmp_path / "out")


def test_dates_are_moved(study, tmp_path):
    talk(study, "one", "aaaa1111")
    run(export, "tea", "--to", tmp_path / "out")
    (path,) = study.sessions(study.participants()[0])
    began = json.loads(path.read_text().splitlines()[0])["started"][:10]
    assert (study.shift(study.participants()[0]) == 0) is (began.encode() in held(tmp_path / "out" / "csv"))


@pytest.mark.parametrize(("level", "words"), [("counts", False), ("codes", False), ("words", True)])
def test_of_ones_own_journals_research_is_given_what_one_gives_it(study, tmp_path, level, words):
    own = tmp_path / "mine.jsonl"
    playing.journal(own, session="cccc3333")
    with pytest.raises(BoundaryError, match="You give research nothing"):
        run(export, "--journal", own, "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()
    boundary_files.save(replace(Boundaries(), research=Research(enabled="on", levels=level)))
    run(export, "--journal", own, "--to", tmp_path / "out")
    assert (b"tell me about Paris" in held(tmp_path / "out")) is words


def test_exports_are_pooled_and_reported_without_their_study(study, tmp_path):
    boundary_files.save(replace(Boundaries(), research=Research(enabled="on", levels="words")))
    talk(study, "one", "aaaa1111")
    run(export, "tea", "--to", tmp_path / "lab-1")
    own = tmp_path / "mine.jsonl"
    playing.journal(own, session="cccc3333")
    run(export, "--journal", own, "--as", "P02", "--to", tmp_path / "lab-2")
    found = json.loads(run(pool, tmp_path / "lab-1", tmp_path / "lab-2", "--to", tmp_path / "all", "--json"))
    assert found["rows"]["participants"] == 2
    assert "open it in a browser" in run(report, tmp_path / "all", "--lang", "fr", "--to", tmp_path / "all.html")
    assert "Rapport sur tea+own" in (tmp_path / "all.html").read_text()


def test_the_codebook_is_printed_in_both_languages():
    assert run(codebook, "--lang", "fr").startswith("# Livre de codes")
    assert run(codebook, "--csv").startswith("Table,Column")


def test_a_study_of_which_all_is_excluded_is_told_so(study):
    study.enrol("one", {"language": "en"}, ALL, at=NOW)
    (who,) = study.participants()
    playing.journal(study.begin_session(who, "dddd4444"), study="tea", participant=who, session="dddd4444")
    study.review(who, "dddd4444")
    with pytest.raises(ExportError, match="All 1 meet an exclusion rule"):
        run(report, "tea")


@pytest.mark.parametrize(
    ("command", "words", "error", "sentence"),
    [
        (export, [], UsageError, "Which study"),
        (export, ["coffee"], StudyError, "no study called `coffee`"),
        (report, ["coffee"], StudyError, "no study called `coffee`"),
        (export, ["tea"], ExportError, "no session to export"),
        (pool, [".", "--to", "all"], ExportError, "is no export"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(command, words, error, sentence):
    store.begin("tea", LAB)
    with pytest.raises(error, match=sentence):
        run(command, *words)
