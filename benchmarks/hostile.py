#!/usr/bin/env python3
"""Files and messages that are not what they claim: each is taken or refused in one sentence, in under a second.

    benchmarks/hostile.py [--each 45]

Of every kind (settings and personas in YAML, WAV, GGUF, ONNX, JSONL for the memory) a good file is damaged at random:
cut, overwritten, repeated, filled. Requests damaged in the same way go to a real daemon, which must answer each of
them, and be there at the end. The cards have a corpus of their own, which is read here as well.
Prints one JSON line: how many, how many were taken, the worst time, and what did neither (which must be nothing).
"""

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from companion_voice import documents  # noqa: E402
from companion_voice.audio.recording import RecordingMicrophone  # noqa: E402
from companion_voice.engines.llm import gguf_header  # noqa: E402
from companion_voice.errors import CompanionError  # noqa: E402
from companion_voice.memory import transfer  # noqa: E402
from companion_voice.models import onnx_file  # noqa: E402
from companion_voice.persona.cards import carrier, files  # noqa: E402
from companion_voice.persona.cards.importing import imported  # noqa: E402
from companion_voice.persona.schema import Persona  # noqa: E402
from companion_voice.runtime import control  # noqa: E402
from companion_voice.settings import DEFAULT_TEXT, load  # noqa: E402
from tests.hostile.cards import corpus  # noqa: E402
from tests.runtime.conftest import PROGRAM, home_in  # noqa: E402

LONGEST = 1.0
WAIT = 30.0
GGUF = b"GGUF" + (3).to_bytes(4, "little") + (1).to_bytes(8, "little") * 2 + b"\x04\0\0\0\0\0\0\0name" * 20
TURN = {"id": "D1:3", "session": "s1", "time": "2023-05-08T13:56:00", "who": "user", "name": "Ann", "text": "Hello."}
REQUESTS = (b'{"verb":"status"}', b'{"verb":"hush"}', b'{"verb":"say","text":"The tea is ready."}')
Work = Callable[[], object]


def damaged(good: bytes, chance: random.Random) -> bytes:
    """Return `good` cut, overwritten, repeated or filled, at random."""
    begin, end = sorted(chance.randrange(len(good) + 1) for _ in range(2))
    match chance.randrange(5):
        case 0:
            return good[:begin]
        case 1:
            return good[:begin] + chance.randbytes(end - begin) + good[end:]
        case 2:
            return good[:end] + good[begin:end] * chance.randrange(50) + good[end:]
        case 3:
            return good[:begin] + bytes([chance.choice(b"\0\xff[{\"'&*-")]) * chance.randrange(20_000) + good[begin:]
        case _:
            return chance.randbytes(len(good))


def kinds(folder: Path) -> dict[str, tuple[bytes, Callable[[Path], object]]]:
    """Return by ending a good file and what reads such a file."""
    wav = folder / "good.wav"
    soundfile.write(wav, np.zeros(8_000), 16_000)
    onnx = next(Path(sys.prefix).rglob("silero_vad*.onnx"))
    lines = b"".join(json.dumps(TURN | {"id": f"D1:{number}"}).encode() + b"\n" for number in range(9))
    return {
        "settings.yaml": (DEFAULT_TEXT.encode(), load),
        "persona.yaml": ((ROOT / "personas" / "ada.yaml").read_bytes(), lambda file: documents.read(file, Persona)),
        "wav": (wav.read_bytes(), lambda file: RecordingMicrophone(file, fast=True).open()),
        "gguf": (GGUF, gguf_header.check),
        "onnx": (onnx.read_bytes()[:200_000], onnx_file.check),
        "jsonl": (lines, lambda file: list(transfer.read(file))),
    }


def works(folder: Path, each: int) -> Iterator[tuple[str, Work]]:
    """Yield every file with what is done with it."""
    chance = random.Random(0)
    for ending, (good, read) in kinds(folder).items():
        for number in range(each):
            file = folder / f"{number}.{ending}"
            file.write_bytes(damaged(good, chance))
            yield file.name, lambda read=read, file=file: read(file)  # type: ignore[misc]
    for number, (name, data) in enumerate(corpus()):
        file = folder / f"card-{number}"
        file.write_bytes(data)
        yield name, lambda file=file: imported(carrier.payload(files.read(file)))  # type: ignore[misc]


def outcome(work: Work) -> str:
    """Return what became of a file: taken, refused, or what was wrong with how it was refused."""
    try:
        work()
    except CompanionError as error:
        sentence = error.sentence
        return "refused" if sentence and "\n" not in sentence else f"refused in other than one line: {sentence!r}"
    except Exception as error:  # noqa: BLE001 - it is what is looked for
        return f"crashed: {error!r}"
    return "taken"


def asked(request: bytes) -> str:
    """Return what a daemon makes of a request."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(WAIT)
        line.connect(str(control.place()))
        try:
            line.sendall(request + b"\n")
        except BrokenPipeError:
            return "refused"  # it was refused before it was sent
        line.shutdown(socket.SHUT_WR)
        with line.makefile("rb") as told:
            try:
                answer = json.loads(told.readline())
            except ConnectionResetError:
                return "refused"
    return "taken" if answer["done"] else "refused" if answer["sentence"] else "refused without a word"


def requests(home: Path, each: int) -> Iterator[tuple[str, str, float]]:
    """Send damaged requests to a real daemon; yield each with what became of it and the time it took."""
    chance = random.Random(0)
    command = [sys.executable, "-c", PROGRAM, "run", "--typed", "--mute"]
    environment = os.environ | {"COMPANION_VOICE_HOME": str(home)}
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as daemon:
        deadline = time.monotonic() + WAIT
        while not control.place().exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        for number in range(each * 2):
            request = damaged(chance.choice(REQUESTS), chance).replace(b"\n", b" ")
            begun = time.monotonic()
            yield f"request {number}", asked(request), time.monotonic() - begun
        assert daemon.poll() is None
        assert asked(REQUESTS[0]) == "taken"
        daemon.terminate()


def main() -> None:
    """Read and send everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--each", type=int, default=45)
    each = parser.parse_args().each
    results = []
    with tempfile.TemporaryDirectory() as place:
        os.environ["COMPANION_VOICE_HOME"] = str(home := home_in(Path(place)))
        for name, work in works(Path(place), each):
            begun = time.monotonic()
            results.append((name, outcome(work), time.monotonic() - begun))
        results += requests(home, each)
    print(json.dumps(summary(results)))


def summary(results: list[tuple[str, str, float]]) -> dict[str, object]:
    """Return the figures."""
    return {
        "all": len(results),
        "refused": sum(came == "refused" for _, came, _ in results),
        "taken": sum(came == "taken" for _, came, _ in results),
        "worst_s": round(max(seconds for _, _, seconds in results), 3),
        "slow": [name for name, _, seconds in results if seconds > LONGEST],
        "wrong": [(name, came) for name, came, _ in results if came not in ("refused", "taken")],
    }


if __name__ == "__main__":
    main()
