"""How a persona changes, within the bounds of its file, so that every change can be seen, explained and taken back.

`signals` hear what the person's own words propose, `proposals` make at most one change of them, `history` folds the
changes into what the persona has grown into, `chain` makes an edited history show, `drift` measures what nobody
decided. Pure: times are parameters, and nothing is kept here; `memory.personas` keeps it.
"""
