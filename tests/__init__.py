"""Tests of Event Relay; the folders mirror those of the package."""
