"""Sound: the only room that imports sounddevice."""
