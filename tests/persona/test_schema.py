"""The schema that editors check a persona file with."""

import json

from companion_voice import documents, paths
from companion_voice.persona import files, published
from companion_voice.persona.schema import Persona


def test_the_published_schema_is_up_to_date():
    """Mended by `companion persona schema > personas/persona.schema.json`."""
    shipped = json.loads((paths.shipped("personas") / "persona.schema.json").read_text())
    assert shipped == json.loads(json.dumps(published.json_schema()))


def test_the_schema_says_what_every_key_is_for():
    for name, one in published.json_schema()["$defs"].items():
        for key, value in one["properties"].items():
            assert value.get("description"), f"{name}.{key}"


def test_the_schema_knows_the_same_keys_as_the_program():
    root = published.json_schema()["$defs"]["Persona"]
    assert set(root["properties"]) == set(Persona.__struct_fields__)
    assert root["additionalProperties"] is False
    for name in files.names():
        text = files.names()[name].read_bytes()
        top = {path for path in documents.lines(text) if "." not in path and "[" not in path}
        assert top <= set(root["properties"])


def test_the_guide_explains_every_key():
    guide = (paths.shipped("personas").parent / "docs" / "personas.md").read_text()
    assert [key for key in Persona.__struct_fields__ if f"`{key}`" not in guide] == []


def test_a_trait_may_be_a_number_or_bounds():
    text = (
        "name: X\nlanguages: [en]\ndescription: d\ngreeting: g\nfarewell: f\ntraits: {warmth: .3, doubt: {max: 0.4}}\n"
    )
    traits = documents.parse(text.encode(), Persona, name="x.yaml").traits
    assert (traits.of("warmth").baseline, traits.of("doubt").max, traits.of("humour").baseline) == (0.3, 0.4, 0.5)
