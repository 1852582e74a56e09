"""What is installed is what locks/ says, to the byte."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = PROJECT["project"]["dependencies"]
GROUPS = PROJECT["dependency-groups"]
WANTED = {"build": GROUPS["build"], "talk": DIRECT, "test": [*DIRECT, *GROUPS["dev"]]}


def locked(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Return what a lock pins: the requirement and the digests of its files, by name."""
    entries = re.split(
        r"\n(?=[a-z])", re.sub(r"^\s*#.*\n", "", (ROOT / "locks" / f"{name}.lock").read_text(), flags=re.MULTILINE)
    )
    found = {}
    for entry in entries:
        wanted, *digests = (part.strip() for part in entry.replace("\\\n", "\n").strip().split("--hash="))
        one = Requirement(wanted)
        found[one.name] = one, digests
    return found


@pytest.mark.parametrize("name", WANTED)
def test_everything_the_project_asks_for_is_locked_at_a_version_that_will_do(name: str) -> None:
    pinned = locked(name)
    for wanted in map(Requirement, WANTED[name]):
        one, _ = pinned[re.sub(r"[-_.]+", "-", wanted.name).lower()]
        [version] = one.specifier
        assert version.operator == "=="
        assert wanted.specifier.contains(version.version), f"{wanted} is locked as {one}: run scripts/lock"


@pytest.mark.parametrize("name", WANTED)
def test_every_package_is_pinned_by_digests_and_by_no_place(name: str) -> None:
    for one, digests in locked(name).values():
        assert one.url is None
        assert digests
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests)


def test_who_talks_has_the_versions_that_are_tested() -> None:
    tested = locked("test")
    assert all(tested[name] == pinned for name, pinned in locked("talk").items())


def test_the_set_up_installs_nothing_without_its_digest() -> None:
    lines = (ROOT / "scripts" / "setup").read_text().replace("\\\n", " ").splitlines()
    installing = [line for line in lines if re.match(r"\s*install --", line)]
    assert len(installing) == 4
    assert [line.split() for line in installing if "--require-hashes" not in line] == [
        ["install", "--no-deps", "--no-build-isolation", "--editable", ".", "||"]
    ]
