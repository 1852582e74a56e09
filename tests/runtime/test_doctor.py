"""`companion doctor`: what it says of what it saw, and that it sees and ends whatever is broken."""

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.memory.health import Protection
from companion_voice.memory.store import Memory as Store
from companion_voice.models import lock, store
from companion_voice.runtime.control import Status
from companion_voice.runtime.doctor import looks
from companion_voice.runtime.doctor.facts import (
    Chosen,
    Disk,
    Engines,
    Facts,
    Memory,
    Models,
    Service,
    Trouble,
    Unit,
)
from companion_voice.runtime.doctor.judging import Finding, findings, is_fit
from tests.models import hub
from tests.pulse import PulseAudio

UNIT = Unit("/somewhere/companion", program_is_there=True, watchdog=True, confined=True, shut_in=False)
STATUS = Status(
    state="idle",
    persona="Ada",
    language="en",
    engines={},
    microphone="listening",
    speaker="open",
    memory="on",
    network="closed",
    uptime=1.0,
    pid=1,
    profile="home",
    responsible="",
)
FINE = Facts(
    settings="",
    microphone="default (ALSA, 44,100 Hz)",
    speaker="default (ALSA, 44,100 Hz)",
    echo="The companion takes its own voice out.",
    engines=Engines({"stt": Chosen("faster-whisper", "whisper-base"), "llm": Chosen("rules")}, {}),
    models=Models(sound=("whisper-base",)),
    memory=Memory(exists=True, sound=True, backups=2),
    disk=Disk("/home/me/data", 10**11, Protection(private=True, encrypted_disk=True, encrypted_file=False)),
    service=Service(UNIT, STATUS),
    confinement="`companion run` closes the network to itself.",
    language=("en", "fr"),
)


def about(name: str, facts: Facts) -> list[Finding]:
    return [one for one in findings(facts) if one.name == name]


def only(name: str, **seen: object) -> Finding:
    [one] = about(name, replace(FINE, **seen))
    return one


# --- judging ---------------------------------------------------------------------------------------------------------


def test_a_computer_on_which_all_is_well_has_one_line_for_each_thing_and_no_fault() -> None:
    found = findings(FINE)
    assert is_fit(found)
    assert {one.state for one in found} == {"ok"}
    assert [one.name for one in found] == [
        "settings", "microphone", "speaker", "echo", "hearing", "end of turn", "answering", "speaking",
        "models", "memory", "protection", "disk", "service", "confinement", "language",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [field for field in Facts.__struct_fields__ if field not in {"echo", "confinement"}])
def test_what_could_not_be_seen_is_a_fault_with_its_sentence(name: str) -> None:
    found = findings(replace(FINE, **{name: Trouble("It is broken.", "mend it")}))
    said = [one for one in found if one.sentence == "It is broken."]
    assert said
    assert {(one.state, one.mend) for one in said} == {("fault", "mend it")}
    assert not is_fit(found)


@pytest.mark.parametrize(("name", "seen"), [("echo", {}), ("confinement", {"service": Service()})])
def test_without_some_things_one_can_live(name: str, seen: dict[str, object]) -> None:
    facts = replace(FINE, **seen, **{name: Trouble("It cannot be had.", "get it")})
    assert about(name, facts) == [Finding(name, "warning", "It cannot be had.", "get it")]
    assert is_fit(findings(facts))


@pytest.mark.parametrize(
    ("wanted", "disk", "state", "mend"),
    [
        (True, False, "warning", "companion memory encrypt"), (True, True, "ok", ""), (False, False, "ok", ""),
        (True, None, "warning", "companion memory encrypt"),
    ],
)  # fmt: skip
def test_a_memory_that_is_to_be_encrypted_and_is_not_is_told_of(
    wanted: bool, disk: bool | None, state: str, mend: str
) -> None:
    held = Protection(private=True, encrypted_disk=disk, encrypted_file=False)
    found = only("protection", disk=Disk("/home/me/data", 10**11, held, encryption_wanted=wanted))
    assert (found.state, found.mend) == (state, mend)


def test_an_engine_that_cannot_be_had_is_a_fault_and_a_plain_one_is_not() -> None:
    seen = Engines(
        {"llm": Chosen("rules")}, {"stt": Trouble("Nothing can hear fr.", "companion models pull --lang fr")}
    )
    assert only("hearing", engines=seen) == Finding(
        "hearing", "fault", "Nothing can hear fr.", "companion models pull --lang fr"
    )
    assert only("answering", engines=seen).state == "ok"
    assert only("answering", engines=seen).mend == "For a better one: companion models pull"
    assert only("end of turn", engines=seen).mend == "companion models pull smart-turn"


def test_a_model_that_was_changed_is_a_fault_and_an_unfinished_one_a_warning() -> None:
    seen = Models(unfinished=("b",), changed={"a": Trouble("a was changed.", "companion models pull a")})
    assert only("model a", models=seen) == Finding("model a", "fault", "a was changed.", "companion models pull a")
    assert only("model b", models=seen).state == "warning"
    assert only("model b", models=seen).mend == "companion models pull b"


@pytest.mark.parametrize(
    ("memory", "state", "mend"),
    [
        (Memory(exists=False), "ok", ""),
        (Memory(exists=False, backups=1), "fault", "companion memory restore"),
        (Memory(exists=True, sound=False, backups=1), "fault", "companion talk"),
        (Memory(exists=True, sound=True, version="newer"), "fault", "Update this one."),
        (Memory(exists=True, sound=True, version="older"), "warning", "companion talk"),
        (Memory(exists=True, encrypted=True), "ok", ""),
    ],
)
def test_a_memory_that_is_not_whole_is_a_fault(memory: Memory, state: str, mend: str) -> None:
    found = only("memory", memory=memory)
    assert (found.state, found.mend) == (state, mend)


@pytest.mark.parametrize(
    ("encrypted", "state", "said"),
    [
        (True, "ok", "the disk below is encrypted"),
        (False, "warning", "the disk is not encrypted"),
        (None, "warning", "cannot be told from here"),
    ],
)
def test_with_encryption_off_it_says_plainly_what_protects_the_files(
    encrypted: bool | None, state: str, said: str
) -> None:
    held = Protection(private=True, encrypted_disk=encrypted, encrypted_file=False)
    found = only("protection", disk=replace(FINE.disk, protection=held))
    assert found.state == state
    assert found.sentence.startswith("The memory is not encrypted. What protects its files: only you can read them")
    assert said in found.sentence


def test_files_that_others_can_read_are_a_fault_with_the_command_that_closes_them() -> None:
    held = Protection(private=False, encrypted_disk=True, encrypted_file=True)
    first, second = about("protection", replace(FINE, disk=replace(FINE.disk, protection=held)))
    assert (first.state, first.mend) == ("fault", "chmod -R go= /home/me/data")
    assert second.sentence.startswith("The memory is encrypted with your passphrase")


def test_a_disk_that_is_nearly_full_is_a_warning() -> None:
    assert only("disk", disk=replace(FINE.disk, free=10**8)).state == "warning"


@pytest.mark.parametrize(
    ("service", "state", "mend"),
    [
        (Service(), "ok", "To start it with your session: make install-service"),
        (Service(UNIT), "warning", "systemctl --user start companion-voice"),
        (Service(replace(UNIT, program_is_there=False)), "fault", "make install-service"),
        (Service(replace(UNIT, watchdog=False), None), "warning", "systemctl --user start companion-voice"),
        (Service(UNIT, replace(STATUS, stuck=("ears",))), "fault", "systemctl --user restart companion-voice"),
        (Service(UNIT, replace(STATUS, microphone="lost")), "fault", "companion devices"),
    ],
)
def test_a_service_that_does_not_do_its_work_is_told(service: Service, state: str, mend: str) -> None:
    found = about("service", replace(FINE, service=service))[0]
    assert (found.state, found.mend) == (state, mend)


def test_a_companion_with_an_open_network_is_a_fault() -> None:
    found = only("confinement", service=Service(UNIT, replace(STATUS, network="open: libseccomp is missing")))
    assert found.state == "fault"
    assert "(libseccomp is missing)" in found.sentence


# --- looking ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COMPANION_VOICE_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    return tmp_path


def memory_file(home: Path) -> Path:
    Store.open().close()
    return home / "data" / "memory" / "memory.db"


def test_a_memory_that_is_whole_is_seen_so(home: Path) -> None:
    memory_file(home)
    assert looks.memory() == Memory(exists=True, sound=True)


@pytest.mark.parametrize("garbage", [b"", b"no database at all" * 400])
def test_a_memory_that_is_garbage_is_seen_so(home: Path, garbage: bytes) -> None:
    file = memory_file(home)
    file.write_bytes(garbage)
    seen = looks.memory()
    assert seen.exists
    assert seen.sound is (garbage == b"")
    assert file.read_bytes() == garbage


def test_a_memory_of_an_older_version_is_seen_so_and_left_as_it_is(home: Path) -> None:
    file = memory_file(home)
    with sqlite3.connect(file) as db:
        db.execute("DELETE FROM _sqlite_migrations WHERE name = (SELECT max(name) FROM _sqlite_migrations)")
    db.close()
    before = file.read_bytes()
    assert looks.memory() == Memory(exists=True, sound=True, version="older")
    assert file.read_bytes() == before


def test_a_memory_of_a_newer_version_is_seen_so(home: Path) -> None:
    file = memory_file(home)
    with sqlite3.connect(file) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) SELECT migration_set, 'm999_later', "
            "'2030-01-01' FROM _sqlite_migrations LIMIT 1"
        )
    db.close()
    assert looks.memory().version == "newer"


def test_files_that_others_may_read_are_seen(home: Path) -> None:
    file = memory_file(home)
    assert looks.disk().protection.private
    file.chmod(0o644)
    assert not looks.disk().protection.private


def test_models_are_seen_as_they_are(home: Path) -> None:
    entry = hub.entry({"my.gguf": b"12345"}, "mine")
    hub.known(entry)
    assert looks.models() == Models()
    folder = paths.private_folder(store.folder(entry))
    store.partial(entry, entry.files[0]).write_bytes(b"123")
    assert looks.models() == Models(unfinished=("mine",))
    (folder / "my.gguf").write_bytes(b"12345")
    assert looks.models() == Models(sound=("mine",))
    assert lock.read()["mine"].files == entry.files
    (folder / "my.gguf").write_bytes(b"54321")
    assert list(looks.models().changed) == ["mine"]


def test_the_unit_that_is_installed_is_seen(home: Path) -> None:
    assert looks.service() == Service()
    units = home / "xdg" / "systemd" / "user"
    units.mkdir(parents=True)
    program = home / "companion"
    shipped = (paths.shipped("systemd") / "companion-voice.service").read_text()
    (units / "companion-voice.service").write_text(shipped.replace("@BIN@", str(home)))
    seen = Unit(str(program), program_is_there=False, watchdog=True, confined=True, shut_in=False)
    assert looks.service() == Service(seen)
    program.touch(mode=0o700)
    (units / "companion-voice.service.d").mkdir()
    (units / "companion-voice.service.d" / "confine.conf").write_text("[Service]\nPrivateNetwork=yes\n")
    assert looks.service() == Service(replace(seen, program_is_there=True, shut_in=True))


def test_phrases_and_sounds_of_both_languages_are_here() -> None:
    assert looks.language() == ("en", "fr")


# --- the whole command -----------------------------------------------------------------------------------------------

DOCTOR = "import sys; from companion_voice.cli.doctor import doctor; sys.exit(doctor(standalone_mode=False))"


def run(home: Path, *arguments: str, program: str = DOCTOR, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=os.environ | environment | {"COMPANION_VOICE_HOME": str(home), "XDG_CONFIG_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


def left(home: Path) -> list[Path]:
    """Return every file, but those that SQLite keeps beside a memory that somebody reads."""
    return sorted(path for path in home.rglob("*") if not path.name.endswith(("-shm", "-wal")))


def test_with_sound_a_memory_and_nothing_downloaded_nothing_is_at_fault(
    pulse: PulseAudio, tmp_path: Path, home: Path
) -> None:
    memory_file(home)
    before = left(tmp_path)
    done = run(tmp_path, **pulse.environment)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert "FAULT" not in done.stdout
    assert any(line.startswith("ok      microphone: ") for line in lines)
    assert "ok      memory: Its pages hang together; 0 backups." in lines
    assert left(tmp_path) == before


def test_whatever_is_broken_each_thing_has_its_line_and_nothing_a_traceback(tmp_path: Path) -> None:
    config = tmp_path / "config"
    config.mkdir()
    for name in ("config.yaml", "models.yaml", "boundaries.yaml"):
        (config / name).write_bytes(b"\xff[" * 200)
    memory = tmp_path / "data" / "memory"
    memory.mkdir(parents=True)
    (memory / "memory.db").write_bytes(b"no database at all" * 400)
    (tmp_path / "data" / "models").write_bytes(b"in the way")
    (tmp_path / "run").write_bytes(b"in the way")
    done = run(tmp_path, "--json", PULSE_SERVER="unix:/nowhere", PIPEWIRE_REMOTE="/nowhere")
    assert (done.returncode, done.stderr) == (1, "")
    said = json.loads(done.stdout)
    assert not said["fit"]
    faults = {one["name"]: one["sentence"] for one in said["findings"] if one["state"] == "fault"}
    assert {"settings", "models", "memory", "protection"} <= set(faults)
    assert "config.yaml is not valid YAML" in faults["settings"]
    assert "damaged" in faults["memory"]
    assert {"echo", "disk", "service", "confinement", "language"} <= {one["name"] for one in said["findings"]}


def test_a_file_that_never_ends_and_a_sound_server_that_never_answers_keep_nothing_else_from_being_told(
    tmp_path: Path,
) -> None:
    (tmp_path / "config").mkdir()
    os.mkfifo(tmp_path / "config" / "models.yaml")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "pulse"))
        server.listen()
        done = run(tmp_path, "--json", "--patience", "6", PULSE_SERVER=f"unix:{tmp_path}/pulse")
    assert (done.returncode, done.stderr) == (1, "")
    said = {one["name"]: (one["state"], one["sentence"]) for one in json.loads(done.stdout)["findings"]}
    assert said["models"] == ("fault", "It gave no answer within 3 seconds.")
    assert said["microphone"] == said["models"]
    assert said["language"][0] == said["disk"][0] == "ok"
