"""Studies on paper: what their file may say, who comes into which arm, what a condition makes of the companion."""

from collections import Counter

import pytest

from companion_voice import paths
from companion_voice.boundaries.settings import flat
from companion_voice.errors import BoundaryError, DocumentError, StudyError
from companion_voice.research.study import (
    allocation,
    checking,
    conditions,
    consent,
    exclusion,
    pseudonyms,
    questionnaires,
    scripted,
    store,
)
from companion_voice.research.study.schema import Condition, Responsible, Rule
from tests.research.roster import recorded

LAB = {"entity": "Tea lab", "contact": "lab at example", "privacy_notice": "on the door"}
RESPONSIBLE = Responsible(**LAB)


@pytest.fixture
def file():
    """Return the file of a new study."""
    return store.begin("tea", LAB)


def changed(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    return [(fault.path, fault.line, fault.sentence) for fault in checking.faults(file)]


def test_a_new_study_can_be_used_as_it_is(file):
    assert checking.faults(file) == ()
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_new_study_that_names_nobody_responsible_is_incomplete():
    names = [fault.path for fault in checking.faults(store.begin("nobodys"))]
    assert names == ["responsible.entity", "responsible.contact", "responsible.privacy_notice"]


@pytest.mark.parametrize("name", ["Tea", "a b", "../up", "", "é", "x" * 41])
def test_a_name_that_could_not_be_a_folder_is_refused(name):
    with pytest.raises(StudyError, match="cannot be the name"):
        store.begin(name)


def test_a_second_study_of_the_same_name_is_refused_and_the_first_stays(file):
    before = file.read_bytes()
    with pytest.raises(StudyError, match="already"):
        store.begin("tea")
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        ("questionnaires:", "questionaires:", "", "questionnaires"),
        ("traits.warmth: 0.2", "traits.wramth: 0.2", "persona", "traits.warmth"),
        ("turn.eager: false", "turn.eagre: false", "settings", "turn.eager"),
        ("turn.eager: false", "persona: colette", "settings", "no part of a condition"),
        ("disclosure.wording: detailed", "disclosure.wordin: x", "boundaries", "disclosure.wording"),
        ("persona: plain ", "persona: plane ", "persona", "plain"),
        ("persona: plain ", "persona: colette ", "persona", "does not speak `en`"),
        ("name: sliders", "name: slider", "questionnaires[0].name", "sliders"),
        ("name: sliders", "name: hries", "questionnaires[0].name", "without its items"),
        ("column: duration", "column: duraton", "exclude[0].column", "duration"),
        ("value: 60", "value: long", "exclude[0].value", "no number"),
        ("[metrics, labels, redacted, text]", "[metrics, text]", "consent.levels", "contains those before it"),
        ("2027-12-31", "2027-02-30", "consent.withdrawal_until", "no day"),
        ("farewell: {", "farewell: {en: 'Wait, will you not stay and tell me more?'} #", "persona_changes", "farewell"),
    ],
)
def test_what_is_wrong_is_named_with_its_line(file, old, new, path, said):
    where = next(number for number, line in enumerate(file.read_text().splitlines(), 1) if old in line)
    found = [fault for fault in changed(file, old, new) if said in fault[2]]
    assert [line for _, line, _ in found][:1] == [where]
    assert path in found[0][0]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("disclosure.start", "off"),
        ("disclosure.periodic_minutes", "181"),
        ("disclosure.periodic_minutes", "0"),
        ("disclosure.voice", "persona"),
        ("disclosure.context_aware", "off"),
        ("disclosure.identity_answer", "model"),
        ("disclosure.not_a_professional", "off"),
        ("crisis.detect", "number_only"),
        ("profile.name", "adult"),
        ("research.review_before_export", "off"),
        ("self.claims_feelings", "freely"),
        ("relationship.exclusivity_phrases", "allowed"),
        ("goodbye.questions", "allowed"),
        ("watermark", "off"),
        ("network", "any"),
    ],
)
def test_no_condition_loosens_what_the_law_or_the_study_fixes(key, value):
    with pytest.raises(BoundaryError) as refused:
        conditions.boundaries(Condition(persona="plain", boundaries={key: value}), RESPONSIBLE)
    assert key in refused.value.sentence
    assert refused.value.hint


def test_check_names_the_condition_that_would_disable_disclosure(file):
    (fault,) = changed(file, "disclosure.wording: detailed", "disclosure.start: off")
    assert fault[0] == "conditions.sober.boundaries.disclosure.start"
    assert "disclosure.start" in fault[2]


def test_a_condition_decides_everything_whatever_this_computers_settings_are():
    one = Condition(
        persona="plain",
        persona_changes={"traits.warmth": "0.9", "address": "tu"},
        settings={"turn.sure_pause": "1.5", "turn.hard_pause": "1.6", "turn.unsure_pause": "1.7"},
        boundaries={"memory.enabled": "off", "disclosure.periodic_minutes": "30"},
    )
    before = conditions.overrides(one, RESPONSIBLE, "fr")
    paths.write_private(paths.settings_file(), b"persona: colette\nturn: {eager: false}\n")
    paths.write_private(paths.configuration_folder() / "boundaries.yaml", b"fillers: on\n")
    after = conditions.overrides(one, RESPONSIBLE, "fr")
    assert after == before
    assert (after.persona.traits.of("warmth").baseline, after.persona.address) == (0.9, "tu")
    assert (after.settings.language, after.settings.turn.sure_pause, after.settings.turn.eager) == ("fr", 1.5, True)
    assert flat(after.boundaries)["memory.enabled"] == "off"
    assert after.persona.evolution.mode == "off"


def test_a_changed_condition_has_another_hash():
    plain = conditions.overrides(Condition(persona="plain"), RESPONSIBLE, "en")
    other = conditions.overrides(Condition(persona="plain", boundaries={"fillers": "on"}), RESPONSIBLE, "en")
    assert plain.digest == conditions.overrides(Condition(persona="plain"), RESPONSIBLE, "en").digest
    assert plain.digest != other.digest


def test_allocation_is_balanced_in_every_block_and_the_same_each_time(file):
    plan = checking.checked(file)
    table = allocation.table(plan)
    assert table == allocation.table(plan)
    assert set(table.strata) == {"language=en", "language=fr"}
    for order in table.strata.values():
        assert len(order) == 40
        assert all(Counter(order[at : at + 2]) == {"arm-1": 1, "arm-2": 1} for at in range(0, 40, 2))
    assert table.strata["language=en"] != table.strata["language=fr"]


def test_another_seed_is_another_table(file):
    first = allocation.table(checking.checked(file))
    changed(file, "seed: tea-1", "seed: tea-2")
    assert allocation.table(checking.checked(file)).seal != first.seal


def test_a_stratum_that_is_not_there_is_refused(file):
    plan = checking.checked(file)
    assert allocation.stratum(plan, {"language": "fr"}) == "language=fr"
    for facets in ({"language": "de"}, {}, {"language": "en", "age": "old"}):
        with pytest.raises(StudyError, match="no stratum"):
            allocation.stratum(plan, facets)


def test_pseudonyms_hide_the_code_and_differ_between_studies():
    one, other = pseudonyms.key("tea", make=True), pseudonyms.key("milk", make=True)
    name = pseudonyms.pseudonym(one, "Anna.Keller@example.org")
    assert pseudonyms.is_pseudonym(name)
    assert name == pseudonyms.pseudonym(one, " anna.keller@EXAMPLE.org")
    assert name != pseudonyms.pseudonym(other, "anna.keller@example.org")
    assert pseudonyms.key_file("tea").stat().st_mode & 0o777 == 0o600
    assert paths.data_folder() not in pseudonyms.key_file("tea").parents


@pytest.mark.parametrize("text", ["Anna Keller", "anna@example.org", "p-", "P-ABCDEFGHIJKL", "p-abcdefghijk1", "17"])
def test_names_and_addresses_are_no_pseudonyms(text):
    assert not pseudonyms.is_pseudonym(text)


def test_dates_move_by_whole_weeks_each_persons_alike_and_never_not_at_all():
    secret = pseudonyms.key("tea", make=True)
    days = [pseudonyms.shift(secret, f"p-{number}") for number in range(300)]
    assert all(day % 7 == 0 and day != 0 and abs(day) <= 26 * 7 for day in days)
    assert len(set(days)) > 30


def answer(file, **answers):
    consent.add(file, answers, "fr", how="written", at="2026-05-03T10:00:00+02:00")
    return consent.level(consent.read(file))


def test_each_level_of_consent_can_be_refused_by_itself_and_taken_back(tmp_path):
    file = tmp_path / "consent.jsonl"
    assert answer(file, metrics=True, labels=True, redacted=False, text=True) == "labels"
    assert answer(file, redacted=True) == "text"
    assert answer(file, metrics=False) is None
    assert [one.agreed for one in consent.read(file)] == [True, True, False, True, True, False]


def test_a_record_of_consent_that_was_changed_is_refused(tmp_path):
    file = tmp_path / "consent.jsonl"
    answer(file, metrics=True, labels=False)
    file.write_bytes(file.read_bytes().replace(b'"agreed":true', b'"agreed":false', 1))
    with pytest.raises(StudyError, match="line 2: the record of consent was changed"):
        consent.read(file)


def test_both_languages_ask_for_every_level():
    english, french = consent.sentences()["en"], consent.sentences()["fr"]
    assert list(english.levels) == list(french.levels) == ["metrics", "labels", "redacted", "text"]
    assert not set(english.levels.values()) & set(french.levels.values())


def test_our_questionnaires_are_whole_in_both_languages_and_others_are_empty_frames():
    every = {name: questionnaires.load(name) for name in questionnaires.names()}
    whole = {name for name, one in every.items() if one.items}
    assert whole == {"sliders", "personlike", "noticed"}
    for name, one in every.items():
        assert one.citation
        assert one.licence
        assert [bool(one.lacking(tongue)) for tongue in ("en", "fr")] == [name not in whole] * 2


def test_a_questionnaire_that_was_filled_in_stands_before_the_empty_one():
    filled = questionnaires.names()["sliders"].read_bytes()
    paths.write_private(questionnaires.own_folder() / "ios.yaml", filled)
    assert questionnaires.load("ios").items


def test_exclusion_rules_say_which_sessions_and_why():
    rules = [
        Rule(name="short", of="session", column="duration", is_="less", value="60"),
        Rule(name="crashed", of="session", column="end", is_="equals", value="crash"),
    ]
    talks = [
        recorded("a", duration=59.5).session,
        recorded("b", duration=60.0).session,
        recorded("c", end="crash").session,
    ]
    found = exclusion.excluded(rules, talks, [])
    assert found == {"short": frozenset({"a"}), "crashed": frozenset({"c"})}


@pytest.mark.parametrize("language", ["en", "fr"])
def test_scripted_people_say_the_same_for_the_same_seed_and_end_with_a_goodbye(language):
    for number in range(10):
        said = scripted.lines(language, number=number, session=1, seed="s")
        assert said == scripted.lines(language, number=number, session=1, seed="s")
        assert said[-1] in {line for one in scripted.scripts(language).values() for line in one.goodbye}
    others = {scripted.lines(language, number=0, session=0, seed=str(seed)) for seed in range(20)}
    assert len(others) > 5


def test_a_study_file_that_cannot_be_used_is_refused_with_its_line(file):
    changed(file, "places: 40", "places: none")
    with pytest.raises(DocumentError, match=r"line \d+: .*places"):
        checking.checked(file)
