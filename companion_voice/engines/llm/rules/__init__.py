"""The partner that answers by rules when no language model is installed.

A pure function of the prompt: what it remembers it finds again in the conversation, the time is the prompt's, and
variety comes from counting, never from chance. What it hears and what it says stands in `en.yaml` and `fr.yaml`;
the modules here know no phrase of either language.

    book            the data file of one language, typed
    text            words, sentences, and the folding that makes "où" and "ou" the same
    understanding   a turn cut into clauses, each matched against the book (hassil)
    mirror          the person's words turned to the second person
    phrases         filling an alternative, and choosing one that has not been said
    dates           the time and the date in words
    talk            what a conversation holds so far: facts, what was said, whether a story runs
    skills          what takes more than a phrase: recalling, searching, the clock, sums, saying it again
    manner          how a persona says it: longer, drier, with more doubt
    partner         which clause is answered, and how
"""

from companion_voice.engines.llm.rules.partner import Partner
from companion_voice.engines.protocols import EngineOptions, LanguageModel

__all__ = ["load"]


def load(options: EngineOptions) -> LanguageModel:
    """Return the partner, with the books of `options.languages` opened.

    Raises `ConfigurationError` when a data file is missing or wrong.
    """
    return Partner(options.languages)
