"""What a parent and the child process of an engine say to each other: small typed messages, msgpack on a pipe.

Requests go to the child, answers come back. Both are tagged unions, so that either side decodes with one call.
Sound travels as the raw bytes of `float32[n]`. Knows no process and no engine.
"""

from typing import TypeAlias

import msgspec

from companion_voice.events import Prompt, Transcript

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest message either side accepts (about seventeen minutes of 16 kHz sound)."""


class Request(msgspec.Struct, frozen=True, tag_field="ask", tag=True):
    """Something the parent wants."""


class Begin(Request, frozen=True):
    """A new utterance begins; forget the previous one."""

    utterance: int


class Feed(Request, frozen=True):
    """More sound of an utterance."""

    utterance: int
    samples: bytes
    """`float32[n]` at 16 kHz."""


class Transcribe(Request, frozen=True):
    """Say what has been heard of an utterance so far."""

    epoch: int
    utterance: int


class Overhear(Request, frozen=True):
    """Say what has been heard so far of an utterance that goes on.

    It is skipped when other work waits, and by an engine that cannot do it; only `Overheard` answers it.
    """

    epoch: int
    utterance: int


class Judge(Request, frozen=True):
    """Say how likely the person has finished, going by what has been heard of an utterance so far."""

    epoch: int
    utterance: int


class Generate(Request, frozen=True):
    """Write a reply."""

    epoch: int
    prompt: Prompt


class Prefill(Request, frozen=True):
    """Get ready for a reply: compute what can be known of its prompt.

    It has no messages, or ends with the companion's, or with what the person has said so far. It is left at once for
    anything else that is asked, and what was computed is kept. Only `Prefilled` answers it: one that was left or that
    failed costs nothing but time, and an engine that cannot do it ignores it.
    """

    epoch: int
    prompt: Prompt


class Extract(Request, frozen=True):
    """Fill in a form as the answer to a prompt, when there is nothing else to do.

    It belongs to no attempt to answer the person: only the latest one is done, and it is left at once for anything else
    that is asked. Only `Extracted` answers it; an engine that cannot do it ignores it.
    """

    number: int
    """Counts the forms."""
    prompt: Prompt
    schema: str
    """The JSON schema that the form fits."""


class Leave(Request, frozen=True):
    """Leave every `Extract`: the person speaks."""


class Ping(Request, frozen=True):
    """Answer `Pong` at the next opportunity, also in the middle of work."""


class Synthesise(Request, frozen=True):
    """Make sound for one sentence."""

    epoch: int
    index: int
    text: str
    language: str
    role: str


class Cancel(Request, frozen=True):
    """Drop all work of an epoch older than `before`, also what is being done, at the next opportunity."""

    before: int


class Answer(msgspec.Struct, frozen=True, tag_field="say", tag=True):
    """Something the child says."""


class Ready(Answer, frozen=True):
    """The engine is loaded and waits for work."""

    engine: str
    details: dict[str, str]
    """What is worth showing: `model`, and `rate` for a voice."""


class Refused(Answer, frozen=True):
    """The engine could not be loaded, or cannot go on, for the reasons of a `CompanionError`; the child leaves."""

    code: str
    sentence: str
    hint: str


class Transcribed(Answer, frozen=True):
    """The words of an utterance."""

    epoch: int
    transcript: Transcript


class Overheard(Answer, frozen=True):
    """The words so far of an utterance that goes on."""

    utterance: int
    transcript: Transcript


class Judged(Answer, frozen=True):
    """How likely the person has finished, 0 to 1."""

    epoch: int
    complete: float


class Piece(Answer, frozen=True):
    """Some more of a reply."""

    epoch: int
    text: str


class PieceEnd(Answer, frozen=True):
    """A reply is complete."""

    epoch: int
    prompt_tokens: int = 0
    """0 where the engine cannot tell."""
    cached_tokens: int = 0
    """Those of them that had been computed before the reply was asked for."""


class Prefilled(Answer, frozen=True):
    """A `Prefill` was done, and all of it."""

    epoch: int


class Pong(Answer, frozen=True):
    """Still here."""


class Extracted(Answer, frozen=True):
    """A form, as a model filled it in: perhaps cut off, perhaps made up."""

    number: int
    form: bytes
    """Empty when it could not be filled in."""


class Sound(Answer, frozen=True):
    """Some more sound of a sentence."""

    epoch: int
    index: int
    rate: int
    """Samples a second."""
    samples: bytes
    """`float32[n]`; may be empty in the last one."""
    last: bool
    """True once the sentence is complete."""
    ends: tuple[float, ...] = ()
    """With the last: where each word ends, as a share of the sentence's sound, if the voice can tell."""


class WorkFailed(Answer, frozen=True):
    """One piece of work could not be done; the engine waits for the next."""

    epoch: int
    sentence: str


Work: TypeAlias = Transcribe | Overhear | Judge | Prefill | Generate | Synthesise
"""Requests that carry an epoch."""
AnyRequest: TypeAlias = Begin | Feed | Work | Extract | Leave | Cancel | Ping
AnyAnswer: TypeAlias = (
    Ready
    | Refused
    | Transcribed
    | Overheard
    | Judged
    | Piece
    | PieceEnd
    | Prefilled
    | Extracted
    | Sound
    | WorkFailed
    | Pong
)

_encoder = msgspec.msgpack.Encoder()
_requests: msgspec.msgpack.Decoder[AnyRequest] = msgspec.msgpack.Decoder(AnyRequest)
_answers: msgspec.msgpack.Decoder[AnyAnswer] = msgspec.msgpack.Decoder(AnyAnswer)

encode = _encoder.encode
"""Return a message as bytes."""
decode_request = _requests.decode
"""Return the request in some bytes. Raises `msgspec.DecodeError`."""
decode_answer = _answers.decode
"""Return the answer in some bytes. Raises `msgspec.DecodeError`."""
