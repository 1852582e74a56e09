"""Hearing with Whisper, through CTranslate2.

A short utterance is heard in a window of its own size instead of Whisper's thirty seconds, which costs a fraction;
where the words look doubtful, the whole window decides. Silence and hiss are not asked about at all, because Whisper
hears thanks in them.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.tokenizer import Tokenizer
from faster_whisper.transcribe import get_compression_ratio, get_suppressed_tokens

from companion_voice.engines import tuning
from companion_voice.engines.protocols import HEARING_RATE, EngineOptions, Samples
from companion_voice.engines.stt.level import could_be_speech
from companion_voice.errors import ModelError
from companion_voice.events import Transcript

_FILES = ("model.bin", "config.json", "tokenizer.json")
_WHOLE = 30.0
"""Seconds of the window that Whisper was trained with."""
_MARGIN = 2.0
"""Seconds of silence after the speech that a short window keeps."""
_STEP = HEARING_RATE // 50
"""Samples in one position of the encoder."""
_REACH = 2.0
"""From the loudest to the quietest value in a spectrogram of Whisper's: 80 dB, in its units."""
_DOUBTFUL = -1.0
"""Average log-probability of a token below which Whisper's own authors would try again."""
_REPETITIVE = 2.4
"""The compression ratio above which they take a text for a loop."""
_SPEECHLESS = 0.6
"""The probability of no speech above which doubtful words are nobody's."""
_CLEARLY = 0.8
"""The probability from which a language that was not expected is believed."""
_TOKENS_A_SECOND = 12
"""More than anybody speaks: a text that reaches it is a loop."""


class Tuning(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What may be set."""

    window: Literal["short", "full"] = "short"
    window_floor: Annotated[float, msgspec.Meta(ge=3, le=30)] = 10.0
    """Seconds of the smallest window; below a few seconds Whisper hears badly."""
    window_floor_so_far: Annotated[float, msgspec.Meta(ge=3, le=30)] = 5.0
    """The same for words that are only guessed at while the person speaks."""


class Reading(msgspec.Struct, frozen=True):
    """What Whisper made of a sound, and how well."""

    text: str
    likelihood: float
    """Average log-probability of a token."""
    silence: float
    """Probability that nobody spoke."""
    looping: bool

    @property
    def doubtful(self) -> bool:
        """Return whether Whisper's own authors would try again."""
        return self.looping or self.likelihood < _DOUBTFUL

    @property
    def empty(self) -> bool:
        """Return whether nobody seems to have spoken."""
        return self.silence > _SPEECHLESS and self.likelihood < _DOUBTFUL


def load(options: EngineOptions) -> "FasterWhisper":
    """Return the model in the folder `options.model`. Raises `ModelError`."""
    chosen = tuning.typed(options, Tuning)
    folder = Path(options.model)
    hint = "See what is here with `companion models list`, and fetch it again with `companion models pull`."
    if not folder.is_dir():
        raise ModelError(f"There is no model folder at {folder}.", hint)
    if missing := [name for name in _FILES if not (folder / name).is_file()]:
        raise ModelError(f"The model in {folder} is not complete: {' and '.join(missing)} missing.", hint)
    model = WhisperModel(
        str(folder), device="cpu", compute_type="int8", cpu_threads=options.threads, local_files_only=True
    )
    languages = [language for language in options.languages if language in model.supported_languages]
    if not languages:
        raise ModelError(f"The model in {folder} does not hear {' or '.join(options.languages)}.", hint)
    return FasterWhisper(model, languages, chosen)


class FasterWhisper:
    """One Whisper model. A `Transcriber`."""

    def __init__(self, model: WhisperModel, languages: Sequence[str], chosen: Tuning) -> None:
        self._model = model
        self._languages = tuple(languages)
        self._tuning = chosen
        self._heard: list[Samples] = []
        self._in_short_window(np.zeros(HEARING_RATE, np.float32))  # the first time is slow; a broken model shows now

    def begin(self) -> None:
        """Forget the previous utterance."""
        self._heard.clear()

    def feed(self, samples: Samples) -> None:
        """Keep what was just said."""
        self._heard.append(samples)

    def transcript(self) -> Transcript:
        """Return the words since `begin`; no words, with no language, where nobody seems to have spoken."""
        samples = np.concatenate([np.zeros(0, np.float32), *self._heard])
        if not could_be_speech(samples):
            return Transcript("")
        seconds = samples.size / HEARING_RATE
        if self._tuning.window == "full" or seconds + _MARGIN > _WHOLE:
            language, reading = self._in_full_windows(samples, None)
        else:
            language, reading = self._in_short_window(samples)
            if reading.doubtful and not reading.empty:
                language, reading = self._in_full_windows(samples, language)
        if reading.empty or not reading.text:
            return Transcript("")
        return Transcript(reading.text, language=language, confidence=min(1.0, math.exp(reading.likelihood)))

    def so_far(self) -> Transcript:
        """Return the words since `begin` as the smallest window gives them, or none where it doubts."""
        samples = np.concatenate([np.zeros(0, np.float32), *self._heard])
        if not could_be_speech(samples) or samples.size / HEARING_RATE + _MARGIN > _WHOLE:
            return Transcript("")
        language, reading = self._in_short_window(samples, floor=self._tuning.window_floor_so_far)
        return Transcript("" if reading.empty or reading.doubtful else reading.text, language=language)

    def _in_short_window(self, samples: Samples, *, floor: float | None = None) -> tuple[str, Reading]:
        """Hear at most thirty seconds in a window that fits them, greedily. Return language and reading."""
        window = self._window(samples.size, self._tuning.window_floor if floor is None else floor)
        model = self._model
        encoded = model.encode(self._features(samples, window))
        language = self._language(encoded)
        tokenizer = Tokenizer(model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language=language)
        return language, self._decode(encoded, tokenizer, samples.size / HEARING_RATE)

    def _features(self, samples: Samples, window: int) -> Any:  # noqa: ANN401 - an array of faster-whisper's
        """Return the spectrogram of `samples` in a window of silence, computing only what is not silence.

        Silence is as far below the loudest as Whisper's spectrograms reach.
        """
        extractor = self._model.feature_extractor
        spoken = extractor(samples, padding=extractor.n_fft)
        frames = window // extractor.hop_length
        silence = max(0, frames - spoken.shape[1])
        return np.pad(spoken[:, :frames], ((0, 0), (0, silence)), constant_values=spoken.max() - _REACH)

    def _window(self, size: int, floor: float) -> int:
        seconds = min(_WHOLE, max(floor, size / HEARING_RATE + _MARGIN))
        return math.ceil(seconds * HEARING_RATE / _STEP) * _STEP

    def _language(self, encoded: Any) -> str:  # noqa: ANN401 - an array of CTranslate2
        """Return the likeliest language of the conversation, or another one that is clearly spoken."""
        if not self._model.model.is_multilingual:
            return "en"
        ranked: dict[str, float] = {mark[2:-2]: share for mark, share in self._model.model.detect_language(encoded)[0]}
        best = max(ranked, key=lambda language: ranked[language])
        if ranked[best] >= _CLEARLY:
            return best
        return max(self._languages, key=lambda language: ranked.get(language, 0.0))

    def _decode(self, encoded: Any, tokenizer: Tokenizer, seconds: float) -> Reading:  # noqa: ANN401
        prompt = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        most = min(self._model.max_length // 2, 24 + round(seconds * _TOKENS_A_SECOND))
        result = self._model.model.generate(
            encoded,
            [prompt],
            beam_size=1,
            max_length=len(prompt) + most,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=get_suppressed_tokens(tokenizer, [-1]),
        )[0]
        tokens = result.sequences_ids[0]
        text = tokenizer.decode(tokens).strip()
        return Reading(
            text=text,
            likelihood=result.scores[0] * len(tokens) / (len(tokens) + 1),
            silence=result.no_speech_prob,
            looping=len(tokens) >= most or (bool(text) and get_compression_ratio(text) > _REPETITIVE),
        )

    def _in_full_windows(self, samples: Samples, language: str | None) -> tuple[str, Reading]:
        """Hear sound of any length as Whisper was made to, trying again at higher temperatures where it doubts."""
        language = language or self._language(self._model.encode(self._first_window(samples)))
        segments, _ = self._model.transcribe(
            samples, language=language, beam_size=1, without_timestamps=True, condition_on_previous_text=False
        )
        parts = list(segments)
        lengths = [len(part.tokens) + 1 for part in parts]
        weight = max(1, sum(lengths))
        return language, Reading(
            text=" ".join(part.text.strip() for part in parts),
            likelihood=sum(part.avg_logprob * n for part, n in zip(parts, lengths, strict=True)) / weight,
            silence=min((part.no_speech_prob for part in parts), default=1.0),
            looping=False,
        )

    def _first_window(self, samples: Samples) -> Any:  # noqa: ANN401
        whole = round(_WHOLE * HEARING_RATE)
        first = samples[:whole]
        features = self._model.feature_extractor(first, padding=whole - first.size)
        return features[:, : self._model.feature_extractor.nb_max_frames]
