"""Tests of the outbox, without Home Assistant and without a backend of ours."""
