"""What the person may set, what the law bounds, and what a profile fixes."""

import pytest

from companion_voice import paths
from companion_voice.boundaries import explained, files, profiles
from companion_voice.boundaries.settings import Boundaries, Profile, flat
from companion_voice.errors import BoundaryError

BOUNDED = [
    ("disclosure.start", "off"), ("disclosure.periodic_minutes", "181"), ("disclosure.identity_answer", "model"),
    ("self.claims_feelings", "always"), ("relationship.exclusivity_phrases", "allowed"), ("goodbye.questions", "allowed"),
    ("goodbye.max_words", "50"), ("time.cap_suspended_in_crisis", "off"), ("proactive.never_on_absence", "off"),
    ("emotion_from_voice", "present"), ("speaker_id", "present"), ("watermark", "off"), ("crisis.log", "words"),
]  # fmt: skip


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv(paths.HOME, str(tmp_path))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(("key", "value"), BOUNDED)
def test_what_the_law_bounds_is_refused_with_the_reason(key, value, language):
    with pytest.raises(BoundaryError) as refused:
        profiles.moved(Boundaries(), key, value, language=language)
    assert refused.value.hint == profiles.reasons(language)[key]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_boundary_is_explained_and_every_reason_has_its_boundary(language):
    known, keys = explained.load(language), flat(Boundaries())
    assert known.keys.keys() == keys.keys()
    assert known.reasons.keys() <= keys.keys()
    for key, value in keys.items():
        assert "{" not in explained.sentence(key, value, language)


def test_a_change_is_stored_and_read_again():
    files.save(profiles.moved(Boundaries(), "terms_to_avoid", "dear, ma belle"))
    assert files.load().terms_to_avoid == ("dear", "ma belle")
    assert files.settings_file().stat().st_mode & 0o777 == 0o600


def test_a_file_that_loosens_the_law_is_refused_with_the_reason():
    paths.private_folder(files.settings_file().parent)
    files.settings_file().write_text("disclosure:\n  periodic_minutes: 600\n")
    with pytest.raises(BoundaryError, match="180"):
        files.load()


def test_an_unknown_key_is_answered_with_the_nearest():
    with pytest.raises(BoundaryError, match=r"time\.daily_cap"):
        profiles.moved(Boundaries(), "time.dayly_cap", "90")


@pytest.mark.parametrize("name", ["research", "organisation"])
def test_nobody_deploys_it_without_somebody_responsible(name):
    with pytest.raises(BoundaryError, match="responsible_entity"):
        profiles.applied(Boundaries(profile=Profile(name=name)))
    answered = Profile(
        name=name, responsible_entity="A lab", contact="lab@example.org", privacy_notice="https://example.org"
    )
    assert profiles.applied(Boundaries(profile=answered)).profile.name == name


def minor():
    return profiles.moved(profiles.moved(Boundaries(), "profile.guardian_key", "open"), "profile.name", "minor")


@pytest.mark.parametrize("key", sorted({*profiles.MINOR, "profile.name"}))
def test_a_minors_profile_is_locked(key):
    with pytest.raises(BoundaryError):
        profiles.moved(minor(), key, "adult" if key == "profile.name" else "freely")


def test_a_minors_profile_needs_a_guardian_and_fixes_its_defaults():
    with pytest.raises(BoundaryError, match="guardian_key"):
        profiles.applied(Boundaries(profile=Profile(name="minor")))
    values = flat(profiles.applied(minor()))
    assert {key: str(values[key]) for key in profiles.MINOR} == dict(profiles.MINOR)
    assert profiles.ceiling_minutes(minor()) == 60


def test_the_guardian_moves_what_a_guardian_may():
    allowed = profiles.applied(profiles.moved(minor(), "memory.enabled", "on", guardian="open"))
    assert allowed.memory.enabled == "on"
    for key, value in (("memory.enabled", "on"), ("relationship.romance", "on")):
        with pytest.raises(BoundaryError):
            profiles.moved(minor(), key, value, guardian="wrong")
    with pytest.raises(BoundaryError):
        profiles.moved(minor(), "relationship.romance", "on", guardian="open")
