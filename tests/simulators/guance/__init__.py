"""Tests of the simulated Guance."""
