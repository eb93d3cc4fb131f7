"""What can be done at aipix: create and change a script, create a mark."""
