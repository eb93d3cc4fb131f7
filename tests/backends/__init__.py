"""Tests of what each outside system can do."""
