"""The documentation: what is generated, what is run, and where it leads."""
