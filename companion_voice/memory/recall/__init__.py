"""Recall: the index over turns and facts, and the search in it.

Lexical search (FTS5 over stems, English and French together) is the backbone; neighbouring turns, speakers, dates,
validity, recency and static word vectors put its finds in order. Called by the store inside its transactions; knows
nothing of how memories are worded or prompted.
"""

from companion_voice.memory.recall.index import index_facts, index_turns, unindex
from companion_voice.memory.recall.schema import create, optimize
from companion_voice.memory.recall.search import search

__all__ = ["create", "index_facts", "index_turns", "optimize", "search", "unindex"]
