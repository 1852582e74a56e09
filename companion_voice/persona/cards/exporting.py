"""A persona as a card: the card it came from with what has changed since, or a new one. Pure.

What has changed is found by importing the old card again: a field that the persona has otherwise is written, and what
stood there is kept in our extension; all else stays in the bytes it came in.
"""

from typing import Any, Literal, TypeAlias

import msgspec

from companion_voice.errors import CardError
from companion_voice.persona.cards import card, examples, own
from companion_voice.persona.cards.card import Fields
from companion_voice.persona.cards.importing import STYLES, TELLS, Imported, imported
from companion_voice.persona.cards.own import BEFORE, EXTENSION
from companion_voice.persona.schema import Entry, Persona, said

Format: TypeAlias = Literal["v2", "v3"]
_SPEC = {"v2": ("chara_card_v2", "2.0"), "v3": ("chara_card_v3", "3.0")}
_ENVELOPE = ("spec", "spec_version", "data")
_EMPTY: dict[str, Any] = {
    "name": "",
    "description": "",
    "personality": "",
    "scenario": "",
    "first_mes": "",
    "mes_example": "",
    "creator_notes": "",
    "system_prompt": "",
    "post_history_instructions": "",
    "alternate_greetings": [],
    "tags": [],
    "creator": "",
    "character_version": "",
    "extensions": {},
}
"""What every card must have."""


def exported(persona: Persona, original: bytes | None, form: Format) -> bytes:
    """Return the JSON of a card of `persona`; where nothing has changed since the `original`, that to the byte.

    Raises `CardError` when the original is no card.
    """
    if original is None:
        return _whole({}, _new(persona), form)
    before = imported(original)
    root = card.fields(original)
    wrapped = "data" in root
    data = card.fields(bytes(root["data"])) if wrapped else _without_envelope(root)
    changes = _changes(persona, before, data)
    if form == "v3" != before.version and "character_book" in data:
        data["character_book"] = _flagged(data["character_book"])
    if not changes and before.version == form:
        return original
    # Some programs repeat the fields of V1 beside `data`, for others that know no better.
    repeated = {key: raw for key, raw in changes.items() if key in root}
    return _whole({**root, **repeated} if wrapped else {}, {**data, **changes}, form)


def _whole(root: Fields, data: Fields, form: Format) -> bytes:
    spec, version = _SPEC[form]
    empty = _EMPTY | ({"group_only_greetings": []} if form == "v3" else {})
    whole = {key: _raw(value) for key, value in empty.items()} | data
    return msgspec.json.encode({**root, "spec": spec, "spec_version": version, "data": whole})


def _without_envelope(root: Fields) -> Fields:
    return {key: raw for key, raw in root.items() if key not in _ENVELOPE}


def _new(persona: Persona) -> Fields:
    """Return the fields of a card of a persona that never was one."""
    data: dict[str, Any] = {
        "name": persona.name,
        "description": persona.description,
        "personality": persona.manner,
        "first_mes": said(persona.greeting, persona.language),
        "mes_example": examples.shown(persona.examples),
        "extensions": {EXTENSION: own.kept(persona)},
    }
    if persona.knows:
        data["character_book"] = {
            "extensions": {},
            "entries": [_entry(one, at) for at, one in enumerate(persona.knows)],
        }
    return {key: _raw(value) for key, value in data.items()}


def _changes(persona: Persona, before: Imported, data: Fields) -> Fields:
    """Return the fields of `data` that say otherwise than `persona` does, as it would say them."""
    old = before.persona
    changed: dict[str, Any] = {}
    if persona.name != old.name:
        changed["nickname" if card.lenient(msgspec.json.encode(data), card.Card)[0].nickname else "name"] = persona.name
    if persona.description != old.description:
        changed |= {"description": persona.description} | _blanked(TELLS, data)
    if persona.manner != old.manner:
        changed |= {"personality": persona.manner} | _blanked(STYLES, data)
    if persona.greeting != old.greeting:
        changed["first_mes"] = said(persona.greeting, persona.language)
    if persona.examples != old.examples:
        changed["mes_example"] = examples.shown(persona.examples)
    if persona.knows != old.knows:
        changed["character_book"] = _book(persona, before, data)
    if changed or own.kept(persona) != own.kept(old):
        extensions = _object(data.get("extensions"))
        replaced = {key: data[key] for key in changed if key in data} | _object(
            _object(extensions.get(EXTENSION)).get(BEFORE)
        )
        changed["extensions"] = {**extensions, EXTENSION: {**own.kept(persona), BEFORE: replaced}}
    return {key: _raw(value) for key, value in changed.items()}


def _blanked(fields: tuple[str, ...], data: Fields) -> dict[str, str]:
    """Return `fields` but the first as empty: what the persona says of them stands in the first."""
    return dict.fromkeys((field for field in fields[1:] if field in data), "")


def _book(persona: Persona, before: Imported, data: Fields) -> Fields:
    """Return the lorebook without entries that were taken and are gone, and with those that are new."""
    book = _object(data.get("character_book"))
    known = before.book.known
    entries = card.lenient(msgspec.json.encode(book), card.Book)[0].entries
    kept = [raw for at, raw in enumerate(entries) if at not in known or known[at] in persona.knows]
    new = [one for one in persona.knows if one not in before.persona.knows]
    return {"extensions": _raw({}), **book, "entries": _raw([*kept, *(_entry(one, len(kept)) for one in new)])}


def _entry(known: str | Entry, order: int) -> dict[str, Any]:
    """Return an entry of a lorebook."""
    keys, text = ((), known) if isinstance(known, str) else (known.keys, known.text)
    return {
        "keys": keys,
        "content": text,
        "extensions": {},
        "enabled": True,
        "insertion_order": order,
        "use_regex": False,
        "constant": not keys,
    }


def _flagged(book: msgspec.Raw) -> msgspec.Raw:
    """Return the lorebook `book` with `use_regex` in every entry, which V3 asks for."""
    fields = _object(book)
    try:
        entries = msgspec.json.decode(fields.get("entries", b""), type=list[Fields])
    except msgspec.DecodeError:
        return book
    return _raw({**fields, "entries": [{"use_regex": _raw(value=False), **entry} for entry in entries]})


def _object(raw: msgspec.Raw | None) -> Fields:
    """Return the fields of `raw`, none where it is no object."""
    try:
        return {} if raw is None else card.fields(bytes(raw))
    except CardError:
        return {}


def _raw(value: Any) -> msgspec.Raw:  # noqa: ANN401 - whatever JSON can say
    return msgspec.Raw(msgspec.json.encode(value))
