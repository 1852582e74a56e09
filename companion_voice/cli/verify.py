"""`companion verify`: was this speech made by a companion? Decides nothing about how marks are made."""

import json
from pathlib import Path

import click
import msgspec
import soundfile

from companion_voice.audio.marking import Detection, Provenance, detect, read
from companion_voice.errors import RecordingError

LONGEST = 4 * 3600
"""Seconds of a recording that can be looked at."""


@click.command(epilog="Example: companion verify said.wav")
@click.argument("recording", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(recording: Path, *, as_json: bool) -> None:
    """Say whether this speech was made by a companion.

    Reads what the file says of itself and looks for the watermark in its sound, which resampling, MP3 and Opus leave
    there. Without either mark nothing is proved: other programs speak as well, and marks can be removed.
    """
    provenance = None if recording.is_dir() or not recording.exists() else read(recording)
    watermark = _listened(recording)
    if as_json:
        click.echo(json.dumps(_document(provenance, watermark), ensure_ascii=False, indent=2))
        return
    click.echo(_verdict(provenance, watermark))


def _listened(recording: Path) -> Detection:
    """Return whether the watermark is in any channel's mean of `recording`. Raises `RecordingError`."""
    if not recording.is_file():
        raise RecordingError(f"{recording} is not a file.", "Name a recording, such as a WAV, an MP3 or an Ogg file.")
    try:
        with soundfile.SoundFile(str(recording)) as file:
            if file.frames > file.samplerate * LONGEST:
                raise RecordingError(f"{recording} is longer than {LONGEST // 3600} hours.", "Cut out a part of it.")
            sound, rate = file.read(dtype="float32", always_2d=True), file.samplerate
    except (soundfile.SoundFileError, TypeError) as error:  # TypeError: a name that promises headerless sound
        raise RecordingError(
            f"{recording} is not a recording that can be read.", "A WAV, MP3 or Ogg file is needed."
        ) from error
    return detect(sound.mean(axis=1), rate)


def _document(provenance: Provenance | None, watermark: Detection) -> dict[str, object]:
    return {
        "made_by_companion": provenance is not None or watermark.found,
        "provenance": msgspec.to_builtins(provenance),
        "watermark": {
            "found": watermark.found,
            "score": round(watermark.score, 2),
            "threshold": round(watermark.threshold, 2),
            "at": round(watermark.at, 2),
        },
    }


def _verdict(provenance: Provenance | None, watermark: Detection) -> str:
    heard = f"score {watermark.score:.1f}, found from {watermark.threshold:.1f} on"
    lines = ["Yes: made by a companion." if provenance or watermark.found else "No mark of a companion was found."]
    if provenance:
        lines.append(
            f"  file       {provenance.program} {provenance.version}, persona {provenance.persona}, "
            f"voice {provenance.voice}, {provenance.time.isoformat(timespec='seconds')}"
        )
    else:
        lines.append("  file       says nothing about its origin")
    lines.append(f"  watermark  {'found' if watermark.found else 'not found'} ({heard})")
    return "\n".join(lines)
