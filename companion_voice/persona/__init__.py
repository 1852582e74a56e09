"""Who the companion is."""
