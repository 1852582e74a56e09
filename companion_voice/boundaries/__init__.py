"""Boundaries: what the companion always says and never says. Pure."""
