"""`companion memory`, as people and programs use it."""

import json
import sys

import pytest

from companion_voice import cli
from companion_voice.cli.memory import memory as group
from companion_voice.memory import moments
from companion_voice.memory.store import Memory


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "home"))
    monkeypatch.setitem(cli.VERBS, "memory", "what is remembered")
    return tmp_path / "home"


@pytest.fixture
def run(capsys):
    """Return a function that runs a command and gives its exit code, output and errors."""

    def running(*arguments):
        with pytest.raises(SystemExit) as left:
            cli.main(["memory", *arguments])
        out, err = capsys.readouterr()
        return left.value.code, out, err

    return running


@pytest.fixture
def conversations(tmp_path):
    file = tmp_path / "turns.jsonl"
    texts = ["My sister's name is Mary.", "I live in Paris.", "I like figs."]
    lines = [
        {
            "id": f"D1:{n}",
            "session": "s1",
            "time": f"2023-05-08T13:5{n}:00",
            "who": "user",
            "name": "Anna",
            "text": text,
        }
        for n, text in enumerate(texts)
    ]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines))
    return file


def test_import_then_search_gives_what_other_programs_rely_on(run, conversations):
    code, out, _ = run("import", str(conversations))
    assert (code, out) == (0, "Imported 3 turns; they tell 3 facts.\n")
    code, out, _ = run("search", "What is my sister called?", "--json", "-k", "2")
    found = json.loads(out)
    assert code == 0
    assert 1 <= len(found) <= 2
    assert set(found[0]) == {"id", "kind", "text", "time", "score", "turns"}
    assert found[0]["turns"] == ["D1:0"]


def test_many_queries_are_answered_in_one_process_one_list_a_line(run, conversations, tmp_path):
    run("import", str(conversations))
    queries = tmp_path / "queries.txt"
    queries.write_text("Where do I live?\n\nWhat do I like?\n")
    _, out, _ = run("search", "--queries", str(queries), "--json", "-k", "1")
    first, empty, last = map(json.loads, out.splitlines())
    assert first[0]["turns"] == ["D1:1"]
    assert isinstance(empty, list)
    assert last[0]["turns"] == ["D1:2"]


def test_what_was_told_can_be_seen_explained_corrected_and_forgotten(run):
    code, out, _ = run("add", "My sister's name is Mary.")
    assert code == 0
    assert "sister: name: Mary" in out
    assert "You said on" in run("why", "f1")[1]
    assert "sister: name: Marie" in run("edit", "f1", "Marie")[1]
    assert "(until" in run("list", "--facts")[1]
    assert "You corrected it" in run("why", "f2")[1]
    assert "Forgotten: 1 turns, 2 facts" in run("forget", "--about", "Mary", "--yes")[1]
    assert run("list")[1] == "Nothing is remembered yet.\n"


def test_what_is_typed_in_french_is_understood_as_french(run):
    assert "sister: name: Marie" in run("add", "Ma sœur s'appelle Marie.", "--lang", "fr")[1]
    assert run("add", "Ma sœur s'appelle Anne.", "--lang", "de")[0] == 2


def test_what_protects_the_memory_is_said_plainly(run, home):
    run("add", "I like figs.")
    said = run("stats")[1].splitlines()[-1]
    assert said.startswith("The memory is not encrypted (companion memory encrypt). Other users")
    assert "disk it lies on" in said
    assert "cannot read it" in said
    (home / "data" / "memory").chmod(0o755)
    assert "chmod -R go=" in run("stats")[1]


def test_what_a_model_took_is_said_to_be_its_doing(run):
    run("add", "Well, my sister welds ships.")
    fact = {"subject": "sister", "slot": "job", "value": "welds ships", "quote": "my sister welds ships"}
    with Memory.open() as memory:
        memory.read("t1", json.dumps({"facts": [fact]}).encode())
    assert run("why", "f1")[1].splitlines()[1:] == [
        f"You said on {moments.now():%Y-%m-%d}: “my sister welds ships” (t1)",
        "A language model took it from these words.",
    ]


def test_forgetting_asks_first(run, monkeypatch):
    run("add", "I like figs.")
    for answer, left in (("n\n", 1), ("y\n", 0)):
        monkeypatch.setattr(sys, "stdin", __import__("io").StringIO(answer))
        code, _, err = run("forget", "--all")
        assert "Forget 1 turns" in err
        assert code == (130 if left else 0)
        assert json.loads(run("stats", "--json")[1])["turns"] == left


@pytest.mark.parametrize("since", ["10m", "2h", "1d", "2020-01-01T00:00"])
def test_a_time_can_be_said_as_so_long_ago(run, since):
    run("add", "I like figs.")
    code, out, _ = run("forget", "--since", since, "--yes", "--json")
    assert code == 0
    assert json.loads(out)["turns"] == ["t1"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("search", "q", "--queries", "f"),
        ("search", "--queries", "missing"),
        ("forget",),
        ("forget", "t1", "--all"),
        ("forget", "--since", "long ago"),
        ("list", "--last", "0"),
    ],
)
def test_wrong_usage_is_two_and_a_sentence(run, arguments):
    code, _, err = run(*arguments)
    assert code == 2
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments", [("why", "f9"), ("edit", "f9", "x"), ("forget", "t9", "--yes"), ("list", "--person", "Eve")]
)
def test_what_is_not_there_is_one_sentence(run, arguments):
    code, _, err = run(*arguments)
    assert code == 1
    assert err.startswith("companion: ")
    assert "Traceback" not in err


def test_looking_works_while_the_companion_runs_and_changing_says_why_not(run):
    with Memory.open() as running:
        running.add_turn(running.begin_session("s1", persona="ada"), "user", "I like figs.")
        assert "I like figs." in run("list")[1]
        assert run("search", "figs")[0] == 0
        assert json.loads(run("stats", "--json")[1])["turns"] == 1
        code, _, err = run("forget", "--all", "--yes")
    assert code == 1
    assert "Another program is writing this memory." in err


def test_a_rule_can_be_made_seen_and_taken_away(run):
    run("never", "my health")
    assert "never: health" in run("rules")[1]
    assert "Nothing was written" in run("add", "I have diabetes.")[1]
    assert "may be remembered again" in run("allow", "my health")[1]
    assert json.loads(run("rules", "--json")[1]) == []


def test_people_have_memories_of_their_own(run):
    run("people", "--add", "Anna", "--guest")
    run("add", "I like figs.", "--person", "Anna")
    assert "guest until" in run("people")[1]
    assert run("list")[1] == "Nothing is remembered yet.\n"
    assert "figs" in run("list", "--person", "Anna")[1]
    assert len(json.loads(run("people", "--forget", "Anna", "--yes", "--json")[1])) == 1


def test_export_goes_to_a_private_file_and_comes_back(run, tmp_path, monkeypatch):
    run("add", "I like figs.")
    file = tmp_path / "memory.json"
    run("export", str(file))
    assert file.stat().st_mode & 0o077 == 0
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path / "second"))
    assert run("import", str(file))[0] == 0
    assert run("export")[1].encode() == file.read_bytes()
    assert run("export", "--markdown")[1].startswith("# Memory")


def test_after_damage_the_memory_is_restored_or_begun_anew_by_choice(run, home):
    run("add", "I like figs.")
    (home / "data" / "memory" / "memory.db").write_bytes(b"junk" * 4000)
    code, _, err = run("add", "I like plums.")
    assert code == 1
    assert "restore --empty" in err
    assert run("restore")[0] == 1
    assert run("restore", "--empty")[:2] == (0, "An empty memory begins.\n")
    assert run("list")[0] == 0


@pytest.mark.parametrize("verb", sorted(group.commands))
def test_every_verb_has_help_with_an_example(run, verb):
    code, out, _ = run(verb, "--help")
    assert code == 0
    assert f"Example: companion memory {verb}" in out


def test_forgetting_says_which_journal_may_still_hold_it(run, conversations, home):
    run("import", str(conversations))
    broken = home / "data" / "journals" / "old.jsonl"
    broken.parent.mkdir(parents=True)
    broken.write_text('{"said": "My sister is Mary."}\n')
    code, out, err = run("forget", "--about", "Mary", "--yes")
    assert code == 1
    assert "1 turns" in out
    assert "may still hold it" in err
    assert f"companion log delete {broken}" in err
    assert "Mary" not in run("search", "Mary")[1]
