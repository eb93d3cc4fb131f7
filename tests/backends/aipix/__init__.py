"""Tests of aipix."""
