"""The forms of what is added to a connection: rules and mirrors."""
