"""Tests of the stand-ins, over real HTTP."""
