"""One open PortAudio stream, and whether it still lives. Knows nothing of what its blocks carry."""

import time
from collections.abc import Callable, Iterator
from typing import Any, Literal, TypeAlias

from companion_voice.audio.devices import Device, library
from companion_voice.errors import DeviceError

STALL = 2.0
"""Seconds without a block after which a stream counts as lost; a working one brings many blocks a second."""

Callback: TypeAlias = Callable[[Any, int, Any, Any], None]
"""What PortAudio calls for each block: (samples float32[frames, channels], frames, times, flags). It must not wait."""


class LiveStream:
    """A running stream: mono where the device allows it, at `rate` where it allows that, else as it likes best."""

    def __init__(
        self, device: Device, rate: int, callback: Callback, *, block: float, latency: float | Literal["low"] = "low"
    ) -> None:
        """Open and start, with blocks of `block` seconds, of which about `latency` seconds are kept.

        Raises `DeviceError`.
        """
        self._device = device
        self._block_seconds = block
        self._latency = latency
        self._callback = callback
        self._ended = False
        self._last = time.monotonic()
        self._stream = self._opened(rate)
        self.rate = round(self._stream.samplerate)
        """Samples a second, as opened."""

    def lost(self) -> str | None:
        """Return a sentence when the device went away or stands still."""
        what = f"The {self._device.kind} “{self._device.name}”"
        if self._ended:
            return f"{what} went away."
        if time.monotonic() - self._last > STALL:
            return f"{what} stands still."
        return None

    def close(self) -> None:
        """End at once."""
        self._stream.abort()  # closing alone can wait for what is still queued
        self._stream.close()

    def _opened(self, rate: int) -> Any:  # noqa: ANN401 - sounddevice carries no types
        error = library().PortAudioError
        refusal: Exception | None = None
        for shape in _shapes(self._device, rate):
            try:
                return self._started(*shape)
            except error as reason:
                refusal = reason
        raise DeviceError(
            f"The {self._device.kind} “{self._device.name}” could not be opened.",
            f"See that it is plugged in and that no other program keeps it to itself ({_reason(refusal)}).",
        ) from refusal

    def _started(self, rate: int, channels: int) -> Any:  # noqa: ANN401
        sounddevice = library()
        kind = sounddevice.InputStream if self._device.kind == "microphone" else sounddevice.OutputStream
        stream = kind(
            device=self._device.index,
            samplerate=rate,
            channels=channels,
            blocksize=round(rate * self._block_seconds),
            dtype="float32",
            latency=self._latency,
            callback=self._block,
            finished_callback=self._finished,
        )
        try:
            stream.start()
        except sounddevice.PortAudioError:
            stream.close()
            raise
        return stream

    def _block(self, samples: Any, frames: int, times: Any, flags: Any) -> None:  # noqa: ANN401
        self._last = time.monotonic()
        self._callback(samples, frames, times, flags)

    def _finished(self) -> None:
        self._ended = True


def _shapes(device: Device, rate: int) -> Iterator[tuple[int, int]]:
    """Yield (rate, channels) to try, the best first."""
    for each in dict.fromkeys((rate, device.rate)):
        for channels in dict.fromkeys((1, min(2, device.channels), device.channels)):
            yield each, channels


def _reason(error: Exception | None) -> str:
    return str(error).split(" [PaErrorCode")[0].split(": ")[-1]
