"""Sentences that voices of flite and espeak-ng say, whole or with a pause inside, labelled with where they really end.

A pause is put where the voice itself makes one, at a comma, or between two words of one breath. Both halves come from
one synthesis, so that the first does not end as a sentence does. Knows nothing of who listens.
"""

import itertools
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

Sound = NDArray[np.float32]
RATE = 16_000

WHOLE = """\
What is the capital of France?
Are you a real person?
Tell me a story about the sea.
Please remember that my sister is called Mary.
I would like to talk about something else.
Can you say that again a little slower?
My favourite colour is green.
What did I tell you about my brother?
Good morning.
I think that is a very good idea.
How old is the universe?
She moved to London three years ago.
Stop it, please.
Do you know any jokes about cats?
I had soup for lunch today.
What time is it in Tokyo right now?
That was not what I meant.
We went swimming in the lake yesterday.
Could you help me write a letter?
I am feeling rather tired this evening.
Who wrote the book about the white whale?
My phone number has changed again.
It rained the whole weekend.
Let us play a guessing game.
Thank you very much for your help.
Is it going to be cold tomorrow?
I never really liked that film.
Give me a recipe for apple pie.
The children are already asleep.
Why do birds sing in the morning?
""".splitlines()
"""Sentences that are over when they end."""

BROKEN = """\
I went to the market, and I bought some apples.
If it rains tomorrow, we could stay at home.
Well, I have been thinking about my old job.
When I was a child, we lived beside a river.
My sister called me last night, because she was worried.
I wanted to ask you, if you know a good film.
First I would like some tea, then we can talk.
He is a doctor, but he never liked the hospital.
You know, it is not as easy as it looks.
On the way to work, I met an old friend.
I need bread, butter and a little milk.
Although it was late, nobody wanted to go home.
Yesterday, my neighbour gave me a plant.
She plays the piano, and her brother sings.
To be honest, I do not remember his name.
I would like to | talk about my holidays.
What is the name of | the actor in that film?
Can you tell me a story about | a very small dragon?
My favourite food is | pancakes with honey.
I am looking for | a present for my mother.
The problem is that | I cannot find my keys.
Tomorrow I have to | go to the dentist.
Do you remember the | song we talked about?
I think we should | leave before it gets dark.
Please remind me to | call the plumber on Monday.
We are going to | visit my aunt in Scotland.
The reason I ask is | that my dog is getting old.
How far is it from | here to the nearest station?
I wanted to tell you about | my new neighbours.
Last summer I read | a book about the ocean.
""".splitlines()
"""Sentences with one place, a comma or a bar, where somebody may think for a moment."""

VOICES = {
    **{name: ["flite", "-voice", name, "-t", "{text}", "-o", "{file}"] for name in ("slt", "rms", "awb", "kal16")},
    "espeak": ["espeak-ng", "-v", "en-gb", "-w", "{file}", "{text}"],
}
PLACES = {"comma": ",", "phrase": "|"}
VOICES_A_TEXT = 3
PAUSES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)
"""Seconds put into a broken sentence."""
AFTER = 1.7
"""Seconds of quiet after a sentence."""
ROOM = 10 ** (-60 / 20)
"""Loudness of a quiet room, so that no pause is digital silence."""
AUDIBLE = 0.005


def installed_voices() -> list[str]:
    """Return the voices that can speak on this machine."""
    return [name for name, command in VOICES.items() if shutil.which(command[0])]


class Sentence(NamedTuple):
    """What somebody said, and when the last sound of it was."""

    voice: str
    text: str
    pause: float
    """Seconds; none in a whole sentence."""
    sound: Sound
    end: float


def mark(text: str) -> str:
    """Return where a text may be broken: at its bar, which is between two words of one breath, or at its comma."""
    return "|" if "|" in text else ","


def sentences(voices: list[str], places: list[str], folder: Path) -> Iterator[Sentence]:
    """Yield the sentences as some of the voices say them, the whole ones and then those broken at such places."""
    said_by = min(VOICES_A_TEXT, len(voices))
    turns = itertools.cycle(voices)
    lengths = itertools.cycle(PAUSES)
    for text in WHOLE:
        for voice in itertools.islice(turns, said_by):
            yield finished(voice, text, 0.0, say(voice, text, folder))
    marks = {PLACES[place] for place in places}
    for text in [text for text in BROKEN if mark(text) in marks]:
        for voice in itertools.islice(turns, said_by):
            pause = next(lengths)
            yield finished(voice, text, pause, broken(voice, text, pause, folder))


def say(voice: str, text: str, folder: Path) -> Sound:
    """Return speech, `float32[n]` at 16 kHz, from its first sound to its last."""
    file = folder / "said.wav"
    command = [part.format(text=text, file=file) for part in VOICES[voice]]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    sound, rate = soundfile.read(file, dtype="float32")
    sound = soxr.resample(sound, rate, RATE)
    sound *= 0.3 / np.abs(sound).max()
    heard = np.flatnonzero(np.abs(sound) > AUDIBLE)
    return sound[heard[0] : heard[-1] + 1]


def broken(voice: str, text: str, pause: float, folder: Path) -> Sound:
    """Return one synthesis of `text` that stops for `pause` seconds at its comma or bar."""
    before, after = text.split(mark(text), 1)
    whole = say(voice, text.replace(" |", ""), folder)
    first, second = (say(voice, part, folder).size for part in (before, after))
    left, right = quietest(whole, whole.size * first // (first + second))
    added = max(0, round(pause * RATE) - (right - left))
    fade = np.linspace(1, 0, 128, dtype=np.float32)
    head, tail = whole[:left].copy(), whole[right:].copy()
    head[-fade.size :] *= fade
    tail[: fade.size] *= fade[::-1]
    return np.concatenate([head, np.zeros(right - left + added, np.float32), tail])


def quietest(sound: Sound, near: int) -> tuple[int, int]:
    """Return begin and end of the gap between two words near a place: a pause of the voice, or 10 ms at least."""
    step = RATE // 100
    energy = np.square(sound[: sound.size // step * step]).reshape(-1, step).mean(axis=1)
    places = np.arange(max(2, near // step - 20), min(energy.size - 2, near // step + 20))
    smooth = np.convolve(energy, np.ones(3) / 3, "same")
    lowest = int(places[smooth[places].argmin()])
    silent = energy < max(1e-6, 2 * energy[lowest])
    left = right = lowest
    while silent[left - 1] and left > 1:
        left -= 1
    while right + 1 < silent.size and silent[right + 1]:
        right += 1
    return left * step, (right + 1) * step


def finished(voice: str, text: str, pause: float, speech: Sound) -> Sentence:
    """Put a sentence into a quiet room."""
    before, after = (np.zeros(round(seconds * RATE), np.float32) for seconds in (1.0, AFTER))
    sound = np.concatenate([before, speech, after])
    room = ROOM * np.random.default_rng(sound.size).standard_normal(sound.size)
    return Sentence(voice, text, pause, sound + room.astype(np.float32), (before.size + speech.size) / RATE)
