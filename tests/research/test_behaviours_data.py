"""The labelled texts of the behaviours are whole, balanced and free of repeats."""

import json
from collections import Counter
from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / "benchmarks" / "behaviours_data"
SYSTEM = {f"A{n:02}" for n in range(1, 30) if n != 27} | {f"B{n:02}" for n in (1, 2, 3, 4, 5, 6, 8)}
PERSON = {f"U{n:02}" for n in range(1, 17)}
FILES = sorted(file for language in ("en", "fr") for file in (DATA / language).glob("*.jsonl"))
FIELDS = {"text": str, "before": str, "is": bool, "part": str, "second": bool, "by": str}


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_behaviour_that_text_can_show_has_a_file(language: str) -> None:
    assert {path.stem for path in (DATA / language).glob("*.jsonl")} == SYSTEM | PERSON


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_file_has_sixty_lines_balanced_and_without_repeats(path: Path) -> None:
    found = lines(path)
    kinds = Counter(line["is"] for line in found)
    parts = Counter((line["is"], line["part"]) for line in found)
    first = Counter((line["is"], line["part"]) for line in found if "by" not in line)
    assert first.total() >= 60
    assert 0.4 <= kinds[True] / len(found) <= 0.6
    assert {part for _, part in parts} == {"development", "test"}
    assert all(abs(first[kind, "development"] - first[kind, "test"]) <= 1 for kind in (True, False))
    assert max(Counter((str(line["text"]).casefold(), line.get("before")) for line in found).values()) == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_fields_are_known_and_enough_lines_are_labelled_twice(path: Path) -> None:
    found = lines(path)
    for line in found:
        assert all(type(value) is FIELDS[name] for name, value in line.items()), line
        assert {"text", "is", "part"} <= line.keys()
        assert str(line["text"]).strip() == line["text"]
    assert sum("second" in line for line in found) >= 12


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_author_is_both_learnt_from_and_measured_on(path: Path) -> None:
    parts = {(line["by"], line["part"]) for line in lines(path) if "by" in line}
    assert len({by for by, _ in parts}) == len(parts)
