"""Tests of the queue, without Home Assistant and with a simple backend."""
