"""What happened between a person and the companion, in the codes of one taxonomy.

    catalogue   the codes: what each means, in English and French, and how well its detector was measured
    wording     the patterns of a language, compiled
    reading     what the words of one turn show
    recorded    what the program's own records show, exactly
    detecting   all of a session, in order
    judge       what only a model can judge, asked for one by one and kept apart

There is no score of anthropomorphism here: each behaviour is counted by itself.
"""

from companion_voice.research.behaviours.catalogue import CATALOGUE, Description
from companion_voice.research.behaviours.detecting import detect

__all__ = ["CATALOGUE", "Description", "detect"]
