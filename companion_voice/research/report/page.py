"""The page: one HTML file that needs nothing but itself, and no script. Knows how it looks, not what it says."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from companion_voice import __version__
from companion_voice.errors import ExportError
from companion_voice.research import codebook
from companion_voice.research.report import measures, parts, sections
from companion_voice.research.report.wording import Wording
from companion_voice.research.tables import Batch

TEMPLATE = Path(__file__).with_name("template.html.jinja")


def page(
    batches: Iterable[Batch],
    *,
    study: str,
    study_hash: str,
    date: str,
    language: str,
) -> str:
    """Return the report on `batches` as HTML.

    Sessions that meet an exclusion rule of their study are counted and left out. Raises `ExportError` where no session
    is left, or where a library is missing.
    """
    everything = measures.gathered(batches)
    met = Counter(rule for one in everything.sessions if one.excluded_by for rule in one.excluded_by.split("; "))
    data = measures.without(everything, frozenset(one.session_id for one in everything.sessions if one.excluded_by))
    if not data.sessions:
        why = f" All {len(everything.sessions)} meet an exclusion rule." if everything.sessions else ""
        raise ExportError(f"There is no session to report on.{why}", "companion study review NAME PARTICIPANT")
    say = Wording(language)
    who = data.participants
    simulated = sum(one.simulated for one in who)
    return _rendered(
        language=language,
        title=say["title"].format(study=study),
        subtitle=say["subtitle"].format(
            participants=say.count(len(who)), sessions=say.count(len(data.sessions)), turns=say.count(len(data.turns))
        ),
        made=" ".join(
            (
                say["made"].format(date=date, version=__version__, hash=study_hash or "–", codebook=codebook.version()),
                say["printed"],
            )
        ),
        note=say["simulated"].format(simulated=simulated, participants=len(who)) if simulated else "",
        sections=sections.sections(parts.measured(data, say, met)),
    )


def _rendered(**words: object) -> str:
    try:
        import jinja2  # noqa: PLC0415 - only who reads a report needs it
    except ImportError as error:
        raise ExportError("A report needs the library Jinja2.", "pip install 'companion-voice[research]'") from error
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(TEMPLATE.read_text(encoding="utf-8")).render(**words)
