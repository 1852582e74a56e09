"""Engines: what hears, answers and speaks. Each lives in a child process; nothing here knows a conversation."""
