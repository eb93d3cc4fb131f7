"""The flows of repair issues."""
