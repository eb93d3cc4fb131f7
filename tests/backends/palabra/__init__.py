"""Tests of Palabra."""
