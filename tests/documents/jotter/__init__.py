"""A sixth backend, as small as one can be: a service that keeps notes."""
