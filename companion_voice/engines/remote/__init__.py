"""Engines on another machine, or in another program of this one: the address, the conversation over HTTP, the gate."""
