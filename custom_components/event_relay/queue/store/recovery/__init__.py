"""What is done about a damaged, missing or outdated file."""
