"""The labelled sentences that the benchmark measures on."""

from pathlib import Path

from companion_voice import documents

DATA = Path(__file__).parent.parent.parent / "benchmarks" / "boundaries_data"
LARGEST = 512 * 1024


def labelled(name, language):
    """Return the sentences of one question by part and by label."""
    return documents.read(DATA / f"{name}.{language}.yaml", dict[str, dict[str, tuple[str, ...]]], largest=LARGEST)
