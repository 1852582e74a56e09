"""What a participant's sessions run with, and the home it is written into: nothing of this computer's own leaks in."""

from pathlib import Path

import msgspec
from msgspec.structs import replace

from companion_voice import paths
from companion_voice.boundaries.files import settings_file as boundaries_file
from companion_voice.research import levels
from companion_voice.research.study import allocation, conditions
from companion_voice.research.study.conditions import Overrides
from companion_voice.research.study.store import Study


def session_setup(study: Study, participant: str) -> Overrides:
    """Return all that a participant's sessions run with. Raises as `conditions.overrides`."""
    one = study.enrolment(participant)
    condition = study.plan.conditions[allocation.table(study.plan).arms[one.arm]]
    return conditions.overrides(condition, study.plan.responsible, one.language)


def furnish(study: Study, participant: str, setup: Overrides) -> Path:
    """Write a participant's home as their condition has it, and return it.

    Models are this computer's; so is the key of the hashes of texts, so that they can be compared in one study.
    """
    home = study.home(participant)
    levels.key()
    config, data = paths.private_folder(home / "config"), paths.private_folder(home / "data")
    _link(data / "models", paths.private_folder(paths.models_folder()))
    _link(config / "journal.key", paths.configuration_folder() / "journal.key")
    for name, value in (
        (paths.settings_file().name, replace(setup.settings, persona=setup.key)),
        (boundaries_file().name, setup.boundaries),
        (f"personas/{setup.key}.yaml", setup.persona),
    ):
        paths.write_private(config / name, msgspec.yaml.encode(msgspec.to_builtins(value)))
    return home


def _link(place: Path, target: Path) -> None:
    if not place.is_symlink():
        place.symlink_to(target)
