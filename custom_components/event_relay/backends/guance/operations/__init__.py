"""What can be done at Guance and TrueWatch: create a custom event."""
