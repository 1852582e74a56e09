"""The doors between the rooms: who may import whom, and which room has which dangerous name."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "companion_voice"
GROUND = {"errors", "events", "settings", "paths", "documents"}
FLOORS = [
    GROUND,
    {"conversation", "boundaries", "persona"},
    {"audio", "engines", "memory", "research", "models"},
    {"runtime"},
    {"cli", "web"},
]
NEIGHBOURS = {("conversation", "boundaries"), ("conversation", "persona"), ("persona", "boundaries")}
PURE = {"conversation", "boundaries", "persona"}
IMPURE_NAMES = {
    "time", "datetime", "threading", "queue", "random", "secrets", "numpy", "os", "socket", "subprocess", "sqlite3", "asyncio",
}  # fmt: skip
READS_DATES = {"boundaries/limits.py", "conversation/when.py"}
"""Who reads a moment that an event tells; nobody asks what time it is."""
READS_FILES = {
    "boundaries/crisis.py",
    "boundaries/data.py",
    "boundaries/explained.py",
    "boundaries/files.py",
    "boundaries/guard/rules.py",
    "boundaries/phrases.py",
    "boundaries/concepts.py",
    "boundaries/weighing.py",
    "conversation/casting.py",
    "conversation/requests.py",
    "persona/cards/data.py",
    "persona/cards/files.py",
    "persona/evolution/words.py",
    "persona/files.py",
}
ONE_ROOM = {
    "threading": {"runtime"},
    "sounddevice": {"audio"},
    "sqlite3": {"memory"},
    "sqlite_utils": {"memory"},
    "subprocess": {"engines/child.py", "engines/remote/gate.py", "models/wheels.py"},
    "multiprocessing": {"engines/child.py", "engines/host.py"},
    "huggingface_hub": {"models/download.py"},
    "pyseccomp": {"runtime/confinement.py"},
    "socket": {"web", "runtime/control.py", "runtime/notify.py", "runtime/confinement.py"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path):
    """Return every module a file imports, in full."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def rooms(path):
    """Return the rooms a file imports from."""
    ours = (name.split(".") for name in imports(path) if name.startswith("companion_voice."))
    known = set().union(*FLOORS)
    return {parts[1] for parts in ours if parts[1] in known}


def room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def floor(name):
    return next(level for level, rooms in enumerate(FLOORS) if name in rooms)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_and_neighbours_leave_each_other_alone(path):
    here = room(path)
    if here == "__init__":
        return
    for other in rooms(path) - {here}:
        lower = floor(other) < floor(here) or (floor(here) == 0 == floor(other))
        assert lower or (here, other) in NEIGHBOURS, f"{here} imports {other}"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_pure_rooms_know_no_clock_no_thread_no_file(path):
    here = str(path.relative_to(PACKAGE))
    if room(path) not in PURE:
        return
    names = {name.split(".")[0] for name in imports(path)}
    assert not names & IMPURE_NAMES - ({"datetime"} if here in READS_DATES else set())
    assert "now()" not in path.read_text()
    if here not in READS_FILES:
        assert not names & {"pathlib", "yaml"}
        assert "open(" not in path.read_text()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_each_dangerous_name_has_one_room(path):
    here = str(path.relative_to(PACKAGE))
    for name in {name.split(".")[0] for name in imports(path)} & ONE_ROOM.keys():
        allowed = ONE_ROOM[name]
        assert here in allowed or room(path) in allowed, f"{here} imports {name}"


@pytest.mark.parametrize("verb", ["talk", "run"])
def test_the_program_that_talks_never_imports_the_one_that_downloads(verb):
    reached, waiting = set(), [PACKAGE / "cli" / f"{verb}.py"]
    while waiting:
        path = waiting.pop()
        reached.add(path)
        for name in imports(path):
            parts = name.split(".")[1:] if name.startswith("companion_voice") else []
            file = PACKAGE.joinpath(*parts).with_suffix(".py") if parts else None
            if file and file.exists() and file not in reached:
                waiting.append(file)
    assert PACKAGE / "runtime" / "build.py" in reached
    assert not {PACKAGE / "models" / "download.py", PACKAGE / "models" / "wheels.py"} & reached
