"""Whether words sound unfinished. Pure: nobody ends a sentence on "the", "and" or "parce que"."""

from companion_voice.boundaries.words import plain

_ENGLISH = """
a an the and or but because so if when while that which who whose my your his her its our their this these those of to
in on at by for from with about into than as is are was were am be i'm i've very not um uh er like
"""
_FRENCH = """
un une le la les l' des du de d' et ou mais parce car donc si quand lorsque que qu' qui dont où mon ma mes ton ta tes
son sa ses notre nos votre vos leur leurs ce cet cette ces à au aux en dans sur sous chez par pour avec sans vers est
sont était c'est très pas euh heu ben
"""
_DANGLING = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}
_FINISHED = tuple(".!?")


def dangles(said: str, language: str) -> bool:
    """Tell whether `said` ends on a word that another must follow. Its punctuation, where there is any, decides."""
    if said.rstrip().endswith(_FINISHED):
        return False
    last = plain(said).rpartition(" ")[2]
    return last in _DANGLING.get(language, frozenset())
