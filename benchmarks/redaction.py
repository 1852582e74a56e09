"""How well redaction finds who is meant: precision and recall of each kind, on sentences marked by hand.

    python benchmarks/redaction.py [--misses]

In `redaction_data/<language>.txt` what should go stands in brackets with its kind: `my name is [NAME Anna]`. A mark
counts as found where something was put in its place, whatever its kind. The sentences were written before the rules
were run on them; mending the rules after them makes the figures those of a development set, which they are.
"""

import argparse
import re
from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path

from companion_voice.research.redaction import redact

DATA = Path(__file__).parent / "redaction_data"
MARK = re.compile(r"\[(NAME|PHONE|EMAIL|ADDRESS|NUMBER) ([^\]]*)\]")
PUT = re.compile(r"‹[A-Z]+›")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--misses", action="store_true", help="print what was missed and what was taken wrongly")
    given = parser.parse_args()
    for file in sorted(DATA.glob("*.txt")):
        measure(file, misses=given.misses)


def measure(file: Path, *, misses: bool) -> None:
    marked, found, wrong = Counter[str](), Counter[str](), 0
    for line in file.read_text().splitlines():
        text = MARK.sub(r"\2", line)
        taken = spans_taken(text, redact(text, file.stem))
        wanted = spans_wanted(line)
        for kind, begin, end in wanted:
            marked[kind] += 1
            whole = all(any(a <= place < b for a, b in taken) for place in range(begin, end) if text[place].isalnum())
            found[kind] += whole
            if misses and not whole:
                print(f"  missed: {text[begin:end]!r} in {text!r}")
        for a, b in taken:
            if not any(begin < b and a < end for _, begin, end in wanted):
                wrong += 1
                if misses:
                    print(f"  wrongly: {text[a:b]!r} in {text!r}")
    total, right = sum(marked.values()), sum(found.values())
    each = ", ".join(f"{kind} {found[kind]}/{count}" for kind, count in sorted(marked.items()))
    print(
        f"{file.stem}: recall {right / total:.3f} ({each}), precision {right / (right + wrong):.3f} ({wrong} wrongly)"
    )


def spans_wanted(line: str) -> list[tuple[str, int, int]]:
    spans, shift = [], 0
    for mark in MARK.finditer(line):
        begin = mark.start() - shift
        spans.append((mark[1], begin, begin + len(mark[2])))
        shift += len(mark[0]) - len(mark[2])
    return spans


def spans_taken(text: str, left: str) -> list[tuple[int, int]]:
    """Return where something was put in place of a part of `text`."""
    tokens = re.findall(r"‹[A-Z]+›|\w+|\W", left)
    words = re.findall(r"\w+|\W", text)
    offsets = [0]
    for word in words:
        offsets.append(offsets[-1] + len(word))
    matcher = SequenceMatcher(None, words, tokens, autojunk=False)
    return [
        (offsets[a], offsets[b])
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag == "delete" or (tag == "replace" and any(PUT.fullmatch(token) for token in tokens[c:d]))
    ]


if __name__ == "__main__":
    main()
