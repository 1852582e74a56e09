"""The conversation: turn-taking, decided by one pure function."""
