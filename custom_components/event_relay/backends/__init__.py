"""What each outside system can do."""
