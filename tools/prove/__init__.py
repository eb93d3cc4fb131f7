"""Prove on a live system the assumptions behind the simulators."""
