"""A script that follows a schedule helper."""
