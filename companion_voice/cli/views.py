"""What a person or a program sees of a conversation: a live terminal, plain lines, or JSON. Decides nothing."""

import json
import sys
from collections.abc import Iterator, Sequence
from typing import Protocol, Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from companion_voice.cli.latency import Latency
from companion_voice.conversation.state import Phase, State, phase
from companion_voice.events import (
    AnyCommand,
    AnyEvent,
    EngineReady,
    Hold,
    MemoryAnswered,
    MicrophoneFound,
    MicrophoneLost,
    Record,
    SentenceStarted,
    Show,
    SpeechEnded,
    SpeechStarted,
    WritingEnded,
)

_LOOK: dict[Phase, tuple[str, str]] = {
    "starting": ("◌", "yellow"),
    "listening": ("●", "green"),
    "hearing": ("◉", "bright_green"),
    "thinking": ("◍", "cyan"),
    "speaking": ("▶", "magenta"),
    "deaf": ("✖", "red"),
    "muted": ("⊘", "yellow"),
    "ended": ("○", "dim"),
}
_SAID = ("reply", "identity", "memory")
"""What belongs to a reply, and grows in its line."""
_UNSEEN = ("so_far", "boundary", "filler")
"""What only a program needs to know."""
_STYLES = {"disclosure": "italic cyan", "story": "italic cyan", "crisis": "bold yellow", "notice": "yellow"}
_BARS = " ▁▂▃▄▅▆▇█"
_LOUDEST = 0.2
"""Root mean square that fills the meter: a voice close to a microphone."""


class View(Protocol):
    """Somebody to show a conversation to."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *exception: object) -> None:
        """End."""

    def tell(self, text: str) -> None:
        """Show one line about the program itself."""

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Show what an event led to."""

    def ended(self, reason: str, overflows: int, underflows: int) -> None:
        """Show how it ended, how often sound of the microphone was lost, and how often a gap was heard."""


class Listening(Protocol):
    """Somebody who listens, as far as it is shown."""

    @property
    def level(self) -> float:
        """How loud the microphone is, 0 to 1."""

    @property
    def attends(self) -> bool:
        """Whether what the person says now is taken to be meant for the companion."""


class TerminalView:
    """Both sides of the conversation as they come, above a line with the state and the level of the microphone."""

    def __init__(self, name: str, ears: Listening, *, aloud: bool, typed: bool) -> None:
        self._console = Console(highlight=False)
        self._name = name
        self._ears = ears
        self._typed = typed
        self._width = max(len(name), 3)
        self._phase: Phase = "starting"
        self._latency = Latency(aloud=aloud)
        self._waited: float | None = None
        self._reply: list[str] = []
        """What has been said of the reply that is being spoken."""
        self._live = Live(get_renderable=self._now, console=self._console, refresh_per_second=8, transient=True)

    def __enter__(self) -> Self:
        """Begin."""
        if not self._typed:  # a person who types needs the last line for it
            self._live.start()
        return self

    def __exit__(self, *exception: object) -> None:
        """End."""
        self._close_reply()
        if not self._typed:
            self._live.stop()

    def tell(self, text: str) -> None:
        """Show one line about the program itself."""
        self._console.print(Text(text, style="dim"))

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Show what an event led to."""
        self._phase = phase(state)
        self._name = state.setup.name
        self._waited = self._latency.observe(event, tuple(commands)) or self._waited
        for command in commands:
            match command:
                case Show():
                    self._show(command)
                case Record(who="companion", text=text, said=said):
                    self._close_reply()
                    if text != said:
                        self._line("", f"⏸ heard until “{text}”", "dim")

    def ended(self, reason: str, overflows: int, underflows: int) -> None:  # noqa: ARG002 - they know why
        """Show how often sound was lost, if it was."""
        for sentence in _lost(overflows, underflows):
            self.tell(sentence)

    def _show(self, shown: Show) -> None:
        if shown.kind in _UNSEEN:
            return
        if shown.kind in _SAID:
            self._reply.append(shown.text)
            if self._typed:  # there is no living line to grow in
                who = f"{self._name:>{self._width}}  " if len(self._reply) == 1 else " "
                self._console.print(Text.assemble((who, "dim"), (shown.text, "magenta")), end="")
            return
        self._close_reply()
        if shown.kind == "heard":
            if not self._typed:  # what was typed stands on this very screen
                self._line("You", shown.text, "bold")
            return
        self._line("", shown.text, _STYLES.get(shown.kind, "red"))

    def _close_reply(self) -> None:
        if self._reply:
            self._console.print(self._waited_so_far() if self._typed else self._reply_so_far())
        self._reply = []
        self._waited = None

    def _line(self, who: str, text: str, style: str) -> None:
        self._console.print(Text.assemble((f"{who:>{self._width}}  ", "dim"), (text, style), overflow="fold"))

    def _reply_so_far(self) -> Text:
        said = " ".join(self._reply)
        return Text.assemble((f"{self._name:>{self._width}}  ", "dim"), (said, "magenta"), self._waited_so_far())

    def _waited_so_far(self) -> Text:
        return Text(f"  {self._waited:.2f} s" if self._waited is not None else "", style="dim green")

    def _now(self) -> RenderableType:
        return Group(*([self._reply_so_far()] if self._reply else []), self._status())

    def _status(self) -> Text:
        sign, colour = _LOOK[self._phase]
        word = self._phase if self._phase != "listening" or self._ears.attends else "waiting"
        filled = min(self._ears.level / _LOUDEST, 1.0) ** 0.5 * 8
        bars = "".join(_BARS[max(0, min(8, round(filled - abs(i - 3) * 1.5)))] for i in range(7))
        return Text.assemble((f"{sign} {word:<9} ", colour), (bars, "green"), ("   Ctrl-C ends", "dim"))


class PlainView:
    """One line a turn, for a pipe or a file; the companion's grows while it is being said."""

    def __init__(self, name: str, *, aloud: bool) -> None:
        self._name = name
        self._latency = Latency(aloud=aloud)
        self._waited: float | None = None
        self._open = False
        """A reply is being written on the current line."""

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *exception: object) -> None:
        """End."""
        self._close_reply()

    def tell(self, text: str) -> None:
        """Show one line about the program itself, beside the conversation."""
        print(text, file=sys.stderr, flush=True)

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Show what an event led to."""
        self._waited = self._latency.observe(event, tuple(commands)) or self._waited
        self._name = state.setup.name
        for command in commands:
            match command:
                case Show():
                    self._show(command)
                case Record(who="companion"):
                    self._close_reply()

    def ended(self, reason: str, overflows: int, underflows: int) -> None:  # noqa: ARG002
        """Show how often sound was lost, if it was."""
        for sentence in _lost(overflows, underflows):
            self.tell(sentence)

    def _show(self, shown: Show) -> None:
        if shown.kind in _UNSEEN:
            return
        if shown.kind in _SAID:
            print(f" {shown.text}" if self._open else f"{self._name}: {shown.text}", end="", flush=True)
            self._open = True
            return
        self._close_reply()
        match shown.kind:
            case "heard":
                print(f"You: {shown.text}", flush=True)
            case "disclosure":
                print(shown.text, flush=True)
            case _:
                self.tell(shown.text)

    def _close_reply(self) -> None:
        if self._open:
            print(flush=True)
        if self._open and self._waited is not None:
            self.tell(f"(answered after {self._waited:.2f} s)")
        self._open, self._waited = False, None


class JsonView:
    """One event a line, for programs. `t` is seconds since the start, monotonic."""

    def __init__(self, *, aloud: bool) -> None:
        self._latency = Latency(aloud=aloud)
        self._ready = False
        self._disclosed = False
        self._speaking: int | None = None
        self._last = 0.0

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *exception: object) -> None:
        """End."""

    def tell(self, text: str) -> None:
        """Show one line about the program itself, beside the events."""
        print(text, file=sys.stderr, flush=True)

    def observe(self, event: AnyEvent, state: State, commands: Sequence[AnyCommand]) -> None:
        """Show what an event led to."""
        self._last = event.at
        self._tell_event(event)
        for command in commands:
            self._tell_command(event.at, command)
        if (waited := self._latency.observe(event, tuple(commands))) is not None:
            self._line("latency", event.at, seconds=round(waited, 3))
        if self._speaking is not None and (state.reply is None or state.reply.epoch != self._speaking):
            self._speaking = None
            self._line("speaking_ended", event.at)
        if not self._ready and phase(state) != "starting" and (state.ears == "quiet" or not state.setup.listens):
            self._ready = True
            engines = {kind: engine.candidates[0] for kind, engine in state.engines.items() if engine.candidates}
            self._line("ready", event.at, name=state.setup.name, language=state.language, engines=engines)

    def ended(self, reason: str, overflows: int, underflows: int) -> None:
        """Show how it ended."""
        self._line("ended", self._last, reason=reason, input_overflows=overflows, output_underflows=underflows)

    def _tell_event(self, event: AnyEvent) -> None:
        match event:
            case EngineReady(kind=kind, engine=engine):
                self._line("engine_ready", event.at, kind=kind, engine=engine)
            case SpeechStarted():
                self._line("speech_started", event.at)
            case SpeechEnded(silence=silence):
                self._line("speech_ended", event.at, silence=round(silence, 3))
            case SentenceStarted(epoch=epoch) if epoch != self._speaking:
                self._speaking = epoch
                self._line("speaking_started", event.at)
            case MemoryAnswered(operation=operation) if operation:
                self._line("memory", event.at, op=operation)
            case WritingEnded(prompt_tokens=tokens, cached_tokens=cached) if tokens:
                self._line("written", event.at, prompt_tokens=tokens, cached_tokens=cached)
            case MicrophoneLost(reason=reason):
                self._line("deaf", event.at, reason=reason)
            case MicrophoneFound(name=name):
                self._line("hearing", event.at, microphone=name)

    def _tell_command(self, at: float, command: AnyCommand) -> None:
        match command:
            case Show(kind="heard", text=text):
                self._line("heard", at, text=text)
            case Show(kind="reply" | "memory" | "crisis", text=text):
                self._line("reply_sentence", at, text=text)
            case Show(kind="so_far", text=text):
                self._line("hearing_so_far", at, text=text)
            case Show(kind="boundary", text=text):
                self._line("boundary", at, rule=text)
            case Show(kind="disclosure", text=text):
                self._line("disclosure", at, kind="again" if self._disclosed else "start", text=text)
                self._disclosed = True
            case Show(kind="identity", text=text):
                self._line("disclosure", at, kind="identity", text=text)
                self._line("reply_sentence", at, text=text)
            case Show(kind=kind, text=text):
                self._line(kind, at, text=text)
            case Hold():
                self._line("held", at)
            case Record(who="companion", text=text, said=said) if text != said:
                self._line("interrupted", at, heard=text)

    def _line(self, event: str, at: float, /, **fields: object) -> None:
        line = json.dumps({"event": event, "t": round(at, 4), **fields}, ensure_ascii=False)
        print(f"{line}\n", end="", flush=True)  # in one piece: Ctrl-C may come between two


def _lost(overflows: int, underflows: int) -> Iterator[str]:
    if overflows:
        yield f"Sound of the microphone was lost {overflows} times: this computer was too busy."
    if underflows:
        yield f"The voice broke off for a moment {underflows} times: this computer was too busy."
