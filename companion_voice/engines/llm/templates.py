"""How each family of models is shown a conversation. Pure; knows no model.

Pinned here, because a template inside a model file is a program somebody else wrote. A prompt becomes segments, each
marked whether control tokens in it are meant: ours are, what a person or a model wrote is not. The head stands first
and history is only added to, so that one turn's prompt begins the next one's.
"""

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from companion_voice.errors import ConfigurationError
from companion_voice.events import Message, Prompt


class Segment(NamedTuple):
    """A stretch of a prompt."""

    text: str
    special: bool
    """Whether control tokens in the text are control tokens."""
    own: bool = False
    """Whether the companion said it."""


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


def head(template: Template, prompt: Prompt) -> tuple[Segment, ...]:
    """Return what begins every prompt with this head, whatever is said."""
    before = template.person[0] if template.head_in_turn else template.system[0]
    return _filled((Segment(template.start + before, True), Segment(prompt.head.strip(), False)))


def segments(template: Template, prompt: Prompt) -> tuple[Segment, ...]:
    """Return the whole prompt, up to where the companion's reply begins."""
    *before, after = _turns(template, prompt)
    note = Segment(f"\n\n{prompt.note}" if prompt.note else "", False)
    return _filled((*before, note, after, Segment(template.companion[0], True)))


def unfinished(template: Template, prompt: Prompt) -> tuple[Segment, ...]:
    """Return the prompt up to where its last message might go on."""
    return _filled(tuple(_turns(template, prompt))[:-1])


def turn(template: Template, message: Message) -> tuple[Segment, ...]:
    """Return a message with what stands before and after it."""
    before, after = template.person if message.who == "person" else template.companion
    said = Segment(message.text.strip(), False, own=message.who == "companion")
    return Segment(before, True), said, Segment(after, True)


def _turns(template: Template, prompt: Prompt) -> Iterator[Segment]:
    yield from head(template, prompt)
    yield Segment(_after_head(template, prompt), True)
    for index, message in enumerate(prompt.messages):
        before, *rest = turn(template, message)
        if not (template.head_in_turn and index == 0 and message.who == "person"):  # the head has opened that one
            yield before
        if prompt.reminder and message.who == "person" and index == len(prompt.messages) - 1:
            yield Segment(f"{prompt.reminder}\n\n", False)
        yield from rest


def _after_head(template: Template, prompt: Prompt) -> str:
    alone = not prompt.messages or prompt.messages[0].who == "companion"
    if template.head_in_turn and alone:
        return template.person[1]  # nobody from whose turn the head could be a part: it is one of its own
    return template.system[1]


def _filled(parts: tuple[Segment, ...]) -> tuple[Segment, ...]:
    return tuple(part for part in parts if part.text)
