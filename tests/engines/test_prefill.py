"""What is computed before a reply is asked for, and what is left to compute then."""

from pathlib import Path

import pytest

from companion_voice.engines.llm import templates
from companion_voice.engines.llm.context import BATCH
from companion_voice.engines.llm.templates import Segment
from tests.engines.talking import model_of, prefill, prompt_of, reply_of
from tests.synthetic_models import REPLY

CHATML = templates.named("chatml")
QUESTIONS = ("Hello there, how are you?", "And what happened then?", "Who told you that old story?", "Why would they?")
AFTER_WORDS = Segment("<|im_end|>\n", special=True), Segment("<|im_start|>assistant\n", special=True)


def test_only_what_the_person_says_is_left_to_compute_when_the_prompt_was_prefilled(micro_llama: Path) -> None:
    model, talk = model_of(micro_llama), ()
    for question in QUESTIONS:
        prefill(model, *talk)
        assert reply_of(model, *talk, question) == REPLY
        left = model._spelling.tokens([Segment(question, special=False), *AFTER_WORDS])
        assert model.usage.prompt - model.usage.cached == len(left)
        talk = (*talk, question, REPLY)


def test_from_the_second_turn_on_95_percent_of_a_prompt_are_computed_before_it_is_asked(micro_llama: Path) -> None:
    model, talk, shares = model_of(micro_llama), (), []
    for question in QUESTIONS:
        prefill(model, *talk, question.removesuffix("?"))
        assert reply_of(model, *talk, question) == REPLY
        shares.append(model.usage.cached / model.usage.prompt)
        talk = (*talk, question, REPLY)
    assert min(shares[1:]) >= 0.95


@pytest.mark.parametrize(
    ("so_far", "said", "good"),
    [
        ("Tell me about the lighthouse at the", "Tell me about the lighthouse at the end.", "Tell me about the lighthouse at"),
        ("Tell me about the lighthouse", "Tell me about the light.", "Tell me about the"),
        ("Tell me about the whole", "Tell me nothing.", "Tell me"),
        ("Tell", "Hello?", ""),
    ],
)  # fmt: skip
def test_words_heard_so_far_are_computed_but_for_the_last_which_may_become_another(
    micro_llama: Path, so_far: str, said: str, good: str
) -> None:
    model = model_of(micro_llama)
    prefill(model, so_far)
    assert reply_of(model, said) == REPLY
    assert model.usage.cached == len(model._spelling.tokens(templates.unfinished(CHATML, prompt_of(good))))


def test_a_prefill_left_in_the_middle_keeps_what_it_computed(micro_llama: Path) -> None:
    model = model_of(micro_llama)
    work = model.prefill(prompt_of("Hello?", REPLY))
    next(work)
    work.close()
    assert reply_of(model, "Hello?", REPLY, "And then?") == REPLY
    assert model.usage.cached == BATCH


def test_a_prefill_of_what_is_known_already_computes_nothing(micro_llama: Path) -> None:
    model = model_of(micro_llama)
    prefill(model, "Hello?", REPLY)
    assert prefill(model, "Hello?", REPLY) == 0


def test_a_prefill_of_more_than_fits_does_nothing(micro_llama: Path) -> None:
    model = model_of(micro_llama, context="512", max_tokens="100")
    assert prefill(model, "word " * 10_000) == 0


HEARD = [
    REPLY,
    REPLY.replace(" ", "  "),
    "Paris is the capital of France, and I would love",
    "Paris is the capital of France, and I would love to hear what you like about it.",
]


@pytest.mark.parametrize("heard", HEARD)
def test_a_reply_comes_back_in_the_tokens_it_was_written_in_even_if_only_some_of_it_was_heard(
    micro_llama: Path, heard: str
) -> None:
    plain = model_of(micro_llama).tokens(prompt_of("Hello?", heard))
    model = model_of(micro_llama)
    reply_of(model, "Hello?")
    computed = model._context.tokens
    prompt = model.tokens(prompt_of("Hello?", heard))
    assert prompt != plain  # the tokenizer spells the words of this reply otherwise
    before = len(model.tokens(prompt_of("Hello?")))
    words = len(heard.split())
    assert prompt[: before + words - 1] == computed[: before + words - 1]
    prefill(model, "Hello?", heard)
    assert reply_of(model, "Hello?", heard, "And then?") == REPLY


def test_every_prompt_begins_with_all_of_the_one_before(micro_llama: Path) -> None:
    model = model_of(micro_llama)
    talk, before = (), []
    for turn in range(12):
        talk = (*talk, f"This is question number {turn}, and it has no end.")
        now = model.tokens(prompt_of(*talk))
        assert now[: len(before)] == before
        assert reply_of(model, *talk) == REPLY
        talk, before = (*talk, REPLY if turn % 3 else REPLY[:40].rpartition(" ")[0]), now


def test_a_prefill_makes_room_before_the_person_speaks(micro_llama: Path) -> None:
    model = model_of(micro_llama, context="1024", max_tokens="100")
    texts = [f"This is the turn with the number {n} of a long conversation." for n in range(100)]
    for count in range(2, 100, 2):
        prefill(model, *texts[:count])
        assert reply_of(model, *texts[: count + 1]) == REPLY
        assert model.usage.prompt - model.usage.cached < 40
