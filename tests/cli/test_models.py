import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from companion_voice import paths
from companion_voice.cli.models import models
from companion_voice.errors import BoundaryError
from companion_voice.models import catalogue, lock, store
from companion_voice.models.catalogue import Catalogue
from tests.models import hub as stand_in
from tests.models.hub import Hub, cut, refuse, silent

MODEL = bytes(range(256)) * 4096 * 3
FILES = {"mine.gguf": MODEL}
MINE = stand_in.entry(FILES, "mine")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    place = paths.private_folder(paths.configuration_folder()) / "models.yaml"
    place.write_bytes(msgspec.json.encode(Catalogue((MINE,))))
    return tmp_path


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with stand_in.serving(dict(FILES)) as served:
        monkeypatch.setenv("HF_ENDPOINT", served.address)
        yield served


def invoke(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(models, arguments, env=environment)


def companion(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", "from companion_voice.cli import main; main()", "models", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_list_shows_every_model_on_one_line_with_its_licence() -> None:
    lines = invoke("list").output.splitlines()
    for entry in catalogue.load().models:
        [line] = [line for line in lines if line.split()[:1] == [entry.name]]
        assert entry.licence in line
        assert entry.good_for in line
        assert " no " in line


def test_the_list_says_which_engine_a_model_is_for() -> None:
    lines = [line.strip() for line in invoke("list").output.splitlines()]
    places = ["hearing (faster-whisper)", "end of turn (smart-turn)", "answering (llama-cpp)", "speaking (piper)"]
    assert [line for line in lines if line in places][:4] == places  # one's own models come after


def test_what_looks_like_markup_is_shown_as_it_is_written() -> None:
    place = paths.configuration_folder() / "models.yaml"
    odd = msgspec.structs.replace(MINE, good_for="For [bold] tests.")
    place.write_bytes(msgspec.json.encode(Catalogue((odd,))))
    assert "For [bold] tests." in invoke("list").output


def test_the_list_fits_a_narrow_terminal() -> None:
    shown = invoke("list", FORCE_COLOR="1", COLUMNS="80", NO_COLOR="1", TERM="dumb").output
    assert "whisper-base" in shown
    assert max(len(line) for line in shown.splitlines()) <= 80


def test_the_list_as_json_is_the_same_for_programs(hub: Hub) -> None:
    invoke("pull", "mine")
    listed = {model["name"]: model for model in json.loads(invoke("list", "--json").output)}
    assert set(listed) == {entry.name for entry in catalogue.load().models}
    assert listed["mine"]["installed"] is True
    assert listed["mine"]["path"] == str(store.folder(MINE) / "mine.gguf")
    assert listed["mine"]["size"] == len(MODEL)
    assert listed["whisper-base"]["installed"] is False
    assert listed["whisper-base"]["path"] is None
    assert listed["whisper-base"]["tiers"] == ["small"]


def test_pull_fetches_a_model_and_says_so_in_plain_lines(hub: Hub) -> None:
    result = invoke("pull", "mine")
    assert result.exit_code == 0, result.output
    assert "mine: 50 % of 3 MB" in result.output
    assert "mine: downloaded and checked" in result.output
    assert (store.folder(MINE) / "mine.gguf").read_bytes() == MODEL
    assert "mine: already here and checked" in invoke("pull", "mine").output


def test_pull_shows_a_bar_on_a_terminal(hub: Hub) -> None:
    result = invoke("pull", "mine", FORCE_COLOR="1", COLUMNS="100")
    assert result.exit_code == 0, result.output
    assert "━" in result.output
    assert " % of " not in result.output


def test_a_model_that_came_halfway_is_listed_with_its_part(hub: Hub) -> None:
    hub.faults.extend([cut(after=2_000_000), refuse(503)])
    assert invoke("pull", "mine").exit_code == 1
    [line] = [line for line in invoke("list").output.splitlines() if line.split()[:1] == ["mine"]]
    assert f" {100 * store.arrived(MINE) // MINE.size} % " in line


def test_a_name_said_twice_is_pulled_once(hub: Hub) -> None:
    assert invoke("pull", "mine", "mine").output.count("downloaded") == 1


def test_pull_without_a_name_wants_the_small_tier_in_both_languages(hub: Hub) -> None:
    first = invoke("pull").output.splitlines()[0]
    assert first.startswith("whisper-base, smart-turn, qwen3-0.6b, en_GB-cori-medium, fr_FR-siwis-medium: 680 MB into ")


def test_pull_takes_a_tier_in_one_language(hub: Hub) -> None:
    first = invoke("pull", "--tier", "large", "--lang", "fr").output.splitlines()[0]
    assert first.startswith("whisper-large-v3-turbo, smart-turn, qwen3-4b, fr_FR-siwis-medium: 4.2 GB into ")


def test_verify_reads_everything_and_tells_what_is_wrong(hub: Hub) -> None:
    invoke("pull", "mine")
    with companion("verify") as process:
        assert process.communicate(timeout=20) == ("mine: as it arrived\n", "")
    file = store.folder(MINE) / "mine.gguf"
    times = file.stat()
    file.write_bytes(MODEL[:-1] + b"!")
    os.utime(file, ns=(times.st_atime_ns, times.st_mtime_ns))
    with companion("verify") as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (1, "")
    assert out.splitlines() == [
        "mine: mine.gguf was changed",
        "What is wrong comes anew with: companion models pull mine",
    ]
    assert json.loads(invoke("verify", "mine", "--json").output) == {"mine": ["mine.gguf was changed"]}


def test_verify_without_a_model_says_how_to_get_one() -> None:
    assert invoke("verify").output == "No model is here. Get the smallest set with: companion models pull\n"


def test_a_model_that_was_copied_here_is_locked_without_a_download() -> None:
    folder = paths.private_folder(store.folder(MINE))
    (folder / "mine.gguf").write_bytes(MODEL)
    assert invoke("lock").output == "mine: checked and locked.\n"
    assert lock.read()["mine"].files == MINE.files


@pytest.mark.parametrize("option", [("--tier", "small"), ("--lang", "fr")])
def test_names_and_a_tier_together_are_wrong_usage(option: tuple[str, str]) -> None:
    assert invoke("pull", "mine", *option).exit_code == 2


def test_path_prints_the_folder() -> None:
    assert invoke("path").output == f"{paths.models_folder()}\n"


@pytest.mark.parametrize("verb", [(), ("list",), ("pull",), ("path",), ("verify",), ("lock",)])
def test_every_verb_has_help_with_an_example(verb: tuple[str, ...]) -> None:
    assert "Example: " in invoke(*verb, "--help").output


def test_a_name_that_is_not_known_ends_with_78_and_one_sentence() -> None:
    with companion("pull", "whisper-bas") as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (78, "")
    assert err.splitlines()[0] == "companion: There is no model called “whisper-bas”; did you mean “whisper-base”?"
    assert len(err.splitlines()) == 2


def test_a_hub_in_trouble_ends_with_1_and_one_sentence(hub: Hub) -> None:
    hub.status = 500
    with companion("pull", "mine") as process:
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert err.splitlines()[0] == "companion: The hub is in trouble (answer 500)."
    assert len(err.splitlines()) == 2


def test_ctrl_c_leaves_a_part_and_says_how_to_go_on(hub: Hub) -> None:
    hub.faults.append(silent(after=2_000_000))
    with companion("pull", "mine") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("mine: 50 %"):
                break
        os.kill(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130, err
    assert "Run the same command again" in out
    assert "Traceback" not in err
    assert 0 < store.arrived(MINE) < MINE.size
    assert invoke("pull", "mine").exit_code == 0
    assert hub.bodies()[-1].headers["range"].startswith("bytes=")


def test_listing_does_not_load_what_can_reach_the_network() -> None:
    code = (
        "import sys; from companion_voice.cli import main\n"
        "try: main(['models', 'list'])\n"
        "finally: assert not {'huggingface_hub', 'httpx', 'httpx2'} & set(sys.modules), sorted(sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=20, check=False)
    assert result.returncode == 0, result.stderr


def test_nothing_is_pulled_where_models_are_never_to_change(hub: Hub) -> None:
    (paths.configuration_folder() / "boundaries.yaml").write_text("model: {update: never}\n")
    refused = CliRunner().invoke(models, ["pull", "mine"])
    assert isinstance(refused.exception, BoundaryError)
    assert not list(paths.models_folder().rglob("*.gguf"))
