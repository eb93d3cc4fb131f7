"""Simulators of the outside systems, with faults on demand."""
