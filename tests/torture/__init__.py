"""Tests of the torture's account."""
