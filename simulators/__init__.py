"""Stand-ins of the outside systems, with faults on demand."""
