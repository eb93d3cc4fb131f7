"""Tests of rules and mirrors."""
