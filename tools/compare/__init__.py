"""Compare a simulator with the live system that it simulates."""
