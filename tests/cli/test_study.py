"""The commands of a study, as a researcher types them."""

import pytest
from click.testing import CliRunner

from companion_voice import paths
from companion_voice.cli.study import study
from companion_voice.errors import CompanionError

LAB = ("--entity", "Tea lab", "--contact", "lab at example", "--privacy-notice", "on the door")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Let each test have a home of its own."""
    monkeypatch.setenv(paths.HOME, str(tmp_path / "home"))


def typed(*arguments, answers=""):
    result = CliRunner().invoke(study, arguments, input=answers)
    if isinstance(result.exception, CompanionError):
        raise result.exception
    return result


@pytest.fixture
def tea():
    """Return the name of a study that runs."""
    typed("new", "tea", *LAB)
    typed("freeze", "tea")
    return "tea"


def test_a_study_is_begun_checked_frozen_and_listed():
    assert "study.yaml" in typed("new", "tea", *LAB).output
    assert typed("check", "tea").output.endswith("can be used.\n")
    assert "draft" in typed("list").output
    assert "is frozen" in typed("freeze", "tea").output
    assert "running" in typed("list").output
    typed("close", "tea")
    assert "closed" in typed("list").output


def test_check_tells_everything_that_is_missing_before_it_refuses():
    typed("new", "tea")
    result = CliRunner().invoke(study, ["check", "tea"])
    assert result.exception.exit_code == 78
    assert [line.split("`")[1] for line in result.output.splitlines()] == [
        "responsible.entity",
        "responsible.contact",
        "responsible.privacy_notice",
    ]


def test_consent_is_asked_in_the_participants_language_and_each_level_may_be_refused(tea):
    output = typed("enrol", tea, "--lang", "fr", answers="y\ny\nn\nn\n").output
    assert "Responsable : Tea lab" in output
    assert output.count("J'accepte") == 4
    assert "aucun enregistrement de votre voix" in output
    assert "\np-" in output


def test_who_answers_nothing_is_not_enrolled(tea):
    result = CliRunner().invoke(study, ["enrol", tea], input="")
    assert result.exit_code != 0
    assert "0 people" in typed("list").output


def test_questionnaires_are_asked_again_until_the_answer_fits(tea):
    person = typed("enrol", tea, "--consent", "metrics").output.split()[0]
    output = typed("ask", tea, person, "--when", "after", answers="101\nfriend\n50\n1\n2\n3\n4\n").output
    assert "5 answers are kept." in output
    assert "What was the companion for you today?" in output


def test_a_level_that_the_study_does_not_have_is_refused(tea):
    with pytest.raises(CompanionError, match="no level `audio`"):
        typed("enrol", tea, "--consent", "metrics,audio")


def test_an_unknown_study_is_named_with_those_there_are(tea):
    with pytest.raises(CompanionError, match=f"There are: {tea}"):
        typed("check", "coffee")


def test_every_verb_has_an_example():
    for verb in study.commands.values():
        assert "Example: companion study" in f"{verb.help}{verb.epilog}"
