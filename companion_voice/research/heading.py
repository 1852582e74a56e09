"""The heading of a journal: which conversation it is of, and hashes of all that decided in it. Knows no file."""

import secrets

import msgspec
from msgspec.structs import replace

from companion_voice import __version__
from companion_voice.boundaries.disclosure import Disclosures
from companion_voice.boundaries.limits import Ledger
from companion_voice.boundaries.moments import Moment
from companion_voice.conversation.state import Setup
from companion_voice.events import Kind
from companion_voice.research import lines
from companion_voice.research.lines import VERSION, Heading
from companion_voice.research.records import Level


def begun(
    setup: Setup,
    *,
    started: str,
    level: Level = "text",
    models: dict[Kind, str] | None = None,
    voice: dict[str, str] | None = None,
    study: str = "",
    participant: str = "",
    condition: str = "",
    condition_hash: str = "",
    session: str = "",
) -> Heading:
    """Return the heading of a journal.

    `started`: local wall time, ISO 8601. `models`: by kind of work, all that tells which model does it: engine, file,
    tuning. `voice`: how the renderer was told to speak. `session`: its id, a random one when empty.
    """
    named = models or {kind: several[0] for kind, several in setup.engines.items() if several}
    return Heading(
        version=VERSION,
        session=session or secrets.token_hex(8),
        started=started,
        level=level,
        software=__version__,
        language=setup.language,
        persona=setup.key,
        engines={kind: model.partition("\n")[0] for kind, model in named.items()},
        persona_hash=_hashed(setup.persona),
        prompt_hash=lines.sha256(setup.head.encode()),
        settings_hash=_hashed(_settings(setup)),
        models_hash=_hashed(named),
        condition_hash=condition_hash,
        study=study,
        participant=participant,
        condition=condition,
        voice=voice or {},
        setup=msgspec.Raw(msgspec.json.encode(setup if level == "text" else None)),
    )


def _settings(setup: Setup) -> Setup:
    """Return a setup without what differs between two conversations of the same settings."""
    return replace(
        setup, disclosures=Disclosures(), ledger=Ledger(), wall="", conversation="",
        began=Moment(wall=0.0, steady=0.0, boot=""), patience=None, off_record=False,
    )  # fmt: skip


def _hashed(value: object) -> str:
    return lines.sha256(msgspec.json.encode(value, order="deterministic"))
