"""Tests that read like facts/aipix.md."""
