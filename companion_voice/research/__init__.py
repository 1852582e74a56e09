"""The journal and what is studied with it."""
