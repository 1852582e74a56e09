"""Which of two languages a typed line is in. Pure: it counts the small words that a language cannot do without."""

from companion_voice.boundaries.words import plain

_ENGLISH = """
the a an is are am was were i you he she we they my your it this that of to in on and or not do does did what who where
when how why hello hi please thanks thank yes good me have has can could would i'm don't it's
"""
_FRENCH = """
le la les un une des du de est es suis sont étais je tu il elle nous vous ils elles mon ma mes ton ta ce cette ça que
qui quoi où quand comment pourquoi et ou pas ne au aux en dans sur bonjour salut merci oui j'ai j'aime c'est
qu'est-ce m'appelle s'il avec pour ai as avez peux pouvez
"""
_SMALL_WORDS = {"en": frozenset(_ENGLISH.split()), "fr": frozenset(_FRENCH.split())}


def guess(text: str, *, among: tuple[str, ...], otherwise: str) -> str:
    """Return the code among `among` whose small words `text` has most of, or `otherwise` when none stands out."""
    words = plain(text).split()
    counts = {code: sum(word in _SMALL_WORDS[code] for word in words) for code in among if code in _SMALL_WORDS}
    best = max(counts.values(), default=0)
    leaders = [code for code, count in counts.items() if count == best]
    return leaders[0] if len(leaders) == 1 and best else otherwise
