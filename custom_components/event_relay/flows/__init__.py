"""Config subentry flows of rules."""
