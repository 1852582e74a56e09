"""Whether a turn is over, by the sound of it."""
