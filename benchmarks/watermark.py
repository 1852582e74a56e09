#!/usr/bin/env python3
"""How well the watermark is found, how rarely where it is not, how little is heard of it, and what it costs.

    benchmarks/watermark.py [--keys 200] [--unmarked RECORDING…]

Needs flite, espeak-ng and ffmpeg. The texts are none of those the parameters were chosen with, nor are most
voices. Unmarked sound is that speech through the same codecs, noise and made music, and any recordings named, such as
human speech; each crop is also scored against `--keys` patterns that were never embedded. Prints one JSON line.

Inaudibility: SNR; the noise-to-mask ratio after Johnston (1988: Bark bands, Schroeder's spreading, tonality from the
spectral flatness), which takes the mark for added noise; the change of excitation level, which Zwicker's model calls
audible above 1 dB in some Bark band; and wideband PESQ (ITU-T P.862.2, at most 4.64) where `pesq` is installed.
"""

import argparse
import importlib.util
import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import soundfile
import soxr

from companion_voice.audio.marking import Watermark, detect
from companion_voice.audio.marking.detector import FALSE_ALARMS, _levels, score, threshold
from companion_voice.audio.marking.pattern import signs

RATE = 22_050
CROP = 3
TEXTS = {
    "en": "There is a footpath behind the school that nobody uses after dark. Last winter two foxes lived there, and "
    "the children gave them biscuits. What would you like to do now? We could go on, or we could stop for today.",
    "fr": "Le phare s'allume à six heures et demie, hiver comme été. Depuis la plage, on voit passer les chalutiers "
    "qui rentrent au port. Que voudrais-tu faire maintenant ? Nous pouvons continuer, ou nous arrêter pour ce soir.",
}
FLITE = ("slt", "awb", "rms", "kal")
ESPEAK = {
    "en": ("en-gb-x-gbclan", "en-us+f3", "en-029+f1", "en-gb+m1"),
    "fr": ("fr+f5", "fr+m3", "fr-be+f3", "fr-ch+m7"),
}
BEAT = 0.1

Sound = tuple[np.ndarray, int]


def speech(folder: Path) -> dict[str, np.ndarray]:
    """Return what each voice says, `float32[n]` at `RATE`."""
    wav, said = folder / "said.wav", {}
    commands = {f"flite {voice}": ["flite", "-voice", voice, "-t", TEXTS["en"], "-o", str(wav)] for voice in FLITE}
    for language, voices in ESPEAK.items():
        for voice in voices:
            commands[f"espeak-ng {voice}"] = ["espeak-ng", "-v", voice, "-w", str(wav), TEXTS[language]]
    for name, command in commands.items():
        subprocess.run(command, check=True, capture_output=True)
        said[name] = at(RATE, *soundfile.read(wav, dtype="float32"))
    return said


def at(rate: int, sound: np.ndarray, its: int) -> np.ndarray:
    return np.asarray(soxr.resample(sound, its, rate), np.float32)


def coded(folder: Path, codec: str, suffix: str) -> Callable[[np.ndarray], Sound]:
    def code(sound: np.ndarray) -> Sound:
        plain, packed = folder / "plain.wav", folder / f"packed.{suffix}"
        soundfile.write(plain, sound, RATE)
        options = ["-c:a", codec, "-b:a", "32k"]
        subprocess.run(["ffmpeg", "-y", "-loglevel", "error", "-i", plain, *options, packed], check=True)
        back, rate = soundfile.read(packed, dtype="float32")
        return back, rate

    return code


def crops(sound: np.ndarray, rate: int, every: float = 0.5) -> Iterator[np.ndarray]:
    for start in np.arange(0, len(sound) / rate - CROP, every):
        yield sound[round(start * rate) : round((start + CROP) * rate)]


def music(seconds: float) -> np.ndarray:
    """Return a melody with harmonics and beats of 120 a minute."""
    moment = np.arange(round(RATE * seconds)) / RATE
    notes = 220 * 2 ** (np.random.default_rng(2).choice([0, 2, 4, 5, 7, 9, 11, 12], round(seconds * 4) + 1) / 12)
    phase = 2 * np.pi * np.cumsum(notes[(moment * 4).astype(int)]) / RATE
    melody = sum(np.sin(order * phase) / order for order in range(1, 9)) * np.exp(-3 * (moment * 4 % 1))
    return (0.2 * melody + 0.05 * np.random.default_rng(3).normal(size=len(moment)) * (moment * 2 % 1 < BEAT)).astype(
        "f4"
    )


def found(said: dict[str, np.ndarray], ways: dict[str, Callable[[np.ndarray], Sound]]) -> dict[str, object]:
    """Return per way, over all voices, the share of crops in which the mark is found."""
    table: dict[str, object] = {}
    for name, way in ways.items():
        hits = {
            who: [
                detect(crop, rate).found
                for sound, rate in [way(Watermark(RATE).mark(clean))]
                for crop in crops(sound, rate)
            ]
            for who, clean in said.items()
        }
        every = [hit for list_ in hits.values() for hit in list_]
        worst = min(hits, key=lambda who: np.mean(hits[who]))
        table[name] = {
            "found": round(float(np.mean(every)), 4),
            "crops": len(every),
            "worst voice": [worst, round(float(np.mean(hits[worst])), 3)],
        }
    return table


def false_alarms(sounds: dict[str, list[Sound]], keys: int) -> dict[str, object]:
    """Return how often unmarked crops score as if marked, with our key and with keys never embedded."""
    strangers = [signs(f"stranger {number}".encode()) for number in range(keys)]
    table: dict[str, object] = {}
    for kind, recordings in sounds.items():
        pieces = [at(16_000, crop, rate) for sound, rate in recordings for crop in crops(sound, rate, 0.25)]
        ours = [detect(piece, 16_000).score for piece in pieces]
        few = pieces[:: max(1, len(pieces) // 50)]
        others = [score(levels, key) for levels in map(_levels, few) for key in strangers]
        table[kind] = {
            "crops": len(ours),
            "alarms": int(np.sum(np.array(ours) >= threshold(1))),
            "highest": round(max(ours), 2),
            "trials with other keys": len(others),
            "alarms with other keys": int(np.sum(np.array(others) >= threshold(1))),
            "highest with other keys": round(max(others), 2),
        }
    return table


def excitation(sound: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the spread Bark spectrum `[frames, 24]` and each frame's spectral flatness in dB."""
    frames = np.lib.stride_tricks.sliding_window_view(sound, 704)[::352] * np.hanning(704)
    power = np.abs(np.fft.rfft(frames, 1024)) ** 2 + 1e-12
    hertz = np.arange(513) * RATE / 1024
    bark = 13 * np.arctan(0.00076 * hertz) + 3.5 * np.arctan((hertz / 7500) ** 2)
    bands = power @ (bark[:, None].astype(int) == np.arange(24))
    apart = np.arange(24)[None, :] - np.arange(24)[:, None] + 0.474
    spread = 10 ** ((15.81 + 7.5 * apart - 17.5 * np.sqrt(1 + apart**2)) / 10)
    flatness = 10 * (np.log10(power).mean(axis=1) - np.log10(power.mean(axis=1)))
    return bands @ spread / spread.sum(axis=0), flatness


def heard(clean: np.ndarray, marked: np.ndarray) -> dict[str, float]:
    """Return how much of the mark could be heard."""
    (before, flatness), (after, _), (added, _) = excitation(clean), excitation(marked), excitation(marked - clean)
    tonality = np.clip(flatness / -60, 0, 1)[:, None]
    mask = before / 10 ** ((tonality * (14.5 + np.arange(24)) + (1 - tonality) * 5.5) / 10)
    loud = before > before.max() * 1e-5
    change = np.abs(10 * np.log10(after / before))[loud]
    return {
        "snr_db": 10 * np.log10((clean**2).sum() / ((marked - clean) ** 2).sum()),
        "nmr_db": 10 * np.log10((added / mask)[loud].mean()),
        "masked_share": float((added <= mask)[loud].mean()),
        "excitation_change_p50_db": float(np.percentile(change, 50)),
        "excitation_change_p95_db": float(np.percentile(change, 95)),
    } | quality(clean, marked)


def quality(clean: np.ndarray, marked: np.ndarray) -> dict[str, float]:
    if not importlib.util.find_spec("pesq"):
        return {}
    return {
        "pesq_wb": importlib.import_module("pesq").pesq(16_000, at(16_000, clean, RATE), at(16_000, marked, RATE), "wb")
    }


def cost(rate: int) -> float:
    """Return the microseconds 10 ms of sound at `rate` take, the median of 2,000."""
    watermark, chunk, spent = Watermark(rate), np.random.default_rng(4).normal(0, 0.1, rate // 100).astype("f4"), []
    for _ in range(2_000):
        begin = time.perf_counter()
        watermark.mark(chunk)
        spent.append(time.perf_counter() - begin)
    return round(float(np.median(spent)) * 1e6, 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=200, help="patterns never embedded to score each crop against")
    parser.add_argument("--unmarked", type=Path, nargs="*", default=[], help="recordings without the mark")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        opus, mp3 = coded(Path(name), "libopus", "ogg"), coded(Path(name), "libmp3lame", "mp3")
        said = speech(Path(name))
        ways = {
            "untouched": lambda sound: (sound, RATE),
            "22.05 k, 16 k, 48 k": lambda sound: (at(48_000, at(16_000, sound, RATE), 16_000), 48_000),
            "opus 32 kb/s": opus,
            "mp3 32 kb/s": mp3,
            "opus, then mp3": lambda sound: mp3(at(RATE, *opus(sound))),
        }
        noise = np.random.default_rng(1).normal(0, 0.1, RATE * 60).astype(np.float32)
        unmarked = {
            "synthetic speech": [(sound, RATE) for sound in said.values()],
            "synthetic speech, opus": [opus(sound) for sound in said.values()],
            "noise": [(noise, RATE)],
            "music": [(music(60), RATE)],
        }
        if options.unmarked:
            named = [soundfile.read(file, dtype="float32", always_2d=True) for file in options.unmarked]
            unmarked["recordings"] = [(sound.mean(axis=1), rate) for sound, rate in named]
        measured = [heard(clean, Watermark(RATE).mark(clean)) for clean in said.values()]
        figures = {
            "found": found(said, ways),
            "false alarms": {
                "bound": FALSE_ALARMS,
                "threshold": round(threshold(1), 2),
                **false_alarms(unmarked, options.keys),
            },
            "heard: mean, least, most over the voices": {
                key: [round(float(pick([row[key] for row in measured])), 2) for pick in (np.mean, np.min, np.max)]
                for key in measured[0]
            },
            "us per 10 ms": {rate: cost(rate) for rate in (16_000, 22_050, 24_000, 48_000)},
        }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
