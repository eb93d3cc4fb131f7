"""Tests that read like facts/frigate.md."""
