"""What each backend can do."""
