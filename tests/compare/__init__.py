"""Tests of the comparison of simulators with live systems."""
