"""What can be done at Palabra: create, change and delete a live event."""
