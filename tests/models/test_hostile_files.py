"""Files that would run a stranger's program or read what they should not: none of that happens."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, external_data_helper, helper, numpy_helper

from companion_voice.engines.child import Child
from companion_voice.engines.messages import Ready, Refused
from companion_voice.engines.protocols import EngineOptions
from companion_voice.errors import ModelError
from companion_voice.models import onnx_file, store
from tests import synthetic_models

PACKAGE = Path(__file__).parents[2] / "companion_voice"
UNPICKLES = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal", "torch"}


# --- pickle ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_here_unpickles(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = {
        alias.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not names & UNPICKLES
    allowed = [
        key
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for key in node.keywords
        if key.arg == "allow_pickle"
    ]
    assert all(isinstance(key.value, ast.Constant) and key.value.value is False for key in allowed)


# --- the template in a GGUF ------------------------------------------------------------------------------------------

ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}{% for c in [].__class__.__base__.__subclasses__() %}{% endfor %}"
)
WRITES = "{{ self.__init__.__globals__.__builtins__.open('MARK', 'w').write('x') }}"
SAYS = "{{ 'I am a human being.' }}"


@pytest.fixture
def children() -> Iterator[list[Child]]:
    started: list[Child] = []
    yield started
    for child in started:
        child.close()


@pytest.mark.parametrize("template", [ESCAPES, WRITES, SAYS, "{% for %}", "{% if x %}" * 3000, "{{" * 200_000])
def test_a_template_inside_a_gguf_is_never_run(
    template: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, children: list[Child]
) -> None:
    written = synthetic_models._write_shape

    def with_template(writer: Any, shape: synthetic_models.LlamaShape) -> None:
        written(writer, shape)
        writer.add_chat_template(template.replace("MARK", str(tmp_path / "mark")))

    monkeypatch.setattr(synthetic_models, "_write_shape", with_template)
    model = synthetic_models.llama(tmp_path / "hostile.gguf")
    assert template[:20].encode() in model.read_bytes()
    child = Child("llm", "llama-cpp", EngineOptions(model=str(model), tuning={"template": "chatml"}), tmp_path / "log")
    children.append(child)
    child.start()
    answer = child.receive()
    assert isinstance(answer, Ready | Refused), child.epitaph()
    assert not (tmp_path / "mark").exists()


# --- ONNX with weights elsewhere -------------------------------------------------------------------------------------


def network(*, inside_a_branch: bool = False, constant: bool = False) -> onnx.ModelProto:
    """Make a network with a tensor as initializer, as the value of a node, or inside the branch of a condition."""
    weights = numpy_helper.from_array(np.ones(4, np.float32), "weights")
    out = helper.make_tensor_value_info("out", TensorProto.FLOAT, [4])
    node = (
        helper.make_node("Constant", [], ["out"], value=weights)
        if constant
        else helper.make_node("Identity", ["weights"], ["out"])
    )
    graph = helper.make_graph([node], "inner", [], [out], [] if constant else [weights])
    if inside_a_branch:
        yes = helper.make_tensor_value_info("yes", TensorProto.BOOL, [])
        node = helper.make_node("If", ["yes"], ["out"], then_branch=graph, else_branch=graph)
        graph = helper.make_graph([node], "outer", [yes], [out])
    return helper.make_model(graph)


def tensors(model: onnx.ModelProto) -> list[onnx.TensorProto]:
    return list(external_data_helper._get_all_tensors(model))


SHAPES = [{}, {"constant": True}, {"inside_a_branch": True}, {"inside_a_branch": True, "constant": True}]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_a_network_that_is_one_file_may_be_loaded(shape: dict[str, bool], tmp_path: Path) -> None:
    path = tmp_path / "whole.onnx"
    path.write_bytes(network(**shape).SerializeToString())
    assert store.locate("tts", str(path)).path == path


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("place", ["weights.bin", "../../secret", "/etc/hostname"])
def test_a_network_whose_weights_lie_elsewhere_is_not_loaded(
    shape: dict[str, bool], place: str, tmp_path: Path
) -> None:
    model = network(**shape)
    last = tensors(model)[-1]
    external_data_helper.set_external_data(last, place)
    last.ClearField("raw_data")
    path = tmp_path / "apart.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError) as caught:
        store.locate("tts", str(path))
    assert caught.value.sentence == f"The model {path} wants to read other files of this computer; it is not loaded."
    assert caught.value.hint


@pytest.mark.parametrize("field", ["external_data", "data_location"])
def test_half_of_what_says_so_is_enough(field: str, tmp_path: Path) -> None:
    model = network()
    external_data_helper.set_external_data(tensors(model)[0], "weights.bin")
    tensors(model)[0].ClearField(field)
    path = tmp_path / "apart.onnx"
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ModelError, match="other files"):
        onnx_file.check(path)


@pytest.mark.parametrize("damage", [b"", b"<!doctype html>", b"\xff" * 64, b"\x3a\xff\xff\xff\xff\x0f", b"\x0b\x0c"])
def test_what_is_no_network_is_told_in_one_sentence(damage: bytes, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(damage)
    with pytest.raises(ModelError, match="damaged, or no ONNX model"):
        onnx_file.check(path)


def test_a_voice_of_real_shape_stands_alone(micro_voice: Path) -> None:
    onnx_file.check(micro_voice)
