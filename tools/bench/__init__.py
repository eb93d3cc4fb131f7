"""Measure the speed of Event Relay beside its alternatives."""
