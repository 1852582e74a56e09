"""The table of duties names only settings, code and tests that exist."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from companion_voice.boundaries.settings import Boundaries, flat

ROOT = Path(__file__).parent.parent.parent
ROWS = [
    [cell.strip() for cell in line.strip("|\n ").split("|")]
    for line in (ROOT / "docs" / "duties.md").read_text().splitlines()
    if re.match(r"\| (?:R|L|S)\d+", line)
]


def exists(named):
    """Tell whether `room.module.name` is something in the package."""
    module, _, name = named.rpartition(".")
    return hasattr(importlib.import_module(f"companion_voice.{module}"), name)


def functions(path):
    return {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}


def test_every_rule_of_the_common_floor_is_there():
    named = {rule for row in ROWS for rule in re.findall(r"R\d+", row[0])}
    assert named >= {f"R{number}" for number in range(1, 13)}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_duty_names_exists(row):
    _, _, _, settings, code, tests = row
    assert set(re.findall(r"`([^`]+)`", settings)) <= flat(Boundaries()).keys()
    assert [name for name in re.findall(r"`([^`]+)`", code) if not exists(name)] == []
    for file, function in re.findall(r"\[[^\]]*\]\(\.\./(tests/[\w/]+\.py)(?:#(\w+))?\)", tests):
        assert (ROOT / file).exists()
        assert not function or function in functions(ROOT / file)
    assert "tests/" in tests or "not yet" in tests
