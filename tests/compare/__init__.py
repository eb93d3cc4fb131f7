"""Tests of the comparison of stand-ins with live systems."""
