"""What runs: threads, child processes, and the one file that wires the rooms."""
