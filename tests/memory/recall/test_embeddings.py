"""What was said leaves no trace in the memory of the process that looked at it."""

import resource
from pathlib import Path

from companion_voice.memory.recall import embeddings

MOST_MB = 5
PAGE = resource.getpagesize()


def used():
    """Return the megabytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def test_texts_that_were_looked_at_are_not_kept():
    texts = [f"what was said number {number} " + "was about the sea and the harbour" for number in range(8_000)]
    embeddings.vectors(texts[:50])
    before = used()
    for text in texts:
        embeddings.vectors([text])
    assert used() - before < MOST_MB
