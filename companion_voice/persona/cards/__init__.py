"""Character cards (V1, V2, V3), in and out. Pure but for `files` and `data`, which read and write.

    carrier     the JSON in a file: plain, in a PNG (`png`) or in a zip (`charx`), bounded (`inflate`)
    card        that JSON, typed; what is not of its type is left out and named
    wording     macros and markup to words that can be spoken
    sieve       sentences that order what no persona may order, or claim what a program is not, taken out
    lorebook    entries of a card's book, and which of them are brought up when something is said
    examples    `mes_example` to exchanges and back
    importing   card to persona and report
    exporting   persona, and the card it came from, to card

A card is untrusted text: it may say how a persona sounds, never what the companion is or which rules it keeps.
"""
