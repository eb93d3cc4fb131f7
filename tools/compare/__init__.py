"""Compare a stand-in with the live system that it stands in for."""
