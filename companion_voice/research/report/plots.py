"""Numbers become pictures: inline SVG by matplotlib, with text that stays text.

Arms differ by colour (Okabe and Ito's, told apart by the colour-blind) and by the shape of their mark, so that a grey
print still tells them apart. Needs matplotlib, which comes with the extra `research`. Knows no study and no language
but the words it is given.
"""

import io
import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from companion_voice.errors import ExportError
from companion_voice.research.report.measures import Estimate, First, Transitions

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#8A5A9E", "#7A6A00", "#444444")
MARKS = ("o", "s", "^", "D", "v", "P")
INK, FAINT = "#222222", "#D8D4CC"
WIDTH = 7.4
"""Inches, which is the width of the page's column."""

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 9,
    "axes.edgecolor": INK,
    "axes.linewidth": 0.6,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "text.color": INK,
    "lines.linewidth": 1.4,
    "legend.frameon": False,
}


class Line(NamedTuple):
    """One line of a dot plot: what it is, a value of each arm, and what is noted at its right."""

    label: str
    values: Mapping[str, Estimate]
    note: str = ""


class Words(NamedTuple):
    """The words of a picture: what it shows to somebody who cannot see it, and its axes."""

    shows: str
    x: str
    y: str = ""
    notes: str = ""
    """Heading of the notes at the right, or name of the last line of a table."""
    decimal: str = "."
    """What stands before the decimals of a number."""


def dots(lines: Sequence[Line], arms: Sequence[str], words: Words) -> str:
    """Return a dot plot: one line a measure, one mark an arm, a stroke for its interval."""
    figure, axes = _rows([line.label for line in lines], arms)
    for number, line in enumerate(lines):
        for arm, estimate in line.values.items():
            y = number + _offset(arm, arms)
            if estimate.low is not None and estimate.high is not None:
                axes.hlines(y, estimate.low, estimate.high, color=_colour(arm, arms), linewidth=1.2)
            _mark(axes, estimate.value, y, arm, arms)
        axes.annotate(line.note, (1.02, number), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    axes.annotate(words.notes, (1.02, -0.9), xycoords=("axes fraction", "data"), va="center", fontsize=8)
    _across(axes, words)
    return _svg(figure, words.shows)


def firsts(lines: Sequence[tuple[str, Mapping[str, First]]], arms: Sequence[str], words: Words) -> str:
    """Return when behaviours first occur: a mark at the median turn, a stroke between the quartiles."""
    figure, axes = _rows([label for label, _ in lines], arms)
    for number, (_, values) in enumerate(lines):
        for arm, first in values.items():
            y = number + _offset(arm, arms)
            axes.hlines(y, first.lower, first.upper, color=_colour(arm, arms), linewidth=1.2)
            _mark(axes, first.median, y, arm, arms)
    _across(axes, words)
    return _svg(figure, words.shows)


def over_time(
    panels: Mapping[str, Mapping[str, Sequence[tuple[int, Estimate]]]], arms: Sequence[str], words: Words
) -> str:
    """Return small multiples: one panel a behaviour, its rate by session, a band for the interval."""
    across = 3
    down = -(-len(panels) // across)
    figure, grid = _figure(1.75 * down + 0.5, down, across, sharex=True, squeeze=False)
    places = list(grid.flat)
    for axes, (title, series) in zip(places, panels.items(), strict=False):
        axes.set_title(title, loc="left", fontsize=8.5)
        for arm, points in series.items():
            _series(axes, points, arm, arms)
        axes.set_ylim(bottom=0)
        axes.xaxis.get_major_locator().set_params(integer=True)
        axes.tick_params(labelbottom=True)
        axes.yaxis.set_major_formatter(_written(words))
    for axes in places[len(panels) :]:
        axes.set_visible(False)
    figure.supxlabel(words.x, fontsize=9)
    figure.supylabel(words.y, fontsize=9)
    return _svg(figure, words.shows)


def shares(values: Mapping[str, Sequence[float]], arms: Sequence[str], words: Words) -> str:
    """Return cumulative curves: at each value, the share of sessions or answers that is at most that."""
    figure, axes = _figure(2.6)
    for arm, some in values.items():
        place = sorted(some)
        heights = [(number + 1) / len(place) for number in range(len(place))]
        every = max(1, len(place) // 8)
        axes.step(
            place, heights, where="post", color=_colour(arm, arms), marker=_shape(arm, arms), markevery=every, ms=4
        )
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(lambda share, _: f"{share:.0%}".replace("%", " %"))
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_ylabel(words.y)
    _across(axes, words)
    return _svg(figure, words.shows)


def heat(table: Transitions, words: Words) -> str:
    """Return transitions as a table of greys, in percent of each line; the last line is that of all answers."""
    share = np.vstack([table.after / table.answered.clip(min=1)[:, None], table.base])
    figure, axes = _figure(0.3 * len(share) + 0.9)
    axes.pcolormesh(share, cmap="Greys", vmin=0, vmax=1)
    axes.invert_yaxis()
    for i, j in np.argwhere(share > 0):
        colour = "white" if share[i, j] > 0.55 else INK  # noqa: PLR2004 - where black on grey ceases to be read
        axes.text(
            j + 0.5, i + 0.5, f"{share[i, j]:.0%}".replace("%", ""), ha="center", va="center", fontsize=8, color=colour
        )
    axes.set_xticks(np.arange(len(table.system)) + 0.5, table.system)
    lines = [f"{code} (n={n})" for code, n in zip(table.user, table.answered, strict=True)]
    axes.set_yticks(np.arange(len(share)) + 0.5, [*lines, words.notes])
    axes.axhline(len(lines), color="white", linewidth=4)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_xlabel(words.x)
    axes.set_ylabel(words.y)
    return _svg(figure, words.shows)


def key(arm: str, arms: Sequence[str]) -> str:
    """Return the mark of an arm, small enough to stand in a line of text."""
    figure, axes = _figure(0.16, width=0.16, layout="none")
    axes.set_position((0, 0, 1, 1))
    axes.axis("off")
    _mark(axes, 0, 0, arm, arms)
    return _svg(figure, arm)


def _series(axes: "Axes", points: Sequence[tuple[int, Estimate]], arm: str, arms: Sequence[str]) -> None:
    colour, xs = _colour(arm, arms), [index for index, _ in points]
    axes.plot(xs, [one.value for _, one in points], color=colour, marker=_shape(arm, arms), ms=4)
    banded = [(index, one.low, one.high) for index, one in points if one.low is not None and one.high is not None]
    if banded:
        index, low, high = zip(*banded, strict=True)
        axes.fill_between(index, low, high, color=colour, alpha=0.15, linewidth=0)


def _rows(labels: Sequence[str], arms: Sequence[str]) -> tuple["Figure", "Axes"]:
    """Return a figure with a line of its own for each label, the first on top."""
    figure, axes = _figure(0.8 + len(labels) * (0.2 + 0.07 * len(arms)))
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.grid(axis="y", color=FAINT, linewidth=0.5)
    axes.set_axisbelow(True)
    return figure, axes


def _across(axes: "Axes", words: Words) -> None:
    """Let the values of `axes` begin at nothing, and be written as the language does."""
    axes.set_xlim(left=0)
    axes.set_xlabel(words.x)
    axes.xaxis.set_major_formatter(_written(words))


def _written(words: Words) -> Callable[[float, float], str]:
    return lambda value, _: f"{value:g}".replace(".", words.decimal)


def _mark(axes: "Axes", x: float, y: float, arm: str, arms: Sequence[str]) -> None:
    axes.plot([x], [y], _shape(arm, arms), color=_colour(arm, arms), ms=4.5, clip_on=False)


def _offset(arm: str, arms: Sequence[str]) -> float:
    """Return how far an arm's mark lies from the middle of its line, so that arms do not cover each other."""
    return 0.5 * ((arms.index(arm) + 0.5) / len(arms) - 0.5)


def _colour(arm: str, arms: Sequence[str]) -> str:
    return COLOURS[arms.index(arm) % len(COLOURS)]


def _shape(arm: str, arms: Sequence[str]) -> str:
    return MARKS[arms.index(arm) % len(MARKS)]


def _figure(height: float, down: int = 1, across: int = 1, **more: Any) -> tuple["Figure", Any]:  # noqa: ANN401
    """Return a figure of our style, `height` inches high, and its axes. Raises `ExportError` without matplotlib."""
    try:
        import matplotlib as mpl  # noqa: PLC0415 - only who reads a report needs it
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise ExportError(
            "A report needs the library matplotlib.", "pip install 'companion-voice[research]'"
        ) from error
    size = (more.pop("width", WIDTH), height)
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=size, layout=more.pop("layout", "constrained"))
        return figure, figure.subplots(down, across, **more)


def _svg(figure: "Figure", shows: str) -> str:
    """Return `figure` as an SVG element that takes its place in a page and says what it shows."""
    import matplotlib as mpl  # noqa: PLC0415

    file = io.StringIO()
    with mpl.rc_context({**STYLE, "svg.hashsalt": shows}):
        figure.savefig(file, format="svg", transparent=True, metadata={"Date": None, "Creator": None})
    text = file.getvalue()
    text = re.sub(r' id="[a-zA-Z]+_\d+"', "", text[text.index("<svg") :])
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) height="[\d.]+pt"', r"\1", text, count=1)
    named = rf'\1 style="width:\2pt" role="img" aria-label="{escape(shows)}"'
    return re.sub(r'(<svg[^>]*?) width="([\d.]+)pt"', named, text, count=1)
