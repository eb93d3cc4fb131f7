"""What can be done at Frigate: create, change and end a camera event."""
