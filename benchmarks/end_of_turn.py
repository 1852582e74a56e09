#!/usr/bin/env python3
"""False cut-offs against waiting, for pauses alone and with Smart Turn, on speech that this program makes itself.

    benchmarks/end_of_turn.py MODEL.onnx [--voices slt rms] [--places phrase] [--json]

Whole sentences, and sentences with a pause of 0.2 to 0.7 s inside (`labelled_speech`), are heard by the companion's
own listener and detector, offline. A cut-off is an answer before the last sound of a sentence; the wait is from that
sound to the answer. A policy is written quick / sure / long: answer after `quick` seconds of silence where the
detector says at least `sure`, else after `long`; or quick / long where only the words decide.

What goes by the words is told by a perfect recogniser what was said before each pause. Synthetic voices do not
hesitate as people do, which is all that Smart Turn listens for: the first table says how well it can tell their ends
from their pauses.
"""

import argparse
import itertools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("OMP_NUM_THREADS", "1")  # as in the child process that the detector lives in
sys.path.insert(0, str(Path(__file__).parent.parent))

import numpy as np
from labelled_speech import PAUSES, PLACES, Sentence, Sound, installed_voices, mark, sentences

from companion_voice.audio.listener import Listener
from companion_voice.audio.vad import FRAME, FRAME_SECONDS
from companion_voice.conversation.endpoint import Manner
from companion_voice.conversation.unfinished import dangles
from companion_voice.engines.protocols import EngineOptions
from companion_voice.engines.turn import smart_turn
from companion_voice.engines.turn.smart_turn import SmartTurn
from companion_voice.events import SpeechPaused, SpeechResumed, SpeechStarted

SOFT = 0.09
"""Seconds of silence after which the detector is asked first; a listener counts in frames of 0.032 s."""
ASKED = (SOFT, 0.2, 0.3, 0.4, 0.5, 0.6)
SHORT = (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6)
LONG = (0.6, 0.7, 0.75, 0.8, 1.0, 1.2, 1.5)
SURE = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.93, 0.96, 0.98)
BEARABLE = (0.5, 0.4, 0.3, 0.2, 0.1, 0.05, 0.02, 0.0)
"""Shares of broken sentences that are cut off."""


# --- listening -------------------------------------------------------------------------------------------------------


class Pause(NamedTuple):
    """One silence in what somebody said, as the companion hears it."""

    begun: float
    """Seconds from the beginning of the sound, on the companion's clock."""
    length: float
    judged: tuple[float, ...]
    """How likely the turn was over at each of `ASKED` that the pause lasted."""


class Heard(NamedTuple):
    """A sentence and its pauses; the last one is its end."""

    sentence: Sentence
    pauses: tuple[Pause, ...]

    def words(self, pause: Pause) -> str:
        """Return what was said before a pause."""
        text = self.sentence.text
        before = text.partition(mark(text))[0] if pause is not self.pauses[-1] else text
        return before.strip(" .?!")


class Ear:
    """Takes an utterance from the listener to the detector."""

    def __init__(self, detector: SmartTurn) -> None:
        self._detector = detector

    def begin(self, utterance: int) -> None:  # noqa: ARG002 - there is one
        """Forget the sentence before."""
        self._detector.begin()

    def feed(self, utterance: int, samples: Sound) -> None:  # noqa: ARG002
        """Let the detector hear it."""
        self._detector.feed(samples)


def hear(sentence: Sentence, detector: SmartTurn) -> Heard:
    """Listen to a sentence as the companion does, without ever answering."""
    clock = itertools.count(1)
    listener = Listener(Manner(soft_pause=SOFT, hard_pause=60.0), Ear(detector), lambda: next(clock) * FRAME_SECONDS)
    pauses: list[Pause] = []
    begun, judged = None, []
    for number, frame in enumerate(sentence.sound[: sentence.sound.size // FRAME * FRAME].reshape(-1, FRAME), 1):
        now = number * FRAME_SECONDS
        for event in listener.hear(frame):
            match event:
                case SpeechPaused(silence=silence):
                    begun, judged = now - silence, []
                case SpeechStarted() | SpeechResumed() if begun is not None:
                    pauses.append(Pause(begun, now - FRAME_SECONDS - begun, tuple(judged)))
                    begun = None
        if begun is not None and len(judged) < len(ASKED) and now - begun >= ASKED[len(judged)] - 1e-9:
            judged.append(detector.complete())
    if begun is None:
        raise SystemExit(f"nobody heard the end of: {sentence.text} ({sentence.voice})")
    return Heard(sentence, (*pauses, Pause(begun, float("inf"), tuple(judged))))


# --- policies --------------------------------------------------------------------------------------------------------

Policy = Callable[[Pause, str], float]
"""After how many seconds of a pause the companion answers, going by its sound and the words before it."""


def pauses_alone(silence: float) -> Policy:
    """Answer after one silence, whatever was said."""
    return lambda _pause, _words: silence


def with_words(quick: float, long: float) -> Policy:
    """Answer after `quick`, or after `long` where the words dangle."""
    return lambda _pause, words: long if dangles(words, "en") else quick


def asked_once(quick: float, sure: float, long: float, *, words_too: bool) -> Policy:
    """Ask the detector at the soft pause; answer after `quick` when it is sure, else after `long`."""

    def policy(pause: Pause, words: str) -> float:
        unfinished = pause.judged[0] < sure or (words_too and dangles(words, "en"))
        return long if unfinished else quick

    return policy


def asked_again(quick: float, sure: float, long: float, *, words_too: bool) -> Policy:
    """Ask the detector again and again; answer when it is sure, from `quick` on, else after `long`."""

    def policy(pause: Pause, words: str) -> float:
        if words_too and dangles(words, "en"):
            return long
        sure_at = (silence for silence, complete in zip(ASKED, pause.judged, strict=False) if complete >= sure)
        return min(long, max(quick, next(sure_at, long)))

    return policy


def policies() -> Iterator[tuple[str, str, Policy]]:
    """Yield family, description and policy of everything that is tried."""
    for silence in sorted({*SHORT, *LONG}):
        yield "pauses alone", f"{silence}", pauses_alone(silence)
    for quick, long in itertools.product(SHORT, LONG):
        if quick >= long:
            continue
        yield "words", f"{quick} / {long}", with_words(quick, long)
        for sure in SURE:
            told = f"{quick} / {sure} / {long}"
            yield "Smart Turn", told, asked_once(quick, sure, long, words_too=False)
            yield "Smart Turn, asked again", told, asked_again(quick, sure, long, words_too=False)
            yield "Smart Turn and words", told, asked_once(quick, sure, long, words_too=True)
            yield "Smart Turn and words, asked again", told, asked_again(quick, sure, long, words_too=True)


class Outcome(NamedTuple):
    """What a policy does to people."""

    told: str
    cut_broken: float
    """Share of the sentences with a pause inside that are cut off."""
    cut_whole: float
    """The same of the others."""
    wait: float
    """Mean seconds from the last sound to the answer, of those not cut off."""
    p90: float


def outcome(told: str, policy: Policy, heard: list[Heard]) -> Outcome:
    """Return what a policy does to everybody."""
    cut: dict[bool, list[bool]] = {True: [], False: []}
    waits = []
    for one in heard:
        wait = next(wait for pause in one.pauses if (wait := answered(one, pause, policy)) is not None)
        cut[one.sentence.pause > 0].append(wait < 0)
        if wait >= 0:
            waits.append(wait)
    broken, whole = (sum(cuts) / max(1, len(cuts)) for cuts in (cut[True], cut[False]))
    return Outcome(told, broken, whole, statistics.mean(waits), float(np.percentile(waits, 90)))


def answered(one: Heard, pause: Pause, policy: Policy) -> float | None:
    """Return how long after the sentence's last sound a pause is answered, or None when it is over before."""
    silence = policy(pause, one.words(pause))
    noticed = float(np.ceil((silence - 1e-9) / FRAME_SECONDS) * FRAME_SECONDS)  # at the end of a frame
    return pause.begun + noticed - one.sentence.end if noticed <= pause.length + 1e-9 else None


# --- report ----------------------------------------------------------------------------------------------------------


def main() -> None:
    """Make the speech, listen to it once, try every policy on what was heard."""
    there = installed_voices()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--voices", nargs="+", choices=there, default=there)
    parser.add_argument("--places", nargs="+", choices=PLACES, default=list(PLACES), help="where sentences are broken")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    detector = smart_turn.load(EngineOptions(model=str(asked.model)))
    with tempfile.TemporaryDirectory() as folder:
        heard = [hear(sentence, detector) for sentence in sentences(asked.voices, asked.places, Path(folder))]
    tried: dict[str, list[Outcome]] = {}
    for family, told, policy in policies():
        tried.setdefault(family, []).append(outcome(told, policy, heard))
    best = {family: [least(outcomes, share) for share in BEARABLE] for family, outcomes in tried.items()}
    if asked.json:
        curves = {family: [result and result._asdict() for result in row] for family, row in best.items()}
        print(json.dumps({"sentences": len(heard), "at_most": BEARABLE, "curves": curves}))
    else:
        report(heard, tried["pauses alone"], best)


def least(outcomes: list[Outcome], share: float) -> Outcome | None:
    """Return the policy that waits least of those that cut off at most `share` of the broken sentences."""
    bearable = [result for result in outcomes if result.cut_broken <= share]
    return min(bearable, key=lambda result: result.wait, default=None)


def report(heard: list[Heard], alone: list[Outcome], best: dict[str, list[Outcome | None]]) -> None:
    """Print how well ends can be told, the curve of pauses alone, and the best of each family."""
    broken = sum(one.sentence.pause > 0 for one in heard)
    print(f"{len(heard) - broken} whole sentences, {broken} with a pause of {PAUSES[0]} to {PAUSES[-1]} s inside")
    print("\nSmart Turn rates an end above a pause inside, in % of all pairs (50 is a coin)")
    print("  " + f"{'':28}" + "".join(f"{f'at {silence:g} s':>11}" for silence in ASKED[:4]))
    for voice, place in itertools.product([*sorted({one.sentence.voice for one in heard}), "all"], PLACES):
        shares = [
            told_apart([one for one in heard if voice in ("all", one.sentence.voice)], place, n) for n in range(4)
        ]
        if all(map(np.isnan, shares)):
            continue
        print(f"  {voice:10}{f'at a {place}':18}" + "".join(f"{share:11.0%}" for share in shares))
    print("\npauses alone      cut off   whole ones   mean wait      p90")
    for result in alone:
        print(f"  answer after {result.told:5}{result.cut_broken:7.1%}{result.cut_whole:12.1%}{waits(result)}")
    print("\nthe least wait for at most so many cut off")
    for family, row in best.items():
        print(f"\n{family:36}cut off   whole ones   mean wait      p90")
        for share, result in zip(BEARABLE, row, strict=True):
            if result:
                told = f"at most {share:4.0%}: {result.told}"
                print(f"  {told:32}{result.cut_broken:9.1%}{result.cut_whole:12.1%}{waits(result)}")


def waits(result: Outcome) -> str:
    """Return mean and 90th percentile of the wait."""
    return f"{result.wait * 1000:10.0f} ms{result.p90 * 1000:7.0f} ms"


def told_apart(heard: list[Heard], place: str, asked: int) -> float:
    """Return how often an end is rated above a pause inside, the `asked`th time the detector is asked."""
    ends = np.array([one.pauses[-1].judged[asked] for one in heard])
    broken = [one for one in heard if one.sentence.pause and mark(one.sentence.text) == PLACES[place]]
    inside = [p.judged[asked] for one in broken for p in one.pauses[:-1] if len(p.judged) > asked]
    return float((ends[:, None] > np.array(inside)).mean()) if inside else float("nan")


if __name__ == "__main__":
    main()
