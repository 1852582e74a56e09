"""How each family of models is shown a conversation. Pure; knows no model.

Pinned here, because a template inside a model file is a program somebody else wrote. A prompt becomes segments, each
marked whether control tokens in it are meant: ours are, what a person or a model wrote is not. The head stands first
and history is only added to, so that one turn's prompt begins the next one's.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from companion_voice.errors import ConfigurationError
from companion_voice.events import Prompt, Who


class Segment(NamedTuple):
    """A stretch of a prompt."""

    text: str
    special: bool
    """Whether control tokens in the text are control tokens."""


class Template(msgspec.Struct, frozen=True):
    """The words a family of models was trained to see around each turn."""

    system: tuple[str, str]
    """What stands before and after the head."""
    person: tuple[str, str]
    companion: tuple[str, str]
    ends: tuple[str, ...]
    """Control tokens that end a reply; should a model spell one out, that ends it too."""
    start: str = ""
    """What stands before everything."""
    head_in_turn: bool = False
    """True for families without a system role: the head opens the person's first turn."""


_CHATML = Template(
    system=("<|im_start|>system\n", "<|im_end|>\n"),
    person=("<|im_start|>user\n", "<|im_end|>\n"),
    companion=("<|im_start|>assistant\n", "<|im_end|>\n"),
    ends=("<|im_end|>", "<|im_start|>", "<|endoftext|>"),
)
TEMPLATES = {
    "chatml": _CHATML,
    # An empty thought before every reply, past ones too: it switches thinking off and keeps the prefix the same.
    "qwen3": msgspec.structs.replace(
        _CHATML, companion=("<|im_start|>assistant\n<think>\n\n</think>\n\n", "<|im_end|>\n")
    ),
    "llama3": Template(
        start="<|begin_of_text|>",
        system=("<|start_header_id|>system<|end_header_id|>\n\n", "<|eot_id|>"),
        person=("<|start_header_id|>user<|end_header_id|>\n\n", "<|eot_id|>"),
        companion=("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
        ends=("<|eot_id|>", "<|end_of_text|>", "<|start_header_id|>"),
    ),
    "gemma": Template(
        start="<bos>",
        system=("", "\n\n"),
        person=("<start_of_turn>user\n", "<end_of_turn>\n"),
        companion=("<start_of_turn>model\n", "<end_of_turn>\n"),
        ends=("<end_of_turn>", "<start_of_turn>", "<eos>"),
        head_in_turn=True,
    ),
    "mistral": Template(
        start="<s>",
        system=("", "\n\n"),
        person=("[INST] ", "[/INST]"),
        companion=("", "</s>"),
        ends=("</s>", "[INST]"),
        head_in_turn=True,
    ),
}


def named(name: str) -> Template:
    """Return the template of a family. Raises `ConfigurationError` naming those there are."""
    if name not in TEMPLATES:
        raise ConfigurationError(f"There is no prompt template “{name}”; known are: {', '.join(TEMPLATES)}.")
    return TEMPLATES[name]


def segments(template: Template, prompt: Prompt) -> tuple[Segment, ...]:
    """Return the whole prompt, up to where the companion's reply begins."""
    parts = [*_opening(template, prompt)]
    for index, message in enumerate(prompt.messages):
        before, after = _around(template, message.who)
        if template.head_in_turn and index == 0 and message.who == "person":
            before = ""  # the head has opened this turn
        parts += (Segment(before, True), Segment(message.text.strip(), False), Segment(after, True))
    parts.append(Segment(template.companion[0], True))
    return tuple(part for part in parts if part.text)


def _opening(template: Template, prompt: Prompt) -> Iterator[Segment]:
    before, after = template.system
    if template.head_in_turn:
        before = template.person[0]
        if not prompt.messages or prompt.messages[0].who == "companion":
            after = template.person[1]  # nobody from whose turn the head could be a part: it is one of its own
    yield Segment(template.start + before, True)
    yield Segment(prompt.head.strip(), False)
    yield Segment(after, True)


def _around(template: Template, who: Who) -> tuple[str, str]:
    return template.person if who == "person" else template.companion
