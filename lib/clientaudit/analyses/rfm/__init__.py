"""Report 04: who the best clients are, and who is drifting away."""
