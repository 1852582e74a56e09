"""Which microphone and which speaker, and whether one can be told from the other."""

from typing import NamedTuple

from companion_voice.audio import devices
from companion_voice.audio.echo import EchoCanceller
from companion_voice.audio.microphone import Microphone, SoundCardMicrophone
from companion_voice.audio.recording import FileSpeaker, RecordingMicrophone
from companion_voice.audio.speaker import Gain, SoundCardSpeaker, Speaker
from companion_voice.errors import AudioError, DeviceError
from companion_voice.runtime.way import Way
from companion_voice.settings import Settings


class Sound(NamedTuple):
    """What is heard with and spoken through."""

    microphone: Microphone | None
    """None when the person types."""
    speaker: Speaker
    full_duplex: bool
    """The companion does not hear itself, so that it can listen while it speaks."""
    notice: str = ""
    """Why it cannot, where it cannot."""


def choose(settings: Settings, way: Way, *, persona: str, voice: str, gain: Gain) -> Sound:
    """Return what is heard with and spoken through, where `persona` speaks with the engine `voice`.

    `gain`: how loud a sound card is to be. Raises `AudioError` when what was asked for is not there.
    """
    if way.typed:
        return Sound(None, _speaker(settings, way, None, persona, voice, gain), full_duplex=True)
    if way.recording:
        recording = RecordingMicrophone(way.recording, fast=way.fast)
        recording.open()
        return Sound(recording, _speaker(settings, way, None, persona, voice, gain), full_duplex=True)
    echoes = not (way.mute or way.out or _is_cancelled(settings, way))
    canceller, notice = _canceller() if echoes else (None, "")
    microphone = SoundCardMicrophone(settings.audio.microphone, canceller=canceller)
    return Sound(microphone, _speaker(settings, way, canceller, persona, voice, gain), not notice, notice)


def _is_cancelled(settings: Settings, way: Way) -> bool:
    """Tell whether a sound server takes the echo out; one that is waited for may not."""
    try:
        return devices.find("microphone", settings.audio.microphone).echo_cancelled
    except DeviceError:
        if not way.patient:
            raise
        return False


def _speaker(
    settings: Settings, way: Way, canceller: EchoCanceller | None, persona: str, voice: str, gain: Gain
) -> Speaker:
    if way.mute or way.out or way.fast:
        path = None if way.mute else way.out
        return FileSpeaker(path, fast=way.fast or way.mute, persona=persona, voice=voice)
    return SoundCardSpeaker(settings.audio.speaker, reference=canceller.reference if canceller else None, gain=gain)


def _canceller() -> tuple[EchoCanceller | None, str]:
    """Return what keeps the companion from hearing itself, or why it cannot be had: then it is half-duplex."""
    try:
        return EchoCanceller(), ""
    except AudioError as error:
        return None, error.sentence
