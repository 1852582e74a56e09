"""What the documents name must exist, and every command must explain itself."""

import re
from pathlib import Path

import click
import pytest

from companion_voice.cli import VERBS, companion

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def verbs(group=companion, path=()):
    """Yield every command with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*path, name), command
        if isinstance(command, click.Group):
            yield from verbs(command, (*path, name))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_names_exists(document):
    named = re.findall(r"`((?:tests|benchmarks|docs|companion_voice|personas|scripts)/[\w./-]+)`", document.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    ("path", "command"), list(verbs()), ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_has_help_with_an_example(path, command):
    shown = command.get_help(click.Context(command, info_name=" ".join(path)))
    assert re.search(r"(Examples?:|For\s+instance:)", shown)
    assert f"companion {path[0]}" in shown


def test_the_readme_names_every_command():
    readme = (ROOT / "README.md").read_text()
    assert [verb for verb in VERBS if f"companion {verb}" not in readme] == []


def test_every_library_the_project_depends_on_has_its_reason():
    listed = re.findall(r'^  "([A-Za-z0-9-]+)>=', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert [name for name in listed if name.lower() not in reasons] == []
