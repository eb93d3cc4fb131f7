"""Config subentry flows: rules and mirrors."""
