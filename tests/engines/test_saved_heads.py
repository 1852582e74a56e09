"""Heads of prompts on disk, and everything that can be wrong with a file."""

import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from companion_voice.engines.llm import saved_heads, templates
from companion_voice.engines.llm.llama_cpp import LlamaCpp
from tests import synthetic_models
from tests.engines.talking import model_of, prefill, prompt_of, reply_of
from tests.synthetic_models import REPLY

CHATML = templates.named("chatml")


def heads_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*"))


def head_tokens(model: LlamaCpp) -> list[int]:
    return model._spelling.tokens(templates.head(CHATML, prompt_of()))


def test_a_head_computed_once_is_there_at_the_next_start(micro_llama: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cache" / "heads"
    first = model_of(micro_llama, folder)
    prefill(first)
    (file,) = heads_in(folder)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700

    second = model_of(micro_llama, folder)
    assert reply_of(second, "Hello?") == REPLY
    assert second.usage.cached == len(head_tokens(second))
    assert heads_in(folder) == [file]


def test_a_head_from_disk_is_the_state_that_was_computed(micro_llama: Path, tmp_path: Path) -> None:
    first, second = (model_of(micro_llama, tmp_path) for _ in range(2))
    prefill(first)
    assert list(second._have_head(prompt_of())) == []
    prefill(first, head="Another head.")
    list(first._have_head(prompt_of()))
    assert first._context.tokens == second._context.tokens == head_tokens(second)
    assert first._context.state() == second._context.state()


def test_a_reply_that_nobody_prepared_saves_its_head_too(micro_llama: Path, tmp_path: Path) -> None:
    assert reply_of(model_of(micro_llama, tmp_path), "Hello?") == REPLY
    assert len(heads_in(tmp_path)) == 1


def test_nothing_that_was_said_is_in_a_saved_head(micro_llama: Path, tmp_path: Path) -> None:
    model = model_of(micro_llama, tmp_path)
    prefill(model)
    (before,) = (file.read_bytes() for file in heads_in(tmp_path))
    for file in heads_in(tmp_path):
        file.unlink()
    other = model_of(micro_llama, tmp_path)
    assert reply_of(other, "My name is Anna.") == REPLY
    (after,) = (file.read_bytes() for file in heads_in(tmp_path))
    assert after == before


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "truncated": lambda data: data[:-100],
    "one bit": lambda data: data[:500] + bytes([data[500] ^ 1]) + data[501:],
    "longer": lambda data: data + b"more",
    "foreign": lambda _: b"GGUF" * 1000,
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_ignored_and_written_anew(micro_llama: Path, tmp_path: Path, damage: str) -> None:
    prefill(model_of(micro_llama, tmp_path))
    (file,) = heads_in(tmp_path)
    good = file.read_bytes()
    file.write_bytes(DAMAGE[damage](good))
    model = model_of(micro_llama, tmp_path)
    assert reply_of(model, "Hello?") == REPLY
    assert model.usage.cached == 0
    assert file.read_bytes() == good


def test_a_head_computed_by_another_model_or_in_another_context_is_not_taken(micro_llama: Path, tmp_path: Path) -> None:
    other = synthetic_models.llama(tmp_path / "other.gguf", reply="I am another one.")
    cache = tmp_path / "cache"
    for count, model in enumerate(
        (
            model_of(micro_llama, cache),
            model_of(other, cache),
            model_of(micro_llama, cache, context="1024"),
        ),
        start=1,
    ):
        reply_of(model, "Hello?")
        assert model.usage.cached == 0
        assert len(heads_in(cache)) == count


def test_a_file_under_the_name_of_another_is_ignored(micro_llama: Path, tmp_path: Path) -> None:
    prefill(model_of(micro_llama, tmp_path))
    (first,) = heads_in(tmp_path)
    prefill(model_of(micro_llama, tmp_path, context="1024"))
    (second,) = set(heads_in(tmp_path)) - {first}
    shutil.copy(first, second)
    model = model_of(micro_llama, tmp_path, context="1024")
    assert reply_of(model, "Hello?") == REPLY
    assert model.usage.cached == 0


def test_the_heads_used_last_are_kept(micro_llama: Path, tmp_path: Path) -> None:
    model = model_of(micro_llama, tmp_path)
    for number in range(saved_heads.MOST + 3):
        prefill(model, head="You are the first.")
        prefill(model, head=f"You are number {number}.")
    assert len(heads_in(tmp_path)) == saved_heads.MOST
    again = model_of(micro_llama, tmp_path)
    reply_of(again, "Hello?", head="You are the first.")
    assert again.usage.cached > 0
    reply_of(again, "Hello?", head="You are number 0.")
    assert again.usage.cached < 10


def test_a_folder_that_cannot_be_written_costs_only_time(
    micro_llama: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    place = tmp_path / "file"
    place.write_text("not a folder")
    assert reply_of(model_of(micro_llama, place), "Hello?") == REPLY
    assert "cannot be written" in caplog.text


def test_two_personas_take_turns_without_losing_their_heads(micro_llama: Path, tmp_path: Path) -> None:
    model = model_of(micro_llama, tmp_path)
    ada, bob = (f"You are {name}. " * 30 for name in ("Ada", "Bob"))
    shares = []
    for head in (ada, bob, ada, bob):
        assert reply_of(model, "Hello?", head=head) == REPLY
        shares.append(model.usage.cached / model.usage.prompt)
    assert max(shares[:2]) < 0.2
    assert min(shares[2:]) > 0.8
