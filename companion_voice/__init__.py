"""Companion Voice: a voice companion with a persistent personality that lives on one Linux computer."""

__version__ = "0.1.0"
