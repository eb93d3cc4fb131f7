"""Tests of Guance and TrueWatch."""
