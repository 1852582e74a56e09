"""How much a text sounds like one of some kind, by weights learnt from labelled sentences. Pure; knows no language.

A second opinion beside rules: logistic regressions over what a text shows (`features`), one for each kind. The weights
are data, made by `benchmarks/crisis_fit.py` and `benchmarks/behaviours_fit.py`; every one of them can be read.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from companion_voice import documents

LARGEST = 512 * 1024
"""Bytes of a file of weights."""


class Weights(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A file of weights."""

    bias: dict[str, float]
    """By kind, the log-odds of a text that shows nothing, less those from which the opinion is to be believed."""
    weights: str
    """A line for each feature: itself, then for each kind it speaks for or against `kind:hundredths`."""


class Scales:
    """Weighs what a text shows."""

    def __init__(self, weights: Weights) -> None:
        self._bias = weights.bias
        self._weights = dict(_weighed(line) for line in weights.weights.splitlines())

    def weigh(self, features: Iterable[str]) -> dict[str, float]:
        """Return by kind the log-odds that the text is of it, above zero where that is to be believed."""
        odds = dict(self._bias)
        for feature in features:
            for kind, weight in self._weights.get(feature, ()):
                odds[kind] += weight
        return odds

    def believed(self, features: Iterable[str]) -> tuple[str, ...]:
        """Return the kinds that the text is believed to be of, in the order of the file."""
        return tuple(kind for kind, odds in self.weigh(features).items() if odds > 0)


def read(file: Path) -> Scales:
    """Return the scales that `file` holds. Raises `ConfigurationError`."""
    return Scales(documents.read(file, Weights, largest=LARGEST))


def written(bias: dict[str, float], weights: dict[str, dict[str, float]], *, made_by: str) -> str:
    """Return the text of a file of weights: by feature and kind, in log-odds. Those that round to nothing are left out.

    `made_by`: the first line, which says where it comes from.
    """
    lines = []
    for feature, kinds in sorted(weights.items()):
        rounded = ((kind, round(100 * weight)) for kind, weight in sorted(kinds.items()))
        if told := " ".join(f"{kind}:{hundredths}" for kind, hundredths in rounded if hundredths):
            lines.append(f"  {feature} {told}\n")
    biases = "".join(f"  {kind}: {odds:.3f}\n" for kind, odds in sorted(bias.items()))
    return f"# {made_by}\nbias:\n{biases}weights: |\n{''.join(lines)}"


def _weighed(line: str) -> tuple[str, tuple[tuple[str, float], ...]]:
    feature, *told = line.split(" ")
    pairs = (one.rsplit(":", 1) for one in told)
    return feature, tuple((kind, int(hundredths) / 100) for kind, hundredths in pairs)
