"""YAML that people write, read safely and typed strictly.

YAML is read as text only (`NO` stays "NO", `22:30` stays a time), with a cap on size and depth and without
aliases or tags, and msgspec gives the types. Knows nothing of what the documents mean.
"""

import difflib
import re
import types
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
import yaml

from companion_voice.errors import ConfigurationError, DocumentError

LARGEST = 64 * 1024
DEEPEST = 20

_SHORT_NUMBER = re.compile(r"-?(?:\.\d+|\d+\.)")

T = TypeVar("T")


class Fault(NamedTuple):
    """One thing that is wrong with a document."""

    path: str
    """The key it is about, such as `voices[0].speed`; empty for the whole document."""
    line: int
    """Where that key stands, or the nearest one around it, counted from 1."""
    sentence: str


def read(path: Path, kind: type[T], *, largest: int = LARGEST) -> T:
    """Return the document at `path` as a `kind`.

    Raises `ConfigurationError` when it cannot be read and `DocumentError` when it is not a `kind`.
    """
    return parse(content(path, largest=largest), kind, name=str(path), largest=largest)


def content(path: Path, *, largest: int = LARGEST) -> bytes:
    """Return what stands at `path`, at most one byte more than `largest`. Raises `ConfigurationError`."""
    try:
        with path.open("rb") as file:
            return file.read(largest + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error


def parse(data: bytes, kind: type[T], *, name: str, largest: int = LARGEST) -> T:
    """Return the document in `data` as a `kind`; `name` is what errors call it. Raises `DocumentError`."""
    tree = _tree(data, name=name, largest=largest)
    try:
        return msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError:
        tree = _loosened(tree, kind)
        for _, sentence in _faults(tree, kind, ""):
            raise DocumentError(f"{name}: {sentence}") from None
        return msgspec.convert(tree, kind, strict=False)


def faults(data: bytes, kind: Any, *, name: str, largest: int = LARGEST) -> tuple[Fault, ...]:  # noqa: ANN401
    """Return all that keeps `data` from being a `kind`, in the order of its lines.

    Raises `DocumentError` when it is not YAML at all.
    """
    tree = _loosened(_tree(data, name=name, largest=largest), kind)
    where = lines(data)
    found = [Fault(path, line_of(path, where), sentence) for path, sentence in _faults(tree, kind, "")]
    return tuple(sorted(found, key=lambda fault: fault.line))


def lines(data: bytes) -> dict[str, int]:
    """Return the line of every key in the YAML of `data`, by its path."""
    node = yaml.compose(data, Loader=_PlainLoader)
    return {path: line for path, line in _lines(node, "") if path} if node else {}


def line_of(path: str, where: Mapping[str, int]) -> int:
    """Return the line of `path`, or of the nearest key around it."""
    while path and path not in where:
        path = re.sub(r"(?:^|\.)[^.\[]+$|\[\d+\]$", "", path)
    return where.get(path, 1)


def _tree(data: bytes, *, name: str, largest: int) -> Any:  # noqa: ANN401 - whatever stands there
    if len(data) > largest:
        raise DocumentError(f"{name} is larger than {largest // 1024} KiB, which is more than such a file needs.")
    try:
        tree = yaml.load(data, Loader=_PlainLoader)  # noqa: S506 - builds text, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise DocumentError(f"{name} is not valid YAML: {_short(error)}.") from error
    return {} if tree in (None, "") else tree


def _lines(node: yaml.Node, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = f"{path}.{key.value}" if path else key.value
            yield inner, key.start_mark.line + 1
            yield from _lines(value, inner)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield f"{path}[{index}]", value.start_mark.line + 1
            yield from _lines(value, f"{path}[{index}]")


def _loosened(tree: Any, kind: Any) -> Any:  # noqa: ANN401
    """Return `tree` with `.3` and `3.` written out where a number is wanted: msgspec takes 0.3 and 3.0 only."""
    members = _members(kind)
    if isinstance(tree, str):
        short = _SHORT_NUMBER.fullmatch(tree) and any(_bare(member) is float for member in members)
        return str(float(tree)) if short else tree
    if isinstance(tree, list):
        item = _inside(members, (list, tuple))
        return [_loosened(one, item) for one in tree]
    if isinstance(tree, dict):
        return {key: _loosened(value, _below(members, key)) for key, value in tree.items()}
    return tree


def _faults(tree: Any, kind: Any, path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Yield what keeps `tree` from being a `kind`: each fault's path and its sentence."""
    inside = tuple(_faults_inside(tree, _members(kind), path))
    yield from inside
    if inside:
        return
    try:
        msgspec.convert(tree, kind, strict=False)
    except msgspec.ValidationError as error:
        yield path, _said(path, str(error), kind)


def _faults_inside(tree: Any, members: tuple[Any, ...], path: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401
    if isinstance(tree, list):
        item = _inside(members, (list, tuple))
        for index, one in enumerate(tree):
            yield from _faults(one, item, f"{path}[{index}]")
    elif isinstance(tree, dict):
        struct = next(filter(_is_struct, members), None)
        fields = msgspec.structs.fields(struct) if struct else ()
        known = [field.encode_name for field in fields]
        for key, value in tree.items():
            inner = _joined(path, key)
            if struct and key not in known:
                yield inner, _unknown(inner, key, known)
            else:
                yield from _faults(value, _below(members, key), inner)
        for field in fields:  # last, because a key written wrong is missing as well
            if field.required and field.encode_name not in tree:
                yield path, _said(path, f"Object missing required field `{field.encode_name}`")


def explain(problem: str, kind: Any) -> str:  # noqa: ANN401 - any msgspec type
    """Return msgspec's complaint as a sentence, naming the nearest known key when one is unknown."""
    unknown = re.match(r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$\.?(?P<path>.*)`)?$", problem)
    if not unknown:
        where = re.search(r" - at `(?:key in )?\$\.?(.*)`$", problem)
        path = where[1] if where else ""
        return _said(path, problem, _at(kind, path))
    path = unknown["path"] or ""
    struct = next(filter(_is_struct, _members(_at(kind, path))))
    known = [field.encode_name for field in msgspec.structs.fields(struct)]
    return _unknown(_joined(path, unknown["key"]), unknown["key"], known)


def _said(path: str, problem: str, kind: Any = Any) -> str:  # noqa: ANN401
    reason = problem.split(" - at ", maxsplit=1)[0]
    choices = [value for member in _members(kind) if get_origin(_bare(member)) is Literal for value in get_args(member)]
    if choices and reason.startswith("Invalid enum value"):
        reason = f"{reason}; it can be {', '.join(map(str, choices))}"
    return f"`{path}`: {reason}." if path else f"{reason}."


def _at(kind: Any, path: str) -> Any:  # noqa: ANN401
    """Return the type of what stands at `path` in a `kind`."""
    for part in filter(None, re.split(r"[.\[]", path)):
        kind = _below(_members(kind), part)
    return kind


def _unknown(path: str, key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    advice = f"did you mean `{near[0]}`?" if near else f"known keys are: {', '.join(known)}."
    return f"`{path}` is not a known key; {advice}"


def _joined(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _members(kind: Any) -> tuple[Any, ...]:  # noqa: ANN401
    """Return the types `kind` may be: those of a union, with the bounds of each still around it."""
    bare = _bare(kind)
    return get_args(bare) if get_origin(bare) in (Union, types.UnionType) else (kind,)


def _bare(kind: Any) -> Any:  # noqa: ANN401
    """Return a type without the bounds around it."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _is_struct(kind: Any) -> bool:  # noqa: ANN401
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _below(members: tuple[Any, ...], part: str) -> Any:  # noqa: ANN401
    """Return the type of what stands under `part`, a key or the rest of an index such as `0]`."""
    for struct in filter(_is_struct, members):
        for field in msgspec.structs.fields(struct):
            if field.encode_name == part:
                return field.type
    return _inside(members, (list, tuple) if part.endswith("]") else (dict,))


def _inside(members: tuple[Any, ...], containers: tuple[type, ...]) -> Any:  # noqa: ANN401
    """Return the type of what a list or a mapping among `members` holds; anything where there is none."""
    for member in members:
        if get_origin(_bare(member)) in containers:
            return get_args(_bare(member))[0 if containers != (dict,) else 1]
    return Any


def _short(error: Exception) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"{error.problem or error.context} at line {error.problem_mark.line + 1}"
    return str(error).splitlines()[0].rstrip(".")


def _refusal(problem: str, mark: Any) -> yaml.MarkedYAMLError:  # noqa: ANN401 - yaml's own mark
    return yaml.MarkedYAMLError(problem=problem, problem_mark=mark)


class _PlainLoader(yaml.BaseLoader):
    """Text, lists and mappings: no aliases (bombs), no tags (objects), no great depth, no key said twice."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Refuse what could make a small file large."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            raise _refusal("aliases (`*name`) are not used here", event.start_mark)
        if getattr(event, "tag", None) not in (None, "!"):
            raise _refusal("tags (`!name`) are not used here", event.start_mark)
        if self.depth >= DEEPEST:
            raise _refusal(f"it is nested more than {DEEPEST} deep", event.start_mark)
        self.depth += 1
        try:
            return super().compose_node(parent, index)
        finally:
            self.depth -= 1

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Refuse a key that stands twice: one of the two would be lost in silence."""
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refusal("a key must be a word", key.start_mark)
            if key.value in seen:
                raise _refusal(f"`{key.value}` stands twice", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)
