"""What leaves with a verified contract, and how anybody checks it: `make` writes, `recheck` believes nothing of it."""
