"""The output guard: no sentence of the companion leaves that claims what a program is not. Pure.

    reading     a sentence as the patterns see it: plain words, contractions undone, quotations covered
    patterns    the little language in which `en.yaml` and `fr.yaml` say what to look for
    rules       those files, compiled and indexed
    scope       whether words that fit a rule are the companion's own: not denied, supposed or told of another
    verdict     what is done about it, as the settings say

It judges one sentence at a time and knows nothing of the one before.
"""

from companion_voice.boundaries.guard.verdict import Context, RuleHit, Verdict, guard, hits

__all__ = ["Context", "RuleHit", "Verdict", "guard", "hits"]
