"""Which models exist, which are here, and how they come."""
