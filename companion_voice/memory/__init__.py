"""What the companion remembers: every turn, what was told, and how it is found and forgotten.

`companion_voice.memory.store.Memory` is the door; nothing else of this room is used from outside but its records and
errors. The only room that says SQL. Knows no sound, no models, no persona.
"""
