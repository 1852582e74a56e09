from importlib.metadata import entry_points
from pathlib import Path

import msgspec
import pytest

from companion_voice import documents, paths
from companion_voice.errors import DocumentError, ModelError
from companion_voice.models import catalogue
from companion_voice.models.catalogue import Catalogue, Entry, Wheel
from tests.models import hub

SHIPPED = catalogue.load().models


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))


def own(*entries: Entry) -> None:
    place = paths.private_folder(paths.configuration_folder()) / "models.yaml"
    place.write_bytes(msgspec.json.encode(Catalogue(entries)))


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_model_that_ships_has_an_engine_a_licence_and_one_sentence(entry: Entry) -> None:
    assert entry.engine in {point.name for point in entry_points(group=f"companion_voice.{entry.kind}")}
    assert entry.licence in {"MIT", "Apache-2.0", "BSD-2-Clause", "CC-BY-4.0", "public domain"}
    assert entry.good_for.endswith(".")
    assert entry.good_for.count(".") == 1


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_every_model_that_ships_has_the_files_its_engine_needs(entry: Entry) -> None:
    names = [file.name for file in entry.files]
    assert len(set(names)) == len(names)
    match entry.engine:
        case "faster-whisper":
            assert names[0] == "model.bin"
            assert {"config.json", "tokenizer.json"} < set(names)
            assert len({"vocabulary.txt", "vocabulary.json"} & set(names)) == 1
        case "llama-cpp":
            assert [Path(name).suffix for name in names] == [".gguf"]
            assert entry.tuning["template"] in {"chatml", "qwen3"}
        case "smart-turn":
            assert [Path(name).suffix for name in names] == [".onnx"]
        case "piper":
            assert names == [names[0], f"{names[0]}.json"]
            assert names[0] == f"{entry.name}.onnx"
        case other:
            pytest.fail(f"no rule for {other}")


def test_names_are_unique_whatever_their_case() -> None:
    names = [entry.name.lower() for entry in SHIPPED]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("tier", ["small", "medium", "large"])
def test_every_tier_hears_waits_answers_and_speaks_once(tier: catalogue.Tier, language: str) -> None:
    kinds = [entry.kind for entry in catalogue.load().tier(tier, (language,))]
    assert sorted(kinds) == ["llm", "stt", "tts", "turn"]


def test_a_tier_for_two_languages_has_two_voices_and_one_of_the_rest() -> None:
    kinds = [entry.kind for entry in catalogue.load().tier("small", ("en", "fr"))]
    assert sorted(kinds) == ["llm", "stt", "tts", "tts", "turn"]


def test_within_a_kind_a_larger_tier_stands_before_a_smaller_one() -> None:
    answering = [entry.tiers for entry in SHIPPED if entry.kind == "llm"]
    assert answering == [("large",), ("medium",), ("small",)]


def test_a_misspelt_name_gets_the_nearest() -> None:
    with pytest.raises(ModelError, match=r"did you mean “qwen3-1\.7b”") as caught:
        catalogue.load().entry("qwen3-1.7")
    assert caught.value.exit_code == 78


def test_a_name_like_no_other_is_sent_to_the_list() -> None:
    with pytest.raises(ModelError) as caught:
        catalogue.load().entry("zzz")
    assert caught.value.sentence == "There is no model called “zzz”."
    assert "companion models list" in caught.value.hint


def test_a_persons_own_models_stand_beside_those_that_ship() -> None:
    own(hub.entry({"mine.gguf": b"x"}, "mine"))
    assert catalogue.load().entry("mine").repository == hub.REPOSITORY
    assert catalogue.load().models[:-1] == SHIPPED


def test_a_name_may_not_stand_twice() -> None:
    own(hub.entry({"mine.gguf": b"x"}, SHIPPED[0].name))
    with pytest.raises(ModelError, match=f"Two models are called “{SHIPPED[0].name}”"):
        catalogue.load()


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("size: 1", "size: 0", "size"),
        ("a" * 64, "a" * 63, "sha256"),
        ("b" * 40, "main", "revision"),
        ("path: mine.gguf", "path: ../mine.gguf", "path"),
        ("path: mine.gguf", "path: /mine.gguf", "path"),
        ("name: mine", "name: ../mine", "name"),
        ("kind: llm", "kind: lmm", "kind"),
        ("licence: MIT", "license: MIT", "did you mean `licence`"),
    ],
)
def test_an_entry_that_cannot_be_trusted_is_refused_with_its_place(old: str, new: str, where: str) -> None:
    text = f"""
models:
  - name: mine
    kind: llm
    engine: llama-cpp
    repository: me/mine
    revision: {"b" * 40}
    languages: [en]
    licence: MIT
    good_for: Me.
    files: [{{path: mine.gguf, size: 1, sha256: {"a" * 64}}}]
"""
    assert documents.parse(text.encode(), Catalogue, name="mine").models[0].size == 1
    assert old in text
    with pytest.raises(DocumentError) as caught:
        documents.parse(text.replace(old, new).encode(), Catalogue, name="mine")
    assert where in caught.value.sentence


WHEEL = f"wheel: {{package: some-package, version: '1.2', sha256: {'c' * 64}}}"
HUB = f"repository: me/mine, revision: {'b' * 40}"


def out_of(source: str) -> bytes:
    return f"""
models:
  - {{name: mine, kind: turn, engine: smart-turn, {source}, languages: [en], licence: MIT, good_for: Me.,
     files: [{{path: a/mine.onnx, size: 1, sha256: {"a" * 64}}}]}}
""".encode()


def test_a_model_may_come_out_of_a_wheel() -> None:
    [entry] = documents.parse(out_of(WHEEL), Catalogue, name="mine").models
    assert entry.wheel == Wheel("some-package", "1.2", "c" * 64)


@pytest.mark.parametrize(
    "source", [f"{WHEEL}, {HUB}", f"{WHEEL}, repository: me/mine", "repository: me/mine", "tiers: []"]
)
def test_a_model_comes_from_one_place(source: str) -> None:
    with pytest.raises(DocumentError) as caught:
        documents.parse(out_of(source), Catalogue, name="mine")
    assert caught.value.sentence == (
        "mine: `models[0]`: a model needs either a `repository` and its `revision`, or a `wheel`."
    )


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("some-package", "https://somewhere/some.whl", "package"),
        ("some-package", '"some-package\\n--index-url=x"', "package"),
        ("some-package", "-r", "package"),
        ("'1.2'", "'1.2 ; python_version>\"3\"'", "version"),
        ("'1.2'", "latest", "version"),
        ("c" * 64, "c" * 40, "sha256"),
    ],
)
def test_a_wheel_that_is_not_pinned_is_refused_with_its_place(old: str, new: str, where: str) -> None:
    assert old in WHEEL
    with pytest.raises(DocumentError) as caught:
        documents.parse(out_of(WHEEL.replace(old, new)), Catalogue, name="mine")
    assert where in caught.value.sentence
