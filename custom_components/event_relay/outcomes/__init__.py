"""What the home is told of outcomes: events, words, losses, and counts."""
