"""Live events that follow a calendar."""
