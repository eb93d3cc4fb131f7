"""A request as the user defines it, as it is stored, sent, and answered."""
