"""YAML that people write, read safely and typed strictly.

YAML is read as text only (`NO` stays "NO", `22:30` stays a time), with a cap on size and depth and without
aliases or tags, and msgspec gives the types. Knows nothing of what the documents mean.
"""

import difflib
import re
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import yaml

from companion_voice.errors import ConfigurationError, DocumentError

LARGEST = 64 * 1024
DEEPEST = 20

T = TypeVar("T")


def read(path: Path, kind: type[T], *, largest: int = LARGEST) -> T:
    """Return the document at `path` as a `kind`.

    Raises `ConfigurationError` when it cannot be read and `DocumentError` when it is not a `kind`.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}.") from error
    return parse(data, kind, name=str(path), largest=largest)


def parse(data: bytes, kind: type[T], *, name: str, largest: int = LARGEST) -> T:
    """Return the document in `data` as a `kind`; `name` is what errors call it. Raises `DocumentError`."""
    if len(data) > largest:
        raise DocumentError(f"{name} is larger than {largest // 1024} KiB, which is more than such a file needs.")
    try:
        tree = yaml.load(data, Loader=_PlainLoader)  # noqa: S506 - builds text, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError, ValueError) as error:
        raise DocumentError(f"{name} is not valid YAML: {_short(error)}.") from error
    try:
        return msgspec.convert({} if tree in (None, "") else tree, kind, strict=False)
    except msgspec.ValidationError as error:
        raise DocumentError(f"{name}: {explain(str(error), kind)}") from error


def explain(problem: str, kind: Any) -> str:  # noqa: ANN401 - any msgspec type
    """Return msgspec's complaint as a sentence, naming the nearest known key when one is unknown."""
    unknown = re.match(r"Object contains unknown field `(?P<key>.*?)`(?: - at `\$\.?(?P<path>.*)`)?$", problem)
    if not unknown:
        where = re.search(r" - at `(?:key in )?\$\.?(.*)`$", problem)
        reason = problem.split(" - at ", maxsplit=1)[0]
        return f"`{where[1]}`: {reason}." if where and where[1] else f"{reason}."
    key, path = unknown["key"], unknown["path"] or ""
    known = _keys(kind, path)
    full = f"{path}.{key}" if path else key
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    advice = f"did you mean `{near[0]}`?" if near else f"known keys are: {', '.join(known)}."
    return f"`{full}` is not a known key; {advice}"


def _keys(kind: Any, path: str) -> list[str]:  # noqa: ANN401
    """Return the keys allowed at `path` (such as `turn` or `voices[0]`) inside `kind`."""
    here = msgspec.inspect.type_info(kind)
    for part in filter(None, re.split(r"[.\[]", path)):
        here = _child(here, part)
    fields = getattr(_struct(here), "fields", ())
    return [field.encode_name for field in fields]


def _child(here: Any, part: str) -> Any:  # noqa: ANN401
    struct = _struct(here)
    for field in getattr(struct, "fields", ()):
        if field.encode_name == part:
            return field.type
    return getattr(struct, "item_type", None) or getattr(struct, "value_type", None)


def _struct(here: Any) -> Any:  # noqa: ANN401
    """Return the structure among the members of an optional."""
    members = getattr(here, "types", (here,))
    return next((m for m in members if not isinstance(m, msgspec.inspect.NoneType)), here)


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
