"""`companion talk`: a conversation in this terminal."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import get_args

import click
import msgspec
from msgspec.structs import replace

from companion_voice.cli import passphrase
from companion_voice.cli.keys import TALK, Keys
from companion_voice.cli.views import JsonView, PlainView, TerminalView, View
from companion_voice.errors import DeviceError, UsageError
from companion_voice.runtime import instance, selection
from companion_voice.runtime.build import Companion, Key, KeyReader, LineReader
from companion_voice.runtime.way import Way
from companion_voice.settings import Address, Addressing, Settings, load

_FAILED = 1


@click.command()
@click.option("--text", is_flag=True, help="Type instead of speaking; replies are still spoken unless --mute.")
@click.option("--mute", is_flag=True, help="Show replies without speaking them.")
@click.option("--wav", type=click.Path(path_type=Path), metavar="IN.wav", help="This recording is the microphone.")
@click.option("--out", type=click.Path(path_type=Path), metavar="OUT.wav", help="Keep what the companion says here.")
@click.option("--fast", is_flag=True, help="With --wav: as fast as it goes, not at real speed.")
@click.option("--persona", metavar="NAME", help="Who to talk with (`companion persona list`), or a persona file.")
@click.option("--lang", type=click.Choice(["en", "fr", "auto"]), help="The language to talk in.")
@click.option("--stt", metavar="ENGINE[:MODEL]", help="What hears: faster-whisper, pocketsphinx …")
@click.option("--llm", metavar="ENGINE[:MODEL]", help="What answers: llama-cpp, rules …")
@click.option("--tts", metavar="ENGINE[:MODEL]", help="What speaks: piper, espeak …")
@click.option("--address", type=click.Choice(get_args(Address)), help="How it knows that you speak to it.")
@click.option("--config", type=click.Path(path_type=Path), metavar="FILE", help="Settings to use instead of yours.")
@click.option("--journal", type=click.Path(path_type=Path), metavar="FILE", help="Keep every event for a replay.")
@click.option("--json", "as_json", is_flag=True, help="One event a line, for programs.")
def talk(
    *,
    text: bool,
    mute: bool,
    wav: Path | None,
    out: Path | None,
    fast: bool,
    persona: str | None,
    lang: str | None,
    stt: str | None,
    llm: str | None,
    tts: str | None,
    address: str | None,
    config: Path | None,
    journal: Path | None,
    as_json: bool,
) -> int:
    """Talk with the companion: by voice, by typing, or from a recording.

    Ends with "goodbye" or "au revoir", Ctrl-C, or `companion stop`. For instance:

    \b
    companion talk
    companion talk --wav question.wav --out answer.wav --fast
    printf 'hello\\nwhat are you?\\n' | companion talk --text --mute
    """  # noqa: D301 - click reads the \b
    _check(text=text, mute=mute, wav=wav, out=out, fast=fast)
    settings = _settings(load(config), persona, lang, {"stt": stt, "llm": llm, "tts": tts}, address)
    way = Way(typed=text, mute=mute, recording=wav, out=out, fast=fast, journal=journal, passphrase=passphrase.asked())
    try:
        companion = Companion(settings, way)
    except DeviceError as error:
        if not sys.stdin.isatty():
            raise
        click.echo(f"{error.sentence} You can type instead.", err=True)
        way = replace(way, typed=True)
        companion = Companion(settings, way)
    return _talk(companion, way, as_json=as_json)


def _talk(companion: Companion, way: Way, *, as_json: bool) -> int:
    for ending in (signal.SIGINT, signal.SIGTERM):  # `companion stop` ends like Ctrl-C, also where that is ignored
        signal.signal(ending, signal.default_int_handler)
    with instance.announced(), _view(companion, way, as_json=as_json) as view:
        for line in (selection.describe(companion.chosen), companion.notice):
            if line:
                view.tell(line)
        if hint := _how_to_address(companion):
            view.tell(hint)
        lines = _lines() if way.typed else None
        with _keys(companion) as keys:
            end = companion.run([view], lines, keys=keys, polite=not sys.stdin.isatty())
        view.ended(end.reason, companion.overflows, companion.underflows)
    return _FAILED if end.reason == "failed" else 0


def _check(*, text: bool, mute: bool, wav: Path | None, out: Path | None, fast: bool) -> None:
    if text and wav:
        raise UsageError("--text and --wav are two ways to talk; take one of them.")
    if fast and not wav:
        raise UsageError("--fast is about a recording.", "Name it with --wav IN.wav.")
    if mute and out:
        raise UsageError("--mute says nothing, so there is nothing to keep with --out.")


def _settings(
    settings: Settings, persona: str | None, lang: str | None, engines: dict[str, str | None], address: str | None
) -> Settings:
    changes: dict[str, object] = {kind: selection.parse(text) for kind, text in engines.items() if text}
    if persona:
        changes["persona"] = persona
    if lang:
        changes["language"] = lang
    if address:
        changes["addressing"] = msgspec.convert(
            {**msgspec.to_builtins(settings.addressing), "mode": address}, Addressing
        )
    return replace(settings, **changes)


def _how_to_address(companion: Companion) -> str:
    ways = {
        "wake_word": f"Say “{companion.setup.wake_word}”, then talk.",
        "push_to_talk": "Press the space bar, talk, and press it again.",
        "always": "",
    }
    mute = next((key for key, use in _uses(companion).items() if use == "mute"), "")
    muting = f"Press “{mute}” to mute the microphone, and again to open it." if mute else ""
    return " ".join(filter(None, (ways[companion.setup.addressing.mode], muting)))


@contextmanager
def _keys(companion: Companion) -> Iterator[KeyReader | None]:
    """Yield what waits for the keys that do something, where any does. Raises `UsageError` without a keyboard."""
    uses = _uses(companion)
    if not uses:
        yield None
        return
    with Keys(sys.stdin.fileno()) as keys:

        def pressed() -> Key | None:
            while (key := keys.read()) is not None:
                if key in uses:
                    return uses[key]
            return None

        yield pressed


def _uses(companion: Companion) -> dict[str, Key]:
    """Return what keys are for; that which mutes the microphone is of use where there are both."""
    uses: dict[str, Key] = {TALK: "talk"} if companion.setup.addressing.mode == "push_to_talk" else {}
    mute = companion.setup.boundaries.mic.mute_key
    if mute and companion.setup.listens and sys.stdin.isatty():
        uses[mute] = "mute"
    return uses


def _view(companion: Companion, way: Way, *, as_json: bool) -> View:
    name, aloud = companion.persona.name, companion.setup.aloud
    if as_json:
        return JsonView(aloud=aloud)
    if sys.stdout.isatty():
        return TerminalView(name, companion, aloud=aloud, typed=way.typed)
    return PlainView(name, aloud=aloud)


def _lines() -> LineReader:
    """Return a reader of typed lines that a program may leave while it waits: a buffered one holds a lock."""
    keyboard = FileIO(sys.stdin.fileno(), closefd=False)

    def read() -> str | None:
        line = keyboard.readline()
        return line.decode("utf-8", errors="replace") if line else None

    return read
